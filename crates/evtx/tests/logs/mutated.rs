//! Logs in which bytes were changed at random.

use super::random::Random;
use super::writer::log;
use super::{by_two, many, once};
use sumoql_evtx::{Log, Rendering};

/// Changes some bytes, or many in a row.
fn flip(bytes: &mut [u8], random: &mut Random) {
    for _ in 0..1 + random.below(20) {
        let at = random.below(bytes.len());
        bytes[at] = match random.below(3) {
            0 => *random.one(&[0, 1, 0x0C, 0x0F, 0x2A, 0x7F, 0x80, 0xFF]),
            _ => bytes[at] ^ (1 << random.below(8)),
        };
    }
    if random.below(8) == 0 {
        let from = random.below(bytes.len());
        let to = (from + random.below(2000)).min(bytes.len());
        bytes[from..to].fill(random.next() as u8);
    }
}

/// Whatever bytes a log has, it is read to its end, alike by one reader and by two, and every text is UTF-8 of a place of
/// its own. How many records there are.
fn survives(bytes: &[u8], rendering: Rendering) -> usize {
    let found = once(bytes, rendering);
    assert_eq!(by_two(bytes, rendering), found);
    assert!(found.records.windows(2).all(|pair| pair[0].0 < pair[1].0), "places are apart");
    let log = Log::from_bytes(bytes.to_vec());
    let with_slack = log.records(rendering).with_slack().map(|record| record.unwrap());
    let live = with_slack.map(|record| (record.header.offset, record.text)).filter(|one| found.records.contains(one));
    assert_eq!(live.count(), found.records.len());
    if rendering == Rendering::Json {
        found.records.iter().for_each(|(_, text)| drop(serde_json::from_str::<serde_json::Value>(text).expect("JSON")));
    }
    found.records.len()
}

#[test]
fn no_damage_ends_the_reading() {
    let bytes = log(&many());
    let mut random = Random::new(1505);
    let mut read = 0;
    for round in 0..60 {
        let mut bytes = bytes.clone();
        flip(&mut bytes, &mut random);
        if round % 10 == 0 {
            bytes.truncate(random.below(bytes.len()));
        }
        read += survives(&bytes, if round % 4 == 0 { Rendering::Json } else { Rendering::Xml });
    }
    assert!(read > 60 * 130, "{read}: most of the records are not touched");
}

/// Changes that strike nothing but what one record and its template are made of.
#[test]
fn no_damage_of_templates_ends_the_reading() {
    let bytes = log(&many()[..2]);
    let mut random = Random::new(7);
    let used = 4096 + 512..4096 + 512 + 4000;
    let mut read = 0;
    for round in 0..600 {
        let mut bytes = bytes.clone();
        for _ in 0..1 + random.below(3) {
            let at = used.start + random.below(used.len());
            bytes[at] = random.next() as u8;
        }
        read += once(&bytes, if round % 2 == 0 { Rendering::Json } else { Rendering::Xml }).records.len();
    }
    assert!((300..1200).contains(&read), "{read}: some are lost, and some are not");
}
