//! `logreduce`, also `summarize`: groups messages that say the same with different values.

use super::distinct_combinations;
use super::distinct_combinations::{Counted, hidden, id};
use crate::diagnostics::{Diagnostic, codes};
use crate::mining::cluster::cluster;
use crate::mining::mask::mask;
use crate::plan::arguments::count_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::program::budget::OverBudget;
use crate::program::context::RunContext;
use crate::run::order::state_by_key::key;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use crate::syntax::tree::Name;
use std::collections::HashMap;
use std::sync::Arc;
use sumoql_data::value::{Owned, Value};

pub static DEF: OperatorDef = OperatorSignature {
    name: "logreduce",
    group: Group::Mining,
    form: "('logreduce' | 'summarize') ('(' source:field ')')? ('field' '=' source:field | \
           'by' (by:field ',')+ 'criteria' '=' ('mostcommon' | 'leastcommon') | 'by' by:field,+ | \
           ','? 'limit' '=' limit:integer | ','? 'criteria' '=' ('mostcommon' | 'leastcommon') | 'optimize')* \
           ('|' 'details' (id:path | id:text))?",
    summary: "Groups messages that differ only in their values.",
    doc: "Messages with the same fixed words have the same signature: the text of a message with `**********` in \
          place of variable words, `$DATE` in place of dates and `$URL` in place of URLs. Words with digits, paths, \
          addresses and host names are variable; so is a word that differs between otherwise equal messages. Which \
          words are variable is decided after all messages have been read, so the result does not depend on their \
          order.\n\n\
          Without `by`, the columns are `_signature_id`, `signature`, `_count` and `_relevance`. With `by`, they are \
          the fields, `signature` and `_count`, for each combination of their values. `_signature` is another name \
          for `signature`. The most frequent signatures come first, or last with `criteria=leastcommon`; `limit` sets \
          the number of signatures. Messages without text are counted as `Others`.\n\n\
          An aggregate can't come before it, and can come after it only with `by`. There is no feedback: the \
          relevance is always 5, and `optimize` has no effect. `| details` with the id of a signature works only in \
          Sumo Logic's service.",
    page: "search/behavior-insights/logreduce/logreduce-operator",
    also: &["cluster", "pattern", "signature", "group similar", "summarize", "template"],
    examples: &[
        Example {
            title: "Messages of the same kind",
            query: "* | logreduce | fields signature, _count, _relevance",
            messages: &[
                "User ann logged out after 5 s",
                "User bob logged out after 12 s",
                "disk full",
                "User eve logged out after 7 s",
                "User joe logged out",
            ],
            expect: Expect::Rows(
                &["signature", "_count", "_relevance"],
                &[
                    &["User ********** logged out after **********", "3", "5"],
                    &["disk full", "1", "5"],
                    &["User joe logged out", "1", "5"],
                ],
            ),
        },
        Example {
            title: "By a field, the rarest first",
            query: "* | parse \"h=* *\" as h, m | logreduce(m) by h limit=2, criteria=leastcommon",
            messages: &[
                "h=a GET /x/1 ok",
                "h=b GET /x/2 ok",
                "h=a GET /x/3 ok",
                "h=b at 2024-05-01 10:00:00 down",
                "h=b up",
            ],
            expect: Expect::Rows(&["h", "signature", "_count"], &[&["b", "at $DATE down", "1"], &["b", "up", "1"]]),
        },
        Example {
            title: "Signatures as columns",
            query: "* | parse \"h=* *\" as h, m | logreduce field=m by h | transpose row h column signature",
            messages: &["h=a x 1", "h=b x 2", "h=a y"],
            expect: Expect::Rows(&["h", "x **********", "y"], &[&["a", "1", "1"], &["b", "1", ""]]),
        },
        Example {
            title: "Messages without text",
            query: "* | parse \"m=*;\" as m nodrop | logreduce field=m | fields _signature, _count",
            messages: &["m=up;", "none", "m=;"],
            expect: Expect::Rows(&["_signature", "_count"], &[&["Others", "2"], &["up", "1"]]),
        },
        Example {
            title: "Not before an aggregate, except with `by`",
            query: "* | logreduce | count by signature",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "Signatures of an earlier search",
            query: "* | logreduce | details C049BE180425642A",
            messages: &[],
            expect: Expect::Error("E214"),
        },
        Example {
            title: "Not after an aggregate",
            query: "* | count by _sourceHost | logreduce",
            messages: &[],
            expect: Expect::Error("E215"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// The signature of messages that fit nowhere.
const OTHERS: &str = "Others";

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    distinct_combinations::needs_messages(call, planner, "logreduce")?;
    if call.args.has("details") {
        let message = "the signatures of an earlier search exist only in Sumo Logic's service";
        return Err(Diagnostic::error(&codes::NOT_LOCAL, call.span, message)
            .help("to find the messages, use `where _raw matches` with the words of the signature"));
    }
    let layout = layout(planner, call.args.field("source"))?;
    let by = call.args.fields("by");
    let limit = count_argument(call.args, "limit", 1..=1_000_000)?;
    let order = Order {
        limit: limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX),
        rarest: call.args.has("leastcommon"),
    };
    let mut keys = vec![&layout];
    keys.extend(&by);
    let columns = ["_signature_id", "signature", "_signature", "_count", "_relevance"];
    let work = move |counted: &[Counted<'_>], context: &RunContext<'_>| order.rows(counted, context);
    let mut names = distinct_combinations::count(planner, (&keys, by.len()), None, &columns, Arc::new(work))?;
    names.retain(|name| match name.as_str() {
        "_signature" => false,
        "_signature_id" | "_relevance" => by.is_empty(),
        _ => true,
    });
    distinct_combinations::show(planner, names)?;
    if by.is_empty() {
        planner.rows.signatures = true;
    }
    Ok(())
}

/// Makes a field with the layouts of another, `_raw` if none is named; the answer is its name.
pub fn layout(planner: &mut Planner<'_>, source: Option<&Name>) -> Result<Name, Diagnostic> {
    let source = match source {
        Some(name) => planner.field(name)?,
        None => planner.field_slot("_raw"),
    };
    let slot = planner.define(Box::new(Layout(source)), 1, false);
    let name = hidden("layout");
    planner.bind(&name.text, slot);
    Ok(name)
}

/// The layout of a text.
struct Layout(Slot);

impl Extractor for Layout {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let Some(text) = row.get(self.0).text(row.arena()) else { return false };
        let mut layout = String::with_capacity(text.len());
        mask(text, &mut layout);
        row.set(first, Value::Text(row.arena().alloc_str(&layout)));
        true
    }
}

/// A signature and what is known of it.
pub struct Signature {
    /// Its text.
    pub text: String,
    /// How many messages it has on each side.
    pub counts: [u64; 2],
    /// The place of the first.
    pub first: [i64; 4],
}

/// The signatures of combinations whose first key is a layout; for each combination the number of its signature.
pub fn signatures(
    counted: &[Counted<'_>],
    context: &RunContext<'_>,
) -> Result<(Vec<Signature>, Vec<usize>), OverBudget> {
    // Without text there is no layout.
    let text = |counted: &Counted<'_>| match counted.key.first().map(Owned::borrow) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.to_string()),
        _ => None,
    };
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut totals: Vec<u64> = Vec::new();
    let of_layout: Vec<Option<usize>> = counted
        .iter()
        .map(|counted| {
            let layout = text(counted)?;
            let number = *numbers.entry(layout).or_insert(totals.len());
            if number == totals.len() {
                totals.push(0);
            }
            totals[number] += counted.counts.iter().sum::<u64>();
            Some(number)
        })
        .collect();
    let mut layouts: Vec<(&str, u64)> = vec![("", 0); totals.len()];
    for (layout, number) in &numbers {
        layouts[*number] = (layout, totals[*number]);
    }
    // Comparing takes about so much for each byte.
    let needed = layouts.iter().map(|(layout, _)| layout.len() * 12).sum();
    context.budget.ask(needed)?;
    let clusters = cluster(&layouts);
    context.budget.give_back(needed);

    let of_row: Vec<usize> =
        of_layout.iter().map(|layout| layout.map_or(clusters.signatures.len(), |number| clusters.of[number])).collect();
    let mut found: Vec<Signature> = clusters
        .signatures
        .into_iter()
        .chain([OTHERS.to_string()])
        .map(|text| Signature { text, counts: [0; 2], first: [i64::MAX; 4] })
        .collect();
    for (counted, number) in counted.iter().zip(&of_row) {
        let signature = &mut found[*number];
        signature.counts.iter_mut().zip(counted.counts).for_each(|(sum, count)| *sum += count);
        signature.first = signature.first.min(counted.first);
    }
    Ok((found, of_row))
}

/// Which signatures are shown, and in what order.
struct Order {
    limit: usize,
    rarest: bool,
}

impl Order {
    /// The rows of the table: group fields, id, text, text, count, relevance.
    fn rows(&self, counted: &[Counted<'_>], context: &RunContext<'_>) -> Result<Vec<Vec<Owned>>, OverBudget> {
        let (signatures, of_row) = signatures(counted, context)?;
        let rank = |count: u64| if self.rarest { count } else { u64::MAX - count };
        let mut kept: Vec<usize> = (0..signatures.len()).filter(|at| signatures[*at].counts[0] > 0).collect();
        kept.sort_by_key(|at| (rank(signatures[*at].counts[0]), signatures[*at].first));
        kept.truncate(self.limit);
        let mut is_kept = vec![false; signatures.len()];
        kept.iter().for_each(|at| is_kept[*at] = true);

        // One row for each signature and combination of values.
        struct SignaturePart<'t> {
            signature: usize,
            by: &'t [Owned],
            count: u64,
            first: [i64; 4],
        }
        let mut made: Vec<SignaturePart<'_>> = Vec::new();
        let mut places: HashMap<(usize, Vec<u8>), usize> = HashMap::new();
        for (counted, signature) in counted.iter().zip(of_row).filter(|(_, signature)| is_kept[*signature]) {
            let by = counted.key.get(1..).unwrap_or_default();
            let place = *places.entry((signature, key(by.iter().map(Owned::borrow)))).or_insert(made.len());
            if place == made.len() {
                made.push(SignaturePart { signature, by, count: 0, first: [i64::MAX; 4] });
            }
            made[place].count += counted.counts[0];
            made[place].first = made[place].first.min(counted.first);
        }
        made.sort_by_key(|row| (rank(row.count), row.first));
        let row = |row: SignaturePart<'_>| {
            let text = &signatures[row.signature].text;
            let count = Owned::Int(i64::try_from(row.count).unwrap_or(i64::MAX));
            let own =
                [Owned::Text(id(text).into()), Owned::Text(text.as_str().into()), Owned::Text(text.as_str().into())];
            row.by.iter().cloned().chain(own).chain([count, Owned::Int(5)]).collect()
        };
        Ok(made.into_iter().map(row).collect())
    }
}
