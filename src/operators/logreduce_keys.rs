//! `logreduce keys`: groups messages by the keys they have.

use super::distinct_combinations;
use super::distinct_combinations::id;
use super::keyvalue::pairs;
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::count_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::run::bag::Bags;
use crate::run::json::blob::blob;
use crate::run::json::scan::{Scanner, Walk};
use crate::run::json::text::unescaped;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::Name;
use std::collections::BTreeSet;
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "logreduce keys",
    group: Group::Mining,
    form: "'logreduce' 'keys' ('parser' '='? ('json' | 'keyvalue') | 'maxdepth' '='? depth:integer | \
           'field' '='? source:field | 'noaggregate')*",
    summary: "Groups messages by the set of their keys.",
    doc: "The schema of a message is the sorted list of the keys of its JSON object, or with `parser=keyvalue`, of \
          its key-value pairs. The keys are in lower case, and nested keys are joined by dots. Keys inside arrays and \
          keys below `maxdepth` (default 5) levels are not included; at most 100 keys are. Messages without keys have \
          the schema `unknown` and an id of zeros. Fields that earlier stages have extracted are not part of the \
          schema, unless `field` names the text to read.\n\n\
          The columns are `_signature_id`, `_schema` and `_count`, the most frequent schema first. With \
          `noaggregate`, the messages are kept, and get the fields `_signature_id` and `_schema`.",
    page: "search/behavior-insights/logreduce/logreduce-keys",
    also: &["schema", "structure", "json keys", "shape"],
    examples: &[
        Example {
            title: "The number of messages of each schema",
            query: "* | logreduce keys | fields _schema, _count",
            messages: &["{\"B\":{\"x\":2},\"a\":1}", "text", "{\"a\":7,\"b\":{\"x\":9}}", "{\"a\":[{\"z\":1}]}"],
            expect: Expect::Rows(&["_schema", "_count"], &[&["a, b.x", "2"], &["a", "1"], &["unknown", "1"]]),
        },
        Example {
            title: "Messages without keys have an id of zeros",
            query: "* | logreduce keys noaggregate | where _schema = \"unknown\" | fields _signature_id, _raw",
            messages: &["{\"a\":1}", "text", "{\"a\":"],
            expect: Expect::Rows(
                &["_signature_id", "_raw"],
                &[&["0000000000000000", "text"], &["0000000000000000", "{\"a\":"]],
            ),
        },
        Example {
            title: "Key-value pairs, without a field that is already parsed",
            query: "* | parse \"user=* \" as user | logreduce keys parser=keyvalue | fields _schema, _count",
            messages: &["user=ann act=in host=a", "user=bob host=b act=out"],
            expect: Expect::Rows(&["_schema", "_count"], &[&["act, host", "2"]]),
        },
        Example {
            title: "A maximum depth",
            query: "* | logreduce keys maxdepth 1 | fields _schema",
            messages: &["{\"a\":{\"b\":1},\"c\":2}"],
            expect: Expect::Rows(&["_schema"], &[&["a, c"]]),
        },
        Example {
            title: "Not after an aggregate",
            query: "* | count | logreduce keys",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The schema of messages without keys, and its id.
const UNKNOWN: &str = "unknown";
const UNKNOWN_ID: &str = "0000000000000000";
/// How deep keys are looked for if nothing is said.
const DEPTH: i64 = 5;
/// The most keys of a message.
const MAX_KEYS: usize = 100;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    distinct_combinations::needs_messages(call, planner, "logreduce keys")?;
    let depth = count_argument(call.args, "depth", 1..=1_000)?.unwrap_or(DEPTH);
    // What is parsed already is no part of the schema, unless the field is named.
    let (source, known, maybe, bags) = match call.args.field("source") {
        Some(name) => (planner.field(name)?, BTreeSet::new(), Vec::new(), Bags::default()),
        None => {
            let (maybe, known): (Vec<_>, Vec<_>) = planner.combined().into_iter().partition(|column| column.maybe);
            let known = known.iter().map(|column| column.name.to_lowercase()).collect();
            let maybe =
                maybe.iter().map(|column| (column.name.to_lowercase(), planner.field_slot(&column.name))).collect();
            if planner.rows.has_bags() {
                let message = "earlier stages have extracted all keys: none are left for the schema";
                let help = "remove these stages, or name the text to read: `logreduce keys field=_raw`";
                planner.report(Diagnostic::warning(&codes::NO_KEYS, call.span, message).help(help));
            }
            (planner.field_slot("_raw"), known, maybe, planner.bags())
        }
    };
    let pairs = call.args.has("keyvalue");
    let schema = Schema { source, pairs, depth: usize::try_from(depth).unwrap_or(usize::MAX), known, maybe, bags };
    let first = planner.define(Box::new(schema), 2, false);
    planner.bind("_signature_id", first);
    planner.bind("_schema", first + 1);
    if call.args.has("noaggregate") {
        return Ok(());
    }
    let name = |text: &str| Name { text: text.to_string(), span: call.span };
    let [schema, id, count] = ["_schema", "_signature_id", "_count"].map(name);
    let counts = planner.aggregate_named("count", None, "_count", call.span)?;
    planner.group(&[&schema, &id], vec![counts])?;
    let counted = planner.field(&count)?;
    planner.order(vec![(counted, false)]);
    planner.show_only(&[&id, &schema, &count])
}

struct Schema {
    source: Slot,
    pairs: bool,
    depth: usize,
    /// Names that are no part of a schema, in lower case.
    known: BTreeSet<String>,
    /// Those that are none where they have a value.
    maybe: Vec<(String, Slot)>,
    /// And those that only the data name.
    bags: Bags,
}

impl Extractor for Schema {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let mut keys = BTreeSet::new();
        let mut parsed: Vec<String> = self.bags.of(row).into_iter().map(|(name, _)| name.to_lowercase()).collect();
        let there = self.maybe.iter().filter(|(_, slot)| !row.get(*slot).is_null());
        parsed.extend(there.map(|(name, _)| name.clone()));
        if let Some(text) = row.get(self.source).text(row.arena()) {
            let mut add = |key: &str| {
                let key = key.to_lowercase();
                if keys.len() < MAX_KEYS && !self.known.contains(&key) && !parsed.contains(&key) {
                    keys.insert(key);
                }
            };
            match (self.pairs, blob(text)) {
                (true, _) => pairs::auto(text, None, &mut |key, _| add(key)),
                (false, Some(object)) => {
                    // The object was found whole: this can't fail.
                    let _ = self.members(&mut Scanner::new(object), "", 1, &mut add);
                }
                (false, None) => {}
            }
        }
        let schema = keys.into_iter().collect::<Vec<_>>().join(", ");
        let (id, schema) = match schema.is_empty() {
            true => (UNKNOWN_ID, UNKNOWN),
            false => (&*row.arena().alloc_str(&id(&schema)), &*row.arena().alloc_str(&schema)),
        };
        row.set(first, Value::Text(id));
        row.set(first + 1, Value::Text(schema));
        true
    }
}

impl Schema {
    fn members(&self, scanner: &mut Scanner<'_>, beginning: &str, depth: usize, add: &mut dyn FnMut(&str)) -> Walk {
        scanner.members(|scanner, key| {
            let name = format!("{beginning}{}", unescaped(key.raw));
            let start = scanner.at();
            scanner.skip()?;
            let value = scanner.since(start);
            // An object without members is a value.
            let mut any = false;
            if depth < self.depth && value.starts_with('{') {
                let mut inside = Scanner::new(value);
                self.members(&mut inside, &format!("{name}."), depth + 1, &mut |key| {
                    any = true;
                    add(key);
                })?;
            }
            if !any {
                add(&name);
            }
            Ok(())
        })
    }
}
