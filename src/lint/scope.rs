//! The scope: terms that make others pointless, exclude each other, or stand there twice.

use super::condition::ConditionRole;
use super::facts::Known;
use super::same_expression::not;
use super::{Lint, pattern};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::syntax::tree::{PairValue, Search, SearchKind};

impl Lint<'_> {
    /// Checks a search expression.
    pub(super) fn scope(&mut self, search: &Search) {
        match &search.kind {
            SearchKind::All | SearchKind::Word(_) | SearchKind::Phrase(_) | SearchKind::Pair { .. } => {}
            SearchKind::Test(condition) => self.condition(condition, &Known::default(), ConditionRole::Filter),
            SearchKind::Subquery(subquery) => self.subquery(subquery),
            SearchKind::And(terms) => self.scope_all(terms),
            SearchKind::Or(terms) => self.scope_any(terms),
            SearchKind::Not(inner) => {
                if matches!(inner.kind, SearchKind::All) && !self.parametric(search.span) {
                    let message = "this matches no message: `*` matches every message".to_string();
                    self.warn(&codes::NEVER, search.span, message, "after `not`, write the term to exclude");
                }
                self.scope(inner);
            }
        }
    }

    fn scope_all(&mut self, terms: &[Search]) {
        // What stands in brackets is joined by AND too.
        let mut all = Vec::new();
        flatten(terms, &mut all);
        let mut seen: Vec<(String, Span)> = Vec::new();
        for (at, term) in all.iter().enumerate() {
            let key = self.same_term(term);
            let earlier = |key: &str| seen.iter().find(|(known, _)| known == key).map(|(_, span)| *span);
            if let Some(first) = key.as_deref().and_then(earlier) {
                self.term_twice(term, first);
            } else if let Some(first) = key.clone().map(not).as_deref().and_then(earlier) {
                self.no_message(term, first);
            } else if let Some(first) = all[..at].iter().find(|first| self.exclude(first, term)) {
                self.no_message(term, first.span);
            } else {
                self.scope(term);
            }
            seen.extend(key.filter(|_| !matches!(term.kind, SearchKind::All)).map(|key| (key, term.span)));
        }
    }

    fn scope_any(&mut self, terms: &[Search]) {
        let mut seen: Vec<(String, Span)> = Vec::new();
        for term in terms {
            let key = self.same_term(term);
            let earlier = |key: &str| seen.iter().find(|(known, _)| known == key).map(|(_, span)| *span);
            if matches!(term.kind, SearchKind::All) && !self.parametric(term.span) {
                let message = "`or *` matches every message: the other terms have no effect".to_string();
                self.warn(&codes::EVERYTHING, term.span, message, "remove `*`, or remove the other terms");
                continue;
            }
            match key.as_deref().and_then(earlier) {
                Some(first) => self.term_twice(term, first),
                None => self.scope(term),
            }
            if let Some(first) = key.clone().map(not).as_deref().and_then(earlier) {
                let message = format!("`{}` or its opposite matches every message", self.text(term.span));
                let warning = Diagnostic::warning(&codes::EVERYTHING, term.span, message)
                    .label(first, "the opposite is here")
                    .help("remove one of the two");
                self.say(warning);
            }
            seen.extend(key.map(|key| (key, term.span)));
        }
    }

    fn term_twice(&mut self, term: &Search, first: Span) {
        let message = format!("the term `{}` is repeated", self.text(term.span));
        let warning = Diagnostic::warning(&codes::REPEATED, term.span, message)
            .label(first, "it is already here")
            .help("remove one of the two, or correct it");
        self.say(warning);
    }

    fn no_message(&mut self, term: &Search, first: Span) {
        let message = format!("`{}` contradicts another term", self.text(term.span));
        let warning = Diagnostic::warning(&codes::NEVER, term.span, message)
            .label(first, "this must match as well")
            .help("no message matches both: correct one, or join them with `or`");
        self.say(warning);
    }

    /// Whether two pairs ask for different values of the same field.
    fn exclude(&self, a: &Search, b: &Search) -> bool {
        match (self.wanted(a), self.wanted(b)) {
            (Some((a, x)), Some((b, y))) => a == b && pattern::apart(&x, &y),
            _ => false,
        }
    }

    /// The field that a term asks for and the pattern of its value, in lower case.
    fn wanted(&self, term: &Search) -> Option<(String, String)> {
        let SearchKind::Pair { name, negated: false, value } = &term.kind else { return None };
        let pattern = match value {
            PairValue::Word(word) if !word.contains('?') => word.to_lowercase(),
            // A star between quotes is a star.
            PairValue::Text(text) if !text.raw.contains('*') => text.value().to_lowercase(),
            _ => return None,
        };
        // Storage tiers and partitions are no values of a message.
        let place = ["_datatier", "_index", "_view"].contains(&name.key().as_str());
        (!place && !self.parametric(term.span)).then(|| (name.key(), pattern))
    }
}

fn flatten<'s>(terms: &'s [Search], out: &mut Vec<&'s Search>) {
    for term in terms {
        match &term.kind {
            SearchKind::And(inner) => flatten(inner, out),
            _ => out.push(term),
        }
    }
}
