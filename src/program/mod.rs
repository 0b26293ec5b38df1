//! What runs, as types: the plan, the batches and values it works on, the states it keeps, and how a row is computed.

pub mod aggregate;
pub mod batch;
pub mod budget;
pub mod clock;
pub mod codec;
pub mod context;
pub mod exact_sum;
pub mod expression;
pub mod lookup;
pub mod matching;
pub mod permits;
pub mod pipeline_breaker;
pub mod plan;
pub mod row_stream;
pub mod scope;
pub mod scratch;
pub mod split;
pub mod stage_effects;
pub mod subquery_results;
pub mod tally;
pub mod watched;
