//! Field extraction rules: queries of one kind, whose fields messages get before any other query sees them.

use crate::diagnostics::Diagnostic;
use crate::language::catalogue;
use crate::plan::{Origin, plan_of};
use crate::run::scan::extraction_rule::Extraction;
use crate::syntax::parse;
use crate::syntax::signature::OperatorRole;
use std::sync::Arc;
use sumoql_data::message::FieldExtraction;
use sumoql_data::table_resolver::NoTables;

/// A field extraction rule of a query such as `error | parse "user=*," as user`. The error is a text for the user.
pub fn extraction(query: &str) -> Result<Arc<dyn FieldExtraction>, String> {
    let catalogue = catalogue();
    let (tree, mut found) = parse(query, &catalogue);
    let mut plan = None;
    if !found.iter().any(Diagnostic::is_error) {
        (plan, found) = plan_of(query, &tree, &catalogue, &NoTables, Origin::Metadata);
    }
    match (plan, found.iter().find(|diagnostic| diagnostic.is_error())) {
        (Some(plan), _) => match tree.stages.as_slice() {
            // The rule of Sumo Logic's auto parse mode.
            [only] if only.has_no_arguments(OperatorRole::AutoJson) => Ok(Arc::new(Extraction::auto(plan)?)),
            _ => Ok(Arc::new(Extraction::new(plan)?)),
        },
        (None, error) => {
            let error = error.map(|error| (error.message.as_str(), error.span.of(query)));
            let (message, place) = error.unwrap_or(("it can't be planned", query));
            Err(format!("in the field extraction rule, at `{place}`: {message}"))
        }
    }
}
