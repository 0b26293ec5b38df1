//! Where the leaves of a tree stand in the text: what is taken as written.

use super::tokens::TokenKind;
use crate::diagnostics::Span;
use crate::syntax::input::{ParseContext, Quotes};
use crate::syntax::lexical::{blank, number};
use crate::syntax::signatures::Signatures;
use crate::syntax::tree::{
    Arg, ArgValue, Args, Expr, ExprKind, Name, PairValue, Query, Search, SearchKind, Stage, StageKind,
};

/// A leaf.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// The leaves of a query.
pub(super) struct Marks<'a> {
    /// In the order of the text.
    pub atoms: Vec<Mark>,
    /// Scopes, and what stands inside them that is none, from the outside in.
    scopes: Vec<(Span, bool)>,
    text: &'a str,
    catalogue: &'a Signatures,
}

impl<'a> Marks<'a> {
    /// The leaves of a query.
    pub fn of(text: &'a str, query: &Query, catalogue: &'a Signatures) -> Marks<'a> {
        let mut marks = Marks { atoms: Vec::new(), scopes: Vec::new(), text, catalogue };
        marks.query(query);
        marks.atoms.sort_by_key(|mark| mark.span);
        marks
    }

    /// Whether a place lies in a scope.
    pub fn in_scope(&self, at: usize) -> bool {
        let around = |(span, _): &&(Span, bool)| span.start <= at && at < span.end;
        self.scopes.iter().rev().find(around).is_some_and(|(_, scope)| *scope)
    }

    fn mark(&mut self, span: Span, kind: TokenKind) {
        if span.end > span.start {
            self.atoms.push(Mark { span, kind });
        }
    }

    fn atom(&mut self, span: Span) {
        // What a parser read up to the next token may have blanks at its end.
        let end = span.start + span.of(self.text).trim_end().len();
        self.mark(Span::new(span.start, end), TokenKind::Atom);
    }

    fn atom_of(&mut self, start: usize, length: usize) {
        self.mark(Span::new(start, start + length), TokenKind::Atom);
    }

    /// The place behind blanks and comments.
    fn behind_blank(&self, at: usize) -> usize {
        self.text.len() - blank(&self.text[at..]).len()
    }

    /// Where a leaf begins that may have brackets around it.
    fn behind_brackets(&self, at: usize) -> usize {
        let mut at = self.behind_blank(at);
        while self.text[at..].starts_with('(') {
            at = self.behind_blank(at + 1);
        }
        at
    }

    fn query(&mut self, query: &Query) {
        self.scopes.push((query.search.span, true));
        self.search(&query.search);
        self.stages(&query.stages);
    }

    fn search(&mut self, search: &Search) {
        match &search.kind {
            SearchKind::All if search.span.start == search.span.end => {}
            SearchKind::All => self.atom_of(self.behind_brackets(search.span.start), 1),
            SearchKind::Word(word) => self.atom_of(self.behind_brackets(search.span.start), word.len()),
            SearchKind::Phrase(text) => self.atom(text.span),
            SearchKind::Pair { name, value, .. } => self.pair(name, value),
            SearchKind::Test(call) => {
                self.scopes.push((call.span, false));
                self.expr(call);
            }
            SearchKind::Subquery(subquery) => self.args(&subquery.args),
            SearchKind::And(terms) | SearchKind::Or(terms) => terms.iter().for_each(|term| self.search(term)),
            SearchKind::Not(inner) => self.search(inner),
        }
    }

    fn pair(&mut self, name: &Name, value: &PairValue) {
        self.atom(name.span);
        let sign = self.behind_blank(name.span.end);
        let length =
            ["!=", "==", "="].iter().find(|sign_| self.text[sign..].starts_with(**sign_)).map_or(0, |s| s.len());
        self.mark(Span::new(sign, sign + length), TokenKind::Pair);
        match value {
            PairValue::Text(text) => self.atom(text.span),
            PairValue::Word(word) => self.atom_of(self.behind_blank(sign + length), word.len()),
        }
    }

    fn stages(&mut self, stages: &[Stage]) {
        for stage in stages {
            self.scopes.push((stage.span, false));
            match &stage.kind {
                StageKind::Operator { args, .. } => self.args(args),
                StageKind::Aggregate { items, by } => {
                    if items.first().is_some_and(|first| first.span.start > stage.span.start) {
                        self.mark(Span::new(stage.span.start, stage.span.start + "stats".len()), TokenKind::Keyword);
                    }
                    for item in items {
                        self.mark(item.name.span, TokenKind::Callee);
                        item.args.iter().for_each(|arg| self.expr(arg));
                        item.alias.iter().for_each(|name| self.atom(name.span));
                    }
                    by.iter().for_each(|name| self.atom(name.span));
                }
                StageKind::Expression { value, alias } => {
                    self.expr(value);
                    alias.iter().for_each(|name| self.atom(name.span));
                }
                StageKind::Parameter(_) | StageKind::Broken => self.atom(stage.span),
            }
        }
    }

    fn args(&mut self, args: &Args) {
        args.0.iter().for_each(|arg| self.arg(arg));
    }

    fn arg(&mut self, arg: &Arg) {
        match &arg.value {
            ArgValue::Word(word) => self.mark(arg.span, TokenKind::Word(word)),
            ArgValue::Field(name) => self.atom(name.span),
            ArgValue::Expr(expr) => self.expr(expr),
            ArgValue::Text(text) => self.atom(text.span),
            ArgValue::Group(args) => self.args(args),
            ArgValue::Pipeline(stages) => self.stages(stages),
            ArgValue::Query(query) => self.query(query),
            ArgValue::Regex(_)
            | ArgValue::Integer(_)
            | ArgValue::Number(_)
            | ArgValue::Interval(_)
            | ArgValue::Char(_)
            | ArgValue::Path(_)
            | ArgValue::Moment(_)
            | ArgValue::Parameter(_) => self.atom(arg.span),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null => self.atom_of(self.behind_brackets(expr.span.start), "null".len()),
            ExprKind::Bool(value) => self.atom_of(self.behind_brackets(expr.span.start), value.to_string().len()),
            ExprKind::Number(_) => {
                let start = self.behind_brackets(expr.span.start);
                let cx = ParseContext::new(self.text, self.catalogue, Quotes::Plain);
                let read = number(cx.input().with(&self.text[start..]));
                let end = read.map_or(expr.span.end, |(rest, _)| rest.at());
                self.atom_of(start, end - start);
            }
            ExprKind::Text(text) => self.atom(text.span),
            ExprKind::Field(name) => self.atom(name.span),
            ExprKind::Regex(_) | ExprKind::Path(_) => self.atom(expr.span),
            ExprKind::Call { name, args } => {
                // `a contains b` is a call too, whose name stands between its arguments.
                let infix = args.first().is_some_and(|arg| arg.span.start < name.span.start);
                self.mark(name.span, if infix { TokenKind::Keyword } else { TokenKind::Callee });
            }
            ExprKind::Not(_)
            | ExprKind::Negative(_)
            | ExprKind::Binary { .. }
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::If { .. }
            | ExprKind::In { .. } => {}
            ExprKind::Matches { value, .. } => {
                // `matches(value, "regex")` begins with the word.
                let start = self.behind_brackets(expr.span.start);
                let word = Span::new(start, start + "matches".len());
                if word.end < value.span.start
                    && self.text.get(start..word.end).is_some_and(|w| w.eq_ignore_ascii_case("matches"))
                {
                    self.mark(word, TokenKind::Callee);
                }
            }
            ExprKind::Subquery(subquery) => self.args(&subquery.args),
        }
        expr.parts().for_each(|part| self.expr(part));
    }
}
