//! Whether two expressions, or two terms of the scope, are the same: each has a text, and the same means the same text.

use super::Lint;
use crate::diagnostics::Span;
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, PairValue, Search, SearchKind};

impl Lint<'_> {
    /// The text of an expression, whatever blanks, letter case of names and order of equal terms it was written in.
    /// What comes from a parameter has none.
    pub(super) fn same(&self, expr: &Expr) -> Option<String> {
        (!self.parametric(expr.span)).then(|| self.key(expr))
    }

    fn key(&self, expr: &Expr) -> String {
        let all = |terms: &[Expr]| terms.iter().map(|term| self.key(term)).collect::<Vec<_>>();
        let sorted = |terms: &[Expr]| {
            let mut keys = all(terms);
            keys.sort();
            keys.join(",")
        };
        let negated = |negated: bool, key: String| if negated { not(key) } else { key };
        match &expr.kind {
            ExprKind::Null => "null".into(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Number(n) => format!("{n:?}"),
            ExprKind::Text(text) => format!("{:?}", text.value()),
            ExprKind::Regex(regex) => format!("/{regex}/"),
            ExprKind::Path(path) => format!("path:{path:?}"),
            ExprKind::Field(name) => format!("%{:?}", name.key()),
            ExprKind::Call { name, args } => {
                let def = self.catalogue.function(&name.text);
                let name = def.map_or(name.key(), |def| def.name.to_lowercase());
                format!("{name}({})", all(args).join(","))
            }
            ExprKind::Not(inner) => not(self.key(inner)),
            ExprKind::Negative(inner) => format!("-({})", self.key(inner)),
            ExprKind::Binary { op, left, right } => {
                let mut sides = [self.key(left), self.key(right)];
                if matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
                    sides.sort();
                }
                format!("({}{}{})", sides[0], op.sign(), sides[1])
            }
            ExprKind::And(terms) => format!("and({})", sorted(terms)),
            ExprKind::Or(terms) => format!("or({})", sorted(terms)),
            ExprKind::If { condition, then, otherwise } => {
                format!("if({},{},{})", self.key(condition), self.key(then), self.key(otherwise))
            }
            ExprKind::In { value, list, negated: is } => {
                negated(*is, format!("in({},{})", self.key(value), sorted(list)))
            }
            ExprKind::Matches { value, pattern, negated: is } => {
                negated(*is, format!("matches({},{})", self.key(value), self.key(pattern)))
            }
            ExprKind::Subquery(subquery) => self.to_the_letter(subquery.span),
        }
    }

    /// What is the same only to the letter.
    fn to_the_letter(&self, span: Span) -> String {
        span.of(&self.expansion.text).to_string()
    }

    /// The text of a term of the scope, where letter case never counts.
    pub(super) fn same_term(&self, term: &Search) -> Option<String> {
        // The empty phrase is in every message, and comes of quotes written twice.
        let empty = matches!(&term.kind, SearchKind::Phrase(text) if text.raw.is_empty());
        (!empty && !self.parametric(term.span)).then(|| self.term_key(term))
    }

    fn term_key(&self, term: &Search) -> String {
        let sorted = |terms: &[Search]| {
            let mut keys: Vec<String> = terms.iter().map(|term| self.term_key(term)).collect();
            keys.sort();
            keys.join(",")
        };
        match &term.kind {
            SearchKind::All => "*".into(),
            SearchKind::Word(word) => format!("w{}", word.to_lowercase()),
            SearchKind::Phrase(text) => format!("{:?}", text.value().to_lowercase()),
            SearchKind::Pair { name, negated, value } => {
                let value = match value {
                    PairValue::Word(word) => word.to_lowercase(),
                    PairValue::Text(text) => format!("{:?}", text.value().to_lowercase()),
                };
                let pair = format!("{:?}={value}", name.key());
                if *negated { not(pair) } else { pair }
            }
            SearchKind::Test(condition) => format!("?{}", self.key(condition)),
            SearchKind::Subquery(subquery) => self.to_the_letter(subquery.span),
            SearchKind::And(terms) => format!("and({})", sorted(terms)),
            SearchKind::Or(terms) => format!("or({})", sorted(terms)),
            SearchKind::Not(inner) => not(self.term_key(inner)),
        }
    }
}

/// The text of the opposite.
pub(super) fn not(key: String) -> String {
    match key.strip_prefix("!(").and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => inner.to_string(),
        None => format!("!({key})"),
    }
}

/// The fields, in lower case, that an expression mentions.
pub(super) fn fields(expr: &Expr) -> Vec<String> {
    let mut names = crate::plan::referenced::of(expr);
    names.iter_mut().for_each(|name| *name = name.to_lowercase());
    names
}
