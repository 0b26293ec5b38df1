//! The fields that messages have without a stage: how they are computed, and what a name stands for.

use super::identity;
use crate::program::batch::{ColumnSource, Extractor, Row, Slot};
use crate::program::plan::Segment;
use crate::program::scope::other_name;
use crate::run::auto::is_missing;
use crate::run::scan::log_level::level;
use std::sync::atomic::Ordering;
use sumoql_data::message::Message;
use sumoql_data::time::stamp::locate;
use sumoql_data::value::Value;

/// The fields every message has (manual page `built-in-metadata`), as Sumo Logic spells them.
pub const BUILT_IN: &[&str] = &[
    "_messageTime",
    "_raw",
    "_receiptTime",
    "_size",
    "_collector",
    "_source",
    "_sourceName",
    "_sourceCategory",
    "_sourceHost",
    "_format",
    "_view",
    "_index",
    "_messageCount",
    "_messageid",
    "_loglevel",
];

/// Metadata shown with message results when they are there.
pub const SHOWN_METADATA: &[&str] = &["_sourceCategory", "_sourceHost", "_sourceName", "_source", "_collector"];

/// A visible name.
#[derive(Clone, Debug)]
pub struct Binding {
    /// As shown.
    pub name: String,
    /// By which it is found.
    pub key: String,
    /// Its segment and slot.
    pub at: (usize, Slot),
    /// Part of the result. Fields that start with `_` stay usable after `fields` without being shown.
    pub shown: bool,
    /// Holds times.
    pub time: bool,
    /// A stage has made it: else it is only read, and may not be there.
    pub made: bool,
    /// Whether a value was seen is not asked, or asked already.
    pub watched: bool,
    /// May have no value anywhere; then it is not shown.
    pub maybe: bool,
}

/// The fields that are computed, in lower case: the scope compares with what they are computed to.
pub const COMPUTED: &[&str] =
    &["_raw", "_size", "_messagetime", "_receipttime", "_loglevel", "_messagecount", "_messageid", "_format"];

/// Adds the definition of a field that the message has; the answer is its slot. `auto` is that of the field of that name
/// in its JSON, `partition` the name of the partition of messages that name none.
pub fn message_field(segment: &mut Segment, key: &str, auto: Option<Slot>, partition: Option<&'static str>) -> Slot {
    segment.program.numbered |= key == "_messagecount";
    segment.define(definition(key, auto, partition), 1, None)
}

/// How a field of a message is found when no stage makes it. `auto` is the slot of the field of that name in its JSON,
/// `partition` the name of that of messages which name none.
fn definition(key: &str, auto: Option<Slot>, partition: Option<&'static str>) -> ColumnSource {
    let builtin: Box<dyn Extractor> = match key {
        "_raw" => return ColumnSource::Raw,
        "_size" => Box::new(BuiltIn(|row| row.message().map_or(Value::Null, |m| Value::Int(m.raw.len() as i64)))),
        "_messagetime" => Box::new(BuiltIn(message_time)),
        "_receipttime" => Box::new(BuiltIn(|row| match own(row, "_receiptTime") {
            Value::Null => row.source().map_or(Value::Null, |source| Value::Int(source.receipt)),
            own => own,
        })),
        // Metadata of the name overrule what the text says.
        "_loglevel" => Box::new(LogLevel),
        "_messagecount" => Box::new(BuiltIn(|row| given(row, "_messageCount", identity::number))),
        "_messageid" => Box::new(BuiltIn(|row| given(row, "_messageid", identity::id))),
        "_format" => Box::new(BuiltIn(|row| given(row, "_format", identity::format))),
        "_view" | "_index" => Box::new(Metadata { name: key.to_string(), auto, absent: partition }),
        _ => Box::new(Metadata { name: key.to_string(), auto, absent: None }),
    };
    ColumnSource::Computed(builtin)
}

/// A field with code of its own.
struct BuiltIn(for<'m> fn(Row<'_, 'm>) -> Value<'m>);

impl Extractor for BuiltIn {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        row.set(first, (self.0)(row));
        true
    }
}

/// `_messageTime` by the general search for timestamps alone.
pub fn searched_time() -> Box<dyn Extractor> {
    Box::new(BuiltIn(|row| {
        time_of(row, |message| {
            let stamp = locate(message.raw, &message.source.known())?;
            message.source.doubt(stamp.doubts);
            Some(stamp.at)
        })
    }))
}

fn message_time<'m>(row: Row<'_, 'm>) -> Value<'m> {
    time_of(row, |message| {
        let at = row.stamps().find(message.raw, &message.source.known());
        message.source.doubt(row.stamps().doubts());
        at
    })
}

/// The time a message brings along, else the one found in its text, else when it was received.
#[inline]
fn time_of<'m>(row: Row<'_, 'm>, find: impl FnOnce(&Message<'m>) -> Option<i64>) -> Value<'m> {
    let Some(message) = row.message() else { return Value::Null };
    if !message.own.is_empty() {
        match own(row, "_messageTime") {
            Value::Null => {}
            own => return own,
        }
    }
    let source = message.source;
    let given = if source.stamps.is_empty() { None } else { source.stamp(message.raw) };
    let found = given.or_else(|| find(message));
    Value::Int(found.unwrap_or_else(|| {
        source.untimed.fetch_add(1, Ordering::Relaxed);
        source.receipt
    }))
}

/// What the metadata say, else what is computed.
fn given<'m>(row: Row<'_, 'm>, name: &str, compute: fn(Row<'_, 'm>) -> Value<'m>) -> Value<'m> {
    match metadata(row, name) {
        Value::Null => compute(row),
        given => given,
    }
}

fn own<'m>(row: Row<'_, 'm>, name: &str) -> Value<'m> {
    let own = row.message().and_then(|m| m.own.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
    own.map_or(Value::Null, |(_, value)| *value)
}

/// A field of the metadata, or where they have none, of the JSON in the message.
struct Metadata {
    name: String,
    auto: Option<Slot>,
    /// What it is where neither has it.
    absent: Option<&'static str>,
}

impl Extractor for Metadata {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let given = match (metadata(row, &self.name), self.absent) {
            (Value::Null, Some(absent)) => Value::Text(absent),
            (given, _) => given,
        };
        let parsed = match self.auto {
            Some(auto) if is_missing(given) && row.message().is_some_and(Message::is_auto_parsed) => row.get(auto),
            _ => Value::Null,
        };
        row.set(first, if parsed.is_null() { given } else { parsed });
        true
    }
}

fn metadata<'m>(row: Row<'_, 'm>, name: &str) -> Value<'m> {
    let called = |name: &str| match own(row, name) {
        Value::Null => row.source().and_then(|source| source.get(name)).map_or(Value::Null, Value::Text),
        own => own,
    };
    match (called(name), other_name(name)) {
        (Value::Null, Some(other)) => called(other),
        (found, _) => found,
    }
}

/// `_loglevel`: what the metadata say, else what the text says.
struct LogLevel;

impl Extractor for LogLevel {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let value = match metadata(row, "_loglevel") {
            Value::Null => row.message().map_or(Value::Null, |message| level(message.raw, row.arena())),
            given => given,
        };
        row.set(first, value);
        true
    }
}
