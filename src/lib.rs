//! sumoql runs the Sumo Logic log-search language over raw log messages.
//!
//! ```text
//!  text ──syntax──▶ Query ──plan──▶ Plan ──run──▶ Batch ▸ Batch ▸ Table ──output──▶ bytes
//!                     ▲               ▲             ▲
//!               catalogue: form      plan        the operators' code         input ──▶ chunks of messages
//! ```
//!
//! The core (`syntax`, `plan`, `run`, the operators) takes bytes and gives values: it does not print, keeps no global
//! state and touches no file. `docs/architecture.md` has the stages as a table, and who may use whom.

pub mod aggregates;
pub mod cli;
pub mod data;
pub mod diagnostics;
pub mod engine;
pub mod functions;
pub mod input;
pub mod java;
pub mod language;
pub mod lint;
pub mod mining;
pub mod operators;
pub mod output;
pub mod plan;
pub mod program;
pub mod run;
pub mod syntax;
pub mod tables;
pub mod trace;

pub use engine::extraction_rule::extraction;
pub use language::catalogue;
