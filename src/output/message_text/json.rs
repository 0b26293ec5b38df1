//! JSON with a blank after each colon and comma and no other white space. Strings and numbers stay as written.

use super::{Style, StyledText};

/// Lays out an object or array; `None` for anything else.
pub(super) fn lay_out(message: &str) -> Option<StyledText> {
    let json = message.trim();
    let is_json = json.starts_with(['{', '[']) && serde_json::from_str::<serde_json::Value>(json).is_ok();
    if !is_json {
        return None;
    }
    let mut text = StyledText::default();
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => string(rest),
            ':' | ',' | '{' | '}' | '[' | ']' => 1,
            c if c.is_ascii_whitespace() => 1,
            _ => rest.find([':', ',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length.clamp(c.len_utf8(), rest.len()));
        rest = after;
        match c {
            ':' => text.push(": ", Style::Plain),
            ',' => {
                text.push(", ", Style::Plain);
                text.may_break();
            }
            '"' if after.trim_start().starts_with(':') => text.push(token, Style::Key),
            c if c.is_ascii_whitespace() => {}
            _ => text.push(token, Style::Plain),
        }
    }
    Some(text)
}

/// The length of the string that a text begins with, with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::super::wrapped;

    #[test]
    fn lines_end_between_members() {
        let message = "{ \"user\":\"ann, \\\"x\\\"\" ,\n \"n\" : 1.50e3,\"in\":{\"list\":[1,2,true,null]},\"none\":{}}";
        let one = "{\"user\": \"ann, \\\"x\\\"\", \"n\": 1.50e3, \"in\": {\"list\": [1, 2, true, null]}, \"none\": {}}";
        assert_eq!(wrapped(message, 200), [one]);
        assert_eq!(
            wrapped(message, 30),
            [
                "{\"user\": \"ann, \\\"x\\\"\",",
                "\"n\": 1.50e3,",
                "\"in\": {\"list\": [1, 2, true,",
                "null]}, \"none\": {}}"
            ]
        );
    }

    #[test]
    fn what_is_no_json_stays() {
        for text in ["{not json}", "[info] started", "{\"a\": 1} and more", "{"] {
            assert_eq!(wrapped(text, 200), [text]);
        }
    }
}
