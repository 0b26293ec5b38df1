//! `split`: cuts a field into columns.

mod columns;

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::arguments::{check_name, count_argument};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::{ArgValue, Name};
use columns::{Columns, Signs};
use std::borrow::Cow;
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "split",
    group: Group::Parse,
    form: "'split' source:field (','? ('escape' '=' escape:char | 'delim' '=' delim:char | 'quote' '=' quote:char))* \
           'extract' target:(at:integer 'as' name:field | name:field),+",
    summary: "Splits a field into columns.",
    doc: "`1 as a, 3 as c` takes columns by position, counted from 1; `a, _, c` names them in sequence, and `_` skips \
          one. You can mix both: the name after `5 as e` is column 6. A missing column is null, and no message is \
          dropped; there is no `nodrop`.\n\n\
          The delimiter is a comma, the quote `\"` and the escape `\\`. To change them, use `delim=':'`, `quote='''` \
          or `escape='/'`: each is one character, all three are different, and a tab is written as itself. Inside a \
          column that begins with a quote, a delimiter is an ordinary character and a doubled quote is a single \
          quote; the enclosing quotes are removed. The escape makes any of the three characters an ordinary \
          character, and is itself an ordinary character before any other. Spaces are kept, except before a quote.",
    page: "search/search-query-language/parse-operators/parse-delimited-logs-using-split",
    also: &["delimiter", "tsv", "columns", "separator", "csv"],
    examples: &[
        Example {
            title: "By position and in sequence",
            query: "* | split _raw delim=':' extract a, _, 4 as d, e | fields a, d, e",
            messages: &["1:2:3:4:5", "1:\"2:3\":x:y"],
            expect: Expect::Rows(&["a", "d", "e"], &[&["1", "4", "5"], &["1", "y", ""]]),
        },
        Example {
            title: "Missing columns are null",
            query: "* | parse \"x=*;\" as x nodrop | split x extract 2 as b | fields b",
            messages: &["x=1,2;", "x=1;", "y"],
            expect: Expect::Rows(&["b"], &[&["2"], &[""], &[""]]),
        },
        Example {
            title: "The three characters must be different",
            query: "* | split _raw delim=':', quote=':' extract a",
            messages: &[],
            expect: Expect::Error("E203"),
        },
        Example {
            title: "There is no nodrop",
            query: "* | split _raw extract a nodrop",
            messages: &[],
            expect: Expect::Error("E109"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

pub(super) fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let Some(source) = call.args.field("source") else { return Ok(()) };
    let source = planner.field(source)?;
    let signs = signs(call)?;
    let mut position = 0;
    let mut columns: Vec<usize> = Vec::new();
    let mut names: Vec<&Name> = Vec::new();
    for (target, _) in call.args.groups("target") {
        position += 1;
        if let Some(at) = count_argument(target, "at", 1..=1_000_000)? {
            position = at as usize;
        }
        let Some(name) = target.field("name").filter(|name| name.text != "_") else { continue };
        check_name(name)?;
        columns.push(position);
        names.push(name);
    }
    let last = columns.iter().copied().max().unwrap_or(0);
    let first = planner.define(Box::new(Split { source, signs, columns, last }), names.len().max(1), true);
    for (number, name) in names.iter().enumerate() {
        planner.bind(&name.text, first + number);
    }
    Ok(())
}

/// The characters that the stage sets, and the usual ones for those it leaves.
fn signs(call: &OperatorCall<'_>) -> Result<Signs, Diagnostic> {
    let mut given: Option<Span> = None;
    let mut sign = |label: &str, usual: char| match call.args.get(label) {
        Some(arg) => {
            given = Some(given.map_or(arg.span, |span| span.to(arg.span)));
            if let ArgValue::Char(c) = arg.value { c } else { usual }
        }
        None => usual,
    };
    let signs = Signs { delimiter: sign("delim", ','), quote: sign("quote", '"'), escape: sign("escape", '\\') };
    let Signs { delimiter, quote, escape } = signs;
    if delimiter == quote || quote == escape || delimiter == escape {
        let message =
            format!("delimiter, quote and escape must be different: found {delimiter:?}, {quote:?} and {escape:?}");
        return Err(Diagnostic::error(&codes::ARGUMENT_KIND, given.unwrap_or(call.span), message)
            .help("change the one that you don't need with `delim=`, `quote=` or `escape=`"));
    }
    Ok(signs)
}

struct Split {
    source: Slot,
    signs: Signs,
    /// For each slot its column, counted from 1.
    columns: Vec<usize>,
    last: usize,
}

impl Extractor for Split {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(text) = row.get(self.source).text(row.arena()) else { return false };
        let mut any = false;
        for (number, column) in Columns::new(text, self.signs).take(self.last).enumerate() {
            let mut slots = self.columns.iter().enumerate().filter(|(_, wanted)| **wanted == number + 1).peekable();
            if slots.peek().is_none() {
                continue;
            }
            let text = match column {
                Cow::Borrowed(text) => text,
                Cow::Owned(text) => row.arena().alloc_str(&text),
            };
            any = true;
            slots.for_each(|(slot, _)| row.set(first + slot, Value::Text(text)));
        }
        any
    }
}
