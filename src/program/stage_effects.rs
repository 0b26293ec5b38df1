//! What each stage did with names and rows, for checks that come after planning.

use crate::diagnostics::Span;

/// What one stage did. Names are in lower case.
#[derive(Clone, Debug, Default)]
pub struct StageEffects {
    /// The stage.
    pub span: Span,
    /// Names whose values it reads, those of pipelines inside it included; a name that it has made itself is none.
    pub reads: Vec<String>,
    /// Names that it makes, also over earlier ones.
    pub makes: Vec<String>,
    /// Names that are gone after it.
    pub hides: Vec<String>,
    /// It may let rows go.
    pub drops: bool,
    /// It puts rows in order.
    pub sorts: bool,
    /// What it does depends on the order of the rows that reach it.
    pub ordered: bool,
    /// It makes several rows of one.
    pub copies: bool,
    /// It sees all rows and may change or add some.
    pub gathers: bool,
    /// Nothing but what it makes is left.
    pub renews: bool,
    /// It is a parse stage with `nodrop`: whether it matched may count later.
    pub optional: bool,
    /// It asks whether earlier parse stages with `nodrop` have matched.
    pub asks_optional: bool,
    /// It makes fields that only the data name.
    pub bags: bool,
}
