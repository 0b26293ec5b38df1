//! Tables as CSV: a header line, then a line for each row (manual page `lookup`).

use csv::{ByteRecord, Reader, ReaderBuilder};
use std::io::Read;
use sumoql_data::table::Table;
use sumoql_data::value::Owned;

/// The columns of a file.
pub fn columns(input: impl Read, delimiter: u8) -> Result<Vec<String>, String> {
    header(&mut reader(input, delimiter))
}

/// The table of a file. A row that is too short ends in nulls; what is too much in a row is left out.
pub fn table(input: impl Read, delimiter: u8) -> Result<Table, String> {
    let mut reader = reader(input, delimiter);
    let columns = header(&mut reader)?;
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| error.to_string())? {
        let cell = |at| record.get(at).map_or(Owned::Null, |cell| Owned::Text(String::from_utf8_lossy(cell).into()));
        rows.push((0..columns.len()).map(cell).collect());
    }
    Ok(Table { columns, rows })
}

fn reader<R: Read>(input: R, delimiter: u8) -> Reader<R> {
    ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(input)
}

/// Blanks around names do not belong to them.
fn header<R: Read>(reader: &mut Reader<R>) -> Result<Vec<String>, String> {
    let mut record = ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(|error| error.to_string())?;
    let name = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_string();
    let mut columns: Vec<String> = record.iter().map(name).collect();
    if let Some(first) = columns.first_mut()
        && let Some(rest) = first.strip_prefix('\u{feff}')
    {
        // A quoted name behind a byte order mark is not seen as quoted.
        *first = rest.trim().trim_matches('"').to_string();
    }
    unique(columns)
}

/// Refuses two columns of the same name: letter case does not count.
pub fn unique(columns: Vec<String>) -> Result<Vec<String>, String> {
    if columns.iter().all(String::is_empty) {
        return Err("it has no header line".into());
    }
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].iter().any(|earlier| earlier.eq_ignore_ascii_case(column)) {
            return Err(format!("the column `{column}` is there twice"));
        }
    }
    Ok(columns)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_written_and_names_without_blanks() {
        let text = "\u{feff}\"id\" , name,note\n1, Ann ,\"a, \"\"b\"\"\"\n2,Bob\n3,Cid,x,y\n";
        let table = table(text.as_bytes(), b',').unwrap();
        assert_eq!(table.columns, ["id", "name", "note"]);
        let texts: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect();
        assert_eq!(texts, [["1", " Ann ", "a, \"b\""], ["2", "Bob", ""], ["3", "Cid", "x"]]);
        assert!(matches!(table.rows[1][2], Owned::Null));
    }

    #[test]
    fn a_file_without_header_or_with_a_name_twice_is_refused() {
        assert!(columns("".as_bytes(), b',').is_err());
        assert!(columns("a,b,A\n".as_bytes(), b',').unwrap_err().contains("twice"));
    }
}
