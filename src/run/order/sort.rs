//! Rows in order: raw results (newest first), `sort`, `limit` and `top` over them.

use crate::diagnostics::Diagnostic;
use crate::program::batch::{Batch, Row, Slot};
use crate::program::budget::{Budget, OverBudget};
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::context::RunContext;
use crate::program::pipeline_breaker::{PartialState, PipelineBreaker, same_kind};
use crate::program::row_stream::Flow;
use crate::run::spill::external_sort::{SortedRows, Sorter};
use crate::run::spill::ordered_key;
use crate::run::spill::records_in_memory::{RecordRows, Records};
use sumoql_data::table::Table;

/// Keeps rows, ordered by the keys and then by their place, at most `limit` of them.
#[derive(Debug, Clone)]
pub struct SortSpec {
    /// Slots to order by, and whether ascending.
    pub keys: Vec<(Slot, bool)>,
    /// The most rows to keep.
    pub limit: Option<usize>,
    /// What to say when there were more rows.
    pub notice: Option<Diagnostic>,
}

impl SortSpec {
    /// Keeps all rows, ordered by the keys.
    pub fn all(keys: Vec<(Slot, bool)>) -> SortSpec {
        SortSpec { keys, limit: None, notice: None }
    }

    fn kept(&self, carry: &[Slot]) -> Kept {
        let (spec, carry) = (self.clone(), carry.to_vec());
        let (records, scratch) = (Records::default(), Vec::new());
        Kept { spec, carry, records, bound: None, scratch, bytes: 0, seen: 0, sorter: None }
    }
}

impl PipelineBreaker for SortSpec {
    fn start(&self, carry: &[Slot]) -> Box<dyn PartialState> {
        Box::new(self.kept(carry))
    }

    fn mergeable(&self) -> bool {
        true
    }

    fn decode(&self, carry: &[Slot], bytes: &mut Reader<'_>) -> Result<Box<dyn PartialState>, Corrupt> {
        let mut kept = self.kept(carry);
        kept.seen = bytes.unsigned()?;
        for _ in 0..bytes.count()? {
            let (key, payload) = (bytes.slice()?, bytes.slice()?);
            let mut cells = Reader::new(payload);
            carry.iter().try_for_each(|_| cells.value().map(drop))?;
            if !cells.is_empty() {
                return Err(Corrupt);
            }
            kept.records.push(|out| out.extend_from_slice(key), |out| out.bytes.extend_from_slice(payload));
        }
        Ok(Box::new(kept))
    }
}

struct Kept {
    spec: SortSpec,
    carry: Vec<Slot>,
    /// The rows: their keys and places as bytes that order as they do, and the cells.
    records: Records,
    /// The key of the worst row at the last cut: whatever is worse than that can't get in any more.
    bound: Option<Box<[u8]>>,
    /// The key of the row at hand; kept for its memory.
    scratch: Vec<u8>,
    /// What was asked of the budget.
    bytes: usize,
    /// Rows that came.
    seen: u64,
    /// Where the rows are since they were too many for the memory.
    sorter: Option<Sorter>,
}

/// Writes the key of a row: what it is ordered by, then its place.
fn write_key(keys: &[(Slot, bool)], row: Row<'_, '_>, out: &mut Vec<u8>) {
    keys.iter().for_each(|(slot, ascending)| ordered_key::value(row.get(*slot), *ascending, out));
    ordered_key::rank(&row.rank(), out);
}

/// Writes the key of a row, unless it is behind a bound: mostly its first value says so.
fn write_key_within(bound: &[u8], keys: &[(Slot, bool)], row: Row<'_, '_>, out: &mut Vec<u8>) -> bool {
    let (first, more) = keys.split_at(keys.len().min(1));
    first.iter().for_each(|(slot, ascending)| ordered_key::value(row.get(*slot), *ascending, out));
    if out[..] > *bound {
        return false;
    }
    write_key(more, row, out);
    out[..] <= *bound
}

impl Kept {
    /// Gives the memory back: from now on the rows go to a sorter. When there is no room even there, all are kept for
    /// what can still be told of them.
    fn spill(&mut self, budget: &Budget) -> Result<(), OverBudget> {
        let sorter = self.sorter.get_or_insert_with(|| Sorter::new(budget));
        let result = sorter.extend(std::mem::take(&mut self.records), budget);
        budget.give_back(std::mem::take(&mut self.bytes));
        result
    }

    /// Says that there were more rows, where that is to be said.
    fn report_limit(&mut self, context: &RunContext<'_>) {
        let limit = self.spec.limit.map_or(u64::MAX, |limit| limit as u64);
        if let Some(notice) = self.spec.notice.take_if(|_| self.seen > limit) {
            context.notice(notice);
        }
    }

    /// Cuts back to the limit once there are twice as many rows.
    fn cut(&mut self, budget: &Budget) {
        let Some(limit) = self.spec.limit else { return };
        if self.records.len() >= limit.saturating_mul(2).max(1024) {
            self.records.sort(budget);
            self.records.truncate(limit);
            let freed = self.bytes.saturating_sub(self.records.size_with_rows(self.carry.len()));
            budget.give_back(freed);
            self.bytes -= freed;
            self.bound = self.records.iter().next_back().map(|(key, _)| key.into());
        }
    }
}

impl PartialState for Kept {
    fn update(&mut self, batch: &Batch<'_>, budget: &Budget) -> Result<(), OverBudget> {
        self.seen += batch.selected.len() as u64;
        for row in batch.iter() {
            let cells = |out: &mut Writer| self.carry.iter().for_each(|slot| out.borrowed(row.get(*slot)));
            if let Some(sorter) = &mut self.sorter {
                sorter.push(|out| write_key(&self.spec.keys, row, out), cells, budget)?;
                continue;
            }
            if let Some(bound) = &self.bound {
                self.scratch.clear();
                if !write_key_within(bound, &self.spec.keys, row, &mut self.scratch) {
                    continue;
                }
            }
            let before = self.records.size_with_rows(self.carry.len());
            if self.bound.is_some() {
                self.records.push(|out| out.extend_from_slice(&self.scratch), cells);
            } else {
                self.records.push(|out| write_key(&self.spec.keys, row, out), cells);
            }
            let bytes = self.records.size_with_rows(self.carry.len()) - before;
            self.bytes += bytes;
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

    fn merge(&mut self, other: Box<dyn PartialState>, budget: &Budget) -> Result<(), OverBudget> {
        if let Some(other) = same_kind::<Kept>(other) {
            self.bytes += other.bytes;
            self.seen += other.seen;
            self.records.append(other.records);
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
        out.unsigned(self.records.len() as u64);
        for (key, payload) in self.records.iter() {
            out.slice(key);
            out.slice(payload);
        }
    }

    fn has_spilled(&self) -> bool {
        self.sorter.is_some()
    }

    fn finish(self: Box<Self>, context: &RunContext<'_>) -> Table {
        self.flow(context).into_table(context)
    }

    fn flow(mut self: Box<Self>, context: &RunContext<'_>) -> Flow {
        self.report_limit(context);
        let cells = self.carry.len();
        let most = self.spec.limit.unwrap_or(usize::MAX);
        let Some(sorter) = self.sorter.take() else {
            self.records.sort(context.budget);
            self.records.truncate(most);
            return Flow::of(Vec::new(), Ok(RecordRows::new(self.records, cells, self.bytes)), context);
        };
        let rows = SortedRows::new(sorter.into_runs(context.budget), cells, most, context.budget);
        Flow::of(Vec::new(), rows, context)
    }
}
