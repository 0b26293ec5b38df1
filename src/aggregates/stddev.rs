//! `stddev`: the standard deviation.

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
    name: "stddev",
    form: "stddev(FIELD) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: 1,
    measure: Measure::Any,
    summary: "Returns the standard deviation of a field.",
    doc: "It is the standard deviation of a population (the sum of squares is divided by n, not n-1), so for a single \
          number it is 0. A string that reads as a number counts as a number; null and other strings are skipped. If \
          there is no number, the result is null. The default name is `_stddev`.",
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
            title: "Null and strings that are not numbers are skipped",
            query: "* | parse \"v=*;\" as v nodrop | parse \"w=*;\" as w nodrop | stddev(v), stddev(w) as none",
            messages: &["v=5;", "v=x;", "nothing", "v=5.0;"],
            expect: Expect::Rows(&["_stddev", "none"], &[&["0", ""]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let aggregate = Arc::new(PerGroup::<Deviation>::new(call.slot, ()));
    Ok(AggregatePlan { columns: vec![call.name("_stddev")], aggregate })
}

/// The exact sums of numbers and of their squares: nothing is lost when both are great and the deviation small.
#[derive(Default)]
struct Moments {
    sum: ExactSum,
    squares: ExactSum,
}

impl Moments {
    fn add(&mut self, n: f64) {
        self.sum.add(n);
        add_product(&mut self.squares, n, n);
    }

    fn merge(&mut self, other: &Moments) {
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
    }

    fn is_empty(&self) -> bool {
        self.squares.value() == 0.0
    }

    /// Adds those of numbers that were scaled up by [`SCALE`] more than these.
    fn add_smaller(&mut self, other: &Moments) {
        other.sum.components().into_iter().for_each(|part| self.sum.add(part / SCALE));
        other.squares.components().into_iter().for_each(|part| self.squares.add(part / SCALE / SCALE));
    }

    /// The deviation of so many numbers, those that are zero not being in here.
    fn deviation(&self, count: u64) -> f64 {
        let n = count as f64;
        // n²·variance = n·Σx² - (Σx)², exactly.
        let mut whole = ExactSum::default();
        self.squares.components().into_iter().for_each(|square| add_product(&mut whole, n, square));
        let sum = self.sum.components();
        for a in &sum {
            sum.iter().for_each(|b| add_product(&mut whole, -a, *b));
        }
        whole.value().max(0.0).sqrt() / n
    }

    fn encode(&self, out: &mut Writer) {
        self.sum.encode(out);
        self.squares.encode(out);
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Moments { sum: ExactSum::decode(bytes)?, squares: ExactSum::decode(bytes)? })
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

/// From here on squares might overflow: 2^400. Below its inverse they might vanish.
const GREAT: f64 = f64::from_bits((1023 + 400) << 52);

/// By what greater numbers are scaled down, and smaller ones up: 2^600.
const SCALE: f64 = f64::from_bits((1023 + 600) << 52);

/// Numbers by their size, for no square may overflow or vanish.
#[derive(Default)]
struct Deviation {
    count: u64,
    /// Infinities and NaN among them.
    special: u64,
    usual: Moments,
    /// The greater ones, scaled down, and the smaller ones, scaled up; most groups have none.
    others: Option<Box<(Moments, Moments)>>,
}

impl Deviation {
    fn add(&mut self, n: f64) {
        self.count += 1;
        match n.abs() {
            0.0 => {}
            size if !size.is_finite() => self.special += 1,
            size if size >= GREAT => self.others.get_or_insert_default().0.add(n / SCALE),
            size if size < 1.0 / GREAT => self.others.get_or_insert_default().1.add(n * SCALE),
            _ => self.usual.add(n),
        }
    }

    fn value(&self) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        if self.special > 0 {
            return Some(f64::NAN);
        }
        let Some(others) = &self.others else { return Some(self.usual.deviation(self.count)) };
        // Those of the greatest size decide; the others are brought to their scale.
        let (great, small) = &**others;
        let (larger, smaller, scale) = match (great.is_empty(), self.usual.is_empty()) {
            (false, _) => (great, &self.usual, SCALE),
            (true, false) => (&self.usual, small, 1.0),
            (true, true) => (small, &self.usual, 1.0 / SCALE),
        };
        let mut all = Moments::default();
        all.merge(larger);
        all.add_smaller(smaller);
        Some(all.deviation(self.count) * scale)
    }
}

impl AggregateState for Deviation {
    type Params = ();

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, (): &()) {
        if let Some(n) = value.number() {
            self.add(n);
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.special += other.special;
        self.usual.merge(&other.usual);
        if let Some(theirs) = &other.others {
            let own = self.others.get_or_insert_default();
            own.0.merge(&theirs.0);
            own.1.merge(&theirs.1);
        }
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        vec![self.value().map_or(Owned::Null, |n| Value::from_number(n).owned())]
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.count);
        out.unsigned(self.special);
        self.usual.encode(out);
        out.unsigned(u64::from(self.others.is_some()));
        if let Some(others) = &self.others {
            others.0.encode(out);
            others.1.encode(out);
        }
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let (count, special, usual) = (bytes.unsigned()?, bytes.unsigned()?, Moments::decode(bytes)?);
        let others = match bytes.unsigned()? {
            0 => None,
            _ => Some(Box::new((Moments::decode(bytes)?, Moments::decode(bytes)?))),
        };
        Ok(Deviation { count, special, usual, others })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::state_laws;

    fn deviation(numbers: &[f64]) -> Option<f64> {
        let mut state = Deviation::default();
        numbers.iter().for_each(|n| state.add(*n));
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

    #[test]
    fn numbers_of_any_size_have_one() {
        assert_eq!(deviation(&[1.7e308, -1.7e308]), Some(1.7e308));
        assert_eq!(deviation(&[1.5e308, 1.5e308]), Some(0.0));
        assert_eq!(deviation(&[1e-300, 1e-300 * 3.0]).map(|n| (n / 1e-300 - 1.0).abs() < 1e-15), Some(true));
        assert_eq!(deviation(&[0.0, 2e-300, 1e-320]).map(|n| n > 0.9e-300 && n < 1e-300), Some(true));
        let (n, below) = (GREAT, GREAT - GREAT * f64::EPSILON);
        assert_eq!(deviation(&[n, below]), Some((n - below) / 2.0));
        assert_eq!(deviation(&[4e200, 2e200, 1.0, 1e-200]).map(|n| n > 1.6e200 && n < 1.7e200), Some(true));
    }

    proptest::proptest! {
        #![proptest_config(state_laws::config())]
        #[test]
        fn parts_make_the_whole(case in state_laws::case()) {
            state_laws::hold::<Deviation>(&case, &())?;
        }
    }
}
