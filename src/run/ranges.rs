//! Queries that look at several time ranges: a part of the query runs over each, and their tables become one.
//!
//! The data is read once. Each message goes to the ranges that it lies in; each range has states of its own. What stands before
//! `save` in a subquery is such a part too, over one range: its table is saved and handed on.

use super::batch::Env;
use super::gather::World;
use crate::data::table::Table;
use crate::data::time::range::parse_moment;
use crate::plan::Plan;

/// Makes one table of those of the ranges, in the order of [`Ranges::back`].
pub type Combine = dyn Fn(Vec<Table>, &World<'_>) -> Table + Send + Sync;

/// A part of a query that runs over several time ranges.
pub struct Ranges {
    /// The part. Its result is shown as if it were the whole query.
    pub plan: Plan,
    /// The ranges beside the query's own, which comes first.
    pub others: Vec<Range>,
    /// Makes one table of the results.
    pub combine: Box<Combine>,
}

/// A time range beside the query's own.
pub struct Range {
    /// Where it lies.
    pub place: Place,
    /// What runs over it, if that is something else than over the query's own.
    pub plan: Option<Plan>,
}

/// Where a time range lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// So many milliseconds before the query's own.
    Back(i64),
    /// Between two moments in a form of [`parse_moment`]; without the second, as long as the query's own.
    Between(String, Option<String>),
}

impl Place {
    /// The start and the exclusive end, for a query over a range.
    fn of(&self, env: &Env) -> (i64, i64) {
        // The plan has read the moments once: they can be read.
        let moment = |text: &str| parse_moment(text, env.now.get(), env.zone).unwrap_or(env.from);
        match self {
            Place::Back(back) => (env.from.saturating_sub(*back), env.to.saturating_sub(*back)),
            Place::Between(from, to) => {
                let from = moment(from);
                let length = env.to.saturating_sub(env.from);
                (from, to.as_ref().map_or(from.saturating_add(length), |to| moment(to)))
            }
        }
    }
}

impl Plan {
    /// The part of the query that reads messages.
    pub fn base(&self) -> &Plan {
        self.ranges.as_ref().map_or(self, |ranges| &ranges.plan)
    }

    /// What runs over each time range.
    pub fn parts(&self) -> Vec<&Plan> {
        let others = self.ranges.iter().flat_map(|ranges| &ranges.others);
        let others = others.map(|range| range.plan.as_ref().unwrap_or(self.base()));
        std::iter::once(self.base()).chain(others).collect()
    }

    /// The worlds in which these run.
    pub fn worlds(&self, env: &Env) -> Vec<Env> {
        let others = self.ranges.iter().flat_map(|ranges| &ranges.others).map(|range| {
            let (from, to) = range.place.of(env);
            Env { from, to, ..env.clone() }
        });
        std::iter::once(env.clone()).chain(others).collect()
    }
}
