//! Sorting that can be given up: a run that is cancelled does not wait for the order of millions of rows.

use crate::program::budget::Budget;
use std::cmp::Ordering;

/// What is sorted in one go: a few milliseconds.
const PIECE: usize = 1 << 16;

/// How many items the one in their middle is taken of, to part the others.
const SAMPLE: usize = 127;

/// How often the parts of parts are parted. Items that are still many then are equal or were put in this order to be slow.
const MAX_DEPTH: u32 = 64;

/// Sorts items; those that are equal may change places. When the run must end before it is done, the items are all there,
/// in any order.
///
/// The standard library's sort can't be left early: a comparison that no longer tells the truth may panic. So many items are
/// parted into those before one of them and the others, as the standard library does it, until its sort takes the parts.
pub(crate) fn sort_unstable<T>(items: &mut [T], budget: &Budget, order: impl Fn(&T, &T) -> Ordering) {
    if items.is_sorted_by(|a, b| order(a, b).is_le()) {
        return;
    }
    if items.is_sorted_by(|a, b| order(a, b).is_gt()) {
        items.reverse();
        return;
    }
    sort(items, budget, &order, MAX_DEPTH);
}

fn sort<T>(mut items: &mut [T], budget: &Budget, order: &impl Fn(&T, &T) -> Ordering, mut depth: u32) {
    while items.len() > 2 * PIECE && depth > 0 {
        depth -= 1;
        for at in 0..SAMPLE {
            items.swap(at, items.len() / SAMPLE * at);
        }
        items[..SAMPLE].sort_unstable_by(order);
        items.swap(0, SAMPLE / 2);
        let Some(before) = part(items, budget, |item, middle| order(item, middle).is_lt()) else { return };
        let (left, rest) = items.split_at_mut(before);
        let mut done = 1;
        if left.len() < rest.len() / 8 {
            // Perhaps many are equal to the one in the middle: they have their places.
            let Some(equal) = part(rest, budget, |item, middle| order(item, middle).is_le()) else { return };
            done += equal;
        }
        let right = &mut rest[done..];
        // The larger part goes on here, so that the stack stays small.
        let smaller;
        (smaller, items) = if left.len() < right.len() { (left, right) } else { (right, left) };
        sort(smaller, budget, order, depth);
    }
    if !budget.is_over() {
        items.sort_unstable_by(order);
    }
}

/// Brings the items that belong before the first of them to the front, and that one behind them. The answer is its place;
/// none when the run must end.
fn part<T>(items: &mut [T], budget: &Budget, belongs: impl Fn(&T, &T) -> bool) -> Option<usize> {
    let (middle, others) = items.split_first_mut()?;
    let mut before = 0;
    for at in 0..others.len() {
        if at % PIECE == 0 && budget.is_over() {
            return None;
        }
        // Without a branch: which way it goes can't be foreseen.
        let to_the_front = belongs(&others[at], middle);
        others.swap(at, before);
        before += usize::from(to_the_front);
    }
    items.swap(0, before);
    Some(before)
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
    fn many_items_come_into_order() {
        for count in [0, 1, 2 * PIECE, 2 * PIECE + 1, 3 * PIECE, 9 * PIECE + 7] {
            let random = numbers(count);
            let few = random.iter().map(|number| number % 5).collect();
            let mostly_one = random.iter().map(|number| if number % 50 > 0 { 7 } else { *number }).collect();
            let ascending: Vec<u64> = (0..count as u64).collect();
            let descending = ascending.iter().rev().copied().collect();
            let saw = (0..count as u64).map(|number| number % 70_000).collect();
            for mut items in [random, few, mostly_one, ascending, descending, saw, vec![3; count]] {
                let mut wanted = items.clone();
                wanted.sort_unstable();
                sort_unstable(&mut items, &Budget::default(), u64::cmp);
                assert!(items == wanted, "{count} items");
            }
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
