//! Tells text with columns, as CSV has them, from text with commas.

use super::super::framing::csv::{Cell, delimiter, is_blank, row};

/// How many rows decide, and how many of them there must be below the header.
const MOST_ROWS: usize = 200;
const FEWEST_ROWS: usize = 2;
const FEWEST_COLUMNS: usize = 3;

/// The longest name of a column, in bytes.
const LONGEST_NAME: usize = 64;

/// Whether a header and rows of as many cells begin here; `whole` says that there are no more bytes. A wrong yes changes
/// what messages are, so it is only said when nothing speaks against it: three or more columns, all with names of their
/// own that begin with a letter; rows that all have as many cells, at most one in fifty not; and a column that has digits
/// in its rows, but not in its name.
pub fn is_csv(head: &[u8], whole: bool) -> bool {
    let blank = head.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let head = &head[blank..];
    let delimiter = delimiter(head);
    let mut header = Vec::new();
    let Some(mut at) = row(head, 0, delimiter, false, &mut header) else { return false };
    let name = |cell: &Cell| cell.bytes(head);
    let distinct = |at: usize| header[..at].iter().all(|other| name(other) != name(&header[at]));
    if header.len() < FEWEST_COLUMNS
        || !header.iter().all(|cell| is_name(name(cell)))
        || !(0..header.len()).all(distinct)
    {
        return false;
    }
    let mut with_digits = vec![0; header.len()];
    let (mut rows, mut ragged) = (0, 0);
    let mut cells = Vec::new();
    while rows < MOST_ROWS && at < head.len() {
        let Some(end) = row(head, at, delimiter, whole, &mut cells) else { break };
        if !is_blank(&head[at..end]) {
            rows += 1;
            ragged += usize::from(cells.len() != header.len());
            for (count, cell) in with_digits.iter_mut().zip(&cells) {
                *count += usize::from(cell.bytes(head).iter().any(u8::is_ascii_digit));
            }
        }
        at = end;
    }
    let told = |(count, cell): (&usize, &Cell)| 10 * count >= 9 * rows && !name(cell).iter().any(u8::is_ascii_digit);
    rows >= FEWEST_ROWS && 50 * ragged <= rows && with_digits.iter().zip(&header).any(told)
}

/// Whether a cell of a header is a name.
fn is_name(cell: &[u8]) -> bool {
    let first = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80 || b"_@".contains(byte);
    let other = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_@-. /()%#?".contains(byte);
    cell.first().is_some_and(first) && cell.iter().all(other) && cell.len() <= LONGEST_NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_and_rows() {
        for text in [
            "time,user,bytes\n2024-05-14,ann,12\n2024-05-15,bob,\n",
            "\nid;name;note\r\n1;\"a;b\";\"x\ny\"\r\n2;b;c",
            "Date and Time\tSource\tEvent ID\n14.05.2024 09:12:01\tKernel\t41\n14.05.2024 09:12:02\tKernel\t42\n",
        ] {
            assert!(is_csv(text.as_bytes(), true), "{text}");
        }
        let long = format!("a,b,c\n{}", "1,2,3\n".repeat(300));
        assert!(is_csv(format!("{long}x").as_bytes(), true), "what comes late is not looked at");
        assert!(!is_csv(b"time,user,bytes\n1,2,3\n1,2,3", false), "the last row may go on");
    }

    #[test]
    fn text_with_commas() {
        for text in [
            "",
            "a,b,c",
            "a,b,c\n1,2,3\n",
            "a,b\n1,2\n3,4\n",
            "a,b,c\nd,e,f\ng,h,i\n",
            "a, b, c\n1, 2, 3\n4, 5, 6\n",
            "a,b,c\n1,2,3\n4,5\n",
            "a,a,c\n1,2,3\n4,5,6\n",
            "1,2,3\n4,5,6\n7,8,9\n",
            "a1,b2,c3\n1,2,3\n4,5,6\n",
            "level=info,user=a,n=1\nlevel=info,user=b,n=2\nlevel=info,user=c,n=3\n",
            "10.0.0.1,-,frank,[10/Oct/2000:13:55:36 -0700],\"GET /a HTTP/1.0\",200,2326\n\
             10.0.0.1,-,frank,[10/Oct/2000:13:55:37 -0700],\"GET /b HTTP/1.0\",200,12\n\
             10.0.0.1,-,frank,[10/Oct/2000:13:55:38 -0700],\"GET /c HTTP/1.0\",200,7\n",
            "host.example,-,frank,[10/Oct/2000:13:55:36 -0700],200\nhost.example,-,x,[10/Oct/2000:13:55:37 -0700],200\n\
             host.example,-,frank,[10/Oct/2000:13:55:38 -0700],200\n",
            "#Fields: date,time,ip\n2024-05-14,09:12:01,::1\n2024-05-14,09:12:02,::1\n",
        ] {
            assert!(!is_csv(text.as_bytes(), true), "{text}");
        }
    }
}
