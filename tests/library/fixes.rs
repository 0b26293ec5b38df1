//! Each fix of a diagnostic does what it says: the diagnostic is gone and no error is new; if it keeps the meaning, the
//! rows are the same.

use serde_json::Value;
use std::collections::BTreeMap;
use sumoql::diagnostics::codes;
use sumoql::{Code, Diagnostics, Engine, Input, LocatedDiagnostic};

/// 2024-05-01T00:00:00Z and an hour later.
const RANGE: (i64, i64) = (1_714_521_600_000, 1_714_525_200_000);

/// Every query of the cases, the pages of errors and the page of undocumented forms, with messages to run over.
fn queries() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("tests/language").unwrap() {
        for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let messages = case["messages"].as_array().into_iter().flatten();
            let lines: Vec<String> = messages
                .map(|message| match message {
                    Value::String(text) => serde_json::json!({"_raw": text, "_messageTime": RANGE.0}),
                    other => other.clone(),
                })
                .map(|message| message.to_string())
                .collect();
            all.push((case["query"].as_str().unwrap().to_string(), lines.join("\n")));
        }
    }
    for code in codes::ALL {
        let page = std::fs::read_to_string(code.page()).unwrap();
        all.extend(
            page.split("```sumo\n").skip(1).map(|rest| (rest.split("\n```").next().unwrap().into(), messages())),
        );
    }
    let dialect = std::fs::read_to_string("docs/dialect.md").unwrap();
    let forms = dialect.lines().filter_map(|line| line.strip_prefix("- `")?.split_once("`: ").map(|(query, _)| query));
    all.extend(forms.map(|query| (query.to_string(), messages())));
    all.extend(OTHERS.iter().map(|query| (query.to_string(), messages())));
    all
}

/// What the cases do not have.
const OTHERS: &[&str] = &[
    "* | wher _size > 1",
    "* | where lenght(_raw) > 1",
    "* | parse \"user=*,\" as user | count by usr",
    "* | parse \"user=*,\" as user | count by user | fields - usr",
    "* | count by _sourceHost | where _sourceHots = \"a\"",
    "* | sum(_size) sort by _sum",
    "* | where _raw = 'error'",
    "* | where `a field` = 1",
    "* | where\tnot\n_raw matches \"a*\"",
    "a (b and (not c)) | where(_raw = null)and(_size>1)",
    "* | where(_raw!=null)or not(_size>1)",
    "* | eval most = max(_size, 2) | fields most",
    "* | eval x = _size + 1 | eval y = x * 2 | fields x, y",
    "* | where !matches(_raw, \"error|warn\")",
    "* | where not matches(_raw, \"error\") and not _size > 900 | count",
    "* | if(not _size>4,1e3,2.f) as x | fields x",
    "* | timeslice 1 bucket as t | count by t",
    "a!=b (c==\"d e\") | count",
    "* | where _raw matches /a/b/c/ or _raw matches /u/i",
    "* | count, sum(_size) as s _sourceHost, _sourceName",
    "* | stats sum(_size) by _sourceName as total",
    "* | where “a” = _raw and %“_raw” = \"a\"",
    "* | parse regex \"(?P<a>e)(?P<b>r)\"",
    "* | where _size > 0.and _size < 9 | count",
    "* | count by _sourceName | total (_count)as t",
    "* | where _raw matches /*.exe/i",
    "* | cont",
];

/// Two messages that most of the queries find something in.
fn messages() -> String {
    let message = |text: &str| serde_json::json!({"_raw": text, "_messageTime": RANGE.0}).to_string();
    ["error user=ann, GET /a/b/c cmd.exe", "warn user=bob, Put(a"].map(message).join("\n")
}

fn found(engine: &Engine, query: &str) -> Vec<LocatedDiagnostic> {
    match engine.prepare(query) {
        Ok(query) => query.warnings().to_vec(),
        Err(found) => Diagnostics::as_slice(&found).to_vec(),
    }
}

fn rows(engine: &Engine, query: &str, messages: &str) -> Option<Vec<String>> {
    let answer = engine.prepare(query).ok()?.run(Input::json_messages(messages)).ok()?;
    Some(
        answer
            .rows()
            .map(|row| format!("{:?}", row.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>()))
            .collect(),
    )
}

fn place(one: &LocatedDiagnostic) -> (&'static Code, &String, usize) {
    (one.code, &one.message, one.span.start)
}

fn drawn(list: &[LocatedDiagnostic], text: &str) -> String {
    list.iter().map(|one| one.draw("query", text, false)).collect()
}

#[test]
fn fixes_do_what_they_say() {
    let engine = Engine::builder().range(RANGE.0, RANGE.1).now(RANGE.1).build();
    let (mut fixed, mut compared, mut faults) = (BTreeMap::new(), 0, Vec::new());
    for (query, messages) in queries() {
        let before = found(&engine, &query);
        let errors = |list: &[LocatedDiagnostic]| list.iter().filter(|one| one.is_error()).count();
        for diagnostic in &before {
            let Some(fix) = &diagnostic.fix else { continue };
            let better = fix.apply(&query);
            let after = found(&engine, &better);
            let there = |one: &LocatedDiagnostic| (one.code, &one.message, one.span.start) == place(diagnostic);
            let allowed = errors(&before) - usize::from(diagnostic.is_error());
            if after.iter().any(there) || errors(&after) > allowed {
                faults.push(format!("{}: {query}\n{better}\n{}", diagnostic.message, drawn(&after, &better)));
            }
            if fix.keeps_meaning {
                let (old, new) = (rows(&engine, &query, &messages), rows(&engine, &better, &messages));
                if old != new {
                    faults.push(format!("{}: {query}\n{better}\n{old:?}\n{new:?}", diagnostic.message));
                }
                compared += usize::from(old.is_some());
            }
            *fixed.entry(diagnostic.code.id).or_insert(0) += 1;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    for (code, least) in [("E101", 2), ("E102", 2), ("E107", 1), ("E201", 1), ("W201", 50), ("W202", 1), ("W237", 1)] {
        assert!(fixed.get(code).is_some_and(|count| *count >= least), "{code}: {fixed:?}");
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn a_fix_that_does_not_help_is_not_offered() {
    for query in ["* | wher", "* | prse | count"] {
        let found = found(&Engine::default(), query);
        let first = found.iter().find(|one| one.code == &codes::UNKNOWN_OPERATOR).unwrap();
        assert_eq!(first.fix, None, "{query}");
    }
}

#[test]
fn a_name_that_was_meant_brings_no_error() {
    let query = "* | parse \"user=*,\" as user | count by user, usr";
    let found = found(&Engine::default(), query);
    let unknown = found.iter().find(|one| one.code == &codes::UNKNOWN_FIELD).unwrap();
    assert_eq!((unknown.help.as_deref(), &unknown.fix), (Some("did you mean `user`?"), &None));
}

#[test]
fn values_of_parameters_are_not_changed() {
    let query = "* | where {{field}} = null and not {{condition}}";
    let given = ["field:any=_raw", "condition:any=_size > 1"].map(|text| sumoql::Parameter::read(text).unwrap());
    let prepared = Engine::default().prepare_with(query, &given).unwrap();
    assert!(prepared.warnings().len() >= 2);
    for warning in prepared.warnings() {
        let fixed = warning.fix.as_ref().map(|fix| fix.apply(query));
        assert!(
            fixed.is_none_or(|fixed| fixed.contains("{{field}}") && fixed.contains("{{condition}}")),
            "{warning:?}"
        );
    }
}
