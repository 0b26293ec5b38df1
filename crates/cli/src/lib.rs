//! The command line: one file for each command. Data goes to standard output, everything else to standard error.

mod alert;
mod arguments;
mod catalogue;
mod chart;
mod check;
mod check_reports;
mod choices;
mod context;
mod demo;
mod explain;
mod fmt;
mod help;
mod interrupt;
mod live;
mod memory_limit;
mod progress;
mod query_files;
mod query_text;
mod repl;
mod report;
mod report_scope;
mod run;
mod run_inputs;
mod scratch;
mod screen;
mod shell;
mod shell_words;
mod show;
mod sources;
pub mod test;

use clap::{Parser, Subcommand};
use screen::{Colours, Screen};
use std::process::ExitCode;

/// Runs Sumo Logic's log-search language over raw log messages, on this machine.
#[derive(Parser)]
#[command(name = "sumoql", version, disable_help_subcommand = true, after_help = AFTER)]
struct Cli {
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Colours::Auto, hide_default_value = true)]
    color: Colours,
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "Exit status: 0 done; 1 a test failed or `check` found something; 2 the query or the arguments are \
                     wrong; 3 an input could not be read, whole or in part; 4 a limit was hit; 5 a row met the condition of `run --alert`; 130 stopped by Ctrl-C.";

#[derive(Subcommand)]
enum Command {
    /// Run a query over files, folders or standard input
    Run(run::Run),
    /// Check a query for errors, without data
    Check(check::Check),
    /// Show the plan of a query, the rows of each stage, or why a message matches or does not
    Explain(explain::Explain),
    /// Format queries
    Fmt(fmt::Fmt),
    /// Show how inputs are read: format, first message, its time, metadata
    Sources(sources::Sources),
    /// Run the golden tests of queries
    Test(test::Test),
    /// Run queries interactively over the same data
    Repl(repl::Repl),
    /// Write a published detection with sample events and tests to a folder, to try sumoql
    Demo(demo::Demo),
    /// Explain a command, operator, function or aggregate
    Help(help::Help),
    /// Print the whole language reference
    Catalogue(catalogue::CatalogueArgs),
    /// Print completions for a shell
    Completions(shell::Completions),
    /// Print the manual page
    Man(shell::Man),
}

/// Exit statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Done = 0,
    /// A test failed, or a check found something.
    Found = 1,
    /// The query or the arguments are wrong.
    Wrong = 2,
    /// An input could not be read, whole or in part.
    Input = 3,
    /// A limit was hit.
    Limit = 4,
    /// A row has met the condition of `--alert`.
    Alert = 5,
    /// Ctrl-C.
    Stopped = 130,
}

/// Why a command could not do its work.
enum Failure {
    /// Something to tell, and the status.
    Say(Exit, String),
    /// Everything has been said.
    Silent(Exit),
    /// Standard output did not take the data.
    Output(std::io::Error),
}

impl Failure {
    /// Wrong arguments, with what is wrong.
    fn wrong(message: impl Into<String>) -> Failure {
        Failure::Say(Exit::Wrong, message.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Output(error)
    }
}

/// Runs the program, on a thread whose stack does not depend on the system.
pub fn main() -> ExitCode {
    const STACK: usize = 32 << 20;
    let exit = match std::thread::Builder::new().name("sumoql".into()).stack_size(STACK).spawn(run) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(_) => run(),
    };
    ExitCode::from(exit)
}

fn run() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help that nobody reads to its end is no failure.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let screen = Screen::new(cli.color);
    let done = match cli.command {
        Command::Run(command) => command.run(&screen),
        Command::Check(command) => command.run(&screen),
        Command::Explain(command) => command.run(&screen),
        Command::Fmt(command) => command.run(&screen),
        Command::Sources(command) => command.run(&screen),
        Command::Test(command) => command.run(&screen),
        Command::Repl(command) => command.run(&screen),
        Command::Demo(command) => command.run(&screen),
        Command::Help(command) => command.run(&screen),
        Command::Catalogue(command) => command.run(&screen),
        Command::Completions(command) => command.run(&screen),
        Command::Man(command) => command.run(&screen),
    };
    let exit = match done {
        Ok(exit) => exit,
        Err(Failure::Silent(exit)) => exit,
        Err(Failure::Say(exit, message)) => {
            screen.error(None, &message, None);
            exit
        }
        // The reader has gone (`| head`): it has what it wanted.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
        Err(Failure::Output(error)) => {
            screen.error(None, &format!("can't write to standard output: {error}"), None);
            Exit::Input
        }
    };
    exit as u8
}
