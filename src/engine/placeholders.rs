//! Stand-ins for template parameters without a value, so that the rest of a query can be checked.
//!
//! What a parameter stands for is not written anywhere: a word of a text, a name, a number, a length of time, whole
//! stages. So each is tried in turn where it stands, until the query can be read.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::definitions::Catalogue;
use crate::syntax::parameters::Expansion;
use crate::syntax::unset_parameters::{Unset, unset};

/// How often the query is read: each parameter adds a few times, and thousands of them are no query.
const MAX_TRIES: usize = 400;

/// A query with stand-ins.
pub struct StandIns {
    /// The text with the stand-ins in place.
    pub filled: Expansion,
    /// Where they are in it.
    pub places: Vec<Span>,
    /// The parameters they stand for, in the same order.
    pub unset: Vec<Unset>,
}

/// What is tried in the place of a parameter, in this order. The last is the parameter itself: a stage may begin with it.
fn candidates(unset: &Unset, text: &str) -> [String; 6] {
    let word: String = unset.name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    [format!("param_{word}"), "1".into(), "1m".into(), String::new(), "= 1".into(), unset.place.of(text).to_string()]
}

/// Puts a stand-in in the place of each parameter that has no value; those for which nothing fits keep the first.
pub fn stand_ins(expansion: &Expansion, catalogue: &Catalogue) -> StandIns {
    let unset = unset(&expansion.text);
    let tried: Vec<_> = unset.iter().map(|one| candidates(one, &expansion.text)).collect();
    let mut chosen = vec![0; unset.len()];
    let mut hopeless = vec![false; unset.len()];
    let mut tries = 0;
    loop {
        tries += 1;
        let each = unset.iter().zip(&tried).zip(&chosen);
        let values: Vec<(Span, &str)> = each.map(|((one, tried), at)| (one.place, tried[*at].as_str())).collect();
        let (filled, places) = expansion.fill(&values);
        // A fault is laid to the last stand-in that begins before it, as long as there is something left to try there.
        let blame = |fault: &Span| {
            let within = |place: &Span| fault.start <= place.start && place.start <= fault.end;
            places.iter().rposition(within).filter(|at| !hopeless[*at])
        };
        match faults(&filled.text, &places, catalogue).iter().find_map(blame) {
            _ if tries >= MAX_TRIES => return StandIns { filled, places, unset },
            Some(at) if chosen[at] + 1 < tried[at].len() => chosen[at] += 1,
            Some(at) => (chosen[at], hopeless[at]) = (0, true),
            None => return StandIns { filled, places, unset },
        }
    }
}

/// Where a text can't be read, each with the place up to which a stand-in can be the reason. Also where it is read as
/// something that there is not, as `topk(param_n, x)` is as a function: the reason then is further on in the stage.
fn faults(text: &str, places: &[Span], catalogue: &Catalogue) -> Vec<Span> {
    let (query, diagnostics) = crate::syntax::parse(text, catalogue);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    // A mistake that has a shape begins before the place where reading ended, and a label may show that place.
    let reached = |error: &Diagnostic| {
        let labels = error.labels.iter().map(|label| label.span.start);
        labels.chain([error.span.start, error.span.end.saturating_sub(1)]).max().unwrap_or_default()
    };
    let faults: Vec<Span> = errors.map(|error| Span::new(0, reached(error))).collect();
    if !faults.is_empty() {
        return faults;
    }
    let unknown = [&codes::UNKNOWN_FUNCTION, &codes::UNKNOWN_OPERATOR, &codes::ALIAS_NEEDED];
    let planned = crate::plan::plan(text, &query, catalogue).1;
    let planned = planned.iter().filter(|fault| unknown.contains(&fault.code) && !places.contains(&fault.span));
    let stage_end = |at: usize| query.stages.iter().map(|stage| stage.span).find(|span| span.end >= at);
    planned.filter_map(|fault| Some(Span::new(fault.span.start, stage_end(fault.span.end)?.end))).collect()
}
