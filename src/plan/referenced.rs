//! Every field name that a query mentions: what a stage that finds names in the data must look for.

use crate::syntax::signature::OperatorRole;
use crate::syntax::tree::{Arg, ArgValue, Args, Expr, ExprKind, Query, Search, SearchKind, Stage, StageKind, Subquery};

/// The names, each once, as written where it comes first; in the order of their lower-case forms.
pub fn names(query: &Query) -> Vec<String> {
    let mut out = Vec::new();
    search(&query.search, &mut out);
    query.stages.iter().for_each(|s| stage(s, &mut out));
    let mut tables = Vec::new();
    query.stages.iter().for_each(|s| joined(s, &mut tables));
    for table in tables {
        // What is called `t_x` behind the `join` is `x` before it; the tables around one come first.
        let inside: Vec<String> = out.iter().filter_map(|name| without_prefix(name, &table)).collect();
        out.extend(inside);
    }
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

/// A name without its prefix, where it has that one and more; letter case does not count.
pub fn without_prefix(name: &str, prefix: &str) -> Option<String> {
    let head = name.get(..prefix.len()).filter(|_| name.len() > prefix.len())?;
    (head.to_lowercase() == prefix.to_lowercase()).then(|| name[prefix.len()..].to_string())
}

/// The prefixes that the tables of `join` give their fields, with those of tables inside others behind these.
fn joined(node: &Stage, out: &mut Vec<String>) {
    let StageKind::Operator { def, args } = &node.kind else { return };
    if def.role == OperatorRole::Join {
        let aliases = args.groups("table").into_iter().filter_map(|(table, _)| table.field("alias"));
        out.extend(aliases.map(|alias| format!("{}_", alias.text)));
    }
    fn inside(args: &Args, out: &mut Vec<String>) {
        for arg in &args.0 {
            match &arg.value {
                ArgValue::Group(args) => inside(args, out),
                ArgValue::Pipeline(stages) => stages.iter().for_each(|stage| joined(stage, out)),
                ArgValue::Query(query) => query.stages.iter().for_each(|stage| joined(stage, out)),
                _ => {}
            }
        }
    }
    inside(args, out);
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
        StageKind::Operator { def, args } if def.role == OperatorRole::Join => {
            for arg in &args.0 {
                match (&arg.value, arg.label) {
                    // `t.x` speaks of the field `x`.
                    (ArgValue::Group(sides), "equal") => out.extend(sides.0.iter().filter_map(qualified)),
                    // The names of tables are no fields.
                    (ArgValue::Group(table), "table") => {
                        let pipeline = table.0.iter().filter(|arg| arg.label != "alias");
                        pipeline.for_each(|arg| argument(arg, out));
                    }
                    _ => argument(arg, out),
                }
            }
        }
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

/// The field that one side of a `join`'s equation speaks of.
fn qualified(side: &Arg) -> Option<String> {
    let ArgValue::Group(side) = &side.value else { return None };
    let name = side.field("name")?;
    match side.field("table") {
        Some(_) => Some(name.text.clone()),
        None => name.text.split_once('.').map(|(_, field)| field.to_string()),
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
    expr.walk(&mut |expr| match &expr.kind {
        ExprKind::Field(name) => out.push(name.text.clone()),
        ExprKind::Subquery(subquery) => composed(subquery, out),
        _ => {}
    });
}

/// Of a subquery's names, those that it compares with fields of the query around it. The others are its own business.
fn composed(subquery: &Subquery, out: &mut Vec<String>) {
    if let Some(compose) = subquery.query().and_then(|query| query.stages.last()) {
        stage(compose, out);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_in_all_parts_of_a_query() {
        for (text, wanted) in [
            ("cluster=x NOT (zone=y or \"a\")", "cluster zone"),
            ("* | where A > b and isNull(a) | B as c", "A b c"),
            ("* | parse \"x=*\" as x | sum(y) as s by z, X", "x y z"),
            ("* | if(a in (b, \"c\"), d, -e) as f", "a b d e f"),
            ("* | json auto | join (where p = 1) as t, (where q = 2) as u on t.k = u.l", "k l p q"),
            (
                "* | json auto | join (where p = 1) as t, (where q = 2) as u on t.k = u.l | t_m + u_k as s",
                "k l m p q s t_m u_k",
            ),
            ("* | where [subquery: inner=1 | where own = 2 | compose shared]", "shared"),
            ("[subquery: * | compose shared, other keywords] x", "other shared"),
            ("* | filter a in (count by b)", "a b"),
        ] {
            let (query, errors) = crate::syntax::parse(text, &crate::catalogue());
            assert!(errors.is_empty(), "{text}: {errors:?}");
            assert_eq!(names(&query).join(" "), wanted, "{text}");
        }
    }

    #[test]
    fn prefixes() {
        assert_eq!(without_prefix("T_x", "t_"), Some("x".to_string()));
        assert_eq!(["t_", "u_x", "é", ""].map(|name| without_prefix(name, "t_")), [None, None, None, None]);
    }
}
