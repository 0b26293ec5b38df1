//! No run that gives nothing, or a column of nulls, is without a word: random queries in which one field is misspelt.

use sumoql::{Answer, Engine, Input};

/// A generator of random numbers (xorshift), the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

const FIELDS: [&str; 4] = ["service", "status", "duration", "userName"];

/// Messages with all fields, as JSON and as pairs.
fn messages(json: bool) -> String {
    let line = |n: usize| {
        let (service, status) = (["web", "api", "db"][n % 3], [200, 404, 500][n % 3]);
        match json {
            true => format!(
                "{{\"service\":\"{service}\",\"status\":{status},\"duration\":{n},\"userName\":\"u{}\"}}\n",
                n % 5
            ),
            false => format!("service={service} status={status} duration={n} userName=u{}\n", n % 5),
        }
    };
    (0..60).map(line).collect()
}

/// How the fields are extracted.
fn extraction(random: &mut Random, json: bool) -> &'static str {
    match json {
        true => random.of(&["json auto", "json \"service\", \"status\", \"duration\", \"userName\""]),
        false => random.of(&[
            "keyvalue \"service\", \"status\", \"duration\", \"userName\"",
            "parse \"service=* status=* duration=* userName=*\" as service, status, duration, userName",
            "parse regex \"service=(?<service>\\S+) status=(?<status>\\d+) duration=(?<duration>\\d+) userName=(?<userName>\\S+)\"",
        ]),
    }
}

/// A stage that reads a field, and whether rows are groups after it.
fn stage(random: &mut Random, field: &str, other: &str) -> (String, bool) {
    match random.below(10) {
        0 => (format!("where {field} = {other} or {field} matches \"*\""), false),
        1 => (format!("where {field} matches \"*\""), false),
        2 => (format!("where !isNull({field})"), false),
        3 => (format!("length({field}) > 0 as filled"), false),
        4 => (format!("{field} as copy"), false),
        5 => (format!("count by {field}, {other}"), true),
        6 => (format!("values({field}) as v by {other}"), true),
        7 => (format!("sort by {field} | limit 20"), false),
        8 => (format!("parse field={field} \"*\" as whole"), false),
        _ => (format!("if({field} = \"web\", {other}, {field}) as chosen"), false),
    }
}

/// The same name with one mistake in it.
fn misspelt(random: &mut Random, field: &str) -> String {
    let at = 1 + random.below(field.len() - 2);
    match random.below(3) {
        0 => format!("{}{}", &field[..at], &field[at + 1..]),
        1 => format!("{}x{}", &field[..at], &field[at..]),
        _ => format!("{}s", field),
    }
}

/// Whether an answer has no row, or a column in which all values are null.
fn is_hollow(answer: &Answer) -> bool {
    let columns: Vec<&str> = answer.columns().collect();
    answer.is_empty()
        || columns
            .iter()
            .any(|column| answer.rows().all(|row| row.iter().all(|(name, v)| name != *column || v.borrow().is_null())))
}

fn engine(threads: usize) -> Engine {
    Engine::builder().threads(threads).build()
}

fn run(engine: &Engine, query: &str, text: &str) -> (Answer, bool) {
    let prepared = engine.prepare(query).unwrap_or_else(|error| panic!("{query}\n{error}"));
    let warned = prepared.warnings().iter().any(|warning| warning.code.id == "W202" || warning.code.id == "W237");
    let answer = prepared.run(Input::lines(text)).unwrap_or_else(|error| panic!("{query}\n{error}"));
    (answer, warned)
}

#[test]
fn a_misspelt_field_is_never_without_a_word() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (one, four) = (engine(1), engine(4));
    let (mut hollow, mut tried) = (0, 0);
    while tried < 300 {
        let json = random.below(2) == 0;
        let text = messages(json);
        let extraction = extraction(&mut random, json);
        let mut right = format!("* | {extraction}");
        let mut wrong = right.clone();
        let (field, other) = (random.of(&FIELDS), random.of(&FIELDS));
        if field == other {
            continue;
        }
        let bad = misspelt(&mut random, field);
        for number in 0..=random.below(2) {
            // The same stage twice: once with the right name, once with the wrong one.
            let seed = random.0;
            let (stage_right, groups) = stage(&mut Random(seed), field, other);
            let (stage_wrong, _) = stage(&mut Random(seed), &bad, other);
            random.below(2);
            right = format!("{right} | {stage_right}");
            wrong = format!("{wrong} | {}", if number == 0 { stage_wrong } else { stage_right });
            if groups {
                break;
            }
        }
        tried += 1;
        let (answer, _) = run(&one, &right, &text);
        assert!(!is_hollow(&answer), "the query itself: {right}");
        let (answer, warned) = run(&one, &wrong, &text);
        let summary = answer.summary();
        let word = warned || !summary.null_fields.is_empty() || summary.parses.iter().any(|parse| !parse.matched);
        if is_hollow(&answer) {
            hollow += 1;
            assert!(word, "silent: {wrong}");
        }
        let (parallel, _) = run(&four, &wrong, &text);
        assert_eq!(parallel.summary().null_fields, summary.null_fields, "{wrong}");
    }
    assert!(hollow > 100, "{hollow} of {tried}");
}

/// What is said of a field names what is there, and how many rows there were.
#[test]
fn a_null_field_is_explained() {
    for (query, text, help) in [
        ("* | json auto | where servce = \"web\"", messages(true), "did you mean `service`?"),
        ("* | where status = 500", messages(true), "the messages have a JSON key `status`"),
        ("* | where status = 500", messages(false), "the messages have a key `status`"),
        ("* | where statsu = 500", messages(true), "did you mean the JSON key `status`?"),
        ("* | count by _sourceHost", messages(true), "--set _sourceHost=VALUE"),
        ("* | parse \"service=* \" as svc | sort by svcs", messages(false), "did you mean `svc`?"),
    ] {
        let (answer, _) = run(&engine(2), query, &text);
        let nulls = &answer.summary().null_fields;
        assert_eq!(nulls.len(), 1, "{query}");
        assert_eq!(nulls[0].rows, 60, "{query}");
        let said = nulls[0].help.clone().unwrap_or_default();
        assert!(said.contains(help), "{query}: {said}");
    }
}

/// A field with a value in only one row is no mistake, whichever worker sees it; nor is one that the query tests for null.
#[test]
fn one_value_is_enough() {
    let mut text = messages(false).repeat(50);
    text.push_str("rare=1 service=x\n");
    for threads in [1, 2, 7] {
        let engine = engine(threads);
        let query = "* | parse \"rare=* \" as rare nodrop | sort by rare | limit 5";
        assert!(run(&engine, query, &text).0.summary().null_fields.is_empty());
        let query = "* | if(isNull(cluster), \"none\", cluster) as c | count by c";
        assert!(run(&engine, query, &text).0.summary().null_fields.is_empty());
        let query = "* | where !isNull(cluster)";
        assert_eq!(run(&engine, query, &text).0.summary().null_fields.len(), 1);
    }
}
