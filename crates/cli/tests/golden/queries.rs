//! Runs every case of `queries/` through the code of `sumoql test`: one test for each, named by query and case.
//!
//! Each runs with 1 and 4 threads, batches of 1, 7 and 1024 rows, and chunks of 64, 700 and as many bytes as is good; all
//! answers must be the same, and so must be that of the simple path.

use libtest_mimic::{Failed, Trial};
use std::path::PathBuf;
use sumoql_cli::test::runner::{Setting, Verdict, run};
use sumoql_cli::test::{CaseFile, find};

/// All trials.
pub fn trials() -> Vec<Trial> {
    let cases = match find(&[PathBuf::from("queries")]) {
        Ok(cases) if cases.is_empty() => vec![broken("no cases in queries/".into())],
        Ok(cases) => cases,
        Err(error) => vec![broken(error)],
    };
    cases.into_iter().map(|found| Trial::test(found.name.clone(), move || check(&found))).collect()
}

/// A case that fails with what is wrong with the folder.
fn broken(error: String) -> CaseFile {
    CaseFile { name: error, query: PathBuf::new(), case: PathBuf::new() }
}

fn check(found: &CaseFile) -> Result<(), Failed> {
    for threads in [1, 4] {
        for (batch, chunk) in [(1, 64), (7, 700), (1024, 0)] {
            hold(found, Setting { threads, batch, chunk, simple: false })?;
        }
    }
    hold(found, Setting { threads: 1, batch: 1, chunk: 0, simple: true })
}

fn hold(found: &CaseFile, setting: Setting) -> Result<(), Failed> {
    match run(found, &setting) {
        Verdict::Failed(why) => Err(format!("{why}\n({setting:?})").into()),
        Verdict::Passed => Ok(()),
    }
}
