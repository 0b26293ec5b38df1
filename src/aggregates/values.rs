//! `values`: the different values, as one text.

use crate::diagnostics::Diagnostic;
use crate::plan::AggregatePlan;
use crate::plan::definitions::{AggregateCall, AggregateDef};
use crate::program::aggregate::{AggregateState, PerGroup};
use crate::program::batch::Row;
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};
use std::collections::BTreeSet;
use std::sync::Arc;
use sumoql_data::value::{ALLOCATION, Owned, Value};

/// The most values that are listed.
const MAX_VALUES: usize = 100;

pub static DEF: AggregateDef = AggregateSignature {
    name: "values",
    form: "values(FIELD) [as NAME] [by FIELD, …] [as NAME]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: 1,
    measure: Measure::Any,
    summary: "Returns the distinct values of a field, one per line.",
    doc: "Returns the first 100 values in the order of their code points: digits, capital letters, lowercase letters; \
          `10` before `9`. Null is skipped. The default name is `_values`.",
    page: "search/search-query-language/group-aggregate-operators/values",
    also: &["list", "distinct", "unique", "collect", "concatenate"],
    examples: &[
        Example {
            title: "By host",
            query: "* | parse \"h=* k=*;\" as h, k | values(k) by h",
            messages: &["h=a k=b;", "h=a k=A;", "h=a k=9;", "h=a k=10;", "h=a k=b;", "h=b k=x;"],
            expect: Expect::Rows(&["h", "_values"], &[&["a", "10\n9\nA\nb"], &["b", "x"]]),
        },
        Example {
            title: "Null is skipped; without values the result is null",
            query: "* | parse \"h=* k=*;\" as h, k nodrop | values(k) by h as all",
            messages: &["h=a k=1;", "nothing"],
            expect: Expect::Rows(&["h", "all"], &[&["", ""], &["a", "1"]]),
        },
    ],
}
.planned_by(plan);

fn plan(call: &AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic> {
    let aggregate = Arc::new(PerGroup::<Values>::new(call.slot, ()));
    Ok(AggregatePlan { columns: vec![call.name("_values")], aggregate })
}

/// The first values in order, never more than are listed: what comes after those can't get in any more.
#[derive(Default)]
struct Values {
    texts: BTreeSet<Box<str>>,
    bytes: usize,
}

impl Values {
    fn insert(&mut self, text: &str) {
        let full = self.texts.len() == MAX_VALUES;
        if full && self.texts.last().is_some_and(|last| text > &**last) || self.texts.contains(text) {
            return;
        }
        self.bytes += text.len();
        self.texts.insert(text.into());
        if full && let Some(last) = self.texts.pop_last() {
            self.bytes -= last.len();
        }
    }
}

impl AggregateState for Values {
    type Params = ();

    fn update(&mut self, value: Value<'_>, _: Row<'_, '_>, (): &()) {
        match value {
            Value::Null => {}
            Value::Text(text) => self.insert(text),
            other => self.insert(&other.owned().to_string()),
        }
    }

    fn merge(&mut self, other: Self) {
        other.texts.iter().for_each(|text| self.insert(text));
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        let texts: Vec<&str> = self.texts.iter().map(|text| &**text).collect();
        vec![if texts.is_empty() { Owned::Null } else { Owned::Text(texts.join("\n").into()) }]
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.texts.len() as u64);
        self.texts.iter().for_each(|text| out.slice(text.as_bytes()));
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let mut out = Values::default();
        for _ in 0..bytes.count()? {
            out.insert(std::str::from_utf8(bytes.slice()?).map_err(|_| Corrupt)?);
        }
        Ok(out)
    }

    fn heap(&self) -> usize {
        // Nodes of the tree have room for 11 texts and are mostly half full.
        let node = 11 * size_of::<Box<str>>() + 2 * ALLOCATION;
        self.bytes + self.texts.len() * ALLOCATION + self.texts.len().div_ceil(6) * node
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::state_laws;

    #[test]
    fn the_first_hundred_whatever_the_order() {
        let (mut up, mut down) = (Values::default(), Values::default());
        (0..300).for_each(|n| up.insert(&format!("{n:03}")));
        (0..300).rev().for_each(|n| down.insert(&format!("{n:03}")));
        assert_eq!(up.texts, down.texts);
        assert_eq!((up.bytes, down.bytes, up.texts.len()), (300, 300, MAX_VALUES));
        assert_eq!(up.texts.last().map(|text| &**text), Some("099"));
    }

    proptest::proptest! {
        #![proptest_config(state_laws::config())]
        #[test]
        fn parts_make_the_whole(case in state_laws::case()) {
            state_laws::hold::<Values>(&case, &())?;
        }
    }
}
