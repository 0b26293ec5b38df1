//! The first line is a query, the rest are messages: the query runs over them, apart and together, and the answers
//! must be equal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};
use sumoql::run::execute::{Options, Progress, execute};

fuzz_target!(|text: &str| {
    let (line, messages) = text.split_once('\n').unwrap_or((text, ""));
    let catalogue = sumoql::catalogue();
    let (query, diagnostics) = sumoql::syntax::parse(line, &catalogue);
    if !diagnostics.is_empty() {
        return;
    }
    let (Some(plan), _) = sumoql::plan::plan(line, &query, &catalogue) else { return };
    let run = |batch: usize, chunk: usize| {
        let input = Memory::lines(messages, plain_source(Arc::new(Messages), 0), chunk);
        let options = Options { batch, range: Some((0, 1 << 50)), now: (1 << 40).into(), ..Options::default() };
        execute(&plan, &input, &options, &Progress::default()).table
    };
    let (one, all) = (run(1, 1), run(1024, 1 << 20));
    assert_eq!(format!("{one:?}"), format!("{all:?}"));
});
