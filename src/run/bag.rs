//! Bags: cells that hold, as a JSON object, fields which only the data name.
//!
//! What `json auto` finds and the query does not mention, and the columns that `transpose` makes, are carried so. All who
//! ask what is in a bag ask here: the result, and the stages that look at all columns of a row.

use super::order::in_order::zero_of;
use crate::program::batch::{Extractor, Row, Slot};
use serde_json::Map;
use std::collections::{BTreeMap, HashMap, HashSet};
use sumoql_data::value::{Owned, Value};

/// The fields of a bag.
pub(crate) fn fields(bag: Value<'_>) -> Map<String, serde_json::Value> {
    match bag {
        Value::Text(text) => serde_json::from_str(text).unwrap_or_default(),
        _ => Map::new(),
    }
}

/// The bags of a row.
#[derive(Clone, Debug, Default)]
pub struct Bags<S = Slot> {
    /// Where they are.
    pub slots: Vec<S>,
    /// Names, in lower case, that they do not bring: there is a column of that name, or `fields` has removed it.
    pub known: HashSet<String>,
}

impl<S: Copy + Into<Slot>> Bags<S> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The fields of a row, in the order of the bags. The letter case of names does not count; of a field that is in several
    /// bags the last counts.
    pub fn of(&self, row: Row<'_, '_>) -> Vec<(String, Owned)> {
        let mut found: Vec<(String, Owned)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for slot in &self.slots {
            for (name, value) in fields(row.get(*slot)) {
                let key = name.to_lowercase();
                if self.known.contains(&key) {
                    continue;
                }
                let place = *places.entry(key).or_insert(found.len());
                match found.get_mut(place) {
                    Some(field) => field.1 = Owned::from_json(&value),
                    None => found.push((name, Owned::from_json(&value))),
                }
            }
        }
        found
    }
}

/// A bag that a stage hands on with its new rows: its fields get names that begin with a prefix.
pub struct Passed {
    /// The prefix.
    pub prefix: String,
    /// Names, in lower case and without the prefix, that it does not bring.
    pub known: HashSet<String>,
}

/// The fields of a bag in another slot, under the names that they have here.
pub(crate) struct Renamed {
    pub bag: Slot,
    pub passed: Passed,
}

impl Extractor for Renamed {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let found = fields(row.get(self.bag)).into_iter().filter(|(name, _)| {
            let known = &self.passed.known;
            !known.contains(&name.to_lowercase())
        });
        let object: Map<_, _> = found.map(|(name, value)| (format!("{}{name}", self.passed.prefix), value)).collect();
        if !object.is_empty() {
            row.set(first, Value::Text(row.arena().alloc_str(&serde_json::Value::Object(object).to_string())));
        }
        true
    }
}

/// All fields of a row's bags in one cell: the same for the same fields, in whatever order and letter case.
pub(crate) struct Together<S>(pub Bags<S>);

impl<S: Copy + Into<Slot> + Send + Sync> Extractor for Together<S> {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let found = self.0.of(row).into_iter().filter(|(_, value)| !matches!(value, Owned::Null));
        let fields: BTreeMap<String, _> =
            found.map(|(name, value)| (name.to_lowercase(), value.borrow().to_json())).collect();
        let object: Map<String, _> = fields.into_iter().collect();
        row.set(first, Value::Text(row.arena().alloc_str(&serde_json::Value::Object(object).to_string())));
        true
    }
}

/// What stands for nothing in a column of bags: a bag with what stands for nothing in each of their fields.
pub(crate) fn zero(rows: &[Box<[Owned]>], column: usize) -> Owned {
    let mut cells: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::new();
    let mut columns: Vec<Vec<Box<[Owned]>>> = Vec::new();
    for bag in rows.iter().filter_map(|row| row.get(column)) {
        for (name, value) in fields(bag.borrow()) {
            let place = *cells.entry(name.to_lowercase()).or_insert(names.len());
            if place == names.len() {
                names.push(name);
                columns.push(Vec::new());
            }
            columns[place].push(Box::new([Owned::from_json(&value)]));
        }
    }
    let zeros = columns.iter().map(|cells| zero_of(cells, 0).borrow().to_json());
    let object: Map<_, _> = names.into_iter().zip(zeros).collect();
    match object.is_empty() {
        true => Owned::Null,
        false => Owned::Text(serde_json::Value::Object(object).to_string().into()),
    }
}
