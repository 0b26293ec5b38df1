//! What is to be told of an input whose bytes are not all characters.

use super::problem::Problem;
use super::wrappers::charset::Change;
use crate::data::invalid_text::Replaced;

/// What helps if the guess is wrong.
const HINT: &str = "if the text is in another character set, name it with --encoding, such as --encoding windows-1252";

/// What is told of an input with nothing in it.
pub const EMPTY: &str = "it is empty: there are no messages in it";

/// How many inputs are named of which the same is told.
const NAMED: usize = 4;

/// What is told of several inputs, of which the first few are named.
pub fn few(all: &[Problem], others: &str) -> Vec<Problem> {
    let (named, more) = all.split_at(all.len().min(NAMED));
    let mut told = named.to_vec();
    if let (Some(next), n) = (more.first(), more.len()) {
        let message = match n {
            1 => next.message.clone(),
            n => format!("this and {} more {others}", n - 1),
        };
        told.push(Problem { message, ..next.clone() });
    }
    told
}

/// What is told of text that is read as UTF-8. `known`: where bytes are that are not UTF-8, as far as its beginning tells.
pub fn not_utf8(replaced: &Replaced, known: Option<u64>) -> Option<String> {
    let (number, first) = replaced.found(known)?;
    Some(format!("{}; {HINT}", told("UTF-8", number, &format!("byte {first}"))))
}

/// What is told of text that was decoded from this character set.
pub fn undecoded(replaced: &Replaced, charset: &str) -> Option<String> {
    let (number, first) = replaced.found(None)?;
    Some(told(charset, number, &format!("byte {first} of the text before it was decoded")))
}

/// What is told of text whose encoding changes.
pub fn changed((at, (from, to)): Change) -> String {
    format!("the text is {from} up to byte {at} and {to} from there on, and was read as such")
}

fn told(charset: &str, number: Option<u64>, first: &str) -> String {
    match number {
        None => format!("some bytes are not {charset}, at {first} for one, and were read as U+FFFD"),
        Some(1) => format!("bytes at one place, {first}, are not {charset} and were read as U+FFFD"),
        Some(n) => format!("bytes at {n} places, the first {first}, are not {charset} and were read as U+FFFD"),
    }
}
