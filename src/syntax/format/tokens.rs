//! A query as a row of tokens with the comments between them.
//!
//! What the tree holds (names, texts, numbers, patterns, search terms) is taken as written, by its place. What lies
//! between is read here: words such as `and`, signs, brackets, comments.

use super::marks::{Mark, Marks};

/// What a token is to the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Taken as written.
    Atom,
    /// The name of a function or aggregate, before its bracket.
    Callee,
    /// A keyword or sign of an operator's form, in the form's spelling.
    Word(&'static str),
    /// The sign of a metadata pair.
    Pair,
    /// A word between the parts of an expression or a scope: `and`, `as`, `by`.
    Keyword,
    /// A sign of an expression, a bracket, a comma, a pipe.
    Sign,
}

/// A token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// As written; keywords in their canonical letter case.
    pub text: String,
    /// Whether nothing stands between it and the one before.
    pub glued: bool,
    /// Whether it begins a line.
    pub first: bool,
    /// Whether an empty line is before it, behind the comments.
    pub blank: bool,
    /// Whether it stands in a scope, where terms follow each other without a sign.
    pub scope: bool,
    /// The comments before it.
    pub comments: Vec<Comment>,
}

/// A comment.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    /// With its signs.
    pub text: String,
    /// Whether it begins a line.
    pub first: bool,
    /// Whether it ends one.
    pub last: bool,
    /// Whether an empty line is before it.
    pub blank: bool,
}

/// The tokens of a query, and the comments after the last.
pub(super) struct Tokens {
    /// In order.
    pub all: Vec<Token>,
    /// After the last token.
    pub tail: Vec<Comment>,
}

impl Token {
    /// Whether it is this sign between expressions.
    pub fn is(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    /// Whether it is this sign, of an expression or of a form.
    pub fn reads(&self, sign: &str) -> bool {
        matches!(self.kind, TokenKind::Sign | TokenKind::Word(_)) && self.text == sign
    }

    /// Whether it is this word between expressions or terms.
    pub fn is_keyword(&self, word: &str) -> bool {
        self.kind == TokenKind::Keyword && self.text.eq_ignore_ascii_case(word)
    }

    /// `or` or `||`.
    pub fn is_or(&self) -> bool {
        self.is_keyword("or") || self.is("||")
    }

    /// `and` or `&&`.
    pub fn is_and(&self) -> bool {
        self.is_keyword("and") || self.is("&&")
    }

    /// Whether its comments need lines of their own.
    pub fn forced(&self) -> bool {
        self.comments.iter().any(|comment| comment.last)
    }
}

/// Signs of more than one character.
const LONG: &[&str] = &["=~", "!~", "!=", "<>", "<=", ">=", "==", "&&", "||"];

/// Words between the parts of expressions, which may be written in any letter case.
const KEYWORDS: &[&str] = &["and", "or", "not", "in", "matches", "as", "by", "group", "stats"];

impl Tokens {
    /// Cuts a query.
    pub fn of(text: &str, marks: &Marks) -> Tokens {
        let mut tokens = Tokens { all: Vec::new(), tail: Vec::new() };
        let mut marked = marks.atoms.iter().peekable();
        let mut at = 0;
        loop {
            while marked.next_if(|mark| mark.span.start < at).is_some() {}
            let start = at;
            let gap = Gap::read(text, at, marked.peek().map_or(text.len(), |mark| mark.span.start), start == 0);
            at = gap.end;
            let Some(c) = text[at..].chars().next() else {
                tokens.tail = gap.comments;
                break;
            };
            let (kind, end) = match marked.next_if(|mark| mark.span.start == at) {
                Some(Mark { span, kind, .. }) => (*kind, span.end),
                None if c.is_alphanumeric() || c == '_' => {
                    let word = |c: char| c.is_alphanumeric() || c == '_';
                    (TokenKind::Keyword, text[at..].find(|c| !word(c)).map_or(text.len(), |end| at + end))
                }
                None => {
                    let long = LONG.iter().find(|sign| text[at..].starts_with(**sign));
                    (TokenKind::Sign, at + long.map_or(c.len_utf8(), |sign| sign.len()))
                }
            };
            let scope = marks.in_scope(at);
            tokens.all.push(Token {
                kind,
                text: written(kind, &text[at..end], scope),
                glued: at == start,
                first: gap.line_begins,
                blank: gap.blank,
                scope,
                comments: gap.comments,
            });
            at = end;
        }
        tokens.settle();
        tokens
    }

    /// Puts comments that need lines of their own where they can have them: before `and`, `or` and `|`, after a comma.
    fn settle(&mut self) {
        for at in 0..self.all.len() {
            if !self.all[at].forced() {
                continue;
            }
            let after = at.checked_sub(1).map(|at| &self.all[at]);
            let pipe = after.is_some_and(|token| token.is("|"));
            if pipe || after.is_some_and(|token| token.is_and() || token.is_or()) {
                let mut moved = std::mem::take(&mut self.all[at].comments);
                let before = &mut self.all[at - 1];
                if let Some(comment) = moved.first_mut() {
                    comment.first |= pipe || before.first;
                    comment.blank = false;
                }
                before.comments.extend(moved);
            } else if self.all[at].reads(",") && at + 1 < self.all.len() {
                let mut moved = std::mem::take(&mut self.all[at].comments);
                moved.append(&mut self.all[at + 1].comments);
                self.all[at + 1].comments = moved;
            }
        }
    }
}

/// How a token is written.
fn written(kind: TokenKind, text: &str, scope: bool) -> String {
    let keyword = |word: &&&str| text.eq_ignore_ascii_case(word);
    match kind {
        TokenKind::Word(word) => word.to_string(),
        TokenKind::Keyword if scope && KEYWORDS[..3].iter().any(|word| keyword(&word)) => text.to_uppercase(),
        TokenKind::Keyword if KEYWORDS.iter().any(|word| keyword(&word)) => text.to_lowercase(),
        _ => text.to_string(),
    }
}

/// What lies between two tokens.
struct Gap {
    end: usize,
    line_begins: bool,
    blank: bool,
    comments: Vec<Comment>,
}

impl Gap {
    /// Reads blanks and comments from a place, at most up to another: what the tree knows is no comment.
    fn read(text: &str, start: usize, limit: usize, line_begins: bool) -> Gap {
        let mut gap = Gap { end: start, line_begins, blank: false, comments: Vec::new() };
        let mut lines = 0;
        while gap.end < limit.max(start) {
            let rest = &text[gap.end..];
            let length = match rest.chars().next() {
                Some(c) if c.is_whitespace() || c == '\u{feff}' => {
                    if c == '\n' {
                        lines += 1;
                        gap.line_begins = true;
                        if let Some(before) = gap.comments.last_mut() {
                            before.last = true;
                        }
                    }
                    gap.end += c.len_utf8();
                    continue;
                }
                _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                _ if rest.starts_with("/*") => match rest[2..].find("*/") {
                    Some(end) => end + 4,
                    None => break,
                },
                _ => break,
            };
            let comment = rest[..length].trim_end().to_string();
            let last = comment.starts_with("//");
            gap.comments.push(Comment { text: comment, first: gap.line_begins, last, blank: lines > 1 });
            (gap.line_begins, lines) = (false, 0);
            gap.end += length;
        }
        gap.blank = lines > 1;
        gap
    }
}
