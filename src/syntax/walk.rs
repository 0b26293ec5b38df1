//! The parts of a tree, for those who look at every one.

use super::tree::{ArgValue, Args, Expr, ExprKind, Query, Search, SearchKind, Stage, StageKind};

impl Expr {
    /// The expressions that this one is made of, in the order of the text. A subquery is no part: it is a query of its own.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        let (own, list): ([Option<&Expr>; 3], &[Expr]) = match &self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Regex(_)
            | ExprKind::Path(_)
            | ExprKind::Field(_)
            | ExprKind::Subquery(_) => ([None; 3], &[]),
            ExprKind::Call { args, .. } | ExprKind::And(args) | ExprKind::Or(args) => ([None; 3], args),
            ExprKind::Not(inner) | ExprKind::Negative(inner) => ([Some(&**inner), None, None], &[]),
            ExprKind::Binary { left, right, .. } => ([Some(&**left), Some(&**right), None], &[]),
            ExprKind::If { condition, then, otherwise } => {
                ([Some(&**condition), Some(&**then), Some(&**otherwise)], &[])
            }
            ExprKind::In { value, list, .. } => ([Some(&**value), None, None], list),
            ExprKind::Matches { value, pattern, .. } => ([Some(&**value), Some(&**pattern), None], &[]),
        };
        own.into_iter().flatten().chain(list)
    }

    /// Hands over this expression and, after it, all that it is made of.
    pub fn walk<'e>(&'e self, each: &mut impl FnMut(&'e Expr)) {
        each(self);
        self.parts().for_each(|part| part.walk(each));
    }
}

impl Query {
    /// Hands over all expressions in the query, its pipelines and subqueries included, each before what it is made of.
    pub fn each_expression<'q>(&'q self, each: &mut impl FnMut(&'q Expr)) {
        search(&self.search, each);
        self.stages.iter().for_each(|node| stage(node, each));
    }
}

fn search<'q>(node: &'q Search, each: &mut impl FnMut(&'q Expr)) {
    match &node.kind {
        SearchKind::Test(call) => expression(call, each),
        SearchKind::Subquery(subquery) => arguments(&subquery.args, each),
        SearchKind::And(terms) | SearchKind::Or(terms) => terms.iter().for_each(|term| search(term, each)),
        SearchKind::Not(inner) => search(inner, each),
        SearchKind::All | SearchKind::Word(_) | SearchKind::Phrase(_) | SearchKind::Pair { .. } => {}
    }
}

fn stage<'q>(node: &'q Stage, each: &mut impl FnMut(&'q Expr)) {
    match &node.kind {
        StageKind::Operator { args, .. } => arguments(args, each),
        StageKind::Aggregate { items, .. } => {
            items.iter().flat_map(|item| &item.args).for_each(|arg| expression(arg, each));
        }
        StageKind::Expression { value, .. } => expression(value, each),
        StageKind::Parameter(_) | StageKind::Broken => {}
    }
}

fn arguments<'q>(args: &'q Args, each: &mut impl FnMut(&'q Expr)) {
    for arg in &args.0 {
        match &arg.value {
            ArgValue::Expr(expr) => expression(expr, each),
            ArgValue::Group(args) => arguments(args, each),
            ArgValue::Pipeline(stages) => stages.iter().for_each(|node| stage(node, each)),
            ArgValue::Query(query) => query.each_expression(each),
            _ => {}
        }
    }
}

fn expression<'q>(expr: &'q Expr, each: &mut impl FnMut(&'q Expr)) {
    each(expr);
    if let ExprKind::Subquery(subquery) = &expr.kind {
        arguments(&subquery.args, each);
    }
    expr.parts().for_each(|part| expression(part, each));
}
