//! A tree as text without its places: two queries with the same outline mean the same.

use crate::syntax::tree::{
    Arg, ArgValue, Args, Expr, ExprKind, Name, PairValue, Query, Search, SearchKind, Stage, StageKind, Text,
};

/// What a query is, whatever its layout: one line a stage.
pub fn outline(query: &Query) -> String {
    let mut out = Outline(String::new());
    out.query(query);
    out.0
}

struct Outline(String);

impl Outline {
    fn put(&mut self, what: &str) {
        self.0.push_str(what);
        self.0.push(' ');
    }

    /// A node: its name, and what it holds in brackets.
    fn node(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.0.push_str(name);
        self.0.push('(');
        inside(self);
        self.0.push_str(") ");
    }

    fn name(&mut self, name: &Name) {
        self.0.push_str(&format!("field {:?} ", name.text));
    }

    fn text(&mut self, text: &Text) {
        self.0.push_str(&format!("text {:?} ", text.raw));
    }

    fn query(&mut self, query: &Query) {
        self.search(&query.search);
        for stage in &query.stages {
            self.0.push('\n');
            self.stage(stage);
        }
    }

    fn search(&mut self, search: &Search) {
        match &search.kind {
            SearchKind::All => self.put("all"),
            SearchKind::Word(word) => self.put(&format!("word {word:?}")),
            SearchKind::Phrase(text) => self.text(text),
            SearchKind::Pair { name, negated, value } => self.node(if *negated { "differs" } else { "pair" }, |out| {
                out.name(name);
                match value {
                    PairValue::Word(word) => out.put(&format!("word {word:?}")),
                    PairValue::Text(text) => out.text(text),
                }
            }),
            SearchKind::Test(call) => self.node("test", |out| out.expr(call)),
            SearchKind::Subquery(subquery) => self.node("subquery", |out| out.args(&subquery.args)),
            SearchKind::And(terms) => self.node("and", |out| terms.iter().for_each(|term| out.search(term))),
            SearchKind::Or(terms) => self.node("or", |out| terms.iter().for_each(|term| out.search(term))),
            SearchKind::Not(inner) => self.node("not", |out| out.search(inner)),
        }
    }

    fn stage(&mut self, stage: &Stage) {
        match &stage.kind {
            StageKind::Operator { def, args } => self.node(def.name, |out| out.args(args)),
            StageKind::Aggregate { items, by } => self.node("aggregate", |out| {
                for item in items {
                    out.node(&item.name.text, |out| item.args.iter().for_each(|arg| out.expr(arg)));
                    item.alias.iter().for_each(|alias| out.name(alias));
                }
                out.node("by", |out| by.iter().for_each(|name| out.name(name)));
            }),
            StageKind::Expression { value, alias } => self.node("expression", |out| {
                out.expr(value);
                alias.iter().for_each(|alias| out.name(alias));
            }),
            StageKind::Parameter(name) => self.put(&format!("parameter {name:?}")),
            StageKind::Broken => self.put("broken"),
        }
    }

    fn args(&mut self, args: &Args) {
        args.0.iter().for_each(|arg| self.arg(arg));
    }

    fn arg(&mut self, arg: &Arg) {
        if !arg.label.is_empty() {
            self.0.push_str(arg.label);
            self.0.push(':');
        }
        match &arg.value {
            ArgValue::Word(word) => self.put(word),
            ArgValue::Field(name) => self.name(name),
            ArgValue::Expr(expr) => self.expr(expr),
            ArgValue::Text(text) => self.text(text),
            ArgValue::Group(args) => self.node("group", |out| out.args(args)),
            ArgValue::Pipeline(stages) => self.node("pipeline", |out| stages.iter().for_each(|stage| out.stage(stage))),
            ArgValue::Query(query) => self.node("query", |out| out.query(query)),
            other => self.put(&format!("{other:?}")),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Text(text) => self.text(text),
            ExprKind::Field(name) => self.name(name),
            ExprKind::Call { name, args } => {
                self.node(&name.text, |out| args.iter().for_each(|arg| out.expr(arg)));
            }
            ExprKind::Not(inner) => self.node("not", |out| out.expr(inner)),
            ExprKind::Negative(inner) => self.node("minus", |out| out.expr(inner)),
            ExprKind::Binary { op, left, right } => self.node(op.sign(), |out| {
                out.expr(left);
                out.expr(right);
            }),
            ExprKind::And(terms) => self.node("and", |out| terms.iter().for_each(|term| out.expr(term))),
            ExprKind::Or(terms) => self.node("or", |out| terms.iter().for_each(|term| out.expr(term))),
            ExprKind::If { condition, then, otherwise } => self.node("if", |out| {
                out.expr(condition);
                out.expr(then);
                out.expr(otherwise);
            }),
            ExprKind::In { value, list, negated } => self.node(if *negated { "not in" } else { "in" }, |out| {
                out.expr(value);
                list.iter().for_each(|item| out.expr(item));
            }),
            ExprKind::Matches { value, pattern, negated } => {
                self.node(if *negated { "not matches" } else { "matches" }, |out| {
                    out.expr(value);
                    out.expr(pattern);
                });
            }
            ExprKind::Subquery(subquery) => self.node("subquery", |out| out.args(&subquery.args)),
            // Leaves: no place is in them.
            leaf @ (ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Regex(_)
            | ExprKind::Path(_)) => self.put(&format!("{leaf:?}")),
        }
    }
}
