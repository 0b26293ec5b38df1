//! Sorting that can be given up: a run that is cancelled does not wait for the order of millions of rows.

use crate::program::budget::Budget;
use std::cmp::Ordering;

/// What is sorted in one go: a few milliseconds.
const PIECE: usize = 1 << 16;

/// Sorts items; those that are equal may change places. When the run must end before it is done, the items are all there,
/// in any order.
///
/// The standard library's sort can't be left early: a comparison that no longer tells the truth may panic. So large inputs
/// are sorted in pieces, and these are merged; between pieces the run is asked.
pub(crate) fn sort_unstable<T: Clone>(items: &mut Vec<T>, budget: &Budget, order: impl Fn(&T, &T) -> Ordering) {
    if items.len() <= 2 * PIECE {
        items.sort_unstable_by(order);
        return;
    }
    for piece in items.chunks_mut(PIECE) {
        if budget.is_over() {
            return;
        }
        piece.sort_unstable_by(&order);
    }
    let mut width = PIECE;
    let mut merged = Vec::with_capacity(items.len());
    while width < items.len() {
        merged.clear();
        for pair in items.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
                if merged.len() % PIECE == 0 && budget.is_over() {
                    return;
                }
                if order(second, first) == Ordering::Less {
                    merged.push(second.clone());
                    right = right_rest;
                } else {
                    merged.push(first.clone());
                    left = left_rest;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(items, &mut merged);
        width *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use sumoql_data::message::Stop;

    fn numbers(count: usize) -> Vec<u64> {
        let mut state = 1u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 40
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn pieces_become_one_order() {
        for count in [0, 1, 2 * PIECE, 2 * PIECE + 1, 3 * PIECE, 5 * PIECE + 7] {
            let mut items = numbers(count);
            let mut wanted = items.clone();
            wanted.sort_unstable();
            sort_unstable(&mut items, &Budget::default(), u64::cmp);
            assert!(items == wanted, "{count} items");
        }
    }

    #[test]
    fn nothing_is_lost_when_the_run_ends() {
        let (budget, stop) = (Budget::default(), Stop::default());
        budget.end_at(&stop);
        stop.set_within(Duration::ZERO);
        let (mut items, mut wanted) = (numbers(4 * PIECE), numbers(4 * PIECE));
        sort_unstable(&mut items, &budget, u64::cmp);
        assert!(!items.is_sorted());
        items.sort_unstable();
        wanted.sort_unstable();
        assert!(items == wanted);
    }
}
