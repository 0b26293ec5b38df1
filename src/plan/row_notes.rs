//! What stages note for later ones about the rows they make.

use super::Planner;
use crate::diagnostics::Span;
use crate::syntax::lexical::blank;

impl Planner<'_> {
    /// Notes that the rows are signatures: Sumo Logic refuses aggregates over them.
    pub fn set_signatures(&mut self) {
        self.rows.signatures = true;
    }

    /// Notes that the rows come from an operator after which Sumo Logic refuses `compare`.
    pub fn set_incomparable(&mut self, operator: &'static str) {
        self.rows.incomparable = Some(operator);
    }

    /// The operator that made the rows, if `compare` can't follow it.
    pub fn incomparable(&self) -> Option<&'static str> {
        self.rows.incomparable
    }

    /// Notes the width of a `timeslice`, in milliseconds; `None` when it depends on the query's time range.
    pub fn set_slice(&mut self, width: Option<i64>) {
        self.slice = width;
    }

    /// The width of the last `timeslice`, when it has a fixed one.
    pub fn slice(&self) -> Option<i64> {
        self.slice
    }

    /// Notes that `transpose` made the rows: what is missing in them is null.
    pub fn set_transposed(&mut self) {
        self.rows.transposed = true;
    }

    /// Whether nothing but comments follows a stage in the whole text.
    pub fn ends_query(&self, stage: Span) -> bool {
        self.text.get(stage.end..).is_some_and(|rest| blank(rest).is_empty())
    }

    /// Whether `transpose` made the rows.
    pub fn is_transposed(&self) -> bool {
        self.rows.transposed
    }

    /// Whether the rows have the text of a message, or may have it: a table may have a column of that name.
    pub fn has_text(&self) -> bool {
        self.rows.messages || (self.has("_raw") && !self.rows.transposed)
    }

    /// The fields, in lower case, that tell the rows of the last aggregate apart. `None` where no aggregate made the rows.
    pub fn group_keys(&self) -> Option<&[String]> {
        self.rows.group_keys.as_deref()
    }

    /// Says which fields tell the rows apart, for stages that group by themselves.
    pub fn set_group_keys(&mut self, names: &[String]) {
        self.rows.group_keys = Some(names.iter().map(|name| name.to_lowercase()).collect());
    }

    /// Whether stages have made a field, in lower case, of the fields that tell the rows apart, and of nothing else.
    pub fn is_label(&self, name: &str) -> bool {
        self.rows.labels.iter().any(|label| label == name)
    }

    /// Notes which of the fields that a stage has made are labels.
    pub(super) fn note_labels(&mut self) {
        let (Some(keys), Some(stage)) = (&self.rows.group_keys, self.facts.current()) else { return };
        if stage.renews {
            return;
        }
        let fixed = |name: &String| keys.contains(name) || self.rows.labels.contains(name);
        let made_of_keys = !stage.bags && !stage.gathers && stage.reads.iter().all(fixed);
        let made: Vec<String> = stage.makes.iter().filter(|name| !keys.contains(name)).cloned().collect();
        self.rows.labels.retain(|label| !made.contains(label));
        if made_of_keys {
            self.rows.labels.extend(made);
        }
    }
}
