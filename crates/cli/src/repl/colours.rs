//! Colours of an entry while it is typed, and what stands before its further lines.

use super::editor::FURTHER;
use sumoql::plan::definitions::Catalogue;

const STAGE: &str = "\u{1b}[1m";
const UNKNOWN: &str = "\u{1b}[31m";
const QUOTED: &str = "\u{1b}[32m";
const COMMENT: &str = "\u{1b}[2m";
const END: &str = "\u{1b}[0m";

/// The text with pipes, the words after them, quoted texts and comments in colour; operators that there are not in another
/// one.
pub(super) fn coloured(text: &str, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut at_start = text.starts_with(':');
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    while let Some(c) = rest.chars().next() {
        let (length, colour) = match c {
            '"' => (quoted(rest), QUOTED),
            '/' if rest.starts_with("//") && !out.ends_with(':') => (rest.find('\n').unwrap_or(rest.len()), COMMENT),
            '|' => {
                at_start = true;
                (1, STAGE)
            }
            c if is_word(c) => {
                let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                let colour = match at_start {
                    true if is_unknown(&rest[..word], &rest[word..], catalogue) => UNKNOWN,
                    true => STAGE,
                    false => "",
                };
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

/// Whether the first word of a stage can't be the beginning of one: it is finished, and the language has no such word. A
/// field may stand there too, but is followed by `as` or a sign.
fn is_unknown(word: &str, after: &str, catalogue: &Catalogue) -> bool {
    let next = after.trim_start();
    let finished = after.starts_with(char::is_whitespace);
    let goes_on = next.starts_with(|c: char| c.is_alphanumeric() || "_\"%".contains(c));
    let is_next = |expected: &str| {
        let end = next.find(|c: char| !c.is_alphanumeric()).unwrap_or(next.len());
        next[..end].eq_ignore_ascii_case(expected)
    };
    finished
        && goes_on
        && !word.starts_with(':')
        && !["as", "and", "or", "in", "matches", "not"].into_iter().any(is_next)
        && catalogue.operators_starting(word).next().is_none()
        && catalogue.aggregate(word).is_none()
}

/// The text with a prompt in the place of the blanks that further lines begin with.
pub(super) fn with_prompts(text: &str, colour: bool) -> String {
    let (blanks, prompt) = (
        format!("\n{}", " ".repeat(FURTHER.len())),
        match colour {
            true => format!("\n{COMMENT}{FURTHER}{END}"),
            false => format!("\n{FURTHER}"),
        },
    );
    text.replace(&blanks, &prompt)
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
    fn colours_change_nothing_but_colour() {
        let catalogue = sumoql::catalogue();
        let text = "a | parse \"x|\\\"*\" as y // é\n| count";
        let mut shown = coloured(text, &catalogue);
        assert!(
            shown.contains("\u{1b}[1mparse\u{1b}[0m") && shown.contains("\u{1b}[32m\"x|\\\"*\"\u{1b}[0m"),
            "{shown}"
        );
        for code in ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[32m", "\u{1b}[0m"] {
            shown = shown.replace(code, "");
        }
        assert_eq!(shown, text);
    }

    #[test]
    fn operators_that_there_are_not_have_a_colour_of_their_own() {
        let catalogue = sumoql::catalogue();
        for (text, unknown) in [
            ("* | wher x = 1", true),
            ("* | stats count", true),
            ("* | where x = 1", false),
            ("* | wher", false),
            ("* | count by x", false),
            ("* | user as u", false),
            ("* | a in (1)", false),
            (":set from", false),
        ] {
            assert_eq!(coloured(text, &catalogue).contains(UNKNOWN), unknown, "{text}");
        }
    }

    #[test]
    fn further_lines_have_a_prompt_of_the_same_width() {
        let text = "* |\n        count";
        assert_eq!(with_prompts(text, false), "* |\n     -> count");
        assert_eq!(with_prompts(text, false).len(), text.len());
        assert_eq!(with_prompts("* |\n  count", false), "* |\n  count");
    }
}
