//! Stars that are no wildcards where they stand: between quotes, for a part of a term inside a phrase, and in what is
//! compared as it is.

use super::Lint;
use super::pattern::{looks_wild, without_share};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::program::matching::terms::Term;
use crate::syntax::tree::{Expr, Name, PairValue, Search, SearchKind, Text};

/// How many further places a warning shows.
const SHOWN: usize = 5;

/// A term of the scope with a star between quotes.
struct Quoted {
    /// The value or phrase.
    span: Span,
    /// What to write instead.
    help: String,
}

impl Lint<'_> {
    /// Checks the wildcards of a scope. Generated scopes have hundreds of them between quotes: that is told once.
    pub(super) fn wildcards(&mut self, search: &Search) {
        let mut found = Vec::new();
        self.wildcard(search, false, &mut found);
        let Some(first) = found.first() else { return };
        let more = match found.len() - 1 {
            0 => String::new(),
            1 => ", also in 1 more term".to_string(),
            more => format!(", also in {more} more terms"),
        };
        let message = format!("`*` in quotes is not a wildcard: this matches only a literal `*`{more}");
        let warning = Diagnostic::warning(&codes::QUOTED_WILDCARD, first.span, message).help(first.help.as_str());
        let others = found.iter().skip(1).take(SHOWN);
        self.say(others.fold(warning, |warning, other| warning.label(other.span, "also here")));
    }

    fn wildcard(&mut self, search: &Search, negated: bool, found: &mut Vec<Quoted>) {
        if !matches!(search.kind, SearchKind::And(_) | SearchKind::Or(_) | SearchKind::Not(_))
            && self.parametric(search.span)
        {
            return;
        }
        match &search.kind {
            SearchKind::All | SearchKind::Test(_) | SearchKind::Subquery(_) => {}
            SearchKind::Word(word) => self.partial(word, search.span),
            SearchKind::Phrase(text) => found.extend(self.phrase(text, negated)),
            SearchKind::Pair { name, negated: unequal, value: PairValue::Text(text) } => {
                found.extend(self.pair(name, text, negated != *unequal));
            }
            SearchKind::Pair { .. } => {}
            SearchKind::And(terms) | SearchKind::Or(terms) => {
                terms.iter().for_each(|term| self.wildcard(term, negated, found));
            }
            SearchKind::Not(inner) => self.wildcard(inner, !negated, found),
        }
    }

    /// A pair whose value stands between quotes: metadata have no stars, so one is meant as a wildcard.
    fn pair(&self, name: &Name, text: &Text, negated: bool) -> Option<Quoted> {
        let value = text.value();
        let metadata = name.text.starts_with('_');
        let starred = without_share(&value).contains('*') || (metadata && value.contains('?'));
        if !starred {
            return None;
        }
        let name = name.span.of(&self.expansion.text);
        let help = match plain(&value) {
            true => format!("remove the quotes: `{name}={value}`"),
            false => self.as_condition(name, text, negated),
        };
        Some(Quoted { span: text.span, help })
    }

    fn phrase(&self, text: &Text, negated: bool) -> Option<Quoted> {
        let value = text.value();
        if !looks_wild(&value) {
            return None;
        }
        let help = match plain(&value) && !Term::word(&value).is_hopeless() {
            true => format!("remove the quotes: `{value}`"),
            false => self.as_condition("_raw", text, negated),
        };
        Some(Quoted { span: text.span, help })
    }

    /// The condition that a term of the scope is with its wildcards.
    fn as_condition(&self, field: &str, text: &Text, negated: bool) -> String {
        let matches = format!("{field} matches {}", doubled(text.span.of(&self.expansion.text)));
        match negated {
            true => format!("use a condition: `| where !({matches})`"),
            false => format!("use a condition: `| where {matches}`"),
        }
    }

    /// A word with signs in it whose wildcard stands for a part of a term, inwards.
    fn partial(&mut self, word: &str, span: Span) {
        if !Term::word(word).is_hopeless() {
            return;
        }
        let message = format!(
            "`{}` matches nothing: inside a phrase, `*` stands for a whole term, not for part of one",
            self.text(span)
        );
        let is_sign = |c: char| !c.is_alphanumeric() && !"_*?".contains(c);
        let terms: Vec<&str> = word.split(is_sign).filter(|term| term.contains(char::is_alphanumeric)).collect();
        let help = format!("write separate terms, `{}`, or `*` for the whole term", terms.join(" "));
        self.warn(&codes::PARTIAL_WILDCARD, span, message, &help);
    }

    /// `x = "a*"`: whether it was told.
    pub(super) fn literal_star(
        &mut self,
        subject: &Expr,
        text: &str,
        negated: bool,
        span: Span,
        written: Span,
    ) -> bool {
        if !looks_wild(text) {
            return false;
        }
        let matches = format!("{} matches {}", self.text(subject.span), self.text(written));
        let help = if negated { format!("write `!({matches})`") } else { format!("write `{matches}`") };
        let message = format!("`{}` compares with a literal `*`: it is not a wildcard here", self.text(span));
        self.warn(&codes::LITERAL_STAR, span, message, &help);
        true
    }

    /// The same for items of a list.
    pub(super) fn literal_stars(&mut self, subject: &Expr, list: &[Expr], negated: bool) -> bool {
        let is_wild = |item: &&Expr| self.constant_text(item).is_some_and(|text| looks_wild(&text));
        let (wild, others): (Vec<&Expr>, Vec<&Expr>) = list.iter().partition(is_wild);
        let (Some(first), Some(last)) = (wild.first(), wild.last()) else { return false };
        let value = self.text(subject.span);
        let mut terms: Vec<String> =
            wild.iter().take(SHOWN).map(|item| format!("{value} matches {}", self.text(item.span))).collect();
        if wild.len() > SHOWN {
            terms.push("…".into());
        }
        match others.as_slice() {
            [] => {}
            [other] => terms.push(format!("{value} = {}", self.text(other.span))),
            _ => terms.push(format!("{value} in (…)")),
        }
        let condition = terms.join(" or ");
        let help = if negated { format!("write `!({condition})`") } else { format!("write `{condition}`") };
        let message = "`in` compares with a literal `*`: it is not a wildcard in a list".to_string();
        self.warn(&codes::LITERAL_STAR, first.span.to(last.span), message, &help);
        true
    }
}

/// A text with its backslashes as a condition needs them: in scopes, paths often have single ones.
fn doubled(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut chars = written.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '\\' {
            out.push(chars.next_if(|next| matches!(next, '\\' | '"')).unwrap_or('\\'));
        }
    }
    out
}

/// Whether a text can stand in the scope without quotes (manual page `keyword-search-expressions`).
fn plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_:/.+@#$%^*?".contains(c))
}
