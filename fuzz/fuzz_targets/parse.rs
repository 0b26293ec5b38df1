//! Any text as a query: it is read, planned and linted, and what is wrong is drawn. Nothing may panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use sumoql::Engine;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::default);

fuzz_target!(|text: &str| {
    if let Err(diagnostics) = ENGINE.prepare(text) {
        assert!(diagnostics.iter().any(|diagnostic| diagnostic.is_error()));
        // Drawing takes as long as the query; nobody reads thousands of diagnostics.
        if diagnostics.as_slice().len() * text.len() < 100_000 {
            assert!(!diagnostics.to_string().is_empty());
        }
    }
});
