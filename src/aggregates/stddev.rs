//! `stddev`: the standard deviation.

use crate::catalogue::{AggregateCall, AggregateDef, Example, Expect};
use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::run::aggregate::{ExactSum, PerGroup, State};
use crate::run::batch::Row;
use crate::run::codec::{Corrupt, Reader, Writer};
use crate::run::value::{Owned, Value};
use std::sync::Arc;

pub static DEF: AggregateDef = AggregateDef {
    name: "stddev",
    form: "stddev(FIELD) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    least_arguments: 1,
    most_arguments: 1,
    summary: "The standard deviation of numbers.",
    doc: "That of the whole population (the mean square is divided by n, not n-1), so of one number it is 0. Text that \
          reads as a number counts as one; null and other text are skipped. Without any number it is null. The default \
          name is `_stddev`.",
    page: "search/search-query-language/group-aggregate-operators/stddev",
    also: &["standard deviation", "variance", "spread", "stdev"],
    examples: &[
        Example {
            title: "By host",
            query: "* | parse \"h=* v=*;\" as h, v | stddev(v) by h",
            messages: &["h=a v=2;", "h=a v=4;", "h=b v=7;"],
            expect: Expect::Rows(&["h", "_stddev"], &[&["a", "1"], &["b", "0"]]),
        },
        Example {
            title: "Null and text that is no number are skipped",
            query: "* | parse \"v=*;\" as v nodrop | parse \"w=*;\" as w nodrop | stddev(v), stddev(w) as none",
            messages: &["v=5;", "v=x;", "nothing", "v=5.0;"],
            expect: Expect::Rows(&["_stddev", "none"], &[&["0", ""]]),
        },
    ],
    plan,
};

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let aggregate = Arc::new(PerGroup::<Deviation>::new(call.slot, ()));
    Ok(AggregatePlan { columns: vec![call.name("_stddev")], aggregate })
}

/// The exact sums of the numbers and of their squares: nothing is lost when both are great and the deviation small.
#[derive(Default)]
struct Deviation {
    count: u64,
    sum: ExactSum,
    squares: ExactSum,
}

impl Deviation {
    fn value(&self) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let n = self.count as f64;
        // n²·variance = n·Σx² - (Σx)², exactly.
        let mut whole = ExactSum::default();
        self.squares.components().into_iter().for_each(|square| add_product(&mut whole, n, square));
        let sum = self.sum.components();
        for a in &sum {
            sum.iter().for_each(|b| add_product(&mut whole, -a, *b));
        }
        if !(self.sum.value().is_finite() && self.squares.value().is_finite()) {
            return Some(f64::NAN);
        }
        Some(whole.value().max(0.0).sqrt() / n)
    }
}

/// Adds a product without rounding it.
fn add_product(sum: &mut ExactSum, a: f64, b: f64) {
    let product = a * b;
    sum.add(product);
    if product.is_finite() {
        sum.add(a.mul_add(b, -product));
    }
}

impl State for Deviation {
    type Params = ();

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, (): &()) {
        if let Some(n) = value.number() {
            self.count += 1;
            self.sum.add(n);
            add_product(&mut self.squares, n, n);
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        vec![self.value().map_or(Owned::Null, |n| Value::from_number(n).owned())]
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.count);
        self.sum.encode(out);
        self.squares.encode(out);
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Deviation { count: bytes.unsigned()?, sum: ExactSum::decode(bytes)?, squares: ExactSum::decode(bytes)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::laws;

    fn deviation(numbers: &[f64]) -> Option<f64> {
        let mut state = Deviation::default();
        for n in numbers {
            state.count += 1;
            state.sum.add(*n);
            add_product(&mut state.squares, *n, *n);
        }
        state.value()
    }

    #[test]
    fn small_deviations_of_great_numbers_are_not_lost() {
        assert_eq!(deviation(&[1.7e12, 1.7e12 + 2.0]), Some(1.0));
        assert_eq!(deviation(&[1e17 + 16.0, 1e17 - 16.0]), Some(16.0));
        assert_eq!(deviation(&[0.1, 0.1, 0.1]), Some(0.0));
        assert_eq!(deviation(&[]), None);
        assert!(deviation(&[f64::INFINITY, 1.0]).is_some_and(f64::is_nan));
    }

    proptest::proptest! {
        #![proptest_config(laws::config())]
        #[test]
        fn parts_make_the_whole(case in laws::case()) {
            laws::hold::<Deviation>(&case, &())?;
        }
    }
}
