//! The state of `most_recent` and `least_recent`: the value whose message time wins.

use crate::program::aggregate::AggregateState;
use crate::program::batch::{Rank, Row};
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::run::order::timed_value;
use std::cmp::Reverse;
use sumoql_data::value::{Owned, Value};

/// The value of the newest message, or of the oldest.
#[derive(Default)]
pub struct Recent<const NEWEST: bool>(Option<TimedRow>);

struct TimedRow {
    time: i64,
    rank: Rank,
    value: Owned,
}

impl<const NEWEST: bool> Recent<NEWEST> {
    fn take(&mut self, time: i64, rank: Rank, value: impl FnOnce() -> Owned) {
        // Rows come newest first, so of equal times the first row is the newest.
        let place = (time, Reverse(rank));
        let wins = self.0.as_ref().is_none_or(|best| {
            let best = (best.time, Reverse(best.rank));
            if NEWEST { place > best } else { place < best }
        });
        if wins {
            self.0 = Some(TimedRow { time, rank, value: value() });
        }
    }
}

impl<const NEWEST: bool> AggregateState for Recent<NEWEST> {
    type Params = ();
    const IN_ORDER: bool = true;

    fn update(&mut self, value: Value<'_>, row: Row<'_, '_>, (): &()) {
        if value.is_null() {
            return;
        }
        let rank = row.rank();
        let read = if let Value::Text(text) = value { timed_value::read(text) } else { None };
        match read {
            Some((_, Owned::Null)) => {}
            Some((time, value)) => self.take(time, rank, || value),
            None => self.take(rank.age.saturating_neg(), rank, || value.owned()),
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some(TimedRow { time, rank, value }) = other.0 {
            self.take(time, rank, || value);
        }
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        vec![self.0.map_or(Owned::Null, |found| found.value)]
    }

    fn encode(&self, out: &mut Writer) {
        match &self.0 {
            None => out.value(&Owned::Null),
            Some(found) => {
                out.value(&found.value);
                out.signed(found.time);
                out.rank(&found.rank);
            }
        }
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Recent(match bytes.value()? {
            Owned::Null => None,
            value => Some(TimedRow { value, time: bytes.signed()?, rank: bytes.rank()? }),
        }))
    }

    fn heap(&self) -> usize {
        self.0.as_ref().map_or(0, |found| found.value.heap())
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
            state_laws::hold::<Recent<true>>(&case, &())?;
            state_laws::hold::<Recent<false>>(&case, &())?;
        }
    }
}
