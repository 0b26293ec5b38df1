//! `sum`: the numbers added up.

use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::{AggregateState, PerGroup};
use crate::program::batch::Row;
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::exact_sum::ExactSum;
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use std::sync::Arc;
use sumoql_data::value::{Owned, Value};

pub static DEF: AggregateDef = AggregateSignature {
    name: "sum",
    form: "sum(FIELD) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: 1,
    measure: Measure::Any,
    summary: "Returns the sum of a field.",
    doc: "A string that reads as a number counts as a number; null and other strings are skipped. If there is no \
          number, the sum is null. The sum is exact and rounded once, so it does not depend on the order of the rows. \
          The default name is `_sum`.",
    page: "search/search-query-language/group-aggregate-operators/sum",
    also: &["total", "add up"],
    examples: &[
        Example {
            title: "Bytes by user",
            query: "* | parse \"u=* n=*;\" as u, n | sum(n) by u",
            messages: &["u=a n=1.5;", "u=b n=10;", "u=a n=2;"],
            expect: Expect::Rows(&["u", "_sum"], &[&["a", "3.5"], &["b", "10"]]),
        },
        Example {
            title: "Null and strings that are not numbers are skipped; without a number the sum is null",
            query: "* | parse \"n=* m=*;\" as n, m nodrop | sum(n), sum(m) as none",
            messages: &["n=1 m=-;", "n=x m=-;", "nothing", "n=1e2 m=-;"],
            expect: Expect::Rows(&["_sum", "none"], &[&["101", ""]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    Ok(AggregatePlan { columns: vec![call.name("_sum")], aggregate: Arc::new(PerGroup::<Sum>::new(call.slot, ())) })
}

/// The sum of the numbers and how many there are; `avg` divides them.
#[derive(Default)]
pub struct Sum {
    /// The sum.
    pub sum: ExactSum,
    /// How many numbers.
    pub count: u64,
}

impl Sum {
    /// Takes in a value.
    pub fn add(&mut self, value: Value<'_>) {
        match value {
            Value::Int(n) => self.sum.add_whole(n),
            value => match value.number() {
                Some(n) => self.sum.add(n),
                None => return,
            },
        }
        self.count += 1;
    }

    /// Takes in another sum.
    pub fn merge(&mut self, other: &Sum) {
        self.sum.merge(&other.sum);
        self.count += other.count;
    }

    /// Writes it.
    pub fn encode(&self, out: &mut Writer) {
        self.sum.encode(out);
        out.unsigned(self.count);
    }

    /// Reads one.
    pub fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Sum { sum: ExactSum::decode(bytes)?, count: bytes.unsigned()? })
    }
}

impl AggregateState for Sum {
    type Params = ();

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, (): &()) {
        self.add(value);
    }

    fn merge(&mut self, other: Self) {
        Sum::merge(self, &other);
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        vec![if self.count == 0 { Owned::Null } else { Value::from_number(self.sum.value()).owned() }]
    }

    fn encode(&self, out: &mut Writer) {
        Sum::encode(self, out);
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Sum::decode(bytes)
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
            state_laws::hold::<Sum>(&case, &())?;
        }
    }
}
