//! `count`: how many rows.

use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::{AggregateState, PerGroup};
use crate::program::batch::Row;
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use std::sync::Arc;
use sumoql_data::value::{Owned, Value};

pub static DEF: AggregateDef = AggregateSignature {
    name: "count",
    form: "count [by FIELD, …]  |  count(FIELD)  |  count FIELD, …",
    shorthand: true,
    ranks: false,
    min_args: 0,
    max_args: 1,
    measure: Measure::Count,
    summary: "Counts rows.",
    doc: "`count` and `count(*)` count all rows; `count(field)` counts the rows in which the field is not null. The \
          group fields can follow without `by`: `count a, b`. The default name is `_count`.",
    page: "search/search-query-language/group-aggregate-operators/count-count-distinct-and-count-frequent",
    also: &["number of", "how many", "frequency"],
    examples: &[
        Example {
            title: "Rows per user",
            query: "* | parse \"u=*;\" as u | count by u",
            messages: &["u=a;", "u=b;", "u=a;"],
            expect: Expect::Rows(&["u", "_count"], &[&["a", "2"], &["b", "1"]]),
        },
        Example {
            title: "Without `by`, also after a name for the result",
            query: "* | parse \"u=*;\" as u | count as n u",
            messages: &["u=a;", "u=b;", "u=a;"],
            expect: Expect::Rows(&["u", "n"], &[&["a", "2"], &["b", "1"]]),
        },
        Example {
            title: "With a field, null is not counted",
            query: "* | parse \"u=*;\" as u nodrop | count as n, count(u) as users",
            messages: &["u=a;", "nobody"],
            expect: Expect::Rows(&["n", "users"], &[&["2", "1"]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    Ok(AggregatePlan { columns: vec![call.name("_count")], aggregate: Arc::new(PerGroup::<Count>::new(call.slot, ())) })
}

#[derive(Default)]
/// How many.
pub struct Count(u64);

impl AggregateState for Count {
    type Params = ();

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, (): &()) {
        self.0 += u64::from(!value.is_null());
    }

    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        vec![Owned::Int(self.0 as i64)]
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.0);
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        bytes.unsigned().map(Count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::state_laws;

    proptest::proptest! {
        #![proptest_config(state_laws::config())]
        #[test]
        fn parts_make_the_whole(case in state_laws::case()) {
            state_laws::hold::<Count>(&case, &())?;
        }
    }
}
