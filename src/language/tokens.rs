//! What each word and sign of a query is, also where the query can't be read.
//!
//! What can be read is known from the tree. Between its leaves, and in stages that can't be read, the text itself is looked
//! at: words before a bracket, words after a pipe, words that the language has.

use crate::diagnostics::Span;
use crate::plan::built_in_fields::BUILT_IN;
use crate::syntax::format::{Role, leaves};
use crate::syntax::lexical::{is_word_char, parameter_end};
use crate::syntax::parse;
use crate::syntax::signatures::Signatures;
use serde::Serialize;
use std::iter::Peekable;

/// A piece of a query and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// What a piece of a query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TokenKind {
    /// `// …` or `/* … */`.
    Comment,
    /// `|` between stages.
    Pipe,
    /// A word of the name of an operator.
    Operator,
    /// The name of an aggregate.
    Aggregate,
    /// The name of a function.
    Function,
    /// Another word of the language.
    Keyword,
    /// The name of a field.
    Field,
    /// The name of a field that every message has.
    Metadata,
    /// A search term.
    Term,
    /// A quoted text.
    Text,
    /// A regular expression.
    Regex,
    /// A number, a length of time, a moment.
    Number,
    /// The name of a table.
    Path,
    /// A template parameter.
    Parameter,
    /// A sign such as `=` or `(`.
    Sign,
}

/// A token, and the entry of the reference that is about it.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The token.
    pub token: Token,
    /// The name of the entry, where it is another than what is written.
    pub entry: Option<&'static str>,
}

/// The tokens of a query, in the order of the text. What is between them is blank.
pub fn tokens(catalogue: &Signatures, text: &str) -> Vec<Known> {
    let (query, _) = parse(text, catalogue);
    let marks = leaves(text, &query, catalogue).into_iter().filter(|(_, role)| *role != Role::Unread);
    let mut scan = Scan { catalogue, text, at: 0, piped: false, fresh: true, found: Vec::new() };
    scan.all(marks.peekable());
    scan.found
}

struct Scan<'t> {
    catalogue: &'t Signatures,
    text: &'t str,
    at: usize,
    /// Whether a pipe came before.
    piped: bool,
    /// Whether the next word is the first of its stage.
    fresh: bool,
    found: Vec<Known>,
}

impl Scan<'_> {
    fn all(&mut self, mut marks: Peekable<impl Iterator<Item = (Span, Role)>>) {
        while let Some(c) = self.text[self.at..].chars().next() {
            // Those behind the place where a text was taken for a comment or quote.
            while marks.next_if(|(span, _)| span.start < self.at).is_some() {}
            match marks.next_if(|(span, _)| span.start == self.at) {
                Some((span, role)) => {
                    let (kind, entry) = self.marked(span, role);
                    self.add(span.end, kind, entry);
                }
                None if c.is_whitespace() || c == '\u{feff}' => self.at += c.len_utf8(),
                None => self.unmarked(c),
            }
        }
    }

    fn add(&mut self, end: usize, kind: TokenKind, entry: Option<&'static str>) {
        let span = Span::new(self.at, end.max(self.at + 1));
        (self.at, self.fresh) = (span.end, kind == TokenKind::Pipe || (self.fresh && kind == TokenKind::Comment));
        self.piped |= kind == TokenKind::Pipe;
        self.found.push(Known { token: Token { span, kind }, entry });
    }

    fn marked(&self, span: Span, role: Role) -> (TokenKind, Option<&'static str>) {
        match role {
            Role::Operator(name) => (TokenKind::Operator, Some(name)),
            Role::Aggregate(name) => (TokenKind::Aggregate, Some(name)),
            Role::Function(name) => (TokenKind::Function, name),
            Role::Keyword if span.of(self.text).starts_with(is_word_char) => (TokenKind::Keyword, None),
            Role::Keyword => (TokenKind::Sign, None),
            Role::Field => field(span.of(self.text)),
            Role::Term => (TokenKind::Term, None),
            Role::Text => (TokenKind::Text, None),
            Role::Regex => (TokenKind::Regex, None),
            Role::Number => (TokenKind::Number, None),
            Role::Path => (TokenKind::Path, None),
            Role::Parameter | Role::Unread => (TokenKind::Parameter, None),
        }
    }

    fn unmarked(&mut self, first: char) {
        let rest = &self.text[self.at..];
        let to = |length: usize| self.at + length;
        match first {
            '/' if rest.starts_with("//") => {
                self.add(to(rest.find('\n').unwrap_or(rest.len())), TokenKind::Comment, None)
            }
            '/' if rest.starts_with("/*") => {
                let length = rest[2..].find("*/").map_or(rest.len(), |end| end + 4);
                self.add(to(length), TokenKind::Comment, None);
            }
            '"' => self.add(to(quoted(rest)), TokenKind::Text, None),
            '|' if !rest.starts_with("||") => self.add(to(1), TokenKind::Pipe, None),
            '{' if parameter_end(rest).is_some() => {
                let after = parameter_end(rest).map_or(0, str::len);
                self.add(to(rest.len() - after), TokenKind::Parameter, None);
            }
            c if c.is_numeric() && self.piped => {
                let length = rest.find(|c: char| !(is_word_char(c) || c == '.')).unwrap_or(rest.len());
                self.add(to(length), TokenKind::Number, None);
            }
            c if is_word_char(c) => self.word(rest),
            c => self.add(to(c.len_utf8()), TokenKind::Sign, None),
        }
    }

    /// A word that the tree does not know.
    fn word(&mut self, rest: &str) {
        let length = rest.find(|c: char| !(is_word_char(c) || c == '.')).unwrap_or(rest.len());
        let (word, after) = (&rest[..length], rest[length..].trim_start());
        let operator = || self.catalogue.operators_starting(word).next();
        let aggregate = || self.catalogue.aggregate(word);
        let (kind, entry) = match self.catalogue.function(word) {
            _ if WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) => (TokenKind::Keyword, None),
            _ if self.fresh && self.piped && operator().is_some() => {
                (TokenKind::Operator, operator().map(|(def, _)| def.name))
            }
            _ if self.fresh && self.piped && aggregate().is_some() => {
                (TokenKind::Aggregate, aggregate().map(|def| def.name))
            }
            Some(def) if after.starts_with('(') => (TokenKind::Function, Some(def.name)),
            _ if after.starts_with('(') && aggregate().is_some() => {
                (TokenKind::Aggregate, aggregate().map(|def| def.name))
            }
            _ if self.piped || after.starts_with('=') => field(word),
            _ => (TokenKind::Term, None),
        };
        self.add(self.at + length, kind, entry);
    }
}

/// Words that are keywords wherever they stand between what the tree knows.
const WORDS: &[&str] =
    &["and", "or", "not", "in", "matches", "as", "by", "group", "stats", "null", "true", "false", "nodrop"];

/// The kind of a field's name, and the entry of one that every message has.
fn field(written: &str) -> (TokenKind, Option<&'static str>) {
    match BUILT_IN.iter().find(|name| name.eq_ignore_ascii_case(written)) {
        Some(name) => (TokenKind::Metadata, Some(name)),
        None => (TokenKind::Field, None),
    }
}

/// The length of the quoted text that begins here; one that is not closed goes on to the end.
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

    fn kinds(text: &str) -> Vec<(&str, TokenKind)> {
        tokens(&crate::catalogue(), text).iter().map(|known| (known.token.span.of(text), known.token.kind)).collect()
    }

    #[test]
    fn words_are_what_they_are_used_as() {
        use TokenKind::*;
        let text = "error _sourceHost=a* // c\n| parse regex \"(?<count>x)\" nodrop | where len(count) > 5m and _raw matches /a/";
        let expected = [
            ("error", Term),
            ("_sourceHost", Metadata),
            ("=", Sign),
            ("a*", Term),
            ("// c", Comment),
            ("|", Pipe),
            ("parse", Operator),
            ("regex", Operator),
            ("\"(?<count>x)\"", Text),
            ("nodrop", Keyword),
            ("|", Pipe),
            ("where", Operator),
            ("len", Function),
            ("(", Sign),
            ("count", Field),
            (")", Sign),
            (">", Sign),
            ("5m", Number),
            ("and", Keyword),
            ("_raw", Metadata),
            ("matches", Keyword),
            ("/a/", Regex),
        ];
        assert_eq!(kinds(text), expected);
        let counted = kinds("* | count as count by x, {{y}} | order by count | lookup a from b/c on a=x");
        let of = |kind| counted.iter().filter(|(_, of)| *of == kind).map(|(word, _)| *word).collect::<Vec<_>>();
        assert_eq!((of(Aggregate), of(Path)), (vec!["count"], vec!["b/c"]));
        assert_eq!(of(Operator), ["order", "lookup"]);
        assert_eq!(of(Keyword), ["as", "by", "by", "from", "on"]);
    }

    #[test]
    fn half_a_query_has_tokens_too() {
        use TokenKind::*;
        let text = "a | where toLowerCase(x) = \"a\" and ( | count by";
        let found = kinds(text);
        for token in
            [("where", Operator), ("toLowerCase", Function), ("x", Field), ("\"a\"", Text), ("count", Aggregate)]
        {
            assert!(found.contains(&token), "{token:?} in {found:?}");
        }
        assert_eq!(kinds("a | parse \"b | c").last(), Some(&("\"b | c", Text)));
    }
}
