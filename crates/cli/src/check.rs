//! `check`: everything that is wrong with a query, without data.

use super::arguments::{QueryArgs, TableArgs};
use super::check_reports::Report;
use super::query_text::Text;
use super::screen::Screen;
use super::{Exit, Failure, check_reports, query_files, report};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use sumoql::diagnostics::{LocatedDiagnostic, Severity};
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
            for diagnostic in LocatedDiagnostic::all(&diagnostics, &text.written) {
                match diagnostic.severity {
                    Severity::Error => errors += 1,
                    Severity::Warning => warnings += 1,
                    Severity::Note => {}
                }
                match self.json || self.sarif || self.github {
                    true => found.push(Report { file: &text.name, diagnostic }),
                    false => {
                        let drawn = diagnostic.draw(&text.name, &text.written, screen.error_colour());
                        screen.tell(&format!("{drawn}\n\n"));
                    }
                }
            }
        }
        if self.github {
            screen.output(|out| write!(out, "{}", check_reports::github(&found)).map_err(Failure::from))?;
        } else if self.json || self.sarif {
            let all = if self.sarif { check_reports::sarif(&found) } else { check_reports::json(&found) };
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
