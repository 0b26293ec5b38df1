//! What stages note for later ones about the rows they make.

use super::Planner;

impl Planner<'_> {
    /// Notes that the rows are signatures: Sumo Logic refuses aggregates over them.
    pub fn set_signatures(&mut self) {
        self.signatures = true;
    }

    /// Notes that the rows come from an operator after which Sumo Logic refuses `compare`.
    pub fn set_incomparable(&mut self, operator: &'static str) {
        self.incomparable = Some(operator);
    }

    /// The operator that made the rows, if `compare` can't follow it.
    pub fn incomparable(&self) -> Option<&'static str> {
        self.incomparable
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
        self.transposed = true;
    }

    /// Whether `transpose` made the rows.
    pub fn is_transposed(&self) -> bool {
        self.transposed
    }
}
