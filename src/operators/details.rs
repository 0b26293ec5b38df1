//! `details`: the messages of a signature; known only to Sumo Logic's service.

use crate::catalogue::{Example, Expect, Group, OperatorDef};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::{OperatorCall, Planner};

pub static DEF: OperatorDef = OperatorDef {
    name: "details",
    group: Group::Mining,
    form: "'details' (id:path | id:text)",
    summary: "The messages of a signature: only in Sumo Logic's service.",
    doc: "The web interface puts it after `logreduce`, with an id that exists only in Sumo Logic's service. Here such a query \
          is refused; `where _raw matches` with the words of the signature finds its messages.",
    page: "search/behavior-insights/logreduce/logreduce-operator",
    also: &["drill down", "signature id"],
    examples: &[Example {
        title: "The id is unknown here",
        query: "* | logreduce | details C049BE180425642A",
        messages: &["null"],
        expect: Expect::Error("E214"),
    }],
    dialect: None,
    plan,
};

fn plan(call: &OperatorCall<'_>, _: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let message = "the signatures of an earlier search exist only in Sumo Logic's service";
    Err(Diagnostic::error(&codes::NOT_LOCAL, call.span, message)
        .help("`where _raw matches \"…\"` with the words of the signature finds its messages"))
}
