//! What is to be told of an input whose bytes are not all characters.

use crate::run::replaced::Replaced;

/// What helps if the guess is wrong.
const HINT: &str = "if the text is in another character set, name it with --encoding, such as --encoding windows-1252";

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

fn told(charset: &str, number: Option<u64>, first: &str) -> String {
    match number {
        None => format!("some bytes are not {charset}, at {first} for one, and were read as U+FFFD"),
        Some(1) => format!("bytes at one place, {first}, are not {charset} and were read as U+FFFD"),
        Some(n) => format!("bytes at {n} places, the first {first}, are not {charset} and were read as U+FFFD"),
    }
}
