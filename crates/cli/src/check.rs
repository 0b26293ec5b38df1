//! `check`: everything that is wrong with a query, without data.

use super::arguments::{QueryArgs, TableArgs};
use super::query_text::Text;
use super::screen::Screen;
use super::{Exit, Failure, check_reports, query_files, report};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use sumoql::diagnostics::{Diagnostic, Severity};
use sumoql_input::tables::{Files, Saving};

/// Arguments of `check`.
#[derive(Args)]
#[command(override_usage = "sumoql check [OPTIONS] QUERY\n       sumoql check [OPTIONS] -f Q.sumo...")]
pub(super) struct Check {
    /// The query; or files Q.sumo, or folders (searched for *.sumo)
    #[arg(value_name = "QUERY")]
    words: Vec<String>,
    /// File with a query; more files and folders may follow
    #[arg(short, long = "file", value_name = "Q.sumo")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    query: QueryArgs,
    /// Assume auto parse mode, as with `run --auto-parse`: do not warn about fields that no stage creates
    #[arg(long)]
    auto_parse: bool,
    #[command(flatten)]
    tables: TableArgs,
    /// Write the diagnostics to standard output as JSON
    #[arg(long, conflicts_with_all = ["sarif", "github"])]
    json: bool,
    /// Write the diagnostics to standard output as SARIF 2.1.0, for code scanning
    #[arg(long, conflicts_with = "github")]
    sarif: bool,
    /// Write the diagnostics to standard output as annotations of a GitHub workflow
    #[arg(long)]
    github: bool,
}

impl Check {
    /// Checks the queries. Found: an error in one of them.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let texts = self.texts()?;
        let catalogue = sumoql::catalogue();
        let mut found = Vec::new();
        let (mut errors, mut warnings) = (0, 0);
        for (text, tables) in &texts {
            let (diagnostics, saves) = text.check(&catalogue, self.query.strict, tables.as_ref());
            report::saves(screen, text, &saves, tables);
            for diagnostic in diagnostics {
                match diagnostic.severity {
                    Severity::Error => errors += 1,
                    Severity::Warning => warnings += 1,
                    Severity::Note => {}
                }
                match self.json || self.sarif || self.github {
                    true => found.push(object(&diagnostic, text)),
                    false => screen.tell(&format!("{}\n\n", text.draw(&diagnostic, screen.error_colour()))),
                }
            }
        }
        if self.github {
            screen.output(|out| write!(out, "{}", check_reports::github(&found)).map_err(Failure::from))?;
        } else if self.json || self.sarif {
            let all = if self.sarif { check_reports::sarif(&found) } else { serde_json::Value::Array(found) };
            let all = serde_json::to_string_pretty(&all).map_err(|error| Failure::wrong(error.to_string()))?;
            screen.output(|out| writeln!(out, "{all}").map_err(Failure::from))?;
        } else if errors + warnings > 0 {
            screen.tell(&format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")));
        }
        Ok(if errors > 0 { Exit::Found } else { Exit::Done })
    }
}

impl Check {
    /// The queries, each with its tables.
    fn texts(&self) -> Result<Vec<(Text, Arc<Files>)>, Failure> {
        if self.files.is_empty() && self.words.is_empty() {
            return Err(Failure::wrong("no query: write it as an argument, or name a file with -f"));
        }
        let paths: Vec<&Path> = self.words.iter().map(Path::new).collect();
        let of_files = paths.iter().all(|path| path.is_dir() || (query_files::is_query(path) && path.is_file()));
        if !self.files.is_empty() || of_files {
            let files = query_files::queries(self.files.iter().map(PathBuf::as_path).chain(paths))?;
            if files.is_empty() {
                return Err(Failure::wrong(format!("there is no query `*.sumo` in {}", self.words.join(", "))));
            }
            let text = |file: PathBuf| {
                let file = file.to_string_lossy();
                Ok((
                    Text::of_file(&file, &self.query.params)?.auto_parse(self.auto_parse),
                    self.tables.saved_tables(Some(&file), Saving::default())?,
                ))
            };
            return files.into_iter().map(text).collect();
        }
        match self.words.as_slice() {
            [query] => {
                let text = Text::new("query", query.clone(), &self.query.params).auto_parse(self.auto_parse);
                Ok(vec![(text, self.tables.saved_tables(None, Saving::default())?)])
            }
            [_, other, ..] => Err(Failure::wrong(format!(
                "unexpected argument `{other}`: put the query in quotes, as \
                                                          one argument"
            ))),
            [] => Ok(Vec::new()),
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// A diagnostic for other programs: lines and columns count from 1, columns in characters; bytes count from 0.
fn object(diagnostic: &Diagnostic, text: &Text) -> serde_json::Value {
    let place = |at: usize| {
        let at = (0..=at.min(text.written.len())).rev().find(|at| text.written.is_char_boundary(*at)).unwrap_or(0);
        let before = &text.written[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        json!({
            "line": before.matches('\n').count() + 1,
            "column": before[line_start..].chars().count() + 1,
            "byte": at,
        })
    };
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let labels: Vec<_> = diagnostic
        .labels
        .iter()
        .map(|label| json!({"text": label.text, "start": place(label.span.start), "end": place(label.span.end)}))
        .collect();
    json!({
        "file": text.name,
        "code": diagnostic.code.id,
        "severity": severity,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "start": place(diagnostic.span.start),
        "end": place(diagnostic.span.end),
        "labels": labels,
    })
}
