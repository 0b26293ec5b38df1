//! Fields of messages that neither stages nor metadata have: those of auto parse mode, from the JSON in a message.
//!
//! Whether a message has them is known only at run time, so a plan provides for them wherever a message's field is read.
//! That costs nothing where a message has none: the JSON is looked at when the first of them is read.

use super::Planner;
use super::built_in_fields::BUILT_IN;
use crate::program::batch::{ColumnSource, Slot};
use crate::run::auto::{AllText, AutoFields};
use sumoql_data::message::is_security;

/// Where a field of a message comes from that no stage makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// From the metadata, and where the input has it so, from the JSON in the message.
    #[default]
    Input,
    /// From the JSON of any message: a field that no stage makes is no mistake.
    Json,
    /// From the metadata alone: what runs before there are such fields.
    Metadata,
}

/// What is planned of such fields.
#[derive(Debug, Default)]
pub(super) struct Auto {
    pub origin: Origin,
    /// Names, in lower case, with their slots in the first segment.
    fields: Vec<(String, Slot)>,
    /// All that words of the scope are looked for in, where that is more than the text.
    text: Option<Slot>,
    /// Whether the scope asks for records of Cloud SIEM.
    security: bool,
}

impl Planner<'_> {
    /// The slot, in the first segment, of a field from the JSON in a message; of `key`, its name in lower case. None for what
    /// every message has.
    pub(super) fn auto_slot(&mut self, key: &str) -> Option<Slot> {
        let built_in = BUILT_IN.iter().any(|builtin| builtin.eq_ignore_ascii_case(key));
        if built_in || self.auto.origin == Origin::Metadata {
            return None;
        }
        let known = |auto: &Auto| auto.fields.iter().find(|(name, _)| name == key).map(|(_, slot)| *slot);
        if known(&self.auto).is_none() {
            // One look at the JSON finds whatever the query mentions.
            let mut names: Vec<String> = self.referenced.iter().map(|name| name.to_lowercase()).collect();
            names.push(key.to_string());
            names.retain(|name| self.auto.fields.iter().all(|(known, _)| known != name));
            names.sort();
            names.dedup();
            let fields = ColumnSource::Computed(Box::new(AutoFields::new(&names)));
            let first = self.segments[0].define(fields, names.len(), None);
            self.auto.fields.extend(names.into_iter().enumerate().map(|(number, name)| (name, first + number)));
        }
        known(&self.auto)
    }

    /// The slot, in the first segment, of all that words of the scope are looked for in, of a message of which that is more
    /// than its text.
    pub(super) fn all_text(&mut self) -> Option<Slot> {
        if self.auto.text.is_none() && self.auto.origin != Origin::Metadata {
            let text = ColumnSource::Computed(Box::new(AllText));
            self.auto.text = Some(self.segments[0].define(text, 1, None));
        }
        self.auto.text
    }

    /// Notes that the scope asks for a partition.
    pub(super) fn asks_for_partition(&mut self, name: &str, negated: bool) {
        self.auto.security |= !negated && is_security(name);
    }

    /// Whether messages have fields that only their JSON names.
    pub(super) fn has_auto_fields(&self) -> bool {
        self.rows.messages && (self.auto.origin == Origin::Json || self.auto.security)
    }
}
