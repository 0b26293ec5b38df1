//! Notices about inputs whose bytes are not all valid characters.

use super::problem::Problem;
use super::wrappers::charset::Change;
use sumoql_data::invalid_text::Replaced;

/// What helps if the guess is wrong.
const ENCODING_HINT: &str =
    "if the text is in another character set, name it with --encoding, such as --encoding windows-1252";

/// The notice about an input with nothing in it.
pub const EMPTY_INPUT: &str = "it is empty: there are no messages in it";

/// How many inputs with the same notice are named.
const MAX_NAMED_INPUTS: usize = 4;

/// The notices about several inputs, of which the first few are named.
pub fn few(all: &[Problem], others: &str) -> Vec<Problem> {
    let (named, more) = all.split_at(all.len().min(MAX_NAMED_INPUTS));
    let mut warnings = named.to_vec();
    if let (Some(next), n) = (more.first(), more.len()) {
        let message = match n {
            1 => next.message.clone(),
            n => format!("this and {} more {others}", n - 1),
        };
        warnings.push(Problem { message, ..next.clone() });
    }
    warnings
}

/// The notice about text that is read as UTF-8. `known`: where its first bytes are not UTF-8, if they are not.
pub fn not_utf8(replaced: &Replaced, known: Option<u64>) -> Option<String> {
    let (number, first) = replaced.found(known)?;
    Some(format!("{}; {ENCODING_HINT}", warnings("UTF-8", number, &format!("byte {first}"))))
}

/// The notice about text that was decoded from this character set.
pub fn undecoded(replaced: &Replaced, charset: &str) -> Option<String> {
    let (number, first) = replaced.found(None)?;
    Some(warnings(charset, number, &format!("byte {first} of the text before it was decoded")))
}

/// The notice about text whose encoding changes.
pub fn changed((at, (from, to)): Change) -> String {
    format!("the text is {from} up to byte {at} and {to} from there on, and was read as such")
}

fn warnings(charset: &str, number: Option<u64>, first: &str) -> String {
    match number {
        None => format!("some bytes are not {charset}, at {first} for one, and were read as U+FFFD"),
        Some(1) => format!("bytes at one place, {first}, are not {charset} and were read as U+FFFD"),
        Some(n) => format!("bytes at {n} places, the first {first}, are not {charset} and were read as U+FFFD"),
    }
}
