//! The state of `first` and `last`: the value of the row whose place wins.

use crate::program::aggregate::AggregateState;
use crate::program::batch::{Rank, Row};
use crate::program::codec::{Corrupt, Reader, Writer};
use sumoql_data::value::{Owned, Value};

/// The value of the first row, or of the last, in which there is one.
#[derive(Default)]
pub struct FirstOrLast<const LAST: bool>(Option<(Rank, Owned)>);

impl<const LAST: bool> FirstOrLast<LAST> {
    fn wins(&self, rank: Rank) -> bool {
        self.0.as_ref().is_none_or(|(best, _)| if LAST { rank > *best } else { rank < *best })
    }
}

impl<const LAST: bool> AggregateState for FirstOrLast<LAST> {
    type Params = ();
    const IN_ORDER: bool = true;

    fn update(&mut self, value: Value<'_>, row: Row<'_, '_>, (): &()) {
        if !value.is_null() {
            let rank = row.rank();
            if self.wins(rank) {
                self.0 = Some((rank, value.owned()));
            }
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some((rank, value)) = other.0
            && self.wins(rank)
        {
            self.0 = Some((rank, value));
        }
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        vec![self.0.map_or(Owned::Null, |(_, value)| value)]
    }

    fn encode(&self, out: &mut Writer) {
        match &self.0 {
            None => out.value(&Owned::Null),
            Some((rank, value)) => {
                out.value(value);
                out.rank(rank);
            }
        }
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(FirstOrLast(match bytes.value()? {
            Owned::Null => None,
            value => Some((bytes.rank()?, value)),
        }))
    }

    fn heap(&self) -> usize {
        self.0.as_ref().map_or(0, |(_, value)| value.heap())
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
            state_laws::hold::<FirstOrLast<true>>(&case, &())?;
            state_laws::hold::<FirstOrLast<false>>(&case, &())?;
        }
    }
}
