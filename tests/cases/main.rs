//! Tests made of cases: a trial for each example of the reference, each rule of the language, each query of the grammar.

use libtest_mimic::Arguments;
use std::sync::Arc;
use sumoql::Input;
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

mod examples;
mod grammar;
mod language;

fn main() {
    let trials = [examples::trials(), grammar::trials(), language::trials()].into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Messages as lines of JSON, in chunks of a given size. Those without a time have the one given.
fn input(lines: &str, time: i64, chunk: usize) -> Input {
    Input::reader(Arc::new(Memory::lines(lines, plain_source(Arc::new(Messages), time), chunk)))
}
