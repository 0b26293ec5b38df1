//! The XML of a record as Windows renders it.

use memchr::memchr;
use memchr::memmem::find;

/// How many bytes a time has that the parser has written: `2016-07-08T18:12:51.6816408Z`.
const TIME: usize = 28;

/// Appends the XML as `EvtRender` gives it: no declaration, attributes in single quotes, nine digits of a second.
///
/// `xml` is what the parser gives without indentation: quotes within attributes are `&quot;` and `&apos;`, and tags have
/// no other `<` and `>` than their own. What it has besides is as on Windows already: GUIDs in braces, which elements
/// close themselves, what is escaped. Nine digits go with GUIDs in lower case, as from Windows 10 1809 and Server 2019
/// on; later Windows has seven digits.
pub fn restyle(mut xml: Vec<u8>, out: &mut Vec<u8>) {
    let mut at = match xml.starts_with(b"<?xml ") {
        true => find(&xml, b"?>").map_or(0, |end| end + 2),
        false => 0,
    };
    while xml.get(at) == Some(&b'\n') {
        at += 1;
    }
    // What was copied so far.
    let mut copied = at;
    while let Some(length) = memchr(b'<', &xml[at..]) {
        let open = at + length;
        if length == TIME {
            lengthen(&xml, at..open, &mut copied, out);
        }
        let (end, after) = match xml.get(open + 1) {
            Some(b'/') => (find_byte(&xml, b'>', open), 1),
            Some(b'?') => (find_text(&xml, b"?>", open), 2),
            Some(b'!') if xml[open..].starts_with(b"<![CDATA[") => (find_text(&xml, b"]]>", open), 3),
            _ => (attributes(&mut xml, open, &mut copied, out), 1),
        };
        at = (end + after).min(xml.len());
    }
    out.extend_from_slice(&xml[copied..]);
}

/// Gives the attributes of a tag single quotes. The answer is where the tag's `>` stands.
fn attributes(xml: &mut [u8], open: usize, copied: &mut usize, out: &mut Vec<u8>) -> usize {
    let mut at = open + 1;
    loop {
        match xml.get(at) {
            None => return xml.len(),
            Some(b'>') => return at,
            Some(b'"') => {
                let end = find_byte(xml, b'"', at + 1);
                if end == xml.len() {
                    return end;
                }
                xml[at] = b'\'';
                xml[end] = b'\'';
                if end - at - 1 == TIME {
                    lengthen(xml, at + 1..end, copied, out);
                } else if memchr(b'&', &xml[at + 1..end]).is_some() {
                    unescape(xml, at + 1..end, copied, out);
                }
                at = end + 1;
            }
            Some(_) => at += 1,
        }
    }
}

/// Copies what comes before the end of a value, which gets two more digits if it is a time.
fn lengthen(xml: &[u8], value: std::ops::Range<usize>, copied: &mut usize, out: &mut Vec<u8>) {
    let shape = b"dddd-dd-ddTdd:dd:dd.dddddddZ";
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'd' { byte.is_ascii_digit() } else { byte == shape };
    if xml[value.clone()].iter().zip(shape).all(fits) {
        out.extend_from_slice(&xml[*copied..value.end - 1]);
        out.extend_from_slice(b"00Z");
        *copied = value.end;
    }
}

/// Copies up to the last `&quot;` of an attribute's value: within single quotes it is a plain quote.
fn unescape(xml: &[u8], value: std::ops::Range<usize>, copied: &mut usize, out: &mut Vec<u8>) {
    const QUOTE: &[u8] = b"&quot;";
    let mut at = value.start;
    while let Some(length) = find(&xml[at..value.end], QUOTE) {
        out.extend_from_slice(&xml[*copied..at + length]);
        out.push(b'"');
        at += length + QUOTE.len();
        *copied = at;
    }
}

/// Where the byte stands from `from` on, or the end of the text.
fn find_byte(xml: &[u8], byte: u8, from: usize) -> usize {
    memchr(byte, &xml[from..]).map_or(xml.len(), |length| from + length)
}

fn find_text(xml: &[u8], text: &[u8], from: usize) -> usize {
    find(&xml[from..], text).map_or(xml.len(), |length| from + length)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn restyled(xml: &str) -> String {
        let mut out = b"before".to_vec();
        restyle(xml.as_bytes().to_vec(), &mut out);
        String::from_utf8(out).unwrap().strip_prefix("before").unwrap().to_string()
    }

    #[test]
    fn declaration_quotes_and_digits() {
        assert_eq!(
            restyled(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event xmlns=\"x\"><T SystemTime=\"2016-07-08T18:12:51.6816408Z\"/>\
                 <Data Name=\"a\">say \"x=\"1\" > 'b'\"\n</Data><Data Name=\"t\">2016-07-08T18:12:51.0000000Z</Data></Event>"
            ),
            "<Event xmlns='x'><T SystemTime='2016-07-08T18:12:51.681640800Z'/><Data Name='a'>say \"x=\"1\" > 'b'\"\n</Data>\
             <Data Name='t'>2016-07-08T18:12:51.000000000Z</Data></Event>"
        );
    }

    #[test]
    fn quotes_within_attributes() {
        assert_eq!(
            restyled("<A b=\"&quot;x&quot; &amp; &apos;y&apos;\" c=\"&quot;\">&quot;</A>"),
            "<A b='\"x\" &amp; &apos;y&apos;' c='\"'>&quot;</A>"
        );
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        for text in [
            "",
            "\"",
            "<",
            "<A b=\"1",
            "<A>2016-07-08T18:12:51.681640Z</A>",
            "<A>2016-07-08 18:12:51.6816408Z</A>",
            "<A>at 2016-07-08T18:12:51.6816408Z</A>",
            "<A><![CDATA[<b c=\"d\">]]>\"<?p q=\"r\"?>\"</A>",
            "<A><![CDATA[<b c=\"d\">",
        ] {
            assert_eq!(restyled(text), text);
        }
    }
}
