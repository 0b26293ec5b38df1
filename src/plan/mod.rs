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
//! | `built_in_fields` | the built-in fields of a message |
//! | `effects` | what each stage did with names and rows |
//! | `breakers` | stages that see all rows |
//! | `breaker` | such stages, as their operators plan them |
//! | `columns` | which columns the rows have |
//! | `ranges` | parts that run over several time ranges |
//! | `arguments` | what operators need of their arguments |
//! | `auto` | fields of messages that neither stages nor metadata have |
//! | `referenced` | every name a query mentions |
//! | `aggregate` | aggregate stages |
//! | `expression` | expressions to evaluators |
//! | `watch` | which fields are watched |
//! | `misread` | unknown fields where something else was meant |
//! | `undocumented` | forms that the manual does not have |
//! | `nested_pipeline` | pipelines in brackets |
//! | `scope` | the scope |
//! | `operands` | where parameters stand |
//! | `parameters` | values of parameters, as what they are where they stand |
//! | `without_shortcuts` | plans without shortcuts, to compare with |
//! | `subquery` | queries whose rows are conditions |
//! | `lookups` | what stages ask of tables |
//! | `traced` | what stages are made of, to follow rows through them |
//! | `definitions` | signatures, and beside each what it does |
//! | `identity` | the number, the id and the format of a message |
//! | `row_notes` | what is reported of rows that a stage could not work with |
//! | `rows_now` | what is known of the rows at a point of the query |

pub mod aggregate;
pub mod arguments;
pub mod auto;
pub mod breaker;
pub mod breakers;
pub mod built_in_fields;
pub mod columns;
pub mod definitions;
pub mod effects;
pub mod expression;
mod identity;
pub mod lookups;
mod misread;
pub mod names;
pub mod nested_pipeline;
mod operands;
pub mod parameters;
pub mod planner;
pub mod ranges;
pub mod referenced;
mod row_notes;
pub mod rows_now;
pub mod scope;
pub mod subquery;
pub mod traced;
mod undocumented;
mod watch;
mod without_shortcuts;

pub use crate::program::pipeline_breaker::InputSlot;
use crate::program::plan::Plan;
pub use auto::Origin;
pub use breaker::Breaker;
pub use planner::{AggregatePlan, OperatorCall, Planner};

use crate::diagnostics::Diagnostic;
use crate::syntax::tree::Query;
use definitions::Catalogue;
use sumoql_data::table_resolver::{NoTables, Tables};

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
