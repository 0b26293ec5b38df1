//! An index of a table's rows by some of its columns.
//!
//! Keys are compared as texts, without any cast: `1` in a log is not `1.0` in a table, but a number is its own plain text.

use hashbrown::HashTable;
use std::fmt::Write;
use std::sync::Arc;
use sumoql_data::table::Table;
use sumoql_data::value::Value;

/// The rows of a table by key.
pub struct Index {
    table: Arc<Table>,
    keys: Vec<usize>,
    folded: bool,
    /// The last row of each key.
    rows: HashTable<u32>,
    /// For each row the one before it with the same key; itself when there is none.
    before: Vec<u32>,
    duplicates: bool,
}

impl Index {
    /// The rows of a table by the columns at these positions. Letter case does not count when the keys are `folded`.
    /// Rows with a null in their key are left out: nothing equals it.
    pub fn new(table: Arc<Table>, keys: Vec<usize>, folded: bool) -> Index {
        let mut index = Index { table, keys, folded, rows: HashTable::new(), before: Vec::new(), duplicates: false };
        let count = u32::try_from(index.table.rows.len()).unwrap_or(u32::MAX);
        let mut rows = HashTable::with_capacity(count as usize);
        index.before = (0..count).collect();
        for row in 0..count {
            let Some(hash) = index.hash(|n| index.cell(row, n)) else { continue };
            let same = |other: &u32| index.equals(*other, |n| index.cell(row, n));
            let rehash = |other: &u32| index.hash(|n| index.cell(*other, n)).unwrap_or_default();
            match rows.entry(hash, same, rehash) {
                hashbrown::hash_table::Entry::Occupied(mut entry) => {
                    index.before[row as usize] = std::mem::replace(entry.get_mut(), row);
                    index.duplicates = true;
                }
                hashbrown::hash_table::Entry::Vacant(entry) => {
                    entry.insert(row);
                }
            }
        }
        index.rows = rows;
        index
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Whether several rows have the same key.
    pub fn has_duplicates(&self) -> bool {
        self.duplicates
    }

    /// About the bytes that it takes beside the table.
    pub fn size(&self) -> usize {
        self.rows.capacity() * (size_of::<u32>() + 1) + self.before.len() * size_of::<u32>()
    }

    /// The last row whose key is this; `key` gives its parts by their numbers.
    pub fn find<'v>(&self, key: impl Fn(usize) -> Value<'v>) -> Option<usize> {
        let hash = self.hash(&key)?;
        self.rows.find(hash, |row| self.equals(*row, &key)).map(|row| *row as usize)
    }

    /// The row before this one with the same key.
    pub fn before(&self, row: usize) -> Option<usize> {
        self.before.get(row).map(|before| *before as usize).filter(|before| *before != row)
    }

    fn cell(&self, row: u32, part: usize) -> Value<'_> {
        self.table.rows[row as usize].get(self.keys[part]).map(|cell| cell.borrow()).unwrap_or_default()
    }

    /// `None` when a part is null.
    fn hash<'v>(&self, key: impl Fn(usize) -> Value<'v>) -> Option<u64> {
        let mut hasher = KeyHasher { hash: 0xcbf2_9ce4_8422_2325, folded: self.folded };
        for part in 0..self.keys.len() {
            let value = key(part);
            if value.is_null() {
                return None;
            }
            value.write(&mut hasher);
            hasher.byte(0xff);
        }
        // The table takes the upper bits for its tags, which this hash leaves poor.
        let hash = hasher.hash ^ (hasher.hash >> 32);
        Some(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn equals<'v>(&self, row: u32, key: impl Fn(usize) -> Value<'v>) -> bool {
        (0..self.keys.len()).all(|part| same_text(self.cell(row, part), key(part), self.folded))
    }
}

/// FNV-1a over the texts of a key, letter by letter, so that nothing need be put together first.
struct KeyHasher {
    hash: u64,
    folded: bool,
}

impl KeyHasher {
    fn byte(&mut self, byte: u8) {
        self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
}

impl Write for KeyHasher {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if !self.folded {
            text.bytes().for_each(|byte| self.byte(byte));
        } else if text.is_ascii() {
            text.bytes().for_each(|byte| self.byte(byte.to_ascii_lowercase()));
        } else {
            let mut buffer = [0; 4];
            for c in text.chars().flat_map(char::to_lowercase) {
                c.encode_utf8(&mut buffer).bytes().for_each(|byte| self.byte(byte));
            }
        }
        Ok(())
    }
}

/// Whether two values have the same text.
fn same_text(a: Value<'_>, b: Value<'_>, folded: bool) -> bool {
    let (mut left, mut right) = (Short::default(), Short::default());
    let (a, b) = (left.text(a), right.text(b));
    if a == b {
        return true;
    }
    folded && (a.eq_ignore_ascii_case(b) || lower(a).eq(lower(b)))
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// Room for the text of a number.
struct Short {
    bytes: [u8; 48],
    length: usize,
}

impl Default for Short {
    fn default() -> Self {
        Short { bytes: [0; 48], length: 0 }
    }
}

impl Short {
    fn text<'s, 'v: 's>(&'s mut self, value: Value<'v>) -> &'s str {
        if let Value::Text(text) = value {
            return text;
        }
        value.write(self);
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        let buf = self.bytes.get_mut(self.length..end).ok_or(std::fmt::Error)?;
        buf.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sumoql_data::value::Owned;

    fn table(rows: &[&[Owned]]) -> Arc<Table> {
        let columns = (0..rows.first().map_or(0, |row| row.len())).map(|n| format!("c{n}")).collect();
        Arc::new(Table { columns, rows: rows.iter().map(|row| row.to_vec().into()).collect() })
    }

    fn text(text: &str) -> Owned {
        Owned::Text(text.into())
    }

    #[test]
    fn the_last_row_of_a_key_is_found_and_then_those_before() {
        let table = table(&[&[text("a")], &[text("b")], &[text("a")], &[Owned::Null], &[text("a")]]);
        let index = Index::new(table, vec![0], false);
        assert!(index.has_duplicates());
        assert_eq!(index.find(|_| Value::Text("a")), Some(4));
        assert_eq!(index.before(4), Some(2));
        assert_eq!(index.before(2), Some(0));
        assert_eq!(index.before(0), None);
        assert_eq!(index.find(|_| Value::Text("A")), None);
        assert_eq!(index.find(|_| Value::Null), None);
    }

    #[test]
    fn keys_fold_and_numbers_are_their_texts() {
        let rows: &[&[Owned]] =
            &[&[text("ÄB"), Owned::Int(7)], &[text("ab"), text("1.50")], &[text("\u{212a}"), text("x")]];
        let index = Index::new(table(rows), vec![0, 1], true);
        let find = |a: Value<'_>, b: Value<'_>| index.find(|n| if n == 0 { a } else { b });
        assert_eq!(find(Value::Text("äB"), Value::Text("7")), Some(0));
        assert_eq!(find(Value::Text("äB"), Value::Double(7.0)), Some(0));
        assert_eq!(find(Value::Text("äB"), Value::Text("7.0")), None);
        assert_eq!(find(Value::Text("AB"), Value::Double(1.5)), None);
        assert_eq!(find(Value::Text("AB"), Value::Text("1.50")), Some(1));
        // The Kelvin sign is a k in lower case.
        assert_eq!(find(Value::Text("K"), Value::Text("X")), Some(2));
        // Parts of a key do not run into each other.
        assert_eq!(find(Value::Text("ab1"), Value::Text(".50")), None);
    }
}
