//! Character classes in brackets: unions, nested classes, `&&`, escapes.

use super::escape::Escaped;
use super::translate::Reader;

/// A class as the engines read it, from behind its opening bracket to behind its closing one.
pub fn class(reader: &mut Reader<'_>) -> Result<String, String> {
    let negated = reader.eat("^");
    // What `&&` joins, and the union that is being read.
    let (mut joined, mut union) = (Vec::new(), String::new());
    loop {
        reader.skip_comments();
        let Some(c) = reader.next() else { return Err("unclosed `[`".into()) };
        match c {
            ']' if !union.is_empty() || !joined.is_empty() => break,
            '[' => match posix(reader) {
                Some(set) => union.push_str(&set),
                None if reader.lenient => push(&mut union, '['),
                None => {
                    let inner = reader.deeper(class)?;
                    union.push_str(&inner);
                }
            },
            '&' if reader.eat("&") => {
                if !union.is_empty() {
                    joined.push(std::mem::take(&mut union));
                }
            }
            _ => {
                let first = match member(reader, c)? {
                    Escaped::Char(c) => c,
                    Escaped::Set(set) => {
                        union.push_str(&set);
                        continue;
                    }
                    Escaped::Text(text) => {
                        text.chars().for_each(|c| push(&mut union, c));
                        continue;
                    }
                };
                match range_end(reader)? {
                    Some(last) if last < first => return Err(format!("`{first}-{last}` is not a valid range")),
                    Some(last) => {
                        push(&mut union, first);
                        union.push('-');
                        push(&mut union, last);
                    }
                    None => push(&mut union, first),
                }
            }
        }
    }
    if !joined.is_empty() {
        if !union.is_empty() {
            joined.push(union);
        }
        union = joined.iter().map(|operand| format!("[{operand}]")).collect::<Vec<_>>().join("&&");
    }
    Ok(format!("[{}{union}]", if negated { "^" } else { "" }))
}

/// A character, or what an escape stands for.
fn member(reader: &mut Reader<'_>, c: char) -> Result<Escaped, String> {
    match c {
        '\\' => reader.escape(true),
        c => Ok(Escaped::Char(c)),
    }
}

/// The end of a range whose start has been read, if a hyphen and an end follow.
fn range_end(reader: &mut Reader<'_>) -> Result<Option<char>, String> {
    reader.skip_comments();
    if !reader.rest().starts_with('-') || reader.rest()[1..].starts_with([']', '[']) || reader.rest().len() == 1 {
        return Ok(None);
    }
    let hyphen = reader.at;
    reader.next();
    reader.skip_comments();
    let Some(c) = reader.next() else { return Ok(None) };
    match member(reader, c)? {
        Escaped::Char(last) => Ok(Some(last)),
        // A hyphen before a set begins no range.
        Escaped::Set(_) | Escaped::Text(_) => {
            reader.at = hyphen;
            Ok(None)
        }
    }
}

/// `[:alpha:]`, which is RE2's: a class inside a class. The opening bracket has been read.
fn posix(reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.rest().strip_prefix(':')?.split(":]").next()?;
    let known = ["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space"];
    let plain = name.strip_prefix('^').unwrap_or(name);
    if !known.contains(&plain) && !["upper", "word", "xdigit"].contains(&plain) {
        return None;
    }
    reader.at += name.len() + 3;
    Some(format!("[[:{name}:]]"))
}

/// Writes a character so that it stands for itself in a class.
fn push(out: &mut String, c: char) {
    match c {
        c if c.is_ascii_alphanumeric() || !c.is_ascii() => out.push(c),
        c => out.push_str(&format!(r"\x{{{:x}}}", c as u32)),
    }
}
