//! Every form in `docs/dialect.md` runs, with a warning whose hint has the words of the page, and `--strict` refuses it.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::Command;
use sumoql::language::reference::entry::EntryKind;

/// The queries of the page and what stands behind them, without the back quotes around the hint.
fn forms() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(crate::root().join("docs/dialect.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("- `"));
    rows.map(|row| {
        let (query, hint) = row.split_once("`: ").unwrap_or_else(|| panic!("no hint: {row}"));
        let hint = hint.strip_prefix('`').and_then(|rest| rest.split('`').next()).unwrap_or(hint);
        (query.to_string(), hint.to_string())
    })
    .collect()
}

/// The warnings and errors of a query: code and hint.
fn found(query: &str) -> Vec<(&'static str, String)> {
    let catalogue = sumoql::catalogue();
    let (tree, mut found) = sumoql::syntax::parse(query, &catalogue);
    if found.is_empty() {
        found = sumoql::plan::plan(query, &tree, &catalogue).1;
    }
    found.into_iter().map(|diagnostic| (diagnostic.code.id, diagnostic.help.unwrap_or_default())).collect()
}

fn status(args: &[&str]) -> i32 {
    Command::new(env!("CARGO_BIN_EXE_sumoql")).args(args).output().unwrap().status.code().unwrap()
}

#[test]
fn each_form_is_told_with_the_manuals_own() {
    let forms = forms();
    assert!(forms.len() > 40, "the page is not read");
    let mut faults = Vec::new();
    for (query, hint) in forms {
        let told: Vec<_> = found(&query).into_iter().filter(|(code, _)| !matches!(*code, "W202" | "W237")).collect();
        match told.as_slice() {
            [("W201", help), ..] if told.iter().all(|(code, _)| *code == "W201") && help.contains(&hint) => {}
            _ => faults.push(format!("{query}\n  the hint should have {hint}: {told:?}")),
        }
        if (status(&["check", &query]), status(&["check", "--strict", &query])) != (0, 1) {
            faults.push(format!("{query}\n  is not taken by `check` and refused by `check --strict`"));
        }
        if status(&["run", "--strict", &query, "Cargo.toml"]) != 2 {
            faults.push(format!("{query}\n  is not refused by `run --strict`"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What is read loosely stays narrow: where the meaning is not plain, it is an error as before.
#[test]
fn what_is_broken_stays_an_error() {
    for (query, code) in [
        ("\"say \\\"hi\\\" to", "E103"),
        ("(\"a\\\"b)", "E103"),
        ("* | where _raw = \"a\\\", 1", "E103"),
        ("* | where _raw matches /a{3,2}(/", "E206"),
        ("* | where _raw matches /a**/", "E206"),
        ("* | parse regex \"(?<a>b\"", "E206"),
        ("* | parse regex \"*(?<a>b)\"", "E206"),
        ("* | where replace(_raw, /a(/, \"\") = \"b\"", "E206"),
        ("* | where _raw matches /* c\n */", "E101"),
        ("* | parse regex \"(a|b)\"", "E207"),
        ("* | where !matches(_raw)", "E101"),
        ("* | where _raw =~ \"a**\"", "E206"),
        ("* | 1.x as y", "E101"),
        ("* | sum(_size) sort by _size", "E107"),
        ("* | avg(_size) where _avg > 5", "E107"),
        ("* | count by _sourceHost | save view hosts", "E214"),
        ("* | parse \"a=*\" as a | where a in ([subquery: b | parse \"a=*\" as a | compose a])", "E215"),
        ("* | parse \"a=*\" as a | where a = [subquery: b | parse \"a=*\" as a | compose a]", "E215"),
        ("* | parse \"a=*\" as a | where a in [subquery: b | parse \"a=*\" as a | compose a]", "E101"),
    ] {
        let codes: Vec<_> = found(query).into_iter().map(|(code, _)| code).collect();
        assert!(codes.contains(&code), "{query}\n{codes:?}");
        assert_eq!(status(&["check", query]), 1, "{query}");
    }
}

/// What is read loosely does what the hint says.
#[test]
fn loose_forms_mean_what_the_hint_says() {
    let rows = |query: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.log");
        std::fs::write(&file, "cmd.exe\nC:\\Logs\\a\nC:/Logs/b\nPut(x\n").unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_sumoql"));
        let out = program.args(["run", "--output", "raw", query]).arg(file).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    assert_eq!(rows("* | where _raw matches /*d.exe/"), "cmd.exe\n");
    assert_eq!(rows("* | where _raw matches /P*t(/"), "Put(x\n");
    assert_eq!(rows("(\"Logs\\\" OR nothing)"), "C:\\Logs\\a\n");
    assert_eq!(rows("* | where _raw =~ \"(?i)LOGS[/].$\""), "C:/Logs/b\n");
    assert_eq!(rows("* | where _raw !~ /[.:(]/"), "");
    assert_eq!(rows("* | where !matches(lower(_raw), \"logs|put\")"), "cmd.exe\n");
}

/// A second query behind the first is told as one, and `check` looks at both.
#[test]
fn each_query_of_a_text_is_checked() {
    let told = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("q.sumo");
        std::fs::write(&file, text).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_sumoql"));
        let out = program.args(["check", "--json", "-f"]).arg(&file).output().unwrap();
        let found: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        let place = |finding: &serde_json::Value| {
            (finding["code"].as_str().unwrap().to_string(), finding["start"]["line"].as_u64().unwrap())
        };
        found.as_array().unwrap().iter().map(place).collect::<Vec<_>>()
    };
    for (text, want) in [
        (
            "_sourceCategory=a | count by b\n\n_sourceCategory=b | count by c",
            &[("W202", 1), ("E110", 3), ("W202", 3)][..],
        ),
        ("* | count\n// next\n* | sum(_size) _source", &[("E110", 3), ("W201", 3)]),
        ("_source=a | json \"b\" as b | save x/y\n_source=c | json \"d\" as d | save append x/y", &[("E110", 2)]),
        ("* | cuont\n\nerror timeout\n| count\n\n* | limit x", &[("E102", 1), ("E110", 3), ("E110", 6), ("E101", 6)]),
        ("* | where _size > 1\n\n(_source=a or _source=b) !\"c|d\" | count by", &[("E110", 3), ("E101", 3)]),
        // What goes on over empty lines is one query.
        ("* | where _size > 1 and\n\n_sourceHost = \"a\" | count", &[]),
        ("* | where (_size > 1\n\n) | count by\n\n_source,\n// c\n_sourceHost", &[]),
        ("_source=a\n\n_sourceHost=b\n\n| count", &[]),
        // A stage without its pipe is no query.
        ("* | count by _source\n\nsort by _count", &[("E107", 3)]),
        ("* | where _size > 1\n_size < 9 | count", &[("E101", 2)]),
    ] {
        let want: Vec<(String, u64)> = want.iter().map(|(code, line)| (code.to_string(), *line)).collect();
        assert_eq!(told(text), want, "{text}");
    }
}

/// What the manual has must pass.
#[test]
fn documented_forms_are_not_told() {
    for query in [
        "error OR (fail* AND NOT _sourceHost=web-1) !\"a b\" jsmith@some.com 10.1.* a+b#c$d%e^f _sourceCategory=*/x?",
        "_sourceCategory=\"a, b\" NOT status=200 ! fail",
        "* | where _size == 1 and !(_raw matches \"a*\" or _raw matches /a\\/b/) and _size <> 2 and _raw not in (\"a\", \"b\")",
        "* | where _raw contains \"x\" or contains(_raw, \"y\") | _size > 1 ? 1e+3 : 2.5e-3 as x | toInt(x) as y | double(y) as z",
        "* | if(_raw matches /(?i)b/, \"a\", null) as x | where isNull(x) | 15 - -5 as y | 2k as z",
        "* | parse regex \"(?<a>x(?:y|z))(?=q)\" nodrop | parse field=a \"*-*\" as b, c nodrop",
        "* | sum(_size) as s, count by _sourceName | sort by s, _count asc | top 5 _sourceName by s",
        "* | count _sourceName, _sourceHost | order by +_count | limit 3",
        "* | where _size > 1 && !isBlank(_raw) || _size = 0 | !false as a | timeslice 1s | count",
        "* | timeslice 1h | formatDate(fromMillis(_timeslice), \"HH:mm\") as t | count as n t, _sourceHost",
        "* | count_distinct(_size) as a, count as n _sourceName, _sourceHost | json auto \"a.b\", \"c\" as b, c",
        "* | values(_sourceName) by _sourceHost as names | fields - names",
        "* | count by _sourceName | accum _count as a by _sourceName | smooth _count, 3 by _sourceName as b | total _count as c",
        "* | timeslice by 1h | count(*) group by _timeslice | dedup 2 by _count",
        "* | timeslice 5 buckets | avg(_size) group _timeslice | diff _avg as d by _timeslice | backshift _avg, 1",
        "* | split _raw delim=':' extract 1 as a, b | csv _raw escape='/', quote=''' extract 1 as c | fields a, %\"b\", c",
    ] {
        let told: Vec<_> = found(query).into_iter().filter(|(code, _)| !matches!(*code, "W202" | "W237")).collect();
        assert!(told.is_empty(), "{query}\n{told:?}");
    }
}

/// The names of functions that the manual does not have all have a hint, in the reference too.
#[test]
fn each_undocumented_name_has_a_hint() {
    let names =
        include_str!("../../../../tests/reference/names.txt").lines().filter(|line| line.starts_with("function"));
    for line in names.filter(|line| line.ends_with("published")) {
        let name = line.split('\t').nth(1).unwrap();
        assert!(sumoql::syntax::other_languages::function(name).is_some(), "{name}");
    }
    for entry in sumoql::catalogue().entries().iter().filter(|entry| entry.page.is_empty()) {
        assert!(entry.dialect.is_some(), "{} {}", entry.kind.name(), entry.name);
        assert!(entry.kind != EntryKind::Aggregate, "{}: aggregates are not told of", entry.name);
    }
}
