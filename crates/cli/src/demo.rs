//! `demo`: a published detection with sample events and golden tests, for a first try without a clone or logs.

use super::screen::Screen;
use super::{Exit, Failure};
use clap::Args;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file of the demo: its path in the folder, and its text.
macro_rules! files {
    ($($path:literal)*) => { &[$(($path, include_str!(concat!("../demo/", $path)))),*] };
}

/// Copies of what is in `queries/` of the repository, which a published package does not contain: a test compares them.
const FILES: &[(&str, &str)] = files!(
    "t1505.sumo"
    "t1505/false-positives.case"
    "t1505/listed-files-and-writers.case"
    "t1505/listed-parents-and-children.case"
    "t1505/listed-registry-keys.case"
    "t1505/sources.toml"
    "t1505/test1-aspx-shell.xml"
    "t1505/test1-iis-access.log"
    "t1505/test1-web-shell.case"
    "t1505/test2-xp-cmdshell.case"
    "t1505/test2-xp-cmdshell.xml"
    "t1505/test3-iis-module.case"
    "t1505/test3-iis-module.xml"
    "t1505/test4-linux.log"
    "t1505/test4-php-linux.case"
    "t1505/test4-php-linux.xml"
    "t1505/test5-transport-agent.case"
    "t1505/test5-transport-agent.xml"
);

/// Arguments of `demo`.
#[derive(Args)]
pub(super) struct Demo {
    /// The folder to write to; it is created if necessary
    #[arg(value_name = "FOLDER", default_value = "sumoql-demo")]
    folder: PathBuf,
}

impl Demo {
    /// Writes the files and prints the commands to try.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let missing = self.missing()?;
        for (path, text) in missing {
            write(&path, text).map_err(|error| failed(&path, &error))?;
        }
        screen.output(|out| out.write_all(self.commands().as_bytes()).map_err(Failure::from))?;
        Ok(Exit::Done)
    }

    /// The files to write: those that are not there yet. Files of the same name with another text are somebody's work.
    fn missing(&self) -> Result<Vec<(PathBuf, &'static str)>, Failure> {
        let mut missing = Vec::new();
        for (path, text) in FILES {
            let path = self.folder.join(path);
            match std::fs::read(&path) {
                Ok(bytes) if bytes == text.as_bytes() => {}
                Ok(_) => {
                    let message = format!("`{}` exists and differs: name another folder", path.display());
                    return Err(Failure::wrong(message));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => missing.push((path, *text)),
                Err(error) => return Err(failed(&path, &error)),
            }
        }
        Ok(missing)
    }

    fn commands(&self) -> String {
        let query = shell_word(&self.folder.join("t1505.sumo"));
        let samples = shell_word(&self.folder.join("t1505"));
        format!(
            "{query} is a published detection of web shells (ATT&CK T1505);\n\
             {samples} has sample events, and the golden tests of the query.\n\
             \n\
             Run the detection over the samples:\n  \
             sumoql run -f {query} {samples}\n\
             See which condition keeps an event out of the result:\n  \
             sumoql explain -f {query} --grep \"whoami.exe</Data>\" --first 1 {samples}\n\
             Run its golden tests, and list the conditions that none of them tests:\n  \
             sumoql test --coverage {query}\n\
             Write queries over the samples interactively:\n  \
             sumoql repl {samples}\n\
             Run the detection over your own event log:\n  \
             sumoql run -f {query} --set _sourceCategory=windows/sysmon your.evtx\n"
        )
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Say(Exit::Input, format!("can't write `{}`: {error}", path.display()))
}

/// A path as one word of a command line.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/\\._-+:~".contains(c);
    match text {
        text if text.chars().all(|c| plain(c) && (cfg!(windows) || c != '\\')) => text,
        text if cfg!(windows) => format!("\"{text}\""),
        text => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
