//! Runs the program as its user does: arguments in, two streams and an exit status out.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How a run has ended.
#[allow(dead_code, reason = "not every test looks at all of it")]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program in a folder, with these bytes on standard input.
pub fn run_in(folder: &Path, args: &[&str], input: &[u8]) -> Ran {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    program.args(args);
    let mut child = start_in(folder, program);
    // A command that does not read its input may be gone by now.
    let _ = child.stdin.take().unwrap().write_all(input);
    let done = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status: done.status.code().unwrap_or(-1), out: text(done.stdout), err: text(done.stderr) }
}

/// Starts a program in a folder, with pipes to all its streams.
pub fn start_in(folder: &Path, mut program: Command) -> Child {
    program.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}
