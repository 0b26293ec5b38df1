//! Text with styles and places where a line may end: wrapped to a width, and painted where colour is wanted.

use super::cell;
use crate::program::matching::terms::Term;
use std::ops::Range;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Of less weight than what stands around it.
    Dim,
    /// The name of a value.
    Key,
    /// What was searched for.
    Hit,
    /// A word that says that something is bad.
    Bad,
    /// A word that says that something may be bad.
    Doubtful,
}

impl Style {
    /// The attributes of the terminal.
    fn codes(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Dim => "2",
            Style::Key => "36",
            Style::Hit => "1;33",
            Style::Bad => "31",
            Style::Doubtful => "33",
        }
    }
}

/// Writes a text in a style.
pub fn paint(text: &str, style: Style, colour: bool, out: &mut String) {
    match style.codes() {
        codes if colour && !codes.is_empty() && !text.is_empty() => {
            out.push_str("\u{1b}[");
            out.push_str(codes);
            out.push('m');
            out.push_str(text);
            out.push_str("\u{1b}[0m");
        }
        _ => out.push_str(text),
    }
}

/// Text with styles. What is added is made safe for a terminal; line breaks stay.
#[derive(Clone, Debug, Default)]
pub struct StyledText {
    text: String,
    /// The pieces that are not plain, in their order.
    styles: Vec<(Range<usize>, Style)>,
    /// What was searched for, in its order; lies over the styles.
    hits: Vec<Range<usize>>,
    /// Where a line may end best, in their order.
    breaks: Vec<usize>,
}

impl StyledText {
    /// Adds a piece.
    pub fn push(&mut self, text: &str, style: Style) {
        let start = self.text.len();
        cell::safe(text, &mut self.text);
        if style != Style::Plain && start < self.text.len() {
            self.styles.push((start..self.text.len(), style));
        }
    }

    /// Says that a line may well end here.
    pub fn may_break(&mut self) {
        self.breaks.push(self.text.len());
    }

    /// Ends the line, unless it has nothing in it yet.
    pub fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Makes it one line.
    pub fn flatten(&mut self) {
        self.text = self.text.replace('\n', " ");
    }

    /// Where the part that fits into a width ends.
    pub fn cut(&self, width: usize) -> usize {
        let mut used = 0;
        let over = self.text.char_indices().find(|(_, c)| {
            used += c.width().unwrap_or(0);
            used > width
        });
        over.map_or(self.text.len(), |(at, _)| at)
    }

    /// Adds another text.
    pub fn append(&mut self, other: &StyledText) {
        let moved = |range: &Range<usize>| range.start + self.text.len()..range.end + self.text.len();
        self.styles.extend(other.styles.iter().map(|(range, style)| (moved(range), *style)));
        self.hits.extend(other.hits.iter().map(moved));
        self.breaks.extend(other.breaks.iter().map(|at| at + self.text.len()));
        self.text.push_str(&other.text);
    }

    /// Marks what was searched for.
    pub fn highlight(&mut self, terms: &[Term]) {
        let mut hits: Vec<Range<usize>> = terms.iter().flat_map(|term| term.places(&self.text)).collect();
        hits.retain(|hit| !hit.is_empty());
        hits.sort_by_key(|hit| (hit.start, hit.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for hit in hits {
            match joined.last_mut() {
                Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
                _ => joined.push(hit),
            }
        }
        self.hits = joined;
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text without its styles.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether something that was searched for is in a part of it.
    pub fn has_hit(&self, part: &Range<usize>) -> bool {
        let at = self.hits.partition_point(|hit| hit.end <= part.start);
        self.hits.get(at).is_some_and(|hit| hit.start < part.end)
    }

    /// The lines that it takes in a width.
    pub fn lines(&self, width: usize) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let end = start + line.trim_end_matches('\n').len();
            let (mut at, before) = (start, lines.len());
            while at < end || lines.len() == before {
                let (stop, next) = self.line_end(at, end, width.max(1));
                lines.push(at..stop);
                at = next;
            }
            start += line.len();
        }
        lines
    }

    /// Where a line that begins at a place ends, and where the next one begins.
    fn line_end(&self, start: usize, end: usize, width: usize) -> (usize, usize) {
        let rest = &self.text[start..end];
        let mut used = 0;
        let over = rest.char_indices().find(|(at, c)| {
            used += c.width().unwrap_or(0);
            used > width && *at > 0
        });
        let Some((over, first_out)) = over else { return (end, end) };
        let cut = self.best_break(start, end, start + over, width).unwrap_or_else(|| match first_out {
            ' ' => start + over,
            _ => {
                // A blank in the second half of the line; a long word is cut.
                let blank = rest[..over].rfind(' ').filter(|at| at * 2 >= over);
                start + blank.map_or(over, |at| at + 1)
            }
        });
        let stop = start + self.text[start..cut].trim_end_matches(' ').len();
        let next = cut + self.text[cut..end].len() - self.text[cut..end].trim_start_matches(' ').len();
        // A line of blanks is a line.
        if stop == start { (cut, next.max(cut)) } else { (stop, next) }
    }

    /// The last good place to end a line, if the line is half full there, or what follows fits into a line of its own.
    fn best_break(&self, start: usize, end: usize, over: usize, width: usize) -> Option<usize> {
        let after = self.breaks.partition_point(|at| *at <= over);
        let at = *self.breaks[..after].last().filter(|at| **at > start)?;
        let next = self.breaks.get(after).copied().unwrap_or(end).min(end);
        let half_full = (at - start) * 2 >= over - start;
        (half_full || self.text[at..next].trim_end().width() <= width).then_some(at)
    }

    /// Writes a part of it.
    pub fn paint(&self, part: Range<usize>, colour: bool, out: &mut String) {
        if !colour {
            return out.push_str(&self.text[part]);
        }
        let mut at = part.start;
        while at < part.end {
            let hit = self.hits.partition_point(|hit| hit.end <= at);
            let base = self.styles.partition_point(|(range, _)| range.end <= at);
            let (style, stop) = match (self.hits.get(hit), self.styles.get(base)) {
                (Some(hit), _) if hit.start <= at => (Style::Hit, hit.end),
                (hit, base) => {
                    let bound = hit.map_or(part.end, |hit| hit.start);
                    match base {
                        Some((range, style)) if range.start <= at => (*style, range.end.min(bound)),
                        Some((range, _)) => (Style::Plain, range.start.min(bound)),
                        None => (Style::Plain, bound),
                    }
                }
            };
            let stop = stop.min(part.end);
            paint(&self.text[at..stop], style, true, out);
            at = stop;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &StyledText, width: usize) -> Vec<String> {
        text.lines(width).into_iter().map(|line| text.text()[line].to_string()).collect()
    }

    fn plain(text: &str) -> StyledText {
        let mut styled = StyledText::default();
        styled.push(text, Style::Plain);
        styled
    }

    #[test]
    fn lines_end_at_blanks_and_long_words_are_cut() {
        assert_eq!(wrapped(&plain("one two three four"), 9), ["one two", "three", "four"]);
        assert_eq!(wrapped(&plain("a abcdefghijkl"), 6), ["a abcd", "efghij", "kl"]);
        assert_eq!(wrapped(&plain("one\n\n  two\n"), 9), ["one", "", "  two"]);
        assert_eq!(wrapped(&plain("日本語日本語"), 5), ["日本", "語日", "本語"]);
        assert_eq!(wrapped(&plain(""), 9), [""; 0]);
        assert_eq!(wrapped(&plain("12345 6"), 5), ["12345", "6"]);
    }

    #[test]
    fn good_places_come_first() {
        let mut text = StyledText::default();
        for pair in ["a = 1", "b = two words", "c = 3"] {
            text.push(pair, Style::Plain);
            text.push("  ", Style::Plain);
            text.may_break();
        }
        assert_eq!(wrapped(&text, 16), ["a = 1", "b = two words", "c = 3  "]);
    }

    #[test]
    fn what_was_searched_for_lies_over_the_styles() {
        let mut text = StyledText::default();
        text.push("key", Style::Key);
        text.push(": an error", Style::Plain);
        let (word, key) = (Term::word("error"), Term::word("key"));
        text.highlight(&[word, key]);
        let painted = |part, colour| {
            let mut out = String::new();
            text.paint(part, colour, &mut out);
            out
        };
        let (hit, end) = ("\u{1b}[1;33m", "\u{1b}[0m");
        assert_eq!(painted(0..13, true), format!("{hit}key{end}: an {hit}error{end}"));
        assert_eq!(painted(0..10, true), format!("{hit}key{end}: an {hit}er{end}"));
        assert_eq!(painted(0..13, false), "key: an error");
        assert!(text.has_hit(&(9..13)) && !text.has_hit(&(3..8)));
    }
}
