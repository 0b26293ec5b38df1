//! The stories behind a case that fails: what became of the messages that are concerned, briefly, and the command that
//! tells the whole story.

use super::compare::Difference;
use super::runner::Ready;
use sumoql::output::cell;
use sumoql::run::execute::Progress;
use sumoql::trace::find_messages::{Found, Wanted, nearest, weight};
use sumoql::trace::message_trace::{End, Tale};
use sumoql_data::value::Owned;

/// Of so many rows the stories are told.
const ROWS: usize = 3;

/// So many messages are looked at for each row.
const NEAR: usize = 50;

/// The story of the first message with a text that is not as `wanted`, on lines that begin with the line break.
pub(super) fn of_text(ready: &Ready, text: &str, wanted: bool) -> Result<String, String> {
    let opened = ready.open()?;
    let containing = Wanted::Containing(text.to_string());
    let told = ready.subject.stories(&opened, &ready.options(), &Progress::default(), (&containing, NEAR));
    let tales = told.map(|(_, journey)| journey.tales).unwrap_or_default();
    let story = tales.iter().find(|tale| gives(tale) != wanted).map(|tale| story(ready, tale));
    Ok(story.map_or(String::new(), |lines| format!("\n{}", lines.join("\n"))))
}

/// The lines of a story.
fn story(ready: &Ready, tale: &Tale) -> Vec<String> {
    vec![
        format!("message {}: {}", tale.number, ready.subject.ending(tale)),
        format!("full trace: {} --message {}", command(ready), tale.number),
    ]
}

/// The rows that differ, with the stories of the messages that they come from or should have come from. What was told
/// `before` is not told again.
pub(super) fn told(ready: &Ready, difference: &Difference, before: &str) -> String {
    let mut below = vec![Vec::new(); difference.rows.len()];
    let told = picked(difference);
    let rows: Vec<Vec<String>> = told.iter().map(|at| texts(&difference.rows[*at].1)).collect();
    let stories = stories(ready, (difference, before), &rows, &told).unwrap_or_default();
    for (at, lines) in told.iter().zip(stories) {
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
    let mut told: Vec<usize> = of('-').chain(of('+')).collect();
    told.sort_unstable();
    told
}

/// The cells as they may stand in a message.
fn texts(row: &[String]) -> Vec<String> {
    row.iter().map(|cell| cell.replace("\\|", "|")).collect()
}

/// The story of each row. Nothing where the messages can't be read again.
fn stories(
    ready: &Ready,
    (difference, before): (&Difference, &str),
    rows: &[Vec<String>],
    told: &[usize],
) -> Result<Vec<Vec<String>>, String> {
    let opened = ready.open()?;
    let (near, all) = nearest(&opened, rows, NEAR);
    drop(opened);
    // Where no message has a cell of a row in its text, any may be the one.
    let near: Vec<Vec<Found>> = near.into_iter().map(|near| if near.is_empty() { all.clone() } else { near }).collect();
    let mut watched: Vec<Found> = near.iter().flatten().copied().collect();
    watched.sort_by_key(|found| found.number);
    watched.dedup();
    let tales = ready.subject.follow(&ready.open()?, &ready.options(), &Progress::default(), &watched).tales;
    let mut used: Vec<u64> = Vec::new();
    let story = |(at, (row, near)): (&usize, (&Vec<String>, &Vec<Found>))| {
        let missing = difference.rows[*at].0 == '-';
        let mine = tales.iter().filter(|tale| near.iter().any(|found| found.number == tale.number));
        // The message whose fields fit best. Of two that fit alike, that one is behind a missing row that gives none, and
        // one that no other row has.
        let best = mine.max_by_key(|tale| {
            let right = gives(tale) != missing;
            let fits = fits(tale, &difference.columns, row);
            (missing || right, fits, right, !used.contains(&tale.number), std::cmp::Reverse(tale.number))
        });
        let Some(tale) = best.filter(|tale| missing || gives(tale)) else { return Vec::new() };
        let lines = self::story(ready, tale);
        let known = used.contains(&tale.number) || lines.iter().all(|line| before.lines().any(|known| known == line));
        used.push(tale.number);
        match known {
            true => vec![format!("message {}, as above", tale.number)],
            false => lines,
        }
    };
    Ok(told.iter().zip(rows.iter().zip(&near)).map(story).collect())
}

/// Whether rows of the result come from the message.
fn gives(tale: &Tale) -> bool {
    matches!(tale.end, End::Result(_) | End::InGroup(_) | End::Lost(_))
}

/// How much of a row the message has in the fields of these names, or else in its text.
fn fits(tale: &Tale, columns: &[String], row: &[String]) -> usize {
    let has = |(column, cell): &(&String, &String)| {
        let made = tale.stages.iter().flat_map(|passage| {
            let rows = passage.rows.iter().flat_map(|row| &row.made);
            rows.chain(passage.groups.iter().flatten())
        });
        let values: Vec<&Owned> =
            made.filter(|(name, _)| name.eq_ignore_ascii_case(column)).map(|(_, value)| value).collect();
        match values.iter().all(|value| value.borrow().is_null()) {
            true => tale.raw.contains(cell.as_str()),
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
