//! A condition with the value that each part of it has for one row, and the leaf that decided.

use super::serialised;
use crate::diagnostics::Span;
use crate::plan::traced;
use crate::plan::traced::{Node, NodeKind, Traced, What};
use crate::program::batch::Row;
use crate::program::expression::joined;
use serde::Serialize;
use sumoql_data::value::Owned;

/// A condition or choice, with its value for one row.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Verdict {
    /// Where it stands.
    pub span: Span,
    /// The line in which it begins, counted from 1.
    pub line: usize,
    /// Its value. That of a condition is true or false.
    #[serde(serialize_with = "serialised::value")]
    pub value: Owned,
    /// Its parts.
    pub parts: Parts,
    /// It is the leaf that decided about the whole.
    pub decided: bool,
}

/// What a verdict is made of.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Parts {
    /// All must hold.
    All(Vec<Verdict>),
    /// One must hold.
    Any(Vec<Verdict>),
    /// The opposite.
    Not(Box<Verdict>),
    /// A condition, and the value of the branch that it chose.
    Choice(Box<(Verdict, Verdict)>),
    /// Nothing to take apart.
    Leaf(Leaf),
}

/// A condition that is not taken apart, for one row.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Leaf {
    /// The text that was read: as written, with the values of parameters.
    pub text: String,
    /// The fields it reads, with their values.
    #[serde(serialize_with = "serialised::fields")]
    pub fields: Vec<(String, Owned)>,
    /// Whether it is false only because of letter case.
    pub differs_in_case: bool,
}

impl Verdict {
    /// The same, if it is a leaf.
    pub fn leaf(&self) -> Option<&Leaf> {
        match &self.parts {
            Parts::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }

    /// The leaves that make it hold. What is excluded and does not occur is left out.
    pub fn holding(&self) -> Vec<&Verdict> {
        match &self.parts {
            Parts::Leaf(_) if self.holds() => vec![self],
            Parts::All(list) => list.iter().flat_map(Verdict::holding).collect(),
            Parts::Any(list) => list.iter().find(|part| part.holds()).map_or(Vec::new(), Verdict::holding),
            Parts::Leaf(_) | Parts::Not(_) | Parts::Choice(_) => Vec::new(),
        }
    }

    /// The leaf that decided, and how many leaves side by side, itself among them, had to hold and do not.
    pub fn decider_among(&self) -> Option<(&Verdict, usize)> {
        self.decider_beside(1)
    }

    fn decider_beside(&self, beside: usize) -> Option<(&Verdict, usize)> {
        match &self.parts {
            _ if self.decided => Some((self, beside)),
            Parts::All(list) => list.iter().find_map(|part| part.decider_beside(1)),
            Parts::Any(list) => {
                let plain = list.iter().all(|part| part.leaf().is_some());
                let beside = if plain && !self.holds() { list.len() } else { 1 };
                list.iter().find_map(|part| part.decider_beside(beside))
            }
            Parts::Not(inner) => inner.decider_beside(1),
            Parts::Choice(parts) => parts.0.decider_beside(1),
            Parts::Leaf(_) => None,
        }
    }

    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.value.borrow().is_true()
    }

    /// The same, or `None` where it is null, so that its opposite does not hold either.
    fn truth(&self) -> Option<bool> {
        self.value.borrow().truth()
    }

    /// The leaf that decided about the whole.
    pub fn decider(&self) -> Option<&Verdict> {
        match &self.parts {
            _ if self.decided => Some(self),
            Parts::All(list) | Parts::Any(list) => list.iter().find_map(Verdict::decider),
            Parts::Not(inner) => inner.decider(),
            Parts::Choice(parts) => parts.0.decider().or_else(|| parts.1.decider()),
            Parts::Leaf(_) => None,
        }
    }

    /// Whether the decision lies in it.
    pub fn decides(&self) -> bool {
        self.decider().is_some()
    }

    /// How many leaves it has.
    pub fn leaves(&self) -> usize {
        match &self.parts {
            Parts::All(list) | Parts::Any(list) => list.iter().map(Verdict::leaves).sum(),
            Parts::Not(inner) => inner.leaves(),
            Parts::Choice(parts) => parts.0.leaves() + parts.1.leaves(),
            Parts::Leaf(_) => 1,
        }
    }
}

/// The verdict on a row.
pub fn judge<'m>(traced: &Traced, node: &'m Node, row: Row<'_, 'm>) -> Verdict {
    let mut verdict = value_of(traced, node, row);
    mark(&mut verdict);
    verdict
}

/// The value of a leaf for a row.
pub fn leaf_value<'m>(leaf: &'m traced::Leaf, row: Row<'_, 'm>) -> Owned {
    match &leaf.what {
        What::Expression(eval) => eval.value(row).owned(),
        What::Scope(search) => Owned::Bool(search.test(row)),
    }
}

fn truth_value(truth: Option<bool>) -> Owned {
    truth.map_or(Owned::Null, Owned::Bool)
}

fn value_of<'m>(traced: &Traced, node: &'m Node, row: Row<'_, 'm>) -> Verdict {
    let (value, parts) = match &node.kind {
        NodeKind::All(list) => {
            let list: Vec<_> = list.iter().map(|part| value_of(traced, part, row)).collect();
            (truth_value(joined(list.iter().map(Verdict::truth), false)), Parts::All(list))
        }
        NodeKind::Any(list) => {
            let list: Vec<_> = list.iter().map(|part| value_of(traced, part, row)).collect();
            (truth_value(joined(list.iter().map(Verdict::truth), true)), Parts::Any(list))
        }
        NodeKind::Not(inner) => {
            let inner = value_of(traced, inner, row);
            (truth_value(inner.truth().map(|holds| !holds)), Parts::Not(Box::new(inner)))
        }
        NodeKind::Choice(parts) => {
            let condition = judge(traced, &parts.0, row);
            let chosen = value_of(traced, if condition.holds() { &parts.1 } else { &parts.2 }, row);
            (chosen.value.clone(), Parts::Choice(Box::new((condition, chosen))))
        }
        NodeKind::Leaf(leaf) => {
            let value = leaf_value(leaf, row);
            let fields: Vec<_> =
                leaf.fields.iter().map(|(name, slot)| (name.clone(), row.get(*slot).owned())).collect();
            let by_case = match (&leaf.loose, fields.first()) {
                (Some(loose), Some((_, field))) if !value.borrow().is_true() && !field.borrow().is_null() => {
                    loose.fits(&field.to_string())
                }
                _ => false,
            };
            let text = node.span.of(&traced.text).to_string();
            (value, Parts::Leaf(Leaf { text, fields, differs_in_case: by_case }))
        }
    };
    let (span, line) = traced.place_of(node.span);
    Verdict { span, line, value, parts, decided: false }
}

/// Marks the leaf that decided. Where several could be named, the one is that the least would have to change to turn the
/// whole round: the branch of an `or` that came nearest.
fn mark(verdict: &mut Verdict) {
    let holds = verdict.holds();
    match &mut verdict.parts {
        Parts::All(list) if holds => {
            let last = list.iter().rposition(|part| !matches!(part.parts, Parts::Not(_)));
            let last = last.or(list.len().checked_sub(1));
            if let Some(part) = last.and_then(|at| list.get_mut(at)) {
                mark(part);
            }
        }
        Parts::All(list) => list.iter_mut().find(|part| !part.holds()).into_iter().for_each(mark),
        Parts::Any(list) if holds => list.iter_mut().find(|part| part.holds()).into_iter().for_each(mark),
        Parts::Any(list) => list.iter_mut().min_by_key(|part| distance(part, true)).into_iter().for_each(mark),
        Parts::Not(inner) => mark(inner),
        // Its condition is marked by itself.
        Parts::Choice(_) => {}
        Parts::Leaf(_) => verdict.decided = true,
    }
}

/// How much would have to change for a verdict to become `wanted`.
fn distance(verdict: &Verdict, wanted: bool) -> u64 {
    if verdict.holds() == wanted {
        return 0;
    }
    let of = |list: &[Verdict]| list.iter().map(|part| distance(part, wanted)).collect::<Vec<_>>();
    match &verdict.parts {
        Parts::All(list) if wanted => of(list).into_iter().sum(),
        Parts::Any(list) if !wanted => of(list).into_iter().sum(),
        Parts::All(list) | Parts::Any(list) => of(list).into_iter().min().unwrap_or(0),
        // Null, turned round, is null again.
        Parts::Not(inner) if inner.truth().is_none() => 4,
        Parts::Not(inner) => distance(inner, !wanted),
        // A value that is not there is further away than another value, letter case is nearest.
        Parts::Leaf(leaf) if leaf.differs_in_case => 2,
        Parts::Leaf(leaf) if leaf.fields.iter().any(|(_, value)| value.borrow().is_null()) => 4,
        Parts::Choice(_) | Parts::Leaf(_) => 3,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A leaf named by its place, with its value; it reads a field with a value or without.
    fn leaf(at: usize, value: Option<bool>, field: Option<&str>, by_case: bool) -> Verdict {
        let field = field.map_or(Owned::Null, |text| Owned::Text(text.into()));
        let leaf = Leaf { text: "f".into(), fields: vec![("f".into(), field)], differs_in_case: by_case };
        let parts = Parts::Leaf(leaf);
        Verdict { span: Span::new(at, at + 1), line: 1, value: truth_value(value), parts, decided: false }
    }

    fn yes(at: usize) -> Verdict {
        leaf(at, Some(true), Some("x"), false)
    }

    fn no(at: usize) -> Verdict {
        leaf(at, Some(false), Some("x"), false)
    }

    /// It would hold, letter case aside.
    fn case(at: usize) -> Verdict {
        leaf(at, Some(false), Some("X"), true)
    }

    /// Its field has no value.
    fn null(at: usize) -> Verdict {
        leaf(at, Some(false), None, false)
    }

    fn with(parts: Parts, value: Option<bool>) -> Verdict {
        Verdict { span: Span::default(), line: 1, value: truth_value(value), parts, decided: false }
    }

    fn all(list: Vec<Verdict>) -> Verdict {
        let value = joined(list.iter().map(Verdict::truth), false);
        with(Parts::All(list), value)
    }

    fn any(list: Vec<Verdict>) -> Verdict {
        let value = joined(list.iter().map(Verdict::truth), true);
        with(Parts::Any(list), value)
    }

    fn not(inner: Verdict) -> Verdict {
        let value = inner.truth().map(|holds| !holds);
        with(Parts::Not(Box::new(inner)), value)
    }

    #[test]
    fn the_leaf_that_decides() {
        for (what, mut verdict, decider) in [
            ("the first that fails of all", all(vec![yes(1), no(2), no(3)]), 2),
            ("the last of all that hold", all(vec![yes(1), yes(2)]), 2),
            ("an exclusion is what holds anyway", all(vec![yes(1), not(no(2))]), 1),
            ("unless there is nothing else", all(vec![not(no(1)), not(no(2))]), 2),
            ("the first that holds of any", any(vec![no(1), yes(2), yes(3)]), 2),
            ("of any that fail, the nearest", any(vec![null(1), no(2), case(3)]), 3),
            ("a value is nearer than none", any(vec![null(1), no(2)]), 2),
            ("a branch of one is nearer than one of two", any(vec![all(vec![no(1), no(2)]), no(3)]), 3),
            ("a branch that lacks the least", any(vec![all(vec![no(1), no(2)]), all(vec![yes(3), no(4)])]), 4),
            ("what is excluded", not(any(vec![no(1), yes(2)])), 2),
            ("null is no opposite of itself", any(vec![not(leaf(1, None, None, false)), no(2)]), 2),
        ] {
            mark(&mut verdict);
            assert_eq!(verdict.decider().map(|leaf| leaf.span.start), Some(decider), "{what}");
            assert!(verdict.decides());
        }
    }

    #[test]
    fn values_and_leaves() {
        let tree = any(vec![all(vec![yes(1), null(2)]), not(no(3))]);
        assert!(tree.holds() && tree.leaves() == 3 && tree.decider().is_none());
        let unknown = not(leaf(1, None, None, false));
        assert!(!unknown.holds() && !not(unknown).holds());
        let choice = with(Parts::Choice(Box::new((no(1), yes(2)))), Some(true));
        assert_eq!(choice.leaves(), 2);
    }
}
