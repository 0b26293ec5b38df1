//! Which leaves of the conditions of a query were ever true, and ever false, over some messages.
//!
//! A leaf counts where it is asked: what stands before it, in an `and` or an `or`, must have left the decision to it.

use super::verdict::leaf_value;
use crate::diagnostics::Span;
use crate::plan::traced::{Node, NodeKind, Traced};
use crate::program::batch::Row;

/// A leaf and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafCount {
    /// The stage, counted from 1.
    pub stage: usize,
    /// Where it stands.
    pub span: Span,
    /// How often it was true.
    pub held: u64,
    /// How often it was false.
    pub failed: u64,
}

/// The leaves of all conditions of a query, in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// The leaves.
    pub leaves: Vec<LeafCount>,
}

impl Coverage {
    /// Nothing was seen yet.
    pub fn new(traced: &Traced) -> Coverage {
        let mut leaves = Vec::new();
        for (number, stage) in traced.stages.iter().enumerate() {
            for (_, node) in &stage.expressions {
                conditions(node, true, &mut |node| {
                    leaves.push(LeafCount { stage: number + 1, span: node.span, held: 0, failed: 0 });
                });
            }
        }
        leaves.sort_by_key(|leaf| leaf.span);
        Coverage { leaves }
    }

    /// Takes in a row that reaches a condition.
    pub fn take<'m>(&mut self, node: &'m Node, row: Row<'_, 'm>) {
        self.test(node, row);
    }

    /// Adds what was seen elsewhere of the same query.
    pub fn add(&mut self, other: &Coverage) {
        for (mine, theirs) in self.leaves.iter_mut().zip(&other.leaves) {
            mine.held += theirs.held;
            mine.failed += theirs.failed;
        }
    }

    /// The leaves that were never true, or never false.
    pub fn missing(&self) -> impl Iterator<Item = &LeafCount> {
        self.leaves.iter().filter(|leaf| leaf.held == 0 || leaf.failed == 0)
    }

    fn test<'m>(&mut self, node: &'m Node, row: Row<'_, 'm>) -> bool {
        match &node.kind {
            NodeKind::All(list) => list.iter().all(|part| self.test(part, row)),
            NodeKind::Any(list) => list.iter().any(|part| self.test(part, row)),
            NodeKind::Not(inner) => !self.test(inner, row),
            NodeKind::Choice(parts) => {
                let chosen = if self.test(&parts.0, row) { &parts.1 } else { &parts.2 };
                match &chosen.kind {
                    NodeKind::Leaf(leaf) => leaf_value(leaf, row).borrow().is_true(),
                    _ => self.test(chosen, row),
                }
            }
            NodeKind::Leaf(leaf) => {
                let holds = leaf_value(leaf, row).borrow().is_true();
                if let Some(count) = self.leaves.iter_mut().find(|count| count.span == node.span) {
                    *(if holds { &mut count.held } else { &mut count.failed }) += 1;
                }
                holds
            }
        }
    }
}

/// Hands over the leaves that are conditions; the values of a choice are none.
fn conditions<'n>(node: &'n Node, condition: bool, each: &mut impl FnMut(&'n Node)) {
    match &node.kind {
        NodeKind::All(list) | NodeKind::Any(list) => list.iter().for_each(|part| conditions(part, true, each)),
        NodeKind::Not(inner) => conditions(inner, true, each),
        NodeKind::Choice(parts) => {
            conditions(&parts.0, true, each);
            conditions(&parts.1, false, each);
            conditions(&parts.2, false, each);
        }
        NodeKind::Leaf(_) if condition => each(node),
        NodeKind::Leaf(_) => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::run::execute::{Options, Progress};
    use crate::trace::stage_counts::{Wishes, travel};
    use std::sync::Arc;
    use sumoql_data::framing::lines::Lines;
    use sumoql_data::in_memory::{Memory, plain_source};
    use sumoql_data::table_resolver::NoTables;

    /// The leaves of a query's conditions, and how often each was true and false over some lines.
    fn leaves(text: &str, lines: &str) -> (Coverage, Vec<(String, u64, u64)>) {
        let catalogue = crate::catalogue();
        let (query, errors) = crate::syntax::parse(text, &catalogue);
        assert!(errors.is_empty(), "{text}: {errors:?}");
        let traced = crate::plan::traced::traced(text, &query, &catalogue, &NoTables).unwrap();
        let input = Memory::lines(lines, plain_source(Arc::new(Lines::default()), 0), 1);
        let wishes = Wishes { coverage: true, ..Wishes::default() };
        let coverage = travel(&traced, &input, &Options::default(), &Progress::default(), &wishes).coverage;
        let list =
            coverage.leaves.iter().map(|leaf| (leaf.span.of(text).to_string(), leaf.held, leaf.failed)).collect();
        (coverage, list)
    }

    #[test]
    fn leaves_that_are_asked() {
        let lines = "a\nb\nc\nc\n";
        for (stages, wanted) in [
            ("where _raw = \"a\"", [("_raw = \"a\"", 1_u64, 3_u64)].as_slice()),
            // The second is asked only where the first leaves the decision to it.
            ("where _raw = \"a\" or _raw = \"b\"", &[("_raw = \"a\"", 1, 3), ("_raw = \"b\"", 1, 2)]),
            ("where _raw != \"a\" and _raw = \"c\"", &[("_raw != \"a\"", 3, 1), ("_raw = \"c\"", 2, 1)]),
            ("where !(_raw = \"a\")", &[("(_raw = \"a\")", 1, 3)]),
            // The values of a choice are no conditions.
            ("if(_raw = \"a\", \"x\", \"y\") as z", &[("_raw = \"a\"", 1, 3)]),
            ("where _raw = \"a\" | where _raw = \"b\"", &[("_raw = \"a\"", 1, 3), ("_raw = \"b\"", 0, 1)]),
            ("count", &[]),
        ] {
            let (_, found) = leaves(&format!("* | {stages}"), lines);
            let found: Vec<_> = found.iter().map(|(leaf, held, failed)| (leaf.as_str(), *held, *failed)).collect();
            assert_eq!(found, wanted, "{stages}");
        }
    }

    #[test]
    fn what_is_missing_goes_when_it_is_seen_elsewhere() {
        let text = "* | where _raw = \"a\"";
        let (mut first, _) = leaves(text, "a\n");
        assert_eq!(first.missing().map(|leaf| (leaf.stage, leaf.held, leaf.failed)).collect::<Vec<_>>(), [(1, 1, 0)]);
        first.add(&leaves(text, "b\n").0);
        assert_eq!(first.missing().count(), 0);
    }
}
