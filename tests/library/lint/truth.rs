//! What is said is true: a condition that never holds can be `1 = 2`, one that is there twice can go, a stage that
//! nobody uses too, and the result is the same, whatever the messages are.

use super::*;
use proptest::prelude::*;
use sumoql::{Engine, Input};

const NOW: i64 = 1_714_521_600_000;

/// Values that come close to what the conditions ask for.
const VALUES: &[&str] = &["a", "b", "ab", "A", "5", "5.0", "6", "4", "-1", "true", "TRUE", "false", "", " ", "a.exe"];

fn rows(query: &str) -> Vec<String> {
    let engine = Engine::builder().now(NOW).threads(1).build();
    let query = engine.prepare(query).unwrap_or_else(|found| panic!("{found}"));
    let mut text = String::new();
    let mut add = |raw: String| text += &format!("{}\n", serde_json::json!({"_raw": raw, "_messageTime": NOW}));
    for (at, x) in VALUES.iter().enumerate() {
        add(format!("x={x};"));
        add(format!("y={x};"));
        add(format!("x={x};y={x};"));
        (0..3).for_each(|next| add(format!("x={x};y={};", VALUES[(at * 5 + next * 4) % VALUES.len()])));
    }
    let answer = query.run(Input::json_messages(&text)).unwrap();
    answer.rows().map(|row| row.iter().map(|(_, cell)| format!("{cell}|")).collect()).collect()
}

fn subject() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => Just("x"),
        2 => Just("y"),
        1 => Just("n"),
        1 => Just("l"),
        1 => Just("f"),
        1 => Just("toLowerCase(x)"),
        1 => Just("length(x)"),
    ]
}

fn literal() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &["\"a\"", "\"b\"", "\"A\"", "\"5\"", "\"5.0\"", "5", "6", "4", "-1", "0", "true", "\"true\"", "\"\"", "\" \""]
            [..],
    )
}

fn pattern() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["a*", "*b", "*a*", "*", "a", "5*", "*.exe", "*5", "A*", "a*b", "true*"][..])
}

fn atom() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(&["=", "!=", "<", "<=", ">", ">="][..]);
    prop_oneof![
        4 => (subject(), sign, literal()).prop_map(|(x, sign, y)| format!("{x} {sign} {y}")),
        2 => (subject(), pattern()).prop_map(|(x, pattern)| format!("{x} matches \"{pattern}\"")),
        2 => (subject(), prop::collection::vec(literal(), 1..3)).prop_map(|(x, list)| format!("{x} in ({})", list.join(", "))),
        1 => (prop::sample::select(&["isNull", "isEmpty", "isBlank"][..]), subject()).prop_map(|(f, x)| format!("{f}({x})")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    atom().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|terms| format!("({})", terms.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|terms| format!("({})", terms.join(" or "))),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            [inner.clone(), inner.clone(), inner].prop_map(|[a, b, c]| format!("if({a}, {b}, {c})")),
        ]
    })
}

fn stage() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => condition().prop_map(|condition| format!("where {condition}")),
        2 => (condition(), literal()).prop_map(|(condition, value)| format!("if({condition}, x, {value}) as y")),
        1 => Just("toLowerCase(x) as x".to_string()),
        1 => Just("num(x) as n".to_string()),
        1 => Just("toUpperCase(y) as l".to_string()),
        1 => condition().prop_map(|condition| format!("{condition} as f")),
        1 => Just("parse \"x=*;\" as x nodrop".to_string()),
        1 => Just("parse \"y=*;\" as y".to_string()),
        1 => Just("parse field=x \"*a\" as l nodrop".to_string()),
        1 => Just("if(isNull(y), \"a\", y) as y".to_string()),
        1 => Just("sort by x".to_string()),
        1 => Just("fields x, y".to_string()),
        1 => Just("fields - y".to_string()),
        1 => Just("count by x".to_string()),
        1 => Just("count as n, first(y) as y by x".to_string()),
        1 => Just("limit 7".to_string()),
    ]
}

/// Queries of which one must have the same result, if what is said is true; none when that is not easy to tell.
fn without(query: &str, said: &Diagnostic) -> Vec<String> {
    let span = said.span;
    let put = |text: &str| format!("{}{text}{}", &query[..span.start], &query[span.end..]);
    let literal = span.of(query).starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit());
    let listed = literal && !span.of(query).contains(['=', '<', '>']);
    match said.code.id {
        // In a list, values that are never found.
        "W210" | "W213" | "W215" if listed => vec![put("\"no value\"")],
        "W210" => vec![put("(1 = 2)")],
        "W211" if !said.message.contains("except") && !said.message.contains("one of the two") => {
            vec![put("(1 = 1)")]
        }
        // A term of an `and` or of an `or`.
        "W215" => vec![put("(1 = 1)"), put("(1 = 2)")],
        "W217" | "W219" => {
            let before = query[..span.start].trim_end().trim_end_matches('|');
            vec![format!("{before}{}", &query[span.end..])]
        }
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_said_makes_no_difference(stages in prop::collection::vec(stage(), 1..6)) {
        let query = format!("* | parse \"x=*;\" as x nodrop | {} | count by x", stages.join(" | "));
        let found = lint(&query);
        for said in &found {
            let others = without(&query, said);
            let wanted = rows(&query);
            let same = others.is_empty() || others.iter().any(|other| rows(other) == wanted);
            prop_assert!(same, "{}: {:?} in\n{query}\n{others:?}", said.code.id, said.message);
        }
    }
}
