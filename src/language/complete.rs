//! Completion: the words that may follow at a place in a query.

use super::tokens::TokenKind;
use crate::diagnostics::Span;
use crate::plan::built_in_fields::BUILT_IN;
use crate::syntax::form::Form;
use crate::syntax::lexical::is_word_char;
use crate::syntax::signatures::Signatures;
use serde::Serialize;

/// The words that may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Completions {
    /// What has been typed of the word: each of the items takes its place.
    pub span: Span,
    /// The words, in alphabetic order.
    pub items: Vec<Completion>,
}

/// A word that may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Completion {
    /// The word, or words: `parse regex`. The name of a field is written as the query needs it: `%"a b"`.
    pub text: String,
    /// What it is.
    pub kind: TokenKind,
    /// The summary of an operator, aggregate or function; else `keyword` or `field`.
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

/// What may follow a text. `fields` are names known from elsewhere, such as the columns of the last result.
pub fn complete(catalogue: &Signatures, text: &str, fields: &[String]) -> Completions {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let start = text.rfind(|c| !is_name(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let (place, span) = (place(text), Span::new(start, text.len()));
    let prefix = text[start..].to_lowercase();
    if place.literal {
        return Completions { span, items: Vec::new() };
    }
    let mut found = Vec::new();
    let before = place.stage.get(..place.stage.len().saturating_sub(text.len() - start)).unwrap_or("").trim();
    let mut add = |text: &str, kind: TokenKind, about: &str| {
        found.push(Completion { text: text.into(), kind, about: about.into() });
    };
    let fields: Vec<String> = fields.iter().map(|name| written(name)).collect();
    if !place.piped {
        if before.is_empty() {
            catalogue.heads().for_each(|(def, _)| add(def.name, TokenKind::Operator, def.summary));
        }
        SCOPE.iter().for_each(|word| add(word, TokenKind::Keyword, "keyword"));
        BUILT_IN.iter().for_each(|name| add(name, TokenKind::Metadata, "field"));
        fields.iter().for_each(|name| add(name, TokenKind::Field, "field"));
    } else if before.is_empty() {
        for (def, form) in catalogue.forms() {
            add(def.name, TokenKind::Operator, def.summary);
            for word in form.first_words().into_iter().filter(|word| !def.name.starts_with(word)) {
                add(word, TokenKind::Operator, def.summary);
            }
        }
        catalogue.aggregates().iter().for_each(|def| add(def.name, TokenKind::Aggregate, def.summary));
        catalogue.functions().iter().for_each(|def| add(def.name, TokenKind::Function, def.summary));
    } else {
        let first = before.split(|c: char| !is_name(c)).next().unwrap_or_default();
        let mut keywords = Vec::new();
        catalogue.operators_starting(first).for_each(|(_, form)| words(form, &mut keywords));
        let aggregate = catalogue.aggregate(first).is_some();
        let known = !keywords.is_empty();
        keywords.retain(|word| !word.eq_ignore_ascii_case(first));
        keywords.iter().for_each(|word| add(word, TokenKind::Keyword, "keyword"));
        if aggregate {
            AGGREGATE.iter().for_each(|word| add(word, TokenKind::Keyword, "keyword"));
            catalogue.aggregates().iter().for_each(|def| add(def.name, TokenKind::Aggregate, def.summary));
        }
        let expression = catalogue.operators_starting(first).any(|(_, form)| takes_expression(form));
        if expression || !(aggregate || known) {
            EXPRESSION.iter().for_each(|word| add(word, TokenKind::Keyword, "keyword"));
            catalogue.functions().iter().for_each(|def| add(def.name, TokenKind::Function, def.summary));
        }
        fields.iter().for_each(|name| add(name, TokenKind::Field, "field"));
        BUILT_IN.iter().for_each(|name| add(name, TokenKind::Metadata, "field"));
    }
    found.retain(|suggestion| suggestion.text.to_lowercase().starts_with(&prefix));
    found.sort_by(|a, b| (&a.text, &a.about).cmp(&(&b.text, &b.about)));
    found.dedup_by(|a, b| a.text == b.text);
    Completions { span, items: found }
}

/// A field's name as a query has it.
fn written(name: &str) -> String {
    let plain = name.split('.').all(|part| !part.is_empty() && part.chars().all(is_word_char));
    match plain && !name.starts_with(char::is_numeric) {
        true => name.to_string(),
        false => format!("%\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    }
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
        complete(&crate::catalogue(), text, &fields).items.into_iter().map(|item| item.text).collect()
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
        assert_eq!(complete(&crate::catalogue(), "é | wh", &[]).span, Span::new(5, 7));
        assert!(words_at("* | where İ").is_empty(), "a letter that is longer in lower case");
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
