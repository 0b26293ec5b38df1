//! Conditions and other expressions: what can't hold, always holds, or is there twice.

use super::Lint;
use super::facts::{Held, Known, Origin, ValueKind};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::syntax::tree::{Expr, ExprKind};

/// Where a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConditionRole {
    /// All rows must fulfil it.
    Filter,
    /// It is part of something larger: a branch, a term of an `or`. What an earlier `where` stage has made certain may be
    /// asked again there: a default that is never given does no harm.
    Part,
    /// It is a value that somebody names: whether it holds decides nothing here.
    Value,
}

impl ConditionRole {
    /// That of what it is made of, where not all of it must hold.
    fn inner(self) -> ConditionRole {
        if self == ConditionRole::Filter { ConditionRole::Part } else { self }
    }
}

/// The parts of `if(a, b, c)` or `a ? b : c`.
pub(super) fn choice(expr: &Expr) -> Option<(&Expr, &Expr, &Expr)> {
    match &expr.kind {
        ExprKind::If { condition, then, otherwise } => Some((condition, then, otherwise)),
        ExprKind::Call { name, args } if name.text.eq_ignore_ascii_case("if") => match args.as_slice() {
            [condition, then, otherwise] => Some((condition, then, otherwise)),
            _ => None,
        },
        _ => None,
    }
}

impl Lint<'_> {
    /// Checks a condition.
    pub(super) fn condition(&mut self, expr: &Expr, known: &Known, place: ConditionRole) {
        if let Some(value) = self.constant(expr) {
            let holds = value.borrow().is_true();
            if place != ConditionRole::Value {
                self.constant_condition(expr, holds);
            }
            return;
        }
        if let Some(held) = self.same(expr).and_then(|key| known.held(&key))
            && self.known_condition(expr, &held, place)
        {
            return;
        }
        self.parts(expr, known, place);
    }

    /// Checks an expression that is not only asked whether it holds.
    pub(super) fn value(&mut self, expr: &Expr, known: &Known) {
        self.parts(expr, known, ConditionRole::Value);
    }

    fn parts(&mut self, expr: &Expr, known: &Known, place: ConditionRole) {
        if let Some((condition, then, otherwise)) = choice(expr) {
            return self.choice(expr.span, [condition, then, otherwise], known);
        }
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Regex(_)
            | ExprKind::Field(_)
            | ExprKind::Path(_)
            | ExprKind::If { .. } => {}
            ExprKind::Subquery(subquery) => self.subquery(subquery),
            ExprKind::Negative(inner) => {
                self.computed(expr);
                self.value(inner, known);
            }
            // To ask for a value that another condition asks for too does no harm.
            ExprKind::Not(inner) if self.claimed_present(inner, known) => {}
            ExprKind::Not(inner) => self.condition(inner, known, place.inner()),
            ExprKind::And(terms) => self.all(terms, known, place),
            ExprKind::Or(terms) => self.any(terms, known, place.inner()),
            ExprKind::Call { name, args } => {
                args.iter().for_each(|arg| self.value(arg, known));
                self.call(name, args, known);
                self.atom(expr, known);
            }
            ExprKind::Binary { left, right, .. } => {
                self.computed(expr);
                self.value(left, known);
                self.value(right, known);
                self.atom(expr, known);
            }
            ExprKind::In { value, list, .. } => {
                self.value(value, known);
                list.iter().for_each(|item| self.value(item, known));
                self.atom(expr, known);
            }
            ExprKind::Matches { value, pattern, .. } => {
                self.value(value, known);
                self.value(pattern, known);
                self.atom(expr, known);
            }
        }
    }

    fn all(&mut self, terms: &[Expr], known: &Known, place: ConditionRole) {
        let mut inner = known.clone();
        for term in terms {
            self.condition(term, &inner, place);
            self.assume(&mut inner, term, true, Origin::And);
        }
    }

    fn any(&mut self, terms: &[Expr], known: &Known, place: ConditionRole) {
        let mut seen: Vec<(String, Span)> = Vec::new();
        let mut claims = Vec::new();
        for term in terms {
            let key = self.same(term);
            if let Some((_, first)) = key.as_ref().and_then(|key| seen.iter().find(|(known, _)| known == key)) {
                let first = *first;
                self.repeated(term.span, first, "it is already here", "remove one of the two, or correct it");
                continue;
            }
            seen.extend(key.map(|key| (key, term.span)));
            self.condition(term, known, place);
            if let Some((subject, claim)) = self.claim(term)
                && let Some(key) = self.subject(subject)
            {
                claims.push((key, self.fact(subject, known).kind, claim, term.span));
            }
        }
        self.covered(&claims);
    }

    /// Two terms of an `or` of which one always holds.
    fn covered(&mut self, claims: &[(String, ValueKind, super::predicate::Predicate, Span)]) {
        for (at, (subject, kind, claim, span)) in claims.iter().enumerate() {
            let fits = |(other, _, first, _): &&(String, ValueKind, super::predicate::Predicate, Span)| {
                other == subject && first.covers_with(claim, *kind)
            };
            if let Some((.., first)) = claims[..at].iter().find(fits) {
                let message =
                    format!("`{}` or `{}`: one of the two is always true", self.text(*first), self.text(*span));
                let warning = Diagnostic::warning(&codes::ALWAYS, *span, message)
                    .label(*first, "every value that fails this passes the other")
                    .help("to exclude both values, join the conditions with `and`");
                return self.say(warning);
            }
        }
    }

    fn choice(&mut self, span: Span, [condition, then, otherwise]: [&Expr; 3], known: &Known) {
        self.condition(condition, known, ConditionRole::Part);
        if let (Some(a), Some(b)) = (self.same(then), self.same(otherwise))
            && a == b
            && !self.parametric(span)
        {
            let message = format!("both results are `{}`: the condition has no effect", self.text(then.span));
            let warning = Diagnostic::warning(&codes::SAME_RESULTS, otherwise.span, message)
                .label(then.span, "same as this")
                .help("change one of the results, or remove the `if`");
            self.say(warning);
        }
        let (mut yes, mut no) = (known.clone(), known.clone());
        self.assume(&mut yes, condition, true, Origin::Then);
        self.assume(&mut no, condition, false, Origin::Else);
        for (branch, known) in [(then, &yes), (otherwise, &no)] {
            match &branch.kind {
                ExprKind::Bool(_) => {}
                _ => self.value(branch, known),
            }
        }
    }

    fn constant_condition(&mut self, expr: &Expr, holds: bool) {
        let text = self.text(expr.span);
        match holds {
            true => {
                let message = format!("`{text}` is always true: it contains no field");
                self.warn(&codes::ALWAYS, expr.span, message, "compare a field, or remove the condition");
            }
            false => {
                let message = format!("`{text}` is never true: it contains no field");
                self.warn(
                    &codes::NEVER,
                    expr.span,
                    message,
                    "compare a field, or remove what depends on the \
                                                              condition",
                );
            }
        }
    }

    /// Says that a condition is known to hold or not to, unless that does no harm. The answer is whether it has been said.
    fn known_condition(&mut self, expr: &Expr, held: &Held, place: ConditionRole) -> bool {
        match (held.truth, held.origin) {
            (true, Origin::Where) if place != ConditionRole::Filter => return false,
            (true, Origin::Where) => {
                let label = "rows have already passed it here";
                self.repeated(expr.span, held.span, label, "remove one of the two, or correct it");
            }
            (true, Origin::And) => {
                self.repeated(expr.span, held.span, "it is already here", "remove one of the two, or correct it");
            }
            (true, Origin::Then | Origin::Else) => {
                let message = format!("`{}` is always true here", self.text(expr.span));
                let warning = Diagnostic::warning(&codes::ALWAYS, expr.span, message)
                    .label(held.span, because(held.origin))
                    .help("remove it, or correct it");
                self.say(warning);
            }
            (false, origin) => self.never(expr.span, held.span, origin),
        }
        true
    }

    fn repeated(&mut self, span: Span, first: Span, label: &str, help: &str) {
        let message = format!("the condition `{}` is repeated", self.text(span));
        self.say(Diagnostic::warning(&codes::REPEATED, span, message).label(first, label).help(help));
    }

    /// Says that a condition can't hold because of another.
    pub(super) fn never(&mut self, span: Span, other: Span, origin: Origin) {
        let message = format!("`{}` can't be true here", self.text(span));
        let help = match origin {
            Origin::Where | Origin::And => {
                "no value satisfies both: correct one, join them with `or`, or remove this \
                                            one"
            }
            Origin::Then => "no value satisfies both: correct one, or remove this one",
            Origin::Else => "put the narrower condition first, or remove this one",
        };
        self.say(Diagnostic::warning(&codes::NEVER, span, message).label(other, because(origin)).help(help));
    }
}

fn because(origin: Origin) -> &'static str {
    match origin {
        Origin::Where => "rows have already passed this condition",
        Origin::And => "this must be true as well",
        Origin::Then => "this is true here",
        Origin::Else => "this is false here",
    }
}
