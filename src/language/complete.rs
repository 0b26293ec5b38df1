//! Completion: the words that may follow at a place in a query.

use crate::plan::built_in_fields::BUILT_IN;
use crate::syntax::form::Form;
use crate::syntax::signatures::Signatures;

/// A word that may stand here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suggestion {
    /// The word, or words: `parse regex`.
    pub text: String,
    /// What it is: the summary of an operator, `keyword`, `field`.
    pub about: String,
}

/// Words of the scope.
const SCOPE: &[&str] = &["AND", "OR", "NOT"];
/// Words of expressions.
const EXPRESSION: &[&str] = &["and", "or", "not", "in", "matches", "as", "null", "true", "false"];
/// Words of aggregate stages.
const AGGREGATE: &[&str] = &["by", "as"];

/// Where the text ends: inside what, and what has been written of the current stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorContext<'q> {
    /// The text since the last pipe; the scope's when there is none.
    pub stage: &'q str,
    /// Whether there is a pipe before it.
    pub piped: bool,
    /// An open quote, comment or bracket: more must follow.
    pub open: bool,
    /// Inside a quoted text or a comment: no word is meant.
    pub literal: bool,
}

/// Looks at the end of a text.
pub fn place(text: &str) -> CursorContext<'_> {
    let (mut start, mut piped, mut depth) = (0, false, 0i32);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => loop {
                match chars.next() {
                    Some((_, '\\')) => drop(chars.next()),
                    Some((_, '"')) => break,
                    Some(_) => {}
                    None => return CursorContext { stage: &text[start..], piped, open: true, literal: true },
                }
            },
            '/' if text[at..].starts_with("//") && !text[..at].ends_with(':') => {
                let Some(end) = text[at..].find('\n') else {
                    return CursorContext { stage: &text[start..], piped, open: depth > 0, literal: true };
                };
                while chars.next_if(|(next, _)| *next <= at + end).is_some() {}
            }
            '/' if text[at..].starts_with("/*") && text[..at].chars().next_back().is_none_or(char::is_whitespace) => {
                let Some(end) = text[at + 2..].find("*/") else {
                    return CursorContext { stage: &text[start..], piped, open: true, literal: true };
                };
                let end = at + 2 + end + 2;
                while chars.next_if(|(next, _)| *next < end).is_some() {}
            }
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '|' if chars.next_if(|(_, c)| *c == '|').is_none() => (start, piped) = (at + 1, true),
            _ => {}
        }
    }
    let stage = &text[start..];
    CursorContext { stage, piped, open: depth > 0 || (piped && stage.trim().is_empty()), literal: false }
}

/// What may follow a text, and where the word that it completes starts. `fields` are names known from elsewhere, such
/// as the columns of the last result.
pub fn complete(catalogue: &Signatures, text: &str, fields: &[String]) -> (usize, Vec<Suggestion>) {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let start = text.rfind(|c| !is_name(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let place = place(text);
    let prefix = text[start..].to_lowercase();
    if place.literal {
        return (start, Vec::new());
    }
    let mut found = Vec::new();
    let before = place.stage[..place.stage.len().saturating_sub(prefix.len())].trim();
    let mut add = |text: &str, about: &str| found.push(Suggestion { text: text.into(), about: about.into() });
    if !place.piped {
        if before.is_empty() {
            catalogue.heads().for_each(|(def, _)| add(def.name, def.summary));
        }
        SCOPE.iter().for_each(|word| add(word, "keyword"));
        BUILT_IN.iter().for_each(|name| add(name, "field"));
        fields.iter().for_each(|name| add(name, "field"));
    } else if before.is_empty() {
        for (def, form) in catalogue.forms() {
            add(def.name, def.summary);
            for word in form.first_words().into_iter().filter(|word| !def.name.starts_with(word)) {
                add(word, def.summary);
            }
        }
        catalogue.aggregates().iter().for_each(|def| add(def.name, def.summary));
        catalogue.functions().iter().for_each(|def| add(def.name, def.summary));
    } else {
        let first = before.split(|c: char| !is_name(c)).next().unwrap_or_default();
        let mut keywords = Vec::new();
        catalogue.operators_starting(first).for_each(|(_, form)| words(form, &mut keywords));
        let aggregate = catalogue.aggregate(first).is_some();
        let known = !keywords.is_empty();
        keywords.retain(|word| !word.eq_ignore_ascii_case(first));
        keywords.iter().for_each(|word| add(word, "keyword"));
        if aggregate {
            AGGREGATE.iter().for_each(|word| add(word, "keyword"));
            catalogue.aggregates().iter().for_each(|def| add(def.name, def.summary));
        }
        let expression = catalogue.operators_starting(first).any(|(_, form)| takes_expression(form));
        if expression || !(aggregate || known) {
            EXPRESSION.iter().for_each(|word| add(word, "keyword"));
            catalogue.functions().iter().for_each(|def| add(def.name, def.summary));
        }
        fields.iter().for_each(|name| add(name, "field"));
        BUILT_IN.iter().for_each(|name| add(name, "field"));
    }
    found.retain(|suggestion| suggestion.text.to_lowercase().starts_with(&prefix));
    found.sort();
    found.dedup_by(|a, b| a.text == b.text);
    (start, found)
}

/// The keywords of a form.
fn words(form: &Form, out: &mut Vec<&'static str>) {
    match form {
        Form::All(items) | Form::First(items) => items.iter().for_each(|item| words(item, out)),
        Form::Optional(inner) | Form::Many(_, inner) | Form::List(inner) | Form::Group(_, inner) => words(inner, out),
        Form::Word(word) if word.starts_with(char::is_alphabetic) => out.push(word),
        Form::Word(_) | Form::Piece(..) => {}
    }
}

/// Whether an expression can stand somewhere in the form.
fn takes_expression(form: &Form) -> bool {
    match form {
        Form::All(items) | Form::First(items) => items.iter().any(takes_expression),
        Form::Optional(inner) | Form::Many(_, inner) | Form::List(inner) | Form::Group(_, inner) => {
            takes_expression(inner)
        }
        Form::Piece(_, piece) => *piece == "expr",
        Form::Word(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_at(text: &str) -> Vec<String> {
        let fields = ["user".to_string(), "status".to_string()];
        complete(&crate::catalogue(), text, &fields).1.into_iter().map(|suggestion| suggestion.text).collect()
    }

    #[test]
    fn stages_keywords_functions_and_fields() {
        for (text, word) in [
            ("* | wh", "where"),
            ("* | parse", "parse regex"),
            ("* | ord", "order"),
            ("* | cou", "count"),
            ("* | parse \"a|b\" as x no", "nodrop"),
            ("* | where st", "status"),
            ("* | where len", "length"),
            ("* | count b", "by"),
            ("* | count by us", "user"),
            ("ca", "cat"),
            ("_sourceC", "_sourceCategory"),
            ("a || b | so", "sort"),
        ] {
            assert!(words_at(text).contains(&word.to_string()), "{text}: {:?}", words_at(text));
        }
        assert!(!words_at("* | parse \"a=*\" as x le").contains(&"length".to_string()));
        assert!(words_at("* | parse \"us").is_empty(), "inside a text");
        assert!(words_at("* // us").is_empty(), "inside a comment");
        assert_eq!(complete(&crate::catalogue(), "é | wh", &[]).0, 5);
    }

    #[test]
    fn what_must_go_on() {
        for text in ["* |", "* | where (a", "* | parse \"a", "* | count /* x", "* | parse \"\\\""] {
            assert!(place(text).open, "{text}");
        }
        for text in ["*", "* | count", "* | parse \"(\" as x", "a || b", "* | count // (", "_sourceCategory=prod/*"] {
            assert!(!place(text).open, "{text}");
        }
    }
}
