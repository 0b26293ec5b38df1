//! The first line is a query, the rest are messages: the query runs over them, row by row in one thread and all at once in
//! three, and the answers must be equal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use sumoql::{Engine, Input};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

static ENGINES: LazyLock<[(Engine, usize); 2]> = LazyLock::new(|| {
    let engine = |threads, batch| {
        let engine = Engine::builder().threads(threads).batch(batch).memory_limit(64 << 20);
        engine.range(0, 1 << 50).now(1 << 40).save_to(|_| Ok(())).build()
    };
    [(engine(1, 1), 1), (engine(3, 1024), 1 << 20)]
});

/// The columns and rows of an answer; nothing if it is only a part, or none.
fn answer(engine: &Engine, chunk: usize, query: &str, messages: &str) -> Option<Vec<String>> {
    let source = plain_source(Arc::new(Messages), 0);
    let input = Input::reader(Arc::new(Memory::lines(messages, source, chunk)));
    let answer = engine.prepare(query).ok()?.run(input).ok()?;
    let columns = answer.columns().collect::<Vec<_>>().join("\t");
    let row = |row: sumoql::Row<'_>| row.iter().map(|(_, value)| format!("{value:?}\t")).collect();
    Some(std::iter::once(columns).chain(answer.rows().map(row)).collect())
}

fuzz_target!(|text: &str| {
    let (query, messages) = text.split_once('\n').unwrap_or((text, ""));
    let [one, all] = ENGINES.each_ref().map(|(engine, chunk)| answer(engine, *chunk, query, messages));
    if let (Some(one), Some(all)) = (one, all) {
        assert_eq!(one, all);
    }
});
