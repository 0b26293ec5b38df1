//! The Sumo Logic log-search language, run over your own messages.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = sumoql::Engine::default();
//! let query = engine.prepare("error | parse \"user=*,\" as user | count by user")?;
//! for row in query.run(sumoql::Input::lines("error user=ann,\n"))?.rows() {
//!     println!("{}", row["user"]);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An [`Engine`] holds the language and its settings; [`Engine::prepare`] reads, checks and plans a query, or says what is
//! wrong with it and where. A [`Query`] runs over an [`Input`], as often as wanted; a [`Run`] can be watched and cancelled,
//! and ends with an [`Answer`].
//!
//! ```text
//!  text ──syntax──▶ Query ──plan──▶ Plan ──run──▶ Batch ▸ Batch ▸ Table ──output──▶ bytes
//!                     ▲               ▲             ▲
//!                 signature      plan function   the operators' code      input ──▶ chunks of messages
//! ```
//!
//! The language takes bytes and gives values: it does not print, keeps no global state and touches no file. The modules that
//! are not listed here are its rooms; they may change at any time. `docs/architecture.md` describes them.

#[doc(hidden)]
pub mod aggregates;
#[doc(hidden)]
pub mod diagnostics;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod functions;
#[doc(hidden)]
pub mod language;
#[doc(hidden)]
pub mod lint;
#[doc(hidden)]
pub mod mining;
#[doc(hidden)]
pub mod operators;
#[doc(hidden)]
pub mod output;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod program;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod trace;

pub use diagnostics::{Code, Diagnostic, Severity, Span};
pub use engine::answer::{Answer, ParseCount, RunError, Summary};
pub use engine::extraction_rule::extraction;
pub use engine::input::Input;
pub use engine::observed::{Histogram, Observe, Snapshot, SnapshotError};
pub use engine::query::{Diagnostics, Query};
pub use engine::rows::{Row, Rows};
pub use engine::running::{Counts, Run};
pub use engine::{Engine, EngineBuilder};
pub use language::catalogue;
pub use plan::parameters::Parameter;
pub use run::execute::Partiality;
pub use sumoql_data::value::Owned as OwnedValue;
