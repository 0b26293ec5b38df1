//! Habits of other languages in the scope, where almost everything is a search term: a stage without its pipe, and words and
//! signs that select sources elsewhere.

use super::Lint;
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::built_in_fields::BUILT_IN;
use crate::syntax::other_languages::{ForeignWord, Position, find};
use crate::syntax::stage::lone_stage;
use crate::syntax::tree::{PairValue, Search, SearchKind, StageKind};

impl Lint<'_> {
    /// Checks the terms of a scope that must all be there.
    pub(super) fn habits(&mut self, search: &Search) {
        let alone = std::slice::from_ref(search);
        let terms = match &search.kind {
            SearchKind::And(terms) => terms.as_slice(),
            _ => alone,
        };
        if self.parametric(search.span) {
            return;
        }
        if !self.select(terms, search.span) {
            self.stage_in_scope(terms, search.span);
        }
        self.terms_of_others(search);
    }

    /// `error parse "x=*;" as x`: a stage that the pipe before is missing.
    fn stage_in_scope(&mut self, terms: &[Search], scope: Span) {
        for (at, term) in terms.iter().enumerate() {
            let SearchKind::Word(word) = &term.kind else { continue };
            let starts =
                self.catalogue.operators_starting(word).next().is_some() || self.catalogue.aggregate(word).is_some();
            // A single word is a search term.
            if !starts || at + 1 == terms.len() {
                continue;
            }
            let place = Span::new(term.span.start, scope.end);
            let text = place.of(&self.expansion.text).trim_end();
            let Some(stage) = lone_stage(text, self.catalogue) else { continue };
            let whole = match &stage.kind {
                StageKind::Operator { .. } => true,
                // `count by x`; but `count errors` may be two search terms.
                StageKind::Aggregate { items, by } => {
                    let written = text.to_lowercase();
                    items.iter().any(|item| !item.args.is_empty())
                        || written.contains('(')
                        || (!by.is_empty() && written.contains(" by "))
                }
                _ => false,
            };
            if whole {
                let message = format!("`{word} …` is part of the scope here: its words are search terms");
                let pipe = if at == 0 { "* | " } else { "| " };
                let help = format!("write `|` before it: `{pipe}{}`", self.text(place));
                let start = Span::new(term.span.start, term.span.start);
                let warning = Diagnostic::warning(&codes::MISSING_PIPE, place, message).help(help);
                self.say(warning.replace(start, pipe));
                return;
            }
        }
    }

    /// `select … from …`, `from logs`.
    fn select(&mut self, terms: &[Search], scope: Span) -> bool {
        let is = |term: &Search, wanted: &str| matches!(&term.kind, SearchKind::Word(word) if word.eq_ignore_ascii_case(wanted));
        let (Some(first), Some(row)) = (terms.first(), find("select", Position::Scope)) else { return false };
        let from = terms.iter().position(|term| is(term, "from"));
        let query = is(first, "select") && from.is_some_and(|at| at >= 2);
        if query {
            self.foreign(scope, row, "`select … from …`");
        }
        query
    }

    fn terms_of_others(&mut self, search: &Search) {
        match &search.kind {
            SearchKind::And(terms) => {
                for three in terms.windows(3) {
                    self.list(&three[0], &three[1], &three[2]);
                }
                terms.iter().for_each(|term| self.terms_of_others(term));
            }
            SearchKind::Or(terms) => terms.iter().for_each(|term| self.terms_of_others(term)),
            SearchKind::Not(inner) => self.terms_of_others(inner),
            SearchKind::Pair { name, value, .. } => {
                let key = name.key();
                let row = if key.starts_with('{') { find("{", Position::Scope) } else { find(&key, Position::Scope) };
                // Sumo Logic's own partitions begin with `sumologic_`: whoever names one knows what is what.
                let empty = matches!(value, PairValue::Text(text) if text.raw.is_empty());
                if let Some(row) = row.filter(|_| !empty) {
                    let shown = if key.starts_with('{') { "{…}".to_string() } else { format!("{}=", name.text) };
                    self.foreign_word(search.span, name.span, row, &format!("`{shown}`"));
                }
            }
            SearchKind::Word(word) => {
                let Some((name, value)) = word.split_once(':') else { return };
                let known = name.starts_with('_') && BUILT_IN.iter().any(|known| known.eq_ignore_ascii_case(name));
                if let (true, Some(row)) = (known, find(":", Position::Scope)) {
                    let what = format!("`{name}:`");
                    let colon = search.span.start + name.len();
                    let mut warning = self.of_language(search.span, row, &what);
                    warning.help = Some(format!("write `{name}={value}`"));
                    self.say(warning.replace(Span::new(colon, colon + 1), "="));
                }
            }
            SearchKind::All | SearchKind::Phrase(_) | SearchKind::Test(_) | SearchKind::Subquery(_) => {}
        }
    }

    /// `_sourceHost IN (a, b)`.
    fn list(&mut self, name: &Search, joint: &Search, list: &Search) {
        let (SearchKind::Word(name_text), SearchKind::Word(word)) = (&name.kind, &joint.kind) else { return };
        let bracketed = list.span.of(&self.expansion.text).starts_with('(');
        if !word.eq_ignore_ascii_case("in") || !bracketed {
            return;
        }
        let Some(row) = find("in", Position::Scope) else { return };
        let inner = list.span.of(&self.expansion.text).trim_matches(['(', ')']);
        let values = inner.split(',').map(str::trim).filter(|value| !value.is_empty());
        let pairs: Vec<String> = values.map(|value| format!("{name_text}={value}")).collect();
        let whole = name.span.to(list.span);
        let form = format!("({})", pairs.join(" OR "));
        let mut warning = self.of_language(whole, row, &format!("`{word} (…)`"));
        warning.help = Some(format!("write `{form}`"));
        self.say(warning.replace(whole, form));
    }

    fn foreign(&mut self, span: Span, row: &'static ForeignWord, what: &str) {
        let warning = self.of_language(span, row, what).help(row.help);
        self.say(warning);
    }

    fn foreign_word(&mut self, span: Span, word: Span, row: &'static ForeignWord, what: &str) {
        let warning = self.of_language(span, row, what);
        let warning = row.explain(warning, word, &self.expansion.text);
        self.say(warning);
    }

    fn of_language(&self, span: Span, row: &ForeignWord, what: &str) -> Diagnostic {
        let message = format!("{what} is from {}: in the scope its words are search terms or metadata", row.origin());
        Diagnostic::warning(&codes::FOREIGN_SCOPE, span, message)
    }
}
