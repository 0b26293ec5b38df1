//! Any text as a query: it is read, and planned if it can be. Nothing may panic.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let catalogue = sumoql::catalogue();
    let (query, diagnostics) = sumoql::syntax::parse(text, &catalogue);
    for diagnostic in &diagnostics {
        let index = sumoql::LineIndex::new(text);
        sumoql::LocatedDiagnostic::new(diagnostic, &index).draw("query", text, false);
    }
    if diagnostics.is_empty() {
        sumoql::plan::plan(text, &query, &catalogue);
    }
});
