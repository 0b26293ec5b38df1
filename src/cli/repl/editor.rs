//! The line editor: when an entry is complete, what may follow, colours.

use crate::catalogue::Catalogue;
use crate::catalogue::complete::{complete, place};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use std::borrow::Cow;

/// What the editor knows.
pub(super) struct Assistant {
    pub catalogue: Catalogue,
    /// The columns of the last result.
    pub fields: Vec<String>,
    pub colour: bool,
}

/// The commands of the session.
pub(super) const COMMANDS: &[(&str, &str)] = &[
    (":help", "what can be done here; with a name: an operator, function or aggregate"),
    (":open", "open these files, folders or patterns instead"),
    (":output", "table, jsonl, json, csv, markdown or raw"),
    (":rows", "how many rows of a result are shown"),
    (":quit", "leave"),
];

impl Helper for Assistant {}

impl Hinter for Assistant {
    type Hint = String;
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..at];
        if before.starts_with(':') && !before.contains(' ') {
            let names = COMMANDS.iter().filter(|(name, _)| name.starts_with(before));
            let pair = |(name, about): &(&str, &str)| Pair {
                display: format!("{name}  {about}"),
                replacement: format!("{name} "),
            };
            return Ok((0, names.map(pair).collect()));
        }
        let (start, found) = complete(&self.catalogue, before, &self.fields);
        Ok((start, found.into_iter().map(|s| Pair { display: s.text.clone(), replacement: s.text }).collect()))
    }
}

impl Validator for Assistant {
    fn validate(&self, entry: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(entry.input()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

/// Whether an entry can be run: it is a command, nothing is open, or an empty line ends it whatever is open.
fn is_complete(text: &str) -> bool {
    text.starts_with(':') || text.ends_with("\n") || !place(text).open
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.colour { Cow::Owned(coloured(line)) } else { Cow::Borrowed(line) }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.colour && kind != CmdKind::MoveCursor
    }
}

/// The text with pipes, the words after them, quoted texts and comments in colour.
fn coloured(text: &str) -> String {
    const STAGE: &str = "\u{1b}[1m";
    const QUOTED: &str = "\u{1b}[32m";
    const COMMENT: &str = "\u{1b}[2m";
    const END: &str = "\u{1b}[0m";
    let mut out = String::new();
    let mut rest = text;
    let mut at_start = text.starts_with(':');
    while let Some(c) = rest.chars().next() {
        let (length, colour) = match c {
            '"' => (quoted(rest), QUOTED),
            '/' if rest.starts_with("//") && !out.ends_with(':') => (rest.find('\n').unwrap_or(rest.len()), COMMENT),
            '|' => {
                at_start = true;
                (1, STAGE)
            }
            c if c.is_alphanumeric() || c == '_' || c == ':' => {
                let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
                let colour = if at_start { STAGE } else { "" };
                at_start = false;
                (word, colour)
            }
            c => (c.len_utf8(), ""),
        };
        let (part, after) = rest.split_at(length);
        match colour {
            "" => out.push_str(part),
            colour => out.extend([colour, part, END]),
        }
        rest = after;
    }
    out
}

/// The length of the quoted text that starts here.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_end_where_nothing_is_open() {
        for text in ["*", ":open (a", "* | count", "* |\n  where a = 1", "* | where (a\n"] {
            assert!(is_complete(text), "{text}");
        }
        for text in ["* |", "* | where (", "* | parse \"a"] {
            assert!(!is_complete(text), "{text}");
        }
    }

    #[test]
    fn colours_change_nothing_but_colour() {
        let text = "a | parse \"x|\\\"*\" as y // é\n| count";
        let mut shown = coloured(text);
        assert!(
            shown.contains("\u{1b}[1mparse\u{1b}[0m") && shown.contains("\u{1b}[32m\"x|\\\"*\"\u{1b}[0m"),
            "{shown}"
        );
        for code in ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[32m", "\u{1b}[0m"] {
            shown = shown.replace(code, "");
        }
        assert_eq!(shown, text);
    }
}
