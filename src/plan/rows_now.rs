//! What a planner knows of the rows at one point of the query.

use super::built_in_fields::Binding;
use crate::program::batch::Slot;

/// The names and kinds of the rows here. A pipeline in brackets begins with a clone of it.
#[derive(Clone, Debug, Default)]
pub(super) struct RowsNow {
    /// The visible names.
    pub names: Vec<Binding>,
    /// Whether rows are still messages: metadata and `_raw` are there.
    pub messages: bool,
    /// The segment whose rows have columns that only the data name.
    pub open_table: Option<usize>,
    /// Slots with fields that only the data name, as JSON objects.
    pub bags: Vec<(usize, Slot)>,
    /// The names, in lower case, after which the columns of the bags are shown; without any they come last.
    pub bags_after: Vec<String>,
    /// Names that no bag may bring back.
    pub hidden: Vec<String>,
    /// Whether the rows are signatures that no aggregate may follow.
    pub signatures: bool,
    /// The operator whose rows `compare` can't put beside those of other time ranges.
    pub incomparable: Option<&'static str>,
    /// Whether `fields` has said which columns to show and in what order.
    pub listed: bool,
    /// Whether `transpose` made the rows: what is missing in them is null.
    pub transposed: bool,
    /// For each parse stage with `nodrop` so far, the slot that says whether it matched.
    pub optional_parses: Vec<(usize, Slot)>,
    /// The fields, in lower case, that tell the rows of the last aggregate apart; `None` where no aggregate made them.
    pub group_keys: Option<Vec<String>>,
    /// Fields, in lower case, that stages have made of those alone.
    pub labels: Vec<String>,
}
