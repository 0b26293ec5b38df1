//! Tree to plan: names become slots, constants are folded, patterns compiled, stages put into segments.
//!
//! ```text
//! segment 0: messages ─ steps ─▶ gather ─▶ table     the steps are stateless, the gather mergeable
//! segment 1: table    ─ steps ─▶ gather ─▶ table     and so on; the last one has no gather
//! ```
//!
//! | file | does |
//! |---|---|
//! | `planner` | stages to segments; what an operator's `plan` function may ask for |
//! | `names` | what names mean at a point of the query |
//! | `fields` | the built-in fields of a message |
//! | `facts` | what each stage did with names and rows |
//! | `gathers` | stages that see all rows |
//! | `breaker` | such stages, as their operators plan them |
//! | `columns` | which columns the rows have |
//! | `ranges` | parts that run over several time ranges |
//! | `arguments` | what operators need of their arguments |
//! | `auto` | fields of messages that neither stages nor metadata have |
//! | `mentioned` | every name a query mentions |
//! | `aggregate` | aggregate stages |
//! | `expression` | expressions to evaluators |
//! | `dialect` | forms that the manual does not have |
//! | `child` | pipelines in brackets |
//! | `search` | the scope |
//! | `operands` | where parameters stand |
//! | `parameters` | values of parameters, as what they are where they stand |
//! | `simple` | plans without shortcuts, to compare with |
//! | `stand_in` | stand-ins for parameters without a value, to check the rest |
//! | `subquery` | queries whose rows are conditions |
//! | `tables` | what stages ask of tables |
//! | `trace` | what stages are made of, to follow rows through them |
//! | `split` | the seam between stateless, mergeable and final parts |

pub mod aggregate;
pub mod arguments;
pub mod auto;
pub mod breaker;
pub mod child;
pub mod columns;
mod dialect;
pub mod expression;
pub mod facts;
pub mod fields;
pub mod gathers;
mod identity;
pub mod mentioned;
pub mod names;
mod noted;
mod operands;
pub mod parameters;
pub mod planner;
pub mod ranges;
pub mod search;
mod simple;
pub mod split;
pub mod stand_in;
pub mod subquery;
pub mod tables;
pub mod trace;

pub use auto::Origin;
pub use breaker::{Breaker, Input};
pub use planner::{AggregatePlan, OperatorCall, Planner};

use crate::catalogue::Catalogue;
use crate::data::table_resolver::{NoTables, Tables};
use crate::diagnostics::Diagnostic;
use crate::run::batch::{Batch, Program, Slot};
use crate::run::evaluator::Eval;
use crate::run::gather::Gather;
use crate::run::lookup::Request;
use crate::run::ranges::Ranges;
use crate::run::save::Save;
use crate::run::search::Search;
use crate::run::subquery::Subquery;
use crate::syntax::tree::Query;

/// A query, ready to run.
pub struct Plan {
    /// The scope.
    pub search: Search,
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
    pub facts: Vec<facts::StageFacts>,
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
    pub requests: Vec<Request>,
    /// Where the rows go at the end.
    pub save: Option<Save>,
    /// Whether the query itself reads messages; a query that begins with a table does not.
    pub reads_messages: bool,
    /// A number that is the same for the same query text: partial states of another query are refused.
    pub fingerprint: u64,
    /// Whether it takes no shortcuts: see [`plan_simply`].
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
    pub gather: Option<Box<dyn Gather>>,
    /// Slots whose values the gather must keep with each row, after its own columns.
    pub carry: Vec<Slot>,
    /// How many columns of its own the gather makes.
    pub own: usize,
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
    /// Rows for which the condition does not hold go.
    Keep(Eval),
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

/// Plans a query. There is a plan unless a diagnostic is an error.
pub fn plan(text: &str, query: &Query, catalogue: &Catalogue) -> (Option<Plan>, Vec<Diagnostic>) {
    plan_with(text, query, catalogue, &NoTables)
}

/// Plans a query that may use tables. A table that is not there is no error: it may be at the time of the run.
pub fn plan_with(
    text: &str,
    query: &Query,
    catalogue: &Catalogue,
    tables: &dyn Tables,
) -> (Option<Plan>, Vec<Diagnostic>) {
    plan_of(text, query, catalogue, tables, Origin::Input)
}

/// The same where more is known of fields that no stage makes.
pub fn plan_of(
    text: &str,
    query: &Query,
    catalogue: &Catalogue,
    tables: &dyn Tables,
    origin: Origin,
) -> (Option<Plan>, Vec<Diagnostic>) {
    planner::plan(text, query, catalogue, (tables, origin, false))
}

/// The same by the simple path, without the shortcuts that make queries fast: every message is cut and tested, all cells
/// are computed at once, one pattern is tried after the other. The rows are the same. What was counted on the way may
/// differ: see [`crate::run::execute::Outcome::parses`] and `failed`.
pub fn plan_simply(
    text: &str,
    query: &Query,
    catalogue: &Catalogue,
    tables: &dyn Tables,
) -> (Option<Plan>, Vec<Diagnostic>) {
    planner::plan(text, query, catalogue, (tables, Origin::Input, true))
}
