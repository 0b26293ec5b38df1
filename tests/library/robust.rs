//! Nothing that is read makes the program panic, overflow the stack or hang: no query, no message, no partial state.
//!
//! The cases are random but the same each time. `SUMOQL_CASES=1000000` asks for more of them, `SUMOQL_SEED=7` for others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod limits;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use sumoql::diagnostics::{Diagnostic, LineIndex, LocatedDiagnostic, Span};
use sumoql::plan::definitions::Catalogue;
use sumoql::program::batch::{EvalContext, Tally};
use sumoql::program::budget::Budget;
use sumoql::program::context::RunContext;
use sumoql::program::plan::Plan;
use sumoql::run::execute::{Options, Progress, execute};
use sumoql::syntax::{MAX_QUERY_BYTES, parameters};
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::in_memory::plain_source;
use sumoql_data::message::{Chunk, Input, Source};

/// 2024-05-01T00:00:00Z and an hour later.
const RANGE: (i64, i64) = (1_714_521_600_000, 1_714_525_200_000);

/// What takes longer hangs: a query of the size that Sumo Logic accepts, read in a way that doubles with each level, would
/// take years. No measure of speed: far above what a debug build on a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(120);

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(sumoql::catalogue)
}

/// Bytes as an input, in chunks of a few lines.
struct Bytes {
    chunks: Vec<(u64, Vec<u8>)>,
    source: Arc<Source>,
    next: AtomicUsize,
}

impl Bytes {
    fn new(bytes: &[u8]) -> Bytes {
        let mut chunks = Vec::new();
        let mut at = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            chunks.push((at, line.to_vec()));
            at += line.len() as u64;
        }
        Bytes { chunks, source: plain_source(Arc::new(Messages), RANGE.0), next: AtomicUsize::new(0) }
    }
}

impl Input for Bytes {
    fn next(&self, _: Vec<u8>) -> Option<Chunk> {
        let (offset, bytes) = self.chunks.get(self.next.fetch_add(1, Ordering::Relaxed))?;
        Some(Chunk { bytes: bytes.clone().into(), offset: *offset, source: self.source.clone() })
    }

    fn restart(&self) -> bool {
        self.next.store(0, Ordering::Relaxed);
        true
    }
}

/// Reads a query, plans it as far as it goes, looks for dead logic, and draws what is wrong with it.
fn prepare(query: &str) -> (Option<Plan>, Vec<Diagnostic>) {
    let (tree, mut found) = sumoql::syntax::parse(query, catalogue());
    let (plan, more) = sumoql::plan::plan(query, &tree, catalogue());
    found.extend(more);
    if let Some(plan) = &plan {
        let expansion = sumoql::syntax::parameters::expand(query, |_, _| None);
        found.extend(sumoql::lint::lint(&tree, plan, &expansion, catalogue()));
    }
    for (number, diagnostic) in found.iter().enumerate() {
        let whole = diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= query.len() + 1;
        assert!(whole, "{diagnostic:?} points outside {query:?}");
        // Drawing takes as long as the query; nobody reads thousands of them.
        let located = LocatedDiagnostic::new(diagnostic, &LineIndex::new(query));
        assert!(number * query.len() > 10_000 || !located.draw("query", query, false).is_empty());
    }
    (plan, found)
}

fn run_over(plan: &Plan, messages: &[u8], threads: usize, range: Option<(i64, i64)>) {
    let budget = Budget::default();
    let options = Options { threads, batch: 3, budget, range, now: RANGE.1.into(), ..Options::default() };
    let outcome = execute(plan, &Bytes::new(messages), &options, &Progress::default());
    for row in &outcome.table.rows {
        assert_eq!(row.len(), outcome.table.columns.len());
        row.iter().for_each(|cell| drop(cell.to_string()));
    }
}

/// Everything that can happen to a query and messages.
fn everything(query: &str, messages: &[u8]) {
    let start = Instant::now();
    let (plan, _) = prepare(query);
    if let Some(plan) = plan {
        run_over(&plan, messages, 1, None);
        run_over(&plan, messages, 2, Some(RANGE));
        states(&plan, messages);
    }
    let taken = start.elapsed();
    assert!(taken < PATIENCE, "{taken:?} for {query:?}");
}

/// Partial states from bytes that no one has written: refused, or read as a state that can be finished.
fn states(plan: &Plan, bytes: &[u8]) {
    let Some(split) = plan.split() else { return };
    let good = split.mergeable.encode(split.mergeable.start().as_ref());
    assert!(split.mergeable.decode(&good).is_ok(), "a fresh state survives its bytes");
    let mut long = good.clone();
    long.extend_from_slice(bytes);
    // Behind a good head anything may follow.
    let mut bad = good[..good.len().min(11)].to_vec();
    bad.extend_from_slice(bytes);
    for bytes in [bytes, &long, &bad] {
        if let Ok(state) = split.mergeable.decode(bytes) {
            let (env, budget, tally) = (EvalContext::default(), Budget::default(), Tally::new(plan.stages.len()));
            drop(state.finish(&RunContext::new(&env, &budget, 3, &tally)));
        }
    }
}

fn setting<T>(name: &str, default: T) -> T
where
    T: std::str::FromStr,
{
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn check<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value)) {
    let cases = setting("SUMOQL_CASES", cases);
    let rng_seed = RngSeed::Fixed(setting("SUMOQL_SEED", 20_240_501));
    let config = Config { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let outcome = TestRunner::new(config).run(&strategy, |value| {
        test(value);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// Bytes that show themselves as text in a failure.
#[derive(Clone)]
struct Lines(Vec<u8>);

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

// ---- what is thrown at it -------------------------------------------------------------------------------------------

/// Words and signs of queries, well-formed or not.
fn tokens() -> &'static [String] {
    static TOKENS: OnceLock<Vec<String>> = OnceLock::new();
    TOKENS.get_or_init(|| {
        let mut tokens: Vec<String> = catalogue().stage_words().map(str::to_string).collect();
        for def in catalogue().operators() {
            let quoted = def.form.split('\'').skip(1).step_by(2);
            tokens.extend(quoted.map(str::to_string));
        }
        let others = "| | | , , ( ) ( ) [ ] \" \" ' / = = != == <> < > <= >= + - * / % ? : ! && || and or not in as by \
            matches true false null x y _raw _count _messageTime %x %\"a b\" %\" \"a*\" \"*\" \"\" \"\\\"\" \"\\ \
            \"(?<n>\\d+)\" \"(?<n>\" /x.*/ /( 0 1 -1 5m 1h 0s 1Ki 1e308 9223372036854775807 99999999999999999999 1.5 .5 \
            5. 1m5 {{p}} {{{p}}} {{ }} {{p _sourceCategory=a/* a.b a..b .a #x $y @z \u{feff} é ∞ 日本 “q” ” 😀 \u{0} \
            \u{7f} \u{85} // /* */ //x \\ ` ~ ; ^ & 'x' '' \n \t";
        tokens.extend(others.split(' ').map(str::to_string));
        tokens.extend([" ", "\n", "\t", "\r\n", "\u{a0}"].map(str::to_string));
        tokens.sort();
        tokens.dedup();
        tokens
    })
}

/// The queries of all examples, with the messages they are meant for.
fn examples() -> &'static [(&'static str, &'static [&'static str])] {
    static EXAMPLES: OnceLock<Vec<(&'static str, &'static [&'static str])>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let all = catalogue();
        let examples = all.operators().into_iter().flat_map(|def| def.examples);
        let examples = examples.chain(all.functions().iter().flat_map(|def| def.examples));
        let examples = examples.chain(all.aggregates().iter().flat_map(|def| def.examples));
        let examples = examples.chain(all.subquery().into_iter().flat_map(|(def, _)| def.examples));
        examples.map(|example| (example.query, example.messages)).collect()
    })
}

/// Any bytes, read as text the way a shell or a file would give them.
fn bytes() -> impl Strategy<Value = String> {
    let printable = vec(0x20u8..0x7f, 0..120);
    let any = vec(any::<u8>(), 0..120);
    prop_oneof![printable, any].prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Tokens with and without blanks between them; most start like a query.
fn soup() -> impl Strategy<Value = String> {
    let part = (select(tokens()), any::<bool>());
    (any::<bool>(), vec(part, 0..40)).prop_map(|(head, parts)| {
        let mut out = String::from(if head { "* | " } else { "" });
        for (token, blank) in parts {
            out.push_str(&token);
            out.push_str(if blank { " " } else { "" });
        }
        out
    })
}

/// What is done to a good query: what, where, how far, and with which token.
type Change = (u8, Index, Index, String);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    vec((0u8..6, any::<Index>(), any::<Index>(), select(tokens())), 0..4)
}

fn changed(query: &str, changes: &[Change]) -> String {
    let mut chars: Vec<char> = query.chars().collect();
    for (what, from, to, token) in changes {
        if chars.is_empty() {
            break;
        }
        let (mut from, mut to) = (from.index(chars.len()), to.index(chars.len()));
        if from > to {
            (from, to) = (to, from);
        }
        match what {
            0 => drop(chars.drain(from..to.min(from + 12))),
            1 => drop(chars.splice(from..from, token.chars())),
            2 => drop(chars.splice(from..to.min(from + 8), token.chars())),
            3 => {
                let copy = chars[from..to].to_vec();
                drop(chars.splice(to..to, copy));
            }
            4 => chars.swap(from, to),
            _ => chars.truncate(to),
        }
    }
    chars.into_iter().collect()
}

/// A query that was good once, with its messages.
fn mutant() -> impl Strategy<Value = (String, Lines)> {
    (select(examples()), changes(), changes()).prop_map(|((query, messages), query_changes, message_changes)| {
        let text = changed(&messages.join("\n"), &message_changes);
        (changed(query, &query_changes), Lines(text.into_bytes()))
    })
}

/// Lines of messages: any bytes, objects with odd members, numbers at the edge, what the examples have.
fn messages() -> impl Strategy<Value = Lines> {
    let raw = vec(any::<u8>(), 0..80);
    let odd = [
        r#"{"_raw":"a=1 b=2","_messageTime":"2024-05-01T00:00:00Z","n":-0.0}"#,
        r#"{"_raw":"x","_messageTime":9223372036854775807}"#,
        r#"{"_raw":"x","_messageTime":-9223372036854775808,"_receiptTime":"never"}"#,
        r#"{"_raw":"x","_messageTime":"0000-01-01T00:00:00Z"}"#,
        r#"{"_raw":"x","_messageTime":1e300,"a":{"b":[1,2,{"c":null}]}}"#,
        r#"{"_raw":{"a":"\u0000\ud83d\ude00"},"_sourceCategory":7}"#,
        r#"{"_raw":"1e400 -1e400 NaN Infinity 0x7fffffffffffffff 9223372036854775808"}"#,
        r#"{"_raw":"","_messageTime":null}"#,
        "{\"_raw\":",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "<a><b c='d'>&amp;&#0;</b><a/>",
        "a,\"b,c\",,\\,'d'\t\t\u{0}",
        "k=v k:v k->v k = \"v w\" k==v",
        "10.0.0.1 999.1.1.1 ::1 fe80::%eth0 1.2.3.4/99",
        "2024-05-01 00:00:00 +0000 Feb 30 25:61:61",
        "%zz%00%ff%E2%82 ==== aGVsbG8",
    ];
    let odd = select(odd.to_vec()).prop_map(|line| line.as_bytes().to_vec());
    let known = select(examples()).prop_map(|(_, messages)| messages.join("\n").into_bytes());
    vec(prop_oneof![raw, odd, known], 0..6).prop_map(|lines| Lines(lines.join(&b'\n')))
}

// ---- the tests ------------------------------------------------------------------------------------------------------

#[test]
fn any_bytes_as_a_query() {
    check(1500, (bytes(), any::<bool>()), |(query, pipe)| {
        prepare(&query);
        if pipe {
            prepare(&format!("* | {query}"));
            prepare(&format!("* | where {query}"));
        }
    });
}

#[test]
fn any_tokens_as_a_query() {
    check(1500, (soup(), messages()), |(query, messages)| everything(&query, &messages.0));
}

#[test]
fn any_change_of_a_good_query_and_of_its_messages() {
    check(1200, mutant(), |(query, messages)| everything(&query, &messages.0));
}

#[test]
fn any_bytes_as_messages_of_any_example() {
    check(800, (select(examples()), messages()), |((query, _), messages)| everything(query, &messages.0));
}

#[test]
fn any_values_for_parameters() {
    let text = prop_oneof![bytes(), soup(), "([a-z |{}]|\\{\\{[a-z ]{0,3}\\}\\}){0,20}"];
    check(1500, (text, bytes(), any::<Index>(), any::<Index>()), |(text, value, from, to)| {
        let given = parameters::expand(&text, |_, name| (name.len() % 2 == 0).then(|| value.clone()));
        let size = given.text.len() + 1;
        let span = Span::new(from.index(size), to.index(size));
        let origin = given.origin(Span::new(span.start.min(span.end), span.start.max(span.end)));
        assert!(origin.start <= text.len() && origin.end <= text.len(), "{origin:?} is outside {text:?}");
    });
}
