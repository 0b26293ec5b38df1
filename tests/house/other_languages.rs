//! The table of words of other languages is right, and the page of the guide is made of it. `UPDATE=1 cargo test --test house
//! other_languages` writes the page anew.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashSet;
use std::fs;
use sumoql::diagnostics::Diagnostic;
use sumoql::engine::prepare::QueryText;
use sumoql::syntax::other_languages::{ForeignWord, Position, all};
use sumoql_data::table_resolver::NoTables;

const PAGE: &str = "docs/guide/coming-from.md";

/// An example as a whole query.
fn query(row: &ForeignWord, example: &str) -> String {
    match row.position {
        Position::Scope => example.to_string(),
        _ if example.starts_with('=') => format!("* |{example}"),
        _ => format!("* | {example}"),
    }
}

fn check(text: &str) -> Vec<Diagnostic> {
    let catalogue = sumoql::catalogue();
    QueryText::new(text.to_string(), str::to_string).check(&catalogue, false, &NoTables).0
}

#[test]
fn the_page_of_the_guide_is_what_the_table_says() {
    let wanted = sumoql::language::reference::coming_from::page();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(PAGE, &wanted).unwrap();
    }
    assert_eq!(
        fs::read_to_string(PAGE).unwrap(),
        wanted,
        "write it with: UPDATE=1 cargo test --test house other_languages"
    );
}

#[test]
fn each_example_of_another_language_brings_up_its_help() {
    let mut wrong = Vec::new();
    for row in all() {
        let told = check(&query(row, row.foreign));
        let helped = |found: &Diagnostic| found.help.as_ref().is_some_and(|help| help.contains(row.help));
        // Some know more than the table: the form with the names that were written.
        let better = |found: &Diagnostic| {
            found.help.as_ref().is_some_and(|help| help.contains(row.sumo.trim_start_matches("where ")))
        };
        if !told.iter().any(|found| helped(found) || better(found)) {
            let told: Vec<_> = told.iter().map(|found| (&found.message, &found.help)).collect();
            wrong.push(format!("{}: wanted `{}`, got {told:?}", row.foreign, row.help));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_example_of_sumo_logic_has_no_error() {
    let mut wrong = Vec::new();
    for row in all() {
        for found in check(&query(row, row.sumo)) {
            if found.is_error() || found.code.id == "W201" {
                wrong.push(format!("{}: {}", row.sumo, found.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A plain exchange, made in the example, gives a query that can be read.
#[test]
fn each_exchange_mends_its_example() {
    let mut wrong = Vec::new();
    for row in all().filter(|row| row.exchange.is_some()) {
        let text = query(row, row.foreign);
        let before = check(&text);
        let Some((found, fix)) = before.iter().find_map(|found| Some((found, found.fix.as_ref()?))) else {
            wrong.push(format!("{}: nothing to exchange", row.foreign));
            continue;
        };
        let changed = fix.apply(&text);
        let after = check(&changed);
        let same = |d: &&Diagnostic| d.is_error() || d.code == found.code && d.code.id != "W202";
        if after.iter().filter(same).count() >= before.iter().filter(same).count().max(1) {
            wrong.push(format!("{changed}: {:?}", after.iter().map(|d| &d.message).collect::<Vec<_>>()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn words_are_in_lower_case_and_stand_there_once() {
    let mut seen = HashSet::new();
    for row in all() {
        for word in row.words {
            assert_eq!(*word, word.to_lowercase());
            assert!(seen.insert((word, format!("{:?}", row.position))), "{word} stands there twice");
        }
        assert!(!row.languages.is_empty() && !row.help.ends_with('.'), "{}", row.foreign);
    }
    assert!(seen.len() > 100);
}

/// What the manual has is not from another language: only what works here without being documented may be in the table.
#[test]
fn nothing_of_the_manual_is_foreign() {
    let catalogue = sumoql::catalogue();
    for row in all().filter(|row| row.position == Position::Function) {
        for word in row.words {
            if let Some(def) = catalogue.function(word) {
                let second = !def.name.eq_ignore_ascii_case(word);
                assert!(second || def.page.is_empty(), "{word} is in the manual");
            }
            assert!(catalogue.aggregate(word).is_none_or(|def| !def.name.eq_ignore_ascii_case(word)), "{word}");
        }
    }
}
