//! A value together with the time of its message, as one text: what `withtime` makes and `most_recent` reads.

use sumoql_data::value::{Owned, Value};

/// A JSON object with the keys `time` (milliseconds) and `value`.
pub fn write(time: Value<'_>, value: Value<'_>) -> String {
    serde_json::json!({ "time": time.to_json(), "value": value.to_json() }).to_string()
}

/// The time and the value in a text that [`write`] made; nothing for other texts.
pub fn read(text: &str) -> Option<(i64, Owned)> {
    if !text.starts_with("{\"time\":") {
        return None;
    }
    let both: serde_json::Value = serde_json::from_str(text).ok()?;
    Some((both.get("time")?.as_i64().unwrap_or(i64::MIN), Owned::from_json(both.get("value")?)))
}
