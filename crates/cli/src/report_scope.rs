//! What `run` says at its end of a scope or a time range without messages.

use super::report::{Seen, codes, thousands};
use super::screen::Screen;
use chrono_tz::Tz;
use std::collections::BTreeSet;
use sumoql::output::cell::visible;
use sumoql::syntax::tree::{PairValue, Query, Search, SearchKind, StageKind};
use sumoql_data::value::Value;

/// A scope that matched none of the messages, or a time range that has none of those in the scope. `keys` gives the keys in the
/// first messages, if they can be read again.
pub(super) fn scope(screen: &Screen, tree: &Query, seen: &Seen<'_>, zone: Tz, keys: impl FnOnce() -> BTreeSet<String>) {
    let messages = seen.progress.all_messages();
    if messages == Some(0) || seen.in_scope() > 0 {
        return;
    }
    if let Some((count, first, last)) = seen.progress.out_of_range.span() {
        let time = |at: i64| {
            let mut text = String::new();
            visible(Value::Int(at), true, zone, &mut text);
            text
        };
        let (noun, place) = match first == last {
            true => (if count == 1 { "message" } else { "messages" }, format!("at {}", time(first))),
            false => ("messages", format!("from {} to {}", time(first), time(last))),
        };
        let verb = if count == 1 { "it is" } else { "they are" };
        let message =
            format!("the time range has none of the {} {noun} in the scope: {verb} {place}", thousands(count));
        screen.warning(Some(codes::EMPTY_SCOPE.id), &message, Some("choose a range that includes these times"));
        return;
    }
    let what = if seen.ranged { "the scope and the time range match" } else { "the scope matches" };
    let of = match messages {
        Some(1) => "1 message".to_string(),
        Some(messages) => format!("{} messages", thousands(messages)),
        // Those that can't be in it were not even counted.
        None => "the messages".to_string(),
    };
    let message = format!("{what} none of {of}");
    let mut pairs = Vec::new();
    wanted(&tree.search, &mut pairs);
    pairs.retain(|(name, _)| seen.sources.iter().all(|source| source.get(name).is_none()));
    screen.warning(Some(codes::EMPTY_SCOPE.id), &message, missing_metadata(&pairs, seen, keys).as_deref());
}

/// What to do about metadata that no input has: what is a key of the messages is extracted, all other is set.
fn missing_metadata(
    pairs: &[(String, String)],
    seen: &Seen<'_>,
    keys: impl FnOnce() -> BTreeSet<String>,
) -> Option<String> {
    if pairs.is_empty() {
        return None;
    }
    let keys = keys();
    let key = |name: &str| {
        let same = |key: &&String| key.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(name));
        keys.iter().find(|key| key.eq_ignore_ascii_case(name)).or_else(|| keys.iter().find(same))
    };
    // What begins with `_` is never taken from the text.
    let in_text = |(name, _): &&(String, String)| !name.starts_with('_') && key(name).is_some();
    let auto = seen.sources.iter().all(|source| !source.may_auto_parse());
    if let Some((name, value)) = pairs.iter().find(in_text) {
        let path = key(name)?;
        let condition = if value.contains('*') { "matches" } else { "=" };
        let auto = if auto { ", or use `--auto-parse`" } else { "" };
        let stages = format!("* | json \"{path}\" as {name} | where {name} {condition} \"{value}\"");
        return Some(format!(
            "`{name}` is in the text of the messages: extract it with `json` or `keyvalue` first, as in `{stages}`{auto}"
        ));
    }
    // Messages that bring metadata along need no other.
    if seen.sources.iter().any(|source| source.own_metadata()) {
        return None;
    }
    let names: Vec<String> = pairs.iter().map(|(name, _)| format!("`{name}`")).collect();
    let options: Vec<String> = pairs.iter().map(|(name, value)| format!("--set {name}={}", quoted(value))).collect();
    let own = auto && pairs.iter().any(|(name, _)| !name.starts_with('_'));
    let auto = if own { ", or read it from the JSON of messages with `--auto-parse`" } else { "" };
    // Where the messages can't be read again, a field of theirs may be meant.
    let field = pairs.iter().find(|(name, _)| keys.is_empty() && !name.starts_with('_'));
    let extract = field.map_or_else(String::new, |(name, _)| {
        format!("; extract a field of the messages first, as in `* | json \"{name}\" | where …`")
    });
    let names = names.join(", ");
    Some(format!("no input has {names}: set it with `{}` or in a sources.toml{auto}{extract}", options.join(" ")))
}

/// The metadata that the scope asks for, each name once with the first value.
fn wanted(search: &Search, out: &mut Vec<(String, String)>) {
    let known = |name: &str, out: &[(String, String)]| out.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    match &search.kind {
        SearchKind::Pair { name, value, negated: false } => {
            let value = match value {
                PairValue::Word(word) => word.clone(),
                PairValue::Text(text) => text.value(),
            };
            if !known(&name.text, out) {
                out.push((name.text.clone(), value));
            }
        }
        SearchKind::Subquery(subquery) => {
            let compose = subquery.query().and_then(|query| query.stages.last());
            if let Some(StageKind::Operator { args, .. }) = compose.map(|stage| &stage.kind)
                && !args.has("keywords")
            {
                for name in args.fields("field") {
                    if !known(&name.text, out) {
                        out.push((name.text.clone(), "VALUE".to_string()));
                    }
                }
            }
        }
        SearchKind::And(terms) | SearchKind::Or(terms) => terms.iter().for_each(|term| wanted(term, out)),
        _ => {}
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/_-.:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_string() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell() {
        assert_eq!(quoted("windows/sysmon"), "windows/sysmon");
        assert_eq!(quoted("prod/*"), "'prod/*'");
    }
}
