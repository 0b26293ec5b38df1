//! A result as a chart: which columns are series, and what they stand over.

use super::{Column, View, cell};
use std::collections::HashMap;
use sumoql_charts::{Along, Chart, ChartKind, Model, Series, Shape, time_names};
use sumoql_data::value::Value;

/// Beyond this, a number is not drawn: sums of it would not be numbers any more.
const LARGEST: f64 = 1e300;

/// What the columns are taken for, by their places in the view.
struct Roles {
    time: Option<usize>,
    /// They name a row or, beside a time, its series.
    names: Vec<usize>,
    numbers: Vec<usize>,
}

/// What the query says about the columns of its result.
#[derive(Clone, Debug, Default)]
pub struct ResultMeaning {
    /// The columns that name a row: the fields after `by`.
    pub keys: Vec<String>,
    /// All numbers are counts or sums, which may be added up and stacked.
    pub additive: bool,
    /// What the numbers are called, where the columns do not tell: the query transposes.
    pub measures: Vec<String>,
    /// The fields whose values are the columns of numbers: the query transposes.
    pub split: Vec<String>,
    /// The rows are messages.
    pub messages: bool,
}

/// A chart of a result.
///
/// # Errors
/// A text for the user: why this result can't be drawn in this way.
pub fn chart(view: &View<'_>, kind: ChartKind, facts: &ResultMeaning) -> Result<Chart, String> {
    if facts.messages {
        return Err(
            "the rows are messages, and a chart needs numbers: aggregate first, as in `| count by field`".to_string()
        );
    }
    Chart::new(model(view, facts)?, kind)
}

/// The series of a result. The error is a text for the user.
fn model(view: &View<'_>, facts: &ResultMeaning) -> Result<Model, String> {
    let mut model = Model {
        title: String::new(),
        shape: Shape::Nothing,
        along: Along::Names(Vec::new()),
        series: Vec::new(),
        additive: facts.additive,
        split: !facts.split.is_empty() && facts.measures.len() == 1,
        zone: view.zone,
        rest: false,
        notes: Vec::new(),
    };
    if view.is_empty() {
        model.title = "no rows".to_string();
        return Ok(model);
    }
    let roles = roles(view, facts)?;
    model.title = title(view, &roles, facts);
    match roles.time {
        Some(time) => over_times(view, time, &roles, &mut model),
        None => over_names(view, &roles, &mut model),
    }
    if model.values().next().is_none() {
        return Err("none of the numbers can be drawn".to_string());
    }
    Ok(model)
}

fn roles(view: &View<'_>, facts: &ResultMeaning) -> Result<Roles, String> {
    let is_key = |column: &Column<'_>| facts.keys.iter().any(|key| key.eq_ignore_ascii_case(column.name));
    let holds = |at: usize, what: fn(Value<'_>) -> bool| view.rows().any(|row| what(row.get(at)));
    let time = (0..view.columns.len()).find(|at| view.columns[*at].time && holds(*at, |v| matches!(v, Value::Int(_))));
    let mut roles = Roles { time, names: Vec::new(), numbers: Vec::new() };
    for (at, column) in view.columns.iter().enumerate() {
        if Some(at) == time {
            continue;
        }
        if !is_key(column) && view.is_numeric(column) {
            roles.numbers.push(at);
        } else if !column.time && holds(at, |value| !value.is_null()) {
            roles.names.push(at);
        }
    }
    if roles.numbers.is_empty() {
        // Texts that all read as numbers serve too, such as those of a table that was looked up.
        let reads = |at: &usize| view.rows().all(|row| row.get(*at).is_null() || row.get(*at).number().is_some());
        let found = roles.names.iter().copied().rfind(|at| !is_key(&view.columns[*at]) && reads(at));
        roles.numbers.extend(found);
        roles.names.retain(|at| Some(*at) != found);
    }
    if roles.numbers.is_empty() {
        return Err("no column of the result holds numbers: aggregate first, as in `| count by field`".to_string());
    }
    // Where nothing else names the rows, the first of several numbers does.
    if time.is_none() && roles.names.is_empty() && roles.numbers.len() > 1 && view.len() > 1 {
        roles.names.push(roles.numbers.remove(0));
    }
    Ok(roles)
}

fn title(view: &View<'_>, roles: &Roles, facts: &ResultMeaning) -> String {
    let name = |at: &usize| text(Value::Text(view.columns[*at].name));
    let names = |all: &[usize]| all.iter().map(name).collect::<Vec<_>>().join(", ");
    let mut title = match roles.numbers.len() {
        _ if !facts.split.is_empty() => facts.measures.join(", "),
        1..=3 => names(&roles.numbers),
        n => format!("{}, {} more", names(&roles.numbers[..2]), n - 2),
    };
    let over = roles.time.iter().chain(&roles.names).map(name).chain(facts.split.iter().cloned());
    let over: Vec<String> = over.collect();
    if !over.is_empty() {
        title.push_str(" by ");
        title.push_str(&over.join(", "));
    }
    title
}

fn drawable(value: Value<'_>) -> Option<f64> {
    value.number().filter(|n| n.abs() <= LARGEST)
}

fn text(value: Value<'_>) -> String {
    let mut out = String::new();
    match value {
        Value::Null => out.push_str("(null)"),
        Value::Text("") => out.push_str("(empty)"),
        value => cell::visible(value, false, chrono_tz::UTC, &mut out),
    }
    out
}

/// The furthest moments that are drawn, in milliseconds from 1970: more than 140,000 years.
const FURTHEST: i64 = 1 << 52;

/// Series over the times of a column. Columns that name rows split the numbers into series.
fn over_times(view: &View<'_>, time: usize, roles: &Roles, model: &mut Model) {
    // Beyond what calendars know, a time is none.
    let known = -FURTHEST..=FURTHEST;
    let at =
        |value: Value<'_>| if let Value::Int(ms) = value { Some(ms).filter(|ms| known.contains(ms)) } else { None };
    let mut moments: Vec<i64> = view.rows().filter_map(|row| at(row.get(time))).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut places: HashMap<String, usize> = HashMap::new();
    let (mut timeless, mut doubled) = (0, 0);
    for row in view.rows() {
        let Some(moment) = at(row.get(time)).and_then(|ms| moments.binary_search(&ms).ok()) else {
            timeless += 1;
            continue;
        };
        let group: Vec<String> = roles.names.iter().map(|at| text(row.get(*at))).collect();
        let mut twice = false;
        for number in &roles.numbers {
            let column = text(Value::Text(view.columns[*number].name));
            let name = match (group.join(" / "), roles.numbers.len()) {
                (group, _) if group.is_empty() => column,
                (group, 1) => group,
                (group, _) => format!("{group} · {column}"),
            };
            let fresh = model.series.len();
            let series = *places.entry(name.clone()).or_insert(fresh);
            if series == fresh {
                model.series.push(Series { name, values: vec![None; moments.len()], rest: false });
            }
            let value = drawable(row.get(*number));
            let place = &mut model.series[series].values[moment];
            twice |= place.is_some() && value.is_some();
            *place = place.or(value);
        }
        doubled += usize::from(twice);
    }
    if !roles.names.is_empty() {
        model.split = roles.numbers.len() == 1;
        // The rows may come in any order of the names.
        model.series.sort_by(|a, b| a.name.cmp(&b.name));
    }
    model.along = Along::Times(moments);
    if timeless > 0 {
        model.notes.push(format!("{timeless} rows without a time are not drawn"));
    }
    if doubled > 0 {
        model.notes.push(format!("{doubled} rows with the time and name of an earlier row are not drawn"));
    }
}

/// Series over the names of rows; a single row without names is shown by the names of its columns.
fn over_names(view: &View<'_>, roles: &Roles, model: &mut Model) {
    let column = |at: &usize| text(Value::Text(view.columns[*at].name));
    if let (true, Some(row)) = (roles.names.is_empty() && view.len() == 1, view.rows().next()) {
        model.along = Along::Names(roles.numbers.iter().map(column).collect());
        let values = roles.numbers.iter().map(|at| drawable(row.get(*at))).collect();
        let name = if model.split { String::new() } else { "value".to_string() };
        model.series.push(Series { name, values, rest: false });
        return;
    }
    let name = |(number, row): (usize, super::ViewRow<'_, '_>)| match roles.names.as_slice() {
        [] => (number + 1).to_string(),
        names => {
            let parts = names.iter().map(|at| match view.columns[*at].time {
                true => row.get(*at).integer().map_or("(null)".to_string(), |ms| time_names(&[ms], view.zone).concat()),
                false => text(row.get(*at)),
            });
            parts.collect::<Vec<_>>().join(" / ")
        }
    };
    model.along = Along::Names(view.rows().enumerate().map(name).collect());
    model.series.extend(roles.numbers.iter().map(|at| Series {
        name: column(at),
        values: view.rows().map(|row| drawable(row.get(*at))).collect(),
        rest: false,
    }));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;
    use crate::program::plan::OutputColumn;
    use sumoql_data::table::Table;
    use sumoql_data::value::Owned;

    /// A table whose column `t` holds times; `-` is null, numbers are numbers.
    fn model_of(table: &str, facts: &ResultMeaning) -> Result<Model, String> {
        let mut rows = table.split('\n').map(|row| row.split_whitespace().collect::<Vec<_>>());
        let columns: Vec<String> = rows.next().into_iter().flatten().map(str::to_string).collect();
        let cell = |text: &str| match (text, text.parse::<i64>(), text.parse::<f64>()) {
            ("-", ..) => Owned::Null,
            (_, Ok(number), _) => Owned::Int(number),
            (_, _, Ok(number)) => Owned::Double(number),
            _ => Owned::Text(text.into()),
        };
        let output: Vec<OutputColumn> = columns
            .iter()
            .map(|name| OutputColumn { name: name.clone(), slot: 0, optional: false, time: name == "t" })
            .collect();
        let table = Table { columns, rows: rows.map(|row| row.into_iter().map(cell).collect()).collect() };
        model(&View::new(&table, &output, chrono_tz::UTC), facts)
    }

    fn keys(names: &[&str]) -> ResultMeaning {
        ResultMeaning { keys: names.iter().map(|name| name.to_string()).collect(), ..ResultMeaning::default() }
    }

    /// The title, the names or times, the series and the notes of a model, in a line each.
    fn shown(model: &Model) -> String {
        let along = match &model.along {
            Along::Times(times) => times.iter().map(i64::to_string).collect::<Vec<_>>().join(" "),
            Along::Names(names) => names.join(" "),
        };
        let number = |value: &Option<f64>| value.map_or("-".to_string(), |value| value.to_string());
        let series = |series: &Series| {
            format!("{}: {}", series.name, series.values.iter().map(number).collect::<Vec<_>>().join(" "))
        };
        let lines = [model.title.clone(), along].into_iter().chain(model.series.iter().map(series));
        lines.chain(model.notes.iter().cloned()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn columns_become_series_and_names() {
        let transposed =
            ResultMeaning { measures: vec!["_count".into()], split: vec!["status".into()], ..keys(&["t"]) };
        for (what, table, facts, wanted) in [
            ("counts by a name", "k n\na 1\nb 2", keys(&["k"]), "n by k\na b\nn: 1 2"),
            ("a key that is a number", "code n\n200 3\n404 1", keys(&["code"]), "n by code\n200 404\nn: 3 1"),
            ("two keys", "k l n\na x 1\na y 2", keys(&["k", "l"]), "n by k, l\na / x a / y\nn: 1 2"),
            ("two numbers", "k n m\na 1 -5\nb - 0.5", keys(&["k"]), "n, m by k\na b\nn: 1 -\nm: -5 0.5"),
            ("more than three", "a b c d\n1 2 3 4", keys(&[]), "a, b, 2 more\na b c d\nvalue: 1 2 3 4"),
            ("nothing names the rows", "a b\n1 2\n3 4", keys(&[]), "b by a\n1 3\nb: 2 4"),
            ("one number alone", "n\n7", keys(&[]), "n\nn\nvalue: 7"),
            ("times, in their order", "t n\n60 2\n0 1", keys(&["t"]), "n by t\n0 60\nn: 1 2"),
            (
                "names split the series of times",
                "t k n\n0 b 1\n60 a 2\n60 b 3",
                keys(&["t", "k"]),
                "n by t, k\n0 60\na: - 2\nb: 1 3",
            ),
            ("two numbers of each name", "t k n m\n0 a 1 2", keys(&["t", "k"]), "n, m by t, k\n0\na · m: 2\na · n: 1"),
            (
                "columns made of values",
                "t 200 404\n0 5 -\n60 6 1",
                transposed,
                "_count by t, status\n0 60\n200: 5 6\n404: - 1",
            ),
            (
                "rows that can't be drawn",
                "t n\n0 1\n0 2\n- 3",
                keys(&["t"]),
                "n by t\n0\nn: 1\n1 rows without a time are not drawn\n\
                 1 rows with the time and name of an earlier row are not drawn",
            ),
            ("no rows", "k n", keys(&["k"]), "no rows\n"),
        ] {
            match model_of(table, &facts) {
                Ok(model) => assert_eq!(shown(&model), wanted, "{what}"),
                Err(error) => panic!("{what}: {error}"),
            }
        }
        let error = model_of("k l\na x", &keys(&["k"])).err();
        assert!(error.is_some_and(|error| error.starts_with("no column of the result holds numbers")));
    }

    /// Every kind of every odd table at several widths: nothing fails, and no line is too long.
    #[test]
    fn odd_tables_are_drawn_or_refused() {
        let numbers = [0.0, -0.0, 1e-320, -1e308, 1e299, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE, 7.0];
        let times = [i64::MIN, -1, 0, 1, 1_714_521_600_000, 1_714_521_600_001, i64::MAX, 5, 5];
        let text = |at: usize| Owned::Text(["", "a", "é\n", "日本", "\u{0}"][at % 5].into());
        for mask in 0..32usize {
            for rows in [1, 2, 9, 40] {
                let cells = |at: usize| {
                    let all = [
                        Owned::Int(times[at % 9]),
                        text(at),
                        Owned::Double(numbers[(at + mask) % 9]),
                        Owned::Int(times[(at * 5) % 9]),
                        if at.is_multiple_of(2) { Owned::Null } else { Owned::Double(numbers[at % 9]) },
                    ];
                    all.into_iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, cell)| cell).collect()
                };
                let names = ["t", "k", "x", "y", "z"].iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
                let columns: Vec<String> = names.map(|(_, name)| name.to_string()).collect();
                let output: Vec<OutputColumn> = columns
                    .iter()
                    .map(|name| OutputColumn { name: name.clone(), slot: 0, optional: false, time: name == "t" })
                    .collect();
                let table = Table { columns, rows: (0..rows).map(cells).collect() };
                let view = View::new(&table, &output, chrono_tz::Europe::Berlin);
                for kind in [
                    ChartKind::Auto,
                    ChartKind::Bar,
                    ChartKind::Column,
                    ChartKind::Line,
                    ChartKind::Area,
                    ChartKind::Pie,
                ] {
                    for additive in [false, true] {
                        let facts = ResultMeaning { additive, ..ResultMeaning::default() };
                        let Ok(chart) = chart(&view, kind, &facts) else { continue };
                        assert!(chart.svg().ends_with("</svg>\n"));
                        for width in [1, 40, 500] {
                            for line in chart.text(width, false).lines() {
                                let wide = unicode_width::UnicodeWidthStr::width(line);
                                assert!(wide <= width.clamp(40, 160), "{kind:?} {mask} {rows}: {line}");
                            }
                        }
                    }
                }
            }
        }
    }
}
