//! Which columns the rows have at a point of the query: the one answer for all that ask, and the result.
//!
//! A column is named by the query or only by the data; the latter are in bags ([`crate::run::bag`]). A column that the
//! query names may turn out to have no value in any row: then it does not count.

use super::Planner;
use super::built_in_fields::SHOWN_METADATA;
use crate::program::pipeline_breaker::InputSlot;
use crate::program::plan::OutputColumn;
use crate::run::bag::Bags;

/// The columns of the rows, for a stage that sees all of them.
pub struct Columns {
    /// Those that the query names, in their order.
    pub named: Vec<Column>,
    /// Those that only the data name.
    pub bags: Bags<InputSlot>,
}

/// A column that the query names.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Where its values are.
    pub slot: InputSlot,
    /// It counts only if some row has a value.
    pub maybe: bool,
    /// Its values are times.
    pub time: bool,
}

impl Planner<'_> {
    /// The columns that the rows have here.
    pub(super) fn columns(&mut self) -> Columns {
        let shown: Vec<_> = self.rows.names.iter().filter(|binding| binding.shown).cloned().collect();
        let column = |planner: &mut Self, name: String, maybe, time| {
            let slot = InputSlot::new(planner.field_slot(&name));
            Column { name, slot, maybe, time }
        };
        let named = shown.into_iter().map(|b| column(self, b.name, b.maybe, b.time)).collect();
        let Bags { slots, known } = self.bags();
        Columns { named, bags: Bags { slots: slots.into_iter().map(InputSlot::new).collect(), known } }
    }

    /// The bags that the rows have here, for a stage that looks at each row by itself.
    pub fn bags(&mut self) -> Bags {
        let slots = self.rows.bags.clone().into_iter().map(|at| self.bring(at)).collect();
        let shown = self.rows.names.iter().filter(|binding| binding.shown).map(|binding| binding.key.clone());
        Bags { slots, known: shown.chain(self.rows.hidden.iter().cloned()).collect() }
    }

    // ---- the result ----------------------------------------------------------------------------------------------

    /// How many columns of the result stand before those that only the data name.
    pub(super) fn bags_at(&self, output: &[OutputColumn]) -> usize {
        let after = |column: &OutputColumn| self.rows.bags_after.contains(&column.name.to_lowercase());
        match self.rows.bags_after.is_empty() {
            true => output.len(),
            false => output.iter().rposition(after).map_or(0, |last| last + 1),
        }
    }

    /// The columns of the result. Messages: time, fields by name, the text, metadata that are there. After `fields`:
    /// what it lists. Groups: what the aggregate made.
    pub(super) fn output(&mut self) -> Vec<OutputColumn> {
        self.output_names()
            .into_iter()
            .map(|(name, optional)| {
                let slot = self.field_slot(&name);
                let time = self.rows.names.iter().any(|b| b.time && b.key == name.to_lowercase());
                OutputColumn { name, slot, optional, time }
            })
            .collect()
    }

    /// Their names, and whether they are shown only where some row has a value.
    pub(super) fn output_names(&self) -> Vec<(String, bool)> {
        let mut names: Vec<(String, bool)> = self
            .rows
            .names
            .iter()
            .filter(|binding| binding.shown)
            .map(|binding| (binding.name.clone(), binding.maybe))
            .collect();
        if self.rows.messages && !self.rows.listed {
            names.sort_by_key(|(name, _)| name.to_lowercase());
            let gone = |name: &str| {
                let key = name.to_lowercase();
                self.rows.hidden.contains(&key) && !self.rows.names.iter().any(|binding| binding.key == key)
            };
            names.retain(|(name, _)| !matches!(name.to_lowercase().as_str(), "_raw" | "_messagetime"));
            if !gone("_messageTime") {
                names.insert(0, ("_messageTime".to_string(), false));
            }
            for metadata in SHOWN_METADATA {
                if !gone(metadata) && !names.iter().any(|(name, _)| name.eq_ignore_ascii_case(metadata)) {
                    names.push((metadata.to_string(), true));
                }
            }
            if !gone("_raw") {
                names.push(("_raw".to_string(), false));
            }
        }
        names
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    /// The columns of a query's result; those that are shown only with a value end with `?`.
    fn columns(text: &str) -> String {
        let catalogue = crate::catalogue();
        let (query, errors) = crate::syntax::parse(text, &catalogue);
        assert!(errors.is_empty(), "{text}: {errors:?}");
        let plan = crate::plan::plan(text, &query, &catalogue).0.unwrap();
        let name = |column: &super::OutputColumn| format!("{}{}", column.name, if column.optional { "?" } else { "" });
        plan.output.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn columns_of_the_result() {
        for (stages, wanted) in [
            (
                "parse \"z=* a=*\" as z, A",
                "_messageTime A z _sourceCategory? _sourceHost? _sourceName? _source? _collector? _raw",
            ),
            ("parse \"z=* a=*\" as z, a | fields z, a", "z a"),
            ("parse \"z=* a=*\" as z, a | fields z, _raw", "z _raw"),
            ("fields - _raw", "_messageTime _sourceCategory? _sourceHost? _sourceName? _source? _collector?"),
            ("fields - _messageTime", "_sourceCategory? _sourceHost? _sourceName? _source? _collector? _raw"),
            ("count", "_count"),
            ("parse \"z=* a=*\" as z, a | sum(z) as s, count by a", "a s _count"),
            ("parse \"z=* a=*\" as z, a | count by a, z | fields - z", "a _count"),
            ("count by _sourceHost | _count * 2 as twice | fields twice", "twice"),
            ("json auto | fields a, b", "a? b?"),
        ] {
            assert_eq!(columns(&format!("* | {stages}")), wanted, "{stages}");
        }
    }
}
