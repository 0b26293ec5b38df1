//! Dead logic, and what Sumo Logic refuses or finds nothing by: what is wrong in a query that can be run, seen without data.
//!
//! Only what is certain is said: a warning here holds for every message that may come. What a template parameter has
//! put into the text is never blamed, since another value may make sense of it.
//!
//! | file | does |
//! |---|---|
//! | `stages` | goes along the stages, with what is known at each |
//! | `condition` | what a condition can't fulfil, always fulfils or repeats |
//! | `atom` | single comparisons |
//! | `claim` | what a condition says of a value, and what contradicts what |
//! | `known` | what is certain of fields at one point of the query |
//! | `constant` | values that are known without data |
//! | `same` | whether two expressions are the same |
//! | `pattern` | what patterns can fit |
//! | `regex` | regular expressions that are slow |
//! | `flow` | what stages make and nobody uses |
//! | `scope` | the scope |
//! | `habits` | forms of other languages in the scope |
//! | `wildcard` | stars that are no wildcards where they stand |
//! | `call` | what functions are given |
//! | `date` | patterns of dates |
//! | `arithmetic` | texts in arithmetic |
//! | `name` | names of fields |
//! | `together` | stages that Sumo Logic does not have together |

mod arithmetic;
mod call;
mod comparison;
mod condition;
mod constant;
mod date;
mod facts;
mod habits;
mod name;
mod pattern;
mod predicate;
mod regex;
mod same_expression;
mod scope;
mod stages;
mod together;
mod unused;
mod wildcard;

use crate::diagnostics::{Code, Diagnostic, Span, codes};
use crate::plan::definitions::Catalogue;
use crate::program::plan::Plan;
use crate::program::stage_effects::StageEffects;
use crate::syntax::parameters::Expansion;
use crate::syntax::tree::Query;
use facts::Known;
use std::collections::HashMap;

/// The codes of what [`lint`] says.
pub static CODES: &[&Code] = &[
    &codes::NEVER,
    &codes::ALWAYS,
    &codes::NULL_COMPARED,
    &codes::FOREIGN_LIST,
    &codes::NO_WILDCARD,
    &codes::REPEATED,
    &codes::SAME_RESULTS,
    &codes::UNUSED,
    &codes::OVERWRITTEN,
    &codes::LOST_ORDER,
    &codes::EVERYTHING,
    &codes::SLOW_REGEX,
    &codes::TEXT_IN_ARITHMETIC,
    &codes::DATE_ARGUMENT,
    &codes::DATE_PATTERN,
    &codes::QUOTED_WILDCARD,
    &codes::PARTIAL_WILDCARD,
    &codes::LITERAL_STAR,
    &codes::QUOTED_REGEX,
    &codes::AUTO_KEYS,
    &codes::FIELD_NAME,
    &codes::NAME_TWICE,
    &codes::SLICE_ALIAS,
    &codes::SHIFT_TOO_FAR,
    &codes::FORMAT_OF_TEXT,
    &codes::TRANSPOSE_JOIN,
    &codes::FOREIGN_SCOPE,
    &codes::MISSING_PIPE,
];

/// Those of [`CODES`] that say nothing about the answer here: what they speak of is slow, refused or left out elsewhere.
pub static ELSEWHERE: &[&Code] = &[
    &codes::SLOW_REGEX,
    &codes::DATE_ARGUMENT,
    &codes::AUTO_KEYS,
    &codes::FIELD_NAME,
    &codes::SLICE_ALIAS,
    &codes::SHIFT_TOO_FAR,
    &codes::TRANSPOSE_JOIN,
];

/// What is wrong in a query that has a plan: warnings, and errors where it can't be meant. Spans are places in the text with
/// its parameters replaced.
pub fn lint(query: &Query, plan: &Plan, expansion: &Expansion, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let facts = plan.facts.iter().map(|stage| (stage.span, stage)).collect();
    let mut lint = Lint { catalogue, expansion, facts, found: Vec::new() };
    lint.query(query);
    lint.found
}

/// What the checks share.
struct Lint<'a> {
    catalogue: &'a Catalogue,
    expansion: &'a Expansion,
    facts: HashMap<Span, &'a StageEffects>,
    found: Vec<Diagnostic>,
}

impl Lint<'_> {
    /// Checks a whole query.
    fn query(&mut self, query: &Query) {
        self.scope(&query.search);
        self.wildcards(&query.search);
        self.habits(&query.search);
        self.stages(&query.stages, Known::of_messages());
        self.flow(&query.stages);
    }

    /// Says something.
    fn say(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// A warning about a place.
    fn warn(&mut self, code: &'static Code, span: Span, message: String, help: &str) {
        self.say(Diagnostic::warning(code, span, message).help(help));
    }

    /// The text of a place, on one line and not too long.
    fn text(&self, span: Span) -> String {
        let line = span.of(&self.expansion.text).split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(60) {
            Some((at, _)) => format!("{}…", &line[..at]),
            None => line,
        }
    }

    /// Whether a place has, even in part, come from a template parameter.
    fn parametric(&self, span: Span) -> bool {
        self.expansion.has_value(span)
    }
}
