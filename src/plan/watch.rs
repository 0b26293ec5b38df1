//! Which fields are watched: see [`crate::program::watched`].

use super::Planner;
use super::built_in_fields::{BUILT_IN, COMPUTED};
use crate::diagnostics::nearest;
use crate::program::batch::{ColumnSource, Slot};
use crate::program::plan::Step;
use crate::program::watched::WatchedField;
use crate::syntax::tree::Name;

impl Planner<'_> {
    /// Watches a field where the query mentions it first. Nothing is asked of what is never null, nor of what an aggregate has
    /// taken away, which the query shows without data.
    pub(super) fn watch(&mut self, name: &Name, slot: Slot) {
        let key = name.key();
        let (here, messages, open) = (self.here(), self.rows.messages, self.rows.open_table.is_some());
        let Some(binding) = self.rows.names.iter_mut().find(|binding| binding.key == key) else { return };
        let known = std::mem::replace(&mut binding.watched, true);
        let made = binding.made;
        let computed = !made && COMPUTED.contains(&key.as_str());
        let lost = !made && !messages && !open;
        let definition = self.segments[here].program.definition(slot);
        if known || computed || lost || matches!(definition.how, ColumnSource::Raw) {
            return;
        }
        let made_by = definition.stage;
        let built_in = !made && messages && BUILT_IN.iter().any(|known| known.eq_ignore_ascii_case(&name.text));
        let field = WatchedField {
            name: name.text.clone(),
            span: name.span,
            stage: self.stage,
            of_message: messages && !open && !made && !built_in,
            auto: made || self.has_auto_fields(),
            built_in,
            tested: self.tests_null,
            first: here == 0 && self.ranges.is_none(),
            made_by,
            near: if made || built_in { None } else { self.near(name) },
        };
        self.watched.push(field);
        let number = self.watched.len() - 1;
        self.current().steps.push(Step::Watch(slot, number));
    }

    /// Does not watch a field: to compute it only for that would be counted, as what a row was dropped for.
    pub(super) fn unwatched(&mut self, name: &str) {
        let key = name.to_lowercase();
        self.rows.names.iter_mut().filter(|binding| binding.key == key).for_each(|binding| binding.watched = true);
    }

    /// A name that is there and nearly that of a field that is not.
    pub(super) fn near(&self, name: &Name) -> Option<String> {
        let field = &name.text;
        let built_in = if self.rows.messages { BUILT_IN } else { &[] };
        // Only what is there: a field that is only read may be misspelt too.
        let made = self.rows.names.iter().filter(|b| b.made && b.key != name.key()).map(|b| b.name.as_str());
        let asked = self.facts.scope.iter().filter(|_| self.rows.messages).map(String::as_str);
        let names = made.chain(asked);
        // `count as n | where count > 0`: the result is meant, by whatever name.
        let result = self.facts.results.iter().rev().find(|(of, column)| {
            let same =
                of == &name.key() || name.text.strip_prefix('_').is_some_and(|name| name.eq_ignore_ascii_case(of));
            !self.rows.messages && same && !column.eq_ignore_ascii_case(&name.text)
        });
        let near =
            result.map(|(_, column)| column.as_str()).or_else(|| nearest(field, names.chain(built_in.iter().copied())));
        near.map(str::to_string)
    }
}
