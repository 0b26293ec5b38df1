//! What stages note for later ones about the rows they make.

use super::Planner;
use crate::diagnostics::Span;
use crate::syntax::lexical::blank;

impl Planner<'_> {
    /// Whether nothing but comments follows a stage in the whole text.
    pub fn ends_query(&self, stage: Span) -> bool {
        self.text.get(stage.end..).is_some_and(|rest| blank(rest).is_empty())
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
