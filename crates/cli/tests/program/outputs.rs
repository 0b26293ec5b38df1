//! What the commands write for other programs: code scanning, workflows, CI servers, shells, manuals.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::files::folder;
use crate::program::run_in;
use serde_json::Value;
use std::path::Path;

#[test]
fn sarif_has_what_code_scanning_needs() {
    let folder = folder(&[("a b.sumo", b"error\n| coutn by x\n"), ("good.sumo", b"error | count\n")]);
    let ran = run_in(folder.path(), &["check", "--sarif", "-f", "a b.sumo", "-f", "good.sumo"], b"");
    assert_eq!(ran.status, 1, "{}", ran.err);
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "sumoql");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{results:?}");
    let result = &results[0];
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!((&result["ruleId"], &result["level"]), (&rule["id"], &Value::from("error")));
    assert!(result["message"]["text"].as_str().unwrap().contains("coutn"), "{result}");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.sumo");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&Value::from(2), &Value::from(3)));
    let ran = run_in(folder.path(), &["check", "--sarif", "-f", "good.sumo"], b"");
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.status, &log["runs"][0]["results"]), (0, &Value::Array(Vec::new())));
}

#[test]
fn sarif_has_the_other_places_of_a_finding() {
    let folder = folder(&[("q.sumo", b"* | where x > 5\n| where x < 3\n")]);
    let ran = run_in(folder.path(), &["check", "--sarif", "-f", "q.sumo"], b"");
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let never = results.iter().find(|result| result["ruleId"] == "W210").unwrap();
    let related = &never["relatedLocations"][0];
    assert_eq!(never["locations"][0]["physicalLocation"]["region"]["startLine"], 2);
    assert_eq!(related["message"]["text"], "rows have already passed this condition");
    let place = &related["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "q.sumo");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&Value::from(1), &Value::from(11)));
    let plain = results.iter().find(|result| result["ruleId"] == "W202").unwrap();
    assert!(plain.get("relatedLocations").is_none(), "{plain}");
}

#[test]
fn annotations_of_a_workflow() {
    let folder = folder(&[("a,b.sumo", b"error\n| coutn by x\n")]);
    let ran = run_in(folder.path(), &["check", "--github", "-f", "a,b.sumo"], b"");
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("::error file=a%2Cb.sumo,line=2,col=3,endLine=2,title=E"), "{}", ran.out);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
}

#[test]
fn junit_has_a_suite_for_each_query() {
    let folder = folder(&[
        ("q.sumo", b"error | count\n"),
        ("q/good.case", b"--- messages\nerror\n--- expect\n| _count |\n|---|\n| 1 |\n"),
        ("q/wrong.case", b"--- messages\nerror <&\x1b\n--- expect\n| _count |\n|---|\n| 2 |\n"),
    ]);
    let ran = run_in(folder.path(), &["test", ".", "--junit", "out.xml"], b"");
    assert_eq!(ran.status, 1, "{}", ran.err);
    let xml = std::fs::read_to_string(folder.path().join("out.xml")).unwrap();
    let mut reader = quick_xml::Reader::from_str(&xml);
    let (mut cases, mut failures, mut suites) = (0, 0, 0);
    loop {
        use quick_xml::events::Event::{Empty, Eof, Start};
        match reader.read_event().expect("well-formed") {
            Start(tag) | Empty(tag) => match tag.name().as_ref() {
                "testcase" => cases += 1,
                "failure" => failures += 1,
                "testsuite" => suites += 1,
                _ => {}
            },
            Eof => break,
            _ => {}
        }
    }
    assert_eq!((suites, cases, failures), (1, 2, 1), "{xml}");
    assert!(xml.contains("<testsuites tests=\"2\" failures=\"1\""), "{xml}");
}

#[test]
fn shells_and_manuals_know_every_command() {
    let run = |args: &[&str]| {
        let ran = run_in(Path::new("."), args, b"");
        assert_eq!(ran.status, 0, "{}", ran.err);
        ran.out
    };
    let scripts = ["bash", "zsh", "fish", "elvish", "powershell"].map(|shell| run(&["completions", shell]));
    let manual = run(&["man"]);
    for command in ["run", "check", "explain", "fmt", "sources", "test", "repl", "help", "catalogue", "man"] {
        assert!(scripts.iter().all(|script| script.contains(command)), "{command}");
        assert!(manual.contains(&format!("sumoql\\-{command}")), "{command}");
    }
    assert!(run(&["man", "run"]).contains("memory\\-limit"));
    assert_eq!(run_in(Path::new("."), &["man", "nothing"], b"").status, 2);
}
