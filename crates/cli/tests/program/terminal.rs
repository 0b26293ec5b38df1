//! What people see on a terminal of their own, as `script` makes one: captures in `crates/cli/tests/terminal`, at four
//! widths. Written anew by `UPDATE=1 cargo test --test program terminal`; what is new is to be looked at.
#![cfg(target_os = "linux")]

use crate::files::folder;
use crate::program::run_in;
use crate::root;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use unicode_width::UnicodeWidthStr;

const WIDTHS: [usize; 4] = [60, 80, 120, 200];

/// What the program shows on a terminal so many columns wide. `None` where there is no `script`, which is told.
fn shown(folder: &Path, columns: usize, args: &[&str], colour: bool) -> Option<String> {
    let quoted: Vec<String> = args.iter().map(|arg| format!("'{}'", arg.replace('\'', "'\\''"))).collect();
    let command = format!("stty cols {columns} rows 50; exec {} {}", env!("CARGO_BIN_EXE_sumoql"), quoted.join(" "));
    let mut script = Command::new("script");
    script
        .args(["-q", "-e", "-c", &command, "/dev/null"])
        .current_dir(folder)
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh");
    match colour {
        true => script.env_remove("NO_COLOR"),
        false => script.env("NO_COLOR", "1"),
    };
    let child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let child = match child {
        Ok(child) => child,
        Err(error) => {
            let skipped = format!("SKIPPED: terminals are not tested without `script` of util-linux ({error})\n");
            std::io::stderr().write_all(skipped.as_bytes()).unwrap();
            return None;
        }
    };
    // Kept open: its end would be typed into the terminal.
    let mut child = child;
    let stdin = child.stdin.take();
    let out = child.wait_with_output().unwrap();
    drop(stdin);
    Some(String::from_utf8(out.stdout).unwrap().replace("\r\n", "\n"))
}

/// Messages of our own, and some that the repository has anyway.
fn samples() -> tempfile::TempDir {
    let copied = |path: &str| std::fs::read(root().join(path)).unwrap();
    let json = "{\"time\":\"2026-05-01T08:00:00Z\",\"level\":\"info\",\"service\":\"cart\",\"msg\":\"order placed\",\"ms\":12.25,\
                \"user\":{\"id\":7,\"name\":\"ann\"},\"env\":\"prod\",\"trace\":null}\n\
                {\"time\":\"2026-05-01T08:00:04Z\",\"level\":\"error\",\"service\":\"pay\",\"msg\":\"timeout while calling the card \
                processor after three attempts; the order stays open until it is paid\",\"ms\":30001.5678,\"user\":{\"id\":12,\
                \"name\":\"bob\"},\"env\":\"prod\",\"trace\":null,\"labels\":[\"payment\",\"retry\",\"eu-west-1\"]}\n\
                {\"time\":\"2026-05-01T09:10:00Z\",\"level\":\"warn\",\"service\":\"cart\",\"msg\":\"slow query\",\"ms\":918.3,\
                \"user\":{\"id\":7,\"name\":\"ann\"},\"env\":\"prod\",\"trace\":null}\n";
    let mut web = String::new();
    for (number, (path, status)) in
        [("/", 200), ("/shop/shoes/red-running-shoes-size-42", 200), ("/api/v1/pay", 503), ("/", 304)]
            .iter()
            .enumerate()
    {
        web += &format!(
            "10.0.0.{number} - - [01/May/2026:08:00:0{number} +0000] \"GET {path} HTTP/1.1\" {status} {} \
             \"https://shop.example/\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\"\n",
            (number + 1) * 1234
        );
    }
    let attack =
        "2026-05-01 08:00:00 login of \u{1b}[2J\u{1b}]0;owned\u{7}root\u{9b}31m \u{202e}failed\rok\u{7f}\u{200f}\n";
    folder(&[
        ("app.json", json.as_bytes()),
        ("web.log", web.as_bytes()),
        ("attack.log", attack.as_bytes()),
        ("python.log", &copied("crates/cli/tests/made/python-logging.log")),
        ("a/rfc3164.log", &copied("crates/cli/tests/made/rfc3164.log")),
        ("a/rfc5424.log", &copied("crates/cli/tests/made/rfc5424.log")),
        ("shell.xml", &copied("queries/t1505/test1-aspx-shell.xml")),
    ])
}

/// The searches: the name of the capture, and the arguments.
const SEARCHES: &[(&str, &[&str])] = &[
    ("words", &["run", "error", "python.log"]),
    ("several-inputs", &["run", "app", "a"]),
    ("json", &["run", "timeout OR slow", "app.json"]),
    ("fields-of-stages", &["run", "GET | parse \"GET * HTTP/1.1\\\" * \" as url, status", "web.log"]),
    ("events", &["run", "powershell.exe", "shell.xml"]),
    ("paths", &["run", IMAGES, "shell.xml"]),
    ("numbers", &["run", "* | json \"service\", \"ms\" | count, avg(ms), max(ms), pct(ms, 95) by service", "app.json"]),
    ("slices", &["run", "* | timeslice 1h | count by _timeslice", "app.json"]),
    ("listed", &["run", "* | json auto | fields level, service, msg, ms, env, trace", "app.json"]),
    (
        "wide",
        &[
            "run",
            "* | json auto | count by level, service, msg, ms, env, time, %\"user.name\", %\"user.id\"",
            "app.json",
        ],
    ),
    ("one-line", &["run", "GET", "--no-wrap", "web.log"]),
    ("whole", &["run", "powershell.exe", "--wrap", "shell.xml"]),
    ("around", &["run", "503", "-C", "1", "web.log"]),
    ("attack", &["run", "*", "attack.log"]),
    ("attack-in-cells", &["run", "* | parse \"login of *\" as who | count by who", "attack.log"]),
];

const IMAGES: &str = "* | parse \"<Data Name='Image'>*</Data>\" as image | parse \"<Data Name='ParentImage'>*</Data>\" as \
                      parent nodrop | count by image, parent";

#[test]
fn captures_are_as_they_were_looked_at() {
    let samples = samples();
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for (name, args) in SEARCHES {
        let mut capture = format!("$ sumoql {}\n", args.join(" "));
        for width in WIDTHS {
            let Some(text) = shown(samples.path(), width, args, false) else { return };
            // Such a line would go on below, or be cut.
            // What is said below the rows draws lines of the query as they are.
            let said = |line: &str| {
                let drawn = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
                drawn || line.starts_with("warning") || line.starts_with("note") || line.starts_with("help")
            };
            let wide = |line: &&str| line.width() > width && !said(line);
            assert_eq!(text.lines().find(wide), None, "{name} at {width} columns");
            capture += &format!("== {width} columns\n{text}");
        }
        let file = root().join("crates/cli/tests/terminal").join(format!("{name}.txt"));
        if update {
            std::fs::write(&file, &capture).unwrap();
        } else if std::fs::read_to_string(&file).unwrap_or_default() != capture {
            wrong.push(format!("{}:\n{capture}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nwrite them with: UPDATE=1 cargo test --test program terminal", wrong.join("\n"));
}

#[test]
fn nothing_that_a_terminal_obeys_comes_through() {
    let samples = samples();
    let obeyed = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for format in ["table", "raw", "csv", "jsonl", "json", "markdown"] {
        for query in ["*", "* | parse \"login of *\" as who | count by who", "* | count by _raw | fields _count, _raw"]
        {
            for more in [&[][..], &["--wrap"], &["--no-wrap"]] {
                let args = [&["run", query, "--output", format, "attack.log"][..], more].concat();
                let Some(text) = shown(samples.path(), 80, &args, false) else { return };
                assert_eq!(text.chars().find(|c| obeyed(*c)), None, "{args:?}: {text:?}");
                assert!(text.contains("9b"), "{args:?}: {text:?}");
            }
        }
    }
    let streamed = ["run", "*", "--order", "arrival", "--output", "raw", "attack.log"];
    let text = shown(samples.path(), 80, &streamed, false).unwrap_or_default();
    assert!(text.contains("\\u{1b}[2J\\u{1b}]0;owned\\u{7}root\\u{9b}31m"), "{text:?}");
    // A pipe gets what there is.
    let piped = run_in(samples.path(), &["run", "*", "--output", "raw", "attack.log"], b"");
    assert_eq!(piped.out.as_bytes(), std::fs::read(samples.path().join("attack.log")).unwrap());
}

#[test]
fn colour_is_where_it_is_wanted() {
    let samples = samples();
    let hit = "\u{1b}[1;33m503\u{1b}[0m";
    let coloured = |args: &[&str], colour| shown(samples.path(), 80, args, colour);
    let Some(text) = coloured(&["run", "503", "web.log"], true) else { return };
    assert!(text.contains(hit) && text.contains("\u{1b}[2m2026-05-01 08:00:02.000\u{1b}[0m"), "{text:?}");
    let key = "\u{1b}[36m\"level\"\u{1b}[0m: \"\u{1b}[1;33mwarn\u{1b}[0m\"";
    assert!(coloured(&["run", "warn", "app.json"], true).unwrap().contains(key));
    for (args, colour, wanted) in [
        (&["run", "503", "web.log"][..], false, false),
        (&["run", "503", "web.log", "--color", "never"], true, false),
        (&["run", "503", "web.log", "--color", "always"], false, true),
        (&["--color", "always", "run", "503", "web.log"], false, true),
        // What must be absent is nowhere.
        (&["run", "GET !503", "web.log"], true, false),
    ] {
        assert_eq!(coloured(args, colour).unwrap().contains(hit), wanted, "{args:?}");
    }
    let piped = run_in(samples.path(), &["run", "503", "web.log"], b"");
    assert!(!piped.out.contains('\u{1b}'), "{:?}", piped.out);
}

#[test]
fn a_pipe_does_not_depend_on_how_messages_are_shown() {
    let samples = samples();
    for query in ["*", "* | json auto | count by level, ms"] {
        for format in ["table", "raw", "csv", "jsonl", "json", "markdown"] {
            let args = ["run", query, "--output", format, "app.json"];
            let plain = run_in(samples.path(), &args, b"");
            for more in ["--wrap", "--no-wrap", "--csv-safe"] {
                let other = run_in(samples.path(), &[&args[..], &[more]].concat(), b"");
                assert_eq!(other.out, plain.out, "{args:?} {more}");
            }
        }
    }
}
