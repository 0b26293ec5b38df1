//! Answers that are kept: a query repeated on unchanged data is not run again.

use super::Last;
use crate::input::Opened;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::SystemTime;

/// The most answers, and the most bytes of rows in them.
const ANSWERS: usize = 32;
const BYTES: usize = 64 << 20;

/// The size and time of each input's file.
pub(super) type Stamps = Vec<(String, u64, Option<SystemTime>)>;

/// How the files of all inputs are now; `None` where one is no file.
pub(super) fn stamps(opened: &Opened) -> Option<Stamps> {
    let stamp = |name: &str| {
        let data = std::fs::metadata(name).ok().filter(std::fs::Metadata::is_file)?;
        Some((name.to_string(), data.len(), data.modified().ok()))
    };
    opened.about().map(|about| stamp(about.archive.as_deref().unwrap_or(&about.name))).collect()
}

/// Whether a query gives the same on the same data: nothing in it asks for the time or for tables.
pub(super) fn repeatable(query: &str) -> bool {
    let asks = [
        "now",
        "lookup",
        "cat",
        "save",
        "geoip",
        "threat",
        "asn",
        "compare",
        "querytimerange",
        "querystart",
        "queryend",
    ];
    let query = query.to_lowercase();
    let mut words = query.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    !words.any(|word| asks.iter().any(|ask| word == *ask || (ask.len() > 4 && word.starts_with(ask))))
}

/// The answers, the newest last, each under the query, the settings and the state of its inputs.
#[derive(Default)]
pub(super) struct Memory {
    kept: VecDeque<((String, Stamps), Rc<Last>)>,
}

impl Memory {
    /// The answer under a key.
    pub fn get(&self, key: &(String, Stamps)) -> Option<Rc<Last>> {
        self.kept.iter().find(|(known, _)| known == key).map(|(_, answer)| Rc::clone(answer))
    }

    /// Keeps an answer; the oldest make room.
    pub fn keep(&mut self, key: (String, Stamps), answer: Rc<Last>) {
        if answer.outcome.table.size() > BYTES {
            return;
        }
        self.kept.push_back((key, answer));
        let size = |kept: &VecDeque<(_, Rc<Last>)>| kept.iter().map(|(_, one)| one.outcome.table.size()).sum::<usize>();
        while self.kept.len() > ANSWERS || size(&self.kept) > BYTES {
            self.kept.pop_front();
        }
    }
}
