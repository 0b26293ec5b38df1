//! What both readers found in a text: the same kinds of things in the same places.

use super::reader::Found;
use std::ops::Range;
use sumoql::diagnostics::Span;
use sumoql::syntax::lexical::{QUOTES, blank};
use sumoql::syntax::tree::{
    ArgValue, Args, Expr, ExprKind, Name, PairValue, Query, Search, SearchKind, Stage, StageKind, Subquery,
};

/// Kinds of things, with their places, in order of their beginnings.
pub type Shape = Vec<(&'static str, Range<usize>)>;

/// The rules of the grammar that have a counterpart in the tree, and the name of both.
const KINDS: &[(&str, &str)] = &[
    ("stage", "stage"),
    ("left_over", "stage"),
    ("operator", "operator"),
    ("head", "head"),
    ("aggregate", "aggregate"),
    ("lone_aggregate", "aggregate"),
    ("group_field", "group field"),
    ("alias", "alias"),
    ("field_piece", "field argument"),
    ("label_piece", "field argument"),
    ("text_piece", "text argument"),
    ("expr_piece", "expression argument"),
    ("char_piece", "char argument"),
    ("regex_piece", "regex argument"),
    ("pair", "pair"),
    ("pair_name", "name of a pair"),
    ("phrase", "phrase"),
    ("word", "word"),
    ("value_word", "word"),
    ("test", "test"),
    ("argument", "argument"),
    ("call", "call"),
    ("number", "number"),
    ("string", "text"),
    ("literal", "literal"),
    ("nested_query", "query"),
    ("subquery", "subquery"),
];

/// What the grammar found.
pub fn of_pairs(pairs: &[Found<'_>]) -> Shape {
    let mut shape = Shape::new();
    for (rule, place) in pairs {
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| name == rule) {
            shape.push((kind, place.clone()));
        }
    }
    sort(shape)
}

fn sort(mut shape: Shape) -> Shape {
    shape.sort_by_key(|(kind, place)| (place.start, *kind));
    shape
}

/// What the tree holds.
pub fn of_query(text: &str, query: &Query) -> Shape {
    let mut walk = Walk { text, shape: Shape::new() };
    walk.search(&query.search);
    query.stages.iter().for_each(|stage| walk.stage(stage));
    sort(walk.shape)
}

/// The first thing in which two shapes differ.
pub fn difference(text: &str, tree: &Shape, grammar: &Shape) -> Option<String> {
    let show = |thing: Option<&(&str, Range<usize>)>| match thing {
        Some((kind, place)) => format!("{kind} {:?} at {}", text.get(place.clone()).unwrap_or("?"), place.start),
        None => "nothing".to_string(),
    };
    for at in 0..tree.len().max(grammar.len()) {
        let (ours, theirs) = (tree.get(at), grammar.get(at));
        let same = match (ours, theirs) {
            (Some((a, x)), Some((b, y))) => a == b && x.start == y.start && same_end(text, x.end, y.end),
            _ => false,
        };
        if !same {
            return Some(format!("the parser has {}, the grammar {}", show(ours), show(theirs)));
        }
    }
    None
}

/// The grammar's places may have blanks and comments at their ends.
fn same_end(text: &str, a: usize, b: usize) -> bool {
    text.get(a.min(b)..a.max(b)).is_some_and(|between| blank(between).is_empty())
}

struct Walk<'t> {
    text: &'t str,
    shape: Shape,
}

impl Walk<'_> {
    fn add(&mut self, kind: &'static str, span: Span) {
        self.shape.push((kind, span.start..span.end));
    }

    fn search(&mut self, search: &Search) {
        match &search.kind {
            // Nothing at all.
            SearchKind::All if search.span.of(self.text).is_empty() => {}
            // A bracket belongs to what stands in it; the grammar's words, pairs and tests are without it.
            SearchKind::All | SearchKind::Word(_) => self.add("word", self.unwrapped(search.span)),
            SearchKind::Phrase(text) => {
                self.add("phrase", text.span);
                self.add("text", text.span);
            }
            SearchKind::Pair { name, value, .. } => {
                self.add("pair", self.unwrapped(search.span));
                self.add("name of a pair", name.span);
                if quoted(name, self.text) {
                    self.add("text", in_quotes(name, self.text));
                }
                match value {
                    // Nothing at all, before a closing bracket.
                    PairValue::Text(text) if text.span.start == text.span.end => {}
                    PairValue::Text(text) => self.add("text", text.span),
                    PairValue::Word(word) => {
                        let sign = blank(&self.text[name.span.end..]);
                        let value = blank(sign.trim_start_matches(['!', '=']));
                        let start = self.text.len() - value.len();
                        self.add("word", Span::new(start, start + word.len()));
                    }
                }
            }
            SearchKind::Test(call) => {
                self.add("test", self.unwrapped(search.span));
                // The grammar knows it by its own name.
                if let ExprKind::Call { args, .. } = &call.kind {
                    args.iter().for_each(|arg| self.argument(arg));
                }
            }
            SearchKind::Subquery(subquery) => self.subquery(subquery),
            SearchKind::And(terms) | SearchKind::Or(terms) => terms.iter().for_each(|term| self.search(term)),
            SearchKind::Not(inner) => self.search(inner),
            #[allow(unreachable_patterns)]
            other => panic!("what is {other:?} in the grammar?"),
        }
    }

    /// A place without the brackets around it. Blanks before a closing one may stay.
    fn unwrapped(&self, span: Span) -> Span {
        let mut span = span;
        while let Some(inner) = span.of(self.text).strip_prefix('(') {
            // The closing one is the first with nothing behind it but blanks and comments.
            let close = inner.match_indices(')').find(|(at, _)| blank(&inner[at + 1..]).is_empty());
            let end = span.start + 1 + close.expect("a closing bracket").0;
            span = Span::new(span.end - blank(inner).len(), end);
        }
        span
    }

    fn stage(&mut self, stage: &Stage) {
        if let StageKind::Operator { def, args } = &stage.kind
            && sumoql::operators::HEADS.iter().any(|head| head.signature.name == def.name)
        {
            self.add("head", stage.span);
            return self.args(args);
        }
        self.add("stage", stage.span);
        match &stage.kind {
            StageKind::Operator { args, .. } => {
                self.add("operator", stage.span);
                self.args(args);
            }
            StageKind::Aggregate { items, by } => {
                for item in items {
                    let late = item.alias.as_ref().is_some_and(|alias| alias.span.start > item.span.end);
                    self.add("aggregate", item.span);
                    item.args.iter().for_each(|arg| self.argument(arg));
                    if let Some(alias) = &item.alias {
                        self.alias(alias, if late { stage.span } else { item.span });
                    }
                }
                for name in by {
                    self.add("group field", name.span);
                    self.name(name);
                }
            }
            StageKind::Expression { value, alias } => {
                self.expr(value);
                if let Some(alias) = alias {
                    self.alias(alias, stage.span);
                }
            }
            StageKind::Parameter(_) => {}
            StageKind::Broken => panic!("an accepted text has a broken stage"),
        }
    }

    /// An alias begins with its keyword, which the tree does not keep.
    fn alias(&mut self, alias: &Name, within: Span) {
        let before = &self.text[within.start..alias.span.start];
        let at = (0..before.len()).rev().find(|at| {
            before.get(*at..*at + 2).is_some_and(|word| word.eq_ignore_ascii_case("as"))
                && blank(&before[at + 2..]).is_empty()
        });
        let start = within.start + at.expect("a name after `as`");
        self.add("alias", Span::new(start, alias.span.end));
        self.name(alias);
    }

    /// A name in quotes has a text inside.
    fn name(&mut self, name: &Name) {
        if quoted(name, self.text) {
            self.add("text", in_quotes(name, self.text));
        }
    }

    fn subquery(&mut self, subquery: &Subquery) {
        self.add("subquery", subquery.span);
        self.args(&subquery.args);
    }

    fn args(&mut self, args: &Args) {
        for arg in &args.0 {
            match &arg.value {
                ArgValue::Field(name) => {
                    self.add("field argument", arg.span);
                    self.name(name);
                }
                ArgValue::Text(text) => {
                    self.add("text argument", arg.span);
                    self.add("text", text.span);
                }
                ArgValue::Expr(expr) => {
                    self.add("expression argument", arg.span);
                    self.expr(expr);
                }
                ArgValue::Char(_) => self.add("char argument", arg.span),
                ArgValue::Regex(_) => self.add("regex argument", arg.span),
                ArgValue::Number(_) => {
                    let text = arg.span.of(self.text);
                    let rest = text.strip_prefix('-').map_or(text, blank);
                    self.add("number", Span::new(arg.span.end - rest.len(), arg.span.end));
                }
                ArgValue::Group(args) => self.args(args),
                ArgValue::Pipeline(stages) => stages.iter().for_each(|stage| self.stage(stage)),
                ArgValue::Query(query) => {
                    self.add("query", query.span);
                    self.search(&query.search);
                    query.stages.iter().for_each(|stage| self.stage(stage));
                }
                ArgValue::Word(_)
                | ArgValue::Integer(_)
                | ArgValue::Interval(_)
                | ArgValue::Path(_)
                | ArgValue::Moment(_)
                | ArgValue::Parameter(_) => {}
            }
        }
    }

    fn argument(&mut self, expr: &Expr) {
        self.add("argument", expr.span);
        self.expr(expr);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) => {
                let span = self.unwrapped(expr.span);
                self.add("literal", span);
            }
            ExprKind::Number(_) => {
                let span = self.unwrapped(expr.span);
                self.add("number", span);
            }
            ExprKind::Text(text) => self.add("text", text.span),
            // In quotes, after `=~` and in `matches(…)`.
            ExprKind::Regex(_) if expr.span.of(self.text).starts_with(QUOTES) => self.add("text", expr.span),
            ExprKind::Regex(_) | ExprKind::Path(_) => {}
            ExprKind::Field(name) => self.name(name),
            ExprKind::Call { name, args } if self.infix(name, args) => args.iter().for_each(|arg| self.expr(arg)),
            ExprKind::Call { name, args } => {
                let end = self.unwrapped(expr.span).end;
                self.add("call", Span::new(name.span.start, end));
                args.iter().for_each(|arg| self.argument(arg));
            }
            ExprKind::Not(inner) | ExprKind::Negative(inner) => self.expr(inner),
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::And(terms) | ExprKind::Or(terms) => terms.iter().for_each(|term| self.expr(term)),
            ExprKind::If { condition, then, otherwise } => {
                [condition, then, otherwise].iter().for_each(|part| self.expr(part));
            }
            ExprKind::In { value, list, .. } => {
                self.expr(value);
                list.iter().for_each(|item| self.expr(item));
            }
            ExprKind::Matches { value, pattern, .. } => {
                self.expr(value);
                self.expr(pattern);
            }
            ExprKind::Subquery(subquery) => self.subquery(subquery),
            #[allow(unreachable_patterns)]
            other => panic!("what is {other:?} in the grammar?"),
        }
    }

    /// `a contains b`, which the tree holds as a call.
    fn infix(&self, name: &Name, args: &[Expr]) -> bool {
        args.first().is_some_and(|first| first.span.start < name.span.start)
    }
}

/// The text in a name in quotes.
fn in_quotes(name: &Name, text: &str) -> Span {
    let written = name.span.of(text).strip_prefix('%').map_or("", blank);
    Span::new(name.span.end - written.len(), name.span.end)
}

/// Whether a name is written as a quoted text.
fn quoted(name: &Name, text: &str) -> bool {
    name.span.of(text).strip_prefix('%').is_some_and(|name| blank(name).starts_with(QUOTES))
}
