//! The scope, made ready to run.

use super::planner::Planner;
use crate::diagnostics::{Diagnostic, codes};
use crate::run::evaluator::Eval;
use crate::run::search::{Pair, PairTest, Search};
use crate::run::terms::Term;
use crate::syntax::tree::{self, PairValue, SearchKind};

impl Planner<'_> {
    /// Prepares a search expression.
    pub(super) fn search(&mut self, search: &tree::Search) -> Search {
        match &search.kind {
            SearchKind::All => Search::All,
            SearchKind::Word(word) => {
                self.no_parameter(word, search);
                Search::Term(Term::word(word))
            }
            SearchKind::Phrase(text) => {
                self.no_parameter(&text.raw, search);
                Search::Term(Term::phrase(&text.value()))
            }
            SearchKind::Pair { name, negated, value } => {
                let (text, value) = match value {
                    PairValue::Word(word) => (word.clone(), PairTest::word(word)),
                    PairValue::Text(text) => (text.raw.clone(), PairTest::text(&text.value())),
                };
                self.no_parameter(&text, search);
                self.no_parameter(&name.text, search);
                let pair = match name.key().as_str() {
                    // Which storage tier to read: everything here is one tier.
                    "_datatier" => Search::All,
                    // A partition is named by either.
                    "_index" => Search::Pair(Pair { name: "_view".into(), value }),
                    _ => Search::Pair(Pair { name: name.key(), value }),
                };
                if *negated { Search::Not(Box::new(pair)) } else { pair }
            }
            SearchKind::Test(condition) => match self.condition(condition) {
                Ok(condition) if condition.may_fail() => Search::Test(Eval::Strict(Box::new(condition))),
                Ok(condition) => Search::Test(condition),
                Err(diagnostic) => {
                    self.report(diagnostic);
                    Search::All
                }
            },
            SearchKind::And(terms) => Search::And(terms.iter().map(|term| self.search(term)).collect()),
            SearchKind::Or(terms) => Search::Or(terms.iter().map(|term| self.search(term)).collect()),
            SearchKind::Not(inner) => Search::Not(Box::new(self.search(inner))),
        }
    }

    fn no_parameter(&mut self, text: &str, search: &tree::Search) {
        if let Some(at) = text.find("{{")
            && crate::syntax::lexical::parameter_end(&text[at..]).is_some()
        {
            let message = format!("no value for the parameter in `{text}`");
            let help = "give it with --param NAME=VALUE";
            self.report(Diagnostic::error(&codes::PARAMETER, search.span, message).help(help));
        }
    }
}
