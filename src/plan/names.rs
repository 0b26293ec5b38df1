//! What names mean at a point of the query: their slots, which of them are shown, and fields that only the data name.

use super::Planner;
use super::built_in_fields::{BUILT_IN, Binding};
use super::effects::Gone;
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::built_in_fields::message_field;
use crate::program::batch::{ColumnSource, Slot};
use crate::program::expression::{CompiledExpr, Computed};
use crate::program::lookup::results::What;
use crate::syntax::tree::Name;
use sumoql_data::value::Owned;

/// How the message about a field ends that no stage makes: without data, it may be metadata.
pub const READ_FROM_METADATA: &str = ": it is read from the metadata of the message";

impl Planner<'_> {
    /// The slot of a field that the query mentions.
    pub fn field(&mut self, name: &Name) -> Result<Slot, Diagnostic> {
        if name.parameter() {
            let message = format!("the parameter {} has no value", name.text);
            let help = "give the parameter a value";
            return Err(Diagnostic::error(&codes::PARAMETER, name.span, message).help(help));
        }
        let known = self.rows.open_table.is_some() || self.rows.names.iter().any(|b| b.key == name.key());
        let built_in = self.rows.messages && BUILT_IN.iter().any(|builtin| builtin.eq_ignore_ascii_case(&name.text));
        let hidden = |(key, how): &(String, Gone)| *key == name.key() && matches!(how, Gone::Hidden(_));
        if self.gone.iter().any(hidden) || (!known && !built_in && !self.has_auto_fields()) {
            self.unknown_field(name);
            // Once is enough.
            self.gone.retain(|gone| !hidden(gone));
        }
        let slot = self.field_slot(&name.text);
        self.watch(name, slot);
        Ok(slot)
    }

    /// Says that no stage makes a field, and where it got lost if one did. Nothing is said of metadata that the scope asks for,
    /// nor where only Sumo Logic knows which fields there are.
    fn unknown_field(&mut self, name: &Name) {
        let named = self.gone.iter().rev().find(|(key, _)| *key == name.key());
        let renewed = |(_, how): &&(String, Gone)| !self.rows.messages && matches!(how, Gone::Renewed(_));
        let gone = named.or(self.gone.iter().find(renewed)).map(|(_, how)| *how);
        let field = &name.text;
        let message = match (gone, self.rows.messages) {
            (Some(Gone::Hidden(_)), _) => format!("`fields` has removed the field `{field}`"),
            (_, true) => format!("no stage creates the field `{field}`{READ_FROM_METADATA}"),
            (_, false) => format!("the field `{field}` does not exist after the aggregate: it is null"),
        };
        let near = self.near(name);
        let scope = |field: &str| self.facts.scope.iter().any(|asked| asked == field);
        let metadata = scope(&name.key()) || (near.is_none() && (scope("_view") || scope("_index")));
        let elsewhere = near.is_none() && self.tables.requests.iter().any(|request| request.what == What::Service);
        if elsewhere || (self.rows.messages && metadata && !matches!(gone, Some(Gone::Hidden(_)))) {
            return;
        }
        let code = if self.rows.messages && gone.is_none() { &codes::UNKNOWN_FIELD } else { &codes::LOST_FIELD };
        let warning = Diagnostic::warning(code, name.span, message);
        self.report(match gone {
            Some(Gone::Hidden(stage)) => {
                let help = format!("use `{field}` before this stage, or keep it in the list");
                warning.label(stage, "removed here").help(help).maybe_meant(name.span, near.as_deref())
            }
            Some(Gone::Renewed(stage)) if !self.rows.messages => {
                let help = format!("to keep `{field}`, group by it or aggregate it");
                let warning = warning.label(stage, "after this stage, only its own columns exist");
                warning.help(help).maybe_meant(name.span, near.as_deref())
            }
            _ => warning.maybe_meant(name.span, near.as_deref()),
        });
    }

    /// The slot of a field, whether a stage makes it or the message has it.
    pub fn field_slot(&mut self, name: &str) -> Slot {
        let key = name.to_lowercase();
        self.facts.reads(&key);
        if let Some(at) = self.rows.names.iter().position(|binding| binding.key == key) {
            let slot = self.bring(self.rows.names[at].at);
            self.rows.names[at].at = (self.here(), slot);
            return slot;
        }
        let at = match self.rows.messages {
            _ if self.rows.open_table.is_some() => {
                let segment = self.rows.open_table.unwrap_or_default();
                (segment, self.segments[segment].define(ColumnSource::Named(name.to_string()), 1, None))
            }
            true => {
                // `fields` has taken away what it does not list.
                let auto = if self.rows.listed { None } else { self.auto_slot(&key) };
                let partition = self.search.default_partition();
                (0, message_field(&mut self.segments[0], &key, auto, partition))
            }
            false => (
                self.here(),
                self.current().define(
                    ColumnSource::Computed(Box::new(Computed(CompiledExpr::Constant(Owned::Null)))),
                    1,
                    None,
                ),
            ),
        };
        let slot = self.bring(at);
        let spelling = BUILT_IN.iter().find(|builtin| builtin.eq_ignore_ascii_case(name)).unwrap_or(&name);
        let time = matches!(key.as_str(), "_messagetime" | "_receipttime");
        self.rows.names.push(Binding {
            name: spelling.to_string(),
            key,
            at: (self.here(), slot),
            shown: false,
            time,
            made: false,
            watched: false,
            maybe: false,
        });
        slot
    }

    /// The slot that a name has now, if a stage has made it.
    pub fn known(&mut self, name: &Name) -> Option<Slot> {
        let found = self.rows.names.iter().any(|binding| binding.key == name.key());
        found.then(|| self.field_slot(&name.text))
    }

    /// The slot that a name has now, if a stage has made it.
    pub fn known_field(&mut self, name: &str) -> Option<Slot> {
        self.known(&Name { text: name.to_string(), span: Span::default() })
    }

    /// Carries a value from an earlier segment to the current one.
    pub(super) fn bring(&mut self, (segment, slot): (usize, Slot)) -> Slot {
        let mut slot = slot;
        for at in segment..self.here() {
            let before = &mut self.segments[at];
            let position = before.carry.iter().position(|carried| *carried == slot).unwrap_or_else(|| {
                before.carry.push(slot);
                before.carry.len() - 1
            });
            let column = before.own + position;
            slot = self.segments[at + 1].define(ColumnSource::Column(column), 1, None);
        }
        slot
    }

    /// Gives a name to a slot of the current segment. What had the name before is not reachable any more.
    pub fn bind(&mut self, name: &str, slot: Slot) {
        self.bind_kind(name, slot, false);
    }

    /// Gives a name to a slot that holds times.
    pub fn bind_time(&mut self, name: &str, slot: Slot) {
        self.bind_kind(name, slot, true);
    }

    pub(super) fn bind_kind(&mut self, name: &str, slot: Slot, time: bool) {
        let key = name.to_lowercase();
        self.facts.makes(&key);
        self.gone.retain(|(gone, _)| *gone != key);
        self.rebind(name, slot, time);
    }

    /// Gives a name to a slot, without a stage having made it.
    fn rebind(&mut self, name: &str, slot: Slot, time: bool) {
        let key = name.to_lowercase();
        let at = (self.here(), slot);
        let binding =
            Binding { name: name.to_string(), key, at, shown: true, time, made: true, watched: false, maybe: false };
        match self.rows.names.iter_mut().find(|old| old.key == binding.key) {
            Some(old) => *old = binding,
            None => self.rows.names.push(binding),
        }
    }

    /// Gives a name to a slot that may turn out to have no value anywhere: then it is not shown.
    pub fn bind_maybe(&mut self, name: &str, slot: Slot) {
        self.bind(name, slot);
        if let Some(binding) = self.rows.names.iter_mut().find(|binding| binding.key == name.to_lowercase()) {
            binding.maybe = true;
        }
    }

    /// Names listed by `fields`: only these are shown, in this order.
    pub fn show_only(&mut self, names: &[&Name]) -> Result<(), Diagnostic> {
        let mut kept = Vec::new();
        for name in names {
            self.field(name)?;
            if let Some(at) = self.rows.names.iter().position(|binding| binding.key == name.key()) {
                kept.push(Binding { shown: true, ..self.rows.names.remove(at) });
            }
        }
        // System fields stay usable, unseen; user fields that are not listed are gone.
        self.rows.bags.clear();
        let (system, gone): (Vec<Binding>, Vec<Binding>) =
            self.rows.names.drain(..).partition(|binding| binding.key.starts_with('_'));
        kept.extend(system.into_iter().map(|binding| Binding { shown: false, ..binding }));
        self.take_away(gone.into_iter().map(|binding| binding.key).collect());
        self.rows.names = kept;
        self.rows.listed = true;
        Ok(())
    }

    /// Names removed by `fields -`. For later stages they are null, metadata of the message too; only its text and time
    /// stay, which stages read without being told.
    pub fn hide(&mut self, names: &[&Name]) {
        self.rows.hidden.extend(names.iter().map(|name| name.key()));
        for name in names {
            // A column that Sumo Logic itself adds may be missing here.
            if self.rows.messages
                || !self.rows.bags.is_empty()
                || name.text.starts_with('_')
                || self.rows.has(&name.text)
            {
                continue;
            }
            let message = format!("there is no column `{}` to remove", name.text);
            let near = crate::diagnostics::nearest(&name.text, self.rows.names.iter().map(|b| b.name.as_str()));
            let warning = Diagnostic::warning(&codes::UNKNOWN_FIELD, name.span, message);
            let warning = warning.maybe_meant(name.span, near);
            self.report(warning);
        }
        self.rows.names.retain(|binding| names.iter().all(|name| name.key() != binding.key));
        for name in names.iter().filter(|name| !matches!(name.key().as_str(), "_raw" | "_messagetime")) {
            let null = ColumnSource::Computed(Box::new(Computed(CompiledExpr::Constant(Owned::Null))));
            let slot = self.current().define(null, 1, None);
            self.rebind(&name.text, slot, false);
            self.rows.unshow(&name.text);
        }
        self.take_away(names.iter().map(|name| name.key()).collect());
    }

    /// `fields` has taken these away.
    fn take_away(&mut self, gone: Vec<String>) {
        let stage = self.facts.here();
        self.gone.retain(|(key, _)| !gone.contains(key));
        for key in gone {
            self.facts.note(|stage| stage.hides.push(key.clone()));
            self.gone.push((key, Gone::Hidden(stage)));
        }
    }

    /// The names, in lower case, that the query mentions anywhere and that a stage may find in the data. A stage that
    /// makes fields of whatever it finds extracts these, and puts all others into a bag.
    pub fn referenced(&self) -> Vec<String> {
        self.referenced.iter().filter(|name| !name.starts_with('_')).map(|name| name.to_lowercase()).collect()
    }

    /// The names of [`Planner::referenced`] in the spelling in which they come first, for stages that show them, and with
    /// them those that start with `_` and that neither a message nor a stage so far has.
    pub fn referenced_as_written(&self) -> Vec<String> {
        let own = |name: &String| {
            !name.starts_with('_')
                || (!BUILT_IN.iter().any(|builtin| builtin.eq_ignore_ascii_case(name))
                    && self.rows.names.iter().all(|binding| binding.key != name.to_lowercase()))
        };
        self.referenced.iter().filter(|name| own(name)).cloned().collect()
    }

    /// A slot of the current segment that holds fields found in the data, as a JSON object: they become columns of the
    /// result unless a later stage says what is shown. Computed only if it comes to that.
    pub fn bag(&mut self, slot: Slot) {
        self.facts.note(|stage| stage.bags = true);
        self.rows.bags.push((self.here(), slot));
    }

    /// The slots of some fields that the query mentions.
    pub fn all_fields(&mut self, names: &[&Name]) -> Result<Vec<Slot>, Diagnostic> {
        names.iter().map(|name| self.field(name)).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What is said of the names in a query: the code, the name, and the first line of help.
    fn said(text: &str) -> Vec<(String, String, String)> {
        let catalogue = crate::catalogue();
        let (query, errors) = crate::syntax::parse(text, &catalogue);
        assert!(errors.is_empty(), "{text}: {errors:?}");
        let (_, found) = crate::plan::plan(text, &query, &catalogue);
        let help = |d: &Diagnostic| d.help.clone().unwrap_or_default().lines().next().unwrap_or_default().to_string();
        found.iter().map(|d| (d.code.id.to_string(), d.span.of(text).to_string(), help(d))).collect()
    }

    #[test]
    fn names_that_no_stage_makes() {
        for (text, code, name, help) in [
            ("* | parse \"u=*\" as user | where usr = \"x\"", "W202", "usr", "did you mean `user`?"),
            ("* | where cluster = \"x\"", "W202", "cluster", ""),
            (
                "* | parse \"u=*\" as u | count by u | where user = \"x\"",
                "W237",
                "user",
                "to keep `user`, group by it or aggregate it",
            ),
            ("* | count as n | where count > 0", "W237", "count", "did you mean `n`?"),
            (
                "* | parse \"u=* ip=*\" as user, ip | fields user | where ip = \"x\"",
                "W237",
                "ip",
                "use `ip` before this stage, or keep it in the list",
            ),
            ("* | where {{p}} = \"x\"", "E108", "{{p}}", "give the parameter a value"),
        ] {
            assert_eq!(said(text), [(code.to_string(), name.to_string(), help.to_string())], "{text}");
        }
    }

    #[test]
    fn names_that_are_known_somehow() {
        for text in [
            "* | parse \"u=*\" as User | where uSER = \"x\"",
            "cluster=k1 | where cluster = \"x\"",
            "* | where _sourceHost = \"x\" and _size > 1",
            "* | json auto | where anything = \"x\"",
            "* | count as n by _sourceHost | where n > 1 and _sourceHost = \"x\"",
            "* | parse \"a=* b=*\" as a, b | fields - b | 1 as b | where b = 1",
        ] {
            assert_eq!(said(text), [], "{text}");
        }
    }

    #[test]
    fn a_lost_name_is_reported_once() {
        let text = "* | parse \"a=* b=*\" as a, b | fields a | where b = \"x\" | where b = \"y\"";
        assert_eq!(said(text).len(), 1);
    }
}
