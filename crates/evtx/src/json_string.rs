//! Texts of XML as strings and numbers of JSON.

use crate::json::Form;
use memchr::memchr;

/// What a placeholder begins with: a character that no XML has. The number of the value follows, four digits in hexadecimal;
/// in JSON, before them, the letter of the form that the value gets.
pub const PLACEHOLDER: char = '\u{1}';

/// How long a placeholder is in XML and in JSON.
pub const PLACEHOLDER_LENGTH: usize = 5;
pub const FORM_LENGTH: usize = 6;

/// In place of a placeholder: what is to be written depends on more than the form of the value.
pub const UNSUPPORTED: &[u8; FORM_LENGTH] = b"\x01-0000";

/// Appends a number as JSON has it, where it is one; else a text.
pub fn number(text: &str, out: &mut Vec<u8>) {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    match canonical && text.parse::<u64>().is_ok() {
        true => out.extend_from_slice(text.as_bytes()),
        false => string(text, out),
    }
}

/// Appends a text that is escaped as in XML as a JSON string. Placeholders stay in it.
pub fn string(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut copied = 0;
    let mut at = 0;
    while let Some(special) = next_special(bytes, at) {
        at = special;
        let byte = &bytes[at];
        out.extend_from_slice(&bytes[copied..at]);
        if char::from(*byte) == PLACEHOLDER {
            out.extend_from_slice(&[*byte, Form::Text as u8]);
            at += 1;
            copied = at;
            continue;
        }
        let entity = (*byte == b'&').then(|| entity(&text[at..])).flatten();
        let (character, length) = entity.unwrap_or((char::from(*byte), 1));
        match character {
            '"' | '\\' => out.extend_from_slice(&[b'\\', character as u8]),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\0'..' ' => out.extend_from_slice(format!("\\u{:04x}", character as u32).as_bytes()),
            character => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        at += length;
        copied = at;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// The first byte from a place on that JSON does not take as it is, or that begins an entity.
fn next_special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while bytes[at..].first_chunk().is_some_and(is_plain) {
        at += BLOCK;
    }
    let rest = &bytes[at..];
    // Spaces follow the last ones: they need no care.
    let mut padded = [b' '; BLOCK];
    if let Some(part) = padded.get_mut(..rest.len()) {
        part.copy_from_slice(rest);
        if is_plain(&padded) {
            return None;
        }
    }
    let special = |byte: &u8| matches!(byte, 0..b' ' | b'"' | b'\\' | b'&');
    rest.iter().position(special).map(|length| at + length)
}

/// How many bytes are looked at together.
const BLOCK: usize = 16;

/// Whether JSON takes these bytes as they are, and none begins an entity. Arithmetic on all alike, so that compilers make
/// it a few steps for all of them.
fn is_plain(block: &[u8; BLOCK]) -> bool {
    // The highest bit is set if they are the same.
    let same = |one: u8, other: u8| (one ^ other).wrapping_sub(1);
    let mut special = 0;
    for byte in *block {
        let any = byte.wrapping_sub(b' ') | same(byte, b'"') | same(byte, b'\\') | same(byte, b'&');
        special |= any & !byte & 0x80;
    }
    special == 0
}

/// The character that a text begins with as an entity, and how long that is.
fn entity(text: &str) -> Option<(char, usize)> {
    let length = memchr(b';', &text.as_bytes()[..text.len().min(12)])?;
    let character = match &text[1..length] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "quot" => '"',
        name => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number)?
        }
    };
    Some((character, length + 1))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    #[test]
    fn texts_and_numbers() {
        let string = |text: &str| {
            let mut out = Vec::new();
            super::string(text, &mut out);
            String::from_utf8(out).unwrap()
        };
        for text in ["", "a\\b\"c\"\n\r\t\u{2}é\u{1F600}", "& &; &x; &#; &#xD800; &toolongtobeone;"] {
            assert_eq!(string(text), serde_json::to_string(text).unwrap());
        }
        assert_eq!(string("&amp;&lt;&gt;&apos;&quot;&#65;&#x42;&#10;&amp;lt;"), "\"&<>'\\\"AB\\n&lt;\"");
        let number = |text: &str| {
            let mut out = Vec::new();
            super::number(text, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(["0", "7", "18446744073709551615"].map(number), ["0", "7", "18446744073709551615"]);
        assert_eq!(
            ["", "07", "-1", "18446744073709551616"].map(number),
            ["\"\"", "\"07\"", "\"-1\"", "\"18446744073709551616\""]
        );
    }
}
