//! Finds a JSON object between other text, as a log's preamble.

use super::scan::{Broken, Scanner};

/// The last whole object in a text that stands in no other.
///
/// A bracket that no key follows is passed over as text. What begins like an object but is none is passed over up to
/// its closing bracket, and one that the text's end cuts off ends the search: an object inside a broken one stands for
/// nothing by itself. No part of the text is looked at more than three times.
pub fn blob(text: &str) -> Option<&str> {
    let mut last = None;
    let mut at = 0;
    while let Some(length) = text.get(at..).and_then(|rest| memchr::memchr(b'{', rest.as_bytes())) {
        let start = at + length;
        let mut scanner = Scanner::from(text, start);
        match scanner.skip() {
            Ok(()) => {
                last = Some(scanner.since(start));
                at = scanner.at();
            }
            Err(Broken::At(broken)) if text[start + 1..broken.max(start + 1)].trim_start().is_empty() => {
                at = broken.max(start + 1);
            }
            Err(_) => match closing(&text[start..]) {
                Some(length) => at = start + length,
                None => break,
            },
        }
    }
    last
}

/// The length of a text up to the bracket that closes its first one, not counting brackets between quotes.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_object_that_is_whole() {
        for (text, found) in [
            ("10:00 [x=1] INFO {\"a\":1}", Some("{\"a\":1}")),
            ("[{thread}] {\"a\":{\"b\":2}} done", Some("{\"a\":{\"b\":2}}")),
            ("{\"a\":1} {\"b\":2}", Some("{\"b\":2}")),
            ("{{\"a\":1}", Some("{\"a\":1}")),
            ("{\"a\":{\"b\":1},\"c\":", None),
            ("{\"a\":1} {\"b\":", Some("{\"a\":1}")),
            ("{\"a\":{\"b\":1},\"c\":bad,\"d\":{\"e\":1}}", None),
            ("{\"a\":bad} then {\"b\":1}", Some("{\"b\":1}")),
            ("{} text", Some("{}")),
            ("no object [1,2]", None),
            ("{é} {\"é\":1}", Some("{\"é\":1}")),
            ("", None),
        ] {
            assert_eq!(blob(text), found, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_text_an_object_is_json(text in "([{}\\[\\]\":,1 \\\\aé]|\"a\":|\\{\"a\":1\\}){0,40}") {
            if let Some(found) = blob(&text) {
                let json: Result<serde_json::Value, _> = serde_json::from_str(found);
                proptest::prop_assert!(json.is_ok_and(|json| json.is_object()), "{}", text);
            }
        }
    }
}
