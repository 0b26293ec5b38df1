//! Windows events as XML in the layouts that programs write, and what is not closed.

#![allow(clippy::unwrap_used)]

use crate::inputs::every_way;
use sumoql_input::InputRequest;

const A: &str = "<Event xmlns='http://x'><System><EventID>1</EventID></System><EventData><Data Name='a'>1 &lt; 2</Data>\
                 </EventData></Event>";
const B: &str = "<Event xmlns=\"http://x\"><System><EventID>11</EventID></System>\n<EventData><Data Name=\"b\">two\r\n\
                 lines</Data></EventData></Event>";

/// The texts of the messages and the notes, however the bytes are read.
fn read(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (found, notes) = every_way(bytes, &InputRequest::default());
    (found.into_iter().map(|(_, raw)| raw).collect(), notes)
}

#[test]
fn events_are_found_in_any_layout() {
    for text in [
        format!("{A}\n{B}\n"),
        format!("{A}{B}"),
        format!("<Events>\r\n  {A}\r\n  {B}\r\n</Events>\r\n"),
        format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>{A}{B}</Events>"),
        format!("<?xml version='1.0'?>\n<Export von='>'>\n {A}\n {B}\n</Export>\n"),
        format!("Record 1\n<?xml version=\"1.0\"?>\n{A}\nRecord 2\n<?xml version=\"1.0\"?>\n{B}\n"),
    ] {
        assert_eq!(read(text.as_bytes()), (vec![A.to_string(), B.to_string()], vec![]), "{text}");
        // As Event Viewer and `wevtutil` export them.
        let utf16: Vec<u8> = format!("\u{feff}{}", text.trim_start_matches('\u{feff}'))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&utf16), (vec![A.to_string(), B.to_string()], vec![]), "{text}");
    }
}

#[test]
fn events_that_are_not_closed_are_kept_and_counted() {
    let cut = &A[..A.len() - 9];
    let (found, notes) = read(format!("{B}\n{cut}").as_bytes());
    assert_eq!(found, [B, cut]);
    assert_eq!(
        notes,
        [format!("1 message is an event without its end, near byte {}; it is taken as it stands", B.len() + 1)]
    );
    let (found, notes) = read(format!("{cut}\n{B}\n{cut}\n").as_bytes());
    assert_eq!(found, [cut, B, cut]);
    assert_eq!(
        notes,
        ["2 messages are events without their ends, the first near byte 0; they are taken as they stand"]
    );
    // Wrong bytes do no harm to the events around them.
    let (found, notes) = read(&[A.as_bytes(), b"\n\xFF\xFE\n", B.as_bytes()].concat());
    assert_eq!(found, [A, "\u{fffd}\u{fffd}", B]);
    let told = format!("bytes at 2 places, the first byte {}, are not UTF-8", A.len() + 1);
    assert!(notes[0].starts_with(&told), "{notes:?}");
}
