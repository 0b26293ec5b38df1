//! `withtime`: a field together with the time of its message, for `most_recent` and `least_recent`.

use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::run::order::timed_value;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::value::Value;

/// The operator.
pub static DEF: OperatorDef = OperatorSignature {
    name: "withtime",
    group: Group::Time,
    form: "'withtime' name:field",
    summary: "Creates a field with the value of another field and the time of the message.",
    doc: "`withtime x` creates `x_withtime`, a JSON object with the keys `time` (the message time in milliseconds) \
          and `value`. The aggregates `most_recent` and `least_recent` read it. If x is null, so is `x_withtime`.",
    page: "search/search-query-language/group-aggregate-operators/most-recent-least-recent",
    also: &["latest", "most recent", "last seen"],
    examples: &[
        Example {
            title: "The last known state",
            query: "* | parse \"s=*;\" as s | withtime s | most_recent(s_withtime) as s",
            messages: &[
                "{\"_raw\": \"s=down;\", \"_messageTime\": 1714521609000}",
                "{\"_raw\": \"s=up;\", \"_messageTime\": 1714521601000}",
            ],
            expect: Expect::Rows(&["s"], &[&["down"]]),
        },
        Example {
            title: "The new field, and null",
            query: "* | parse \"s=*;\" as %\"my s\" nodrop | withtime %\"my s\" | fields %\"my s_withtime\"",
            messages: &["s=a\"b;", "nothing"],
            expect: Expect::Rows(&["my s_withtime"], &[&["{\"time\":1714521600000,\"value\":\"a\\\"b\"}"], &[""]]),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if let Some(name) = call.args.field("name") {
        let value = planner.field(name)?;
        let time = planner.field_slot("_messageTime");
        let slot = planner.define(Box::new(WithTime { value, time }), 1, false);
        planner.bind(&format!("{}_withtime", name.text), slot);
    }
    Ok(())
}

struct WithTime {
    value: Slot,
    time: Slot,
}

impl Extractor for WithTime {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let value = row.get(self.value);
        if !value.is_null() {
            row.set(first, Value::Text(row.arena().alloc_str(&timed_value::write(row.get(self.time), value))));
        }
        true
    }
}
