//! Lines and columns of the places in a text.

use serde::Serialize;

/// A place in a text, as programs and people name it. Lines and columns count from 1; a protocol that counts from 0, such
/// as that of language servers, takes one less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Position {
    /// The byte, from 0.
    pub byte: usize,
    /// The line.
    pub line: usize,
    /// The column in characters.
    pub column: usize,
    /// The column in bytes of UTF-8.
    pub column_utf8: usize,
    /// The column in units of UTF-16.
    pub column_utf16: usize,
}

/// What columns are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Characters.
    Characters,
    /// Bytes of UTF-8.
    Utf8,
    /// Units of UTF-16.
    Utf16,
}

/// The lines of a text, to go from bytes to lines and columns and back.
///
/// ```
/// use sumoql::{Columns, LineIndex};
///
/// let index = LineIndex::new("*\n| where x = \"😀\" and y");
/// let at = index.position(22);
/// assert_eq!((at.line, at.column, at.column_utf8, at.column_utf16), (2, 18, 21, 19));
/// assert_eq!(index.byte(2, 19, Columns::Utf16), 22);
/// ```
#[derive(Clone, Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// The lines of a text; each ends behind a line feed.
    pub fn new(text: &'t str) -> LineIndex<'t> {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        LineIndex { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The position of a byte. One inside a character is that of the character, one behind the text is its end.
    pub fn position(&self, byte: usize) -> Position {
        let byte = floor(self.text, byte);
        let line = self.starts.partition_point(|start| *start <= byte);
        let before = &self.text[self.starts[line - 1]..byte];
        Position {
            byte,
            line,
            column: before.chars().count() + 1,
            column_utf8: before.len() + 1,
            column_utf16: before.encode_utf16().count() + 1,
        }
    }

    /// The byte at a line and column. A column behind the end of its line is that end, a line behind the text its end.
    pub fn byte(&self, line: usize, column: usize, columns: Columns) -> usize {
        let Some(start) = self.starts.get(line.saturating_sub(1)) else { return self.text.len() };
        let rest = &self.text[*start..];
        let content = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let mut left = column.saturating_sub(1);
        let mut byte = *start;
        for c in content.chars() {
            let width = match columns {
                Columns::Characters => 1,
                Columns::Utf8 => c.len_utf8(),
                Columns::Utf16 => c.len_utf16(),
            };
            // A column inside a character is that of the character.
            let Some(after) = left.checked_sub(width) else { break };
            left = after;
            byte += c.len_utf8();
        }
        byte
    }
}

/// The beginning of the character that a byte is in; the end of the text, behind it.
pub fn floor(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..=byte).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let text = "a\r\né😀x\n\n";
        let index = LineIndex::new(text);
        for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let at = index.position(byte);
            assert_eq!(at.byte, byte);
            // Behind a line feed the next line begins.
            for (column, columns) in
                [(at.column, Columns::Characters), (at.column_utf8, Columns::Utf8), (at.column_utf16, Columns::Utf16)]
            {
                assert_eq!(index.byte(at.line, column, columns), byte, "{at:?} {columns:?}");
            }
        }
        assert_eq!(index.position(4).byte, 3, "inside a character");
        assert_eq!(index.position(99).line, 4);
        assert_eq!((index.byte(2, 99, Columns::Utf16), index.byte(9, 1, Columns::Utf8)), (10, text.len()));
        assert_eq!(index.byte(2, 3, Columns::Utf16), 5, "inside a pair");
    }
}
