//! Tables as JSON: an array of objects, or an object a line.

use super::csv::unique;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::io::Read;
use sumoql_data::table::Table;
use sumoql_data::value::Owned;

/// The table of a file. Its columns are all keys, in the order in which they first come.
pub fn table(input: impl Read) -> Result<Table, String> {
    let mut columns: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Vec<Owned>> = Vec::new();
    let mut add = |object: Map<String, Value>| {
        let mut row = vec![Owned::Null; columns.len()];
        for (name, value) in &object {
            let place = *places.entry(name.to_lowercase()).or_insert_with(|| {
                columns.push(name.clone());
                row.push(Owned::Null);
                columns.len() - 1
            });
            row[place] = Owned::from_json(value);
        }
        rows.push(row);
    };
    for value in serde_json::Deserializer::from_reader(input).into_iter::<Value>() {
        match value.map_err(|error| error.to_string())? {
            Value::Object(object) => add(object),
            Value::Array(items) => {
                for item in items {
                    let Value::Object(object) = item else { return Err("an item is not an object".into()) };
                    add(object);
                }
            }
            _ => return Err("it holds something that is not an object".into()),
        }
    }
    let columns = if columns.is_empty() { columns } else { unique(columns)? };
    let whole = |mut row: Vec<Owned>| {
        row.resize(columns.len(), Owned::Null);
        row.into()
    };
    Ok(Table { rows: rows.into_iter().map(whole).collect(), columns })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_arrays_give_the_same_table() {
        let lines = table("{\"a\":1,\"b\":\"x\"}\n{\"B\":null,\"c\":{\"d\":[1]}}\n".as_bytes()).unwrap();
        let array = table("[{\"a\":1,\"b\":\"x\"}, {\"B\":null,\"c\":{\"d\":[1]}}]".as_bytes()).unwrap();
        assert_eq!(lines.columns, ["a", "b", "c"]);
        assert_eq!(lines.columns, array.columns);
        assert_eq!(format!("{:?}", lines.rows), format!("{:?}", array.rows));
        assert!(matches!((&lines.rows[0][0], &lines.rows[0][2]), (Owned::Int(1), Owned::Null)));
        assert_eq!(lines.rows[1][2].to_string(), "{\"d\":[1]}");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for wrong in ["[1]", "1", "{\"a\":"] {
            assert!(table(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
