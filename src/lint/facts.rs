//! What is certain of fields and conditions at one point of the query.

use super::arithmetic::has_text;
use super::condition::choice;
use super::predicate::{Predicate, Values};
use super::same_expression::{fields, not};
use super::{Lint, same_expression};
use crate::diagnostics::Span;
use crate::plan::definitions::FunctionDef;
use crate::syntax::signature::Type;
use crate::syntax::tree::{Expr, ExprKind};
use std::collections::{HashMap, HashSet};

/// What a value is when it is not null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Not known.
    #[default]
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Bool,
}

/// What is certain of a value.
#[derive(Clone, Copy, Default)]
pub(super) struct ValueFacts {
    pub kind: ValueKind,
    /// It is never null.
    pub present: bool,
    /// The function it has gone through last, one that changes nothing when applied again.
    pub image: Option<&'static FunctionDef>,
    /// It is never below zero.
    pub natural: bool,
    /// It is a number with decimals for Sumo Logic, even where it has none: so `min` and its kin give it.
    pub double: bool,
    /// Where it was made.
    pub made: Option<Span>,
}

/// Why something holds at a point of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A `where` stage before lets no other rows through.
    Where,
    /// It is another term of the same `and`.
    And,
    /// The branch is taken only when it holds.
    Then,
    /// The branch is taken only when it does not hold.
    Else,
}

/// A condition that is known to hold, or not to hold.
#[derive(Clone)]
pub(super) struct Held {
    key: String,
    fields: Vec<String>,
    pub truth: bool,
    pub span: Span,
    pub origin: Origin,
}

/// Something that is true of a value.
#[derive(Clone)]
pub(super) struct Entry {
    subject: String,
    fields: Vec<String>,
    pub claim: Predicate,
    pub span: Span,
    pub origin: Origin,
}

/// All that is certain at one point.
#[derive(Clone, Default)]
pub(super) struct Known {
    facts: HashMap<String, ValueFacts>,
    held: Vec<Held>,
    claims: Vec<Entry>,
    /// The rows are messages, and these names have been made of them.
    messages: Option<HashSet<String>>,
}

impl Known {
    /// What is certain of messages.
    pub fn of_messages() -> Known {
        let number = |name: &str| (name.to_string(), ValueFacts { kind: ValueKind::Number, ..ValueFacts::default() });
        let facts = ["_messagetime", "_receipttime", "_size"].map(number);
        let raw = ("_raw".to_string(), ValueFacts { kind: ValueKind::Text, ..ValueFacts::default() });
        Known { facts: facts.into_iter().chain([raw]).collect(), messages: Some(HashSet::new()), ..Known::default() }
    }

    /// Whether a name, in lower case, can only be that of metadata so far.
    pub fn is_metadata(&self, name: &str) -> bool {
        self.messages.as_ref().is_some_and(|made| !made.contains(name)) && !self.facts.contains_key(name)
    }

    /// A stage has made a name.
    pub fn made(&mut self, name: &str) {
        if let Some(made) = &mut self.messages {
            made.insert(name.to_string());
        }
    }

    /// A field, by its name in lower case, has a new value.
    pub fn forget(&mut self, name: &str) {
        self.facts.remove(name);
        self.held.retain(|held| !held.fields.iter().any(|field| field == name));
        self.claims.retain(|entry| !entry.fields.iter().any(|field| field == name));
    }

    /// What is certain of a field.
    pub fn set(&mut self, name: &str, fact: ValueFacts) {
        self.facts.insert(name.to_string(), fact);
    }

    /// What is certain of a field.
    pub fn get(&self, name: &str) -> Option<&ValueFacts> {
        self.facts.get(name)
    }

    /// The condition with this text, if it is known to hold or not to.
    pub fn held(&self, key: &str) -> Option<Held> {
        let opposite = key.starts_with("!(").then(|| not(key.to_string()));
        let key = opposite.as_deref().unwrap_or(key);
        let held = self.held.iter().find(|held| held.key == key)?;
        Some(Held { truth: held.truth != opposite.is_some(), ..held.clone() })
    }

    /// What is claimed of a value.
    pub fn claims<'k>(&'k self, subject: &'k str) -> impl Iterator<Item = &'k Entry> + 'k {
        self.claims.iter().filter(move |entry| entry.subject == subject)
    }
}

impl Lint<'_> {
    /// Takes note that a condition holds, or does not.
    pub(super) fn assume(&self, known: &mut Known, expr: &Expr, truth: bool, origin: Origin) {
        // What does not hold need not be false: it may be null, and then its opposite does not hold either.
        self.assume_part(known, expr, truth, (origin, None, !truth));
    }

    /// Inside a negation, `why` has its place: that is what holds, not the condition in it. Its last says that all that is
    /// known is that something does not hold.
    fn assume_part(&self, known: &mut Known, expr: &Expr, truth: bool, why: (Origin, Option<Span>, bool)) {
        match (&expr.kind, truth) {
            (ExprKind::Not(inner), _) => {
                return self.assume_part(known, inner, !truth, (why.0, why.1.or(Some(expr.span)), why.2));
            }
            (ExprKind::And(terms), true) | (ExprKind::Or(terms), false) => {
                return terms.iter().for_each(|term| self.assume_part(known, term, truth, why));
            }
            _ => {}
        }
        let (origin, span) = (why.0, why.1.unwrap_or(expr.span));
        if why.2 && !self.is_never_null(expr) {
            return;
        }
        let Some(key) = self.same(expr) else { return };
        let (key, holds) = match key.starts_with("!(") {
            true => (not(key), !truth),
            false => (key, truth),
        };
        known.held.push(Held { key, fields: fields(expr), truth: holds, span, origin });
        let claim = match (self.claim(expr), truth) {
            (Some((subject, claim)), true) => Some((subject, claim)),
            (Some((subject, claim)), false) => claim.opposite().map(|claim| (subject, claim)),
            (None, true) => self.claim_of_any(expr),
            (None, false) => None,
        };
        if let Some((subject, claim)) = claim
            && let Some(key) = self.same(subject)
        {
            known.claims.push(Entry { subject: key, fields: fields(subject), claim, span, origin });
        }
    }

    /// Whether a condition is true or false, whatever the data are.
    fn is_never_null(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Binary { op, .. } => op.compares(),
            ExprKind::In { .. } | ExprKind::Matches { .. } | ExprKind::Subquery(_) | ExprKind::Bool(_) => true,
            ExprKind::Not(inner) => self.is_never_null(inner),
            ExprKind::And(terms) | ExprKind::Or(terms) => terms.iter().all(|term| self.is_never_null(term)),
            ExprKind::Call { name, .. } => {
                let name = self.catalogue.function(&name.text).map(|def| def.name);
                matches!(name, Some("isNull" | "isEmpty" | "isBlank"))
            }
            _ => false,
        }
    }

    /// What an `or` says when all its terms speak of the same value.
    fn claim_of_any<'e>(&self, expr: &'e Expr) -> Option<(&'e Expr, Predicate)> {
        let ExprKind::Or(terms) = &expr.kind else { return None };
        let claims: Vec<(&Expr, Predicate)> = terms.iter().map(|term| self.claim(term)).collect::<Option<_>>()?;
        let subject = claims.first()?.0;
        let key = self.same(subject)?;
        if claims.iter().any(|(other, _)| self.same(other).as_ref() != Some(&key)) {
            return None;
        }
        let values: Option<Vec<&Values>> = claims
            .iter()
            .map(|(_, claim)| match claim {
                Predicate::OneOf(values) => Some(values),
                _ => None,
            })
            .collect();
        if let Some(values) = values {
            let list = values.iter().flat_map(|values| values.list.iter().cloned()).collect();
            let typed = values.iter().all(|values| values.typed);
            return Some((subject, Predicate::OneOf(Values { list, typed })));
        }
        let present = claims.iter().all(|(_, claim)| claim.conflicts(&Predicate::Null, ValueKind::Any));
        present.then_some((subject, Predicate::Present))
    }

    /// What is certain of the value of an expression.
    pub(super) fn fact(&self, expr: &Expr, known: &Known) -> ValueFacts {
        let kind = |kind| ValueFacts { kind, ..ValueFacts::default() };
        if let Some((condition, then, otherwise)) = choice(expr) {
            let (mut yes, mut no) = (known.clone(), known.clone());
            self.assume(&mut yes, condition, true, Origin::Then);
            self.assume(&mut no, condition, false, Origin::Else);
            let (a, b) = (self.fact(then, &yes), self.fact(otherwise, &no));
            return ValueFacts {
                kind: if a.kind == b.kind { a.kind } else { ValueKind::Any },
                present: a.present && b.present,
                natural: a.natural && b.natural,
                double: a.double && b.double,
                image: a.image.filter(|a| b.image.is_some_and(|b| b.signature.name == a.signature.name)),
                made: None,
            };
        }
        match &expr.kind {
            ExprKind::Null | ExprKind::Regex(_) | ExprKind::Path(_) => ValueFacts::default(),
            ExprKind::Bool(_) => ValueFacts { present: true, ..kind(ValueKind::Bool) },
            ExprKind::Number(_) => ValueFacts { present: true, natural: true, ..kind(ValueKind::Number) },
            ExprKind::Text(_) => ValueFacts { present: true, ..kind(ValueKind::Text) },
            ExprKind::Field(name) => {
                let mut fact = known.get(&name.key()).copied().unwrap_or_default();
                fact.present |= self
                    .same(expr)
                    .is_some_and(|key| known.claims(&key).any(|e| e.claim.conflicts(&Predicate::Null, fact.kind)));
                fact
            }
            ExprKind::Call { name, args } => self.fact_of_call(self.catalogue.function_def(&name.text), args, known),
            ExprKind::Negative(inner) => {
                ValueFacts { double: self.fact(inner, known).double, ..kind(ValueKind::Number) }
            }
            // With a text it is no number: that is told by itself.
            ExprKind::Binary { .. } if has_text(expr) => ValueFacts::default(),
            ExprKind::Binary { op, left, right } if !op.compares() => {
                let double = [left, right].into_iter().any(|side| self.fact(side, known).double);
                ValueFacts { double, ..kind(ValueKind::Number) }
            }
            ExprKind::Not(_)
            | ExprKind::Binary { .. }
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::In { .. }
            | ExprKind::Matches { .. }
            | ExprKind::Subquery(_) => ValueFacts { present: self.is_never_null(expr), ..kind(ValueKind::Bool) },
            ExprKind::If { .. } => ValueFacts::default(),
        }
    }

    fn fact_of_call(&self, def: Option<&'static FunctionDef>, args: &[Expr], known: &Known) -> ValueFacts {
        let Some(def) = def else { return ValueFacts::default() };
        let kind = match def.signature.returns {
            Type::Text => ValueKind::Text,
            Type::Number => ValueKind::Number,
            Type::Bool => ValueKind::Bool,
            Type::Any | Type::Pattern => ValueKind::Any,
        };
        let mut fact = ValueFacts { kind, ..ValueFacts::default() };
        match def.signature.name {
            "length" => (fact.present, fact.natural) = (true, true),
            "isNull" | "isEmpty" | "isBlank" => fact.present = true,
            "toLowerCase" | "toUpperCase" | "trim" => {
                fact.image = Some(def);
                // Of anything but a text they give null.
                let of = args.first().map(|arg| self.fact(arg, known)).unwrap_or_default();
                fact.present = of.present && of.kind == ValueKind::Text;
            }
            _ => {}
        }
        fact
    }

    /// The text by which claims about a value are found; none when it comes from a parameter or is a literal.
    pub(super) fn subject(&self, expr: &Expr) -> Option<String> {
        if same_expression::fields(expr).is_empty() { None } else { self.same(expr) }
    }
}
