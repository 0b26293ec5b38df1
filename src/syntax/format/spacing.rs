//! Where a blank stands between two tokens of a line.

use super::tokens::{Token, TokenKind};
use crate::syntax::form::is_keyword;

/// Whether a blank stands before a token.
pub(super) fn space(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| &tokens[at]) else { return false };
    let token = &tokens[at];
    if token.kind == TokenKind::Pair || before.kind == TokenKind::Pair {
        return false;
    }
    if ends_in_backslash(before) && !token.reads(")") {
        return true;
    }
    if [",", ";", ")", "]"].iter().any(|sign| token.reads(sign))
        || [";", "(", "["].iter().any(|sign| before.reads(sign))
    {
        return false;
    }
    if token.reads("(") {
        return match before.kind {
            TokenKind::Callee => false,
            // `topk(5, x)` and `join (…)` are both usual.
            TokenKind::Word(word) if word != "where" && is_keyword(word) => !token.glued,
            _ => !unary(tokens, at - 1),
        };
    }
    match (before.kind, token.kind) {
        // An option, as in `field=_raw`; but `eval x = 1`.
        (_, TokenKind::Word("=")) => !matches!(before.kind, TokenKind::Word(_)),
        (TokenKind::Word("="), _) => space(tokens, at - 1),
        (_, TokenKind::Word("." | ":")) | (TokenKind::Word("."), _) => false,
        // `sort by -x`, `-1d`; but `fields - x`, and `direction=+ threshold=3`.
        (TokenKind::Word("-" | "+"), _) => {
            at.checked_sub(2).is_some_and(|at| matches!(tokens[at].kind, TokenKind::Word("fields" | "=")))
        }
        _ => !unary(tokens, at - 1),
    }
}

/// Whether a token is a sign before an operand: `-x`, `!x`.
pub(super) fn unary(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.is("!") {
        return true;
    }
    token.is("-") && !at.checked_sub(1).is_some_and(|at| operand_ends(&tokens[at]))
}

/// Whether an operand can end with a token.
fn operand_ends(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Atom | TokenKind::Callee) || token.reads(")") || token.reads("]")
}

/// Whether a text ends with a backslash that may have been meant as its last character: then a quote ends it only before
/// a blank or a bracket.
fn ends_in_backslash(token: &Token) -> bool {
    token.kind == TokenKind::Atom && token.text.ends_with("\\\"")
}

/// Whether a line may begin with a token inside a list or an operator's arguments.
pub(super) fn may_begin_line(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| &tokens[at]) else { return false };
    let token = &tokens[at];
    match token.kind {
        TokenKind::Keyword => before.kind != TokenKind::Keyword,
        TokenKind::Word(word) => is_keyword(word) && !matches!(before.kind, TokenKind::Word(_)) && !before.is("|"),
        TokenKind::Sign => {
            const BINARY: &[&str] = &["+", "-", "*", "/", "%", "=", "==", "=~", "!~", "!=", "<>", "<", "<=", ">", ">="];
            BINARY.contains(&token.text.as_str()) && operand_ends(before)
        }
        _ => false,
    }
}
