//! Tells text with columns, as CSV has them, from text with commas.

use super::super::framing::csv::{Cell, Head, head as begin, is_blank, repeats, row};
use super::super::framing::marks;

/// How many rows decide.
const MAX_TRACED_ROWS: usize = 200;

/// The longest name of a column, in bytes, and the longest in quotes.
const MAX_NAME_BYTES: usize = 64;
const MAX_QUOTED_BYTES: usize = 200;

/// What looks like CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does not.
    No,
    /// It may be CSV, and may be text.
    Perhaps,
    /// It is CSV.
    Yes,
}

/// Whether a header and rows of as many cells begin here; `whole` says that there are no more bytes. A wrong yes changes
/// what messages are, so it is only said when nothing speaks against it: the cells of the header are names, few of which
/// come again below it, and rows have as many cells as others, at most one in fifty not. And what is below the header is
/// unlike it: a column has times in its rows, or three or more columns have names of their own, one of which has no digit
/// while its rows have.
pub fn verdict(head: &[u8], whole: bool) -> Verdict {
    let Head { names, delimiter, declared } = begin(head);
    let mut header = Vec::new();
    let Some(at) = row(head, names, delimiter, declared && whole, &mut header) else { return Verdict::No };
    if declared {
        return if names < head.len() { Verdict::Yes } else { Verdict::No };
    }
    let name = |cell: &Cell| cell.bytes(head).trim_ascii();
    let named = header.iter().filter(|cell| !name(cell).is_empty()).count();
    let fits = |cell: &Cell| name(cell).is_empty() || is_name(name(cell), cell.is_quoted());
    if header.len() < 2 || 2 * named < header.len() || !header.iter().all(fits) {
        return Verdict::No;
    }
    let table = Table::below(head, (names, at), delimiter, whole, &header);
    let more = table.usual.saturating_sub(header.len());
    let less = header.len().saturating_sub(table.usual);
    let fewer = header.iter().rev().take_while(|cell| name(cell).is_empty()).count();
    let even = more <= 1 && less <= fewer && 50 * table.ragged <= table.rows;
    if table.rows == 0 || !even || table.recurring * 10 > table.rows {
        return Verdict::No;
    }
    let distinct = (0..header.len()).all(|at| header[..at].iter().all(|other| name(other) != name(&header[at])));
    let wide = header.len() >= 3 && table.rows >= 2;
    let spaced = header.iter().any(|cell| name(cell).len() < cell.bytes(head).len());
    match () {
        () if table.timed && (!spaced || header.len() >= 3) => Verdict::Yes,
        () if spaced => Verdict::No,
        () if wide && distinct && named == header.len() && more == 0 && table.headed => Verdict::Yes,
        () if header.len() >= 3 || table.rows >= 2 || table.headed => Verdict::Perhaps,
        () => Verdict::No,
    }
}

/// Whether the first column that says the zone of its times says UTC, as `TimeGenerated [UTC]` does.
pub fn is_utc(head: &[u8]) -> bool {
    let Head { names, delimiter, .. } = begin(head);
    let mut header = Vec::new();
    row(head, names, delimiter, true, &mut header);
    let name = |cell: &Cell| cell.bytes(head).trim_ascii().to_ascii_lowercase();
    let ends = |name: Vec<u8>, ends: &[&[u8]]| ends.iter().any(|end| name.ends_with(end));
    let zoned = header.iter().find(|cell| ends(name(cell), &[b"[utc]", b"(utc)", b"[local time]", b"(local time)"]));
    zoned.is_some_and(|cell| ends(name(cell), &[b"[utc]", b"(utc)"]))
}

/// What the rows below a header are like.
struct Table {
    rows: usize,
    /// How many cells most rows have, and how many rows have not.
    usual: usize,
    ragged: usize,
    /// How many rows have a cell that is the name above it.
    recurring: usize,
    /// Whether a column whose name has no digit has some in nearly all rows, and whether one has times.
    headed: bool,
    timed: bool,
}

impl Table {
    /// The rows that begin at the second of these places; at the first are the names.
    fn below(head: &[u8], (names, mut at): (usize, usize), delimiter: u8, whole: bool, header: &[Cell]) -> Table {
        let above = &head[..at];
        let mut widths: Vec<usize> = Vec::new();
        // Of each column, how many cells have digits, and how many have a time.
        let mut columns = vec![(0, 0); header.len()];
        let mut recurring = 0;
        let mut cells = Vec::new();
        while widths.len() < MAX_TRACED_ROWS && at < head.len() {
            at += marks(&head[at..]);
            let Some(end) = row(head, at, delimiter, whole, &mut cells) else { break };
            if !is_blank(&head[at..end]) && !repeats(above, names, &head[at..end]) {
                widths.push(cells.len());
                let pairs = || cells.iter().zip(header).map(|(cell, name)| (cell.bytes(head), name.bytes(head)));
                recurring += usize::from(pairs().any(|(cell, name)| cell == name && !cell.is_empty()));
                for ((digits, times), (cell, _)) in columns.iter_mut().zip(pairs()) {
                    *digits += usize::from(cell.iter().any(u8::is_ascii_digit));
                    *times += usize::from(is_time(cell.trim_ascii()));
                }
            }
            at = end;
        }
        let rows = widths.len();
        let count = |width: usize| widths.iter().filter(|other| **other == width).count();
        let usual = widths.iter().copied().max_by_key(|width| (count(*width), *width)).unwrap_or(0);
        let nearly = |count: usize| rows > 0 && 10 * count >= 9 * rows;
        let plain = |cell: &Cell| !cell.bytes(head).iter().any(u8::is_ascii_digit);
        let headed = columns.iter().zip(header).any(|((digits, _), name)| nearly(*digits) && plain(name));
        let timed = columns.iter().any(|(_, times)| nearly(*times));
        Table { rows, usual, ragged: rows - count(usual), recurring, headed, timed }
    }
}

/// Whether a cell of a header is a name. In quotes, anything is that has a letter.
fn is_name(cell: &[u8], quoted: bool) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    if quoted {
        return cell.len() <= MAX_QUOTED_BYTES && cell.iter().any(letter) && !is_time(cell);
    }
    let first = |byte: &u8| letter(byte) || b"_@#%".contains(byte);
    let other = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_@-. /\\()[]%#?&$+*'".contains(byte);
    cell.len() <= MAX_NAME_BYTES
        && cell.first().is_some_and(first)
        && cell[1..].iter().all(other)
        && cell.iter().any(letter)
}

/// Whether a cell is a date, a time of both, or a count since 1970, and nothing else.
fn is_time(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = cell.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let separators = |byte: &u8| b" -/.:,+()".contains(byte);
    let marks = cell.iter().filter(|byte| separators(byte)).count();
    let count = digits == cell.len() && matches!(digits, 10 | 13 | 16 | 19);
    let number = cell.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    let address = number.filter(|byte| **byte == b'.').count() == 3;
    let all = digits + letters + marks == cell.len();
    count || (digits >= 6 && (2..=12).contains(&marks) && letters <= 12 && all && !address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Verdict {
        verdict(text.as_bytes(), true)
    }

    #[test]
    fn a_header_and_rows() {
        for text in [
            "time,user,bytes\n2024-05-14,ann,12\n2024-05-15,bob,\n",
            "\nid;name;note\r\n1;\"a;b\";\"x\ny\"\r\n2;b;c",
            "Date and Time\tSource\tEvent ID\n14.05.2024 09:12:01\tKernel\t41\n14.05.2024 09:12:02\tKernel\t42\n",
        ] {
            assert_eq!(of(text), Verdict::Yes, "{text}");
        }
        let long = format!("a,b,c\n{}", "1,2,3\n".repeat(300));
        assert_eq!(of(&format!("{long}x")), Verdict::Yes, "what comes late is not looked at");
        assert_eq!(verdict(b"a,b,c\n1,2,3\n1,2,3", false), Verdict::Perhaps, "the last row may go on");
    }

    #[test]
    fn a_column_of_times_makes_up_for_much() {
        for text in [
            "time,user,bytes\n2024-05-14 09:12:01,ann,12",
            "time,bytes\n2024-05-14 09:12:01,12\n",
            "time|user\n1715677921|ann\n",
            "time,user\n2024-05-14 09:12:01,ann\n\u{feff}time,user\n2024-05-14 09:12:01,ann\n",
            "time,user,\n2024-05-14 09:12:01,ann,\n",
            "time,user,,\n2024-05-14 09:12:01,ann\n",
            ",time,user\n0,14/May/2024:09:12:01 +0000,ann\n",
            "Time,Use,Use\n2024/05/14 09:12:01,,\n",
            "TimeGenerated [UTC],Account\n\"5/14/2024, 9:12:01.123 AM\",ann\n",
            "Keywords,Date and Time,Source\nAudit,5/14/2024 9:12:01 AM,Security,\"A logon\nfailed\"\n",
            "time, user, bytes\n2024-05-14 09:12:01, ann, 12\n",
            "\"(PDH-CSV 4.0) (UTC)(0)\",\"\\\\H\\Processor(_Total)\\% Time\"\n\"05/14/2024 09:12:01.123\",\"1.5\"\n",
        ] {
            assert_eq!(of(text), Verdict::Yes, "{text}");
        }
    }

    #[test]
    fn a_column_says_its_zone() {
        assert!(is_utc(b"id,TimeGenerated [UTC],x\n") && is_utc(b"\"Time (UTC)\"\n"));
        assert!(!is_utc(b"time,user\n") && !is_utc(b"utc,user\n") && !is_utc(b"T [Local Time],T [UTC]\n"));
    }

    #[test]
    fn lines_that_say_so() {
        for text in ["sep=,\na,b\nx,y\n", "#TYPE System.Object\n\"a\"\n\"x\"\n", "sep=;\na"] {
            assert_eq!(of(text), Verdict::Yes, "{text}");
        }
        assert_eq!(of("sep=,"), Verdict::No);
    }

    #[test]
    fn what_may_be_csv() {
        for text in [
            "user,action,status\nann,login,ok\nbob,login,failed\n",
            "user,action,status\nann,login,ok\n",
            "user,n\nann,1\nbob,2\n",
            "user,n\nann,1\n",
            "a,a,c\n1,2,3\n4,5,6\n",
        ] {
            assert_eq!(of(text), Verdict::Perhaps, "{text}");
        }
    }

    #[test]
    fn text_with_commas() {
        for text in [
            "",
            "a,b,c",
            "a,b\nc,d\n",
            "a,b,c\n1,2,3\n4,5\n",
            "a, b, c\n1, 2, 3\n4, 5, 6\n",
            "1,2,3\n4,5,6\n7,8,9\n",
            "INFO,main,up\nINFO,main,took 5 ms\nINFO,worker,took 7 ms\n",
            "level=info,user=a,n=1\nlevel=info,user=b,n=2\nlevel=info,user=c,n=3\n",
            "Dear all, we met\nin 2024, for 3\nyears, 5\n",
            "10.0.0.1,-,frank,[10/Oct/2000:13:55:36 -0700],\"GET /a HTTP/1.0\",200,2326\n\
             10.0.0.1,-,frank,[10/Oct/2000:13:55:37 -0700],\"GET /b HTTP/1.0\",200,12\n\
             10.0.0.1,-,frank,[10/Oct/2000:13:55:38 -0700],\"GET /c HTTP/1.0\",200,7\n",
            "host.example,-,frank,[10/Oct/2000:13:55:36 -0700],200\nhost.example,-,x,[10/Oct/2000:13:55:37 -0700],200\n\
             host.example,-,frank,[10/Oct/2000:13:55:38 -0700],200\n",
            "#Fields: date,time,ip\n2024-05-14,09:12:01,::1\n2024-05-14,09:12:02,::1\n",
        ] {
            assert_eq!(of(text), Verdict::No, "{text}");
        }
    }
}
