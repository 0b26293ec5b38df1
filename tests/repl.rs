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
    /// `None` where there is no `script`.
    fn start(folder: &std::path::Path, paths: &str) -> Option<Terminal> {
        let command = format!("stty cols 100 rows 40; exec {} repl {paths}", env!("CARGO_BIN_EXE_sumoql"));
        let mut child = Command::new("script")
            .args(["-q", "-e", "-c", &command, "/dev/null"])
            .current_dir(folder)
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
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
