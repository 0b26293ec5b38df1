//! The stories behind a case that fails: what became of the messages that are concerned, briefly, and the command that
//! tells the whole story.

use super::compare::Difference;
use super::runner::Ready;
use sumoql::output::cell;
use sumoql::run::execute::Progress;
use sumoql::trace::find_messages::{MessagePlace, Wanted, nearest, weight};
use sumoql::trace::message_trace::{End, MessageTrace};
use sumoql_data::value::Owned;

/// Of so many rows the stories are told.
const ROWS: usize = 3;

/// So many messages are looked at for each row.
const NEAR: usize = 50;

/// The story of the first message with a text that is not as `wanted`, on lines that begin with the line break.
pub(super) fn of_text(ready: &Ready, text: &str, wanted: bool) -> Result<String, String> {
    let opened = ready.open()?;
    let containing = Wanted::Containing(text.to_string());
    let traces = ready.subject.traces(&opened, &ready.options(), &Progress::default(), (&containing, NEAR));
    let message_traces = traces.map(|(_, stage_report)| stage_report.message_traces).unwrap_or_default();
    let traced_lines = message_traces
        .iter()
        .find(|message_trace| gives(message_trace) != wanted)
        .map(|message_trace| traced_lines(ready, message_trace));
    Ok(traced_lines.map_or(String::new(), |lines| format!("\n{}", lines.join("\n"))))
}

/// The lines of a story.
fn traced_lines(ready: &Ready, message_trace: &MessageTrace) -> Vec<String> {
    vec![
        format!("message {}: {}", message_trace.number, ready.subject.ending(message_trace)),
        format!("full trace: {} --message {}", command(ready), message_trace.number),
    ]
}

/// The rows that differ, with the stories of the messages that they come from or should have come from. What was told
/// `before` is not told again.
pub(super) fn differences_explained(ready: &Ready, difference: &Difference, before: &str) -> String {
    let mut below = vec![Vec::new(); difference.rows.len()];
    let picked_rows = picked(difference);
    let rows: Vec<Vec<String>> = picked_rows.iter().map(|at| texts(&difference.rows[*at].1)).collect();
    let traces = traces(ready, (difference, before), &rows, &picked_rows).unwrap_or_default();
    for (at, lines) in picked_rows.iter().zip(traces) {
        below[*at] = lines;
    }
    difference.written(&below)
}

/// The first missing and the first unexpected rows, by their numbers.
fn picked(difference: &Difference) -> Vec<usize> {
    let of = |wanted: char| {
        let rows = difference.rows.iter().enumerate();
        rows.filter(move |(_, (sign, _))| *sign == wanted).map(|(at, _)| at).take(ROWS)
    };
    let mut picked_rows: Vec<usize> = of('-').chain(of('+')).collect();
    picked_rows.sort_unstable();
    picked_rows
}

/// The cells as they may stand in a message.
fn texts(row: &[String]) -> Vec<String> {
    row.iter().map(|cell| cell.replace("\\|", "|")).collect()
}

/// The story of each row. Nothing where the messages can't be read again.
fn traces(
    ready: &Ready,
    (difference, before): (&Difference, &str),
    rows: &[Vec<String>],
    picked_rows: &[usize],
) -> Result<Vec<Vec<String>>, String> {
    let opened = ready.open()?;
    let (near, all) = nearest(&opened, rows, NEAR);
    drop(opened);
    // Where no message has a cell of a row in its text, any may be the one.
    let near: Vec<Vec<MessagePlace>> =
        near.into_iter().map(|near| if near.is_empty() { all.clone() } else { near }).collect();
    let mut watched: Vec<MessagePlace> = near.iter().flatten().copied().collect();
    watched.sort_by_key(|found| found.number);
    watched.dedup();
    let message_traces =
        ready.subject.follow(&ready.open()?, &ready.options(), &Progress::default(), &watched).message_traces;
    let mut used: Vec<u64> = Vec::new();
    let traced_lines = |(at, (row, near)): (&usize, (&Vec<String>, &Vec<MessagePlace>))| {
        let missing = difference.rows[*at].0 == '-';
        let mine =
            message_traces.iter().filter(|message_trace| near.iter().any(|found| found.number == message_trace.number));
        // The message whose fields fit best. Of two that fit alike, that one is behind a missing row that gives none, and
        // one that no other row has.
        let best = mine.max_by_key(|message_trace| {
            let right = gives(message_trace) != missing;
            let fits = fits(message_trace, &difference.columns, row);
            (
                missing || right,
                fits,
                right,
                !used.contains(&message_trace.number),
                std::cmp::Reverse(message_trace.number),
            )
        });
        let Some(message_trace) = best.filter(|message_trace| missing || gives(message_trace)) else {
            return Vec::new();
        };
        let lines = self::traced_lines(ready, message_trace);
        let known =
            used.contains(&message_trace.number) || lines.iter().all(|line| before.lines().any(|known| known == line));
        used.push(message_trace.number);
        match known {
            true => vec![format!("message {}, as above", message_trace.number)],
            false => lines,
        }
    };
    Ok(picked_rows.iter().zip(rows.iter().zip(&near)).map(traced_lines).collect())
}

/// Whether rows of the result come from the message.
fn gives(message_trace: &MessageTrace) -> bool {
    matches!(message_trace.end, End::Result(_) | End::InGroup(_) | End::Lost(_))
}

/// How much of a row the message has in the fields of these names, or else in its text.
fn fits(message_trace: &MessageTrace, columns: &[String], row: &[String]) -> usize {
    let has = |(column, cell): &(&String, &String)| {
        let made = message_trace.stages.iter().flat_map(|message_stage| {
            let rows = message_stage.rows.iter().flat_map(|row| &row.made);
            rows.chain(message_stage.groups.iter().flatten())
        });
        let values: Vec<&Owned> =
            made.filter(|(name, _)| name.eq_ignore_ascii_case(column)).map(|(_, value)| value).collect();
        match values.iter().all(|value| value.borrow().is_null()) {
            true => message_trace.raw.contains(cell.as_str()),
            false => values.iter().any(|value| {
                let mut text = String::new();
                cell::visible(value.borrow(), false, chrono_tz::UTC, &mut text);
                text.trim() == cell.as_str()
            }),
        }
    };
    columns.iter().zip(row).filter(has).map(|(_, cell)| weight(cell)).sum()
}

/// The command that explains the case.
fn command(ready: &Ready) -> String {
    format!("sumoql explain {}", quoted(&ready.setup.file.to_string_lossy()))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/_-.:@%+,".contains(c);
    match !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
