//! `transaction`: the states that things go through.

mod results;
mod states;

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{check_name, missing_parameter, parameter_free};
use crate::plan::definitions::OperatorDef;
use crate::plan::{AggregatePlan, Breaker, OperatorCall, Planner};
use crate::program::pipeline_breaker::InputSlot;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{ArgValue, Args, Expr, ExprKind, Name};
use results::{Results, Showing};
use states::{DeclaredState, Test, Transactions};
use std::sync::Arc;

pub static DEF: OperatorDef = OperatorSignature {
    name: "transaction",
    group: Group::Join,
    form: "'transaction' 'on' id:field,+ ('fringe' '=' fringe:interval)? states:('with'? ('states' state:(name:field ('as' alias:field)?),+ ('in' source:field)? | pattern:text ('in' source:field)? 'as' alias:field)),+ ('fringe' '=' fringe:interval)? ('results' 'by' ('transactions' | 'transaction' | 'states' | 'flow'))? ('showing' showing:(value:expr ('for' for:field)? ('as' alias:field)?),+)?",
    summary: "Groups messages into transactions and follows their states.",
    doc: "A transaction is all messages with the same identifiers. A state is a pattern, as in `matches`, for the \
          message or for the field after `in`; or, after `states`, a value of that field. Messages in no state are \
          ignored. `results by transactions` returns a row for each transaction, with the number of messages in each \
          state, `_start_time` and `_end_time`. `results by flow` returns a row for each step from one state to the \
          next, with `fromstate`, `tostate` and `latency` in milliseconds. `results by states` returns a row for each \
          state, with `_count`.\n\n\
          `showing sum(x) for state as name` adds an aggregate over the messages of a transaction. `fringe=5m` leaves \
          out transactions that end in the first five minutes of the time range or start in the last five, as they \
          may be incomplete. At most 10,000 transactions are followed.",
    page: "search/search-query-language/transaction-analytics/transaction-operator",
    also: &["session", "funnel", "flow", "states", "latency"],
    examples: &[
        Example {
            title: "The number of messages in each state, and the duration",
            query: "* | parse \"u=* \" as u | transaction on u with \"*login*\" as login, with \"*pay*\" as pay | _end_time - _start_time as ms | fields u, login, pay, ms",
            messages: &[
                r#"{"_raw":"u=a login","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"u=a pay","_messageTime":"2024-05-01T00:00:31Z"}"#,
                r#"{"_raw":"u=b login","_messageTime":"2024-05-01T00:00:40Z"}"#,
                r#"{"_raw":"u=c none","_messageTime":"2024-05-01T00:00:50Z"}"#,
            ],
            expect: Expect::Rows(&["u", "login", "pay", "ms"], &[&["a", "1", "1", "30000"], &["b", "1", "0", "0"]]),
        },
        Example {
            title: "From state to state",
            query: "* | parse \"u=* s=*\" as u, s | transaction on u with states new, done in s results by flow",
            messages: &[
                r#"{"_raw":"u=1 s=new","_messageTime":"2024-05-01T00:00:01Z"}"#,
                r#"{"_raw":"u=1 s=done","_messageTime":"2024-05-01T00:00:04Z"}"#,
                r#"{"_raw":"u=2 s=new","_messageTime":"2024-05-01T00:00:05Z"}"#,
            ],
            expect: Expect::Rows(&["u", "fromstate", "tostate", "latency"], &[&["1", "new", "done", "3000"]]),
        },
        Example {
            title: "A sum over one state; a message without the field is in no state",
            query: "* | parse \"u=*\" as u | parse \"s=* n=*;\" as s, n nodrop | transaction on u with states a, b in s showing sum(n) for a as n, sum(\"1\") as messages | fields n, messages",
            messages: &["s=a n=2;u=1", "s=a n=3;u=1", "s=b n=9;u=1", "u=1"],
            expect: Expect::Rows(&["n", "messages"], &[&["5", "3"]]),
        },
        Example {
            title: "Two states with the same name",
            query: "* | transaction on _sourceHost with \"*a*\" as x, with \"*b*\" as x",
            messages: &[],
            expect: Expect::Error("E208"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if !planner.rows.has_text() {
        let message = "`transaction` needs messages: put it before any aggregate";
        return Err(Diagnostic::error(&codes::MISPLACED, call.span, message));
    }
    let mut breaker = planner.breaker();
    let ids = call.args.fields("id");
    let keys = breaker.fields(&ids)?;
    let time = breaker.time();
    let (mut states, mut sources) = (Vec::new(), Vec::new());
    for (part, _) in call.args.groups("states") {
        read_states(part, &mut breaker, &mut states, &mut sources)?;
    }
    let fringe = match call.args.get("fringe").map(|arg| (&arg.value, arg.span)) {
        None => 0,
        Some((ArgValue::Interval(ms), _)) if *ms >= 0 => {
            breaker.needs_range();
            *ms
        }
        Some((ArgValue::Parameter(text), span)) => return Err(missing_parameter(text, span)),
        Some((_, span)) => {
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "the fringe can't be negative"));
        }
    };
    let names: Vec<String> = states.iter().map(|state: &DeclaredState| state.name.clone()).collect();
    let mut columns: Vec<String> = ids.iter().map(|name| name.text.clone()).collect();
    let mut showing = Vec::new();
    let results = match () {
        () if call.args.has("flow") => {
            columns.extend(["fromstate", "tostate", "latency"].map(String::from));
            Results::Flow
        }
        // The `states` of the states themselves stands in a group of its own.
        () if call.args.has("states") => {
            columns = vec!["state".into(), "_count".into()];
            Results::States
        }
        () => {
            columns.extend(names.iter().cloned());
            columns.extend(["_start_time", "_end_time"].map(String::from));
            for (part, span) in call.args.groups("showing") {
                showing.push(read_showing(part, span, &names, &mut breaker)?);
            }
            columns.extend(showing.iter().flat_map(|(plan, _)| plan.columns.iter().cloned()));
            Results::Transactions
        }
    };
    let showing = showing
        .into_iter()
        .map(|(plan, state)| Showing { aggregate: plan.aggregate, columns: plan.columns.len(), state })
        .collect();
    let gather =
        Transactions { keys, time, sources, states: Arc::new(states), fringe, results, showing, span: call.span };
    breaker.renew(gather, &columns);
    match results {
        Results::Transactions => planner.rows.set_group_keys(&columns[..ids.len()]),
        Results::States => planner.rows.set_group_keys(&columns[..1]),
        // Several steps of a transaction may be alike.
        Results::Flow => {}
    }
    for name in ["_start_time", "_end_time"] {
        if let Some(slot) = planner.known_field(name) {
            planner.bind_time(name, slot);
        }
    }
    Ok(())
}

/// The states of one part; `sources` are the slots that they look at.
fn read_states(
    part: &Args,
    breaker: &mut Breaker<'_, '_>,
    states: &mut Vec<DeclaredState>,
    sources: &mut Vec<InputSlot>,
) -> Result<(), Diagnostic> {
    let source = match part.field("source") {
        Some(name) => breaker.field(name)?,
        None => breaker.named("_raw"),
    };
    let source = sources.iter().position(|known| *known == source).unwrap_or_else(|| {
        sources.push(source);
        sources.len() - 1
    });
    let mut found: Vec<(Name, Test)> = Vec::new();
    match part.text("pattern") {
        Some(text) => {
            parameter_free(&text.raw, text.span)?;
            let glob = crate::program::matching::glob::Glob::new(&text.value());
            found.extend(part.field("alias").map(|name| (name.clone(), Test::Matches(glob))));
        }
        None => {
            for (state, _) in part.groups("state") {
                let Some(name) = state.field("name") else { continue };
                let alias = state.field("alias").unwrap_or(name);
                found.push((alias.clone(), Test::Is(name.text.clone())));
            }
        }
    }
    for (name, test) in found {
        check_name(&name)?;
        if states.iter().any(|state| state.name.eq_ignore_ascii_case(&name.text)) {
            let message = format!("two states have the name `{}`", name.text);
            return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message));
        }
        states.push(DeclaredState { name: name.text, source, test });
    }
    Ok(())
}

/// An aggregate over the messages of a transaction, or those of one of its states.
fn read_showing(
    part: &Args,
    span: crate::diagnostics::Span,
    states: &[String],
    breaker: &mut Breaker<'_, '_>,
) -> Result<(AggregatePlan, Option<usize>), Diagnostic> {
    let (name, field) = match part.expr("value").map(|expr| &expr.kind) {
        Some(ExprKind::Field(name)) => (name.clone(), None),
        Some(ExprKind::Call { name, args }) => match args.as_slice() {
            [] => (name.clone(), None),
            [Expr { kind: ExprKind::Field(field), .. }] => (name.clone(), Some(field.clone())),
            // The manual sums the constant "1".
            [constant @ Expr { kind: ExprKind::Text(_) | ExprKind::Number(_), .. }] => {
                let field = Name { text: format!("\u{1}constant {}", constant.span.start), span: constant.span };
                breaker.assign(&field, constant)?;
                (name.clone(), Some(field))
            }
            _ => {
                return Err(Diagnostic::error(&codes::AGGREGATE_ARGUMENT, span, "an aggregate takes one field here"));
            }
        },
        _ => return Err(Diagnostic::error(&codes::AGGREGATE_ARGUMENT, span, "expected an aggregate after `showing`")),
    };
    let state = match part.field("for") {
        Some(name) => match states.iter().position(|state| state.eq_ignore_ascii_case(&name.text)) {
            Some(state) => Some(state),
            None => {
                let message = format!("there is no state `{}`", name.text);
                return Err(Diagnostic::error(&codes::UNEXPECTED, name.span, message));
            }
        },
        None => None,
    };
    let alias = part.field("alias").map_or(format!("_{}", name.key()), |alias| alias.text.clone());
    Ok((breaker.aggregate(&name.text, field.as_ref(), &alias, span)?, state))
}
