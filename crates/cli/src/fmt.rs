//! `fmt`: queries in their canonical layout.

use super::query_text::Text;
use super::screen::Screen;
use super::test::compare::edits;
use super::{Exit, Failure, query_files};
use clap::Args;
use std::path::{Path, PathBuf};
use sumoql::plan::definitions::Catalogue;
use sumoql::syntax::format::{Unchanged, format};

/// Arguments of `fmt`.
#[derive(Args)]
#[command(
    override_usage = "sumoql fmt Q.sumo\n       sumoql fmt --check|--write PATH...\n       sumoql fmt - < Q.sumo"
)]
#[command(after_help = LAYOUT)]
pub(super) struct Fmt {
    /// Queries, folders (searched for *.sumo), or - for standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Another query; may be repeated
    #[arg(short, long = "file", value_name = "Q.sumo")]
    files: Vec<PathBuf>,
    /// List the queries that are not in this layout, with the differences, and change nothing
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Rewrite the files in this layout
    #[arg(long)]
    write: bool,
}

const LAYOUT: &str = "\
Writes one stage per line, and breaks a stage longer than 100 characters at its loosest operators. Comments, strings,
patterns, numbers and names are unchanged, and so is the meaning of the query. A query with syntax errors is left as is.

Without --check and --write, the query is written to standard output.

Exit status: 0 done; 1 --check found a query in another layout; 2 a query has syntax errors.";

/// What became of a query.
struct Formatted {
    name: String,
    written: String,
    /// The text to be, unless it stays.
    text: Result<String, Unchanged>,
}

impl Fmt {
    /// Formats the queries. Found: `--check` would change one.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let files = query_files::queries(self.files.iter().chain(&self.paths).map(PathBuf::as_path))?;
        if self.files.is_empty() && self.paths.is_empty() {
            return Err(Failure::wrong("no query: name a file, a folder with queries, or - for standard input"));
        }
        if !self.check && !self.write && files.len() != 1 {
            let message = format!(
                "there are {} queries: add --check to see what would change, or --write to change them",
                files.len()
            );
            return Err(Failure::wrong(message));
        }
        let catalogue = sumoql::catalogue();
        let (mut exit, mut changed) = (Exit::Done, 0);
        for file in &files {
            let query = read(file, &catalogue)?;
            if let Err(why) = &query.text {
                exit = Exit::Wrong;
                query.tell(why, screen);
            }
            let new = query.text.as_ref().unwrap_or(&query.written);
            changed += usize::from(*new != query.written);
            let stdin = file.as_path() == Path::new("-");
            if self.check {
                if *new != query.written {
                    let shown = difference(&query.name, &query.written, new);
                    screen.output(|out| write!(out, "{shown}").map_err(Failure::from))?;
                }
            } else if self.write && !stdin {
                if *new != query.written {
                    std::fs::write(file, new).map_err(|error| Failure::wrong(format!("{}: {error}", query.name)))?;
                    screen.tell(&format!("formatted {}", query.name));
                }
            } else {
                screen.output(|out| write!(out, "{new}").map_err(Failure::from))?;
            }
        }
        if self.check {
            screen.tell(&format!("{changed} of {} would change", counted(files.len())));
        }
        Ok(if exit == Exit::Done && self.check && changed > 0 { Exit::Found } else { exit })
    }
}

fn counted(queries: usize) -> String {
    format!("{queries} {}", if queries == 1 { "query" } else { "queries" })
}

impl Formatted {
    /// Says why the query is left as it is.
    fn tell(&self, why: &Unchanged, screen: &Screen) {
        match why {
            Unchanged::Errors(diagnostics) => {
                let text = Text::new(&self.name, self.written.clone(), &[]);
                for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
                    screen.tell(&format!("{}\n\n", text.draw(diagnostic, screen.error_colour())));
                }
            }
            Unchanged::Different => {
                let message = format!("{} is left as is: formatting would change its meaning", self.name);
                screen.warning(None, &message, None);
            }
        }
    }
}

/// Reads and formats a query.
fn read(file: &Path, catalogue: &Catalogue) -> Result<Formatted, Failure> {
    let text = Text::of_file(&file.to_string_lossy(), &[])?;
    let formatted = format(&text.written, catalogue);
    let written = text.written.clone();
    let name = if file == Path::new("-") { "standard input".to_string() } else { text.name };
    Ok(Formatted { name, written, text: formatted })
}

/// The lines that differ, with three around them, as `diff -u` shows them.
fn difference(name: &str, old: &str, new: &str) -> String {
    const AROUND: usize = 3;
    let split = |text: &str| text.split_inclusive('\n').map(str::to_string).collect::<Vec<_>>();
    let (old, new) = (split(old), split(new));
    let edits = edits(&old, &new);
    let mut out = format!("--- {name}\n+++ {name} (formatted)\n");
    let mut lines = (1, 1);
    let mut at = 0;
    while at < edits.len() {
        let Some(first) = edits[at..].iter().position(|(sign, _)| *sign != ' ') else { break };
        let start = (at + first).saturating_sub(AROUND).max(at);
        lines = (lines.0 + start - at, lines.1 + start - at);
        let mut end = at + first;
        // Changes whose surroundings touch are shown together.
        for (place, (sign, _)) in edits.iter().enumerate().skip(end) {
            match (*sign != ' ', place - end > 2 * AROUND) {
                (true, _) => end = place,
                (false, true) => break,
                (false, false) => {}
            }
        }
        let end = (end + 1 + AROUND).min(edits.len());
        let shown = &edits[start..end];
        let count = |other: char| shown.iter().filter(|(sign, _)| *sign != other).count();
        let (old, new) = (count('+'), count('-'));
        out.push_str(&format!("@@ -{},{old} +{},{new} @@\n", lines.0, lines.1));
        for (sign, line) in shown {
            out.push_str(&format!("{sign}{line}"));
            if !line.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
        lines = (lines.0 + old, lines.1 + new);
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_three_lines_around_it() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let new = old.replace("10\n", "ten\n");
        let shown = difference("q", &old, &new);
        assert_eq!(shown, "--- q\n+++ q (formatted)\n@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n");
        let both = old.replace("5\n", "five\n").replace("18\n", "x");
        assert_eq!(difference("q", &old, &both).matches("@@ -").count(), 2, "5; 15 and 18, whose surroundings touch");
    }
}
