//! Answers that are kept: a query repeated on unchanged data is not run again.

use super::Last;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::SystemTime;
use sumoql::program::plan::Plan;
use sumoql_input::InputRequest;
use sumoql_input::tables::Files;

/// The most answers, and the most bytes of rows in them.
const ANSWERS: usize = 32;
const BYTES: usize = 64 << 20;

/// Files with their sizes and times; without those where a file is not there.
pub(super) type Stamps = Vec<(PathBuf, Option<(u64, Option<SystemTime>)>)>;

/// How all files that decide what a request gives are now; `None` where something else decides too.
pub(super) fn of_inputs(request: &InputRequest) -> Option<Stamps> {
    sumoql_input::files(request).map(stamps)
}

/// How the files of the tables are that a plan asks for.
pub(super) fn of_tables(plan: &Plan, tables: &Files) -> Stamps {
    stamps(plan.tables().into_iter().flat_map(|name| tables.files(name)).collect())
}

/// How files are now.
pub(super) fn stamps(files: Vec<PathBuf>) -> Stamps {
    let stamp = |file: PathBuf| {
        let data = std::fs::metadata(&file).ok();
        (file, data.map(|data| (data.len(), data.modified().ok())))
    };
    files.into_iter().map(stamp).collect()
}

/// The answers, the newest last, each under the query, the settings and the state of its inputs and tables.
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
