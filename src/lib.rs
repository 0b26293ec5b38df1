//! The Sumo Logic log-search language, run over your own messages.
//!
//! ```text
//!  text ──syntax──▶ Query ──plan──▶ Plan ──run──▶ Batch ▸ Batch ▸ Table ──output──▶ bytes
//!                     ▲               ▲             ▲
//!                 signature      plan function   the operators' code      input ──▶ chunks of messages
//! ```
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
//! | you want | use |
//! |---|---|
//! | the language with your settings | [`Engine::builder`] |
//! | to read, check and plan a query | [`Engine::prepare`]: a [`Query`], or [`Diagnostics`] |
//! | to run it | [`Query::run`] over an [`Input`]: an [`Answer`] with [`Rows`] and a [`Summary`] |
//! | to watch or cancel a run | [`Query::start`]: a [`Run`] |
//! | to know why a message is, or is not, in the result | [`Query::trace`]: a [`Trace`] |
//! | completion, hover, colours, formatting and fixes for an editor | [`Engine::language`]: a [`Language`] |
//! | messages, tables and values of your own | the traits in [`data`] |
//! | an operator of your own | [`operator`] |
//!
//! Diagnostics, traces and the answers of the language service are plain values that serialise.
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

#[doc(no_inline)]
pub use chrono_tz::Tz;
pub use diagnostics::{Code, Columns, Edit, Fix, LineIndex, LocatedDiagnostic, LocatedLabel, Position, Severity, Span};
pub use engine::answer::{Answer, ParseCount, RunError, Summary};
pub use engine::extraction_rule::extraction;
pub use engine::input::Input;
pub use engine::language::{
    Completion, Completions, FormatError, Hover, Language, SignatureHelp, Symbol, SymbolKind, Token, TokenKind,
};
pub use engine::observed::{Histogram, Observe, Snapshot, SnapshotError};
pub use engine::query::{Diagnostics, Query};
pub use engine::rows::{CheckedRows, Row, Rows};
pub use engine::running::{Counts, Run};
pub use engine::trace::{
    End, Leaf, MessageRow, MessageStage, MessageTrace, Parts, StageNumber, Trace, Verdict, Wanted,
};
pub use engine::{Engine, EngineBuilder};
#[doc(hidden)]
pub use language::catalogue;
pub use plan::parameters::{DataType, Parameter};
pub use program::scratch::{Scratch, ScratchError, Spool};
pub use run::execute::Partiality;
pub use run::null_fields::NullField;
pub use run::saved_tables::Saved;
pub use sumoql_data::value::Owned as OwnedValue;

/// Values, messages, tables, and the traits of whoever brings them.
pub use sumoql_data as data;

pub mod operator {
    //! How to add an operator of your own.
    //!
    //! An operator is one static: its *signature* says how it is written and what help and completion tell of it, and its
    //! *plan function* puts it into the plan of a query. [`Engine::builder`](crate::Engine::builder) takes it; one with the
    //! form of an operator of Sumo Logic takes its place.
    //!
    //! 1. The `form` is the syntax: `'mask' name:field` reads the word `mask` and a field. Words and signs stand between
    //!    quotes, pieces (`field`, `expr`, `text`, `integer`, `interval` …) have a label, and `?`, `*`, `+`, `,+` and
    //!    `( | )` mean what they mean in a grammar.
    //! 2. The plan function gets the arguments by their labels ([`OperatorCall`]). It asks the [`Planner`] for the slots of
    //!    the fields that it reads, defines slots for those that it makes, and binds names to them.
    //! 3. What computes a slot is an [`Extractor`]. It is asked for a row when somebody first reads the slot.
    //!
    //! ```
    //! use sumoql::data::value::Value;
    //! use sumoql::operator::*;
    //! use sumoql::{Engine, Input};
    //!
    //! /// `reverse FIELD`: writes a field backwards.
    //! static REVERSE: OperatorDef = OperatorSignature {
    //!     name: "reverse",
    //!     group: Group::Text,
    //!     form: "'reverse' name:field",
    //!     summary: "Writes a field backwards.",
    //!     doc: "Null stays null.",
    //!     ..OperatorSignature::BASE
    //! }
    //! .planned_by(plan);
    //!
    //! fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    //!     if let Some(name) = call.args.field("name") {
    //!         let value = planner.field(name)?;
    //!         let slot = planner.define(Box::new(Reverse { value }), 1, false);
    //!         planner.bind(&name.text, slot);
    //!     }
    //!     Ok(())
    //! }
    //!
    //! struct Reverse {
    //!     value: Slot,
    //! }
    //!
    //! impl Extractor for Reverse {
    //!     fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
    //!         let text = row.get(self.value).text(row.arena()).map(|text| text.chars().rev().collect::<String>());
    //!         row.set(first, text.map_or(Value::Null, |text| Value::Text(row.arena().alloc_str(&text))));
    //!         true
    //!     }
    //! }
    //!
    //! # fn main() -> Result<(), Box<dyn std::error::Error>> {
    //! let engine = Engine::builder().operator(&REVERSE).build();
    //! let query = engine.prepare("* | parse \"user=*,\" as user | reverse user | fields user")?;
    //! let answer = query.run(Input::lines("user=ann b,"))?;
    //! assert_eq!(answer.rows().next().unwrap()["user"].to_string(), "b nna");
    //! # Ok(())
    //! # }
    //! ```
    //!
    //! The plan function and the extractor meet the rooms of the language, which change more often than the rest of this
    //! crate: expect to adapt an operator to new versions. `src/operators` holds those of Sumo Logic, to read and copy from.

    pub use crate::diagnostics::Diagnostic;
    pub use crate::plan::definitions::OperatorDef;
    pub use crate::plan::{OperatorCall, Planner};
    pub use crate::program::batch::{Extractor, Row, Slot};
    pub use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
    pub use crate::syntax::tree::{Arg, ArgValue, Args, Name};
}
