//! `docs/reference/` is what the catalogue says. `UPDATE=1 cargo test --test house reference` writes it anew.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[test]
fn the_reference_is_what_the_catalogue_says() {
    let catalogue = sumoql::catalogue();
    let mut wanted: BTreeMap<String, String> =
        sumoql::language::reference::pages::pages(&catalogue).into_iter().collect();
    wanted.insert("catalogue.json".into(), sumoql::language::reference::json::document(&catalogue));
    let folder = Path::new("docs/reference");
    let update = std::env::var_os("UPDATE").is_some();
    if update {
        fs::create_dir_all(folder).unwrap();
    }
    let mut wrong = Vec::new();
    for (name, text) in &wanted {
        let path = folder.join(name);
        if fs::read_to_string(&path).ok().as_ref() == Some(text) {
            continue;
        }
        match update {
            true => fs::write(&path, text).unwrap(),
            false => wrong.push(format!("{name} is not up to date")),
        }
    }
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !wanted.contains_key(&name) {
            match update {
                true => fs::remove_file(folder.join(&name)).unwrap(),
                false => wrong.push(format!("{name} belongs to nothing")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nwrite them with: UPDATE=1 cargo test --test house reference", wrong.join("\n"));
}

#[test]
fn every_entry_has_a_page_and_every_group_a_place() {
    let catalogue = sumoql::catalogue();
    let pages = sumoql::language::reference::pages::pages(&catalogue);
    for entry in catalogue.entries() {
        let file = format!("{}.md", entry.group.key());
        let (_, page) = pages.iter().find(|(name, _)| *name == file).unwrap_or_else(|| panic!("no page {file}"));
        assert!(page.contains(&format!("\n## {} ({})\n", entry.name, entry.kind.name())), "{}", entry.name);
    }
}

#[test]
fn the_json_reads_back() {
    let document = sumoql::language::reference::json::document(&sumoql::catalogue());
    let read: serde_json::Value = serde_json::from_str(&document).unwrap();
    let entries = read["entries"].as_array().unwrap();
    assert!(entries.len() > 20);
    assert!(entries.iter().all(|entry| !entry["examples"].as_array().unwrap().is_empty()));
}
