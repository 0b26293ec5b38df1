//! The scope, made ready to run.

use super::built_in_fields::COMPUTED;
use super::planner::Planner;
use crate::diagnostics::{Diagnostic, codes};
use crate::program::expression::CompiledExpr;
use crate::program::matching::terms::Term;
use crate::program::scope::{CompiledScope, Pair, PairTest};
use crate::syntax::tree;
use crate::syntax::tree::{PairValue, SearchKind};

/// The partition of messages that are in no other.
pub(super) const DEFAULT_PARTITION: &str = "sumologic_default";

/// What a pair compares with, after `change`.
fn wanted(value: &PairValue, change: impl Fn(String) -> String) -> PairTest {
    match value {
        PairValue::Word(word) => PairTest::word(&change(word.clone())),
        PairValue::Text(text) => PairTest::text(&change(text.value())),
    }
}

/// `_index=name` or `_view=name`: a partition is named by either, and a name that starts with `_` is short for one that
/// starts with `sumologic_`.
fn partition(value: &PairValue) -> Pair {
    let value = wanted(value, |name| match name.starts_with('_') {
        true => format!("sumologic{name}"),
        false => name,
    });
    Pair { name: "_view".into(), value, absent: Some(DEFAULT_PARTITION), auto: None }
}

impl Planner<'_> {
    /// Prepares a search expression.
    pub(super) fn search(&mut self, search: &tree::Search) -> CompiledScope {
        match &search.kind {
            SearchKind::All => CompiledScope::All,
            SearchKind::Word(word) => {
                self.no_parameter(word, search);
                CompiledScope::Term(Term::word(word), self.all_text())
            }
            SearchKind::Phrase(text) => {
                self.no_parameter(&text.raw, search);
                CompiledScope::Term(Term::phrase(&text.value()), self.all_text())
            }
            SearchKind::Pair { name, negated, value } => {
                let text = match value {
                    PairValue::Word(word) => word,
                    PairValue::Text(text) => &text.raw,
                };
                self.no_parameter(text, search);
                self.no_parameter(&name.text, search);
                self.facts.scope.push(name.key());
                let pair = match name.key().as_str() {
                    // Which storage tier to read: everything here is one tier.
                    "_datatier" => CompiledScope::All,
                    "_index" | "_view" => {
                        self.asks_for_partition(text, *negated);
                        CompiledScope::Pair(partition(value))
                    }
                    key if COMPUTED.contains(&key) => {
                        CompiledScope::Field(self.field_slot(key), wanted(value, |text| text))
                    }
                    key => {
                        let (name, value) = (key.to_string(), wanted(value, |text| text));
                        CompiledScope::Pair(Pair { name, value, absent: None, auto: self.auto_slot(key) })
                    }
                };
                if *negated { CompiledScope::Not(Box::new(pair)) } else { pair }
            }
            SearchKind::Test(condition) => match self.condition(condition) {
                Ok(condition) if condition.may_fail() => CompiledScope::Test(CompiledExpr::Strict(Box::new(condition))),
                Ok(condition) => CompiledScope::Test(condition),
                Err(diagnostic) => {
                    self.report(diagnostic);
                    CompiledScope::All
                }
            },
            SearchKind::Subquery(subquery) => self.subquery_search(subquery).unwrap_or_else(|diagnostic| {
                self.report(diagnostic);
                CompiledScope::All
            }),
            SearchKind::And(terms) => CompiledScope::And(terms.iter().map(|term| self.search(term)).collect()),
            SearchKind::Or(terms) => CompiledScope::Or(terms.iter().map(|term| self.search(term)).collect()),
            SearchKind::Not(inner) => CompiledScope::Not(Box::new(self.search(inner))),
        }
    }

    fn no_parameter(&mut self, text: &str, search: &tree::Search) {
        if let Some(at) = text.find("{{")
            && crate::syntax::lexical::parameter_end(&text[at..]).is_some()
        {
            let message = format!("the parameter in `{text}` has no value");
            let help = "give the parameter a value";
            self.report(Diagnostic::error(&codes::PARAMETER, search.span, message).help(help));
        }
    }
}
