//! Template parameters: their values in every place of a query, and what is said of those without one.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::program;
use std::path::Path;

const LINES: &str = "user=ann ms=5\nuser=bo ms=7\nuser=ann ms=1\n";

/// Runs the program: exit status, standard output, standard error.
fn run(args: &[&str]) -> (i32, String, String) {
    let ran = program::run_in(Path::new("."), args, LINES.as_bytes());
    (ran.status, ran.out, ran.err)
}

/// A query, the values of its parameters, and what it must give as JSON lines.
const WITH_VALUES: &[(&str, &[&str], &str)] = &[
    ("{{word}} | count", &["word=ann"], r#"{"_count":2}"#),
    ("{{words}} | count", &["words=ann OR bo"], r#"{"_count":3}"#),
    ("{{words}} | count", &["words="], r#"{"_count":3}"#),
    ("{{{a}}} {{{b}}} | count", &["a=ann", "b=ms"], r#"{"_count":2}"#),
    ("an{{rest}} | count", &["rest=*"], r#"{"_count":2}"#),
    ("{{ word }} | count", &["word=bo"], r#"{"_count":1}"#),
    ("_sourceName={{name}} | count", &["name=*"], r#"{"_count":3}"#),
    ("_source{{what}}={{name}}* | count", &["what=Name", "name="], r#"{"_count":3}"#),
    (
        "* | parse \"{{key}}=* \" as u | count by u",
        &["key=user"],
        "{\"u\":\"ann\",\"_count\":2}\n{\"u\":\"bo\",\"_count\":1}",
    ),
    ("* | parse \"user=* \" as {{name}} | count by {{name}} | limit 1", &["name=u"], r#"{"u":"ann","_count":2}"#),
    (
        "* | parse \"user=* \" as %\"{{name}}\" | count by %\"{{name}}\" | limit 1",
        &["name=the user"],
        r#"{"the user":"ann","_count":2}"#,
    ),
    ("* | parse \"ms=*\" as x_{{n}} | where x_{{n}} > {{n}} | count", &["n=4"], r#"{"_count":2}"#),
    ("* | parse \"ms=*\" as ms | where ms {{op}} {{n}} | count", &["op=<=", "n=5"], r#"{"_count":2}"#),
    ("* | parse \"ms=*\" as ms | where ms {{test}} | count", &["test=> 5 or ms = 1"], r#"{"_count":2}"#),
    ("* | parse \"ms=*\" as ms | {{f}}(ms) as total", &["f=sum"], r#"{"total":13}"#),
    ("* | {{op}} 1 | count", &["op=limit"], r#"{"_count":1}"#),
    ("* | {{stage}} | count", &["stage=where _raw matches \"*ann*\""], r#"{"_count":2}"#),
    ("* | limit {{n}} | count", &["n=2"], r#"{"_count":2}"#),
    ("* | timeslice {{w}} | count by _timeslice | count", &["w=1h"], r#"{"_count":1}"#),
    ("* | timeslice {{w}}m | count by _timeslice | count", &["w=10"], r#"{"_count":1}"#),
    ("* | timeslice {{n}} buckets | count by _timeslice | count", &["n=5"], r#"{"_count":1}"#),
    ("* | where _raw matches /{{re}}/ | count", &["re=b|ms=1"], r#"{"_count":2}"#),
    ("* | parse regex \"user=(?<{{name}}>{{re}})\" | count by u", &["name=u", "re=a\\w+"], r#"{"u":"ann","_count":2}"#),
    ("* | where if(\"{{u}}\" = \"*\", true, _raw matches \"*{{u}}*\") | count", &["u=*"], r#"{"_count":3}"#),
    ("* | where if(\"{{u}}\" = \"*\", true, _raw matches \"*{{u}}*\") | count", &["u=bo"], r#"{"_count":1}"#),
    (
        "* | parse \"z=*\" as z nodrop\n\n{{post}} // POST filter\n\n| count",
        &["post=| where _raw matches \"*bo*\""],
        r#"{"_count":1}"#,
    ),
    ("* | parse \"z=*\" as z nodrop {{post}}\n| count", &["post="], r#"{"_count":3}"#),
    ("* | count {{post}}", &["post=| _count * 2 as twice | fields twice"], r#"{"twice":6}"#),
    (
        "* | parse \"user=* ms=*\" as u, ms | sum(ms) as s by u | sort by {{key}} {{way}} | limit 1",
        &["key=s", "way=asc"],
        r#"{"u":"ann","s":6}"#,
    ),
    ("{{scope}} | count", &["scope=bo | limit 5"], r#"{"_count":1}"#),
    ("{{whole}}", &["whole=* | count"], r#"{"_count":3}"#),
    // A value that is neither a number nor a field is a text where a text can stand.
    ("* | parse \"user=* \" as user | where user matches {{who}} | count", &["who=a*"], r#"{"_count":2}"#),
    ("* | parse \"user=* \" as user | where user matches {{who}} | count", &["who=*"], r#"{"_count":3}"#),
    ("* | parse \"user=* \" as user | where user = {{who}} | count", &["who=bo"], r#"{"_count":1}"#),
    ("* | parse \"user=* \" as user | where user in ({{a}}, {{b}}) | count", &["a=bo", "b=x y"], r#"{"_count":1}"#),
    ("* | parse \"user=* ms=*\" as user, ms | where ms > {{n}} | count", &["n=4"], r#"{"_count":2}"#),
    ("* | parse \"user=* ms=*\" as user, ms | where user != {{x}} | count", &["x=ms"], r#"{"_count":3}"#),
    ("* | where {{f}} = \"8\" | count", &["f=_size"], ""),
    ("* | where _raw matches {{re}} | count", &["re=/ann|bo/"], r#"{"_count":3}"#),
    ("* | where {{p}} = \"*\" or _raw matches {{p}} | count", &["p=*"], r#"{"_count":3}"#),
    ("* | {{text}} as t | count by t", &["text=a \"b\" \\n c"], r#"{"t":"a \"b\" \\n c","_count":3}"#),
    ("{{word}} | count", &["word:string=user=ann ms"], r#"{"_count":2}"#),
    ("* | parse \"user=* \" as u | where u = \"{{x}}\" | count", &["x:string=a\"b"], ""),
    ("* | limit {{n}} | count", &["n:number=2"], r#"{"_count":2}"#),
    ("* | parse \"ms=*\" as ms | where ms = {{n}} * 1 | count", &["n:any=3 + 4"], r#"{"_count":1}"#),
    // The last value given counts, and one for a parameter that the query does not have is no fault.
    ("{{word}} | count", &["word=bo", "word=ann", "other=1"], r#"{"_count":2}"#),
    // A value is not looked at for parameters of its own.
    ("\"{{word}}\" or bo | count", &["word=}}"], r#"{"_count":1}"#),
];

#[test]
fn values_stand_anywhere() {
    for (query, values, expected) in WITH_VALUES {
        let mut args = vec!["run", "--output", "jsonl", query];
        values.iter().for_each(|value| args.extend(["--param", value]));
        let (status, out, err) = run(&args);
        assert_eq!((status, out.trim_end()), (0, *expected), "{query}\n{values:?}\n{err}");
    }
}

/// Queries of which `check` must say nothing but that the parameters have no value.
const WITHOUT_VALUES: &[&str] = &[
    "{{words}} account={{a}} _sourceName=x{{b}}y \"{{c}}\" {{{d}}} | count",
    "* | where _raw matches \"{{a}}\" or if(\"{{b}}\" = \"*\", true, _size > {{c}})",
    "* | where _size {{comparison}} | count",
    "* | parse \"{{a}}=*\" as {{b}} | count by {{b}} | sort by {{b}} | top {{n}} {{b}}",
    "* | parse regex \"(?<{{a}}>{{b}})\" | where {{a}} matches /{{c}}/",
    "* | parse \"{{pattern}}\" as a, b | json field={{f}} \"{{path}}.x\" as x",
    "* | timeslice {{a}} | count by _timeslice | compare with timeshift {{b}}",
    "* | timeslice {{a}}m | count by _timeslice | outlier _count window={{w}}, threshold={{t}}",
    "* | timeslice {{a}} buckets | count by _timeslice | predict _count by {{s}} forecast={{f}}",
    "* | bin _size width={{w}} | limit {{n}} | topk({{k}}, _size)",
    "* | {{f}}(_size) as x | {{threshold}} as t | count by x, t",
    "* | {{op}} (_size) by _sourceName | limit {{n}}",
    "* | parse \"a=*\" as a nodrop {{post}} // filter\n| count by a {{more}}",
    "* | count by {{a}}, {{b}} | transpose row {{a}} column {{b}} | fields {{a}}",
    "{{everything}}",
];

#[test]
fn what_has_no_value_is_told_once_and_is_no_error_for_check() {
    for query in WITHOUT_VALUES {
        let (status, _, err) = run(&["check", query]);
        assert!(status == 0 && err.ends_with("0 errors, 1 warning\n"), "{query}\n{err}");
        assert!(err.contains("W221") && err.contains("--param "), "{query}\n{err}");
        let (status, out, err) = run(&["run", query]);
        assert!(status == 2 && out.is_empty(), "{query}\n{err}");
        assert_eq!(err.matches("error[").count(), 1, "{query}\n{err}");
        assert!(err.contains("E108"), "{query}\n{err}");
    }
}

#[test]
fn faults_beside_parameters_without_a_value_are_found() {
    for (query, code) in [
        ("* | where _raw matches \"{{a}}\" | cuont by {{b}}", "E102"),
        ("{{a}} | limit {{n}} | limit 0", "E210"),
        ("* | timeslice {{w}}m | where a matches /a{3,2}/", "E206"),
        ("* | count by {{a}} | fields _raw, _raw", "E208"),
        ("* | limit {{n}} {{m}} x | count", "E101"),
        ("{{a}} | where isEmty(b)", "E201"),
    ] {
        let (status, _, err) = run(&["check", query]);
        assert!(status == 1 && err.contains(code) && err.contains("W221"), "{query}\n{err}");
    }
}

#[test]
fn a_parameter_in_a_comment_needs_no_value() {
    let query = "// {{a}} is for\n* | count // by {{b}} \"x\"";
    assert_eq!(run(&["run", "--output", "jsonl", query]).1, "{\"_count\":3}\n");
    assert_eq!(run(&["check", query]).2, "");
}

#[test]
fn a_value_that_is_no_stage_is_left_out_where_only_stages_can_stand() {
    let query = "* | parse \"z=*\" as z nodrop\n{{post}} // POST filter\n| count";
    let (status, out, err) = run(&["run", "--output", "jsonl", query, "--param", "post=10"]);
    assert_eq!((status, out.as_str()), (0, "{\"_count\":3}\n"), "{err}");
    assert!(err.contains("W220") && err.contains("query:2:1"), "{err}");
    assert_eq!(run(&["check", query, "--param", "post=10"]).0, 0);
    assert_eq!(run(&["check", "--strict", query, "--param", "post=10"]).0, 1);
    // Several of them, each behind an empty line as a scope is.
    let query = "* | parse \"z=*\" as z nodrop | fields - z\n\n{{post}}\n\n{{post}} | count";
    let (status, out, err) = run(&["run", "--output", "jsonl", query, "--param", "post=*"]);
    assert_eq!((status, out.as_str(), err.matches("W220").count()), (0, "{\"_count\":3}\n", 2), "{err}");
    // Elsewhere a value must fit.
    for (query, value) in [
        ("* | where _size = 1 {{x}} and _size = 2", "x=10"),
        ("* | limit {{x}}", "x=)"),
        ("* | sum(_size) nodrop", "x=10"),
    ] {
        assert_eq!(run(&["check", query, "--param", value]).0, 1, "{query}");
    }
}

#[test]
fn what_a_type_asks_for_is_told() {
    for (value, message) in
        [("n:number=five", "is not a number"), ("n:nmber=5", "unknown parameter type `nmber`"), ("n", "NAME=VALUE")]
    {
        let (status, _, err) = run(&["run", "* | limit {{n}}", "--param", value]);
        assert!(status == 2 && err.contains(message), "{err}");
    }
}

#[test]
fn a_value_that_becomes_an_unknown_field_is_told() {
    let query = "* | where {{f}} = \"x\" | count";
    for command in ["run", "check"] {
        let (status, _, err) = run(&[command, query, "--param", "f=usr"]);
        assert!(status == 0 && err.contains("W202") && err.contains("query:1:11"), "{err}");
        assert!(err.contains("so the value of the parameter `f` is compared as a string"), "{err}");
        let (status, _, err) = run(&[command, query, "--param", "f:any=usr"]);
        assert_eq!(status, 0);
        assert!(err.contains("W202") && err.contains("query:1:11"), "{err}");
        assert!(err.contains("the value `usr` of the parameter `f` is read as a field"), "{err}");
        assert!(err.contains("--param f:string=usr"), "{err}");
    }
    for value in ["f:string=usr", "f=_sourceName"] {
        let (_, _, err) = run(&["run", query, "--param", value]);
        assert!(!err.contains("W202"), "{err}");
    }
    assert!(run(&["run", "* | count by {{f}}", "--param", "f=usr"]).2.contains("W202"));
}
