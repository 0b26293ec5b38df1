//! `lookupContains`: whether a table has a row with a key.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::functions::BASE;
use crate::plan::Planner;
use crate::plan::arguments::parameter_free;
use crate::plan::definitions::{FunctionDef, Make};
use crate::plan::lookups::Pair;
use crate::program::expression::{CallCx, CompiledExpr, Function};
use crate::program::lookup::results::What;
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use crate::syntax::tree::{BinaryOp, Expr, ExprKind};
use sumoql_data::table_resolver::TableName;
use sumoql_data::value::Value;

pub static LOOKUP_CONTAINS: FunctionDef = FunctionSignature {
    name: "lookupContains",
    group: Group::Join,
    params: &[Param::new("table", Type::Any), Param::new("field=column", Type::Any), Param::repeated("and", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether a table has a row with a key.",
    doc: "Join the pairs of a field and a column of the table with `and`; one row must match all of them. Values are \
          not case-sensitive. Null matches nothing, and a missing table contains nothing. As a stage, it needs a name \
          for the result.",
    page: "search/search-query-language/search-operators/lookupcontains",
    also: &["lookup", "allow list", "deny list", "exists", "member"],
    examples: &[
        Example {
            title: "Messages of known users",
            query: "* | parse \"u=*;\" as u nodrop \
                    | where lookupContains(path://\"samples/users\", u=name) | fields u",
            messages: &["u=ANN;", "u=eve;", "none"],
            expect: Expect::Rows(&["u"], &[&["ANN"]]),
        },
        Example {
            title: "Two columns of one row; null matches nothing",
            query: "* | parse \"u=* t=*;\" as u, t nodrop \
                    | lookupContains(path://\"samples/users\", u=name and t=team) as ok | fields u, t, ok",
            messages: &["u=Ann t=red;", "u=Ann t=blue;", "none"],
            expect: Expect::Rows(
                &["u", "t", "ok"],
                &[&["Ann", "red", "true"], &["Ann", "blue", "false"], &["", "", "false"]],
            ),
        },
        Example {
            title: "Something other than a pair",
            query: "* | where lookupContains(path://\"samples/users\", 1 + 1)",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    alias_needed: true,
    ..BASE
}
.made_by(Make::Planned(plan));

fn plan(args: &[Expr], planner: &mut Planner<'_>, span: Span) -> Result<CompiledExpr, Diagnostic> {
    let Some((table, conditions)) = args.split_first() else {
        return Err(Diagnostic::error(&codes::ARGUMENT_COUNT, span, "expected the name of a table here"));
    };
    // A path without quotes reads as a division: what counts is how it is written.
    let written = planner.text_of(table.span).to_string();
    parameter_free(&written, table.span)?;
    let name = TableName::read(&written);
    let mut pairs = Vec::new();
    conditions.iter().try_for_each(|condition| read_pairs(condition, &mut pairs))?;
    let schema = planner.tables.schema(&name);
    let keys = planner.keys(&pairs, schema.as_ref())?;
    let what = What::Match { keys: keys.columns, columns: Vec::new(), folded: true, lenient: false };
    let number = planner.tables.request(&name, what, table.span);
    Ok(CompiledExpr::Call(Box::new(Contains(number)), keys.slots.into_iter().map(CompiledExpr::Slot).collect()))
}

/// The pairs `a=b and c=d`; one name is a pair of its own.
fn read_pairs<'e>(condition: &'e Expr, pairs: &mut Vec<Pair<'e>>) -> Result<(), Diagnostic> {
    match &condition.kind {
        ExprKind::Field(name) => pairs.push(Pair { left: name, right: None }),
        ExprKind::And(terms) => terms.iter().try_for_each(|term| read_pairs(term, pairs))?,
        ExprKind::Binary { op: BinaryOp::Equal, left, right } => match (&left.kind, &right.kind) {
            (ExprKind::Field(left), ExprKind::Field(right)) => pairs.push(Pair { left, right: Some(right) }),
            _ => return Err(no_pair(condition.span)),
        },
        _ => return Err(no_pair(condition.span)),
    }
    Ok(())
}

fn no_pair(span: Span) -> Diagnostic {
    Diagnostic::error(&codes::ARGUMENT_KIND, span, "expected a field and a column of the table here")
        .help("write `lookupContains(path://\"table\", field=column and field=column)`")
}

/// Whether there is a row by the key in the request of this number.
struct Contains(usize);

impl Function for Contains {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let part = |at: usize| args.get(at).copied().unwrap_or_default();
        let matched = cx.env.lookups.matched(self.0);
        Value::Bool(matched.is_some_and(|matched| matched.index.find(part).is_some()))
    }
}
