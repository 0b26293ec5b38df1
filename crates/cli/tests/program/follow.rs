//! `run --follow` over real files that are appended to, renamed and truncated while the program runs, and over streams.
//! What is waited for is waited for long; only that nothing comes can't be waited for.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::program;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long is waited for what must come.
const LONG: Duration = Duration::from_secs(60);

/// A program that follows.
pub struct Following {
    child: Child,
    lines: Receiver<String>,
    /// What it says on standard error.
    said: Receiver<String>,
    heard: String,
}

impl Following {
    pub fn start(folder: &Path, args: &[&str]) -> Following {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sumoql"));
        program.args(["run", "--follow"]).args(args);
        Following::spawn(folder, program)
    }

    fn spawn(folder: &Path, program: Command) -> Following {
        let mut child = program::start_in(folder, program);
        let lines = lines_of(child.stdout.take().unwrap());
        let said = lines_of(child.stderr.take().unwrap());
        Following { child, lines, said, heard: String::new() }
    }

    /// Waits until it says something.
    #[track_caller]
    fn hear(&mut self, text: &str) {
        let end = Instant::now() + LONG;
        while !self.heard.contains(text) {
            let line = self.said.recv_timeout(end - Instant::now());
            self.heard += &line.unwrap_or_else(|_| panic!("`{text}` is not said: {}", self.heard));
            self.heard.push('\n');
        }
    }

    /// The next line, if one comes in time.
    pub fn line(&self, time: Duration) -> Option<String> {
        self.lines.recv_timeout(time).ok()
    }

    #[track_caller]
    pub fn expect(&self, lines: &[&str]) {
        let end = Instant::now() + LONG;
        for expected in lines {
            let line = self.lines.recv_timeout(end - Instant::now());
            assert_eq!(line.as_deref(), Ok(*expected));
        }
    }

    fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    fn interrupt(&self) {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// The rest of what it writes, what it said, and its exit status, once it has ended.
    fn end(mut self) -> (Vec<String>, String, i32) {
        let end = Instant::now() + LONG;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let said = self.said.iter().fold(std::mem::take(&mut self.heard), |said, line| said + &line + "\n");
        (self.lines.iter().collect(), said, status)
    }
}

/// The lines that come out of a stream.
fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    let stream = BufReader::new(stream);
    std::thread::spawn(move || stream.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
    lines
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// A folder with `app.log`.
fn folder(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("app.log");
    fs::write(&log, text).unwrap();
    (folder, log)
}

#[test]
fn what_is_there_comes_first_then_what_is_appended() {
    let (folder, log) = folder("error 1\ninfo\nerr");
    let run = Following::start(folder.path(), &["error", "app.log"]);
    run.expect(&["error 1"]);
    append(&log, "or 2\nerror 3\n");
    run.expect(&["error 2", "error 3"]);
    append(&log, "error 4\n");
    run.expect(&["error 4"]);
    run.interrupt();
    let (rest, said, status) = run.end();
    assert_eq!((rest.len(), status), (0, 130), "{said}");
    assert!(said.contains("the result is partial"), "{said}");
}

#[test]
fn half_a_line_does_not_wait_for_ever() {
    let (folder, log) = folder("one\nhalf");
    let run = Following::start(folder.path(), &["*", "app.log"]);
    run.expect(&["one", "half"]);
    append(&log, " of it\n");
    run.expect(&[" of it"]);
}

#[test]
fn of_a_renamed_file_the_rest_is_read_before_the_new_one() {
    let (folder, log) = folder("1\n");
    let old = folder.path().join("old");
    let run = Following::start(folder.path(), &["*", "app.log"]);
    run.expect(&["1"]);
    for round in 0..3 {
        // The writer has its file open and goes on for a while.
        let mut writer = OpenOptions::new().append(true).open(&log).unwrap();
        fs::rename(&log, &old).unwrap();
        writeln!(writer, "{round} a").unwrap();
        File::create(&log).unwrap();
        write!(writer, "{round} b\n{round} c").unwrap();
        append(&log, &format!("{round} d\n"));
        let expected = ["a", "b", "c", "d"].map(|part| format!("{round} {part}"));
        run.expect(&expected.each_ref().map(String::as_str));
    }
    fs::remove_file(&log).unwrap();
    append(&log, "anew\n");
    run.expect(&["anew"]);
}

#[test]
fn a_truncated_file_is_read_from_its_beginning() {
    let (folder, log) = folder("a long first line\nhalf");
    let run = Following::start(folder.path(), &["*", "app.log"]);
    run.expect(&["a long first line", "half"]);
    // As copytruncate does; the writer appends.
    OpenOptions::new().write(true).open(&log).unwrap().set_len(0).unwrap();
    append(&log, "2\n");
    run.expect(&["2"]);
    append(&log, "3\n");
    run.expect(&["3"]);
    run.interrupt();
    let (_, said, _) = run.end();
    assert!(said.contains("it was truncated"), "{said}");
}

#[test]
fn a_file_truncated_and_grown_beyond_its_length_between_two_looks_is_noticed() {
    let (folder, log) = folder("old 1\nold 2\n");
    let run = Following::start(folder.path(), &["*", "app.log"]);
    run.expect(&["old 1", "old 2"]);
    fs::write(&log, "the first line of the new text\nand the second\n").unwrap();
    run.expect(&["the first line of the new text", "and the second"]);
    run.interrupt();
    let (_, said, _) = run.end();
    assert!(said.contains("it was truncated"), "{said}");
}

#[test]
fn new_files_of_a_folder_are_taken_up_and_renamed_ones_known_again() {
    let (folder, log) = folder("1\n");
    let run = Following::start(folder.path(), &["* | fields _sourceName, _raw", "--output", "jsonl", "."]);
    let row = |name: &str, raw: &str| format!("{{\"_sourceName\":\"{name}\",\"_raw\":\"{raw}\"}}");
    let [first, second, third] = [row("./app.log", "1"), row("./new/b.log", "2"), row("./app.log", "3")];
    run.expect(&[&first]);
    fs::create_dir(folder.path().join("new")).unwrap();
    append(&folder.path().join("new/b.log"), "2\n");
    run.expect(&[&second]);
    // Nothing of the renamed file comes twice; what is appended to it does come.
    fs::rename(&log, folder.path().join("0.log")).unwrap();
    append(&folder.path().join("0.log"), "3\n");
    run.expect(&[&third]);
    append(&log, "4\n");
    run.expect(&[&row("./app.log", "4")]);
    // An old file that was compressed is no loss.
    fs::write(folder.path().join("0.log.gz"), b"\x1F\x8B\x08\0\0\0\0\0\0\x03").unwrap();
    append(&log, "5\n");
    run.expect(&[&row("./app.log", "5")]);
}

#[test]
fn a_file_that_is_not_there_yet_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let run = Following::start(folder.path(), &["*", "logs/*.log"]);
    fs::create_dir(folder.path().join("logs")).unwrap();
    append(&folder.path().join("logs/a.txt"), "no\n");
    append(&folder.path().join("logs/a.log"), "yes\n");
    run.expect(&["yes"]);
}

#[test]
fn more_files_than_may_be_open() {
    let folder = tempfile::tempdir().unwrap();
    let name = |n: usize| folder.path().join(format!("{n:03}.log"));
    let lines: Vec<String> = (0..400).map(|n| format!("line {n}")).collect();
    lines.iter().enumerate().for_each(|(n, line)| fs::write(name(n), format!("{line}\n")).unwrap());
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 300 && exec \"$0\" run --follow '*' .", env!("CARGO_BIN_EXE_sumoql")]);
    let run = Following::spawn(folder.path(), limited);
    let mut found: Vec<String> = (0..400).map(|_| run.lines.recv_timeout(LONG).unwrap()).collect();
    found.sort_by_key(|line| lines.iter().position(|known| known == line));
    assert_eq!(found, lines);
    for n in [0, 200, 399] {
        let line = format!("more {n}");
        append(&name(n), &format!("{line}\n"));
        run.expect(&[&line]);
    }
}

#[test]
fn events_come_when_they_are_whole() {
    let (folder, log) = folder("<Events>\n<Event>1</Event><Event>");
    let run = Following::start(folder.path(), &["*", "app.log"]);
    run.expect(&["<Event>1</Event>"]);
    append(&log, "2</Event>");
    run.expect(&["<Event>2</Event>"]);
}

/// What is wrong or odd is said when it happens, and once.
#[test]
fn news_come_when_they_happen() {
    let (folder, path) = folder("{\"a\":1}\n");
    let mut run = Following::start(folder.path(), &["*", "app.log", "later.log"]);
    run.hear("later.log: no such file");
    run.expect(&["{\"a\":1}"]);
    append(&path, "{\"a\":\n{\"a\":\n");
    run.expect(&["{\"a\":", "{\"a\":"]);
    run.hear("not JSON, ");
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"caf\xE9\":1}\n").unwrap();
    run.hear("bytes at one place, byte 25, are not UTF-8");
    File::create(&path).unwrap();
    append(&path, "{\"b\":1}\n");
    run.hear("app.log: it was truncated, and read from its beginning again");
    append(&folder.path().join("later.log"), "late\n");
    run.expect(&["{\"caf\u{fffd}\":1}", "{\"b\":1}", "late"]);
    run.interrupt();
    let (_, said, status) = run.end();
    assert_eq!(status, 130, "{said}");
    for once in ["truncated", "not UTF-8", "no such file"] {
        assert_eq!(said.matches(once).count(), 1, "{said}");
    }
    assert!(said.contains("2 messages are not JSON, the first near byte 8"), "{said}");
}

/// However many times a message is cut that never seems to end, it is one.
#[test]
fn a_message_without_end_is_one() {
    let (folder, path) = folder(&"x".repeat(35 << 20));
    let mut run = Following::start(folder.path(), &["* | count", "--output", "csv", "app.log", "-"]);
    append(&path, "\nlast\n");
    run.hear("the message near byte 0 has more than 65536 bytes and was cut into pieces");
    // Written is more than what can wait between the program's parts: the file was read before the last of it.
    run.stdin().write_all("all the same\n".repeat(1_000_000).as_bytes()).unwrap();
    run.interrupt();
    let (_, said, status) = run.end();
    assert!(status == 130 && !said.contains("messages of more than"), "{said}");
}

/// Field extraction rules hold for what is appended, and for files that come later.
#[test]
fn extracted_fields_are_there() {
    let rules = "[[source]]\nfiles = '*.log'\nextract = 'parse \"user=*,\" as user'\n";
    let (folder, path) = folder("user=ann, 1\n");
    fs::write(folder.path().join("sources.toml"), rules).unwrap();
    let run = Following::start(folder.path(), &["user=a* | fields user", "--output", "jsonl", "."]);
    run.expect(&["{\"user\":\"ann\"}"]);
    append(&path, "nobody\nuser=bob, 2\nuser=abe, 3\n");
    run.expect(&["{\"user\":\"abe\"}"]);
    append(&folder.path().join("new.log"), "user=amy, 4\n");
    run.expect(&["{\"user\":\"amy\"}"]);
    run.interrupt();
    assert_eq!(run.end().2, 130);
}

#[test]
fn an_aggregate_is_shown_when_it_is_stopped() {
    let (folder, _) = folder("a\nb\na\n");
    let mut run = Following::start(folder.path(), &["* | count by _raw", "--output", "csv", "app.log", "-"]);
    // Written is more than what can wait between the program's parts: the file was read before the last of it.
    let mut input = run.stdin();
    input.write_all("all the same\n".repeat(1_000_000).as_bytes()).unwrap();
    run.interrupt();
    let (rows, said, status) = run.end();
    assert_eq!(status, 130, "{said}");
    assert!(said.contains("the result is partial") && said.contains("appears when you press Ctrl-C"), "{said}");
    assert!(rows.len() == 4 && rows[0] == "_raw,_count" && rows.contains(&"a,2".into()), "{rows:?}");
}

#[test]
fn standard_input_comes_as_it_is_written_and_its_end_is_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = Following::start(folder.path(), &["*"]);
    let mut input = run.stdin();
    writeln!(input, "one").unwrap();
    run.expect(&["one"]);
    write!(input, "two\nthr").unwrap();
    run.expect(&["two"]);
    write!(input, "ee\nhalf").unwrap();
    drop(input);
    run.expect(&["three", "half"]);
    let (rest, said, status) = run.end();
    assert_eq!((rest.len(), status), (0, 0), "{said}");
    let mut run = Following::start(folder.path(), &["* | count by _raw", "--output", "csv"]);
    run.stdin().write_all(b"a\nb\na").unwrap();
    let (rows, said, status) = run.end();
    assert_eq!((rows.join(";").as_str(), status), ("_raw,_count;a,2;b,1", 0), "{said}");
}

#[test]
fn a_named_pipe_is_followed_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let run = Following::start(folder.path(), &["*", "pipe"]);
    let mut writer = OpenOptions::new().write(true).open(&pipe).unwrap();
    writeln!(writer, "one").unwrap();
    run.expect(&["one"]);
    drop(writer);
    assert_eq!(run.end().2, 0);
}

#[test]
fn what_can_not_be_followed_is_said() {
    let (folder, _) = folder("1\n");
    fs::write(folder.path().join("b.gz"), b"\x1F\x8B\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0").unwrap();
    fs::write(folder.path().join("c.evtx"), [&b"ElfFile\0"[..], &[0; 4088]].concat()).unwrap();
    fs::write(folder.path().join("d.json"), "[{\"a\":1},\n{\"a\":2}]\n").unwrap();
    let run = |args: &[&str]| program::run_in(folder.path(), &[&["run", "--follow"][..], args].concat(), b"");
    for (file, reason) in [("b.gz", "compressed"), ("c.evtx", "its format is evtx"), ("d.json", "JSON array")] {
        let ran = run(&["*", file]);
        assert_eq!(ran.status, 3, "{}", ran.err);
        assert!(ran.err.contains(file) && ran.err.contains(reason), "{}", ran.err);
        assert_eq!(ran.err.matches(reason).count(), 1, "told once: {}", ran.err);
    }
    for (args, reason) in [
        (&["*", "--output", "csv", "app.log"][..], "--output jsonl"),
        (&["* | timeslice 10 buckets | count by _timeslice", "app.log"], "--from and --to"),
        (&["* [subquery: * | count by _raw | compose _raw]", "app.log"], "reads its input twice"),
    ] {
        let ran = run(args);
        assert_eq!(ran.status, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(reason), "{}", ran.err);
    }
}

/// Runs a command over a pipe that gets these bytes and then nothing more, though it stays open, and stops it by Ctrl-C:
/// what it has written, what was said, and the exit status.
#[cfg(target_os = "linux")]
fn stopped(args: &[&str], bytes: &[u8]) -> (String, String, Option<i32>) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_sumoql"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = run.stdin.take().unwrap();
    input.write_all(bytes).unwrap();
    let id = run.id().to_string();
    // Until the program has taken over Ctrl-C, the system would end it.
    let end = Instant::now() + LONG;
    let taken = |line: &str| Some(u64::from_str_radix(line.strip_prefix("SigCgt:")?.trim(), 16).unwrap() & 2 != 0);
    while !fs::read_to_string(format!("/proc/{id}/status")).unwrap().lines().find_map(taken).unwrap() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let done = run.wait_with_output().unwrap();
    drop(input);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&done.stdout), text(&done.stderr), done.status.code())
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_shows_what_is_known() {
    let stopped = |bytes: &[u8]| {
        let (out, said, status) = stopped(&["run", "* | count", "--output", "csv"], bytes);
        (out.lines().nth(1).and_then(|count| count.parse::<u64>().ok()), said, status)
    };
    // More than a pipe and the program's parts hold: some of it was counted.
    let (count, said, status) = stopped("all the same\n".repeat(2_000_000).as_bytes());
    assert!(count.is_some_and(|count| count > 0), "{count:?} {said}");
    assert!(said.contains("stopped after") && said.contains("the result is partial"), "{said}");
    assert_eq!(status, Some(130));
    // So little that what it is was still being found out.
    let (count, said, status) = stopped(b"one\ntwo\n");
    assert!(count.is_some_and(|count| count <= 2), "{count:?} {said}");
    assert!(said.contains("the result is partial"), "{said}");
    assert_eq!(status, Some(130));
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_stops_an_explanation() {
    for bytes in ["all the same\n".repeat(500_000), "one\ntwo\n".to_string()] {
        let (out, said, status) = stopped(&["explain", "* | count", "-", "--no-time"], bytes.as_bytes());
        assert!(out.contains("line 1: count"), "{out} {said}");
        assert!(said.contains("stopped after") && said.contains("the counts are partial"), "{said}");
        assert_eq!(status, Some(130));
    }
    let (out, said, status) = stopped(&["explain", "* | count", "-", "--json"], b"one\n");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(json["partial"] == true && json["messages"].as_u64() <= Some(1), "{out}");
    assert_eq!(status, Some(130), "{said}");
    // The story of a message that has not come yet.
    let (out, said, status) = stopped(&["explain", "* | count", "-", "--grep", "three"], b"one\n");
    assert!(out.is_empty() && said.contains("the result is partial"), "{out} {said}");
    assert_eq!(status, Some(130));
}
