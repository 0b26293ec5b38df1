//! The aggregate of `pct` and `pct_sampling`: all numbers, to find the ones at some ranks.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::AggregatePlan;
use crate::plan::definitions::AggregateCall;
use crate::program::aggregate::{AggregateState, PerGroup};
use crate::program::batch::Row;
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::syntax::tree::ExprKind;
use std::sync::Arc;
use sumoql_data::value::{Owned, Value};

/// The percentile that is meant when none is written.
const DEFAULT: f64 = 50.0;

/// Plans the aggregate: a column for each percentile.
pub fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let mut percentiles = Vec::new();
    for argument in call.rest {
        match argument.kind {
            ExprKind::Number(p) if (0.0..=100.0).contains(&p) => percentiles.push(p),
            ExprKind::Number(_) | ExprKind::Negative(_) => {
                let message = "a percentile must be from 0 to 100";
                return Err(Diagnostic::error(&codes::LIMIT_RANGE, argument.span, message));
            }
            _ => {
                let message = "a percentile must be a number";
                return Err(Diagnostic::error(&codes::ARGUMENT_KIND, argument.span, message));
            }
        }
    }
    if percentiles.is_empty() {
        percentiles.push(DEFAULT);
    }
    let columns = match call.alias {
        None => percentiles
            .iter()
            .map(|p| format!("_{}_pct_{}", call.field.unwrap_or_default(), Value::from_number(*p).owned()))
            .collect(),
        Some(alias) if percentiles.len() == 1 => vec![alias.to_string()],
        Some(_) => {
            let message = "several percentiles can't share one name";
            return Err(Diagnostic::error(&codes::ARGUMENT_COUNT, call.span, message)
                .help("name each one separately: `pct(x, 50) as a, pct(x, 95) as b`"));
        }
    };
    let aggregate = Arc::new(PerGroup::<Numbers>::new(call.slot, percentiles.into()));
    Ok(AggregatePlan { columns, aggregate })
}

/// The numbers.
#[derive(Default)]
struct Numbers(Vec<f64>);

/// Where in `count` numbers in ascending order a percentile stands: the nearest rank, no interpolation.
fn rank(p: f64, count: usize) -> usize {
    let rank = p * count as f64 / 100.0;
    // 99.9 % of 1000 is 999, whatever binary fractions make of it.
    let near = rank.round();
    let rank = if (rank - near).abs() <= 1e-9 * rank.max(1.0) { near } else { rank.ceil() };
    (rank as usize).clamp(1, count) - 1
}

impl AggregateState for Numbers {
    /// The percentiles.
    type Params = Arc<[f64]>;

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, _: &Self::Params) {
        if let Some(n) = value.number().filter(|n| !n.is_nan()) {
            self.0.push(n);
        }
    }

    fn merge(&mut self, mut other: Self) {
        if self.0.len() < other.0.len() {
            std::mem::swap(self, &mut other);
        }
        self.0.extend(other.0);
    }

    fn finish(mut self, percentiles: &Self::Params) -> Vec<Owned> {
        self.0.sort_unstable_by(f64::total_cmp);
        let at = |p: &f64| self.0.get(rank(*p, self.0.len().max(1))).map(|n| Value::from_number(*n).owned());
        percentiles.iter().map(|p| at(p).unwrap_or_default()).collect()
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.0.len() as u64);
        self.0.iter().for_each(|n| out.double(*n));
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let numbers = (0..bytes.count()?).map(|_| bytes.double());
        numbers.collect::<Result<_, _>>().map(Numbers)
    }

    fn heap(&self) -> usize {
        self.0.capacity() * size_of::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::state_laws;

    #[test]
    fn ranks() {
        for (p, count, at) in [
            (50.0, 4, 1),
            (50.0, 3, 1),
            (0.0, 5, 0),
            (100.0, 5, 4),
            (99.9, 1000, 998),
            (0.5, 10, 0),
            (75.0, 10, 7),
            (29.0, 100, 28),
        ] {
            assert_eq!(rank(p, count), at, "{p} of {count}");
        }
    }

    proptest::proptest! {
        #![proptest_config(state_laws::config())]
        #[test]
        fn parts_make_the_whole(case in state_laws::case()) {
            state_laws::hold::<Numbers>(&case, &Arc::from([0.0, 33.3, 50.0, 99.9, 100.0]))?;
        }
    }
}
