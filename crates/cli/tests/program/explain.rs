//! `explain`: the story of single messages, over small inputs and over the real events that show the gaps of the T1505
//! query.

#![allow(clippy::unwrap_used)]

use crate::program::run_in;
use crate::root;
use crate::shared;
use std::path::Path;

fn explain(args: &[&str], input: &str) -> String {
    let all: Vec<&str> = std::iter::once("explain").chain(args.iter().copied()).collect();
    let ran = run_in(root(), &all, input.as_bytes());
    assert_eq!(ran.status, 0, "{args:?}: {}{}", ran.out, ran.err);
    ran.out
}

/// The lines of a story that say what decided, without the scope's.
fn decided(traced_lines: &str) -> Vec<&str> {
    traced_lines.lines().filter(|line| line.contains("◀ decided") && !line.contains("_source")).collect()
}

#[test]
fn rows_in_and_out_of_each_stage() {
    let query = "* | parse \"u=*;\" as u nodrop | where u = \"a\" | count by u | where _count > 5";
    let out = explain(&["--no-time", query, "-"], "u=a;\nu=b;\nnobody\nu=a;\n");
    let rows: Vec<Vec<&str>> =
        out.lines().map(|line| line.split_whitespace().filter(|word| word.parse::<u64>().is_ok()).collect()).collect();
    assert_eq!(rows[1], ["4", "4"], "{out}");
    assert_eq!(rows[2][1..], ["4", "4", "3", "1"], "{out}");
    assert_eq!(rows[3][1..], ["4", "2"], "{out}");
    assert_eq!(rows[4][1..], ["2", "1"], "{out}");
    assert!(out.contains("◀ no row is left"), "{out}");
}

#[test]
fn where_no_row_is_left_a_null_field_is_named_and_the_story_too() {
    let query = "* | parse \"u=*;\" as u nodrop | parse \"f=*;\" as f nodrop | where u = \"b\" or f = \"b\"";
    let out = explain(&["--no-time", query, "-"], "u=a;\nu=c;\n");
    let told = "stage 3 (line 1) keeps none of 2 rows. The field `f` is null in all of them. Use `--message N` or \
                `--grep TEXT` to see why for one message.\n";
    assert!(out.ends_with(told), "{out}");
}

#[test]
fn a_message_is_followed_through_groups_sorts_and_limits() {
    let query = "* | parse \"u=*;\" as u | count by u | sort by _count | limit 1 | where _count > 1";
    let input = "u=a;\nu=b;\nu=a;\n";
    let kept = explain(&[query, "-", "--message", "3"], input);
    assert!(kept.contains("It is in the result, in 1 group."), "{kept}");
    let cut = explain(&[query, "-", "--message", "2"], input);
    assert!(cut.contains("it is in the group u = \"b\"") && cut.contains("_count = 1"), "{cut}");
    assert!(cut.contains("stage 4 (line 1) dropped it"), "{cut}");
}

#[test]
fn why_a_field_is_null_and_which_branch_was_taken() {
    let query = "* | parse \"n='*'\" as n nodrop | if(isNull(n), \"none\", \"some\") as s | where s matches \"NONE\"";
    let out = explain(&[query, "-", "--message", "1"], "n=\"1\"\n");
    assert!(
        out.contains("n = null: the text does not contain `n='`; it contains `n=\"`, with different quotes"),
        "{out}"
    );
    assert!(out.contains("then \"none\""), "{out}");
    assert!(out.contains("differs only in case"), "{out}");
}

#[test]
fn the_story_of_a_dropping_parse_and_of_copies() {
    let out = explain(&["* | parse \"id=*;\" as id", "-", "--grep", "none"], "id=1;\nnone\n");
    assert!(out.contains("dropped it, because the text does not contain `id=`"), "{out}");
    let out = explain(&["* | parse regex \"(?<n>\\d)\" multi | where n > 1", "-", "--message", "1"], "1 2 3\n");
    assert!(out.contains("it becomes 3 rows") && out.contains("It is in the result, as 2 rows."), "{out}");
}

#[test]
fn the_story_as_data() {
    let out = explain(&["* | parse \"u=*;\" as u | where u = \"a\"", "-", "--message", "2", "--json"], "u=a;\nu=A;\n");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let traced_lines = &json["messages"][0];
    assert_eq!(traced_lines["end"], "dropped");
    assert_eq!(traced_lines["stage"], 2);
    assert_eq!(traced_lines["decidedBy"]["text"], "u = \"a\"");
    assert_eq!(traced_lines["decidedBy"]["fields"]["u"], "A");
    assert_eq!(traced_lines["decidedBy"]["matchesWithoutCase"], true);
}

#[test]
fn the_rows_are_those_of_a_run() {
    for entry in std::fs::read_dir(root().join("queries/t1505")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "xml") {
            continue;
        }
        let path = path.to_str().unwrap();
        let run = run_in(root(), &["run", "-f", "queries/t1505.sumo", path, "--output", "jsonl"], b"");
        let out = explain(&["-f", "queries/t1505.sumo", path, "--json"], "");
        let json: serde_json::Value = serde_json::from_str(&out).unwrap();
        let last = json["stages"].as_array().unwrap().last().unwrap();
        assert_eq!(last["rowsOut"], run.out.lines().count(), "{path}");
    }
}

/// File, what picks the message, and what its story must say: of the leaf that decided, or elsewhere.
const GAPS: &[(&str, &str, &str, &[&str])] = &[
    // 1. sqlservr.exe as parent.
    ("1", "t1505_cases.xml", "--message=5", &["parent_image matches \"*w3wp.exe\"", "sqlservr.exe", "all of 10"]),
    // 2. A web root that is not listed.
    (
        "2",
        "sysmon_proxylogon.xml",
        "--grep=ohyeah.aspx",
        &["target_filename matches \"*\\\\inetpub\\\\*\"", "ohyeah.aspx"],
    ),
    // 3. Writers that are excluded: xcopy, the upload through IIS, evilsetup.exe, decode.exe.
    ("3", "t1505_cases.xml", "--message=18", &["image matches \"*xcopy.exe\"", "` is true"]),
    ("3", "t1505_cases.xml", "--message=21", &["image matches \"*w3wp.exe\"", "` is true"]),
    ("3", "t1505_cases.xml", "--message=61", &["image matches \"*setup.exe\"", "` is true"]),
    ("3", "t1505_cases.xml", "--message=62", &["image matches \"*code.exe\"", "` is true"]),
    // 4. Transport agents.
    (
        "4",
        "sysmon_mitre.xml",
        "--grep=agents.config",
        &["target_filename matches \"*\\\\inetpub\\\\*\"", "agents.config"],
    ),
    (
        "4",
        "evtx/ID11-Exchange_transport_config_modified.evtx",
        "--grep=agents.config",
        &["target_filename matches \"*\\\\inetpub\\\\*\"", "agents.config"],
    ),
    // 5. TermService: of this, as of 1, there is no real event in the folder.
    ("5", "t1505_cases.xml", "--message=82", &["target_object matches", "TermService", "all of 3"]),
    // 6. ControlSet001, WOW6432Node, REG_MULTI_SZ.
    ("6", "t1505_cases.xml", "--message=74", &["target_object matches", "ControlSet001"]),
    ("6", "t1505_cases.xml", "--message=75", &["target_object matches", "WOW6432Node"]),
    ("6", "t1505_cases.xml", "--message=79", &["registry_details matches \"*.dll\"", "Binary Data"]),
    // 7. Letter case.
    ("7", "t1505_cases.xml", "--message=28", &["parent_image matches \"*tomcat*\"", "only the case differs"]),
    ("7", "t1505_cases.xml", "--message=29", &["image matches \"*cmd.exe\"", "only the case differs"]),
    ("7", "t1505_cases.xml", "--message=52", &["only the case differs"]),
    ("7", "t1505_cases.xml", "--message=72", &["only the case differs"]),
    // 8. Children and parents that are not listed.
    ("8", "t1505_cases.xml", "--message=34", &["image matches \"*cmd.exe\"", "notepad.exe", "all of 18"]),
    ("8", "t1505_cases.xml", "--message=36", &["parent_image matches", "javaw.exe", "all of 10"]),
    // A real one: the worker process starts the compiler's helper.
    ("8", "sysmon_proxylogon.xml", "--message=97", &["image matches \"*cmd.exe\"", "cvtres.exe", "all of 18"]),
    // 9. Fields that are never there.
    (
        "9",
        "sysmon_proxylogon.xml",
        "--grep=ohyeah.aspx",
        &["computer = null: the text does not contain `<Data Name='Computer'>`"],
    ),
    (
        "9",
        "sysmon_proxylogon.xml",
        "--grep=ohyeah.aspx",
        &["event_user = null: the text does not contain `<Data Name='User'>`"],
    ),
    // 11. Events as JSON: every anchor fails.
    ("11", "windows_nxlog.jsonl", "--message=1", &["event_id is null because the text does not contain `<EventID>`"]),
    // Sysmon for Linux writes other quotes.
    ("Linux", "linux_sysmon.log", "--message=1", &["with different quotes"]),
];

#[test]
fn each_gap_of_the_t1505_query_shows_its_leaf() {
    let Some(data) = shared::data() else { return };
    for (gap, file, pick, wanted) in GAPS {
        let file = data.join(file);
        let out = explain(
            &[
                "-f",
                "queries/t1505.sumo",
                "--set",
                "_sourceCategory=windows/sysmon",
                pick,
                "--first=1",
                file.to_str().unwrap(),
            ],
            "",
        );
        for part in *wanted {
            assert!(out.contains(part), "gap {gap}, {pick}: no `{part}` in\n{out}");
        }
        assert!(!decided(&out).is_empty(), "gap {gap}, {pick}: {out}");
    }
}

#[test]
fn the_false_positives_of_the_t1505_query_show_what_let_them_through() {
    for (number, leaves) in [
        ("1", ["`parent_image matches \"*python.exe\"`", "`image matches \"*rundll32.exe\"`"]),
        ("2", ["`parent_image matches \"*node.exe\"`", "`image matches \"*cmd.exe\"`"]),
    ] {
        let out = explain(&["queries/t1505/false-positives.case", "--message", number], "");
        let ending = out.lines().last().unwrap();
        assert!(ending.starts_with("It is in the result. It passed because these are true:"), "{ending}");
        assert!(leaves.iter().all(|leaf| ending.contains(leaf)), "{ending}");
    }
}

#[test]
fn the_cases_of_the_t1505_query_leave_only_what_cannot_be_false() {
    let ran = run_in(root(), &["test", "queries/t1505.sumo", "--coverage"], b"");
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    let left: Vec<&str> = ran.out.lines().filter_map(|line| line.strip_prefix("queries/t1505.sumo: ")).collect();
    let wanted = [
        "never false: line 77: event_id = \"13\"",
        "never false: line 82: event_id in (\"1\",\"11\",\"13\")",
        "74 of 76 conditions were both true and false",
    ];
    assert_eq!(left, wanted);
}

#[test]
fn a_failing_case_says_what_decided_and_how_to_see_more() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    std::fs::create_dir(folder.path().join("q")).unwrap();
    write("q.sumo", "* | parse \"u=*;\" as u | where u = \"a\"");
    write("q/in.log", "u=a;\nu=A;\n");
    write("q/one.case", "inputs: in.log\nmatches: u=A;\ndoes not match: u=a;\n");
    let ran = run_in(folder.path(), &["test", "q.sumo"], b"");
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);
    for part in [
        "because `u = \"a\"` is false (u = \"A\"): only the case differs",
        "It is in the result.",
        "message 2: It is not in the result",
        "full trace: sumoql explain q/one.case --message 2",
    ] {
        assert!(ran.out.contains(part), "{}", ran.out);
    }
    follow_commands(folder.path(), &ran.out);
}

/// Runs the commands that a failing case names: each tells the story of a message.
fn follow_commands(folder: &Path, out: &str) -> usize {
    let commands: Vec<&str> = out.lines().filter_map(|line| line.split("full trace: ").nth(1)).collect();
    for command in &commands {
        let args = command.strip_prefix("sumoql ").unwrap().replace('\'', "");
        let args: Vec<&str> = args.split(' ').collect();
        let ran = run_in(folder, &args, b"");
        assert!(ran.status == 0 && ran.out.contains("of the input: "), "{command}: {}{}", ran.out, ran.err);
    }
    commands.len()
}

#[test]
fn rows_that_differ_have_the_stories_of_their_messages() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    std::fs::create_dir(folder.path().join("q")).unwrap();
    write(
        "q.sumo",
        "_sourceCategory={{what}} | parse \"u='*'\" as u nodrop | where u = \"a\" or u matches \"*z\" | count by u",
    );
    let case = "set: _sourceCategory=x\nparam: what=x\n--- messages\nu='a' 1\nu=\"b\" 2\nu='Z' 3\nu='az' 4\n\
                --- expect\n| u | _count |\n|---|---|\n| a | 1 |\n| b | 1 |\n| Z | 1 |\n";
    write("q/one.case", case);
    let ran = run_in(folder.path(), &["test", "q.sumo"], b"");
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);
    let lines: Vec<&str> = ran.out.lines().map(str::trim).collect();
    let below = |row: &str| {
        let at = lines.iter().position(|line| *line == row).unwrap();
        (lines[at + 1], lines[at + 2])
    };
    let (traced_lines, command) = below("- | b | 1 |");
    assert!(
        traced_lines.starts_with("message 2: ") && traced_lines.contains("it contains `u=\"`, with different quotes"),
        "{traced_lines}"
    );
    assert_eq!(command, "full trace: sumoql explain q/one.case --message 2");
    let (traced_lines, _) = below("- | Z | 1 |");
    assert!(traced_lines.starts_with("message 3: ") && traced_lines.contains("`u matches \"*z\"`"), "{traced_lines}");
    assert!(traced_lines.contains("only the case differs"), "{traced_lines}");
    let (traced_lines, _) = below("+ | az | 1 |");
    assert!(
        traced_lines.starts_with("message 4: ") && traced_lines.contains("`u matches \"*z\"` (u = \"az\") is true"),
        "{traced_lines}"
    );
    assert_eq!(follow_commands(folder.path(), &ran.out), 3);
    // The messages of the case, with its parameters and metadata.
    let counts = run_in(folder.path(), &["explain", "q/one.case", "--json"], b"");
    let json: serde_json::Value = serde_json::from_str(&counts.out).unwrap();
    assert_eq!((&json["messages"], &json["scope"]["rowsOut"]), (&4.into(), &4.into()), "{}", counts.err);
    let both = run_in(folder.path(), &["explain", "q/one.case", "--from", "1"], b"");
    assert_eq!(both.status, 2, "{}", both.err);
}

#[test]
fn the_plan_as_data() {
    let out = explain(&["* | parse \"u=*;\" as u | where u = \"a\" or !(u = \"b\") | count by u", "--json"], "");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["stages"].as_array().unwrap().len(), 3);
    assert_eq!(json["stages"][0]["makes"][0], "u");
    assert_eq!(json["stages"][1]["conditions"][0]["or"][1]["not"]["fields"][0], "u");
    assert_eq!(json["stages"][2]["part"], "mergeable");
    assert_eq!(json["result"], serde_json::json!(["u", "_count"]));
}

#[test]
fn how_far_a_regular_expression_came() {
    let query = "* | parse regex \"user=(?<u>\\w+);\" nodrop";
    let out = explain(&[query, "-", "--message", "1"], "USER=ann;\n");
    assert!(
        out.contains("u = null: the regular expression does not match: only the case of the letters differs"),
        "{out}"
    );
    let out = explain(&[query, "-", "--message", "1"], "user=ann,\n");
    assert!(out.contains("as far as `user=(?<u>\\w+)`, but not `;` after it"), "{out}");
}
