//! Every form in `docs/dialect.md` runs, with a warning whose hint has the words of the page, and `--strict` refuses it.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::Command;
use sumoql::catalogue::entry::Kind;

/// The queries of the page and what stands behind them, without the back quotes around the hint.
fn forms() -> Vec<(String, String)> {
    let page = std::fs::read_to_string("docs/dialect.md").unwrap();
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
        let told: Vec<_> = found(&query).into_iter().filter(|(code, _)| *code != "W202").collect();
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
        "* | values(_sourceName) by _sourceHost as names | fields - names",
        "* | count by _sourceName | accum _count as a by _sourceName | smooth _count, 3 by _sourceName as b | total _count as c",
        "* | timeslice by 1h | count(*) group by _timeslice | dedup 2 by _count",
        "* | timeslice 5 buckets | avg(_size) group _timeslice | diff _avg as d by _timeslice | backshift _avg, 1",
        "* | split _raw delim=':' extract 1 as a, b | csv _raw escape='/', quote=''' extract 1 as c | fields a, %\"b\", c",
    ] {
        let told: Vec<_> = found(query).into_iter().filter(|(code, _)| *code != "W202").collect();
        assert!(told.is_empty(), "{query}\n{told:?}");
    }
}

/// The names of functions that the manual does not have all have a hint, in the reference too.
#[test]
fn each_undocumented_name_has_a_hint() {
    let names = include_str!("reference/names.txt").lines().filter(|line| line.starts_with("function"));
    for line in names.filter(|line| line.ends_with("published")) {
        let name = line.split('\t').nth(1).unwrap();
        assert!(sumoql::catalogue::dialect::function(name).is_some(), "{name}");
    }
    for entry in sumoql::catalogue().entries().iter().filter(|entry| entry.page.is_empty()) {
        assert!(entry.dialect.is_some(), "{} {}", entry.kind.name(), entry.name);
        assert!(entry.kind != Kind::Aggregate, "{}: aggregates are not told of", entry.name);
    }
}
