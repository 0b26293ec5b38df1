//! Conditions over rows that lack a value: whatever way a thought is written, the same rows are kept.

#![allow(clippy::unwrap_used, clippy::panic)]

use sumoql::{Engine, Input};

/// Messages whose field `a` is null, empty, blank, a number, infinite, and text; and `b` likewise.
fn lines() -> String {
    let values = [None, Some(""), Some(" "), Some("1"), Some("2"), Some("Infinity"), Some("x")];
    let mut out = String::new();
    for a in values {
        for b in values {
            let part =
                |name: &str, value: Option<&str>| value.map_or(String::new(), |value| format!("{name}=[{value}] "));
            let text = format!("{}{}", part("a", a), part("b", b));
            out.push_str(&serde_json::json!({ "_raw": text, "_messageTime": 0 }).to_string());
            out.push('\n');
        }
    }
    out
}

/// The messages that a condition lets through.
fn kept(condition: &str) -> Vec<String> {
    let text = format!("* | parse \"a=[*]\" as a nodrop | parse \"b=[*]\" as b nodrop | {condition} | fields _raw");
    let query = Engine::default().prepare(&text).unwrap_or_else(|found| panic!("{found}"));
    let answer = query.run(Input::json_messages(&lines())).unwrap();
    answer.rows().map(|row| row["_raw"].to_string()).collect()
}

#[test]
fn spellings_of_one_thought_keep_the_same_rows() {
    for spellings in [
        &[
            "where a != \"1\"",
            "where a <> \"1\"",
            "where !(a = \"1\")",
            "where !(a == \"1\")",
            "where not (a = \"1\")",
            "where a not in (\"1\")",
            "where !(a in (\"1\"))",
            "where !(a matches \"1\")",
            "where a not matches \"1\"",
            "where !(a matches /^1$/)",
            "where !!(a != \"1\")",
            "where if(a = \"1\", false, true)",
            "a = \"1\" as same | where !same",
            "a != \"1\" as other | where other",
            "where \"1\" != a",
        ] as &[&str],
        &[
            "where a != \"1\" and b != \"2\"",
            "where !(a = \"1\" or b = \"2\")",
            "where !(a in (\"1\") or !(b not in (\"2\")))",
            "where !(a = \"1\") | where b <> \"2\"",
        ],
        &[
            "where a != \"1\" or b != \"2\"",
            "where !(a = \"1\" and b = \"2\")",
            "where !(a matches \"1\" and b matches \"2\")",
            "where a not in (\"1\") or !(b = \"2\")",
        ],
        &["where a != b", "where !(a = b)", "where a <> b", "where !(b = a)"],
        &["where a != null", "where !(a = null)", "where !isNull(a)", "where !(isNull(a))", "where null <> a"],
        &["where a = null", "where isNull(a)", "where !(a != null)"],
        &[
            "where !isNaN(a)",
            "where isNaN(a) = false",
            "where !(isNaN(a))",
            "isNaN(a) as bad | where !bad",
            "where !!!isNaN(a)",
            "where !isNaN(a) and !isNaN(a)",
            "where !(isNaN(a) or isNaN(a))",
            "where !(isNaN(a) or b != b and false)",
        ],
        &["where !isInfinity(a)", "where isInfinity(a) = false", "isInfinity(a) as far | where !far"],
        &["where isNaN(a) or b = \"1\"", "where b = \"1\" or isNaN(a)", "where !(!isNaN(a) and b != \"1\")"],
    ] {
        let first = kept(spellings[0]);
        for other in &spellings[1..] {
            assert_eq!(kept(other), first, "`{other}` against `{}`", spellings[0]);
        }
    }
}

#[test]
fn a_comparison_or_its_opposite_keeps_each_row() {
    for condition in
        ["a = \"1\"", "a < 2", "a >= b", "a in (\"1\", \"x\")", "a matches \"*x*\"", "a matches /x/", "isNull(a)"]
    {
        let (yes, no) = (kept(&format!("where {condition}")), kept(&format!("where !({condition})")));
        assert_eq!(yes.len() + no.len(), 49, "{condition}");
        assert!(no.iter().any(|row| !row.contains("a=")) || condition == "isNull(a)", "{condition}: null is not kept");
    }
}

#[test]
fn what_has_no_answer_keeps_no_row() {
    for (condition, rows) in [("!isNaN(a)", 3), ("isNaN(a)", 1), ("!isInfinity(a)", 3), ("isInfinity(a)", 1)] {
        assert_eq!(kept(&format!("where {condition}")).len(), rows * 7, "{condition}");
    }
}
