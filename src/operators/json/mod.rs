//! `json`: takes fields out of JSON by path.

mod filter;
mod many_paths;
mod missed;
mod path;
mod select;
mod skeleton;

use super::parse::{before, names, source};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::parameter_free;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::run::json::blob::blob;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::Name;
use many_paths::Wanted;
use path::Path;
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "json",
    group: Group::Parse,
    form: "'json' ('field' '=' source:field | 'nodrop')* 'keys'? path:text,+ ('field' '=' source:field | 'nodrop')* \
           ('as' ('(' name:field,+ ')' | name:field,+))? ('field' '=' source:field | 'nodrop')*",
    summary: "Extracts fields from JSON by path.",
    doc: "A path has the form `a.b`, `$.a.b`, `a[0]` or `['odd name']`. Paths with several values are `[*]`, \
          `..name`, `[0,2]`, `['a','b']`, `[1:3]` and `[?(@.a == 'x')]`; they return a JSON array. `[-1]` and \
          `[(@.length-1)]` are the last item, and `length()` at the end is the number of items. Paths are \
          case-sensitive. Without `as`, the path is the name of the field.\n\n\
          A string is returned without its quotes and escapes, a number or boolean as written, an object or array as \
          JSON without whitespace, and null as null. If a key occurs several times, the last one counts.\n\n\
          All paths must exist, or the message is dropped; a path with several values exists if its beginning does. \
          With `nodrop`, the message is kept, and the fields that exist are set. If the text is not JSON as a whole, \
          an object after a preamble is used. `field=x` reads the field x instead of the message.",
    page: "search/search-query-language/parse-operators/parse-json-formatted-logs",
    also: &["jsonpath", "extract", "nested", "array", "object", "spath"],
    examples: &[
        Example {
            title: "Nested keys and items, renamed",
            query: "* | json keys \"user.name\", \"$.tags[1]\" as u, tag | fields u, tag",
            messages: &["{\"user\":{\"name\":\"ann\"},\"tags\":[\"x\",\"y\"]}", "{\"user\":{}}", "no JSON"],
            expect: Expect::Rows(&["u", "tag"], &[&["ann", "y"]]),
        },
        Example {
            title: "`nodrop` keeps the existing fields; null is a value",
            query: "* | json \"a\", \"b\" nodrop | fields a, b",
            messages: &["{\"a\":1.50,\"b\":[1, {\"c\": 2}]}", "{\"a\":null}", "text"],
            expect: Expect::Rows(&["a", "b"], &[&["1.50", "[1,{\"c\":2}]"], &["", ""], &["", ""]]),
        },
        Example {
            title: "Several values give an array",
            query: "* | json \"items[*].n\", \"items[?(@.n > 1)].k\" as n, k | fields n, k",
            messages: &["{\"items\":[{\"n\":1,\"k\":\"a\"},{\"n\":2,\"k\":\"b\"}]}", "{\"items\":[]}", "{\"n\":1}"],
            expect: Expect::Rows(&["n", "k"], &[&["[1,2]", "[\"b\"]"], &["[]", "[]"]]),
        },
        Example {
            title: "After a preamble; truncated JSON is dropped",
            query: "* | json \"['@t']\" as t | fields t",
            messages: &["10:00 INFO [main] {\"@t\":\"tea \\u00e9\\n\"}", "{\"@t\":\"x\",\"more\":{"],
            expect: Expect::Rows(&["t"], &[&["tea é\n"]]),
        },
        Example {
            title: "Too few names",
            query: "* | json \"a\", \"b\" as x",
            messages: &[],
            expect: Expect::Error("E204"),
        },
        Example { title: "An invalid path", query: "* | json \"a[\"", messages: &[], expect: Expect::Error("E205") },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let source = source(call.args, planner)?;
    let (mut paths, mut default) = (Vec::new(), Vec::new());
    for text in call.args.all("path").filter_map(|arg| arg.as_text()) {
        parameter_free(&text.raw, text.span)?;
        let path = text.value();
        let read = Path::read(&path).map_err(|error| Diagnostic::error(&codes::BAD_PATTERN, text.span, error))?;
        if read.bare_star {
            let what = "`*` directly after a bracket of a path";
            planner.undocumented(text.span, what, "write a dot before it: `].*`");
        }
        paths.push(read);
        default.push(Name { text: path, span: text.span });
    }
    let written = default.iter().map(|path| path.text.clone()).collect();
    let names = names(call, default, "paths")?;
    let wanted = if planner.simple { Wanted::new(paths).by_walk() } else { Wanted::new(paths) };
    let json = Json { source, wanted, written, before: before(&names, planner) };
    let matched = planner.define_fields(Box::new(json), &names, true);
    planner.parsed(matched, call.args.has("nodrop"));
    Ok(())
}

struct Json {
    source: Slot,
    wanted: Wanted,
    /// The paths as written.
    written: Vec<String>,
    /// What the names meant before: kept where a path leads nowhere.
    before: Vec<Option<Slot>>,
}

impl Extractor for Json {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let found = row.arena().alloc_slice_fill_copy(self.before.len(), None);
        if let Some(text) = row.get(self.source).text(row.arena())
            && self.wanted.find(text, found).is_err()
        {
            found.fill(None);
            if blob(text).is_none_or(|text| self.wanted.find(text, found).is_err()) {
                found.fill(None);
            }
        }
        let [match_cell, cells @ ..] = row.cells(first) else { return false };
        let mut matched = true;
        for (number, ((cell, before), beginning)) in cells.iter().zip(&self.before).zip(&*found).enumerate() {
            let value =
                beginning.and_then(|beginning| self.wanted.value(number, beginning, row.arena(), &row.env().watch));
            matched &= value.is_some();
            let kept = || before.map_or(Value::Null, |slot| row.get(slot));
            cell.set(Some(value.unwrap_or_else(kept)));
        }
        match_cell.set(Some(Value::Bool(matched)));
        matched
    }

    fn missed(&self, row: Row<'_, '_>) -> Option<String> {
        let value = row.get(self.source).owned();
        if value.borrow().is_null() {
            return Some("the field that it reads is null".into());
        }
        missed::reason(&value.to_string(), &self.written)
    }
}
