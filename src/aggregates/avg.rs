//! `avg`: the mean.

use super::sum::Sum;
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
    name: "avg",
    form: "avg(FIELD) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: 1,
    measure: Measure::Decimal,
    summary: "Returns the mean of a field.",
    doc: "A string that reads as a number counts as a number; null and other strings are skipped. If there is no \
          number, the mean is null. The default name is `_avg`.",
    page: "search/search-query-language/group-aggregate-operators/avg",
    also: &["average", "mean"],
    examples: &[
        Example {
            title: "By host",
            query: "* | parse \"h=* v=*;\" as h, v | avg(v) by h",
            messages: &["h=a v=10;", "h=a v=15;", "h=b v=4;"],
            expect: Expect::Rows(&["h", "_avg"], &[&["a", "12.5"], &["b", "4"]]),
        },
        Example {
            title: "Null and strings that are not numbers are skipped",
            query: "* | parse \"v=*;\" as v nodrop | avg(v)",
            messages: &["v=1;", "v=x;", "nothing", "v=2;"],
            expect: Expect::Rows(&["_avg"], &[&["1.5"]]),
        },
        Example {
            title: "The result can be used only in a later stage",
            query: "* | parse \"v=*;\" as v | avg(v) / 1000 as a",
            messages: &[],
            expect: Expect::Error("E211"),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    Ok(AggregatePlan { columns: vec![call.name("_avg")], aggregate: Arc::new(PerGroup::<Mean>::new(call.slot, ())) })
}

#[derive(Default)]
struct Mean(Sum);

impl AggregateState for Mean {
    type Params = ();

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, (): &()) {
        self.0.add(value);
    }

    fn merge(&mut self, other: Self) {
        self.0.merge(&other.0);
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        let mean = || Value::from_number(self.0.sum.mean(self.0.count)).owned();
        vec![if self.0.count == 0 { Owned::Null } else { mean() }]
    }

    fn encode(&self, out: &mut Writer) {
        self.0.encode(out);
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Sum::decode(bytes).map(Mean)
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
            state_laws::hold::<Mean>(&case, &())?;
        }
    }
}
