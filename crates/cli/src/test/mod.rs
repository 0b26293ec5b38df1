//! `test`: golden tests beside queries.
//!
//! For a query `NAME.sumo`, every file `NAME/*.case` is a test. [`case`] says what such a file looks like; [`runner`]
//! runs one; `cargo test` runs the same code (`tests/queries.rs`).

pub mod case;
pub mod compare;
pub mod coverage;
pub mod filtered_input;
pub mod junit;
pub mod runner;
pub(super) mod setup;
mod traces;
pub mod watch;

use super::screen::Screen;
use super::{Exit, Failure, query_files};
use clap::Args;
use runner::{Setting, Updated, Verdict};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Arguments of `test`.
#[derive(Args)]
#[command(after_help = CASES)]
pub(super) struct Test {
    /// Folders (searched), queries NAME.sumo, or single cases [default: queries]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write the current rows of the query into the `--- expect` part of each case
    #[arg(long)]
    update: bool,
    /// List the conditions that no case makes true, or false
    #[arg(long)]
    coverage: bool,
    /// Also write the results to this file as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Files or folders of messages in which no query may find anything; each query runs with the settings of its first
    /// case, and its findings are listed
    #[arg(long, value_name = "PATH", num_args = 1..)]
    baseline: Vec<PathBuf>,
    /// Run again whenever a query, a case or an input changes, until Ctrl-C
    #[arg(long, conflicts_with = "junit")]
    watch: bool,
}

const CASES: &str = "\
A case is a text file NAME/*.case beside a query NAME.sumo:

  # What the case shows.
  inputs: events/*.xml
  set: _sourceCategory=windows/sysmon
  matches: cmd.exe /c whoami        # reason
  does not match: msiexec.exe       # reason
  --- messages
  messages instead of inputs, one per line
  --- expect
  | user | _count |
  |------|--------|
  | ann  | 2      |

More keys: from, to, timezone, now, param, values, default, lookup, geoip, asn, sources, format, evtx-as, encoding,
multiline, `auto-parse: yes` and `order: any`. `param: NAME:TYPE=VALUE` sets a parameter and its type. `values: NAME=A, B`
lists the values that a parameter can have: without a `param`, the case must pass with each of them. Without
`--- expect`, only the `matches` lines are tested; `--update` fills in the rows under it.
Run `sumoql explain FILE.case` to explain the query over the messages of a case.";

/// A case that was found: the query and the file of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    /// `QUERY/CASE`, without endings.
    pub name: String,
    /// The query.
    pub query: PathBuf,
    /// The case.
    pub case: PathBuf,
}

impl Test {
    /// Runs the cases, once or whenever something changes. Found: one failed.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        const PAUSE: Duration = Duration::from_millis(500);
        let paths = if self.paths.is_empty() { vec![PathBuf::from("queries")] } else { self.paths.clone() };
        if !self.watch {
            return self.once(&paths, screen);
        }
        loop {
            // Looked at first: what changes during the run is seen after it.
            let before = watch::stamps(&paths, &self.baseline);
            match self.once(&paths, screen) {
                Err(Failure::Say(_, message)) => screen.error(None, &message, None),
                done => drop(done?),
            }
            while watch::stamps(&paths, &self.baseline) == before {
                std::thread::sleep(PAUSE);
            }
        }
    }

    fn once(&self, paths: &[PathBuf], screen: &Screen) -> Result<Exit, Failure> {
        let cases = find(paths).map_err(Failure::wrong)?;
        if cases.is_empty() {
            return Err(Failure::wrong(no_cases(paths)?));
        }
        let mut failed = 0;
        let (mut lines, mut ran, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for found in &cases {
            let began = Instant::now();
            let updated = self.update.then(|| runner::update(found)).transpose();
            let verdict = match updated {
                Ok(updated) => {
                    match updated {
                        Some(Updated::Written) => lines.push(format!("updated {}", found.name)),
                        Some(Updated::NoRows) => {
                            lines.push(format!("as is   {}: it has no `--- expect` part to fill in", found.name));
                        }
                        Some(Updated::Same) | None => {}
                    }
                    runner::run_with_warnings(found, &Setting::default(), &mut warnings)
                }
                Err(message) => Verdict::Failed(message),
            };
            match &verdict {
                Verdict::Passed => lines.push(format!("ok      {}", found.name)),
                Verdict::Failed(why) => {
                    failed += 1;
                    lines.push(format!("FAILED  {}\n{}", found.name, indented(why)));
                }
            }
            ran.push((found, verdict, began.elapsed()));
        }
        warnings.iter().for_each(|warning: &String| screen.tell(warning));
        if let Some(path) = &self.junit {
            let ran: Vec<_> = ran.iter().map(|(found, verdict, took)| (*found, verdict, *took)).collect();
            let written = std::fs::File::create(path).and_then(|mut file| junit::write(&ran, &mut file));
            written.map_err(|error| Failure::wrong(format!("{}: {error}", path.display())))?;
        }
        if self.coverage {
            lines.extend(coverage::lines(&cases));
        }
        lines.push(format!("{} passed, {failed} failed", cases.len() - failed));
        if !self.baseline.is_empty() {
            failed += baseline(&cases, &self.baseline, &mut lines);
        }
        screen.output(|out| writeln!(out, "{}", lines.join("\n")).map_err(Failure::from))?;
        Ok(if failed > 0 { Exit::Found } else { Exit::Done })
    }
}

/// What to say where there is no case.
fn no_cases(paths: &[PathBuf]) -> Result<String, Failure> {
    let queries = query_files::queries(paths.iter().map(PathBuf::as_path))?;
    Ok(match queries.first() {
        Some(query) => format!(
            "no cases found: the cases of {} are text files {}",
            query.display(),
            query.with_extension("").join("*.case").display()
        ),
        None => "no cases found: the cases of a query NAME.sumo are text files NAME/*.case".to_string(),
    })
}

/// Runs the queries over the baseline. The answer is how many of them find something there, or can't run.
fn baseline(cases: &[CaseFile], paths: &[PathBuf], lines: &mut Vec<String>) -> usize {
    const SHOWN: usize = 5;
    let (mut known, mut failed) = (Vec::new(), 0);
    for found in cases {
        if known.contains(&&found.query) {
            continue;
        }
        known.push(&found.query);
        let name = found.query.display();
        match runner::baseline(found, paths) {
            Ok(rows) if rows.rows.is_empty() => lines.push(format!("ok      {name}: nothing in the baseline")),
            Ok(mut rows) => {
                failed += 1;
                let all = rows.rows.len();
                rows.rows.truncate(SHOWN);
                let more = if all > SHOWN { format!("\n        and {} more", all - SHOWN) } else { String::new() };
                let s = if all == 1 { "" } else { "s" };
                lines
                    .push(format!("FAILED  {name}: {all} row{s} in the baseline\n{}{more}", indented(&rows.written())));
            }
            Err(why) => {
                failed += 1;
                lines.push(format!("FAILED  {name}: the baseline\n{}", indented(&why)));
            }
        }
    }
    failed
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("        {line}")).collect::<Vec<_>>().join("\n")
}

/// All cases below some paths, by name.
pub fn find(paths: &[PathBuf]) -> Result<Vec<CaseFile>, String> {
    let mut out = Vec::new();
    for path in paths {
        match ending(path) {
            "case" => {
                let query = path.parent().map(|folder| folder.with_extension("sumo")).unwrap_or_default();
                if !query.is_file() {
                    return Err(format!("{}: its query {} does not exist", path.display(), query.display()));
                }
                out.push(found(&query, path));
            }
            "sumo" if path.is_file() => beside(path, &mut out)?,
            _ if path.is_dir() => walk(path, &mut out)?,
            _ => return Err(format!("{}: not a folder, a query or a case", path.display())),
        }
    }
    out.sort_by(|a, b| a.case.cmp(&b.case));
    out.dedup();
    Ok(out)
}

fn walk(folder: &Path, out: &mut Vec<CaseFile>) -> Result<(), String> {
    for path in listed(folder)? {
        if path.is_dir() {
            walk(&path, out)?;
        } else if ending(&path) == "sumo" {
            beside(&path, out)?;
        }
    }
    Ok(())
}

/// The cases beside a query.
fn beside(query: &Path, out: &mut Vec<CaseFile>) -> Result<(), String> {
    let folder = query.with_extension("");
    if folder.is_dir() {
        out.extend(listed(&folder)?.iter().filter(|path| ending(path) == "case").map(|case| found(query, case)));
    }
    Ok(())
}

pub(super) fn found(query: &Path, case: &Path) -> CaseFile {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    CaseFile { name: format!("{}/{}", stem(query), stem(case)), query: query.to_path_buf(), case: case.to_path_buf() }
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    Ok(paths)
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default()
}
