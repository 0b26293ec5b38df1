//! `_loglevel`: how serious a message says it is (manual page `log-level`).
//!
//! A message that is a JSON object says it under one of some keys; of any other, and where no key is there, the words of
//! the text tell.

use crate::run::json::scan::Scanner;
use crate::run::json::text::unescaped;
use bumpalo::Bump;
use sumoql_data::value::Value;

/// The keys, in the order in which they are looked for.
const KEYS: &[&str] = &[
    "level",
    "Level",
    "loglevel",
    "logLevel",
    "Loglevel",
    "LogLevel",
    "log_level",
    "log-level",
    "Log_Level",
    "Log_level",
    "severity",
    "_loglevel",
];

/// The words and the levels they stand for. Of several, the first counts.
const WORDS: &[(&str, &str)] = &[
    ("error", "ERROR"),
    ("warn", "WARN"),
    ("warning", "WARN"),
    ("info", "INFO"),
    ("information", "INFO"),
    ("debug", "DEBUG"),
    ("fatal", "FATAL"),
];

/// The level of a message, or null.
pub fn level<'m>(message: &'m str, arena: &'m Bump) -> Value<'m> {
    let value = keyed(message).filter(|value| !value.trim().is_empty());
    match value {
        Some(value) => match worded(&value) {
            Some(level) => Value::Text(level),
            None => Value::Text(arena.alloc_str(&value.trim().to_uppercase())),
        },
        None => worded(message).map_or(Value::Null, Value::Text),
    }
}

/// The text under the first of the keys that a JSON object has.
fn keyed(message: &str) -> Option<std::borrow::Cow<'_, str>> {
    let text = message.trim_start();
    if !text.starts_with('{') {
        return None;
    }
    let mut found: Option<(usize, &str)> = None;
    let walked = Scanner::new(text).members(|scanner, key| {
        let rank = KEYS.iter().position(|known| key.is(known));
        let value = scanner.value()?;
        if let (Some(rank), Some(body)) = (rank, value.strip_prefix('"').and_then(|body| body.strip_suffix('"')))
            && found.is_none_or(|(best, _)| rank < best)
        {
            found = Some((rank, body));
        }
        Ok(())
    });
    walked.ok().and(found).map(|(_, body)| unescaped(body))
}

/// The level that the words of a text speak of.
fn worded(text: &str) -> Option<&'static str> {
    let mut best: Option<usize> = None;
    // Byte by byte: letters of other alphabets are parts of words too, and all of their bytes are above 127.
    for word in text.as_bytes().split(|b| !(b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80)) {
        if !(4..=11).contains(&word.len()) {
            continue;
        }
        let rank = WORDS.iter().position(|(known, _)| word.eq_ignore_ascii_case(known.as_bytes()));
        match rank {
            Some(0) => return Some(WORDS[0].1),
            Some(rank) if best.is_none_or(|best| rank < best) => best = Some(rank),
            _ => {}
        }
    }
    best.map(|rank| WORDS[rank].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_messages() {
        let arena = Bump::new();
        for (message, expected) in [
            ("2024 ERROR disk gone", "ERROR"),
            ("an info line", "INFO"),
            ("[Information] started", "INFO"),
            ("Warning: low space", "WARN"),
            ("debug=1", "DEBUG"),
            ("FATAL: no such role", "FATAL"),
            ("info: retry after error", "ERROR"),
            ("warning then debug", "WARN"),
            ("nothing special", ""),
            ("errors informed warned", ""),
            ("my_error é-errorx", ""),
            ("", ""),
            (r#"{"level":"info","msg":"error"}"#, "INFO"),
            (r#"{"msg":"error","severity":"Warning"}"#, "WARN"),
            (r#" {"severity":"debug","level":"fatal"}"#, "FATAL"),
            (r#"{"log-level":"\u0065rror"}"#, "ERROR"),
            (r#"{"level":"trace"}"#, "TRACE"),
            (r#"{"level":30,"msg":"an error"}"#, "ERROR"),
            (r#"{"LEVEL":"debug"}"#, "DEBUG"),
            (r#"{"a":{"level":"x"}}"#, ""),
            (r#"{"level":"info","#, "INFO"),
            (r#"{"level":"","a":1}"#, ""),
            (r#"{"level":null}"#, ""),
        ] {
            let found = level(message, &arena).text(&arena).unwrap_or("");
            assert_eq!(found, expected, "{message}");
        }
    }
}
