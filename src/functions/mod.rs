//! The functions, one folder for each group of the reference; one-line functions of a kind share a file.

use crate::catalogue::{FunctionDef, Group, Make, Type};
use crate::run::value::Value;

mod math;

/// All functions, by name.
pub static ALL: &[&FunctionDef] = &[
    &math::magnitude::ABS, //
];

/// What most definitions leave as it is: `FunctionDef { name: …, ..BASE }`.
const BASE: FunctionDef = FunctionDef {
    name: "",
    aliases: &[],
    group: Group::Text,
    params: &[],
    returns: Type::Any,
    summary: "",
    doc: "",
    page: "",
    also: &[],
    examples: &[],
    alias_needed: false,
    make: Make::Pure(|_, _| Value::Null),
};

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_function_has_documents_and_examples() {
        for def in ALL {
            assert!(!def.name.is_empty() && !def.summary.is_empty(), "{}", def.name);
            assert!(def.examples.len() >= 2, "{}: a normal example and one of null or bad input", def.name);
        }
    }

    #[test]
    fn the_list_is_in_order_and_names_are_unique() {
        let names: Vec<String> = ALL.iter().map(|def| def.name.to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        let mut all: Vec<String> = ALL
            .iter()
            .flat_map(|def| std::iter::once(&def.name).chain(def.aliases))
            .map(|n| n.to_lowercase())
            .collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
