//! What every aggregate's state must hold to, checked with random values: parts merge to the whole in any order, and
//! bytes give back what they were made of.

use crate::program::aggregate::AggregateState;
use crate::program::batch::{Batch, ColumnSource, EvalContext, Program, Tally};
use crate::program::codec::{Reader, Writer};
use proptest::prelude::*;
use sumoql_data::table::Table;
use sumoql_data::value::{Owned, Value};

/// Values of a group's rows in order, where they are cut in two, and bytes that are no state.
#[derive(Debug)]
pub struct Case {
    values: Vec<Owned>,
    cut: usize,
    garbage: Vec<u8>,
}

/// How many cases.
pub fn config() -> ProptestConfig {
    ProptestConfig::with_cases(64)
}

/// Random cases.
pub fn case() -> impl Strategy<Value = Case> {
    let value = prop_oneof![
        1 => Just(Owned::Null),
        1 => any::<bool>().prop_map(Owned::Bool),
        4 => (-20i64..20).prop_map(Owned::Int),
        1 => any::<i64>().prop_map(Owned::Int),
        3 => (-1e9..1e9f64).prop_map(|n| Value::from_number(n).owned()),
        1 => Just(Owned::Double(1e-300)),
        // Sums of these overflow on the way, or lose what is small.
        2 => (prop::sample::select(vec![1.7e308, -1.7e308, 1e300, -1e300, 1e200, 3e-200]), 0.5..1.0f64)
            .prop_map(|(n, part)| Owned::Double(n * part)),
        1 => prop::sample::select(vec![1.7e308, -1.7e308, f64::INFINITY, f64::NAN]).prop_map(Owned::Double),
        3 => "[0-9]{1,3}(\\.[0-9]{1,3})?".prop_map(|text| Owned::Text(text.into())),
        3 => "[aAbB]{0,2}".prop_map(|text| Owned::Text(text.into())),
        1 => "[ab]{16,20}".prop_map(|text| Owned::Text(text.into())),
    ];
    let values = proptest::collection::vec(value, 0..40);
    (values, 0usize..40, proptest::collection::vec(any::<u8>(), 0..20)).prop_map(|(values, cut, garbage)| Case {
        cut: cut.min(values.len()),
        values,
        garbage,
    })
}

/// Checks a kind of state.
pub fn hold<S: AggregateState>(case: &Case, params: &S::Params) -> Result<(), TestCaseError> {
    let mut program = Program::default();
    program.define(ColumnSource::Column(0), 1, None);
    let rows: Vec<Box<[Owned]>> = case.values.iter().map(|value| vec![value.clone()].into()).collect();
    let table = Table { columns: vec!["v".into()], rows };
    let (arena, env, tally) = (bumpalo::Bump::new(), EvalContext::default(), Tally::default());
    let batch = Batch::of_table(&program, (&table, 0, case.values.len()), &arena, &env, &tally);
    let state = |rows: &mut dyn Iterator<Item = usize>| {
        let mut state = S::default();
        for row in rows {
            let row = batch.row(row as u32);
            state.update(row.get(0usize), row, params);
        }
        state
    };
    let copy = |state: &S| {
        let mut bytes = Writer::default();
        state.encode(&mut bytes);
        let mut reader = Reader::new(&bytes.bytes);
        let copy = S::decode(&mut reader).map_err(|_| TestCaseError::fail("what was written can't be read"))?;
        prop_assert!(reader.is_empty(), "bytes are left over");
        Ok(copy)
    };
    let all = || 0..case.values.len();
    let whole = format!("{:?}", state(&mut all()).finish(params));
    prop_assert_eq!(&whole, &format!("{:?}", state(&mut all().rev()).finish(params)), "the other way round");
    prop_assert_eq!(&whole, &format!("{:?}", copy(&state(&mut all()))?.finish(params)), "through bytes");
    let (head, tail) = (|| state(&mut (0..case.cut)), || state(&mut (case.cut..case.values.len())));
    let (mut there, mut back) = (head(), tail());
    there.merge(copy(&tail())?);
    back.merge(copy(&head())?);
    prop_assert_eq!(&whole, &format!("{:?}", there.finish(params)), "merged");
    prop_assert_eq!(&whole, &format!("{:?}", back.finish(params)), "merged the other way round");
    let mut reader = Reader::new(&case.garbage);
    if let Ok(state) = S::decode(&mut reader) {
        state.finish(params);
    }
    Ok(())
}
