//! The text of a group: its most frequent layout, in which what varies is shown as a wildcard.

use super::cluster::Positions;
use super::mask::{DATE, URL, WORDS};
use super::shape::{ShapePart, parts};

/// Stands in a signature for what varies.
pub const WILDCARD: &str = "**********";

/// Signs between values that belong together: `10.0.0.1:80`.
const JOINING: &str = ":./\\,-#@_+";

/// The text of a layout of which some words vary.
pub(super) fn text(layout: &str, vary: Positions) -> String {
    let mut out = String::new();
    let mut words = 0;
    parts(layout, |part| match part {
        ShapePart::Rest(rest) => out.push_str(rest),
        ShapePart::Mark(DATE) => out.push_str("$DATE"),
        ShapePart::Mark(URL) => out.push_str("$URL"),
        ShapePart::Mark(_) => wildcard(&mut out),
        ShapePart::Word(word) => {
            match words >= WORDS || vary >> words & 1 == 1 {
                true => wildcard(&mut out),
                false => out.push_str(word),
            }
            words += 1;
        }
    });
    out
}

/// Appends a wildcard, or lets one that is there stand for both.
fn wildcard(out: &mut String) {
    let before = out.trim_end_matches(' ');
    let joined = before.strip_suffix(|c| before.len() == out.len() && JOINING.contains(c)).unwrap_or(before);
    match joined.ends_with(WILDCARD) {
        true => out.truncate(joined.len()),
        false => out.push_str(WILDCARD),
    }
}
