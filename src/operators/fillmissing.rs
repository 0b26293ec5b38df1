//! `fillmissing`: rows for what is missing.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::arguments::missing_parameter;
use crate::plan::definitions::OperatorDef;
use crate::plan::{Breaker, OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, Whole};
use crate::run::order::state_by_key::key;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{ArgValue, Args, Name};
use std::collections::{HashMap, HashSet};
use sumoql_data::time::slice_start;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "fillmissing",
    group: Group::Table,
    form: "'fillmissing' gen:('timeslice' ('(' width:interval ')')? ('in' name:field)? | 'values' ('all' | '(' value:text,+ ')') 'in' name:field),+ 'takelast'? ('with' fill:((number:number | text:text | 'null') 'for' name:field),+)? 'takelast'?",
    summary: "Adds rows for missing time slices and values.",
    doc: "`timeslice` stands for all slices of the query's time range, `values(\"a\", \"b\") in x` for the listed \
          values, and `values all in x` for all values that occur. For each combination that no row has, a row is \
          added at the end: use `sort` afterwards. Existing rows are kept. The other fields of a new row have the \
          value after `with`; without it, they are 0 in columns of numbers, false in columns of conditions, null in \
          all other columns, and always null after `transpose`. With `takelast`, they have the values of the previous \
          slice.\n\n\
          It is meant for aggregates. Before an aggregate, new rows contain only their keys, and count as \
          messages.\n\n\
          The default width of slices is that of the last `timeslice`. At most 10,000 combinations are considered.",
    page: "search/search-query-language/search-operators/fillmissing",
    also: &["gaps", "zero", "missing", "interpolate", "continuous"],
    examples: &[
        Example {
            title: "Empty slices",
            query: "* | timeslice 20m | count by _timeslice | fillmissing timeslice | sort by _timeslice asc | fields _count",
            messages: &[
                r#"{"_raw":"e","_messageTime":"2024-05-01T00:05:00Z"}"#,
                r#"{"_raw":"e","_messageTime":"2024-05-01T00:45:00Z"}"#,
            ],
            expect: Expect::Rows(&["_count"], &[&["1"], &["0"], &["1"]]),
        },
        Example {
            title: "Values, with a value to fill in",
            query: "* | parse \"k=*\" as k | count by k | fillmissing values(\"a\", \"b\") in k with -1 for _count",
            messages: &["k=b", "k=z"],
            expect: Expect::Rows(&["k", "_count"], &[&["b", "1"], &["z", "1"], &["a", "-1"]]),
        },
        Example {
            title: "The value of the previous slice; a string has no default",
            query: "* | parse \"n=*\" as n | timeslice 20m | sum(n) as s, first(n) as f by _timeslice | fillmissing timeslice takelast | sort by _timeslice asc | fields s, f",
            messages: &[r#"{"_raw":"n=7","_messageTime":"2024-05-01T00:25:00Z"}"#],
            expect: Expect::Rows(&["s", "f"], &[&["0", ""], &["7", "7"], &["7", "7"]]),
        },
        Example {
            title: "A null group is kept, and is not a value to fill",
            query: "* | parse \"k=* h=*;\" as k, h nodrop | count by k, h | fillmissing values all in k, values(\"x\", \"y\") in h | fields k, h, _count",
            messages: &["k=a h=x;", "nothing"],
            expect: Expect::Rows(&["k", "h", "_count"], &[&["", "", "1"], &["a", "x", "1"], &["a", "y", "0"]]),
        },
        Example {
            title: "Without any rows",
            query: "* | timeslice 30m | count by _timeslice | fillmissing timeslice | fields _count",
            messages: &[],
            expect: Expect::Rows(&["_count"], &[&["0"], &["0"]]),
        },
        Example {
            title: "Slices without a fixed width",
            query: "* | timeslice 5 buckets | count by _timeslice | fillmissing timeslice",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The most combinations that are looked at.
const MAX_ROWS: usize = 10_000;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut breaker = planner.breaker();
    let mut names: Vec<Name> = Vec::new();
    let mut generators = Vec::new();
    for (args, span) in call.args.groups("gen") {
        let name = match args.field("name") {
            Some(name) => name.clone(),
            None => Name { text: "_timeslice".into(), span },
        };
        if names.iter().any(|other| other.key() == name.key()) {
            let message = format!("`{}` is filled twice", name.text);
            return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message));
        }
        generators.push(generator(args, span, &mut breaker)?);
        names.push(name);
    }
    let slices = generators.iter().position(|generator| matches!(generator, Generator::Slices(_)));
    let take_last = match (call.args.has("takelast"), slices) {
        (true, None) => {
            let message = "`takelast` needs time slices";
            return Err(Diagnostic::error(&codes::MISPLACED, call.span, message).help(
                "add `timeslice` to the list of what to \
                                                                               fill",
            ));
        }
        (take_last, slices) => slices.filter(|_| take_last),
    };
    let mut fillers = Vec::new();
    for (args, _) in call.args.groups("fill") {
        let Some(name) = args.field("name") else { continue };
        if names.iter().any(|other| other.key() == name.key()) {
            let message = format!("`{}` is filled twice", name.text);
            return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message));
        }
        names.push(name.clone());
        fillers.push(if breaker.rows.transposed { Owned::Null } else { filler(args)? });
    }
    let inputs = breaker.fields(&names.iter().collect::<Vec<_>>())?;
    let times: Vec<bool> = names.iter().map(|name| breaker.rows.is_time(&name.text)).collect();
    let rest = if breaker.rows.transposed || breaker.rows.messages { Rest::Null } else { Rest::Zero };
    let fill = Fill { generators, take_last, fillers, rest, span: call.span };
    let columns: Vec<String> = names.iter().map(|name| spelling(&breaker, name)).collect();
    let apply = move |rows: &Seen, context: &RunContext<'_>| fill.apply(rows, context);
    let bags = breaker.bags().slots;
    breaker.add(Whole::new(inputs, apply).with_bags(bags), &columns);
    for (column, time) in columns.iter().zip(times) {
        planner.rows.mark(column, time, false);
    }
    Ok(())
}

/// The spelling with which a field was made.
fn spelling(planner: &Planner<'_>, name: &Name) -> String {
    planner
        .rows
        .shown()
        .into_iter()
        .find(|shown| shown.to_lowercase() == name.key())
        .unwrap_or_else(|| name.text.clone())
}

fn generator(args: &Args, span: Span, breaker: &mut Breaker<'_, '_>) -> Result<Generator, Diagnostic> {
    if args.has("values") {
        let texts: Vec<Owned> =
            args.all("value").filter_map(|arg| Some(Owned::Text(arg.as_text()?.value().into()))).collect();
        return Ok(if args.has("all") { Generator::All } else { Generator::Values(texts) });
    }
    breaker.needs_range();
    match args.get("width").map(|arg| (&arg.value, arg.span)) {
        Some((ArgValue::Interval(ms), _)) if *ms > 0 => Ok(Generator::Slices(*ms)),
        Some((ArgValue::Parameter(text), span)) => Err(missing_parameter(text, span)),
        Some((_, span)) => Err(Diagnostic::error(&codes::LIMIT_RANGE, span, "a slice must be longer than 0")),
        None => match breaker.slice {
            Some(width) => Ok(Generator::Slices(width)),
            None => Err(Diagnostic::error(
                &codes::MISPLACED,
                span,
                "there is no `timeslice` with a fixed width before \
                                                                this stage",
            )
            .help("set the width of the slices: `timeslice(5m)`")),
        },
    }
}

fn filler(args: &Args) -> Result<Owned, Diagnostic> {
    Ok(match (args.get("number").map(|arg| (&arg.value, arg.span)), args.text("text")) {
        (Some((ArgValue::Number(n), _)), _) => Value::from_number(*n).owned(),
        (Some((ArgValue::Parameter(text), span)), _) => return Err(missing_parameter(text, span)),
        (_, Some(text)) => Owned::Text(text.value().into()),
        _ => Owned::Null,
    })
}

/// Where the values of a key come from.
enum Generator {
    /// All slices of this width.
    Slices(i64),
    /// These.
    Values(Vec<Owned>),
    /// Those that the rows have.
    All,
}

struct Fill {
    generators: Vec<Generator>,
    /// The generator of the slices from which to take what is missing.
    take_last: Option<usize>,
    /// What fills the columns after those of the generators.
    fillers: Vec<Owned>,
    /// What fills all others.
    rest: Rest,
    span: Span,
}

impl Fill {
    /// A row is its keys, then the columns with fillers of their own.
    fn apply(&self, rows: &Seen, context: &RunContext<'_>) -> Vec<Made> {
        let keys = self.generators.len();
        let mut made: Vec<Made> =
            rows.iter().enumerate().map(|(at, row)| Made { own: row.to_vec(), rest: Rest::Of(at) }).collect();
        let lists: Vec<Vec<Owned>> = (0..keys).map(|column| self.values(column, rows, context)).collect();
        let combinations = lists.iter().map(Vec::len).try_fold(1usize, usize::checked_mul).unwrap_or(usize::MAX);
        if combinations > MAX_ROWS {
            let message = format!("`fillmissing` considered only the first {MAX_ROWS} combinations");
            context.notice(Diagnostic::warning(&codes::LIMITED, self.span, message));
        }
        // The row of each combination; of several the last.
        let mut known: HashMap<Vec<u8>, usize> =
            rows.iter().enumerate().map(|(at, row)| (key_of(&row[..keys]), at)).collect();
        for number in 0..combinations.min(MAX_ROWS) {
            let places = combination(&lists, number);
            let tuple: Vec<Owned> = places.iter().zip(&lists).map(|(place, list)| list[*place].clone()).collect();
            let tuple_key = key_of(&tuple);
            if known.contains_key(&tuple_key) {
                continue;
            }
            let before = self.take_last.and_then(|column| {
                // The row of the same key in the slice before.
                let mut earlier = tuple.clone();
                earlier[column] = lists[column].get(places[column].checked_sub(1)?)?.clone();
                known.get(&key_of(&earlier)).copied()
            });
            let (fillers, rest) = match before {
                Some(at) => {
                    known.insert(tuple_key, at);
                    (rows[at][keys..].to_vec(), Rest::Of(at))
                }
                None => (self.fillers.clone(), self.rest),
            };
            made.push(Made { own: tuple.into_iter().chain(fillers).collect(), rest });
        }
        made
    }

    fn values(&self, column: usize, rows: &Seen, context: &RunContext<'_>) -> Vec<Owned> {
        match &self.generators[column] {
            Generator::Values(values) => values.clone(),
            Generator::All => {
                let mut seen = HashSet::new();
                let known = rows.iter().map(|row| &row[column]).filter(|value| !matches!(value, Owned::Null));
                known.filter(|value| seen.insert(key([value.borrow()]))).cloned().collect()
            }
            Generator::Slices(width) => {
                let (mut at, mut slices) = (context.env.from, Vec::new());
                while at < context.env.to && slices.len() <= MAX_ROWS {
                    let (start, end) = slice_start::slice(at, *width, context.env.zone);
                    slices.push(Owned::Int(start));
                    at = end.max(at.saturating_add(1));
                }
                slices
            }
        }
    }
}

/// A key by the texts of its values: listed values are texts, those of the rows may be numbers.
fn key_of(values: &[Owned]) -> Vec<u8> {
    let texts: Vec<Owned> = values
        .iter()
        .map(|value| match value {
            Owned::Null => Owned::Null,
            value => Owned::Text(value.to_string().into()),
        })
        .collect();
    key(texts.iter().map(Owned::borrow))
}

/// The combination with a number: places in the lists, none of which is empty. The first list turns slowest.
fn combination(lists: &[Vec<Owned>], mut number: usize) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::with_capacity(lists.len());
    for list in lists.iter().rev() {
        places.push(number % list.len());
        number /= list.len();
    }
    places.reverse();
    places
}
