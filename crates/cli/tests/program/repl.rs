//! The real program on a terminal of its own, as `script` makes one, with keys typed into it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

struct Terminal {
    child: std::process::Child,
    keys: std::process::ChildStdin,
    shown: Arc<Mutex<Vec<u8>>>,
    from: usize,
}

impl Terminal {
    /// `None` where there is no `script`, which is told.
    fn start(folder: &std::path::Path, paths: &str) -> Option<Terminal> {
        let command = format!("stty cols 100 rows 40; exec {} repl {paths}", env!("CARGO_BIN_EXE_sumoql"));
        let child = Command::new("script")
            .args(["-q", "-e", "-c", &command, "/dev/null"])
            .current_dir(folder)
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .env("NO_COLOR", "1")
            // Shows what went through it.
            .env("PAGER", "sed 's/^/(paged) /'")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                // Past the harness, which keeps what a passing test prints.
                let skipped = format!("SKIPPED: the REPL is not tested without `script` of util-linux ({error})\n");
                std::io::stderr().write_all(skipped.as_bytes()).unwrap();
                return None;
            }
        };
        let (keys, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let shown = Arc::new(Mutex::new(Vec::new()));
        let into = shown.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = out.read(&mut buffer) {
                into.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        Some(Terminal { child, keys, shown, from: 0 })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()[self.from..]).into_owned()
    }

    /// Types keys and waits for a text to come.
    fn expect(&mut self, keys: &str, text: &str) {
        self.from = self.shown.lock().unwrap().len();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        let started = Instant::now();
        while !self.text().contains(text) {
            assert!(started.elapsed() < Duration::from_secs(20), "no {text:?} in {}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(150));
    }

    /// Types an entry; the answer is what was shown between it and the next prompt, which must have a text in it.
    fn enter(&mut self, entry: &str, text: &str) -> String {
        self.expect(&format!("{entry}\r"), "");
        let shown = self.answer();
        assert!(shown.contains(text), "no {text:?} in {shown}");
        shown
    }

    /// What is shown until the next prompt.
    fn answer(&mut self) -> String {
        // The editor turns the pasting in brackets off when an entry ends, and on with the next prompt.
        let between = |text: &str| Some(text.split_once("\u{1b}[?2004l")?.1.split_once("\u{1b}[?2004h")?.0.to_string());
        let started = Instant::now();
        loop {
            if let Some(shown) = between(&self.text()) {
                return shown;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "no prompt in {}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn leave(mut self) {
        self.keys.write_all(b"\x04").unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Terminal {
    /// A failed test leaves no program behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with a file of three messages, and a terminal.
fn begun(options: &str) -> Option<(tempfile::TempDir, Terminal)> {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "a.json", "{\"usr\": \"ann\"}\n{\"usr\": \"bob\"}\n{\"usr\": \"ann\"}\n");
    let mut terminal = Terminal::start(folder.path(), options)?;
    terminal.expect("", "sumoql> ");
    Some((folder, terminal))
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) {
    std::fs::write(folder.path().join(name), text).unwrap();
}

/// Asks for what an answer depends on: the second time it comes from memory, or does not.
#[test]
fn answers_come_from_memory_as_long_as_nothing_they_depend_on_changes() {
    let Some((folder, mut terminal)) = begun("a.json") else { return };
    let remembered = |terminal: &mut Terminal, query: &str| terminal.enter(query, "row").contains("(from memory)");
    let users = "* | json \"usr\" as usr | lookup city from users.csv on usr=usr | count by city";
    write(&folder, "users.csv", "usr,city\nann,Rome\nbob,Oslo\n");
    for (query, repeatable) in [
        ("* | where _raw contains \"now\" or _raw contains \"ann\" | count as lookups", true),
        ("* | parseDate(\"2024-05-01\", \"yyyy-MM-dd\") as day | count by day", true),
        ("* | if(false, now(), 1) as n | count by n", true),
        (users, true),
        ("* | now() - 5 as n | count", true),
        ("* | now() > 5 as n | count by n", false),
        ("* | parseDate(\"24-05-01\", \"yy-MM-dd\") as day | count by day", false),
        ("* | json \"usr\" as usr | count by usr | save by_user.csv", false),
    ] {
        assert!(!remembered(&mut terminal, query), "{query}");
        assert_eq!(remembered(&mut terminal, query), repeatable, "{query}");
    }
    assert!(terminal.enter(users, "(from memory)").contains("Rome"));
    write(&folder, "users.csv", "usr,city\nann,Paris\nbob,Oslo\n");
    assert!(!terminal.enter(users, "Paris").contains("(from memory)"));
    write(&folder, "sources.toml", "[[source]]\nfile = 1\n");
    let shown = terminal.enter(users, "unknown key `file`");
    assert!(!shown.contains("Paris"), "an answer over other data: {shown}");
    write(&folder, "sources.toml", "[[source]]\nfiles = \"*.json\"\n_sourceCategory = \"prod\"\n");
    assert!(!terminal.enter("* | count by _sourceCategory", "prod").contains("(from memory)"));
    terminal.enter(":set from -100000d", "");
    assert!(!remembered(&mut terminal, "* | count"));
    assert!(!remembered(&mut terminal, "* | count"));
    terminal.leave();
}

#[test]
fn ctrl_c_ends_a_query_with_what_is_known_and_not_the_session() {
    let Some((folder, mut terminal)) = begun("a.json") else { return };
    let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status();
    assert!(made.unwrap().success());
    let pipe = folder.path().join("pipe");
    // It never ends: a query over it ends by Ctrl-C only.
    let feed = std::thread::spawn(move || {
        let mut pipe = std::fs::File::create(pipe).unwrap();
        pipe.write_all("one line of many\n".repeat(100_000).as_bytes()).unwrap();
        pipe
    });
    terminal.enter(":open pipe", "1 input");
    // Half of it may still be on its way; that it is running, the progress line tells.
    terminal.expect("* | count\r", "messages");
    terminal.keys.write_all(b"\x03").unwrap();
    let shown = terminal.answer();
    assert!(shown.contains("1 row") && shown.contains("the result is partial"), "{shown}");
    drop(feed.join().unwrap());
    let shown = terminal.enter("* | count", "1 row");
    assert!(shown.contains("cut off"), "{shown}");
    terminal.enter(":open a.json", "1 input");
    let shown = terminal.enter("* | count", "1 row");
    assert!(!shown.contains("cut off"), "{shown}");
    terminal.leave();
}

#[test]
fn paths_charts_and_pages() {
    let Some((folder, mut terminal)) = begun("") else { return };
    let line = |day: u32, user: &str| format!("2024-05-0{day}T00:00:00Z login\n of {user}\n");
    write(&folder, "two words.log", &format!("{}{}{}", line(1, "ann"), line(2, "bob"), line(3, "ann")));
    terminal.expect(":open two\t", "words.log");
    terminal.enter("", "1 input");
    terminal.enter(":open '*words.log' \"a.json\"", "2 inputs");
    terminal.enter(":open 'two", "unclosed quote");
    terminal.enter(":open *words.log", "1 input");
    terminal.enter(":chart", "no query yet");
    terminal.enter("* | parse \"of *\" as user", "3 messages");
    terminal.enter(":chart", "a chart needs numbers");
    terminal.enter("* | parse \"of *\" as user | count by user", "2 rows");
    let drawn = terminal.enter(":chart", "█");
    assert!(drawn.contains("ann") && drawn.contains("bob"), "{drawn}");
    terminal.enter(":chart tree", "unknown kind of chart");
    terminal.enter(":chart pie 'c d.svg'", "wrote c d.svg");
    let svg = std::fs::read_to_string(folder.path().join("c d.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("ann"), "{svg}");

    terminal.enter(":help operators", "(paged) ");
    assert!(!terminal.enter(":set", "pager     on").contains("(paged)"));
    terminal.enter(":set pager off", "");
    assert!(!terminal.enter(":help operators", "timeslice").contains("(paged)"));
    terminal.leave();
}

/// A case says how its input was read, else it would not pass.
#[test]
fn a_case_keeps_the_options_of_the_session() {
    let Some((folder, mut terminal)) = begun("--encoding latin1 --multiline '^[a-z]+:' 'b c.txt'") else { return };
    terminal.enter(":sources", "nothing is open");
    std::fs::write(folder.path().join("b c.txt"), b"one: \xe9\n more\ntwo: \xe8\n more\n").unwrap();
    terminal.enter(":open b\\ c.txt", "1 input");
    terminal.enter("* | parse \"*: *\" as n, letter | count by letter", "2 rows");
    terminal.enter(":save q", "saved to q.sumo");
    assert!(!terminal.enter(":test add", "wrote q/case.case").contains("does not pass"));
    terminal.enter("* | count by _sourceName", "1 row");
    terminal.enter(":save q", "saved to q.sumo");
    terminal.enter(":test add name", "the case does not pass");
    terminal.enter("two", "1 message");
    terminal.enter(":save q", "saved to q.sumo");
    assert!(!terminal.enter(":test add raw", "wrote q/raw.case").contains("does not pass"));
    terminal.enter("* | parse \"*: *\" as n, letter | count by letter", "2 rows");
    terminal.enter(":save q", "saved to q.sumo");
    terminal.leave();
    for other in ["name", "raw"] {
        std::fs::remove_file(folder.path().join(format!("q/{other}.case"))).unwrap();
    }
    let case = std::fs::read_to_string(folder.path().join("q/case.case")).unwrap();
    assert!(case.contains("inputs: '../b c.txt'\n") && case.contains("multiline: ^[a-z]+:\n"), "{case}");
    let mut test = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    let test = test.args(["test", "q.sumo"]).current_dir(folder.path()).output().unwrap();
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stdout));
}

#[test]
fn a_session_at_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), "{\"usr\": \"ann\"}\n{\"usr\": \"bob\"}\n{\"usr\": \"ann\"}\n")
        .unwrap();
    let Some(mut terminal) = Terminal::start(folder.path(), "a.json") else { return };
    terminal.expect("", "sumoql> ");
    terminal.expect("* | wehre x = 1 ", "unknown operator");
    // Ctrl-C drops what is typed and not the session.
    terminal.expect("\u{3}", "sumoql> ");
    terminal.expect("* | wehre x = 1 | count ", "unknown operator");
    terminal.expect("\u{3}", "sumoql> ");
    terminal.expect(":fields\r", "ann (2), bob (1)");
    terminal.expect("* |\r", "|");
    terminal.expect("json \"us\u{3}", "sumoql> ");
    terminal.expect("* | json \"usr\" as usr | count by us\t\r", "2 rows");
    terminal.expect("* | json \"usr\" as usr | count by usr\r", "(from memory)");
    terminal.expect(":why 2\r", "bob");
    terminal.expect(":explain\r", "count");
    terminal.expect(":save q.sumo\r", "saved to q.sumo");
    terminal.expect(":test add first\r", "wrote q/first.case");
    std::fs::write(folder.path().join("a.json"), "{\"usr\": \"eve\"}\n").unwrap();
    terminal.expect("* | json \"usr\" as usr | count by usr\r", "1 row");
    assert!(!terminal.text().contains("from memory"), "{}", terminal.text());
    terminal.expect(":set output json\r", "sumoql> ");
    terminal.expect(":set\r", "output    json");
    terminal.expect(":help timeslice\r", "timeslice");
    terminal.keys.write_all(b"\x04").unwrap();
    assert!(terminal.child.wait().unwrap().success());
    let history = std::fs::read_to_string(folder.path().join("state/sumoql/history")).unwrap();
    assert!(history.contains("count by usr"), "{history}");
    std::fs::write(folder.path().join("a.json"), "{\"usr\": \"ann\"}\n{\"usr\": \"bob\"}\n{\"usr\": \"ann\"}\n")
        .unwrap();
    let test = Command::new(env!("CARGO_BIN_EXE_sumoql")).args(["test", "q.sumo"]).current_dir(folder.path()).output();
    let test = test.unwrap();
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stdout));
}
