//! The parts of a query as a tree: scope, stages, subqueries, and the fields that stages make.

use crate::diagnostics::Span;
use crate::program::plan::Plan;
use crate::syntax::tree::{Arg, ArgValue, Args, Expr, ExprKind, Query, Search, SearchKind, Stage, StageKind, Subquery};
use serde::Serialize;

/// A part of a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Symbol {
    /// What it is called: the first line of a stage, the name of a field.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// Where it stands.
    pub span: Span,
    /// Its own parts.
    pub children: Vec<Symbol>,
}

/// What a part of a query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SymbolKind {
    /// What stands before the first pipe.
    Scope,
    /// A stage.
    Stage,
    /// A query in brackets.
    Subquery,
    /// A field that a stage makes.
    Field,
}

/// The parts of a query. `plan` is that of the query, or of as much of it as could be planned: it knows the fields.
pub fn symbols(text: &str, query: &Query, plan: Option<&Plan>) -> Vec<Symbol> {
    let symbols = Symbols { text, plan };
    symbols.query(query)
}

struct Symbols<'t> {
    text: &'t str,
    plan: Option<&'t Plan>,
}

impl Symbols<'_> {
    fn query(&self, query: &Query) -> Vec<Symbol> {
        let mut subqueries = Vec::new();
        self.search(&query.search, &mut subqueries);
        let scope = self.symbol(SymbolKind::Scope, query.search.span, subqueries);
        let scope = (!scope.name.is_empty()).then_some(scope);
        scope.into_iter().chain(query.stages.iter().map(|stage| self.stage(stage))).collect()
    }

    fn symbol(&self, kind: SymbolKind, span: Span, children: Vec<Symbol>) -> Symbol {
        let name = span.of(self.text).trim().lines().next().unwrap_or("").to_string();
        Symbol { name, kind, span, children }
    }

    fn stage(&self, stage: &Stage) -> Symbol {
        let mut children = Vec::new();
        let facts = self.plan.and_then(|plan| plan.facts.iter().find(|facts| facts.span == stage.span));
        for name in facts.iter().flat_map(|facts| &facts.makes) {
            let (name, span) = self.written(stage, name);
            children.push(Symbol { name, kind: SymbolKind::Field, span, children: Vec::new() });
        }
        match &stage.kind {
            StageKind::Operator { args, .. } => self.args(args, &mut children),
            StageKind::Aggregate { items, .. } => {
                items.iter().flat_map(|item| &item.args).for_each(|arg| self.expr(arg, &mut children));
            }
            StageKind::Expression { value, .. } => self.expr(value, &mut children),
            StageKind::Parameter(_) | StageKind::Broken => {}
        }
        self.symbol(SymbolKind::Stage, stage.span, children)
    }

    /// A field's name as the stage has it, with its place; the place of the stage where the name is not written.
    fn written(&self, stage: &Stage, key: &str) -> (String, Span) {
        let text = stage.span.of(self.text);
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let whole = |at: &usize| {
            let (before, rest) = (&text[..*at], &text[at + key.len()..]);
            !before.ends_with(is_part) && !rest.starts_with(is_part)
        };
        // Letters that have another length in lower case are not looked for.
        let low = text.to_ascii_lowercase();
        let at = low.match_indices(key).map(|(at, _)| at).filter(whole).last();
        match at {
            Some(at) => {
                let span = Span::new(stage.span.start + at, stage.span.start + at + key.len());
                (span.of(self.text).to_string(), span)
            }
            None => (key.to_string(), stage.span),
        }
    }

    fn search(&self, search: &Search, out: &mut Vec<Symbol>) {
        match &search.kind {
            SearchKind::Subquery(subquery) => self.subquery(subquery, out),
            SearchKind::Test(expr) => self.expr(expr, out),
            SearchKind::And(terms) | SearchKind::Or(terms) => terms.iter().for_each(|term| self.search(term, out)),
            SearchKind::Not(inner) => self.search(inner, out),
            SearchKind::All | SearchKind::Word(_) | SearchKind::Phrase(_) | SearchKind::Pair { .. } => {}
        }
    }

    fn expr(&self, expr: &Expr, out: &mut Vec<Symbol>) {
        expr.walk(&mut |part| {
            if let ExprKind::Subquery(subquery) = &part.kind {
                self.subquery(subquery, out);
            }
        });
    }

    fn subquery(&self, subquery: &Subquery, out: &mut Vec<Symbol>) {
        let parts = subquery.query().map_or(Vec::new(), |query| self.query(query));
        out.push(self.symbol(SymbolKind::Subquery, subquery.span, parts));
    }

    fn args(&self, args: &Args, out: &mut Vec<Symbol>) {
        args.0.iter().for_each(|arg| self.arg(arg, out));
    }

    fn arg(&self, arg: &Arg, out: &mut Vec<Symbol>) {
        match &arg.value {
            ArgValue::Expr(expr) => self.expr(expr, out),
            ArgValue::Group(args) => self.args(args, out),
            ArgValue::Pipeline(stages) => out.extend(stages.iter().map(|stage| self.stage(stage))),
            ArgValue::Query(query) => out.push(self.symbol(SymbolKind::Subquery, arg.span, self.query(query))),
            _ => {}
        }
    }
}
