//! Queries that look at several time ranges: a part of the query runs over each, and their tables become one.
//!
//! The data is read once. Each message goes to the ranges that it lies in; each range has states of its own.

use super::batch::Env;
use super::gather::World;
use super::table::Table;
use crate::plan::Plan;

/// Makes one table of those of the ranges, in the order of [`Ranges::back`].
pub type Combine = dyn Fn(Vec<Table>, &World<'_>) -> Table + Send + Sync;

/// A part of a query that runs over several time ranges.
pub struct Ranges {
    /// The part. Its result is shown as if it were the whole query.
    pub plan: Plan,
    /// How far back each range lies, in milliseconds. The first is the query's own: 0.
    pub back: Vec<i64>,
    /// Makes one table of the results.
    pub combine: Box<Combine>,
}

impl Plan {
    /// The part of the query that reads messages.
    pub fn base(&self) -> &Plan {
        self.ranges.as_ref().map_or(self, |ranges| &ranges.plan)
    }

    /// The worlds in which that part runs, one for each time range.
    pub fn worlds(&self, env: &Env) -> Vec<Env> {
        let Some(ranges) = &self.ranges else { return vec![env.clone()] };
        let at =
            |back: &i64| Env { from: env.from.saturating_sub(*back), to: env.to.saturating_sub(*back), ..env.clone() };
        ranges.back.iter().map(at).collect()
    }
}
