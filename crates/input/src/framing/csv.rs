//! `csv`: each row below the header is one message, a JSON object of its cells by the names of the columns.

use super::marks;
use bumpalo::Bump;
use bumpalo::collections::String as BumpString;
use memchr::{memchr, memchr_iter, memchr2};
use std::borrow::Cow;
use std::fmt::Write;
use sumoql_data::message::{Framing, Message, Source};

/// What may stand between cells. Of several in a header the one that is there most often does.
const DELIMITERS: [u8; 8] = [b',', b';', b'\t', b'|', b'^', b'~', 0x01, 0x1F];

/// How many line breaks a quoted cell may have. A quote without its partner is no more than a character.
const MAX_LINES: usize = 1000;

/// How much of a header is looked at for the delimiter.
const MAX_HEADER_BYTES: usize = 64 << 10;

/// Where a cell stands in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    start: usize,
    end: usize,
    quoted: bool,
}

impl Cell {
    /// Where a quote is that its partner is missing to.
    pub fn stray_quote(self, bytes: &[u8]) -> Option<usize> {
        (!self.quoted && self.bytes(bytes).first() == Some(&b'"')).then_some(self.start)
    }

    /// Whether it stands in quotes.
    pub fn is_quoted(self) -> bool {
        self.quoted
    }

    /// The bytes it stands on, without the quotes around it.
    pub fn bytes(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start..self.end]
    }

    /// What is in it. Two quotes in a quoted cell are one.
    pub fn value(self, text: &str) -> Cow<'_, str> {
        let value = &text[self.start..self.end];
        if self.quoted && value.contains('"') { Cow::Owned(value.replace("\"\"", "\"")) } else { Cow::Borrowed(value) }
    }
}

/// How a text of rows begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Where the names of the columns begin, behind the lines that stand before them.
    pub names: usize,
    /// What stands between cells.
    pub delimiter: u8,
    /// Whether lines before the names say that it is CSV.
    pub declared: bool,
}

/// How the text of rows begins that these bytes are: before the names of the columns there may be blank lines, the
/// `#TYPE` line of `Export-Csv`, and the `sep=` line of Excel, which says what stands between cells.
pub fn head(bytes: &[u8]) -> Head {
    let (mut names, mut delimiter, mut declared) = (0, None, false);
    loop {
        names += bytes[names..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let length = memchr(b'\n', &bytes[names..]).map_or(bytes.len() - names, |length| length + 1);
        let line = bytes[names..names + length].trim_ascii();
        match separator(line) {
            None if !line.starts_with(b"#TYPE ") => break,
            found => delimiter = found.or(delimiter),
        }
        names += length;
        declared = true;
    }
    Head { names, delimiter: delimiter.unwrap_or_else(|| usual_delimiter(&bytes[names..])), declared }
}

/// What stands between cells, if the line is one that says so, such as `sep=;`.
fn separator(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.split_at_checked(4)? {
        (name, [byte]) if name.eq_ignore_ascii_case(b"sep=") && !b"\"\r\n".contains(byte) => Some(*byte),
        // A tab at the end of a line was trimmed, or is written like that.
        (name, b"" | b"\\t") if name.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        _ => None,
    }
}

/// Whether a row is a line of the text's beginning that comes again, as where files were joined: it is no message.
/// `head` is all that stands before the first row.
pub fn repeats(head: &[u8], names: usize, row: &[u8]) -> bool {
    let same = |line: &[u8]| row.first() == line.first() && row.trim_ascii_end() == line.trim_ascii_end();
    same(&head[names..]) || (names > 0 && head[..names].split(|byte| *byte == b'\n').any(same))
}

/// The delimiter of the text that begins with these names, as the first line shows.
fn usual_delimiter(header: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in &header[..header.len().min(MAX_HEADER_BYTES)] {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' => break,
            byte if !quoted => {
                if let Some(which) = DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                    counts[which] += 1;
                }
            }
            _ => {}
        }
    }
    let most = (0..counts.len()).rev().max_by_key(|which| counts[*which]);
    DELIMITERS[most.unwrap_or(0)]
}

/// Finds the cells of the row that starts at `from`, and the place after its line end. `None` when the bytes end before
/// it, unless `end` says that there are no more.
pub fn row(bytes: &[u8], from: usize, delimiter: u8, end: bool, cells: &mut Vec<Cell>) -> Option<usize> {
    cells.clear();
    let mut at = from;
    loop {
        let mut cell = None;
        if bytes.get(at) == Some(&b'"') {
            match closing(bytes, at + 1, delimiter, end) {
                Closing::At(close) => cell = Some((Cell { start: at + 1, end: close, quoted: true }, close + 1)),
                Closing::Nowhere => {}
                Closing::Unknown => return None,
            }
        }
        let (cell, after) = match cell {
            Some((cell, after)) => (cell, after + usize::from(bytes.get(after) == Some(&b'\r'))),
            None => {
                let after = match memchr2(delimiter, b'\n', &bytes[at..]) {
                    Some(length) => at + length,
                    None if end => bytes.len(),
                    None => return None,
                };
                let line_end = bytes.get(after) != Some(&delimiter);
                let carriage = line_end && after > at && bytes[after - 1] == b'\r';
                (Cell { start: at, end: after - usize::from(carriage), quoted: false }, after)
            }
        };
        cells.push(cell);
        match bytes.get(after) {
            Some(byte) if *byte == delimiter => at = after + 1,
            Some(_) => return Some(after + 1),
            None if end => return Some(bytes.len()),
            None => return None,
        }
    }
}

/// Whether a row is an empty line.
pub fn is_blank(row: &[u8]) -> bool {
    row.trim_ascii().is_empty()
}

/// Where the quote of a cell is that closes it.
enum Closing {
    At(usize),
    /// There is none: what follows the next quote can't follow a cell, or no quote comes.
    Nowhere,
    /// More bytes are needed to decide.
    Unknown,
}

fn closing(bytes: &[u8], from: usize, delimiter: u8, end: bool) -> Closing {
    let mut at = from;
    let mut lines = 0;
    loop {
        let quote = memchr(b'"', bytes.get(at..).unwrap_or_default()).map(|length| at + length);
        let inside = bytes.get(at..quote.unwrap_or(bytes.len())).unwrap_or_default();
        lines += memchr_iter(b'\n', inside).take(MAX_LINES + 1).count();
        let Some(quote) = quote.filter(|_| lines <= MAX_LINES) else {
            return if end || lines > MAX_LINES { Closing::Nowhere } else { Closing::Unknown };
        };
        return match (bytes.get(quote + 1), bytes.get(quote + 2)) {
            (Some(b'"'), _) => {
                at = quote + 2;
                continue;
            }
            (Some(b'\n'), _) | (Some(b'\r'), Some(b'\n')) => Closing::At(quote),
            (Some(byte), _) if *byte == delimiter => Closing::At(quote),
            (None, _) | (Some(b'\r'), None) if end => Closing::At(quote),
            (None, _) | (Some(b'\r'), None) => Closing::Unknown,
            _ => Closing::Nowhere,
        };
    }
}

/// The names of the columns that the cells of a header give: trimmed; one without a name is called by its number, and
/// of several with the same name the second is `name_2`, and so on.
pub fn names(header: &str, cells: &[Cell]) -> Vec<String> {
    let written: Vec<String> = cells.iter().map(|cell| cell.value(header).trim().to_string()).collect();
    let mut names: Vec<String> = Vec::new();
    for (index, name) in written.iter().enumerate() {
        let before = written[..index].iter().filter(|other| *other == name).count();
        names.push(match (name.as_str(), before) {
            ("", _) => column(index, &written, &names),
            (name, 0) => name.to_string(),
            (name, _) => fresh(format!("{name}_{}", before + 1), &written, &names),
        });
    }
    names
}

/// The name of a column without one. No other has it: of two members of the same name one would be lost.
fn column(index: usize, written: &[String], names: &[String]) -> String {
    fresh(format!("column{}", index + 1), written, names)
}

fn fresh(mut name: String, written: &[String], names: &[String]) -> String {
    while written.contains(&name) || names.contains(&name) {
        name.push('_');
    }
    name
}

/// One message a row, as a JSON object: names of columns and cells, both texts. Cells that a row lacks are not in it,
/// those beyond the last column are called `column7`, say. Empty lines are no messages, nor is the header where it comes
/// again.
///
/// Each chunk begins with the header, and is placed so that the rows have their own offsets.
#[derive(Debug)]
pub struct Csv;

impl Framing for Csv {
    fn header(&self, chunk: &[u8]) -> usize {
        let Head { names, delimiter, .. } = head(chunk);
        row(chunk, names, delimiter, true, &mut Vec::new()).unwrap_or_default()
    }

    fn cut<'m>(&self, text: &'m str, offset: u64, source: &'m Source, arena: &'m Bump, out: &mut Vec<Message<'m>>) {
        let bytes = text.as_bytes();
        let mut cells = Vec::new();
        let Head { names: header, delimiter, .. } = head(bytes);
        let Some(mut at) = row(bytes, header, delimiter, true, &mut cells) else { return };
        let above = &bytes[..at];
        let names = names(text, &cells);
        let members: Vec<String> = names.iter().map(|name| member(name)).collect();
        let overhead: usize = members.iter().map(|member| member.len() + 3).sum();
        while at < bytes.len() {
            at += marks(&bytes[at..]);
            let Some(end) = row(bytes, at, delimiter, true, &mut cells) else { return };
            if !is_blank(&bytes[at..end]) && !repeats(above, header, &bytes[at..end]) {
                let mut object = BumpString::with_capacity_in(overhead + end - at, arena);
                for (index, cell) in cells.iter().enumerate() {
                    object.push(if index == 0 { '{' } else { ',' });
                    match members.get(index) {
                        Some(name) => object.push_str(name),
                        None => object.push_str(&member(&column(index, &names, &[]))),
                    }
                    object.push('"');
                    escape(&cell.value(text), &mut object);
                    object.push('"');
                }
                object.push('}');
                out.push(Message {
                    raw: object.into_bump_str(),
                    offset: offset + at as u64,
                    copy: 0,
                    source,
                    own: &[],
                });
            }
            at = end;
        }
    }
}

/// The name of a member of an object, with its colon.
fn member(name: &str) -> String {
    format!("{}:", serde_json::Value::from(name))
}

/// Appends what stands between the quotes of a JSON string.
fn escape(text: &str, out: &mut BumpString<'_>) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(short);
        if short.is_empty() {
            // Writing to a string can't fail.
            let _ = write!(out, "\\u{byte:04x}");
        }
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sumoql_data::in_memory::plain_source;
    use sumoql_data::message;

    #[test]
    fn no_two_columns_have_the_same_name() {
        for (text, expected) in [
            ("a,a_2,a,a\n1,2,3,4\n", r#"{"a":"1","a_2":"2","a_2_":"3","a_3":"4"}"#),
            ("column2,,x\n1,2,3\n", r#"{"column2":"1","column2_":"2","x":"3"}"#),
            ("column4,b,x\n1,2,3,4\n", r#"{"column4":"1","b":"2","x":"3","column4_":"4"}"#),
        ] {
            assert_eq!(cut(text)[0].1, expected);
        }
    }

    fn cut(text: &str) -> Vec<(u64, String)> {
        let source = plain_source(Arc::new(Csv), 0);
        let arena = Bump::new();
        let found = message::cut(&Csv, text, 0, &source, &arena);
        let found: Vec<_> = found.iter().map(|m| (m.offset, m.raw.to_string())).collect();
        for (_, raw) in &found {
            assert!(serde_json::from_str::<serde_json::Value>(raw).is_ok(), "{raw}");
        }
        found
    }

    fn raws(text: &str) -> Vec<String> {
        cut(text).into_iter().map(|(_, raw)| raw).collect()
    }

    #[test]
    fn rows_are_objects() {
        let found = cut("time,user,text\r\n1,ann,\"a, \"\"b\"\"\r\nc\\\"\r\n\r\n2,,x\ty\0");
        let expected = [
            (16, r#"{"time":"1","user":"ann","text":"a, \"b\"\r\nc\\"}"#),
            (40, r#"{"time":"2","user":"","text":"x\ty\u0000"}"#),
        ];
        assert_eq!(found, expected.map(|(at, raw)| (at, raw.to_string())));
        assert!(cut("a,b\n").is_empty() && cut("").is_empty());
    }

    #[test]
    fn other_delimiters() {
        assert_eq!(raws("a;b,c;d\n1;2,5;3\n"), [r#"{"a":"1","b,c":"2,5","d":"3"}"#]);
        assert_eq!(raws("a\tb\n1\t\"2\t3\"\n"), [r#"{"a":"1","b":"2\t3"}"#]);
        assert_eq!(raws("\"a,b,c\";d\n1;2"), [r#"{"a,b,c":"1","d":"2"}"#], "commas in quotes do not count");
        assert_eq!(raws("alone\n1\n"), [r#"{"alone":"1"}"#]);
        assert_eq!(raws("a|b,c|d\n1|2,5|3\n"), [r#"{"a":"1","b,c":"2,5","d":"3"}"#]);
    }

    #[test]
    fn lines_before_the_names() {
        let one = [r#"{"a":"1","b,c":"2"}"#];
        for text in ["sep=;\na;b,c\n1;2\n", "\"SEP=;\"\r\n\r\na;b,c\r\n1;2", "#TYPE x, y; z\na;\"b,c\"\n1;2\n"] {
            assert_eq!(raws(text), one, "{text}");
        }
        assert_eq!(raws("sep=^\na^b\n1,2^3\n"), [r#"{"a":"1,2","b":"3"}"#]);
        assert_eq!(raws("sep=\t\na,x\tb\n1\t2\n"), [r#"{"a,x":"1","b":"2"}"#]);
        assert_eq!(raws("sep=a,b\n1,2\n"), [r#"{"sep=a":"1","b":"2"}"#], "no separator, but a name");
        assert!(raws("sep=,").is_empty() && raws("sep=,\n#TYPE x\n").is_empty());
    }

    #[test]
    fn files_that_were_joined_have_their_header_again() {
        let part = "\u{feff}#TYPE x\n\"a\",\"b\"\n\"1\",\"2\"\n";
        assert_eq!(raws(&part.repeat(3)[3..]), [r#"{"a":"1","b":"2"}"#; 3]);
        assert_eq!(raws("a,b\n1,2\na,b\n\u{feff}\"3\",4\na,c\n").len(), 3);
    }

    #[test]
    fn rows_and_headers_that_do_not_fit() {
        assert_eq!(
            raws("a,,a\n1\n1,2,3,4,5\n,\n"),
            [
                r#"{"a":"1"}"#,
                r#"{"a":"1","column2":"2","a_2":"3","column4":"4","column5":"5"}"#,
                r#"{"a":"","column2":""}"#
            ]
        );
    }

    #[test]
    fn a_quote_without_partner_is_a_character() {
        assert_eq!(
            raws("a,b\n1,\"x\n2,\"y\",\n3,z\"\n4,\"u\" v\n5,\"end"),
            [
                r#"{"a":"1","b":"\"x"}"#,
                r#"{"a":"2","b":"y","column3":""}"#,
                r#"{"a":"3","b":"z\""}"#,
                r#"{"a":"4","b":"\"u\" v"}"#,
                r#"{"a":"5","b":"\"end"}"#
            ]
        );
        let lines = "x\n".repeat(MAX_LINES + 1);
        assert_eq!(raws(&format!("a,b\n1,\"{lines}\"\n")).len(), MAX_LINES + 2);
        assert_eq!(raws(&format!("a,b\n1,\"{}\"\n", &lines[2..])).len(), 1);
    }

    #[test]
    fn the_end_of_a_row_may_not_be_there_yet() {
        let row = |text: &str| row(text.as_bytes(), 0, b',', false, &mut Vec::new());
        for text in ["", "a", "a,", "a,\"b", "a,\"b\"", "a,\"b\"\r", "\"a\"\"", "a,\"b\n"] {
            assert_eq!(row(text), None, "{text}");
        }
        assert_eq!(row("a,\"b\"\r\nc"), Some(7));
        assert_eq!(row("a,\"b\nc,\"d"), Some(5), "no partner: what follows the next quote can't follow a cell");
    }
}
