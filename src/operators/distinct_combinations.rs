//! What the mining stages have in common: they count distinct combinations of values first, a mergeable group, and then
//! look at all of them at once.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::{AggregatePlan, OperatorCall, Planner};
use crate::program::aggregate::{AggregateState, PerGroup};
use crate::program::batch::{Rank, Row, Slot};
use crate::program::budget::OverBudget;
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Whole};
use crate::syntax::tree::Name;
use std::sync::Arc;
use sumoql_data::table::Table;
use sumoql_data::value::{Owned, Value};

/// One combination of values.
pub struct Counted<'t> {
    /// The values of the keys.
    pub key: &'t [Owned],
    /// How many rows there are on the first side, and on the second.
    pub counts: [u64; 2],
    /// The place of the first of them, in time and then in order of arrival.
    pub first: [i64; 4],
}

/// What a mining stage does with the combinations: the rows of its table.
pub type Work = dyn Fn(&[Counted<'_>], &RunContext<'_>) -> Result<Vec<Vec<Owned>>, OverBudget> + Send + Sync;

/// Bits of the value that says on which side a row is; on none it is not counted.
pub const FIRST: i64 = 1;
/// The second side.
pub const SECOND: i64 = 2;

/// A name that no query can write.
pub fn hidden(name: &str) -> Name {
    Name { text: format!("\u{1}{name}"), span: Span::default() }
}

/// Ends the segment with a mining stage over the combinations of some fields. `side` has the side bits of a row; without
/// it, all rows are on the first. The work makes cells for the keys that are `kept`, the last ones, and for `columns`.
/// The answer is the names of all these.
pub fn count(
    planner: &mut Planner<'_>,
    (keys, kept): (&[&Name], usize),
    side: Option<Slot>,
    columns: &[&str],
    work: Arc<Work>,
) -> Result<Vec<String>, Diagnostic> {
    group(planner, keys, side)?;
    Ok(finish(planner, (keys.len(), kept), columns, work))
}

/// The first half of [`count`]: the combinations are counted.
pub fn group(planner: &mut Planner<'_>, keys: &[&Name], side: Option<Slot>) -> Result<(), Diagnostic> {
    for (at, name) in keys.iter().enumerate() {
        if keys[..at].iter().any(|earlier| earlier.key() == name.key()) {
            let message = format!("`{}` is listed twice", name.text);
            return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message));
        }
    }
    let figures = ["first", "second", "time", "source", "offset", "copy"].map(|figure| hidden(figure).text);
    let counts = AggregatePlan { columns: figures.to_vec(), aggregate: Arc::new(PerGroup::<Sides>::new(side, ())) };
    planner.group(keys, vec![counts])
}

/// The second half of [`count`]: the work is done.
pub fn finish(
    planner: &mut Planner<'_>,
    (keys, kept): (usize, usize),
    columns: &[&str],
    work: Arc<Work>,
) -> Vec<String> {
    let mut breaker = planner.breaker();
    let grouped = breaker.rows.shown();
    let inputs = grouped.iter().map(|name| breaker.named(name)).collect();
    let names = grouped.into_iter().take(keys).skip(keys.saturating_sub(kept));
    let names: Vec<String> = names.chain(columns.iter().map(|column| column.to_string())).collect();
    let apply = move |rows: &[Box<[Owned]>], context: &RunContext<'_>| {
        let counted: Vec<Counted<'_>> = rows.iter().map(|row| read(row, keys)).collect();
        match work(&counted, context) {
            Ok(made) => made.into_iter().map(|own| Made { own, rest: Rest::Null }).collect(),
            Err(over) => {
                context.ran_out(over);
                Vec::new()
            }
        }
    };
    breaker.renew(Whole::new(inputs, apply), &names);
    planner.rows.set_group_keys(&names[..kept.min(names.len())]);
    names
}

/// One table of the combinations of two: those of the second are on the second side.
pub fn beside(tables: Vec<Table>) -> Table {
    let mut tables = tables.into_iter();
    let mut all = tables.next().unwrap_or_default();
    let [first, second] = ["first", "second"].map(|side| all.column(&hidden(side).text));
    for mut row in tables.flat_map(|table| table.rows) {
        if let (Some(first), Some(second)) = (first, second) {
            row.swap(first, second);
        }
        all.rows.push(row);
    }
    all
}

fn read(row: &[Owned], keys: usize) -> Counted<'_> {
    let (key, figures) = row.split_at(keys.min(row.len()));
    let figure = |at: usize| figures.get(at).and_then(|cell| cell.borrow().integer()).unwrap_or(0);
    let count = |at| u64::try_from(figure(at)).unwrap_or(0);
    Counted { key, counts: [count(0), count(1)], first: [figure(2), figure(3), figure(4), figure(5)] }
}

/// The values of the keys as texts; null is none.
pub fn texts(counted: &[Counted<'_>]) -> Vec<Vec<Option<String>>> {
    let text = |value: &Owned| (!value.borrow().is_null()).then(|| value.to_string());
    counted.iter().map(|counted| counted.key.iter().map(text).collect()).collect()
}

/// Shows these columns only; those that start with `_` stay usable.
pub fn show(planner: &mut Planner<'_>, names: Vec<String>) -> Result<(), Diagnostic> {
    let names: Vec<Name> = names.into_iter().map(|text| Name { text, span: Span::default() }).collect();
    planner.show_only(&names.iter().collect::<Vec<_>>())
}

/// Refuses a stage after an aggregate.
pub fn needs_messages(call: &OperatorCall<'_>, planner: &Planner<'_>, name: &str) -> Result<(), Diagnostic> {
    match planner.rows.messages {
        true => Ok(()),
        false => {
            let message = format!("`{name}` needs messages: it can't follow an aggregate");
            Err(Diagnostic::error(&codes::MISPLACED, call.span, message))
        }
    }
}

/// A number for a text that is the same everywhere, as 16 hexadecimal digits (FNV-1a).
pub fn id(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}")
}

/// The state of one combination.
#[derive(Default)]
struct Sides {
    counts: [u64; 2],
    first: Option<Rank>,
}

impl Sides {
    /// Earlier messages come first here, whatever the order in which they are shown.
    fn place(rank: &Rank) -> [i64; 4] {
        let clamp = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        [rank.age.saturating_neg(), i64::from(rank.source), clamp(rank.offset), i64::from(rank.copy)]
    }

    fn see(&mut self, rank: Rank) {
        if self.first.as_ref().is_none_or(|first| Sides::place(&rank) < Sides::place(first)) {
            self.first = Some(rank);
        }
    }
}

impl AggregateState for Sides {
    type Params = ();

    fn update(&mut self, value: Value<'_>, row: Row<'_, '_>, (): &()) {
        let bits = value.integer().unwrap_or(0);
        self.counts[0] += u64::from(bits & FIRST != 0);
        self.counts[1] += u64::from(bits & SECOND != 0);
        self.see(row.rank());
    }

    fn merge(&mut self, other: Self) {
        self.counts[0] += other.counts[0];
        self.counts[1] += other.counts[1];
        if let Some(rank) = other.first {
            self.see(rank);
        }
    }

    fn finish(self, (): &()) -> Vec<Owned> {
        let place = self.first.as_ref().map(Sides::place).unwrap_or_default();
        let counts = self.counts.map(|count| Owned::Int(i64::try_from(count).unwrap_or(i64::MAX)));
        counts.into_iter().chain(place.map(Owned::Int)).collect()
    }

    fn encode(&self, out: &mut Writer) {
        self.counts.iter().for_each(|count| out.unsigned(*count));
        out.rank(&self.first.unwrap_or_default());
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Sides { counts: [bytes.unsigned()?, bytes.unsigned()?], first: Some(bytes.rank()?) })
    }
}
