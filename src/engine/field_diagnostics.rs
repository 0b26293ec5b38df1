//! What there is to say of fields once a query has run.

use super::prepare::{Prepared, QueryText, is_about_fields};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::names::READ_FROM_METADATA;
use crate::run::execute::Outcome;
use crate::run::null_fields::NullField;

impl QueryText {
    /// What there is to say, after a run, of fields that no stage makes, and of those that were null in every row. A field that
    /// no stage makes and that has a value is metadata, as it should be.
    pub fn field_diagnostics(&self, prepared: &Prepared, outcome: &Outcome) -> Vec<Diagnostic> {
        let place = |mut diagnostic: Diagnostic| {
            self.place(&mut diagnostic);
            diagnostic
        };
        let nulls: Vec<(&NullField, Diagnostic)> =
            outcome.null_fields.iter().map(|null| (null, place(null.diagnostic()))).collect();
        let valued = outcome.valued_fields.iter().map(|span| place(Diagnostic::warning(&codes::NULL_FIELD, *span, "")));
        let valued: Vec<Span> = valued.map(|diagnostic| diagnostic.span).collect();
        let unknown = prepared.unknown_fields().filter(|unknown| !valued.contains(&unknown.span));
        let mut found: Vec<Diagnostic> = unknown
            .map(|unknown| match nulls.iter().find(|(_, null)| null.span == unknown.span) {
                Some((null, said)) => {
                    let message = unknown.message.replace(READ_FROM_METADATA, "");
                    let message = format!("{message}, and it was null {}", null.in_rows());
                    let help = unknown.help.clone().or(said.help.clone());
                    Diagnostic { message, help, ..unknown.clone() }
                }
                None => unknown.clone(),
            })
            .collect();
        let told: Vec<Span> =
            prepared.diagnostics.iter().filter(|told| is_about_fields(told)).map(|told| told.span).collect();
        let inside = |span: Span| told.iter().any(|told| told.to(span) == *told);
        found.extend(nulls.into_iter().map(|(_, said)| said).filter(|said| !inside(said.span)));
        found
    }
}
