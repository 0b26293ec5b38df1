//! Words of a line, as a shell splits them: blanks in quotes or behind a backslash belong to a word.

/// Splits a line. The error is a quote that is not closed. Where a backslash stands between folders, it escapes nothing.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            // Between double quotes a backslash escapes these two only, between single ones nothing.
            ('\\', None) if !cfg!(windows) => word.get_or_insert_default().extend(chars.next()),
            ('\\', Some('"')) if !cfg!(windows) && matches!(chars.peek(), Some('"' | '\\')) => {
                word.get_or_insert_default().extend(chars.next());
            }
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match quote {
        Some(open) => Err(format!("unclosed quote {open}")),
        None => Ok(words),
    }
}

/// A word as it must be written to be read as such.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && (cfg!(windows) || c != '\\') && !matches!(c, '"' | '\'');
    match word {
        word if !word.is_empty() && word.chars().all(plain) => word.to_string(),
        word if !word.contains('\'') => format!("'{word}'"),
        word => format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_by_a_shell() {
        for (line, words) in [
            ("a  b/*.xml ", vec!["a", "b/*.xml"]),
            ("'a b' \"c 'd\"e", vec!["a b", "c 'de"]),
            ("a''b \"\"", vec!["ab", ""]),
            ("", vec![]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        #[cfg(not(windows))]
        assert_eq!(split("a\\ b \"c\\\\d\\\"\\e\" 'f\\'").unwrap(), ["a b", "c\\d\"\\e", "f\\"]);
        assert!(split("a 'b").unwrap_err().contains('\''));
    }

    #[cfg(not(windows))]
    #[test]
    fn quoted_words_are_read_back() {
        for word in ["a.log", "", "a b", "it's", "\"", "a\\b", "'\"\\ "] {
            assert_eq!(split(&format!("x {} y", quoted(word))).unwrap(), ["x", word, "y"]);
        }
    }
}
