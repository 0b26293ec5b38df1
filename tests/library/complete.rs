//! The catalogue against the names of the language, both ways: `tests/reference/names.txt` has what there is to have.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use sumoql::language::reference::entry::{Entry, EntryKind};

/// Names that are not built yet. The list can only get shorter: one that is there by now must go from it.
const NOT_YET: &[(&str, &str)] = &[];

/// A name that the language has.
struct Wanted {
    /// `operator`, `aggregate`, `function`, `expression`, `field`; `any` where the manual leaves open what it is.
    kind: &'static str,
    name: &'static str,
    /// The entry's name.
    entry: &'static str,
    /// Whether the manual has it; others are known from published queries.
    manual: bool,
}

fn wanted() -> Vec<Wanted> {
    let lines = include_str!("../reference/names.txt").lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [kind, name, of, source] = cells[..] else { panic!("not four columns: {line}") };
            assert!(["operator", "aggregate", "function", "expression", "field", "any"].contains(&kind), "{line}");
            assert!(["manual", "published"].contains(&source), "{line}");
            Wanted { kind, name, entry: if of == "-" { name } else { of }, manual: source == "manual" }
        })
        .collect()
}

/// Every spelling that the catalogue accepts: kind, name, the entry.
fn spellings() -> Vec<(&'static str, String, Entry)> {
    let catalogue = sumoql::catalogue();
    let mut out = Vec::new();
    for entry in catalogue.entries() {
        let names: BTreeSet<&str> = std::iter::once(entry.name).chain(entry.aliases.iter().copied()).collect();
        out.extend(names.into_iter().map(|name| (entry.kind.name(), name.to_string(), entry.clone())));
        if entry.kind == EntryKind::Operator {
            // Other first words of its form: `order` of `sort`. The first word of its name is an entry of its own or none.
            let (_, form) = catalogue.forms().chain(catalogue.heads()).find(|(def, _)| def.name == entry.name).unwrap();
            let first = |word: &&str| entry.name.split(' ').next() != Some(word);
            out.extend(
                form.first_words().into_iter().filter(first).map(|word| ("operator", word.into(), entry.clone())),
            );
        }
    }
    out
}

/// The manual writes names in more than one letter case, so case does not count, but a kind does.
fn is(wanted: &Wanted, (kind, name, entry): &(&str, String, Entry)) -> bool {
    (wanted.kind == *kind || wanted.kind == "any")
        && wanted.name.eq_ignore_ascii_case(name)
        && wanted.entry.eq_ignore_ascii_case(entry.name)
}

#[test]
fn nothing_of_the_language_is_missing() {
    let (wanted, spellings) = (wanted(), spellings());
    let not_yet = |w: &Wanted| NOT_YET.contains(&(w.kind, w.name));
    let mut faults = Vec::new();
    for w in &wanted {
        match (spellings.iter().any(|spelling| is(w, spelling)), not_yet(w)) {
            (false, false) => faults.push(format!("{} {} is not in the catalogue", w.kind, w.name)),
            (true, true) => faults.push(format!("{} {} is there: take it off NOT_YET", w.kind, w.name)),
            _ => {}
        }
    }
    for (kind, name) in NOT_YET {
        if !wanted.iter().any(|w| (w.kind, w.name) == (*kind, *name)) {
            faults.push(format!("NOT_YET has {kind} {name}, which names.txt has not"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn nothing_is_in_the_catalogue_that_the_language_has_not() {
    let wanted = wanted();
    let mut faults = Vec::new();
    for spelling in &spellings() {
        let (kind, name, entry) = spelling;
        let known = wanted.iter().find(|w| is(w, spelling));
        let undocumented = entry.page.is_empty() && (entry.dialect.is_some() || *kind != "operator");
        match known {
            None if !undocumented => {
                faults.push(format!("{kind} {name} is neither in names.txt nor marked as undocumented"));
            }
            // What only published queries have must not claim a page of the manual; a second spelling shares its entry's.
            Some(w) if !w.manual && w.entry == w.name && !undocumented => {
                faults.push(format!("{kind} {name} is marked as documented, and names.txt says it is not"));
            }
            Some(w) if w.manual && undocumented => {
                faults.push(format!("{kind} {name} has no page of the manual, and names.txt says that there is one"));
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
