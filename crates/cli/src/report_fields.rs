//! What `run` says at its end of fields without values.

use super::query_text::Text;
use super::report::SHOWN;
use super::screen::Screen;
use sumoql::diagnostics::{Diagnostic, Span, codes};
use sumoql::engine::prepare::{Prepared, is_about_fields};
use sumoql::plan::names::READ_FROM_METADATA;
use sumoql::run::execute::Outcome;
use sumoql::run::null_fields::NullField;

/// Fields that no stage makes, and those that were null in every row. A field that no stage makes and that has a value is
/// metadata, as it should be.
pub(super) fn fields(screen: &Screen, text: &Text, prepared: &Prepared, outcome: &Outcome) {
    let found = field_diagnostics(text, prepared, outcome);
    for diagnostic in found.iter().take(SHOWN) {
        screen.tell(&text.draw(diagnostic, screen.error_colour()));
    }
    let more = found.len().saturating_sub(SHOWN);
    if more > 0 {
        let noun = if more == 1 { "field" } else { "fields" };
        screen.note(&format!("{more} more {noun} had no value in any row"), None);
    }
}

/// What [`fields`] says.
pub(super) fn field_diagnostics(text: &Text, prepared: &Prepared, outcome: &Outcome) -> Vec<Diagnostic> {
    let place = |mut diagnostic: Diagnostic| {
        text.place(&mut diagnostic);
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
