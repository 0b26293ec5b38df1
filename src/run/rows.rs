//! Rows in order: raw results (newest first), `sort`, `limit` and `top` over them.

use super::batch::{Batch, Rank, Row, Slot};
use super::codec::{Corrupt, Reader, Writer};
use super::gather::{Gather, Partial, World, same_kind};
use super::memory::{Budget, OverBudget};
use super::spill::flow::Flow;
use super::spill::key;
use super::spill::sorter::{SortedRows, Sorter};
use super::table::Table;
use super::value::{ALLOCATION, Owned, Value, order};
use crate::diagnostics::Diagnostic;
use std::cmp::Ordering;

/// Keeps rows, ordered by the keys and then by their place, at most `limit` of them.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Slots to order by, and whether ascending.
    pub keys: Vec<(Slot, bool)>,
    /// The most rows to keep.
    pub limit: Option<usize>,
    /// What to say when there were more rows.
    pub notice: Option<Diagnostic>,
}

impl Rows {
    /// Keeps all rows, ordered by the keys.
    pub fn all(keys: Vec<(Slot, bool)>) -> Rows {
        Rows { keys, limit: None, notice: None }
    }

    fn kept(&self, carry: &[Slot]) -> Kept {
        let (spec, carry) = (self.clone(), carry.to_vec());
        Kept { spec, carry, rows: Vec::new(), bound: None, bytes: 0, seen: 0, sorter: None }
    }
}

impl Gather for Rows {
    fn start(&self, carry: &[Slot]) -> Box<dyn Partial> {
        Box::new(self.kept(carry))
    }

    fn mergeable(&self) -> bool {
        true
    }

    fn decode(&self, carry: &[Slot], bytes: &mut Reader<'_>) -> Result<Box<dyn Partial>, Corrupt> {
        let mut kept = self.kept(carry);
        kept.seen = bytes.unsigned()?;
        for _ in 0..bytes.count()? {
            let rank = bytes.rank()?;
            let keys = self.keys.iter().map(|_| bytes.value()).collect::<Result<_, _>>()?;
            let cells = carry.iter().map(|_| bytes.value()).collect::<Result<_, _>>()?;
            kept.rows.push(KeptRow { rank, keys, cells });
        }
        Ok(Box::new(kept))
    }
}

struct KeptRow {
    rank: Rank,
    keys: Box<[Owned]>,
    cells: Box<[Owned]>,
}

struct Kept {
    spec: Rows,
    carry: Vec<Slot>,
    rows: Vec<KeptRow>,
    /// Keys and place of the worst row at the last cut: whatever is worse than that can't get in any more.
    bound: Option<(Box<[Owned]>, Rank)>,
    /// What was asked of the budget.
    bytes: usize,
    /// Rows that came.
    seen: u64,
    /// Where the rows are since they were too many for the memory.
    sorter: Option<Sorter>,
}

/// The order of two rows by their keys and places.
fn by_keys<'v>(
    keys: &[(Slot, bool)],
    a: impl Iterator<Item = Value<'v>>,
    b: impl Iterator<Item = Value<'v>>,
) -> Ordering {
    for (((_, ascending), a), b) in keys.iter().zip(a).zip(b) {
        let found = if *ascending { order(a, b) } else { order(b, a) };
        if found != Ordering::Equal {
            return found;
        }
    }
    Ordering::Equal
}

impl Kept {
    fn compare(keys: &[(Slot, bool)], a: &KeptRow, b: &KeptRow) -> Ordering {
        by_keys(keys, a.keys.iter().map(Owned::borrow), b.keys.iter().map(Owned::borrow)).then(a.rank.cmp(&b.rank))
    }

    /// Whether a row would be cut off again.
    fn hopeless(&self, row: Row<'_, '_>, rank: Rank) -> bool {
        let Some((worst, at)) = &self.bound else { return false };
        let keys = self.spec.keys.iter().map(|(slot, _)| row.get(*slot));
        by_keys(&self.spec.keys, keys, worst.iter().map(Owned::borrow)).then(rank.cmp(at)).is_gt()
    }

    /// Gives the memory back: from now on the rows go to a sorter. When there is no room even there, all are kept for
    /// what can still be told of them.
    fn spill(&mut self, budget: &Budget) -> Result<(), OverBudget> {
        let mut sorter = self.sorter.take().unwrap_or_else(|| Sorter::new(budget));
        let mut result = Ok(());
        for row in std::mem::take(&mut self.rows) {
            let key = |out: &mut Vec<u8>| {
                let keys = self.spec.keys.iter().zip(&row.keys);
                keys.for_each(|((_, ascending), value)| key::value(value.borrow(), *ascending, out));
                key::rank(&row.rank, out);
            };
            let cells = |out: &mut Writer| row.cells.iter().for_each(|cell| out.value(cell));
            result = result.and(sorter.push(key, cells, budget));
        }
        self.sorter = Some(sorter);
        budget.give_back(std::mem::take(&mut self.bytes));
        result
    }

    /// Says that there were more rows, where that is to be said.
    fn tell(&mut self, world: &World<'_>) {
        let limit = self.spec.limit.map_or(u64::MAX, |limit| limit as u64);
        if let Some(notice) = self.spec.notice.take_if(|_| self.seen > limit) {
            world.notice(notice);
        }
    }

    /// Cuts back to the limit once there are twice as many rows.
    fn cut(&mut self, budget: &Budget) {
        let Some(limit) = self.spec.limit else { return };
        if self.rows.len() >= limit.saturating_mul(2).max(1024) {
            let keys = &self.spec.keys;
            self.rows.sort_unstable_by(|a, b| Kept::compare(keys, a, b));
            let freed: usize = self.rows.drain(limit..).map(|row| size(&row)).sum();
            budget.give_back(freed);
            self.bytes = self.bytes.saturating_sub(freed);
            self.bound = self.rows.last().map(|row| (row.keys.clone(), row.rank));
        }
    }
}

/// About what a kept row takes.
fn size(row: &KeptRow) -> usize {
    let cells = row.keys.iter().chain(row.cells.iter());
    size_of::<KeptRow>() + 2 * ALLOCATION + cells.map(|cell| size_of::<Owned>() + cell.heap()).sum::<usize>()
}

impl Partial for Kept {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        self.seen += batch.selected.len() as u64;
        for row in batch.iter() {
            let rank = row.rank();
            if let Some(sorter) = &mut self.sorter {
                let (keys, carry) = (&self.spec.keys, &self.carry);
                let key = |out: &mut Vec<u8>| {
                    keys.iter().for_each(|(slot, ascending)| key::value(row.get(*slot), *ascending, out));
                    key::rank(&rank, out);
                };
                let cells = |out: &mut Writer| carry.iter().for_each(|slot| out.borrowed(row.get(*slot)));
                sorter.push(key, cells, budget)?;
                continue;
            }
            if self.hopeless(row, rank) {
                continue;
            }
            let kept = KeptRow {
                rank,
                keys: self.spec.keys.iter().map(|(slot, _)| row.get(*slot).owned()).collect(),
                cells: self.carry.iter().map(|slot| row.get(*slot).owned()).collect(),
            };
            let bytes = size(&kept);
            self.bytes += bytes;
            self.rows.push(kept);
            let asked = budget.ask(bytes);
            if budget.pressed(self.bytes) {
                self.spill(budget)?;
                continue;
            }
            asked?;
            self.cut(budget);
        }
        Ok(())
    }

    fn merge(&mut self, other: Box<dyn Partial>, budget: &Budget) -> Result<(), OverBudget> {
        if let Some(other) = same_kind::<Kept>(other) {
            self.bytes += other.bytes;
            self.seen += other.seen;
            self.rows.extend(other.rows);
            if let Some(theirs) = other.sorter {
                match &mut self.sorter {
                    Some(ours) => ours.merge(theirs, budget),
                    None => self.sorter = Some(theirs),
                }
            }
            if self.sorter.is_some() {
                return self.spill(budget);
            }
            self.cut(budget);
        }
        Ok(())
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.seen);
        out.unsigned(self.rows.len() as u64);
        for row in &self.rows {
            out.rank(&row.rank);
            row.keys.iter().chain(row.cells.iter()).for_each(|value| out.value(value));
        }
    }

    fn finish(mut self: Box<Self>, world: &World<'_>) -> Table {
        if self.sorter.is_some() {
            return self.flow(world).into_table(world);
        }
        let keys = std::mem::take(&mut self.spec.keys);
        self.rows.sort_unstable_by(|a, b| Kept::compare(&keys, a, b));
        self.rows.truncate(self.spec.limit.unwrap_or(usize::MAX));
        self.tell(world);
        Table { columns: Vec::new(), rows: self.rows.into_iter().map(|row| row.cells).collect() }
    }

    fn flow(mut self: Box<Self>, world: &World<'_>) -> Flow {
        let Some(sorter) = self.sorter.take() else { return self.finish(world).into() };
        self.tell(world);
        let most = self.spec.limit.unwrap_or(usize::MAX);
        let rows = SortedRows::new(sorter.into_runs(world.budget), self.carry.len(), most, world.budget);
        Flow::of(Vec::new(), rows, world)
    }
}
