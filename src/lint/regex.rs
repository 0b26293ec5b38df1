//! Regular expressions that an engine which backtracks, as Java's does, may take very long for.
//!
//! Only what is certain is said: a repetition in a repetition that can share one stretch of text among them in many ways,
//! with something behind that can fail; and a beginning that changes nothing but the work.

use super::Lint;
use crate::diagnostics::{Diagnostic, Span, codes};
use sumoql_java::regex::Pattern;
use sumoql_java::regex::effort::Watch;
use sumoql_java::regex::pieces::pieces;

/// The characters that a piece fits, of those in ASCII.
type Set = u128;

/// A piece of a pattern with what is behind it.
struct Item<'p> {
    /// The piece and its quantifier.
    text: &'p str,
    what: What<'p>,
    /// It must be there.
    needed: bool,
    /// It can be there any number of times.
    endless: bool,
    /// What it has taken it keeps.
    keeps: bool,
}

enum What<'p> {
    /// One character.
    Char(Set),
    /// A group.
    Group(Vec<Vec<Item<'p>>>),
    /// A place, or what is not understood.
    Other,
}

impl Lint<'_> {
    /// Checks a regular expression. `parses`: fields are taken with it.
    pub(super) fn regex(&mut self, pattern: &str, span: Span, parses: bool) {
        if self.parametric(span) || pattern.contains("(?x") {
            return;
        }
        // Only a group that is repeated can be meant; to take the others apart would be for nothing.
        let repeated = [")*", ")+", "){"].iter().any(|end| pattern.contains(end));
        let list = if repeated { alternatives(pattern) } else { None };
        if let Some(piece) = list.and_then(|list| slow(&list, false)) {
            let place = self.place(piece, span);
            let message = format!("`{piece}` can match the same text in very many ways");
            let help = "end each repetition with a character that it can't contain, as in `(?:[^,]+,)*`";
            let warning = Diagnostic::warning(&codes::SLOW_REGEX, place, message).help(help);
            return self.say(warning);
        }
        // A greedy one takes the last place where the rest fits, which may be what is meant. After `matches` nothing is said:
        // that the search there is not bound to the whole value is not documented.
        let lead = ".*?";
        if !parses || !pattern.starts_with(lead) || pattern.len() == lead.len() {
            return;
        }
        // Before an alternative it is only a part of the first.
        if pieces(pattern).contains(&"|") {
            return;
        }
        let place = self.place(lead, span);
        let message = format!("the leading `{lead}` has no effect: the pattern is searched for anywhere in the text");
        self.warn(&codes::SLOW_REGEX, place, message, "remove it to speed up the search");
    }

    /// Where a piece of a pattern stands, or the pattern.
    fn place(&self, piece: &str, span: Span) -> Span {
        match span.of(&self.expansion.text).find(piece) {
            Some(at) => Span { start: span.start + at, end: span.start + at + piece.len() },
            None => span,
        }
    }
}

/// The first repetition that is slow. `fails`: something behind can fail.
fn slow<'p>(list: &[Vec<Item<'p>>], fails: bool) -> Option<&'p str> {
    for items in list {
        for (at, item) in items.iter().enumerate() {
            let fails = fails || items[at + 1..].iter().any(can_fail);
            let What::Group(inner) = &item.what else { continue };
            if item.keeps {
                continue;
            }
            if item.endless && fails && ambiguous(inner) {
                return Some(item.text);
            }
            // Each round of an endless group has the next behind it, but that may be left out.
            if let Some(piece) = slow(inner, fails) {
                return Some(piece);
            }
        }
    }
    None
}

/// Whether a text may lack what an item needs.
fn can_fail(item: &Item<'_>) -> bool {
    item.needed
        && match &item.what {
            What::Char(_) | What::Other => true,
            What::Group(list) => list.iter().all(|items| items.iter().any(can_fail)),
        }
}

/// Whether a text can be made of rounds of these alternatives in many ways.
fn ambiguous(list: &[Vec<Item<'_>>]) -> bool {
    let one = |items: &[Item<'_>]| match items {
        [Item { what: What::Char(set), needed: true, .. }] => Some(*set),
        _ => None,
    };
    let sets: Vec<Set> = list.iter().filter_map(|items| one(items)).collect();
    let overlap = sets.iter().enumerate().any(|(at, set)| sets[at + 1..].iter().any(|other| set & other != 0));
    overlap || list.iter().any(|items| items.iter().enumerate().any(|(at, item)| splits(items, at, item)))
}

/// Whether an endless piece of a round can leave off anywhere for the next round to go on.
fn splits(items: &[Item<'_>], at: usize, item: &Item<'_>) -> bool {
    let What::Char(set) = item.what else { return false };
    let fits = |other: &Item<'_>| match &other.what {
        What::Char(chars) => chars & set != 0,
        _ => false,
    };
    let others = items.iter().enumerate().filter(|(place, _)| *place != at);
    item.endless && !item.keeps && others.into_iter().all(|(_, other)| !other.needed || fits(other))
}

/// A pattern as alternatives of items; nothing where it is not understood.
fn alternatives(pattern: &str) -> Option<Vec<Vec<Item<'_>>>> {
    let mut list = vec![Vec::new()];
    let mut rest = pieces(pattern).into_iter().peekable();
    let mut start = 0;
    while let Some(piece) = rest.next() {
        let mut end = start + piece.len();
        if piece == "|" {
            list.push(Vec::new());
            start = end;
            continue;
        }
        let (mut needed, mut endless, mut keeps) = (true, false, false);
        if let Some(quantifier) = rest.next_if(|next| next.starts_with(['*', '+', '?', '{'])) {
            needed = !(quantifier.starts_with(['*', '?']) || quantifier.starts_with("{0"));
            endless = quantifier.starts_with(['*', '+']) || quantifier.ends_with(",}");
            end += quantifier.len();
            if let Some(kind) = rest.next_if(|next| matches!(*next, "?" | "+")) {
                keeps = kind == "+";
                end += kind.len();
            }
        }
        let what = what(piece, &mut keeps)?;
        list.last_mut()?.push(Item { text: pattern.get(start..end)?, what, needed, endless, keeps });
        start = end;
    }
    Some(list)
}

fn what<'p>(piece: &'p str, keeps: &mut bool) -> Option<What<'p>> {
    let Some(body) = piece.strip_prefix('(').and_then(|body| body.strip_suffix(')')) else {
        let escape = piece.strip_prefix('\\').and_then(|rest| rest.chars().next());
        let place = matches!(piece, "^" | "$")
            || escape.is_some_and(|c| {
                matches!(c, 'b' | 'B' | 'A' | 'z' | 'Z' | 'G' | 'Q' | 'k' | 'R') || c.is_ascii_digit()
            });
        return Some(if place { What::Other } else { chars(piece).map_or(What::Other, What::Char) });
    };
    let inner = match body.strip_prefix('?') {
        None => body,
        Some(rest) => match rest.chars().next()? {
            ':' => &rest[1..],
            '<' | 'P' if !rest.starts_with("<=") && !rest.starts_with("<!") => rest.split_once('>')?.1,
            '>' => {
                *keeps = true;
                &rest[1..]
            }
            '=' | '!' | '<' => return Some(What::Other),
            // Flags, for the group or for all that follows.
            _ => rest.split_once(':').map_or("", |(_, inner)| inner),
        },
    };
    Some(What::Group(alternatives(inner)?))
}

/// The characters that a piece fits.
fn chars(piece: &str) -> Option<Set> {
    let mut single = piece.bytes();
    if let (Some(c), None) = (single.next(), single.next())
        && c != b'.'
    {
        return Some(1u128.checked_shl(u32::from(c)).unwrap_or(0));
    }
    let (pattern, watch) = (Pattern::new(&format!("^(?:{piece})$")).ok()?, Watch::default());
    let mut buffer = [0; 4];
    let fits = |at: &u8| pattern.is_match(char::from(*at).encode_utf8(&mut buffer), &watch);
    Some((0..128u8).filter(fits).fold(0, |set, at| set | (1 << at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_cut_in_many_ways() {
        let slow = |pattern| alternatives(pattern).and_then(|list| slow(&list, false));
        assert_eq!(slow("x(a+)+b"), Some("(a+)+"));
        assert_eq!(slow(r"(?<all>(?:\w+\s*)+):"), Some(r"(?:\w+\s*)+"));
        assert_eq!(slow(r"(.*?,){3,}P"), Some("(.*?,){3,}"));
        assert_eq!(slow(r"(?:\w|\d)*;"), Some(r"(?:\w|\d)*"));
        assert_eq!(slow(r"(?:.|\s)*?;"), Some(r"(?:.|\s)*?"));
        for right in [
            // Nothing behind can fail.
            "x(a+)+",
            // Each round has an end of its own.
            r"(?:[^,]+,)*x",
            r"(?:\.\w+)+;",
            r"(?:/[^/]+)+/",
            r"(?:.|\n)*;",
            r"(?:\d{3})+;",
            // What is taken is kept.
            "(?:a+)++b",
            "(?>(?:a+)+b)",
            "(?:a++)+b",
            // Once.
            "(?:a+)?b",
            "(?:a+)+(?i)(?<rest>.*)",
            r"(?:\bfoo)+\(",
        ] {
            assert_eq!(slow(right), None, "{right}");
        }
    }
}
