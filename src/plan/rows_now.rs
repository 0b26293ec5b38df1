//! What a planner knows of the rows at one point of the query.

use super::built_in_fields::Binding;
use crate::program::batch::Slot;

/// The names and kinds of the rows here. A pipeline in brackets begins with a clone of it.
#[derive(Clone, Debug, Default)]
pub struct RowsNow {
    /// The visible names.
    pub(super) names: Vec<Binding>,
    /// Whether rows are still messages: metadata and `_raw` are there.
    pub messages: bool,
    /// The segment whose rows have columns that only the data name.
    pub(super) open_table: Option<usize>,
    /// Slots with fields that only the data name, as JSON objects.
    pub(super) bags: Vec<(usize, Slot)>,
    /// The names, in lower case, after which the columns of the bags are shown; without any they come last.
    pub(super) bags_after: Vec<String>,
    /// Names that no bag may bring back.
    pub(super) hidden: Vec<String>,
    /// Whether the rows are signatures that no aggregate may follow.
    pub signatures: bool,
    /// The operator whose rows `compare` can't put beside those of other time ranges.
    pub incomparable: Option<&'static str>,
    /// Whether `fields` has said which columns to show and in what order.
    pub(super) listed: bool,
    /// Whether `transpose` made the rows: what is missing in them is null.
    pub transposed: bool,
    /// For each parse stage with `nodrop` so far, the slot that says whether it matched.
    pub(super) optional_parses: Vec<(usize, Slot)>,
    /// The fields, in lower case, that tell the rows of the last aggregate apart; `None` where no aggregate made them.
    pub(super) group_keys: Option<Vec<String>>,
    /// Fields, in lower case, that stages have made of those alone.
    pub(super) labels: Vec<String>,
}

impl RowsNow {
    /// Whether a stage has made a field, or the data may have.
    pub fn has(&self, name: &str) -> bool {
        self.open_table.is_some() || self.names.iter().any(|binding| binding.key == name.to_lowercase())
    }

    /// Whether the rows have the text of a message, or may have it: a table may have a column of that name.
    pub fn has_text(&self) -> bool {
        self.messages || (self.has("_raw") && !self.transposed)
    }

    /// Whether the rows have columns that only the data name.
    pub fn has_bags(&self) -> bool {
        !self.bags.is_empty()
    }

    /// Whether a name's values are times.
    pub fn is_time(&self, name: &str) -> bool {
        self.names.iter().any(|binding| binding.time && binding.key == name.to_lowercase())
    }

    /// The names that are shown, in their order.
    pub fn shown(&self) -> Vec<String> {
        self.names.iter().filter(|binding| binding.shown).map(|binding| binding.name.clone()).collect()
    }

    /// All names that stages have made, in their order, and whether they are shown.
    pub fn made(&self) -> Vec<(String, bool)> {
        self.names.iter().map(|binding| (binding.name.clone(), binding.shown)).collect()
    }

    /// Shows a column before all others.
    pub fn show_first(&mut self, name: &str) {
        if let Some(at) = self.names.iter().position(|binding| binding.key == name.to_lowercase()) {
            let binding = self.names.remove(at);
            self.names.insert(0, binding);
        }
    }

    /// Takes a column out of the result; later stages still know its name.
    pub fn unshow(&mut self, name: &str) {
        self.named(name).for_each(|binding| binding.shown = false);
    }

    /// Says of a column that was made from another what was known of that one.
    pub fn mark(&mut self, name: &str, time: bool, maybe: bool) {
        self.named(name).for_each(|binding| (binding.time, binding.maybe) = (time, maybe));
    }

    pub(super) fn named(&mut self, name: &str) -> impl Iterator<Item = &mut Binding> {
        let key = name.to_lowercase();
        self.names.iter_mut().filter(move |binding| binding.key == key)
    }

    /// The fields, in lower case, that tell the rows of the last aggregate apart. `None` where no aggregate made the rows.
    pub fn group_keys(&self) -> Option<&[String]> {
        self.group_keys.as_deref()
    }

    /// Says which fields tell the rows apart, for stages that group by themselves.
    pub fn set_group_keys(&mut self, names: &[String]) {
        self.group_keys = Some(names.iter().map(|name| name.to_lowercase()).collect());
    }

    /// Whether stages have made a field, in lower case, of the fields that tell the rows apart, and of nothing else.
    pub fn is_label(&self, name: &str) -> bool {
        self.labels.iter().any(|label| label == name)
    }
}
