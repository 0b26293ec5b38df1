//! `count_distinct`: how many different values.

use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::{AggregateState, PerGroup};
use crate::program::batch::{Row, Slot};
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use hashbrown::HashSet;
use std::sync::Arc;
use sumoql_data::key_bytes::encode_value;
use sumoql_data::value::{ALLOCATION, Owned, Value};

pub static DEF: AggregateDef = AggregateSignature {
    name: "count_distinct",
    form: "count_distinct(FIELD, …) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: usize::MAX,
    measure: Measure::Count,
    summary: "Counts the distinct values of a field.",
    doc: "The count is exact for any number of values (in Sumo Logic it is approximate above 100). The empty string \
          counts as a value; null does not. With several fields, it counts distinct combinations, except the one in \
          which all fields are null. The default name is `_count_distinct`.",
    page: "search/search-query-language/group-aggregate-operators/count-count-distinct-and-count-frequent",
    also: &["unique", "distinct", "cardinality"],
    examples: &[
        Example {
            title: "Users of each host",
            query: "* | parse \"h=* u=*;\" as h, u | count_distinct(u) by h",
            messages: &["h=a u=x;", "h=a u=y;", "h=a u=x;", "h=b u=x;"],
            expect: Expect::Rows(&["h", "_count_distinct"], &[&["a", "2"], &["b", "1"]]),
        },
        Example {
            title: "The empty string is a value, null is not",
            query: "* | parse \"u=*;\" as u nodrop | count_distinct(u) as users",
            messages: &["u=x;", "u=;", "nothing"],
            expect: Expect::Rows(&["users"], &[&["2"]]),
        },
        Example {
            title: "Combinations of two fields",
            query: "* | parse \"h=*;\" as h nodrop | parse \"u=*;\" as u nodrop | count_distinct(h, u)",
            messages: &["h=a;u=x;", "h=a;u=y;", "h=a;u=x;", "h=a;", "nothing"],
            expect: Expect::Rows(&["_count_distinct"], &[&["3"]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let more = call.more_slots()?;
    let aggregate = Arc::new(PerGroup::<Distinct>::new(call.slot, more));
    Ok(AggregatePlan { columns: vec![call.name("_count_distinct")], aggregate })
}

/// The different values, in the bytes of a group key. Most are short: those stand in the table itself, where finding one
/// takes one look at memory less.
#[derive(Default)]
struct Distinct {
    short: HashSet<[u8; SHORT]>,
    long: HashSet<Box<[u8]>>,
    /// What the long ones have together.
    bytes: usize,
    /// The key of the row at hand; kept for its memory.
    key: Vec<u8>,
}

/// The most bytes of a short key, and one for how many it has.
const SHORT: usize = 24;

impl Distinct {
    fn insert(&mut self, key: &[u8]) {
        if key.len() < SHORT {
            let mut short = [0; SHORT];
            short[..key.len()].copy_from_slice(key);
            short[SHORT - 1] = key.len() as u8;
            self.short.insert(short);
        } else if !self.long.contains(key) {
            self.bytes += key.len();
            self.long.insert(key.into());
        }
    }

    fn keys(&self) -> impl Iterator<Item = &[u8]> {
        let short = self.short.iter().map(|key| &key[..usize::from(key[SHORT - 1]).min(SHORT - 1)]);
        short.chain(self.long.iter().map(|key| &**key))
    }
}

impl AggregateState for Distinct {
    /// The slots of the fields after the first.
    type Params = Arc<[Slot]>;

    fn update(&mut self, value: Value<'_>, row: Row<'_, '_>, more: &Self::Params) {
        if value.is_null() && more.iter().all(|slot| row.get(*slot).is_null()) {
            return;
        }
        self.key.clear();
        encode_value(value, &mut self.key);
        more.iter().for_each(|slot| encode_value(row.get(*slot), &mut self.key));
        let key = std::mem::take(&mut self.key);
        self.insert(&key);
        self.key = key;
    }

    fn merge(&mut self, other: Self) {
        other.keys().for_each(|key| self.insert(key));
    }

    fn finish(self, _: &Self::Params) -> Vec<Owned> {
        vec![Owned::Int((self.short.len() + self.long.len()) as i64)]
    }

    fn encode(&self, out: &mut Writer) {
        let mut keys: Vec<_> = self.keys().collect();
        out.unsigned(keys.len() as u64);
        keys.sort_unstable();
        keys.into_iter().for_each(|key| out.slice(key));
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let mut out = Distinct::default();
        for _ in 0..bytes.count()? {
            out.insert(bytes.slice()?);
        }
        Ok(out)
    }

    fn heap(&self) -> usize {
        let table = self.short.capacity() * (SHORT + 1) + self.long.capacity() * (size_of::<Box<[u8]>>() + 1);
        self.bytes + self.long.len() * ALLOCATION + table + self.key.capacity()
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
            state_laws::hold::<Distinct>(&case, &Arc::from([]))?;
            state_laws::hold::<Distinct>(&case, &Arc::from([0]))?;
        }
    }

    #[test]
    fn keys_of_any_length_are_counted_once() {
        let mut distinct = Distinct::default();
        for _ in 0..2 {
            (0..60).for_each(|length| distinct.insert(&vec![0; length]));
        }
        assert_eq!(distinct.keys().count(), 60);
        assert_eq!(distinct.finish(&Arc::from([]))[0].to_string(), "60");
    }
}
