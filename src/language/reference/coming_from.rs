//! The page of the guide for people who know another query language.

use crate::syntax::other_languages::{ForeignWord, Language, Position, all};

/// The page, in Markdown.
pub fn page() -> String {
    let mut out = String::from(
        "# Coming from Splunk, KQL or SQL\n\n\
         A query begins with the scope: words and metadata that a message must have, as in `_sourceCategory=prod/web error`.\n\
         Stages follow, each after a `|`. Fields come from stages such as `parse` and `json`, so extract a field before you \
         filter,\ncount or sort by it. If you write a word of another language, `check` and `run` say what to write instead.\n\
         The tables below are made from the same list.\n\n\
         - Text in conditions stands in double quotes: `where level = \"ERROR\"`. Without quotes it is a field.\n\
         - A name with other characters than letters, digits, `_` and `.` is written `%\"trace-id\"`.\n\
         - `=` compares the whole value. For wildcards, write `matches \"*error*\"`; for regular expressions, `matches /err(or)?/`.\n\
         - A count is called `_count`, a sum `_sum`, unless you name it: `count as errors`.\n",
    );
    for language in Language::GUIDE {
        let rows: Vec<&ForeignWord> = all().filter(|row| row.languages.contains(&language)).collect();
        out.push_str(&format!("\n## {}\n\n| {} | Sumo Logic |\n|---|---|\n", language.name(), language.name()));
        for row in rows {
            out.push_str(&format!("| `{}` | `{}` |\n", cell(&foreign(row)), cell(row.sumo)));
        }
    }
    out
}

/// The example in the other language.
fn foreign(row: &ForeignWord) -> String {
    match row.position {
        Position::Scope => row.foreign.to_string(),
        _ if row.words.contains(&"|=") => format!("|{}", row.foreign),
        _ => row.foreign.to_string(),
    }
}

/// Text inside a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
