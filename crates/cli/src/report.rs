//! What `run` says at its end, on standard error: stages that matched nothing, a scope that matched nothing, inputs that
//! could not be read, results that are only a part, figures.

use super::memory_limit;
use super::query_text::{Prepared, Text};
use super::screen::Screen;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
pub(super) use sumoql::diagnostics::codes;
use sumoql::program::plan::{Plan, Save};
use sumoql::program::scratch::ScratchError;
use sumoql::run::auto::MAX_AUTO_FIELDS;
use sumoql::run::execute::{Outcome, Partiality, Progress};
use sumoql::run::saved_tables::after;
use sumoql::run::spill::row_queue::Spooled;
use sumoql_data::message::Source;
use sumoql_data::table_resolver::TableName;
use sumoql_data::time::stamp::doubts;
use sumoql_input::Problem;
use sumoql_input::tables::{Files, Written};

/// What a run has seen.
pub(super) struct Seen<'r> {
    /// Its counters.
    pub progress: &'r Progress,
    /// Its result.
    pub outcome: &'r Outcome,
    /// Its inputs.
    pub sources: &'r [Arc<Source>],
    /// Whether a time range was given.
    pub ranged: bool,
}

impl Seen<'_> {
    pub fn messages(&self) -> u64 {
        self.progress.messages.load(Ordering::Relaxed)
    }

    pub fn in_scope(&self) -> u64 {
        self.progress.in_scope.load(Ordering::Relaxed)
    }
}

/// How many warnings about the query itself are shown beside its result.
pub(super) const SHOWN: usize = 4;

/// Logic without effect in the query. `check` shows all of it.
pub(super) fn dead_logic(screen: &Screen, text: &Text, prepared: &Prepared) {
    for diagnostic in prepared.dead_logic().take(SHOWN) {
        screen.tell(&text.draw(diagnostic, screen.error_colour()));
    }
    let more = prepared.dead_logic().count().saturating_sub(SHOWN);
    if more > 0 {
        let noun = if more == 1 { "warning" } else { "warnings" };
        screen.note(&format!("{more} more {noun} about this query"), Some("run `sumoql check` to see all of them"));
    }
}

/// Fields that no stage makes, and those that were null in every row. A field that no stage makes and that has a value is
/// metadata, as it should be.
pub(super) fn fields(screen: &Screen, text: &Text, prepared: &Prepared, outcome: &Outcome) {
    let found = text.field_diagnostics(prepared, outcome);
    for diagnostic in found.iter().take(SHOWN) {
        screen.tell(&text.draw(diagnostic, screen.error_colour()));
    }
    let more = found.len().saturating_sub(SHOWN);
    if more > 0 {
        let noun = if more == 1 { "field" } else { "fields" };
        screen.note(&format!("{more} more {noun} had no value in any row"), None);
    }
}

/// Inputs that could not be read.
pub(super) fn problems(screen: &Screen, problems: &[Problem]) {
    for problem in problems {
        screen.error(Some(codes::INPUT.id), &problem.to_string(), None);
    }
}

/// What is not certain about the times of messages, as far as they were asked for.
pub(super) fn times(screen: &Screen, sources: &[Arc<Source>]) {
    untimed(screen, sources);
    const FORMAT: Option<&str> = Some("set the format with `timestamp` in sources.toml");
    let has = |source: &Source, doubts: u8| source.doubts.load(Ordering::Relaxed) & doubts != 0;
    let mixed =
        |source: &Source| has(source, doubts::OTHER) && has(source, doubts::ORDER | doubts::USUAL | doubts::KNOWN);
    let mixture = "some dates are valid only with the day first, others only with the month or year first; ambiguous \
                   dates are read as the majority";
    doubted(screen, sources, (mixture, FORMAT), mixed);
    let guess = "the order of day, month and year is a guess: every date is ambiguous";
    let guessed = |source: &Source| has(source, doubts::ORDER) && !has(source, doubts::USUAL | doubts::OTHER);
    doubted(screen, sources, (guess, FORMAT), guessed);
    let yearless = "timestamps have no year: the latest year that is at most two days after the receipt time is used";
    doubted(screen, sources, (yearless, None), |source| has(source, doubts::YEAR));
}

/// A note for the inputs whose times are in doubt for the same reason.
fn doubted(screen: &Screen, sources: &[Arc<Source>], (what, help): (&str, Option<&str>), is: impl Fn(&Source) -> bool) {
    let names: Vec<&str> = sources.iter().filter(|source| is(source)).map(|source| source.name.as_str()).collect();
    let Some((first, others)) = names.split_first() else { return };
    let more = match others.len() {
        0 => String::new(),
        1 => " and 1 more input".to_string(),
        n => format!(" and {} more inputs", thousands(n as u64)),
    };
    screen.note(&format!("{first}{more}: {what}"), help);
}

/// Inputs with messages that have no time but that of receipt, as far as times were asked for.
fn untimed(screen: &Screen, sources: &[Arc<Source>]) {
    let mut found = Vec::new();
    for source in sources {
        let count = source.untimed.load(Ordering::Relaxed);
        if count > 0 {
            found.push((source.name.as_str(), count));
        }
    }
    let shown = found.len().min(SHOWN);
    for (name, count) in &found[..shown] {
        let (noun, verb) = if *count == 1 { ("message", "has") } else { ("messages", "have") };
        let counted = thousands(*count);
        screen.note(&format!("{name}: {counted} {noun} without a timestamp {verb} the receipt time"), None);
    }
    let more: u64 = found[shown..].iter().map(|(_, count)| count).sum();
    if more > 0 {
        let inputs = thousands((found.len() - shown) as u64);
        screen.note(&format!("{inputs} more inputs have {} such messages", thousands(more)), None);
    }
}

/// Inputs with messages in whose JSON a field that the query asks for comes too late to be parsed.
pub(super) fn beyond(screen: &Screen, sources: &[Arc<Source>]) {
    let found = sources.iter().filter(|source| source.beyond.load(Ordering::Relaxed) > 0);
    for source in found.take(SHOWN) {
        let count = source.beyond.load(Ordering::Relaxed);
        let (noun, verb) = if count == 1 { ("message", "has") } else { ("messages", "have") };
        let counted = thousands(count);
        let message = format!(
            "{}: {counted} {noun} {verb} a field that the query uses beyond the first {MAX_AUTO_FIELDS} of the JSON, where auto \
             parse mode does not see it",
            source.name
        );
        screen.note(&message, Some("read it with a stage such as `json \"path\" as name`"));
    }
}

/// Parse stages that matched none of the rows that reached them. Those with `nodrop` may well match nothing: if there are
/// several, they are one line, unless `each` asks for all of them.
pub(super) fn stages(screen: &Screen, plan: &Plan, seen: &Seen<'_>, each: bool) {
    let optional = |stage: usize| plan.nodrop.contains(&stage);
    let parses = &seen.outcome.parses;
    let unmatched: Vec<usize> =
        parses.iter().filter(|(_, reached, matched)| !matched && *reached > 0).map(|(stage, ..)| *stage).collect();
    let nodrop: Vec<usize> = unmatched.iter().copied().filter(|stage| optional(*stage)).collect();
    let together = nodrop.len() > 1 && !each;
    for (stage, reached, _) in parses.iter().filter(|(stage, ..)| unmatched.contains(stage)) {
        if together && nodrop.contains(stage) {
            continue;
        }
        let text = stage.checked_sub(1).and_then(|at| plan.stages.get(at)).map_or("", String::as_str);
        let noun = if *reached == 1 { "message" } else { "messages" };
        let message = format!("stage {stage}: {} matched 0 of {} {noun}", shortened(text), thousands(*reached));
        screen.warning(Some(codes::NO_MATCH.id), &message, None);
    }
    if together {
        let all = parses.iter().filter(|(stage, ..)| optional(*stage)).count();
        let stages = numbers(&nodrop);
        let message = format!("{} of {all} nodrop parses matched nothing: stages {stages}", nodrop.len());
        screen.warning(Some(codes::NO_MATCH.id), &message, Some("use `--stats` to see each of them"));
    }
}

/// Numbers in ascending order, with ranges: `2 to 4, 7`.
fn numbers(list: &[usize]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut rest = list;
    while let [first, ..] = rest {
        let length = rest.iter().zip(*first..).take_while(|(number, wanted)| *number == wanted).count().max(1);
        match length {
            1 => out.push(first.to_string()),
            2 => out.extend([first.to_string(), (first + 1).to_string()]),
            _ => out.push(format!("{first} to {}", first + length - 1)),
        }
        rest = &rest[length..];
    }
    out.join(", ")
}

/// Rows that a function could not work with, and texts that arithmetic could not.
pub(super) fn failed(screen: &Screen, outcome: &Outcome) {
    if outcome.texts > 0 {
        let noun = if outcome.texts == 1 { "time" } else { "times" };
        let message =
            format!("arithmetic on a string that is not a number gave null {} {noun}", thousands(outcome.texts));
        let help = "to join strings, use `concat(…)`; to drop rows without a number, `where isNumeric(x)`";
        screen.warning(Some(codes::TEXTS_COMPUTED.id), &message, Some(help));
    }
    if outcome.failed > 0 {
        let noun = if outcome.failed == 1 { "row" } else { "rows" };
        let message = format!("a function dropped {} {noun}: it can't handle their values", thousands(outcome.failed));
        let help = "filter them first with `where isValidIPv4(x)` or `where isNumeric(x)`";
        screen.warning(Some(codes::FAILED_ROWS.id), &message, Some(help));
    }
}

/// Texts that were too much for a regular expression.
pub(super) fn given_up(screen: &Screen, outcome: &Outcome) {
    if outcome.given_up > 0 {
        let noun = if outcome.given_up == 1 { "string" } else { "strings" };
        let count = thousands(outcome.given_up);
        let message = format!(
            "a regular expression took too long on {count} {noun} and was abandoned there: rows may be missing"
        );
        let help = "run `sumoql check` to find the cause (W223), or shorten the text with a `parse` stage first";
        screen.error(Some(codes::GAVE_UP.id), &message, Some(help));
    }
}

/// Where a query saves rows, for `check`.
pub(super) fn saves(screen: &Screen, text: &Text, saves: &[Save], tables: &Files) {
    for save in saves {
        let (does, to) = (if save.append { "appends rows" } else { "saves rows" }, &save.name);
        match tables.saved_to(to, save.append) {
            Ok(Some(file)) => screen.note(&format!("{}: the query {does} to {}", text.name, file.display()), None),
            Ok(None) => screen.note(&format!("{}: the query {does} to `{to}`", text.name), None),
            Err(reason) => screen.warning(
                Some(codes::NOT_SAVED.id),
                &format!("{}: the query {does} to `{to}`, which will be refused: {reason}", text.name),
                None,
            ),
        }
    }
}

/// Whether the rows of a query may be saved where it says. If not, why, so that it need not run in vain.
pub(super) fn may_save(screen: &Screen, plan: &Plan, tables: &Files) -> bool {
    let refused =
        |save: &&Save| tables.saved_to(&save.name, save.append).err().map(|reason| (save.name.clone(), reason));
    let refused = plan.saved_tables().iter().find_map(refused);
    if let Some((name, reason)) = &refused {
        not_saved(screen, name, reason);
    }
    refused.is_none()
}

fn not_saved(screen: &Screen, name: &TableName, reason: &str) {
    screen.error(Some(codes::NOT_SAVED.id), &format!("can't save the rows to `{name}`: {reason}"), None);
}

/// Saves the rows that are to be saved, and says so. The answer is whether all is well.
pub(super) fn saved(screen: &Screen, plan: &Plan, tables: &Files, outcome: &Outcome) -> bool {
    let mut well = true;
    for saved in &outcome.saved {
        match tables.save(&saved.name, saved.append, &|schema, before| after(saved, schema, before)) {
            Ok(Written { file, rows }) => {
                let noun = if rows == 1 { "row" } else { "rows" };
                screen.note(&format!("{} now holds {} {noun}", file.display(), thousands(rows as u64)), None);
            }
            Err(reason) => {
                not_saved(screen, &saved.name, &reason);
                well = false;
            }
        }
    }
    if let Some(save) = plan.save.as_ref().filter(|_| outcome.partial.is_some()) {
        screen.warning(None, &format!("nothing was saved to `{}`: the result is partial", save.name), None);
    }
    well
}

/// Why the result is only a part.
pub(super) fn partial(screen: &Screen, partial: Option<Partiality>, stopped: bool, seen: &Seen<'_>) {
    match partial {
        _ if stopped => {
            let read = thousands(seen.messages());
            screen.warning(None, &format!("stopped after {read} messages: the result is partial"), None);
        }
        Some(Partiality::Memory(limit)) => {
            let message =
                format!("the memory limit of {} was reached: the result is partial", memory_limit::shown(limit));
            let message = match &seen.outcome.scratch_error {
                Some(ScratchError(scratch_error)) => {
                    format!("{message}; no temporary file could be written in {scratch_error}")
                }
                None => message,
            };
            let help = match seen.outcome.scratch_error.is_some() {
                true => "choose a folder with free space with --temp-dir, or raise the limit with --memory-limit",
                false => {
                    "raise the limit with --memory-limit, narrow the scope, or aggregate earlier: this query can't \
                     keep everything in temporary files"
                }
            };
            screen.error(Some(codes::MEMORY.id), &message, Some(help));
        }
        Some(Partiality::NotRepeatable) => {
            let message = "this query reads its input twice, and an input can be read only once";
            let help = "if the query needs its time range, set --from and --to; if it has a subquery, use a file";
            screen.error(Some(codes::INPUT.id), message, Some(help));
        }
        Some(Partiality::Stopped) | None => {}
    }
}

/// Counts and speed.
pub(super) fn stats(screen: &Screen, seen: &Seen<'_>, took: Duration, threads: usize) {
    let seconds = took.as_secs_f64().max(1e-6);
    let counted = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let progress = seen.progress;
    let rows = seen.outcome.table.rows.len() + seen.outcome.more.as_ref().map_or(0, Spooled::len);
    let bytes = counted(&progress.bytes);
    // Subqueries have read the input too: of what was read all counts, of what was found only the query's own.
    let before = (counted(&progress.messages_before), counted(&progress.bytes_before));
    let mut lines = vec![
        match progress.all_messages() {
            Some(messages) => ("messages", thousands(messages)),
            // The others lie where the scope's words do not.
            None => ("messages", format!("{} looked at", thousands(seen.messages()))),
        },
        ("in scope", thousands(seen.in_scope())),
        ("rows", thousands(rows as u64)),
        ("bytes", thousands(bytes)),
        ("seconds", format!("{seconds:.3}")),
        ("threads", threads.to_string()),
        (
            "rate",
            format!(
                "{} messages/s, {:.1} MB/s",
                thousands(((seen.messages() + before.0) as f64 / seconds) as u64),
                (bytes + before.1) as f64 / seconds / 1e6
            ),
        ),
    ];
    if before.0 > 0 {
        lines.insert(
            4,
            ("before", format!("{} messages, {} bytes for subqueries", thousands(before.0), thousands(before.1))),
        );
    }
    let text: Vec<String> = lines.iter().map(|(name, value)| format!("{name:<9} {value}")).collect();
    screen.tell(&text.join("\n"));
}

/// A stage on one line of about 70 characters.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(70) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// A number with its thousands separated: `351,532`.
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_stages_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(351_532), "351,532");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(shortened("where\n  x = 1"), "where x = 1");
        assert_eq!(shortened(&"é".repeat(80)).chars().count(), 71);
        assert_eq!(numbers(&[2, 3, 4, 6, 8, 9]), "2 to 4, 6, 8, 9");
    }
}
