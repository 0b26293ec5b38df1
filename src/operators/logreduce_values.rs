//! `logreduce values`: groups messages by the values of some of their keys.

use super::distinct_combinations;
use super::distinct_combinations::{Counted, id};
use crate::diagnostics::{Diagnostic, codes};
use crate::mining::value_groups::{Cluster, Combination, clusters};
use crate::plan::arguments::check_name;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::context::RunContext;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use std::sync::Arc;
use sumoql_data::value::Owned;

pub static DEF: OperatorDef = OperatorSignature {
    name: "logreduce values",
    group: Group::Mining,
    form: "'logreduce' 'values' 'on' key:field,+ ('output_threshold' '='? threshold:number)? | \
           'logreduce' ('values' 'details' | 'values-details') ('on' key:field,+)? code:path (cluster:path | cluster:text),+ | \
           'logreduce' ('values' 'details' | 'values-details') ('on' key:field,+)? code:path",
    summary: "Groups messages by the values of some of their keys.",
    doc: "Messages with the same values form a group. A key with more than 12 distinct values does not separate \
          groups, unless all keys have that many. The columns are `_cluster_id`; `_signature`, which gives the most \
          frequent values of each key in the group, with their count and share; and `_count`. The largest groups come \
          first.\n\n\
          An earlier stage must have extracted the keys. `output_threshold` has no effect; the details of a group \
          exist only in Sumo Logic's service. `compare` can't follow it.",
    page: "search/behavior-insights/logreduce/logreduce-values",
    also: &["cluster", "combination", "key value", "group similar"],
    examples: &[
        Example {
            title: "Combinations of two keys",
            query: "* | parse \"ev=* st=*;\" as ev, st | logreduce values on ev, st | fields _signature, _count",
            messages: &["ev=get st=ok;", "ev=put st=ok;", "ev=get st=ok;"],
            expect: Expect::Rows(
                &["_signature", "_count"],
                &[&["ev: get (2, 100%); st: ok (2, 100%)", "2"], &["ev: put (1, 100%); st: ok (1, 100%)", "1"]],
            ),
        },
        Example {
            title: "A key without a value",
            query: "* | parse \"ev=*;\" as ev nodrop | logreduce values on ev output_threshold=0.1 | fields _signature, _count",
            messages: &["ev=get;", "none"],
            expect: Expect::Rows(
                &["_signature", "_count"],
                &[&["ev: get (1, 100%)", "1"], &["ev: null (1, 100%)", "1"]],
            ),
        },
        Example {
            title: "A key that no stage extracts",
            query: "* | logreduce values on nosuchfield",
            messages: &[],
            expect: Expect::Error("E215"),
        },
        Example {
            title: "Details exist only in the service",
            query: "* | parse \"ev=*;\" as ev | logreduce values details on ev abc123 \"C049BE18\"",
            messages: &[],
            expect: Expect::Error("E214"),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if call.args.has("details") || call.args.has("values-details") {
        let message = "the details of a group exist only in Sumo Logic's service";
        return Err(Diagnostic::error(&codes::NOT_LOCAL, call.span, message)
            .help("to find the messages, use `where` with the values of the group"));
    }
    let keys = call.args.fields("key");
    if let Some(name) = keys.iter().find(|name| !planner.rows.has(&name.text) && !name.text.starts_with('_')) {
        check_name(name)?;
        let message = format!("unknown field `{}`: no stage before `logreduce values` extracts it", name.text);
        return Err(Diagnostic::error(&codes::MISPLACED, name.span, message).help("parse it first"));
    }
    let names: Vec<String> = keys.iter().map(|name| name.text.clone()).collect();
    let work = move |counted: &[Counted<'_>], _: &RunContext<'_>| Ok(rows(&names, counted));
    distinct_combinations::count(planner, (&keys, 0), None, &["_cluster_id", "_signature", "_count"], Arc::new(work))?;
    planner.rows.incomparable = Some("logreduce values");
    Ok(())
}

fn rows(names: &[String], counted: &[Counted<'_>]) -> Vec<Vec<Owned>> {
    let texts = distinct_combinations::texts(counted);
    let combinations: Vec<Combination<'_>> = texts
        .iter()
        .zip(counted)
        .map(|(values, counted)| (values.iter().map(Option::as_deref).collect(), counted.counts[0]))
        .collect();
    let mut found: Vec<_> = clusters(names, &combinations)
        .into_iter()
        .map(|cluster| (cluster.members.iter().map(|member| counted[*member].first).min(), cluster))
        .collect();
    found.sort_by_key(|(first, cluster)| (std::cmp::Reverse(cluster.count), *first));
    let row = |(_, cluster): (_, Cluster)| {
        let count = i64::try_from(cluster.count).unwrap_or(i64::MAX);
        vec![Owned::Text(id(&cluster.identity).into()), Owned::Text(cluster.signature.into()), Owned::Int(count)]
    };
    found.into_iter().map(row).collect()
}
