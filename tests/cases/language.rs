//! Small queries with what they give, rule by rule: `tests/language/*.jsonl`, one case on each line.
//!
//! A case has a `name`, unique in its file; the `page` of Sumo Logic's manual that has the rule, or the section of this
//! project's documents (`docs/…#…`) that decides it; and `why`, the rule and what would go wrong without it. Then a `query`
//! and either the code of the `error` it is refused with (or how that starts: `E` is any), or `messages` (a text, or an
//! object with `_raw`, `_messageTime` and metadata; they are from the start of the range unless they say otherwise), the
//! `columns` to look at and the `rows` these hold, as text. `from` and `to` give another time range than the first hour of
//! May 2024.

use super::input;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use sumoql::Engine;

/// All trials.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language");
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.sort();
    for file in files {
        let topic = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let mut names = HashSet::new();
        for (at, line) in text.lines().enumerate() {
            let case = serde_json::from_str(line).unwrap_or_else(|error| json!({"name": error.to_string()}));
            // A case without a name has its line for one, so that its trial can say what is wrong.
            let name = case["name"].as_str().map_or_else(|| format!("line {}", at + 1), str::to_owned);
            let first = names.insert(name.clone());
            trials.push(Trial::test(format!("{topic}::{name}"), move || {
                if !first {
                    return Err("another case of this file has the same name".into());
                }
                described(&case)?;
                check(&case).map_err(|failed| explain(&case, &failed))
            }));
        }
    }
    assert!(trials.len() > 100, "the cases are not where they should be");
    trials
}

/// Whether a case says what it is for.
fn described(case: &Value) -> Result<(), Failed> {
    let text = |member: &str| case[member].as_str().ok_or_else(|| Failed::from(format!("a case has a `{member}`")));
    let name = text("name")?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err("a `name` has lower-case letters, digits and dashes".into());
    }
    if !text("why")?.ends_with('.') {
        return Err("a `why` is a sentence".into());
    }
    let page = text("page")?;
    if let Some((file, section)) = page.strip_prefix("docs/").and_then(|page| page.split_once('#')) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
        let found = std::fs::read_to_string(path)?.lines().any(|line| anchor(line).as_deref() == Some(section));
        return if found { Ok(()) } else { Err(format!("{page}: no such section").into()) };
    }
    match ["search/", "manage/", "metrics/"].iter().any(|part| page.starts_with(part)) && !page.contains([' ', '#']) {
        true => Ok(()),
        false => Err(format!("{page}: neither a page of the manual nor a section of a document").into()),
    }
}

/// What a heading is linked by.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim().to_lowercase();
    Some(heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-"))
}

fn explain(case: &Value, failed: &Failed) -> Failed {
    let member = |name: &str| case[name].as_str().unwrap_or_default();
    format!("{}: {}\n({})\n{}", member("name"), member("why"), member("page"), failed.message().unwrap_or_default())
        .into()
}

fn check(case: &Value) -> Result<(), Failed> {
    let text = case["query"].as_str().ok_or("a case has a query")?;
    let time = |name: &str, other: &str| {
        let text = case[name].as_str().unwrap_or(other);
        chrono::DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_millis())
    };
    let range = (time("from", "2024-05-01T00:00:00Z")?, time("to", "2024-05-01T01:00:00Z")?);
    let mut lines = String::new();
    for message in case["messages"].as_array().into_iter().flatten() {
        let mut message = if message.is_string() { json!({"_raw": message}) } else { message.clone() };
        if message["_messageTime"].is_null() {
            message["_messageTime"] = json!(range.0);
        }
        lines.push_str(&format!("{message}\n"));
    }
    let columns: Vec<&str> = case["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (threads, batch, chunk) in [(1, 1024, 1 << 20), (3, 2, 1)] {
        let engine = Engine::builder().threads(threads).batch(batch).range(range.0, range.1).now(range.1).build();
        let query = match (engine.prepare(text), case["error"].as_str()) {
            (Ok(query), None) => query,
            (Ok(_), Some(code)) => return Err(format!("{text}\nexpected {code}, but the query is accepted").into()),
            (Err(found), code) => {
                let error = found.iter().find(|diagnostic| diagnostic.is_error());
                let expected = code.is_some_and(|code| error.is_some_and(|error| error.code.id.starts_with(code)));
                let other = || format!("{found}\nexpected {}", code.unwrap_or("no error")).into();
                return if expected { Ok(()) } else { Err(other()) };
            }
        };
        let answer = query.run(input(&lines, range.0, chunk))?;
        let cells = |row: sumoql::Row<'_>| columns.iter().map(|name| row[name].to_string()).collect();
        let found: Vec<Value> = answer.rows().map(cells).collect();
        if case["rows"].as_array() != Some(&found) {
            let (expected, found) = (&case["rows"], Value::from(found));
            return Err(format!("{text}\nexpected {expected}\n     got {found}\n({threads} threads)").into());
        }
    }
    Ok(())
}
