//! Records that lie behind the end of their chunk's records.

use super::writer::log;
use super::{CHUNK, HEADER, many, records, sum};
use sumoql_evtx::{Log, Rendering};

/// Number, and whether it is in slack.
fn numbers(bytes: &[u8], slack: bool) -> Vec<(u64, bool)> {
    let log = Log::from_bytes(bytes.to_vec());
    let records = log.records(Rendering::Xml);
    let records = if slack { records.with_slack() } else { records };
    records.map(|record| record.unwrap().header).map(|header| (header.number, header.in_slack)).collect()
}

/// A chunk that was begun anew: three records of now, those of before after them.
#[test]
fn records_from_before_are_given_when_asked_for() {
    let events = many();
    let mut bytes = log(&events);
    bytes.truncate(HEADER + CHUNK);
    let places = records(&bytes);
    let first = events[0].record;
    let before: Vec<(u64, bool)> = (0..places.len() as u64).map(|n| (first + n, false)).collect();
    assert_eq!((numbers(&bytes, false), numbers(&bytes, true)), (before.clone(), before));
    for place in &places[..3] {
        let number = u64::from_le_bytes(bytes[place + 8..place + 16].try_into().unwrap()) + 1000;
        bytes[place + 8..place + 16].copy_from_slice(&number.to_le_bytes());
    }
    let last = (first + 1002).to_le_bytes();
    let header = &mut bytes[HEADER..];
    for at in [8, 24] {
        header[at..at + 8].copy_from_slice(&(first + 1000).to_le_bytes());
        header[at + 8..at + 16].copy_from_slice(&last);
    }
    header[44..48].copy_from_slice(&((places[2] - HEADER) as u32).to_le_bytes());
    header[48..52].copy_from_slice(&((places[3] - HEADER) as u32).to_le_bytes());
    sum(&mut bytes, HEADER);
    let now: Vec<_> = (1000..1003).map(|n| (first + n, false)).collect();
    assert_eq!(numbers(&bytes, false), now);
    let left = (3..places.len() as u64).map(|n| (first + n, true));
    assert_eq!(numbers(&bytes, true), now.iter().copied().chain(left).collect::<Vec<_>>());
    // One that was written over in part is not given; those after it are.
    bytes[places[4]] = 0;
    let left: Vec<_> = numbers(&bytes, true).into_iter().filter(|(_, slack)| *slack).map(|(n, _)| n).collect();
    assert!(left.len() == places.len() - 4 && !left.contains(&(first + 4)), "{left:?}");
    let log = Log::from_bytes(bytes);
    let mut all = log.records(Rendering::Xml).with_slack();
    all.by_ref().for_each(drop);
    assert_eq!((all.damage().summary(), all.damage().notes()), (None, vec![]));
}

/// A log that was copied while it was in use: what goes on behind the end is read, and marked.
#[test]
fn records_that_go_on_are_given_and_marked() {
    let events = many();
    let mut bytes = log(&events);
    bytes.truncate(HEADER + CHUNK);
    let places = records(&bytes);
    let first = events[0].record;
    let header = &mut bytes[HEADER..];
    for at in [16, 32] {
        header[at..at + 8].copy_from_slice(&(first + 2).to_le_bytes());
    }
    header[44..48].copy_from_slice(&((places[2] - HEADER) as u32).to_le_bytes());
    header[48..52].copy_from_slice(&((places[3] - HEADER) as u32).to_le_bytes());
    sum(&mut bytes, HEADER);
    let expected: Vec<_> = (0..places.len() as u64).map(|n| (first + n, n > 2)).collect();
    assert_eq!(numbers(&bytes, false), expected);
    assert_eq!(numbers(&bytes, true), expected);
}
