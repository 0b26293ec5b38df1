//! The text of JSON values: strings without quotes and escapes, objects and arrays as JSON without blanks, numbers and
//! booleans as written.

use bumpalo::Bump;
use std::borrow::Cow;
use sumoql_data::value::Value;

/// The value that a JSON value, as written, gives a field. JSON's null is no value.
pub fn value<'m>(raw: &'m str, arena: &'m Bump) -> Value<'m> {
    match raw.as_bytes().first() {
        None | Some(b'n') => Value::Null,
        Some(b'"') => Value::Text(keep(unescaped(raw.get(1..raw.len() - 1).unwrap_or_default()), arena)),
        Some(b'{' | b'[') => Value::Text(keep(compact(raw), arena)),
        Some(_) => Value::Text(raw),
    }
}

fn keep<'m>(text: Cow<'m, str>, arena: &'m Bump) -> &'m str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => arena.alloc_str(&text),
    }
}

/// What a string means that is written with escapes, without its quotes.
pub fn unescaped(raw: &str) -> Cow<'_, str> {
    let Some(mut at) = memchr::memchr(b'\\', raw.as_bytes()) else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        out.push_str(&rest[..at]);
        let escape = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or_default();
        match escape {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let (c, after) = utf16(rest);
                out.push(c);
                rest = after;
            }
            other => out.push(char::from(other)),
        }
        match memchr::memchr(b'\\', rest.as_bytes()) {
            Some(next) => at = next,
            None => {
                out.push_str(rest);
                return Cow::Owned(out);
            }
        }
    }
}

/// The character after `\u`, which may be written as two halves, and what follows it.
fn utf16(rest: &str) -> (char, &str) {
    let unit = |digits: Option<&str>| digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(first) = unit(rest.get(..4)) else { return (char::REPLACEMENT_CHARACTER, rest) };
    let after = &rest[4..];
    if let Some(low) = after.strip_prefix("\\u")
        && let Some(second) = unit(low.get(..4))
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
        && c.len_utf16() == 2
    {
        return (c, &low[4..]);
    }
    (char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER), after)
}

/// JSON without the blanks between its parts and without escapes that need not be, as a JSON library writes it.
pub fn compact(raw: &str) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    let mut out: Option<String> = None;
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while let Some(length) = memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) {
                    at += length + 1;
                    if bytes[at - 1] == b'"' {
                        break;
                    }
                    let Some((plain, after)) = needless(&raw[at..]) else {
                        at += 1;
                        continue;
                    };
                    let text = out.get_or_insert_with(|| String::with_capacity(raw.len()));
                    text.push_str(&raw[copied..at - 1]);
                    text.push(plain);
                    at = raw.len() - after.len();
                    copied = at;
                }
            }
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.get_or_insert_with(|| String::with_capacity(raw.len())).push_str(&raw[copied..at]);
                at += 1;
                copied = at;
            }
            _ => at += 1,
        }
    }
    match out {
        None => Cow::Borrowed(raw),
        Some(mut out) => {
            out.push_str(&raw[copied..]);
            Cow::Owned(out)
        }
    }
}

/// The character that an escape stands for, if it could stand there by itself, and what follows; `rest` starts after the
/// backslash.
fn needless(rest: &str) -> Option<(char, &str)> {
    match rest.as_bytes().first()? {
        b'/' => Some(('/', &rest[1..])),
        b'u' => Some(utf16(&rest[1..])).filter(|(c, _)| !c.is_control() && !['"', '\\', '\u{fffd}'].contains(c)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn escapes_mean_what_serde_says() {
        for text in [r"plain", r"a\nb\t\\\/\u00e9", r"\ud83d\ude00 wide", r"\u0041B", r#"\"quoted\""#, r"\b\f\r"] {
            let serde: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            assert_eq!(unescaped(text), serde, "{text}");
        }
        assert_eq!(unescaped(r"a\ud83db\udc00"), "a\u{fffd}b\u{fffd}");
        assert_eq!(unescaped(r"\ud83d\u0041"), "\u{fffd}A");
    }

    #[test]
    fn blanks_go_only_between_parts() {
        assert_eq!(compact("{ \"a b\" : [ 1.0 ,\n\t2 ], \"c\\\" d\": \" \" }"), "{\"a b\":[1.0,2],\"c\\\" d\":\" \"}");
        assert!(matches!(compact("{\"a b\":1}"), Cow::Borrowed(_)));
        let escapes = r#"["a\/b","\u00e9\ud83d\ude00","\u0022 \u0009 \ud83d \\/ \n"]"#;
        assert_eq!(compact(escapes), r#"["a/b","é😀","\u0022 \u0009 \ud83d \\/ \n"]"#);
    }
}
