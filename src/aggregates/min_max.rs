//! The state of `min` and `max`: the number that wins.

use super::number::Number;
use crate::program::aggregate::AggregateState;
use crate::program::batch::Row;
use crate::program::codec::{Corrupt, Reader, Writer};
use sumoql_data::value::{Owned, Value};

/// The smallest number, or the greatest.
#[derive(Default)]
pub struct Extreme<const GREATEST: bool>(Option<Number>);

impl<const GREATEST: bool> Extreme<GREATEST> {
    fn take(&mut self, number: Option<Number>) {
        self.0 = match (self.0, number) {
            (Some(a), Some(b)) => Some(if GREATEST { a.max(b) } else { a.min(b) }),
            (a, b) => a.or(b),
        };
    }
}

impl<const GREATEST: bool> AggregateState for Extreme<GREATEST> {
    type Params = ();

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, (): &()) {
        self.take(Number::of(value));
    }

    fn merge(&mut self, other: Self) {
        self.take(other.0);
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        vec![self.0.map_or(Owned::Null, Number::cell)]
    }

    fn encode(&self, out: &mut Writer) {
        out.value(&self.0.map_or(Owned::Null, Number::cell));
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Extreme(match bytes.value()? {
            Owned::Null => None,
            value => Some(Number::of(value.borrow()).ok_or(Corrupt)?),
        }))
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
            state_laws::hold::<Extreme<true>>(&case, &())?;
            state_laws::hold::<Extreme<false>>(&case, &())?;
        }
    }
}
