//! Layouts: a message's text in which everything that varies by its looks is replaced by a mark.
//!
//! A word with a digit in it varies: numbers, identifiers, addresses, versions, hashes. So do URLs, dates, paths, mail
//! addresses, host names and units after numbers. What is left are words and punctuation.

use super::dates;

/// Stands for something that varies.
pub const VARIES: char = '\u{1}';
/// Stands for a date, or a date with a time.
pub const DATE: char = '\u{2}';
/// Stands for a URL.
pub const URL: char = '\u{3}';

/// The words of a text that count. What follows them varies.
pub const WORDS: usize = 128;

/// Signs between words.
const DELIMITERS: &[u8] = b"=:,;()[]{}<>\"'|&?!";
/// Signs that are no part of a word at its ends.
const EDGE: &[char] = &['.', '-', '_', '#', '*', '+', '/', '\\', '@', '$', '%', '~', '^', '`'];
/// Units that follow a number.
const UNITS: &[&str] = &[
    "b", "byte", "bytes", "kb", "mb", "gb", "tb", "pb", "kib", "mib", "gib", "tib", "ns", "us", "ms", "s", "sec",
    "secs", "second", "seconds", "min", "mins", "minute", "minutes", "hour", "hours",
];
/// Last labels of host names.
const TOP_LEVEL: &[&str] =
    &["com", "net", "org", "edu", "gov", "mil", "local", "localdomain", "arpa", "internal", "lan"];
/// Ends of names of source files: `Worker.java:12` is a place in a program, not a host with a port.
const SOURCE_FILES: &[&str] = &[
    "c", "cc", "cpp", "cs", "cxx", "go", "h", "hpp", "java", "js", "jsx", "kt", "lua", "m", "php", "pl", "py", "rb",
    "rs", "scala", "swift", "ts", "tsx", "vb",
];

/// Whether a byte can't be part of a word.
fn separates(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f || DELIMITERS.contains(&byte)
}

/// Whether a byte is white space.
fn blank(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f
}

/// The word in a run of signs that belong together, and where it starts in the run.
pub(super) fn core(run: &str) -> Option<(usize, &str)> {
    let core = run.trim_matches(EDGE);
    let start = run.find(core).unwrap_or(0);
    core.chars().any(char::is_alphanumeric).then_some((start, core))
}

/// The end of the run that starts at `at`: at a separator, or before two dots.
pub(super) fn run_end(bytes: &[u8], at: usize) -> usize {
    let ends = |i: usize| separates(bytes[i]) || (bytes[i] == b'.' && bytes.get(i + 1) == Some(&b'.'));
    (at..bytes.len()).find(|i| ends(*i)).unwrap_or(bytes.len())
}

/// Appends the layout of a text.
pub fn mask(text: &str, out: &mut String) {
    let (bytes, start) = (text.as_bytes(), out.len());
    let (mut at, mut words) = (0, 0);
    while at < bytes.len() {
        if blank(bytes[at]) {
            if out.len() > start && !out.ends_with(' ') {
                out.push(' ');
            }
            at += 1;
            continue;
        }
        if words >= WORDS {
            out.push(VARIES);
            break;
        }
        if let Some((end, mark)) = special(text, at) {
            out.push(mark);
            at = end;
            continue;
        }
        let end = run_end(bytes, at);
        if end == at {
            // A separator, or the first of two dots.
            out.push(char::from(bytes[at]));
            at += 1;
            continue;
        }
        at = match core(&text[at..end]) {
            None => {
                out.push_str(&text[at..end]);
                end
            }
            Some((lead, core)) if varies(core) => {
                let after = at + lead + core.len();
                out.push_str(text[at..at + lead].trim_end_matches(['-', '+']));
                out.push(VARIES);
                out.push_str(&text[after..end]);
                if after == end && is_number(core) { end + unit(&text[end..]) } else { end }
            }
            Some((lead, core)) => {
                let after = at + lead + core.len();
                if host_with_port(core, &bytes[after..]) {
                    out.push_str(&text[at..at + lead]);
                    out.push(VARIES);
                    let port = bytes[after + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                    after + 1 + port
                } else {
                    out.push_str(&text[at..end]);
                    words += 1;
                    end
                }
            }
        };
    }
    while out.len() > start && out.ends_with(' ') {
        out.pop();
    }
}

/// Something with a form of its own that starts here: where it ends, and its mark.
fn special(text: &str, at: usize) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let first = bytes[at];
    if first.is_ascii_alphabetic()
        && let Some(end) = url(text, at)
    {
        return Some((end, URL));
    }
    if first.is_ascii_alphanumeric()
        && let Some(end) = dates::date(bytes, at)
    {
        return Some((end, DATE));
    }
    hex_groups(bytes, at).or_else(|| path(bytes, at)).map(|end| (end, VARIES))
}

/// `scheme://…`, up to a blank, quote, bracket or comma.
fn url(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    let scheme = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-')).count();
    if !rest[scheme..].starts_with(b"://") {
        return None;
    }
    let ends = |b: &u8| blank(*b) || matches!(b, b',' | b';' | b'"' | b'\'' | b')' | b']' | b'>');
    let length = rest[scheme + 3..].iter().take_while(|b| !ends(b)).count();
    (length > 0).then_some(at + scheme + 3 + length)
}

/// Hardware and IPv6 addresses: at least four groups of hexadecimal digits with colons between, some decimal.
fn hex_groups(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut end, mut groups, mut decimal, mut gaps) = (at, 0, false, 0);
    loop {
        let group = bytes[end..].iter().take(5).take_while(|b| b.is_ascii_hexdigit()).count();
        match group {
            0 if gaps == 0 && groups > 0 => gaps = 1,
            1..=4 => {
                decimal |= bytes[end..end + group].iter().any(u8::is_ascii_digit);
                groups += 1;
            }
            _ => return None,
        }
        end += group;
        match bytes.get(end) {
            Some(b':') if bytes.get(end + 1).is_some_and(|b| b.is_ascii_hexdigit() || *b == b':') => end += 1,
            Some(b) if b.is_ascii_alphanumeric() || *b == b'_' => return None,
            _ => break,
        }
    }
    (groups >= 4 && decimal).then_some(end)
}

/// A path: `/a/b`, `./a`, `~/a`, `C:\a`, also several with colons between.
fn path(bytes: &[u8], at: usize) -> Option<usize> {
    let slash = |i: usize| matches!(bytes.get(i), Some(b'/' | b'\\'));
    let rest = &bytes[at..];
    let lead = match rest {
        [a, b':', ..] if a.is_ascii_alphabetic() => 2,
        [b'.', b'.', ..] => 2,
        [b'.' | b'~', ..] => 1,
        _ => 0,
    };
    let slashes = |from: usize| (from..bytes.len()).take_while(|i| slash(*i)).count();
    let segment = |from: usize| (from..bytes.len()).take_while(|i| !path_ends(bytes[*i]) && !slash(*i)).count();
    let mut end = at + lead;
    let opening = slashes(end);
    end += opening;
    let first = segment(end);
    if opening == 0 || first == 0 {
        return None;
    }
    end += first;
    // One segment is a path only when it says from where: `/10.0.0.1` is an address, `/s` a switch.
    if lead == 0 && !slash(end) {
        return None;
    }
    loop {
        while slash(end) {
            end += slashes(end);
            end += segment(end);
        }
        match bytes.get(end..) {
            Some([b':', next, ..]) if !path_ends(*next) => {
                end += 1;
                end += segment(end);
            }
            _ => return Some(end),
        }
    }
}

fn path_ends(byte: u8) -> bool {
    blank(byte) || b"\"'()[]<>,;:|".contains(&byte)
}

/// Whether a word varies by its looks.
fn varies(word: &str) -> bool {
    if word.chars().any(char::is_numeric) {
        return true;
    }
    let labels = |text: &str| text.split('.').all(|label| !label.is_empty());
    match (word.split_once('@'), word.rsplit_once('.')) {
        (Some((user, host)), _) if !user.is_empty() => host.contains('.') && labels(host),
        (_, Some((host, last))) => TOP_LEVEL.iter().any(|top| top.eq_ignore_ascii_case(last)) && labels(host),
        _ => false,
    }
}

/// Whether a word is a host name before `:port`.
fn host_with_port(word: &str, after: &[u8]) -> bool {
    matches!(after, [b':', digit, ..] if digit.is_ascii_digit())
        && !word.contains(char::is_uppercase)
        && word.split('.').all(|label| !label.is_empty())
        && word.rsplit_once('.').is_some_and(|(_, last)| !SOURCE_FILES.contains(&last))
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// The length of a unit after a number, with the blank before it; 0 when there is none.
fn unit(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix(' ') else { return 0 };
    let length = after.bytes().take_while(u8::is_ascii_alphabetic).count();
    let bounded = after.as_bytes().get(length).is_none_or(|b| separates(*b) || *b == b'.');
    match bounded && UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(&after[..length])) {
        true => 1 + length,
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut out = String::new();
        mask(text, &mut out);
        out.replace(VARIES, "*").replace(DATE, "$D").replace(URL, "$U")
    }

    #[test]
    fn what_varies_by_its_looks_is_masked() {
        for (text, layout) in [
            ("User ann logged out", "User ann logged out"),
            ("  took   12 ms,  1.5 KB  ", "took *, *"),
            ("took 12 msgs", "took * msgs"),
            ("delta -12 +3.5%", "delta * *%"),
            ("id=0x1f user=ann", "id=* user=ann"),
            ("from 10.0.0.1:80 to ::1", "from *:* to ::*"),
            ("mac FF:AB:CD:0E:EF:AA down", "mac * down"),
            ("addr fe80:0:0:1::fecd: up", "addr *: up"),
            ("a:b:c:d ab:cd", "a:b:c:d ab:cd"),
            ("GET http://x.io/a?b=c, done", "GET $U, done"),
            ("open /var/log/a.log: denied", "open *: denied"),
            ("open ./a or ~/b or C:\\Temp\\x or ../c", "open * or * or * or *"),
            ("Input/output and /s", "Input/output and /s"),
            ("path=/usr/a:/usr/b.", "path=*"),
            ("mail ann@example.org now", "mail * now"),
            ("host db.example.com up, db.corp:5432 up", "host * up, * up"),
            ("at Main.run(Main.java:12)", "at Main.run(Main.java:*)"),
            ("view.topMargin:5 main.c:7", "view.topMargin:* main.c:*"),
            ("at Fri Jun 17 20:55:06 2005.", "at $D."),
            ("2024-05-01T10:00:00.123Z INFO up", "$D INFO up"),
            ("depth........0", "depth........*"),
            ("", ""),
            ("\t\u{1}\n", ""),
            ("größe 5 µs", "größe * µs"),
        ] {
            assert_eq!(shown(text), layout, "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut_after_so_many_words() {
        let text = "word ".repeat(WORDS + 50);
        assert_eq!(shown(&text), format!("{}*", "word ".repeat(WORDS)));
    }
}
