//! Damaged logs: every record that is still there is read, and what is lost is reported with its place.

use super::writer::{Event, log};
use super::{CHUNK, CHUNK_HEADER, HEADER, MANY, damaged, doubtful, many, once, records, sum, xml};
use sumoql_evtx::Rendering;

#[test]
fn headers_may_be_damaged() {
    let events = many();
    let second = HEADER + CHUNK;
    // The flag of a log that was copied while it was written.
    let found = damaged(&events, |bytes| bytes[120] = 1);
    assert_eq!((found.texts().len(), found.losses.len(), found.notes.len()), (MANY as usize, 0, 0));
    // The header of the log.
    for bytes in [b"x".to_vec(), vec![0; HEADER]] {
        let found = damaged(&events, |log| log[..bytes.len()].copy_from_slice(&bytes));
        assert_eq!((found.texts().len(), found.losses.len()), (MANY as usize, 0));
    }
    // A chunk without its first bytes, without a header, with a wrong end, without names.
    let none = vec![0; CHUNK_HEADER];
    for (at, with) in
        [(0, b"x".as_slice()), (0, &none), (48, b"\xFF\xFF\xFF\xFF"), (48, b"\x10\x02\0\0"), (128, &[0x55; 256])]
    {
        let found = damaged(&events, |log| log[second + at..second + at + with.len()].copy_from_slice(with));
        assert_eq!(found.texts(), xml(&events), "{at}");
        assert_eq!(found.losses, [""; 0], "{at}");
    }
    // The checksum of the records.
    let found = damaged(&events, |bytes| bytes[second + 52] ^= 1);
    assert_eq!((found.texts().len(), found.losses.len()), (MANY as usize, 0));
    assert_eq!(
        found.notes,
        ["the checksum of the chunk at byte 69632 is wrong: its records are given as they were read"]
    );
}

#[test]
fn records_may_be_damaged() {
    let events = many();
    let bytes = log(&events);
    let places = records(&bytes);
    let without = |lost: std::ops::RangeInclusive<usize>| {
        let kept = events.iter().enumerate().filter(|(n, _)| !lost.contains(n));
        kept.map(|(_, event)| event.xml()).collect::<Vec<_>>()
    };
    // What it begins with, its length, and what is in it.
    for (offset, with) in
        [(0, &b"xx"[..]), (4, b"\xFF\xFF\xFF\xFF"), (4, &[0; 4]), (24, b"\xEE"), (34, b"\xFF\xFF\xFF\xFF")]
    {
        let at = places[7] + offset;
        let found = damaged(&events, |bytes| bytes[at..at + with.len()].copy_from_slice(with));
        assert_eq!(found.texts(), without(7..=7), "{offset}");
        let text = format!("1 record could not be read, at byte {}: ", places[7]);
        assert!(found.losses.len() == 1 && found.losses[0].starts_with(&text), "{:?}", found.losses);
        assert_eq!(found.notes.len(), 1);
    }
    // Twelve of them in two places.
    let found = damaged(&events, |bytes| {
        bytes[places[20]..places[31]].fill(0);
        bytes[places[100]..places[100] + 4].fill(0x2A);
    });
    assert_eq!(found.texts().len(), MANY as usize - 12);
    let text = format!("12 records could not be read, the first at byte {}: ", places[20]);
    assert!(found.losses[0].starts_with(&text), "{:?}", found.losses);
    // The last of a chunk, whose header knows better.
    let last = places.iter().rposition(|at| *at < HEADER + CHUNK).unwrap();
    let found = damaged(&events, |bytes| bytes[places[last - 1]..HEADER + CHUNK].fill(0));
    assert_eq!(found.texts(), without(last - 1..=last));
    let text = format!("2 records could not be read, the first at byte {}: records end here", places[last - 1]);
    assert!(found.losses[0].starts_with(&text), "{:?}", found.losses);
}

#[test]
fn chunks_may_be_damaged() {
    let events = many();
    let bytes = log(&events);
    let places = records(&bytes);
    let second = HEADER + CHUNK;
    let before = places.iter().filter(|at| **at < second).count();
    let after = places.iter().filter(|at| **at >= second + CHUNK).count();
    // Not in use.
    let found = damaged(&events, |bytes| bytes[second..second + CHUNK].fill(0));
    assert_eq!((found.texts().len(), found.losses.len()), (before + after, 0));
    // Something else.
    let found = damaged(&events, |bytes| bytes[second..second + CHUNK].fill(0x55));
    assert_eq!(found.texts().len(), before + after);
    assert_eq!(found.losses, ["1 chunk could not be read, at byte 69632: no chunk starts here; all others are given"]);
    // Elsewhere.
    let found = damaged(&events, |bytes| drop(bytes.splice(second..second, vec![0x55; 3 * HEADER])));
    assert_eq!(found.texts(), xml(&events));
    assert_eq!(found.losses.len(), 1);
    // Cut off, within a record and between records.
    for at in [places[60] + 50, places[60]] {
        let found = damaged(&events, |bytes| bytes.truncate(at));
        assert_eq!(found.texts(), xml(&events[..60]));
        let text = format!("records could not be read, the first at byte {}: ", places[60]);
        assert!(found.losses.len() == 1 && found.losses[0].contains(&text), "{:?}", found.losses);
        assert_eq!(found.notes.len(), 0);
    }
    let found = damaged(&events, |bytes| bytes.truncate(HEADER + 100));
    assert_eq!((found.texts().len(), found.losses.len()), (0, 1));
}

#[test]
fn a_log_copied_while_it_was_written() {
    let events = many();
    let bytes = log(&events);
    let places = records(&bytes);
    // The header of a chunk knows only its first three records.
    let last = HEADER + CHUNK;
    let first = places.iter().position(|at| *at > last).unwrap();
    let found = damaged(&events, |bytes| {
        let number = events[first + 2].record.to_le_bytes();
        bytes[last + 16..last + 24].copy_from_slice(&number);
        bytes[last + 32..last + 40].copy_from_slice(&number);
        for (at, place) in [(44, places[first + 2]), (48, places[first + 3])] {
            bytes[last + at..last + at + 4].copy_from_slice(&((place - last) as u32).to_le_bytes());
        }
        sum(bytes, last);
    });
    assert_eq!(found.texts(), xml(&events));
    assert_eq!((found.losses, found.notes), (vec![], vec![]));
    // What is left of an earlier use of the chunk does not go on with the numbers.
    let mut old = bytes[places[first]..places[first + 1]].to_vec();
    old[8] ^= 0x55;
    let free = last + u32::from_le_bytes(bytes[last + 48..last + 52].try_into().unwrap()) as usize;
    old.truncate(last + CHUNK - free);
    let found = damaged(&events, |bytes| bytes[free..free + old.len()].copy_from_slice(&old));
    assert_eq!(found.texts().len(), events.len());
}

/// A record whose event was overwritten up to its first tag: it is reported and left out.
#[test]
fn what_is_left_of_a_record_is_left_out() {
    let events = many();
    let mut bytes = log(&events);
    let (first, next) = (records(&bytes)[1], records(&bytes)[2]);
    let name: Vec<u8> = "Event\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let name = bytes[HEADER..].windows(name.len()).position(|part| part == name).unwrap() - 8;
    let mut left = b"\x0F\x01\x01\0\x01\x06\0\0\0".to_vec();
    left.extend((name as u32).to_le_bytes());
    left.extend(b"\x02\x04\0");
    bytes[first + 24..next - 4].fill(0);
    bytes[first + 24..first + 24 + left.len()].copy_from_slice(&left);
    sum(&mut bytes, HEADER);
    for form in [Rendering::Xml, Rendering::Json] {
        let found = once(&bytes, form);
        assert_eq!((found.texts().len(), found.losses), (events.len() - 1, vec![]));
        let told = format!("the record at byte {first} has nothing in it any more: it is left out");
        assert_eq!(found.notes, [told]);
    }
}

#[test]
fn the_fast_way_and_the_careful_way_agree() {
    let odd = "\u{1}\u{FFFF}\u{1F600}\t\"'<>&";
    let mut events = many();
    events.push(Event {
        texts: vec![odd.into(), String::new(), "x".into()],
        ..Event::new(48_301, 1, &[("A'<", odd), ("B", "")])
    });
    for plain in [false, true] {
        events.iter_mut().for_each(|event| event.plain = plain);
        let bytes = log(&events);
        for form in [Rendering::Xml, Rendering::Json] {
            let (fast, careful) = (once(&bytes, form), once(&doubtful(bytes.clone()), form));
            assert_eq!(fast.records, careful.records);
            assert_eq!((fast.records.len(), fast.notes.len(), careful.notes.len()), (events.len(), 0, 1));
        }
    }
}
