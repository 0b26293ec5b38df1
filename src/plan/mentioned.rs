//! Every field name that a query mentions: what a stage that finds names in the data must look for.

use crate::syntax::tree::{Arg, ArgValue, Expr, ExprKind, Query, Search, SearchKind, Stage, StageKind, Subquery};

/// The names, each once, as written where it comes first; in the order of their lower-case forms.
pub fn names(query: &Query) -> Vec<String> {
    let mut out = Vec::new();
    search(&query.search, &mut out);
    query.stages.iter().for_each(|s| stage(s, &mut out));
    // A stable sort: of equal names the first stays first.
    out.sort_by_key(|name| name.to_lowercase());
    out.dedup_by_key(|name| name.to_lowercase());
    out
}

/// The names that an expression mentions, as written.
pub fn of(expr: &Expr) -> Vec<String> {
    let mut out = Vec::new();
    expression(expr, &mut out);
    out
}

fn search(node: &Search, out: &mut Vec<String>) {
    match &node.kind {
        SearchKind::All | SearchKind::Word(_) | SearchKind::Phrase(_) => {}
        SearchKind::Pair { name, .. } => out.push(name.text.clone()),
        SearchKind::Test(condition) => expression(condition, out),
        SearchKind::Subquery(subquery) => composed(subquery, out),
        SearchKind::And(terms) | SearchKind::Or(terms) => terms.iter().for_each(|term| search(term, out)),
        SearchKind::Not(inner) => search(inner, out),
    }
}

fn stage(node: &Stage, out: &mut Vec<String>) {
    match &node.kind {
        StageKind::Operator { args, .. } => args.0.iter().for_each(|arg| argument(arg, out)),
        StageKind::Aggregate { items, by } => {
            items.iter().flat_map(|item| &item.args).for_each(|arg| expression(arg, out));
            out.extend(by.iter().map(|name| name.text.clone()));
        }
        StageKind::Expression { value, alias } => {
            expression(value, out);
            out.extend(alias.iter().map(|name| name.text.clone()));
        }
        StageKind::Parameter(_) | StageKind::Broken => {}
    }
}

fn argument(arg: &Arg, out: &mut Vec<String>) {
    match &arg.value {
        ArgValue::Field(name) => out.push(name.text.clone()),
        ArgValue::Expr(expr) => expression(expr, out),
        ArgValue::Group(args) => args.0.iter().for_each(|arg| argument(arg, out)),
        ArgValue::Pipeline(stages) => stages.iter().for_each(|s| stage(s, out)),
        ArgValue::Query(query) => {
            search(&query.search, out);
            query.stages.iter().for_each(|s| stage(s, out));
        }
        ArgValue::Word(_)
        | ArgValue::Text(_)
        | ArgValue::Regex(_)
        | ArgValue::Integer(_)
        | ArgValue::Number(_)
        | ArgValue::Interval(_)
        | ArgValue::Char(_)
        | ArgValue::Path(_)
        | ArgValue::Moment(_)
        | ArgValue::Parameter(_) => {}
    }
}

fn expression(expr: &Expr, out: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Field(name) => out.push(name.text.clone()),
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Regex(_)
        | ExprKind::Path(_) => {}
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| expression(arg, out)),
        ExprKind::Not(inner) | ExprKind::Negative(inner) => expression(inner, out),
        ExprKind::Binary { left, right, .. } => [left, right].into_iter().for_each(|side| expression(side, out)),
        ExprKind::And(terms) | ExprKind::Or(terms) => terms.iter().for_each(|term| expression(term, out)),
        ExprKind::If { condition, then, otherwise } => {
            [condition, then, otherwise].into_iter().for_each(|part| expression(part, out));
        }
        ExprKind::In { value, list, .. } => {
            expression(value, out);
            list.iter().for_each(|item| expression(item, out));
        }
        ExprKind::Matches { value, pattern, .. } => {
            [value, pattern].into_iter().for_each(|part| expression(part, out));
        }
        ExprKind::Subquery(subquery) => composed(subquery, out),
    }
}

/// Of a subquery's names, those that it compares with fields of the query around it. The others are its own business.
fn composed(subquery: &Subquery, out: &mut Vec<String>) {
    if let Some(compose) = subquery.query().and_then(|query| query.stages.last()) {
        stage(compose, out);
    }
}
