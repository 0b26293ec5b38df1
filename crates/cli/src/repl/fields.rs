//! The field browser: the names that data or a result have, how often each is filled, and its most frequent values.

use bumpalo::Bump;
use regex::Regex;
use std::collections::{HashMap, HashSet};
use sumoql::output::View;
use sumoql::output::cell::{escape, visible};
use sumoql_input::InputSet;
use unicode_width::UnicodeWidthChar;

/// How many messages of each input are looked at, and of how many inputs.
const MESSAGES: usize = 200;
const INPUTS: usize = 50;
/// How many values of a field are told apart; those beyond count as filled only.
const VALUES: usize = 10_000;

/// How messages hold a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Under a key of JSON.
    Json,
    /// In a `<Data>` of an event of Windows.
    Data,
    /// In another element of one.
    Element,
    /// As a column of a result.
    Column,
}

/// A field of the data, for completion.
#[derive(Clone, Debug)]
pub(super) struct SeenField {
    pub name: String,
    pub origin: Origin,
    /// Its most frequent values, the first of them first.
    pub values: Vec<String>,
}

impl SeenField {
    /// The stage that makes the field.
    pub fn stage(&self) -> Option<String> {
        let name = &self.name;
        if name.contains(['"', '\\', '\'', '\n']) {
            return None;
        }
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(char::is_numeric);
        let field = if plain { name.clone() } else { format!("%\"{name}\"") };
        match self.origin {
            Origin::Json => Some(format!("json \"{name}\"")),
            Origin::Data => Some(format!("parse \"<Data Name='{name}'>*</Data>\" as {field}")),
            Origin::Element => Some(format!("parse \"<{name}>*</{name}>\" as {field}")),
            Origin::Column => None,
        }
    }
}

/// How many values of a field completion offers.
const OFFERED: usize = 20;

/// What is known of one field.
#[derive(Debug)]
pub(super) struct Field {
    pub name: String,
    origin: Origin,
    filled: usize,
    values: HashMap<String, usize>,
}

impl Field {
    /// Its values, the most frequent first.
    fn most_frequent(&self) -> Vec<(&String, &usize)> {
        let mut values: Vec<(&String, &usize)> = self.values.iter().collect();
        values.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        values
    }
}

/// What is known of all of them, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub list: Vec<Field>,
    places: HashMap<String, usize>,
    rows: usize,
}

impl Fields {
    /// The fields of the first messages of what is open. Whoever reads the data next must begin anew.
    pub fn of_data(opened: &InputSet) -> Fields {
        let mut fields = Fields::default();
        // Without these there is no field in events: the browser shows those of JSON then.
        let data = Regex::new(r#"<Data\s+Name\s*=\s*["']([^"']+)["']\s*(?:/>|>([^<]*))"#).ok();
        let element = Regex::new(r"<(EventID|Computer|Channel|Level)(?:\s[^>]*)?>([^<]*)</").ok();
        for input in 0..opened.sources().len().min(INPUTS) {
            let mut left = MESSAGES;
            while left > 0
                && let Some(chunk) = opened.next_of(input)
            {
                let text = chunk.text();
                for message in chunk.messages(&text, &Bump::new()).iter().take(left) {
                    left -= 1;
                    fields.rows += 1;
                    let raw = message.raw.trim_start();
                    if raw.starts_with('{') {
                        if let Ok(value) = serde_json::from_str(raw) {
                            fields.json("", &value);
                        }
                    } else if raw.starts_with('<') {
                        for (regex, origin) in [(&element, Origin::Element), (&data, Origin::Data)] {
                            for found in regex.iter().flat_map(|regex| regex.captures_iter(raw)) {
                                fields.add(&found[1], origin, found.get(2).map_or("", |value| value.as_str()));
                            }
                        }
                    }
                }
            }
        }
        fields
    }

    /// The columns of a result.
    pub fn of_result(view: &View<'_>) -> Fields {
        let mut fields = Fields::default();
        for column in &view.columns {
            fields.known(column.name, Origin::Column);
        }
        for row in view.rows() {
            fields.rows += 1;
            for (column, value) in row.cells() {
                let mut text = String::new();
                visible(value, column.time, view.zone, &mut text);
                fields.add(column.name, Origin::Column, &text);
            }
        }
        fields
    }

    fn json(&mut self, name: &str, value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(members) => {
                for (key, value) in members {
                    let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                    self.json(&name, value);
                }
            }
            serde_json::Value::Null => self.add(name, Origin::Json, ""),
            serde_json::Value::String(text) => self.add(name, Origin::Json, text),
            other => self.add(name, Origin::Json, &other.to_string()),
        }
    }

    /// The place of a name.
    fn known(&mut self, name: &str, origin: Origin) -> usize {
        if let Some(at) = self.places.get(name) {
            return *at;
        }
        self.places.insert(name.to_string(), self.list.len());
        self.list.push(Field { name: name.to_string(), origin, filled: 0, values: HashMap::new() });
        self.list.len() - 1
    }

    /// The fields, for completion.
    pub fn seen(&self) -> Vec<SeenField> {
        let seen = |field: &Field| SeenField {
            name: field.name.clone(),
            origin: field.origin,
            values: field.most_frequent().into_iter().take(OFFERED).map(|(value, _)| value.clone()).collect(),
        };
        self.list.iter().map(seen).collect()
    }

    fn add(&mut self, name: &str, origin: Origin, value: &str) {
        let at = self.known(name, origin);
        let field = &mut self.list[at];
        if value.is_empty() {
            return;
        }
        field.filled += 1;
        if field.values.len() < VALUES || field.values.contains_key(value) {
            *field.values.entry(value.to_string()).or_default() += 1;
        }
    }

    /// As a table: name, share filled, top values, in lines of a width.
    pub fn shown(&self, what: &str, width: usize) -> String {
        let widest = self.list.iter().map(|field| field.name.chars().count()).max().unwrap_or(0).min(width / 3).max(5);
        let noun = if self.rows == 1 { "" } else { "s" };
        let mut out = format!("{} {what}{noun}\n", super::thousands(self.rows as u64));
        out.push_str(&format!("{:widest$}  filled  top values\n", "field"));
        for field in &self.list {
            let share = (field.filled * 100).checked_div(self.rows).unwrap_or(0).min(100);
            let share = if share == 0 && field.filled > 0 { "<1%".to_string() } else { format!("{share}%") };
            let values = field.most_frequent();
            let values = values.iter().take(5).map(|(value, count)| {
                let mut shown = String::new();
                escape(value, &mut shown);
                format!("{} ({count})", fitted(&shown, 40))
            });
            let values = values.collect::<Vec<_>>().join(", ");
            let line = format!("{:widest$}  {share:>6}  {values}", fitted(&field.name, widest));
            out.push_str(&format!("{}\n", fitted(&line, width).trim_end()));
        }
        out
    }
}

/// The values that metadata have, for each name.
pub(super) fn metadata(opened: &InputSet) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut seen = HashSet::new();
    for source in opened.sources() {
        for (name, value) in &source.metadata {
            if !seen.insert((name.as_str(), value.as_str())) {
                continue;
            }
            match found.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, values)) => values.push(value.clone()),
                None => found.push((name.clone(), vec![value.clone()])),
            }
        }
    }
    found
}

/// A text of so many columns at most; what is cut ends in `…`.
pub(super) fn fitted(text: &str, width: usize) -> String {
    let wide = |c: char| c.width().unwrap_or(0);
    if text.chars().map(wide).sum::<usize>() <= width {
        return text.to_string();
    }
    let mut left = width.saturating_sub(1);
    let mut out = String::new();
    for c in text.chars() {
        let Some(rest) = left.checked_sub(wide(c)) else { break };
        left = rest;
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_and_fit() {
        let mut fields = Fields { rows: 4, ..Fields::default() };
        for value in ["{\"a\": {\"b\": 1}, \"c\": null}", "{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 2}}"] {
            fields.json("", &serde_json::from_str(value).unwrap_or_default());
        }
        let shown = fields.shown("message", 60);
        assert!(shown.contains("a.b       75%  1 (2), 2 (1)"), "{shown}");
        assert!(shown.contains("c          0%\n"), "{shown}");
        assert_eq!(fitted("äöü", 3), "äöü");
        assert_eq!(fitted("日本語", 4), "日…");
    }
}
