//! Cuts a text into columns at a delimiter, with quotes and escapes.

use std::borrow::Cow;

/// The characters that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// Stands between columns.
    pub delimiter: char,
    /// Stands around a column in which the delimiter is an ordinary character.
    pub quote: char,
    /// Makes one of the three signs after it an ordinary character. Before anything else it is one itself, so that
    /// `C:\\temp` stays what it is.
    pub escape: char,
}

/// The columns of a text, from left to right.
pub struct Columns<'t> {
    signs: Signs,
    rest: Option<&'t str>,
}

impl<'t> Columns<'t> {
    /// Cuts a text.
    pub fn new(text: &'t str, signs: Signs) -> Self {
        Columns { signs, rest: Some(text) }
    }
}

impl<'t> Iterator for Columns<'t> {
    type Item = Cow<'t, str>;

    fn next(&mut self) -> Option<Cow<'t, str>> {
        let text = self.rest?;
        let Signs { delimiter, quote, escape } = self.signs;
        let plain = match (u8::try_from(delimiter), u8::try_from(quote), u8::try_from(escape)) {
            (Ok(a @ 0..=127), Ok(b @ 0..=127), Ok(c @ 0..=127)) => memchr::memchr3(a, b, c, text.as_bytes()),
            _ => text.find([delimiter, escape, quote]),
        };
        // Nearly all columns are plain: a slice does.
        match plain {
            None => {
                self.rest = None;
                return Some(Cow::Borrowed(text));
            }
            Some(at) if text[at..].starts_with(delimiter) => {
                self.rest = Some(&text[at + delimiter.len_utf8()..]);
                return Some(Cow::Borrowed(&text[..at]));
            }
            Some(_) => {}
        }
        let (column, rest) = special(text, self.signs);
        self.rest = rest;
        Some(Cow::Owned(column))
    }
}

/// A column with quotes or escapes, and what follows its delimiter. Only at its beginning, blanks aside, does a quote
/// open; only a quote closes it, and a doubled one stands for itself.
fn special(text: &str, signs: Signs) -> (String, Option<&str>) {
    let Signs { delimiter, quote, escape } = signs;
    let mut column = String::new();
    let mut rest = text;
    let unpadded = text.trim_start_matches(|c: char| c == ' ' && c != delimiter);
    let mut quoted = false;
    if let Some(body) = unpadded.strip_prefix(quote) {
        rest = body;
        quoted = true;
    }
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if c == escape {
            match chars.as_str().chars().next().filter(|next| [delimiter, quote, escape].contains(next)) {
                Some(next) => {
                    column.push(next);
                    chars.next();
                }
                None => column.push(escape),
            }
        } else if quoted && c == quote {
            match chars.as_str().strip_prefix(quote) {
                Some(after) => {
                    column.push(quote);
                    chars = after.chars();
                }
                None => quoted = false,
            }
        } else if c == delimiter && !quoted {
            return (column, Some(chars.as_str()));
        } else {
            column.push(c);
        }
    }
    (column, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, delimiter: char, quote: char) -> Vec<String> {
        let signs = Signs { delimiter, quote, escape: '\\' };
        Columns::new(text, signs).map(Cow::into_owned).collect()
    }

    #[test]
    fn columns() {
        assert_eq!(cut("a,b,,c", ',', '"'), ["a", "b", "", "c"]);
        assert_eq!(cut("", ',', '"'), [""]);
        assert_eq!(cut("a,", ',', '"'), ["a", ""]);
        assert_eq!(cut(r#"x,"y, z",w"#, ',', '"'), ["x", "y, z", "w"]);
        assert_eq!(cut(r#"x, "y, z" ,w"#, ',', '"'), ["x", "y, z ", "w"]);
        assert_eq!(cut(r#""say ""hi""",2"#, ',', '"'), [r#"say "hi""#, "2"]);
        assert_eq!(cut(r#""say \"hi\"",2"#, ',', '"'), [r#"say "hi""#, "2"]);
        assert_eq!(cut(r"a\,b,c", ',', '"'), ["a,b", "c"]);
        assert_eq!(cut(r"a\", ',', '"'), [r"a\"]);
        assert_eq!(cut(r"C:\temp,\\host,\n", ',', '"'), [r"C:\temp", r"\host", r"\n"]);
        assert_eq!(cut(r#"k="a b" c"#, ' ', '"'), [r#"k="a"#, r#"b""#, "c"]);
        assert_eq!(cut(r#""never closed, b"#, ',', '"'), ["never closed, b"]);
        assert_eq!(cut("'1,2',3", ',', '\''), ["1,2", "3"]);
        assert_eq!(cut(" a , b", ',', '"'), [" a ", " b"]);
        assert_eq!(cut("é→ü→", '→', '"'), ["é", "ü", ""]);
        assert_eq!(cut("a  b", ' ', '"'), ["a", "", "b"]);
    }

    proptest::proptest! {
        /// What is quoted or escaped comes back as it was, whatever it holds.
        #[test]
        fn columns_come_back(columns in proptest::collection::vec("[a,\"\\\\ é]{0,8}", 1..6), quoted: bool) {
            let escape = |column: &String| {
                let escaped = column.replace('\\', "\\\\").replace('"', "\\\"");
                if quoted { format!("\"{escaped}\"") } else { escaped.replace(',', "\\,") }
            };
            let text = columns.iter().map(escape).collect::<Vec<_>>().join(",");
            proptest::prop_assert_eq!(cut(&text, ',', '"'), columns);
        }
    }
}
