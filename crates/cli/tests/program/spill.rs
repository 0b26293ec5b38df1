//! Runs that spill give the bytes of runs that don't: small limits over small data, several threads and batch sizes.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use sumoql::output::{Format, Look, View, write};
use sumoql::program::budget::Budget;
use sumoql::program::plan::Plan;
use sumoql::program::scratch::{Scratch, ScratchError, Spool};
use sumoql::run::execute::{Options, Outcome, Partiality, Progress, execute, map, reduce};
use sumoql::run::spill::InMemory;
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::{Memory, plain_source};

const START: i64 = 1_714_521_600_000;

/// Much less than what is kept of the messages.
const LIMIT: usize = 200_000;

/// Scratch space that counts what is written to it, and takes no more than so much.
#[derive(Debug, Default)]
struct Counting {
    written: Arc<AtomicU64>,
    capacity: Option<u64>,
    spools: Arc<AtomicUsize>,
}

struct Counted {
    inner: Arc<dyn Spool>,
    written: Arc<AtomicU64>,
    capacity: u64,
    spools: Arc<AtomicUsize>,
}

impl Scratch for Counting {
    fn create(&self) -> Result<Arc<dyn Spool>, ScratchError> {
        self.spools.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(Counted {
            inner: InMemory.create()?,
            written: Arc::clone(&self.written),
            capacity: self.capacity.unwrap_or(u64::MAX),
            spools: Arc::clone(&self.spools),
        }))
    }
}

impl Spool for Counted {
    fn append(&self, bytes: &[u8]) -> Result<u64, ScratchError> {
        let all = self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed) + bytes.len() as u64;
        if all > self.capacity { Err(ScratchError("the disk: it is full".into())) } else { self.inner.append(bytes) }
    }

    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), ScratchError> {
        self.inner.read(at, into)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.spools.fetch_sub(1, Ordering::Relaxed);
    }
}

fn planned(query: &str) -> Plan {
    let catalogue = sumoql::catalogue();
    let (tree, diagnostics) = sumoql::syntax::parse(query, &catalogue);
    assert!(diagnostics.is_empty(), "{query}: {diagnostics:?}");
    let (plan, diagnostics) = sumoql::plan::plan(query, &tree, &catalogue);
    plan.unwrap_or_else(|| panic!("{query}: {diagnostics:?}"))
}

/// Messages in an order of their own, some without some fields.
fn messages() -> String {
    let line = |n: i64| {
        let n = n * 1571 % 3_000;
        let v = if n % 7 == 0 { String::new() } else { format!(" v={}.{}", n % 100, n % 3) };
        let state = ["login", "cart", "pay", "zo\u{eb}", "a\\u0000b", "a"][n as usize % 6];
        format!(
            "{{\"_raw\":\"id={n} s={}{v} st={state}; {{\\\"k{}\\\": {n}}}\",\"_messageTime\":{}}}\n",
            n / 3,
            n % 4,
            START + n / 2 * 500
        )
    };
    (0..3_000).map(line).collect()
}

struct Run<'r> {
    plan: &'r Plan,
    text: &'r str,
    threads: usize,
    batch: usize,
    limit: usize,
}

impl Run<'_> {
    fn input(&self) -> Memory {
        Memory::lines(self.text, plain_source(Arc::new(Messages), START), 1 << 14)
    }

    fn options(&self, scratch: Option<Arc<dyn Scratch>>) -> Options {
        Options {
            threads: self.threads,
            batch: self.batch,
            budget: Budget::new(self.limit),
            range: Some((START, START + 3_600_000)),
            scratch,
            ..Options::default()
        }
    }

    fn whole(&self) -> Outcome {
        let options = Options { budget: Budget::default(), ..self.options(None) };
        execute(self.plan, &self.input(), &options, &Progress::default())
    }

    fn spilling(&self, scratch: Arc<dyn Scratch>) -> Outcome {
        execute(self.plan, &self.input(), &self.options(Some(scratch)), &Progress::default())
    }

    fn shown(&self, outcome: &Outcome, format: Format) -> String {
        let view = View::with(&outcome.table, outcome.more.as_ref(), &self.plan.output, chrono_tz::UTC);
        let mut out = Vec::new();
        write(&view, format, Look::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

const FIELDS: &str = "* | parse \"id=* s=* \" as id, s | parse \" v=* \" as v nodrop | parse \"st=*;\" as st | ";

/// Stages whose rows spill, at least in part.
const STAGES: &[&str] = &[
    "where true",
    "fields id",
    "json auto",
    "sort by v",
    "sort by v asc, st, id asc | fields id, v, st",
    "sort by st, v asc",
    "num(v) as n | sort by n | fields n, id",
    "num(v) as n | sort by +n, -st | fields st, n, id | where st = \"pay\"",
    "count by id",
    "count by id, st | sort by st, id asc",
    "count by v, id",
    "num(id) as id | count by id",
    "values(st) by id",
    "count, sum(v), avg(v), min(v), max(v), stddev(v) by id",
    "pct(v, 25, 50, 95) by s",
    "count_distinct(st), values(st) by s, v",
    "first(st), last(st), first(v) as f by id",
    "most_recent(st), least_recent(id) by s",
    "count by id, st | sum(_count) as c, values(st) as all by id | sort by all, c, id",
    "count by id | sort by id asc | accum _count",
    "count by id | accum _count as a | diff a | sort by a asc | limit 5000",
    "count by id, st | count_distinct(id) as ids by st",
    "count by id, s | dedup by s | sort by id",
    "timeslice 1s | count by _timeslice, id | sort by _timeslice, id asc",
    "count_frequent id",
    "count by id, st | where _count > 0 | fields st | sort by st asc",
];

#[test]
fn spilling_changes_no_byte() {
    let text = messages();
    let mut wrong = Vec::new();
    for stages in STAGES {
        let plan = planned(&format!("{FIELDS}{stages}"));
        let whole = Run { plan: &plan, text: &text, threads: 1, batch: 64, limit: LIMIT }.whole();
        for (threads, batch) in [(1, 64), (2, 7), (3, 1024)] {
            let run = Run { plan: &plan, text: &text, threads, batch, limit: LIMIT };
            let scratch = Arc::new(Counting::default());
            let spilled = run.spilling(scratch.clone());
            let written = scratch.written.load(Ordering::Relaxed);
            for format in [Format::Csv, Format::Jsonl, Format::Json, Format::Table, Format::Markdown, Format::Raw] {
                if run.shown(&whole, format) != run.shown(&spilled, format) {
                    wrong.push(format!("{stages} ({threads} threads, {batch} rows): differs as {format:?}"));
                }
            }
            let told = |outcome: &Outcome| (outcome.partial, outcome.parses.clone(), outcome.failed);
            if told(&whole) != told(&spilled) || written == 0 || spilled.scratch_error.is_some() {
                wrong.push(format!("{stages} ({threads} threads): {written} bytes, {:?}", told(&spilled)));
            }
            drop(spilled);
            assert_eq!(scratch.spools.load(Ordering::Relaxed), 0, "{stages}: spools are left");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_full_disk_ends_the_run_with_what_is_known() {
    let text = messages();
    for stages in
        ["where true", "sort by v | fields v", "count by id", "count by id | sort by id asc", "values(st) by id"]
    {
        let plan = planned(&format!("{FIELDS}{stages}"));
        let run = Run { plan: &plan, text: &text, threads: 2, batch: 64, limit: LIMIT };
        let scratch = Arc::new(Counting::default());
        run.spilling(scratch.clone());
        let needed = scratch.written.load(Ordering::Relaxed);
        let all = run.shown(&run.whole(), Format::Csv).lines().count();
        // Nothing at all, a third of what is needed, nearly all.
        for capacity in [0, needed / 3, needed - 1] {
            let outcome = run.spilling(Arc::new(Counting { capacity: Some(capacity), ..Counting::default() }));
            let rows = run.shown(&outcome, Format::Csv).lines().count();
            assert!(1 < rows && rows <= all, "{stages}, capacity for {capacity} of {needed}: {rows} of {all} lines");
            assert_eq!(
                outcome.scratch_error,
                Some(ScratchError("the disk: it is full".into())),
                "{stages}, {capacity}"
            );
            if capacity <= needed / 3 {
                assert_eq!(outcome.partial, Some(Partiality::Memory(run.limit)), "{stages}, {capacity}");
            }
        }
    }
}

/// What has no scratch space ends at the limit, and so does what can't spill.
#[test]
fn what_cannot_spill_ends_as_before() {
    let text = messages();
    for stages in [
        "transactionize s",
        "merge id",
        "count by id, st | transpose row id column st",
        "join (where st = \"pay\") as a, (where true) as b on a.s = b.s",
    ] {
        let plan = planned(&format!("{FIELDS}{stages}"));
        let run = Run { plan: &plan, text: &text, threads: 2, batch: 64, limit: LIMIT };
        let outcome = run.spilling(Arc::new(InMemory));
        assert_eq!(outcome.partial, Some(Partiality::Memory(LIMIT)), "{stages}");
    }
}

/// One group that is too large: what fits of it is told.
#[test]
fn a_group_too_large_is_told_in_part() {
    let text = messages();
    let plan = planned(&format!("{FIELDS}count_distinct(id) as n"));
    let run = Run { plan: &plan, text: &text, threads: 1, batch: 64, limit: LIMIT / 10 };
    let outcome = run.spilling(Arc::new(InMemory));
    assert_eq!(outcome.partial, Some(Partiality::Memory(LIMIT / 10)));
    assert_eq!(outcome.table.rows.len(), 1);
}

/// Parts are sent elsewhere: they are whole, or say that they are not.
#[test]
fn parts_do_not_spill() {
    let text = messages();
    let plan = planned(&format!("{FIELDS}count by id"));
    let run = Run { plan: &plan, text: &text, threads: 1, batch: 64, limit: LIMIT };
    let scratch = Arc::new(Counting::default());
    let options = run.options(Some(scratch.clone()));
    let part = map(&plan, &run.input(), &options, &Progress::default()).expect("it splits");
    let outcome = reduce(&plan, vec![part], &options).expect("it splits");
    assert_eq!(outcome.partial, Some(Partiality::Memory(LIMIT)));
    assert_eq!(scratch.written.load(Ordering::Relaxed), 0);
}

/// An input that stops the run after some chunks, as Ctrl-C does.
struct Stopping<'i> {
    inner: Memory,
    progress: &'i Progress,
    left: Mutex<usize>,
}

impl sumoql_data::message::Input for Stopping<'_> {
    fn next(&self, buffer: Vec<u8>) -> Option<sumoql_data::message::Chunk> {
        let mut left = self.left.lock().unwrap();
        *left -= 1;
        if *left == 0 {
            self.progress.stop.set();
        }
        self.inner.next(buffer)
    }

    fn restart(&self) -> bool {
        self.inner.restart()
    }
}

#[test]
fn a_stopped_run_gives_what_it_has_spilled() {
    let text = messages();
    let plan = planned(&format!("{FIELDS}sort by v | fields v, id"));
    let run = Run { plan: &plan, text: &text, threads: 1, batch: 64, limit: LIMIT };
    let scratch = Arc::new(Counting::default());
    let progress = Progress::default();
    let input = Stopping { inner: run.input(), progress: &progress, left: Mutex::new(8) };
    let outcome = execute(&plan, &input, &run.options(Some(scratch.clone())), &progress);
    assert_eq!(outcome.partial, Some(Partiality::Stopped));
    let rows = run.shown(&outcome, Format::Csv).lines().count() - 1;
    assert_eq!(rows as u64, progress.rows.load(Ordering::Relaxed));
    assert!(scratch.written.load(Ordering::Relaxed) > 0);
    drop(outcome);
    assert_eq!(scratch.spools.load(Ordering::Relaxed), 0);
}

/// The command line's temporary files, and what Ctrl-C leaves of them.
#[cfg(unix)]
mod program {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::{Child, Command, Stdio};

    fn sumoql(folder: &std::path::Path, query: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_sumoql"))
            .args(["run", query, "--output", "csv", "--no-progress", "--format", "text", "--memory-limit", "200k"])
            .args(["--stats", "--threads", "2", "--multiline", "", "--temp-dir"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn lines() -> String {
        (0..20_000).map(|n| format!("k={};\n", n * 7919 % 20_000)).collect()
    }

    /// Whether a process has a file open that was in the folder.
    fn has_open(child: &Child, folder: &std::path::Path) -> bool {
        let open = std::fs::read_dir(format!("/proc/{}/fd", child.id())).into_iter().flatten().flatten();
        open.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|target| target.starts_with(folder))
    }

    #[test]
    fn temporary_files_are_used_and_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = sumoql(folder.path(), "* | parse \"k=*;\" as k | num(k) as k | count by k | sort by k asc");
        let mut input = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || input.write_all(lines().as_bytes()).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let rows: String = (0..20_000).map(|n| format!("{n},1\n")).collect();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("k,_count\n{rows}"));
        assert!(output.status.success());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn ctrl_c_gives_what_is_known_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = sumoql(folder.path(), "* | parse \"k=*;\" as k | sort by k | fields k");
        let mut input = child.stdin.take().unwrap();
        let text = lines();
        let mut sent = 0;
        while !has_open(&child, folder.path()) {
            sent += 20_000;
            assert!(sent < 2_000_000, "nothing spills");
            input.write_all(text.as_bytes()).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has a name");
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        // Until it ends, output must be read and input may come.
        let rows = BufReader::new(child.stdout.take().unwrap()).lines().count();
        drop(input);
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{told}");
        assert!(
            told.contains("the result is partial") && rows > 1 && rows <= sent + 1,
            "{rows} rows of {sent}: {told}"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
