//! What an input gives, read by several workers.

use bumpalo::Bump;
use std::sync::Mutex;
use sumoql::input::Opened;
use sumoql::run::message::Input;

/// A message: the last part of its input's name, its offset, its text, its own metadata.
pub type Found = (String, u64, String, String);

/// All messages that are left, by input and offset.
pub fn messages(opened: &Opened, threads: usize) -> Vec<Found> {
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
                    buffer = chunk.bytes;
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    let name = |input: u32| opened.sources()[input as usize].name.rsplit('/').next().unwrap_or_default().to_string();
    found.into_iter().map(|(input, offset, raw, own)| (name(input), offset, raw, own)).collect()
}
