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
    /// What it is to the layout.
    pub kind: TokenKind,
    /// What it is in the query.
    pub role: Role,
}

/// What a leaf is in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A word of the name of this operator.
    Operator(&'static str),
    /// The name of this aggregate.
    Aggregate(&'static str),
    /// The name of a function: this one, if there is one of the name.
    Function(Option<&'static str>),
    /// A word or sign of the language.
    Keyword,
    /// The name of a field.
    Field,
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
    /// What could not be read.
    Unread,
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

    fn mark(&mut self, span: Span, kind: TokenKind, role: Role) {
        if span.end > span.start {
            self.atoms.push(Mark { span, kind, role });
        }
    }

    fn atom(&mut self, span: Span, role: Role) {
        // What a parser read up to the next token may have blanks at its end.
        let end = span.start + span.of(self.text).trim_end().len();
        self.mark(Span::new(span.start, end), TokenKind::Atom, role);
    }

    fn atom_of(&mut self, start: usize, length: usize, role: Role) {
        self.mark(Span::new(start, start + length), TokenKind::Atom, role);
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
            SearchKind::All => self.atom_of(self.behind_brackets(search.span.start), 1, Role::Term),
            SearchKind::Word(word) => self.atom_of(self.behind_brackets(search.span.start), word.len(), Role::Term),
            SearchKind::Phrase(text) => self.atom(text.span, Role::Text),
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
        self.atom(name.span, Role::Field);
        let sign = self.behind_blank(name.span.end);
        let length =
            ["!=", "==", "="].iter().find(|sign_| self.text[sign..].starts_with(**sign_)).map_or(0, |s| s.len());
        self.mark(Span::new(sign, sign + length), TokenKind::Pair, Role::Keyword);
        match value {
            PairValue::Text(text) => self.atom(text.span, Role::Text),
            PairValue::Word(word) => self.atom_of(self.behind_blank(sign + length), word.len(), Role::Term),
        }
    }

    fn stages(&mut self, stages: &[Stage]) {
        for stage in stages {
            self.scopes.push((stage.span, false));
            match &stage.kind {
                StageKind::Operator { def, args } => self.operator(def.name, args),
                StageKind::Aggregate { items, by } => {
                    if items.first().is_some_and(|first| first.span.start > stage.span.start) {
                        let stats = Span::new(stage.span.start, stage.span.start + "stats".len());
                        self.mark(stats, TokenKind::Keyword, Role::Keyword);
                    }
                    for item in items {
                        self.mark(item.name.span, TokenKind::Callee, Role::Aggregate(item.def.name));
                        item.args.iter().for_each(|arg| self.expr(arg));
                        item.alias.iter().for_each(|name| self.atom(name.span, Role::Field));
                    }
                    by.iter().for_each(|name| self.atom(name.span, Role::Field));
                }
                StageKind::Expression { value, alias } => {
                    self.expr(value);
                    alias.iter().for_each(|name| self.atom(name.span, Role::Field));
                }
                StageKind::Parameter(_) => self.atom(stage.span, Role::Parameter),
                StageKind::Broken => self.atom(stage.span, Role::Unread),
            }
        }
    }

    /// An operator, whose name is the first words of its form.
    fn operator(&mut self, name: &'static str, args: &Args) {
        let first = self.atoms.len();
        self.args(args);
        let mut rest = name;
        for (at, mark) in self.atoms[first..].iter_mut().enumerate() {
            let TokenKind::Word(word) = mark.kind else { break };
            match rest.strip_prefix(word) {
                Some(after) => rest = after.trim_start(),
                // Another spelling of the name.
                None if at == 0 => {}
                None => break,
            }
            mark.role = Role::Operator(name);
        }
    }

    fn args(&mut self, args: &Args) {
        args.0.iter().for_each(|arg| self.arg(arg));
    }

    fn arg(&mut self, arg: &Arg) {
        match &arg.value {
            ArgValue::Word(word) => self.mark(arg.span, TokenKind::Word(word), Role::Keyword),
            ArgValue::Field(name) => self.atom(name.span, Role::Field),
            ArgValue::Expr(expr) => self.expr(expr),
            ArgValue::Text(text) => self.atom(text.span, Role::Text),
            ArgValue::Group(args) => self.args(args),
            ArgValue::Pipeline(stages) => self.stages(stages),
            ArgValue::Query(query) => self.query(query),
            ArgValue::Regex(_) => self.atom(arg.span, Role::Regex),
            ArgValue::Integer(_) | ArgValue::Number(_) | ArgValue::Interval(_) | ArgValue::Moment(_) => {
                self.atom(arg.span, Role::Number);
            }
            ArgValue::Char(_) => self.atom(arg.span, Role::Text),
            ArgValue::Path(_) => self.atom(arg.span, Role::Path),
            ArgValue::Parameter(_) => self.atom(arg.span, Role::Parameter),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null => self.atom_of(self.behind_brackets(expr.span.start), "null".len(), Role::Keyword),
            ExprKind::Bool(value) => {
                self.atom_of(self.behind_brackets(expr.span.start), value.to_string().len(), Role::Keyword);
            }
            ExprKind::Number(_) => {
                let start = self.behind_brackets(expr.span.start);
                let cx = ParseContext::new(self.text, self.catalogue, Quotes::Plain);
                let read = number(cx.input().with(&self.text[start..]));
                let end = read.map_or(expr.span.end, |(rest, _)| rest.at());
                self.atom_of(start, end - start, Role::Number);
            }
            ExprKind::Text(text) => self.atom(text.span, Role::Text),
            ExprKind::Field(name) => self.atom(name.span, Role::Field),
            ExprKind::Regex(_) => self.atom(expr.span, Role::Regex),
            ExprKind::Path(_) => self.atom(expr.span, Role::Path),
            ExprKind::Call { name, args } => {
                // `a contains b` is a call too, whose name stands between its arguments.
                let infix = args.first().is_some_and(|arg| arg.span.start < name.span.start);
                let role = Role::Function(self.catalogue.function(&name.text).map(|def| def.name));
                self.mark(name.span, if infix { TokenKind::Keyword } else { TokenKind::Callee }, role);
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
                    self.mark(word, TokenKind::Callee, Role::Keyword);
                }
            }
            ExprKind::Subquery(subquery) => self.args(&subquery.args),
        }
        expr.parts().for_each(|part| self.expr(part));
    }
}
