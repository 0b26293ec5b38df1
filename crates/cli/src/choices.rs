//! Arguments whose values are choices of the library, which knows nothing of command lines.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use sumoql::output::Format;
use sumoql_charts::ChartKind;

/// A name, what it stands for, and its help.
type Choice<T> = (&'static str, T, &'static str);

/// The formats of results.
pub(super) const FORMATS: &[Choice<Format>] = &[
    ("table", Format::Table, "Aligned columns for reading"),
    ("jsonl", Format::Jsonl, "One JSON object per row, one per line"),
    ("json", Format::Json, "One JSON array of objects"),
    ("csv", Format::Csv, "Comma-separated values with a header"),
    ("markdown", Format::Markdown, "A Markdown table"),
    ("raw", Format::Raw, "The unchanged text of the messages"),
];

/// The kinds of charts.
pub(super) const CHARTS: &[Choice<ChartKind>] = &[
    ("auto", ChartKind::Auto, "What suits the result: a line for a time series, bars for categories"),
    ("bar", ChartKind::Bar, "Horizontal bars"),
    ("column", ChartKind::Column, "Vertical columns"),
    ("line", ChartKind::Line, "Lines"),
    ("area", ChartKind::Area, "Filled areas"),
    ("pie", ChartKind::Pie, "A circle of shares"),
];

/// What a name stands for, in any letter case.
pub(super) fn named<T: Copy>(choices: &[Choice<T>], name: &str) -> Option<T> {
    choices.iter().find(|choice| choice.0.eq_ignore_ascii_case(name)).map(|choice| choice.1)
}

/// Reads an argument.
pub(super) fn parser<T: Copy + Send + Sync>(choices: &'static [Choice<T>]) -> impl TypedValueParser<Value = T> {
    let values = choices.iter().map(|(name, _, help)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(values).try_map(|name| named(choices, &name).ok_or("unknown name"))
}
