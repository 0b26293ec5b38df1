//! `join`: rows of several pipelines that agree.

mod matching;
mod tables;

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::arguments::{check_name, missing_parameter};
use crate::plan::columns::{Column, Columns};
use crate::plan::definitions::OperatorDef;
use crate::plan::referenced::without_prefix;
use crate::plan::{Breaker, OperatorCall, Planner};
use crate::program::pipeline_breaker::InputSlot;
use crate::run::bag::Passed;
use crate::run::nested_pipeline::Child;
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::{ArgValue, Args, ExprKind, Name, SearchKind, Stage, StageKind};
use matching::{Equal, Matching};
use std::sync::Arc;
use tables::Tables;

pub static DEF: OperatorDef = OperatorSignature {
    name: "join",
    group: Group::Join,
    form: "'join' table:('(' child:pipeline ')' 'as' alias:field | '(' query:query ')' 'as' alias:field),+ 'on' equal:(left:(table:field '.' name:field | name:field) '=' right:(table:field '.' name:field | name:field)) ('and' equal:(left:(table:field '.' name:field | name:field) '=' right:(table:field '.' name:field | name:field)))* ('timewindow' window:interval)?",
    summary: "Joins the rows of several pipelines on equal fields.",
    doc: "Each pipeline in parentheses gets the rows that reach `join`; keywords at its start are ignored. Each \
          combination of their rows for which all equations are true becomes a row; rows without a match are dropped. \
          Values are compared as strings, case-sensitively; null equals nothing. The field `f` of the table `t` \
          becomes `t_f`, including fields found in the data (`json auto`), and `t__messagetime` and similar fields if \
          the query uses them.\n\n\
          With `timewindow`, the times of the joined messages can differ by at most that much. There must be at least \
          two tables, and the equations are joined by `and`. A table can have at most 25,000 rows, and the result at \
          most 10,000,000: if there are more, the first ones are joined and the run ends with an error.",
    page: "search/search-query-language/search-operators/join",
    also: &["inner join", "correlate", "combine", "match"],
    examples: &[
        Example {
            title: "One to many",
            query: "* | join (parse \"open s=* by=*\" as s, who) as t1, (parse \"buy s=* v=*\" as s, v) as t2 on t1.s = t2.s",
            messages: &["open s=1 by=ann", "buy s=1 v=50", "open s=2 by=bob", "buy s=1 v=9", "buy s=7 v=3"],
            expect: Expect::Rows(
                &["t1_s", "t1_who", "t2_s", "t2_v"],
                &[&["1", "ann", "1", "50"], &["1", "ann", "1", "9"]],
            ),
        },
        Example {
            title: "A table with an aggregate; null matches nothing",
            query: "* | parse \"u=*;\" as u nodrop | join (* | count by u) as n, (where _raw matches \"*x*\") as m on n.u = m.u | fields m_u, n__count, m__raw",
            messages: &["u=a;", "u=a;x", "x", "u=b;"],
            expect: Expect::Rows(&["m_u", "n__count", "m__raw"], &[&["a", "2", "u=a;x"]]),
        },
        Example {
            title: "Within a time window",
            query: "* | parse \"* id=*\" as what, id | join (where what = \"req\") as q, (where what = \"res\") as a on q.id = a.id timewindow 5m | fields q_id",
            messages: &[
                r#"{"_raw":"req id=1","_messageTime":"2024-05-01T00:00:00Z"}"#,
                r#"{"_raw":"res id=1","_messageTime":"2024-05-01T00:05:00Z"}"#,
                r#"{"_raw":"req id=2","_messageTime":"2024-05-01T00:10:00Z"}"#,
                r#"{"_raw":"res id=2","_messageTime":"2024-05-01T00:15:01Z"}"#,
            ],
            expect: Expect::Rows(&["q_id"], &[&["1"]]),
        },
        Example {
            title: "Nested joins",
            query: "* | join (join (parse \"open s=* by=*\" as s, who) as a, (parse \"buy s=* v=*\" as s, v) as b on a.s = b.s) as t, (parse \"log s=* x=*\" as s, x) as l on t.a_s = l.s | fields t_a_who, t_b_v, l_x",
            messages: &["open s=1 by=ann", "buy s=1 v=3", "log s=1 x=9", "log s=2 x=8"],
            expect: Expect::Rows(&["t_a_who", "t_b_v", "l_x"], &[&["ann", "3", "9"]]),
        },
        Example {
            title: "Keywords at the start of a table are ignored",
            query: "* | join (nothing | parse \"open s=*\" as s) as a, (\"x\" or y | parse \"buy s=*\" as s) as b on a.s = b.s",
            messages: &["open s=1", "buy s=1"],
            expect: Expect::Rows(&["a_s", "b_s"], &[&["1", "1"]]),
        },
        Example {
            title: "Fields found in the data",
            query: "* | json auto | join (where t = \"p\") as L, (where t = \"q\") as R on L.k = R.k | fields - L_t, R_t",
            messages: &["{\"t\":\"p\",\"k\":1,\"a\":2}", "{\"t\":\"q\",\"k\":1,\"o\":{\"b\":3}}", "none"],
            expect: Expect::Rows(&["L_k", "R_k", "L_a", "R_o.b"], &[&["1", "1", "2", "3"]]),
        },
        Example {
            title: "A single table",
            query: "* | join (parse \"a=*\" as a) as t1 on t1.a = t1.a",
            messages: &[],
            expect: Expect::Error("E202"),
        },
    ],
    role: OperatorRole::Join,
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// A table as written: its name, its stages, and what the query asks of it.
struct JoinArguments<'a> {
    alias: &'a Name,
    stages: &'a [Stage],
    /// Fields of its that the query names anywhere with the table's prefix.
    later: Vec<String>,
    /// Fields of its in the equations.
    equated: Vec<Name>,
}

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut tables: Vec<JoinArguments<'_>> = Vec::new();
    for (table, span) in call.args.groups("table") {
        let Some(alias) = table.field("alias") else { continue };
        check_name(alias)?;
        if tables.iter().any(|other| other.alias.key() == alias.key()) {
            let message = format!("two tables have the name `{}`", alias.text);
            return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, alias.span, message));
        }
        let later = asked_for(planner, &format!("{}_", alias.key()));
        tables.push(JoinArguments { alias, stages: stages(table, span)?, later, equated: Vec::new() });
    }
    if tables.len() < 2 {
        return Err(Diagnostic::error(&codes::ARGUMENT_COUNT, call.span, "`join` needs at least two tables"));
    }
    let mut equations = Vec::new();
    for (equation, _) in call.args.groups("equal") {
        let mut sides = Vec::new();
        for side in ["left", "right"] {
            for (side, span) in equation.groups(side) {
                sides.push(side_of(side, span, &mut tables)?);
            }
        }
        if let [left, right] = sides.as_slice() {
            equations.push((*left, *right));
        }
    }
    let window = match call.args.get("window").map(|arg| (&arg.value, arg.span)) {
        None => None,
        Some((ArgValue::Interval(ms), _)) if *ms >= 0 => Some(*ms),
        Some((ArgValue::Parameter(text), span)) => return Err(missing_parameter(text, span)),
        Some((_, span)) => {
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "the window can't be negative"));
        }
    };

    let (mut children, mut columns, mut passed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut widths, mut bags, mut times) = (Vec::new(), Vec::new(), Vec::new());
    let mut breaker = planner.mergeable_breaker();
    for table in &tables {
        let mut shown = Vec::new();
        let prefix = format!("{}_", table.alias.text);
        let mut time = None;
        let asked: Vec<String> =
            table.later.iter().cloned().chain(table.equated.iter().map(|name| name.text.clone())).collect();
        let before = passed.len();
        let child = breaker.child(table.stages, &asked, |end| {
            let Columns { named, bags } = fields(end, table)?;
            let mut output: Vec<_> = named.iter().map(|column| (column.name.clone(), column.slot)).collect();
            shown = named;
            for bag in bags.slots {
                passed.push(Passed { prefix: prefix.clone(), known: bags.known.clone() });
                output.push((String::new(), bag));
            }
            if window.is_some() && (end.rows.messages || end.rows.has("_messageTime")) {
                time = Some(output.len());
                output.push(("_messageTime".into(), end.time()));
            }
            Ok(output)
        })?;
        widths.push(shown.len());
        bags.push(passed.len() - before);
        times.push(time);
        columns.extend(shown.into_iter().map(|column| Column { name: format!("{prefix}{}", column.name), ..column }));
        children.push(child);
    }
    // Every field of the equations is among the columns.
    let place = |(table, field): &(usize, usize)| {
        let name = &tables[*table].equated[*field].text;
        let is = |(column, _): &(String, InputSlot)| column.eq_ignore_ascii_case(name);
        let child: &Child = &children[*table];
        (*table, child.output.iter().position(is).unwrap_or_default())
    };
    let equations = equations.iter().map(|(a, b)| Equal { a: place(a), b: place(b) }).collect();
    let matching = Matching { widths, bags, times, equations, window, span: call.span };
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    breaker.renew_with(Tables { children: Arc::new(children), matching: Arc::new(matching) }, &names, passed);
    for column in &columns {
        planner.rows.mark(&column.name, column.time, column.maybe);
    }
    Ok(())
}

/// What the query asks of a table anywhere: the names that start with its prefix, without it.
fn asked_for(planner: &Planner<'_>, prefix: &str) -> Vec<String> {
    planner.all_mentioned().iter().filter_map(|name| without_prefix(name, prefix)).collect()
}

/// The stages of a table; keywords before them are ignored.
fn stages(table: &Args, span: Span) -> Result<&[Stage], Diagnostic> {
    match (table.get("child").map(|arg| &arg.value), table.get("query").map(|arg| &arg.value)) {
        // A condition or a word that nothing names is no stage: these are keywords.
        (Some(ArgValue::Pipeline(stages)), _) => match stages.split_first() {
            Some((first, rest)) if !rest.is_empty() && is_scope(&first.kind) => Ok(rest),
            _ => Ok(stages),
        },
        (_, Some(ArgValue::Query(query))) => match (&query.search.kind, query.stages.is_empty()) {
            (SearchKind::All, _) | (_, false) => Ok(&query.stages),
            _ => Err(Diagnostic::error(&codes::UNEXPECTED, query.span, "expected a stage, found only keywords")
                .help("for example, `(parse \"a=*\" as a) as t1`")),
        },
        _ => Err(Diagnostic::error(&codes::UNEXPECTED, span, "expected a pipeline here")),
    }
}

/// Whether what was read as a stage is a search expression: it has no name for its value and calls no function.
fn is_scope(stage: &StageKind) -> bool {
    matches!(stage, StageKind::Expression { value, alias: None } if !matches!(value.kind, ExprKind::Call { .. }))
}

/// One side of an equation: the number of its table, and that of the field among the table's equated ones.
fn side_of(side: &Args, span: Span, tables: &mut [JoinArguments<'_>]) -> Result<(usize, usize), Diagnostic> {
    let (table, name) = match (side.field("table"), side.field("name")) {
        (Some(table), Some(name)) => (table.text.as_str(), name.text.as_str()),
        // A name has dots of its own: the table's ends at the first.
        (None, Some(name)) => name.text.split_once('.').unwrap_or(("", name.text.as_str())),
        _ => ("", ""),
    };
    let Some(number) = tables.iter().position(|known| known.alias.text.eq_ignore_ascii_case(table)) else {
        let message = match table {
            "" => "the name of the table is missing before the field".to_string(),
            table => format!("there is no table `{table}`"),
        };
        return Err(Diagnostic::error(&codes::UNEXPECTED, span, message).help("write it as `t1.field = t2.field`"));
    };
    tables[number].equated.push(Name { text: name.to_string(), span });
    Ok((number, tables[number].equated.len() - 1))
}

/// The columns that a table gives: what its stages have made, what the equations name, and what the query asks for of the
/// message itself.
fn fields(end: &mut Breaker<'_, '_>, table: &JoinArguments<'_>) -> Result<Columns, Diagnostic> {
    let mut columns = end.columns();
    let known = |columns: &Columns, name: &str| {
        let same = |column: &Column| column.name.eq_ignore_ascii_case(name);
        columns.named.iter().any(same)
    };
    let column = |name: &str, slot: InputSlot, end: &Breaker<'_, '_>| Column {
        name: name.to_string(),
        slot,
        maybe: false,
        time: end.rows.is_time(name),
    };
    for name in &table.equated {
        if !known(&columns, &name.text) {
            if !end.rows.messages && !end.rows.has(&name.text) {
                let message = format!("the table `{}` has no field `{}`", table.alias.text, name.text);
                return Err(Diagnostic::error(&codes::MISPLACED, name.span, message)
                    .help("add it to the group fields of the table's last aggregate"));
            }
            let slot = end.field(name)?;
            columns.named.push(column(&name.text, slot, end));
        }
    }
    for name in &table.later {
        if !known(&columns, name) && (end.rows.messages || end.rows.has(name)) {
            let slot = end.named(name);
            columns.named.push(column(name, slot, end));
        }
    }
    let names = columns.named.iter().map(|column| column.name.to_lowercase());
    columns.bags.known.extend(names);
    Ok(columns)
}
