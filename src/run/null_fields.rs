//! Fields that were null in every row: what there is to say of them at the end of a run.

use crate::diagnostics::{Diagnostic, Span, codes, nearest};
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::plan::Plan;
use crate::program::watched::{SAMPLED, WatchCount, WatchedField};
use std::collections::BTreeSet;
use sumoql_data::message::Input;

/// A field that was null in every row that reached the first stage that reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NullField {
    /// Its name.
    pub name: String,
    /// Where the query mentions it.
    pub span: Span,
    /// The number of the stage, counted from 1 after the scope.
    pub stage: usize,
    /// Rows that reached the stage.
    pub rows: u64,
    /// No stage makes it: it is read from the message.
    pub of_message: bool,
    /// What was perhaps meant, or is to be done.
    pub help: Option<String>,
}

impl NullField {
    /// In how many rows it was null, as a phrase.
    pub fn in_rows(&self) -> String {
        match self.rows {
            1 => "in the only row".to_string(),
            rows => format!("in all {} rows", thousands(rows)),
        }
    }

    /// What is said of it.
    pub fn diagnostic(&self) -> Diagnostic {
        let rows = self.in_rows();
        let message = match self.of_message {
            true => format!("no stage creates the field `{}`, and it was null {rows}", self.name),
            false => format!("`{}` was null {rows} that reached stage {}", self.name, self.stage),
        };
        Diagnostic::warning(&codes::NULL_FIELD, self.span, message).maybe_help(self.help.clone())
    }
}

/// The fields that were null in every row, and where those stand that were not. `parses` are the stages with counted matches, of which one that matched nothing is
/// reported by itself; `empty` says that the result has no rows.
pub(super) fn null_fields(
    plan: &Plan,
    counts: &[WatchCount],
    parses: &[(usize, u64, bool)],
    empty: bool,
) -> (Vec<NullField>, Vec<Span>) {
    let unmatched = |stage: &usize| parses.iter().any(|(number, _, matched)| number == stage && !matched);
    let null = |(field, count): &(&WatchedField, &WatchCount)| {
        count.rows > 0 && !count.has_value && (empty || !field.tested) && !field.made_by.as_ref().is_some_and(unmatched)
    };
    let null: Vec<_> = plan.watched.iter().zip(counts).filter(null).collect();
    // What later stages make of nothing is null too.
    let cause = null.iter().any(|(field, _)| field.first);
    let mut found: Vec<NullField> = null
        .into_iter()
        .filter(|(field, _)| field.first || !cause)
        .map(|(field, count)| NullField {
            name: field.name.clone(),
            span: field.span,
            stage: field.stage,
            rows: count.rows,
            of_message: field.of_message,
            help: help(field, count),
        })
        .collect();
    found.sort_by_key(|field| (field.stage, field.span));
    let valued = plan.watched.iter().zip(counts).filter(|(_, count)| count.has_value).map(|(field, _)| field.span);
    (found, valued.collect())
}

/// What was perhaps meant by a field, or is to be done for it.
fn help(field: &WatchedField, count: &WatchCount) -> Option<String> {
    if let Some(near) = &field.near {
        return Some(format!("did you mean `{near}`?"));
    }
    if field.built_in {
        return Some(format!("set it with `--set {}=VALUE` or in a sources.toml", field.name));
    }
    let (json, pairs) = keys(count);
    let last = |key: &str| key.rsplit('.').next().unwrap_or(key).to_lowercase();
    let same = |key: &&String| last(key) == last(&field.name);
    if field.of_message && !field.auto {
        if let Some(key) = json.iter().find(same) {
            return Some(format!(
                "the messages have a JSON key `{key}`: add `| json auto` or `| json \"{key}\"`, or use `--auto-parse`"
            ));
        }
        if let Some(key) = pairs.iter().find(same) {
            return Some(format!("the messages have a key `{key}`: add `| keyvalue \"{key}\"`"));
        }
    }
    let near =
        nearest(&field.name, json.iter().chain(&pairs).map(String::as_str).filter(|key| !same(&&key.to_string())))?;
    let is_json = json.contains(near);
    Some(match (field.auto, is_json) {
        (true, _) => format!("did you mean `{near}`?"),
        (false, true) => format!("did you mean the JSON key `{near}`? add `| json \"{near}\"`"),
        (false, false) => format!("did you mean the key `{near}`? add `| keyvalue \"{near}\"`"),
    })
}

/// The keys in the first messages: paths of JSON, and names before `=`.
fn keys(count: &WatchCount) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut json, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for (_, _, text) in &count.sample {
        let object = text.find('{').map(|at| &text[at..]);
        let value = object.and_then(|text| serde_json::Deserializer::from_str(text).into_iter().next()?.ok());
        match value {
            Some(value) => json_keys(&value, "", &mut json),
            None => pair_keys(text, &mut pairs),
        }
    }
    (json, pairs)
}

fn json_keys(value: &serde_json::Value, before: &str, out: &mut BTreeSet<String>) {
    let serde_json::Value::Object(object) = value else { return };
    for (key, value) in object {
        let path = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
        json_keys(value, &path, out);
        out.insert(path);
    }
}

fn pair_keys(text: &str, out: &mut BTreeSet<String>) {
    for (at, _) in text.match_indices('=') {
        let before = &text[..at];
        let is_name = |c: &char| c.is_alphanumeric() || "_-.".contains(*c);
        let length: usize = before.chars().rev().take_while(is_name).map(char::len_utf8).sum();
        let key = &before[before.len() - length..];
        if key.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            out.insert(key.to_string());
        }
    }
}

/// The keys in the first messages of an input, of JSON and before `=`.
pub fn first_keys(input: &dyn Input) -> BTreeSet<String> {
    let mut count = WatchCount::default();
    if let Some(chunk) = input.next(Vec::new()) {
        let arena = bumpalo::Bump::new();
        let text = chunk.text();
        for message in chunk.messages(&text, &arena).iter().take(SAMPLED) {
            count.keep(message.source.index, message.offset, || WatchCount::beginning(message.raw));
        }
    }
    let (json, pairs) = keys(&count);
    json.into_iter().chain(pairs).collect()
}

/// Writes counts.
pub(super) fn encode(counts: &[WatchCount], out: &mut Writer) {
    for count in counts {
        out.unsigned(count.rows);
        out.unsigned(u64::from(count.has_value));
        out.unsigned(count.sample.len() as u64);
        for (source, offset, text) in &count.sample {
            out.unsigned(u64::from(*source));
            out.unsigned(*offset);
            out.slice(text.as_bytes());
        }
    }
}

/// Reads counts of so many fields.
pub(super) fn decode(fields: usize, reader: &mut Reader<'_>) -> Result<Vec<WatchCount>, Corrupt> {
    let mut counts = Vec::new();
    for _ in 0..fields {
        let mut count =
            WatchCount { rows: reader.unsigned()?, has_value: reader.unsigned()? != 0, ..WatchCount::default() };
        for _ in 0..reader.count()? {
            let source = u32::try_from(reader.unsigned()?).map_err(|_| Corrupt)?;
            let offset = reader.unsigned()?;
            let text = String::from_utf8(reader.slice()?.to_vec()).map_err(|_| Corrupt)?;
            count.sample.push((source, offset, text));
        }
        counts.push(count);
    }
    Ok(counts)
}

/// A number with its thousands separated.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(texts: &[&str]) -> WatchCount {
        let mut count = WatchCount { rows: texts.len() as u64, ..WatchCount::default() };
        for (at, text) in texts.iter().enumerate() {
            count.keep(0, at as u64, || text.to_string());
        }
        count
    }

    #[test]
    fn keys_are_found_in_json_and_pairs() {
        let (json, pairs) = keys(&count(&["x {\"a\":{\"b\":1},\"c\":2} y", "user=ann, id-2=\"3\" ==4"]));
        assert_eq!(json.into_iter().collect::<Vec<_>>(), ["a", "a.b", "c"]);
        assert_eq!(pairs.into_iter().collect::<Vec<_>>(), ["id-2", "user"]);
    }

    #[test]
    fn the_first_messages_are_kept_whatever_the_order() {
        let mut one = WatchCount::default();
        let mut other = WatchCount::default();
        for at in 0..20u64 {
            let half = if at % 2 == 0 { &mut one } else { &mut other };
            half.keep(0, 100 - at, || (100 - at).to_string());
        }
        one.merge(other);
        let places: Vec<u64> = one.sample.iter().map(|sample| sample.1).collect();
        assert_eq!(places, [81, 82, 83, 84, 85]);
    }

    #[test]
    fn counts_read_back() {
        let counts = vec![count(&["a=1", "b"]), WatchCount { rows: 3, has_value: true, sample: Vec::new() }];
        let mut out = Writer::default();
        encode(&counts, &mut out);
        let bytes = out.bytes;
        assert_eq!(decode(2, &mut Reader::new(&bytes)).ok(), Some(counts));
    }
}
