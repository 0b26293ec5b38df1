//! Search terms: whole words, phrases and wildcards, letter case aside (manual page `keyword-search-expressions`).
//!
//! A message is seen as terms: runs of letters, digits and `_`, and each sign by itself. A keyword must equal a whole
//! term; a word with signs in it, or a quoted phrase, is a row of terms that must stand side by side. The longest
//! literal of the row is looked for first, and only around its hits are the terms compared.

use regex::{Regex, RegexBuilder};
use std::ops::Range;
use wildmatch::WildMatchPattern;

type Wild = WildMatchPattern<'*', '?'>;

/// A term or phrase to look for.
#[derive(Clone, Debug)]
pub struct Term {
    pieces: Vec<Piece>,
    /// The piece whose literal is looked for, with the search for it. Without one, every place is tried.
    anchor: Option<(usize, Regex)>,
    /// A wildcard where Sumo Logic supports none: finds nothing.
    hopeless: bool,
}

/// A part of a phrase.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// A whole term, letter case aside.
    Word(String),
    /// A whole term that fits a pattern.
    Wild(Wild, String),
    /// A sign.
    Sign(char),
    /// One whole term, whatever it is.
    Any,
    /// White space, or an edge of the message.
    Blank,
}

/// White space as Sumo Logic takes it from Java: control characters that separate, and blanks that may be broken at.
pub fn is_space(c: char) -> bool {
    match c {
        '\u{1c}'..='\u{1f}' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        _ => c.is_whitespace(),
    }
}

/// Whether a character belongs to a term of several.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Term {
    /// An unquoted word: `*` and `?` are wildcards.
    pub fn word(text: &str) -> Term {
        let mut pieces = Vec::new();
        let mut hopeless = false;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if !is_word(c) && c != '*' && c != '?' {
                pieces.push(Piece::Sign(c));
                rest = &rest[c.len_utf8()..];
                continue;
            }
            let end = rest.find(|c| !is_word(c) && c != '*' && c != '?').unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let (first, last) = (rest.len() == text.len(), after.is_empty());
            pieces.push(match word.contains(['*', '?']) {
                true if word == "*" && !(first && last) => Piece::Any,
                true => {
                    // Sumo Logic supports part-of-a-term wildcards that point out of a phrase, not into it.
                    hopeless |= (!last && (!first || word.ends_with('*'))) || (!first && word.starts_with('*'));
                    Piece::Wild(Wild::new_case_insensitive(&word.to_lowercase()), word.to_lowercase())
                }
                false => Piece::Word(word.to_lowercase()),
            });
            rest = after;
        }
        Term::new(pieces, hopeless)
    }

    /// A quoted phrase: every character stands for itself, white space for any white space.
    pub fn phrase(text: &str) -> Term {
        Term::new(pieces(text), false)
    }

    fn new(pieces: Vec<Piece>, hopeless: bool) -> Term {
        let literal = |piece: &Piece| match piece {
            Piece::Word(word) => word.clone(),
            Piece::Wild(_, pattern) => {
                pattern.split(['*', '?']).max_by_key(|part| part.len()).unwrap_or_default().to_string()
            }
            Piece::Sign(c) => c.to_string(),
            Piece::Any | Piece::Blank => String::new(),
        };
        let anchor = pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| (at, literal(piece)))
            .max_by_key(|(at, literal)| (literal.len(), usize::MAX - at))
            .filter(|(_, literal)| !literal.is_empty())
            .and_then(|(at, literal)| {
                Some((at, RegexBuilder::new(&regex::escape(&literal)).case_insensitive(true).build().ok()?))
            });
        Term { pieces, anchor, hopeless }
    }

    /// A pattern of text that is in every message that has it.
    pub fn needle(&self) -> Option<&str> {
        self.anchor.as_ref().map(|(_, search)| search.as_str())
    }

    /// Whether no message has it: a wildcard stands where Sumo Logic supports none.
    pub fn is_hopeless(&self) -> bool {
        self.hopeless
    }

    /// Whether the message has it.
    pub fn is_in(&self, text: &str) -> bool {
        if self.hopeless || self.pieces.is_empty() {
            // Nothing to look for is found everywhere.
            return !self.hopeless;
        }
        match &self.anchor {
            Some((piece, search)) => self.found(text, *piece, search, 0).is_some(),
            None => text.char_indices().any(|(at, _)| term_start(text, at) == at && self.fits(text, 0, at).is_some()),
        }
    }

    /// Where the message has it, from the beginning on. What is only wildcards is everywhere, and has no places.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        let Some((piece, search)) = self.anchor.as_ref().filter(|_| !self.hopeless) else { return places };
        let mut from = 0;
        while let Some((place, next)) = self.found(text, *piece, search, from) {
            from = next.max(place.end);
            places.push(place);
        }
        places
    }

    /// The first place whose anchor lies behind `from`, and where the search goes on.
    fn found(&self, text: &str, piece: usize, search: &Regex, mut from: usize) -> Option<(Range<usize>, usize)> {
        while let Some(hit) = search.find_at(text, from) {
            let start = term_start(text, hit.start());
            from = hit.start() + text[hit.start()..].chars().next().map_or(1, char::len_utf8);
            if let Some(place) = self.fits(text, piece, start) {
                return Some((place, from));
            }
        }
        None
    }

    /// Where the pieces are, if they fit when piece `at` starts at `start`.
    fn fits(&self, text: &str, at: usize, start: usize) -> Option<Range<usize>> {
        let mut end = start;
        for piece in &self.pieces[at..] {
            end = piece.forward(text, end)?;
        }
        let mut begin = start;
        for piece in self.pieces[..at].iter().rev() {
            begin = piece.backward(text, begin)?;
        }
        Some(begin..end)
    }
}

/// The parts of a quoted phrase.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            _ if is_word(c) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                pieces.push(Piece::Word(rest[..end].to_lowercase()));
                end
            }
            _ if is_space(c) => {
                pieces.push(Piece::Blank);
                rest.find(|c| !is_space(c)).unwrap_or(rest.len())
            }
            _ => {
                pieces.push(Piece::Sign(c));
                c.len_utf8()
            }
        };
        rest = &rest[end..];
    }
    pieces
}

/// The start of the term that a byte belongs to.
fn term_start(text: &str, at: usize) -> usize {
    match text[at..].chars().next() {
        Some(c) if is_word(c) => text[..at]
            .rfind(|c| !is_word(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8)),
        _ => at,
    }
}

impl Piece {
    /// Where the piece ends if it starts at `at`.
    fn forward(&self, text: &str, at: usize) -> Option<usize> {
        let rest = &text[at..];
        let term = || {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            (end > 0).then(|| &rest[..end])
        };
        match self {
            Piece::Word(_) | Piece::Wild(..) => term().filter(|term| self.is(term)).map(|term| at + term.len()),
            Piece::Sign(c) => rest.starts_with(*c).then(|| at + c.len_utf8()),
            Piece::Any => match term() {
                Some(term) => Some(at + term.len()),
                None => rest.chars().next().filter(|c| !is_space(*c)).map(|c| at + c.len_utf8()),
            },
            Piece::Blank => {
                let end = rest.find(|c| !is_space(c)).unwrap_or(rest.len());
                (end > 0 || rest.is_empty() || at == 0).then_some(at + end)
            }
        }
    }

    /// Where the piece starts if it ends at `at`.
    fn backward(&self, text: &str, at: usize) -> Option<usize> {
        let rest = &text[..at];
        let last = rest.chars().next_back();
        let term = || {
            let start = rest
                .rfind(|c| !is_word(c))
                .map_or(0, |before| before + rest[before..].chars().next().map_or(1, char::len_utf8));
            (start < at).then(|| &rest[start..])
        };
        match self {
            Piece::Word(_) | Piece::Wild(..) => term().filter(|term| self.is(term)).map(|term| at - term.len()),
            Piece::Sign(c) => rest.ends_with(*c).then(|| at - c.len_utf8()),
            Piece::Any => match term() {
                Some(term) => Some(at - term.len()),
                None => last.filter(|c| !is_space(*c)).map(|c| at - c.len_utf8()),
            },
            Piece::Blank => {
                let start = rest.trim_end_matches(is_space).len();
                (start < at || at == 0).then_some(start)
            }
        }
    }

    fn is(&self, term: &str) -> bool {
        match self {
            Piece::Word(word) => match term.is_ascii() {
                true => term.eq_ignore_ascii_case(word),
                false => term.to_lowercase() == *word,
            },
            Piece::Wild(wild, _) => wild.matches(&term.to_lowercase()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(word: &str, text: &str) -> bool {
        Term::word(word).is_in(text)
    }

    #[test]
    fn a_keyword_is_a_whole_term() {
        assert!(word("456", "path-456-x") && !word("456", "1234567"));
        assert!(word("WARN", "a warn b") && !word("WARN", "Warning"));
        assert!(word("été", "un ÉTÉ chaud"));
        assert!(!word("test", "my_test"), "_ belongs to the word");
    }

    #[test]
    fn wildcards_stay_inside_a_term() {
        assert!(word("*45*", "x 12345") && !word("*45*", "4-5"));
        assert!(word("e*or", "eor") && word("err?r", "error") && !word("err?r", "errr"));
        assert!(!word("com*services", "com.test.services"));
        assert!(word("*aba", "ababa"));
    }

    #[test]
    fn signs_make_a_phrase() {
        assert!(word("10.2.3.4", "ip 10.2.3.4 up") && !word("10.2.3.4", "10.2.3.44") && !word("10.2.3.4", "110.2.3.4"));
        assert!(word("15:39", "at 15:39:26"));
        assert!(word("ann@*.org", "to ann@shop.org") && !word("ann@*.org", "ann@a.shop.org"));
        assert!(word("com.*.services*", "com.x.services9"));
        assert!(!word("jsmith@some*re.com", "jsmith@somewhere.com"), "unsupported by Sumo Logic");
        for pointing_in in ["foo*.bar", "*foo*.bar", "bar.*foo", "bar.*foo*"] {
            assert!(!word(pointing_in, "foo.bar.foo bar.foo"), "{pointing_in}");
        }
        for pointing_out in ["*oo.bar", "foo.b*", "*o.b*", "f?o.bar"] {
            assert!(word(pointing_out, "x foo.bar y"), "{pointing_out}");
        }
    }

    #[test]
    fn places_are_whole_terms() {
        let text = "error: Errors of ERROR_1, an error";
        assert_eq!(Term::word("error").places(text), [0..5, 29..34]);
        assert_eq!(Term::word("error*").places(text), [0..5, 7..13, 17..24, 29..34]);
        let found = Term::phrase("an error").places(text);
        assert!(found.len() == 1 && found[0] == (26..34), "{found:?}");
        assert!(Term::word("*").places(text).is_empty() && Term::word("foo*.bar").places("foo.bar").is_empty());
    }

    #[test]
    fn phrases() {
        let phrase = |phrase: &str, text: &str| Term::phrase(phrase).is_in(text);
        assert!(phrase("Task Thread", "VM Task\n\tThread dump") && !phrase("Task Thread", "TaskThread"));
        assert!(phrase("Task Thread", "Task\u{1c}Thread") && phrase("Task\u{2003}Thread", "Task Thread"));
        assert!(!phrase("Task Thread", "Task\u{a0}Thread"), "a blank that may not be broken at is no white space");
        assert!(phrase(" string ", "a string here") && phrase(" string ", "string") && !phrase(" string ", "(string)"));
        assert!(phrase("a*b", "x a*b") && !phrase("a*b", "aab"));
        assert!(phrase("\"k\":\"v\"", "{\"k\":\"v\"}"));
    }
}
