//! The reference as JSON, for other programs.

use super::entry::{Entry, kind_name};
use crate::syntax::signature::{Example, Expect};
use crate::syntax::signatures::Signatures;
use serde_json::{Value, json};

/// The whole reference: one object with the entries in order.
pub fn document(catalogue: &Signatures) -> String {
    let entries: Vec<Value> = catalogue.entries().iter().map(|entry| object(entry, catalogue)).collect();
    let document = json!({ "language": "Sumo Logic log search", "entries": entries });
    // A value made here has no keys that can't be written.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn object(entry: &Entry, catalogue: &Signatures) -> Value {
    let mut out = json!({
        "kind": entry.kind.name(),
        "name": entry.name,
        "aliases": entry.aliases,
        "group": entry.group.key(),
        "usage": entry.usage,
        "summary": entry.summary,
        "doc": entry.doc,
        "page": entry.page,
        "also": entry.also,
        "dialect": entry.dialect,
        "examples": entry.examples.iter().map(example).collect::<Vec<_>>(),
    });
    if entry.kind == super::entry::EntryKind::Function
        && let Some(def) = catalogue.function(entry.name)
    {
        let params = def.params.iter().map(|param| {
            json!({
                "name": param.name,
                "type": kind_name(param.kind),
                "optional": param.optional,
                "repeated": param.repeated,
            })
        });
        out["params"] = params.collect();
        out["returns"] = kind_name(def.returns).into();
    }
    out
}

fn example(example: &Example) -> Value {
    let mut out = json!({ "title": example.title, "query": example.query, "messages": example.messages });
    match &example.expect {
        Expect::Rows(columns, rows) => out["expect"] = json!({ "columns": columns, "rows": rows }),
        Expect::Error(code) => out["expect"] = json!({ "error": code }),
    }
    out
}
