//! Tells a JSON document that holds messages in an array from a message that has an array among its members.

use super::super::framing::json::value_end;
use super::super::framing::json_records::{Array, Name, Step, Walk};
use sumoql_data::time::stamp::{Known, find};

/// How much of an element is searched for a time.
const MAX_TIME_SEARCH_BYTES: usize = 4 << 10;

/// What a JSON document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// The elements of this array, called so, are messages.
    Of(Array, String),
    /// It seems to be one message, but the array at this path may hold messages.
    Perhaps(String),
    /// It is a message, or several.
    Messages,
}

/// An array of objects.
struct ArrayOfMessages {
    /// Its name, or the names on the way to it.
    path: Vec<String>,
    name: Option<Name>,
    /// Where it stands.
    from: usize,
    to: usize,
    /// Whether there is more than one element.
    several: bool,
    /// Whether the first has a time.
    timed: bool,
    /// Whether nothing stands before it in its object but names that begin with `@`.
    leads: bool,
}

/// What the document is that begins here with an object; `whole` says that there are no more bytes. An array of objects
/// holds messages if it is in a document that is one object, and its elements have times while the object around them has
/// none. If both have, or neither, nearly all of the document must be that array, or it must come first.
pub fn document(text: &[u8], whole: bool) -> Document {
    let mut arrays = Vec::new();
    let end = look(text, 0, &mut Vec::new(), &mut arrays);
    // Where a value follows, these are messages one after the other.
    let one = end.map_or(!whole, |end| text[end..].trim_ascii().is_empty());
    if !one || arrays.is_empty() {
        return Document::Messages;
    }
    let outer = outer_timed(text, end.unwrap_or(text.len()), &arrays);
    let best = arrays
        .iter()
        .enumerate()
        .max_by_key(|(at, found)| (found.timed, found.path.len() == 1, found.to - found.from, usize::MAX - at));
    let Some((_, best)) = best else { return Document::Messages };
    let size = best.to - best.from;
    let fills = best.several && 4 * size >= 3 * text.trim_ascii().len();
    let alone = arrays.iter().filter(|found| found.path.len() == 1).count() == 1;
    let holds = match (best.timed, outer) {
        (true, false) => true,
        (true, true) => fills,
        (false, true) => false,
        (false, false) => alone && best.leads,
    };
    match best.name {
        Some(name) if holds => Document::Of(Array::Member(name), best.path.concat()),
        _ if best.several && best.timed => Document::Perhaps(best.path.join(".")),
        _ => Document::Messages,
    }
}

/// Notes the arrays of objects among the members of the object that begins at `from`, and of those in it. The answer is the
/// place behind it, if it ends.
fn look(text: &[u8], from: usize, path: &mut Vec<String>, arrays: &mut Vec<ArrayOfMessages>) -> Option<usize> {
    let mut walk = Walk::new(&text[from..]);
    let mut leads = true;
    loop {
        let member = match walk.step()? {
            Step::Member(member) => member,
            Step::End(end) => return Some(from + end),
            Step::Broken => return None,
        };
        let quoted = &walk.bytes[member.name.clone()];
        let name = String::from_utf8_lossy(&quoted[1..quoted.len() - 1]).into_owned();
        path.push(name);
        let at = from + member.value;
        let passed = walk.pass(&member);
        let end = if passed.is_some() { from + walk.at } else { text.len() };
        match member.first {
            b'[' => arrays.extend(array(text, at, end, path, (leads, quoted))),
            b'{' if path.len() < MAX_DEPTH => {
                look(text, at, path, arrays);
            }
            _ => {}
        }
        leads &= path.last().is_some_and(|name| name.starts_with('@'));
        path.pop();
        passed?;
    }
}

/// How deep arrays are looked for.
const MAX_DEPTH: usize = 3;

/// The array between these places, if it is one of objects.
fn array(
    text: &[u8],
    from: usize,
    to: usize,
    path: &[String],
    (leads, quoted): (bool, &[u8]),
) -> Option<ArrayOfMessages> {
    let blank = |at: usize| at + text[at..to].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let first = blank(from + 1);
    if text.get(first) != Some(&b'{') {
        return None;
    }
    let end = value_end(&text[..to], first, true, true).unwrap_or(to);
    Some(ArrayOfMessages {
        path: path.to_vec(),
        name: if path.len() == 1 { Name::new(quoted) } else { None },
        from,
        to,
        several: text.get(blank(end)) == Some(&b','),
        timed: has_time(&text[first..end.min(first + MAX_TIME_SEARCH_BYTES)]),
        leads,
    })
}

/// Whether what stands around the arrays has a time.
fn outer_timed(text: &[u8], end: usize, arrays: &[ArrayOfMessages]) -> bool {
    let mut outer = Vec::new();
    let mut at = 0;
    for found in arrays {
        outer.extend_from_slice(&text[at..found.from.max(at)]);
        at = at.max(found.to);
    }
    outer.extend_from_slice(&text[at..end.max(at)]);
    has_time(&outer)
}

/// Whether there is a timestamp.
fn has_time(text: &[u8]) -> bool {
    find(&String::from_utf8_lossy(text), &Known::new(chrono_tz::UTC, 0)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        match document(text.as_bytes(), true) {
            Document::Of(_, name) => name,
            Document::Perhaps(path) => format!("? {path}"),
            Document::Messages => String::new(),
        }
    }

    const EVENT: &str = r#"{"time":"2024-05-14T09:12:01Z","user":"ann"}"#;

    #[test]
    fn arrays_of_messages() {
        for (text, name) in [
            (format!("{{\"value\":[{EVENT},{EVENT}]}}"), "value"),
            (format!("{{\"@odata.context\":\"x\",\"value\":[{EVENT}]}}\n"), "value"),
            (format!("{{\n \"a\": 1,\n \"events\": [ {EVENT} ],\n \"next\": \"f/1\"}}"), "events"),
            (format!("{{\"ids\":[{{\"id\":1}}],\"events\":[{EVENT}]}}"), "events"),
            (format!("{{\"at\":\"2024-05-15T00:00:00Z\",\"events\":[{EVENT},{EVENT},{EVENT}]}}"), "events"),
            ("{\"items\":[{\"id\":1},{\"id\":2}],\"total\":2}".to_string(), "items"),
        ] {
            assert_eq!(of(&text), name, "{text}");
        }
        let begun = format!("{{\"items\":[{EVENT},{{\"time");
        assert!(matches!(document(begun.as_bytes(), false), Document::Of(..)));
    }

    #[test]
    fn arrays_in_messages() {
        for text in [
            "{\"at\":\"2024-05-14T09:12:01Z\",\"items\":[{\"id\":1},{\"id\":2}]}".to_string(),
            "{\"at\":\"2024-05-14T09:12:01Z\",\"roles\":[\"a\",\"b\"]}".to_string(),
            "{\"level\":\"info\",\"items\":[{\"id\":1},{\"id\":2}]}".to_string(),
            "{\"as\":[{\"id\":1}],\"bs\":[{\"id\":2}]}".to_string(),
            format!("{{\"eventTime\":\"2024-05-14T09:12:01Z\",\"user\":\"{}\",\"seen\":[{EVENT}]}}", "x".repeat(90)),
            format!("{{\"items\":[{EVENT}]}}\n{{\"items\":[{EVENT}]}}"),
            format!("{{\"items\":[{EVENT}]"),
            "{\"a\":1}".to_string(),
            "no JSON".to_string(),
        ] {
            assert_eq!(of(&text), "", "{text}");
        }
    }

    #[test]
    fn arrays_further_within() {
        let hits = format!("{{\"took\":5,\"hits\":{{\"total\":2,\"hits\":[{EVENT},{EVENT}]}}}}");
        assert_eq!(of(&hits), "? hits.hits");
        let long = format!("{{\"at\":\"2024-05-14T09:12:01Z\",\"x\":\"{}\",\"of\":[{EVENT},{EVENT}]}}", "x".repeat(90));
        assert_eq!(of(&long), "? of");
    }
}
