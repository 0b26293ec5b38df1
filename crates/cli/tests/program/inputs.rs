//! What an input gives, read by several workers.

#![allow(dead_code, reason = "not every test needs all")]

use bumpalo::Bump;
use std::io::Cursor;
use std::sync::Mutex;
use sumoql_data::message::Input;
use sumoql_input::{InputRequest, InputSet, open};

/// A message: the last part of its input's name, its offset, its text, its own metadata.
pub type Found = (String, u64, String, String);

/// All messages that are left, by input and offset.
pub fn messages(opened: &InputSet, threads: usize) -> Vec<Found> {
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut buffer = Vec::new();
                while let Some(chunk) = opened.next(std::mem::take(&mut buffer)) {
                    let (text, arena) = (chunk.text(), Bump::new());
                    for m in chunk.messages(&text, &arena) {
                        let own: Vec<_> = m.own.iter().map(|(k, v)| format!("{k}={v:?}")).collect();
                        let found = &mut found.lock().unwrap();
                        found.push((m.source.index, m.offset, m.raw.to_string(), own.join(" ")));
                    }
                    drop(text);
                    buffer = chunk.bytes.reuse();
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    let name = |input: u32| opened.sources()[input as usize].name.rsplit('/').next().unwrap_or_default().to_string();
    found.into_iter().map(|(input, offset, raw, own)| (name(input), offset, raw, own)).collect()
}

/// Offsets and texts of messages, and what is odd about them.
pub type Given = (Vec<(u64, String)>, Vec<String>);

/// What bytes give as a file and as a stream, twice each. It must not depend on chunks and workers, and nothing may be wrong
/// with it.
pub fn every_way(bytes: &[u8], request: &InputRequest) -> Given {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    std::fs::write(&path, bytes).unwrap();
    let mut first: Option<Given> = None;
    for (chunk, threads) in [(0, 1), (1, 3), (7, 2), (60, 4)] {
        let request = InputRequest { chunk, ..request.clone() };
        let file = open(&InputRequest { paths: vec![path.to_string_lossy().into_owned()], ..request.clone() }).unwrap();
        let stream = InputSet::of_reader("a.log", Box::new(Cursor::new(bytes.to_vec())), &request, None).unwrap();
        stream.keep_in_memory();
        for opened in [file, stream] {
            for _ in 0..2 {
                let found = messages(&opened, threads).into_iter().map(|(_, offset, raw, _)| (offset, raw)).collect();
                assert_eq!(opened.problems(), []);
                let found = (found, opened.notes().into_iter().map(|note| note.message).collect());
                assert_eq!(first.get_or_insert_with(|| found.clone()), &found, "chunks of {chunk}");
                assert!(opened.restart());
            }
        }
    }
    first.unwrap()
}
