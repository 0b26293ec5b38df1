//! What a table's file can't say of itself, in a file beside it: `users.csv.toml` for `users.csv`.
//!
//! ```toml
//! key = ["id"]        # the columns that tell rows apart: a row that is saved replaces the one with its key
//! ```

use super::regular_file::{self, small_text};
use crate::io_error::reason;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// How long such a file may be.
const MAX_BYTES: u64 = 1 << 20;

/// The key of the table in a file; empty when there is no file beside it.
pub fn key(file: &Path) -> Result<Vec<String>, String> {
    let beside = beside(file);
    let text = match regular_file::open(&beside) {
        Ok((file, _)) => small_text(file, MAX_BYTES),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => Err(reason(&error)),
    };
    text.and_then(|text| parse(&text)).map_err(|message| format!("{}: {message}", beside.display()))
}

/// The file beside a table's.
pub fn beside(file: &Path) -> PathBuf {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".toml");
    beside.into()
}

fn parse(text: &str) -> Result<Vec<String>, String> {
    let table = DeTable::parse(text).map_err(|error| error.message().replace('\n', ", "))?;
    let mut key = Vec::new();
    for (name, value) in table.get_ref() {
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("key", DeValue::String(column)) => key.push(column.to_string()),
            ("key", DeValue::Array(columns)) => {
                for column in columns.iter() {
                    match column.get_ref() {
                        DeValue::String(column) => key.push(column.to_string()),
                        _ => return Err("`key` is a list of names of columns".into()),
                    }
                }
            }
            ("key", _) => return Err("`key` is a list of names of columns".into()),
            (other, _) => return Err(format!("unknown key `{other}`; expected `key`")),
        }
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_a_name_or_several() {
        assert_eq!(parse("key = \"id\""), Ok(vec!["id".to_string()]));
        assert_eq!(parse("key = [\"a\", \"b\"]"), Ok(vec!["a".to_string(), "b".to_string()]));
        assert_eq!(parse(""), Ok(Vec::new()));
        assert!(parse("keys = [\"a\"]").is_err());
        assert!(parse("key = 1").is_err());
    }
}
