//! sumoql runs the Sumo Logic log-search language over raw log messages.
//!
//! ```text
//!  text ──syntax──▶ Query ──plan──▶ Plan ──run──▶ Batch ▸ Batch ▸ Table ──output──▶ bytes
//!                     ▲               ▲             ▲
//!               catalogue: form      plan        the operators' code         input ──▶ chunks of messages
//! ```
//!
//! The core (`syntax`, `plan`, `run`, the operators) takes bytes and gives values: it does not print, keeps no global
//! state and touches no file. `docs/architecture.md` has the stages as a table, and who may use whom.

pub mod aggregates;
pub mod catalogue;
pub mod cli;
pub mod data;
pub mod diagnostics;
pub mod engine;
pub mod functions;
pub mod input;
pub mod java;
pub mod language;
pub mod lint;
pub mod mining;
pub mod operators;
pub mod output;
pub mod plan;
pub mod program;
pub mod run;
pub mod syntax;
pub mod tables;
pub mod trace;

use data::message::FieldExtraction;
use run::scan::extraction_rule::Extraction;
use std::sync::Arc;

/// The whole language.
pub fn catalogue() -> catalogue::Catalogue {
    catalogue::Catalogue::new(operators::ALL, functions::ALL, aggregates::ALL)
        .with_heads(operators::HEADS)
        .with_subquery(&operators::subquery::DEF)
}

/// A field extraction rule of a query such as `error | parse "user=*," as user`. The error is a text for the user.
pub fn extraction(query: &str) -> Result<Arc<dyn FieldExtraction>, String> {
    let catalogue = catalogue();
    let (tree, mut found) = syntax::parse(query, &catalogue);
    let mut plan = None;
    if !found.iter().any(diagnostics::Diagnostic::is_error) {
        (plan, found) =
            plan::plan_of(query, &tree, &catalogue, &crate::data::table_resolver::NoTables, plan::Origin::Metadata);
    }
    match (plan, found.iter().find(|diagnostic| diagnostic.is_error())) {
        (Some(plan), _) => match tree.stages.as_slice() {
            // The rule of Sumo Logic's auto parse mode.
            [only] if only.is_operator("json auto") => Ok(Arc::new(Extraction::auto(plan)?)),
            _ => Ok(Arc::new(Extraction::new(plan)?)),
        },
        (None, error) => {
            let error = error.map(|error| (error.message.as_str(), error.span.of(query)));
            let (message, place) = error.unwrap_or(("it can't be planned", query));
            Err(format!("in the field extraction rule, at `{place}`: {message}"))
        }
    }
}
