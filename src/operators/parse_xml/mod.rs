//! `parse xml`: takes fields out of XML by path.

mod tree;
mod xpath;

use super::parse::{before, names, source};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::parameter_free;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::Name;
use std::borrow::Cow;
use sumoql_data::value::Value;
use tree::Tree;
use xpath::XPath;

pub static DEF: OperatorDef = OperatorSignature {
    name: "parse xml",
    group: Group::Parse,
    form: "'parse' 'xml' ('field' '=' source:field | 'nodrop')* path:text,+ ('field' '=' source:field | 'nodrop')* \
           ('as' ('(' name:field,+ ')' | name:field,+))? ('field' '=' source:field | 'nodrop')*",
    summary: "Extracts fields from XML by path.",
    doc: "A path names every element from the root: `/a/b/text()` is the text of an element, `/a/b/@id` an attribute, \
          and `/a/b` the element with its markup. To choose one of several elements, write `[2]` (counted from 1), \
          `[last()]`, `[@id=7]` or `[@name='x']`; the first match is used. `//`, `..` and axes are not supported. \
          Namespace prefixes are not resolved: a path that contains `x:` matches nothing. Without `as`, the field has \
          the name of the last element or attribute.\n\n\
          The text must be a single well-formed XML document. A message in which no path exists is dropped, unless \
          you use `nodrop`; a path that does not exist gives null. `field=x` reads the field x instead of the \
          message.",
    page: "search/search-query-language/parse-operators/parse-xml-formatted-logs",
    also: &["xpath", "element", "attribute", "extract"],
    examples: &[
        Example {
            title: "Text and attribute",
            query: "* | parse xml \"/team/m[2]/n/text()\", \"/team/m[@id=7]/@role\" as n, role | fields n, role",
            messages: &[
                "<team><m id='7' role='lead'><n>Ada</n></m><m id='8'><n>Bo &amp; co</n></m></team>",
                "<team><m id='7'/></team>",
                "<team>",
            ],
            expect: Expect::Rows(&["n", "role"], &[&["Bo & co", "lead"]]),
        },
        Example {
            title: "An element includes its markup; `nodrop` keeps other messages",
            query: "* | parse \"x: *\" as x | parse XML field=x \"/r/a\" nodrop | fields a",
            messages: &["x: <r><a>1</a></r>", "x: <r><b/></r>", "x: no XML"],
            expect: Expect::Rows(&["a"], &[&["<a>1</a>"], &[""], &[""]]),
        },
        Example {
            title: "`//` is not supported",
            query: "* | parse xml \"//m/@id\" as id",
            messages: &[],
            expect: Expect::Error("E205"),
        },
        Example {
            title: "Too few names",
            query: "* | parse xml \"/a/@x\", \"/a/@y\" as x",
            messages: &[],
            expect: Expect::Error("E204"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let source = source(call.args, planner)?;
    let (mut paths, mut default) = (Vec::new(), Vec::new());
    for text in call.args.all("path").filter_map(|arg| arg.as_text()) {
        parameter_free(&text.raw, text.span)?;
        let path = XPath::read(&text.value());
        let path = path.map_err(|error| Diagnostic::error(&codes::BAD_PATTERN, text.span, error))?;
        default.push(Name { text: path.field().to_string(), span: text.span });
        paths.push(path);
    }
    let names = names(call, default, "paths")?;
    let xml = Xml { source, paths, before: before(&names, planner) };
    let matched = planner.define_fields(Box::new(xml), &names, true);
    planner.parsed(matched, call.args.has("nodrop"));
    Ok(())
}

struct Xml {
    source: Slot,
    paths: Vec<XPath>,
    /// What the names meant before: kept where a path leads nowhere.
    before: Vec<Option<Slot>>,
}

impl Extractor for Xml {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let tree = row.get(self.source).text(row.arena()).and_then(Tree::read);
        let mut matched = false;
        for (number, (path, before)) in self.paths.iter().zip(&self.before).enumerate() {
            let value = match tree.as_ref().and_then(|tree| tree.find(path)) {
                Some(Cow::Borrowed(text)) => Some(Value::Text(text)),
                Some(Cow::Owned(text)) => Some(Value::Text(row.arena().alloc_str(&text))),
                None => None,
            };
            matched |= value.is_some();
            let kept = || before.map_or(Value::Null, |slot| row.get(slot));
            row.set(first + 1 + number, value.unwrap_or_else(kept));
        }
        row.set(first, Value::Bool(matched));
        matched
    }
}
