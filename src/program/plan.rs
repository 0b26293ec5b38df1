//! A query, ready to run: segments of steps, each up to a stage that must see all rows, and what there is to know of them.
//!
//! ```text
//! segment 0: messages ─ steps ─▶ gather ─▶ table     the steps are stateless, the gather mergeable
//! segment 1: table    ─ steps ─▶ gather ─▶ table     and so on; the last one has no gather
//! ```

use super::batch::{Batch, ColumnSource, EvalContext, Program, Slot};
use super::context::RunContext;
use super::expression::CompiledExpr;
use super::lookup::results::LookupRequest;
use super::pipeline_breaker::PipelineBreaker;
use super::scope::CompiledScope;
use super::stage_effects::StageEffects;
use super::subquery_results::ComparedWith;
use super::watched::WatchedField;
use crate::diagnostics::Span;
use sumoql_data::table::Table;
use sumoql_data::table_resolver::TableName;
use sumoql_data::time::parse_moment::parse_moment;

/// A query, ready to run.
pub struct Plan {
    /// The scope.
    pub search: CompiledScope,
    /// What happens, in order.
    pub segments: Vec<Segment>,
    /// What is shown of the last segment's rows.
    pub output: Vec<OutputColumn>,
    /// Slots of the last segment that hold, as a JSON object, fields whose names only the data know (`json auto`,
    /// `transpose`). Each becomes columns of the result, unless a column of that name is there or hidden.
    pub bags: Vec<Slot>,
    /// How many output columns stand before those.
    pub bags_at: usize,
    /// Names that no bag may bring back, in lower case.
    pub hidden: Vec<String>,
    /// The stages, as written, for reports.
    pub stages: Vec<String>,
    /// What each stage, pipelines inside others included, did with names and rows.
    pub facts: Vec<StageEffects>,
    /// The numbers of the parse stages with `nodrop`, counted from 1.
    pub nodrop: Vec<usize>,
    /// The fields that are watched, by their numbers: those of [`Plan::ranges`] too.
    pub watched: Vec<WatchedField>,
    /// The subqueries, by the numbers by which conditions know them. Those of [`Plan::ranges`] are here too; those inside
    /// a subquery are in its own plan.
    pub subqueries: Vec<Subquery>,
    /// A part of the query that comes before and runs over several time ranges. Then the rows of the first segment are not
    /// messages but those of the table that the ranges give.
    pub ranges: Option<Box<Ranges>>,
    /// Whether the first gather only puts messages in order: nobody asked for it, and a caller that wants rows as they
    /// come may leave it out.
    pub raw: bool,
    /// Whether the query's time range must be known before it can run.
    pub needs_range: bool,
    /// What the query asks of tables; the answers must be there before it runs.
    pub requests: Vec<LookupRequest>,
    /// Where the rows go at the end.
    pub save: Option<Save>,
    /// Whether the query itself reads messages; a query that begins with a table does not.
    pub reads_messages: bool,
    /// A number that is the same for the same query text: partial states of another query are refused.
    pub fingerprint: u64,
    /// Whether it takes no shortcuts: see `plan::plan_simply`.
    pub simple: bool,
}

impl Plan {
    /// Whether it asks for the numbers of messages in their inputs.
    pub fn is_numbered(&self) -> bool {
        self.segments.first().is_some_and(|first| first.program.numbered)
    }

    /// Whether a column of the result is shown only where some row has a value.
    pub fn is_optional(&self, name: &str) -> bool {
        self.output.iter().any(|column| column.optional && column.name == name)
    }
}

/// Steps over one kind of rows, up to the next stage that must see all of them.
#[derive(Default)]
pub struct Segment {
    /// Where values come from.
    pub program: Program,
    /// What happens to rows.
    pub steps: Vec<Step>,
    /// Pipelines inside the stage that ends the segment, up to the first stage of theirs that must see all rows.
    pub branches: Vec<Branch>,
    /// The stage that ends it; the last segment has none.
    pub gather: Option<Box<dyn PipelineBreaker>>,
    /// Slots whose values the gather must keep with each row, after its own columns.
    pub carry: Vec<Slot>,
    /// How many columns of its own the gather makes.
    pub own: usize,
}

impl Segment {
    /// Adds a definition of some slots; the answer is the first slot.
    pub fn define(&mut self, how: ColumnSource, count: usize, stage: Option<usize>) -> Slot {
        self.program.define(how, count, stage)
    }
}

/// The first steps of a pipeline in brackets. They use the slots of the segment that they belong to.
#[derive(Default)]
pub struct Branch {
    /// What happens to the rows that reach the stage around it.
    pub steps: Vec<Step>,
    /// Pipelines inside the stage that ends the steps.
    pub branches: Vec<Branch>,
}

/// One step over a batch.
pub enum Step {
    /// A definition comes into force here. Nothing needs to be done, but rows are counted.
    Reach(usize),
    /// The field with this number among [`Plan::watched`] is looked at, in this slot.
    Watch(Slot, usize),
    /// Rows for which the condition does not hold go.
    Keep(CompiledExpr),
    /// Rows become several.
    Expand(Box<dyn Expand>),
}

/// Makes several rows of one.
pub trait Expand: Send + Sync {
    /// The batch with the new rows.
    fn expand<'m>(&'m self, batch: Batch<'m>) -> Batch<'m>;
}

/// A column of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputColumn {
    /// Its name.
    pub name: String,
    /// Its slot in the last segment.
    pub slot: Slot,
    /// Shown only when some row has a value: metadata nobody asked for.
    pub optional: bool,
    /// Holds times in milliseconds.
    pub time: bool,
}

/// A subquery.
pub struct Subquery {
    /// Its query.
    pub plan: Plan,
    /// The columns of its result that are compared, in their order.
    pub columns: Vec<String>,
    /// What they are compared with.
    pub kind: ComparedWith,
    /// The start of its time range, in a form of [`parse_moment`]; without one that of the query around it.
    pub from: Option<String>,
    /// The exclusive end.
    pub to: Option<String>,
    /// The most rows that are used.
    pub most: usize,
    /// Whether anything depends on it. If not, it need not run.
    pub needed: bool,
    /// Where it stands.
    pub span: Span,
    /// Where its scope stands.
    pub scope: Span,
    /// Where its stages stand.
    pub stages: Vec<Span>,
}

impl Plan {
    /// Whether it has subqueries that must run first.
    pub fn asks(&self) -> bool {
        self.subqueries.iter().any(|subquery| subquery.needed)
    }

    /// Whether it, or a subquery that must run, reads messages.
    pub fn needs_input(&self) -> bool {
        let asked = self.subqueries.iter().filter(|subquery| subquery.needed);
        self.reads_messages || asked.into_iter().any(|subquery| subquery.plan.needs_input())
    }

    /// Whether it, or a subquery in it, saves rows to a table.
    pub fn saves(&self) -> bool {
        !self.saved_tables().is_empty()
    }

    /// Where it, and the subqueries in it, save rows.
    pub fn saved_tables(&self) -> Vec<&Save> {
        let inside = self.subqueries.iter().flat_map(|subquery| subquery.plan.saved_tables());
        let below = self.ranges.iter().flat_map(|ranges| ranges.plan.saved_tables());
        inside.chain(below).chain(&self.save).collect()
    }

    /// The tables that it, or a subquery in it, asks for.
    pub fn tables(&self) -> Vec<&TableName> {
        let inside = self.subqueries.iter().flat_map(|subquery| subquery.plan.tables());
        self.requests.iter().map(|request| &request.name).chain(inside).collect()
    }

    /// Whether a run with this time range reads its input more than once.
    pub fn rereads(&self, range: Option<(i64, i64)>) -> bool {
        let closed = range.is_some_and(|(from, to)| from != i64::MIN && to != i64::MAX);
        self.asks() || (self.needs_range && !closed)
    }
}

/// Where the rows of a query go at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// To which table.
    pub name: TableName,
    /// Whether they are added to the rows that are there.
    pub append: bool,
}

/// Makes one table of those of the ranges, the query's own first, then [`Ranges::others`].
pub type Combine = dyn Fn(Vec<Table>, &RunContext<'_>) -> Table + Send + Sync;

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
    pub place: RangePosition,
    /// What runs over it, if that is something else than over the query's own.
    pub plan: Option<Plan>,
}

/// Where a time range lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangePosition {
    /// So many milliseconds before the query's own.
    Back(i64),
    /// Between two moments in a form of [`parse_moment`]; without the second, as long as the query's own.
    Between(String, Option<String>),
}

impl RangePosition {
    /// The start and the exclusive end, for a query over a range.
    fn of(&self, env: &EvalContext) -> (i64, i64) {
        // The plan has read the moments once: they can be read.
        let moment = |text: &str| parse_moment(text, env.now.get(), env.zone).unwrap_or(env.from);
        match self {
            RangePosition::Back(back) => (env.from.saturating_sub(*back), env.to.saturating_sub(*back)),
            RangePosition::Between(from, to) => {
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
    pub fn contexts(&self, env: &EvalContext) -> Vec<EvalContext> {
        let others = self.ranges.iter().flat_map(|ranges| &ranges.others).map(|range| {
            let (from, to) = range.place.of(env);
            EvalContext { from, to, ..env.clone() }
        });
        std::iter::once(env.clone()).chain(others).collect()
    }
}
