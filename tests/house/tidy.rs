//! The house rules that a machine can check: the order of rooms, what a file looks like, and that lists are complete.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use sumoql::diagnostics::codes;
use sumoql::syntax::form::Form;
use sumoql::syntax::signature::{Example, OperatorSignature};

/// The folders of `src` from the ground up: each may use those that stand above it in this list, and itself; folders on
/// one line do not use each other. The same list stands in `docs/architecture.md`.
const ROOMS: &[&[&str]] = &[
    &["diagnostics"],
    &["mining"],
    &["syntax"],
    &["program"],
    &["run"],
    &["plan"],
    &["lint"],
    &["trace"],
    &["operators", "functions", "aggregates"],
    &["language"],
    &["output"],
    &["engine"],
];

/// The crates of the workspace, from the ground up: each may depend on those that stand above it in this list. The language
/// is the package `sumoql` at the root.
const CRATES: &[(&str, &[&str])] = &[
    ("java", &[]),
    ("data", &["java"]),
    ("evtx", &[]),
    ("charts", &[]),
    ("sumoql", &["charts", "data", "java"]),
    ("input", &["data", "evtx"]),
    ("cli", &["sumoql", "charts", "data", "evtx", "input", "java"]),
];

/// Crates that may touch files, the terminal, the environment and other processes, and the room of the language that
/// writes to what it is given.
const OUTWARD: &[&str] = &["crates/cli", "crates/evtx", "crates/input", "src/output"];

/// The usual upper size of a file, in lines; beyond it, a reason must be listed. Nothing is longer than `LONGEST`.
const LONG: usize = 500;
const LONGEST: usize = 900;

/// Files of more than `LONG` lines, and why they are in one piece.
const LONG_FILES: &[(&str, &str)] = &[];

/// A source file: its path from the root, its text, and its code without comments and tests.
struct Source {
    path: String,
    text: String,
    code: Vec<(usize, String)>,
}

impl Source {
    /// The room of the language it belongs to; empty for `lib.rs`, and for other crates.
    fn folder(&self) -> &str {
        let room = self.path.strip_prefix("src/").and_then(|rest| rest.split_once('/'));
        room.map_or("", |(folder, _)| folder)
    }

    /// How many `super`s lead from the file's items to the root of the crate.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count() - 1;
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries.map(|entry| entry.expect("an entry").path()) {
        match entry.is_dir() {
            true => rust_files(&entry, out),
            false if entry.extension().is_some_and(|e| e == "rs") => out.push(entry),
            false => {}
        }
    }
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    for (name, _) in CRATES.iter().filter(|(name, _)| *name != "sumoql") {
        rust_files(&root().join("crates").join(name).join("src"), &mut files);
    }
    files.sort();
    let read = |file: &PathBuf| {
        let path = file.strip_prefix(root()).expect("under the root").to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(file).expect("readable");
        let code = if path.ends_with("/tests.rs") { Vec::new() } else { code_of(&text) };
        Source { path, text, code }
    };
    files.iter().map(read).collect()
}

/// Numbered lines without comments, up to the tests at the end of the file.
fn code_of(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let tests = line.trim() == "#[cfg(test)]"
            && lines[number + 1..]
                .iter()
                .find(|next| !next.trim_start().starts_with("#["))
                .is_some_and(|next| next.trim_start().starts_with("mod ") && next.ends_with('{'));
        if tests {
            break;
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        let line = line.split_once(" // ").map_or(*line, |(code, _)| code);
        out.push((number + 1, line.to_string()));
    }
    out
}

/// The names that follow each occurrence of a path such as `crate::`; of `crate::{a, b::c}` those inside the braces.
fn names_after(code: &str, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(path) {
        let inside_a_longer_path = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        if inside_a_longer_path {
            continue;
        }
        let rest = &code[at + path.len()..];
        match rest.strip_prefix('{') {
            None => found.push(name_of(rest)),
            Some(list) => {
                let mut depth = 0;
                let mut start = true;
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && !c.is_whitespace() => {
                            found.push(name_of(&list[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

fn name_of(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '#').collect()
}

fn report(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn rooms_use_only_those_above_them() {
    let mut faults = Vec::new();
    let row_of = |folder: &str| ROOMS.iter().position(|row| row.contains(&folder));
    for source in sources() {
        let folder = source.folder();
        if folder.is_empty() {
            continue;
        }
        let Some(row) = row_of(folder) else {
            faults.push(format!("{}: the folder `{folder}` is not in the list of this test", source.path));
            continue;
        };
        let code: String = source.code.iter().map(|(_, line)| format!("{line}\n")).collect();
        let up = "super::".repeat(source.depth());
        for used in names_after(&code, "crate::").into_iter().chain(names_after(&code, &up)) {
            if used != folder && row_of(&used).is_some_and(|other| other >= row) {
                faults.push(format!("{}: `{folder}` must not use `{used}`", source.path));
            }
            // The whole language: it names every operator.
            if used == "catalogue" && row_of(folder) <= row_of("output") && folder != "language" {
                faults.push(format!("{}: take the catalogue as an argument", source.path));
            }
        }
    }
    report(faults);
}

#[test]
fn the_list_in_the_architecture_document_is_this_one() {
    let document = std::fs::read_to_string(root().join("docs/architecture.md")).expect("readable");
    let at = document.find("| room | is |").expect("a table of the rooms");
    let lines = document[at..].lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_string).collect::<Vec<_>>();
    let written: Vec<Vec<String>> = lines.map(|line| names(line.split('|').nth(1).unwrap_or(""))).collect();
    let rooms: Vec<Vec<String>> = ROOMS.iter().map(|row| row.iter().map(|room| room.to_string()).collect()).collect();
    assert_eq!(written, rooms, "docs/architecture.md");
}

/// Whether a path or macro stands in a line of code, not as part of a longer name.
fn stands_in(line: &str, word: &str) -> bool {
    let longer = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(longer))
}

#[test]
fn only_the_edge_touches_the_world() {
    let words = [
        "std::fs",
        "std::io",
        "std::env",
        "std::net::Tcp",
        "std::net::Udp",
        "std::process",
        "println!",
        "print!",
        "eprintln!",
        "eprint!",
        "dbg!",
        "static mut",
        "thread_local!",
    ];
    let mut faults = Vec::new();
    let inward = |source: &&Source| !OUTWARD.iter().any(|place| source.path.starts_with(place));
    for source in sources().iter().filter(inward) {
        for (number, line) in &source.code {
            let found = words.iter().filter(|word| stands_in(line, word));
            faults.extend(found.map(|word| format!("{}:{number}: {word}", source.path)));
        }
    }
    report(faults);
}

#[test]
fn every_file_says_what_it_is() {
    let bad = |source: &Source| {
        let first = source.text.lines().next().unwrap_or("");
        !first.starts_with("//! ") || first.len() < 8
    };
    report(
        sources().iter().filter(|source| bad(source)).map(|s| format!("{}: no `//! …` first line", s.path)).collect(),
    );
}

#[test]
fn files_are_of_readable_size() {
    let mut faults = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        let listed = LONG_FILES.iter().any(|(path, reason)| *path == source.path && !reason.is_empty());
        if listed && lines <= LONG {
            faults.push(format!("{}: {lines} lines; it needs no reason to be long any more", source.path));
        }
        if lines > LONGEST || (lines > LONG && !listed) {
            faults.push(format!("{}: {lines} lines; split it", source.path));
        }
    }
    report(faults);
}

#[test]
fn no_drawer_for_odds_and_ends() {
    let drawers = ["util", "utils", "common", "helper", "helpers", "misc", "shared"];
    let mut faults = Vec::new();
    for source in sources() {
        let named = source.path.split(['/', '.']).any(|part| drawers.contains(&part));
        let module = source.code.iter().any(|(_, line)| {
            let name =
                line.trim().trim_start_matches("pub").trim_start_matches("(super)").trim_start_matches("(crate)");
            name.trim().strip_prefix("mod ").is_some_and(|name| drawers.contains(&name_of(name).as_str()))
        });
        if named || module {
            faults.push(format!("{}: name it by what it does", source.path));
        }
    }
    report(faults);
}

#[test]
fn no_unsafe_code() {
    let starts = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait", "unsafe extern"];
    let mut faults = Vec::new();
    // Files mapped into memory can't be had without.
    for source in sources().into_iter().filter(|source| !source.path.ends_with("input/src/reading/memory_map.rs")) {
        let lines = source.code.iter().filter(|(_, line)| starts.iter().any(|start| line.contains(start)));
        faults.extend(lines.map(|(number, _)| format!("{}:{number}", source.path)));
    }
    report(faults);
}

/// The names in a table of a manifest, in its order.
fn named_in(manifest: &str, table: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(manifest)).expect("readable");
    let (_, rest) = text.split_once(&format!("\n[{table}]\n")).expect("the table");
    let lines = rest.split("\n[").next().unwrap_or("").lines();
    lines.filter_map(|line| line.split_once([' ', '.'])).map(|(name, _)| name.to_string()).collect()
}

#[test]
fn crates_depend_only_on_those_above_them() {
    let mut faults = Vec::new();
    for (at, (name, allowed)) in CRATES.iter().enumerate() {
        let manifest = if *name == "sumoql" { "Cargo.toml".to_string() } else { format!("crates/{name}/Cargo.toml") };
        for used in named_in(&manifest, "dependencies") {
            let Some(used) = used.strip_prefix("sumoql") else { continue };
            let used = if used.is_empty() { "sumoql" } else { &used[1..] };
            if !allowed.contains(&used) || !CRATES[..at].iter().any(|(above, _)| *above == used) {
                faults.push(format!("{manifest}: `{name}` must not depend on `{used}`"));
            }
        }
    }
    let members = std::fs::read_dir(root().join("crates")).expect("crates").count();
    assert_eq!(members + 1, CRATES.len(), "a crate is not in the list of this test");
    report(faults);
}

#[test]
fn nom_is_the_only_parser_of_the_language() {
    let names = named_in("Cargo.toml", "dependencies");
    assert!(names.iter().any(|name| name == "nom") && !names.iter().any(|name| name.starts_with("pest")), "{names:?}");
}

#[test]
fn dependencies_are_documented() {
    let manifests = CRATES.iter().map(|(name, _)| match *name {
        "sumoql" => "Cargo.toml".to_string(),
        name => format!("crates/{name}/Cargo.toml"),
    });
    let foreign = |name: &String| !name.starts_with("sumoql") && !name.starts_with('#');
    let named: BTreeSet<String> =
        manifests.flat_map(|manifest| named_in(&manifest, "dependencies")).filter(foreign).collect();
    let document = std::fs::read_to_string(root().join("docs/dependencies.md")).expect("readable");
    let (_, table) = document.split_once("\n## All of them\n").expect("the table");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let listed: Vec<String> = rows.map(|(name, _)| name.to_string()).skip(1).collect();
    assert_eq!(listed, named.into_iter().collect::<Vec<_>>(), "the table of docs/dependencies.md");
    let paths =
        document.split('`').skip(1).step_by(2).filter(|part| part.starts_with("src/") || part.starts_with("crates/"));
    let missing = paths.filter(|path| !root().join(path).exists());
    report(missing.map(|path| format!("docs/dependencies.md: {path} is not there")).collect());
}

/// What stands between the brackets of `pub static ALL: &[…] = &[…];`, one entry each, without `&` and `r#`.
fn registered(folder: &str, list: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("src").join(folder).join("mod.rs")).expect("readable");
    let code: String = code_of(&text).into_iter().map(|(_, line)| line + " ").collect();
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((_, list)) = code.split_once(&format!("pub static {list}:")) else { return Vec::new() };
    let (_, list) = list.split_once("= &[").expect("its entries");
    let list = list.split_once("];").expect("its end").0;
    let entries = list.split(',').map(|entry| entry.split("//").next().unwrap_or("").trim());
    entries.filter(|entry| !entry.is_empty()).map(|entry| entry.replace('&', "").replace("r#", "")).collect()
}

#[test]
fn operators_and_aggregates_are_all_registered_in_order() {
    let mut faults = Vec::new();
    for (folder, kind) in [("operators", "OperatorDef"), ("aggregates", "AggregateDef"), ("functions", "FunctionDef")] {
        let mut entries = registered(folder, "ALL");
        assert!(!entries.is_empty(), "a list of all");
        let keys: Vec<String> = entries.iter().map(|entry| entry.to_lowercase()).collect();
        if folder != "functions" && !keys.is_sorted() {
            faults.push(format!("src/{folder}/mod.rs: the list is not alphabetic"));
        }
        entries.extend(registered(folder, "HEADS"));
        let prefix = format!("src/{folder}/");
        for source in sources().iter().filter(|source| source.path.starts_with(&prefix)) {
            let module =
                source.path[prefix.len()..].trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
            for (number, line) in &source.code {
                let Some((head, _)) = line.split_once(&format!(": {kind} =")) else { continue };
                let Some((_, name)) = head.split_once("static ") else { continue };
                // A macro makes several of them; the compiler warns of one that nobody uses.
                if name.starts_with('$') {
                    continue;
                }
                let path = format!("{module}::{name}");
                // A folder's `mod.rs` may pass on what its files define.
                let end = format!("::{name}");
                let passed = entries.iter().any(|e| e.ends_with(&end) && name != "DEF");
                if !entries.contains(&path) && !passed {
                    faults.push(format!("{}:{number}: `{path}` is not in the list of all", source.path));
                }
            }
        }
    }
    let functions: Vec<String> = sumoql::functions::ALL.iter().map(|def| def.signature.name.to_lowercase()).collect();
    if !functions.is_sorted() {
        faults.push("src/functions/mod.rs: the list is not alphabetic by name".into());
    }
    report(faults);
}

/// The operators, those that begin a query among them.
fn operators() -> impl Iterator<Item = &'static OperatorSignature> {
    sumoql::operators::ALL.iter().chain(sumoql::operators::HEADS).map(|def| &def.signature)
}

#[test]
fn every_definition_is_complete() {
    let mut faults = Vec::new();
    let mut check = |what: String, summary: &str, doc: &str, examples: &[Example]| {
        if summary.is_empty() || !summary.ends_with('.') || summary.contains('\n') {
            faults.push(format!("{what}: the summary is one line and a sentence"));
        }
        if doc.trim().is_empty() {
            faults.push(format!("{what}: no documents"));
        }
        if examples.is_empty() {
            faults.push(format!("{what}: no example"));
        }
        for (at, example) in examples.iter().enumerate() {
            if example.title.is_empty() || example.query.is_empty() {
                faults.push(format!("{what}: example {} lacks its title or query", at + 1));
            }
            if examples[..at].iter().any(|earlier| earlier.title == example.title) {
                faults.push(format!("{what}: two examples are called {:?}", example.title));
            }
        }
    };
    for def in operators() {
        check(format!("operator {}", def.name), def.summary, def.doc, def.examples);
    }
    for def in sumoql::functions::ALL.iter().map(|def| &def.signature) {
        check(format!("function {}", def.name), def.summary, def.doc, def.examples);
    }
    for def in sumoql::aggregates::ALL.iter().map(|def| &def.signature) {
        check(format!("aggregate {}", def.name), def.summary, def.doc, def.examples);
    }
    for def in operators() {
        if def.page.is_empty() && def.dialect.is_none_or(str::is_empty) {
            faults.push(format!("operator {}: neither a page of the manual nor marked as undocumented", def.name));
        }
    }
    let pages = operators().map(|def| (def.name, def.page));
    let pages = pages.chain(sumoql::functions::ALL.iter().map(|def| (def.signature.name, def.signature.page)));
    for (name, page) in pages.chain(sumoql::aggregates::ALL.iter().map(|def| (def.signature.name, def.signature.page)))
    {
        if page.starts_with('/') || page.ends_with('/') || page.contains("://") || page.contains(' ') {
            faults.push(format!("{name}: the page is a path without slashes at its ends, not {page:?}"));
        }
    }
    report(faults);
}

#[test]
fn every_form_can_be_read() {
    let mut faults = Vec::new();
    for def in operators() {
        match Form::read(def.form) {
            Err(reason) => faults.push(format!("operator {}: {reason}", def.name)),
            Ok(form) if form.first_words().is_empty() => {
                faults.push(format!("operator {}: its form does not start with a keyword", def.name));
            }
            Ok(_) => {}
        }
    }
    report(faults);
}

#[test]
fn names_are_unique() {
    let lower = |name: &&str| name.to_lowercase();
    let operators: Vec<String> = operators().map(|def| lower(&def.name)).collect();
    let aggregates: Vec<String> =
        sumoql::aggregates::ALL.iter().map(|def| def.signature.name).map(|n| lower(&n)).collect();
    let functions: Vec<String> = sumoql::functions::ALL
        .iter()
        .flat_map(|def| std::iter::once(def.signature.name).chain(def.signature.aliases.iter().copied()))
        .map(|n| lower(&n))
        .collect();
    let mut faults = Vec::new();
    for names in [operators, aggregates, functions] {
        let mut seen = BTreeSet::new();
        faults.extend(names.into_iter().filter(|name| !seen.insert(name.clone())));
    }
    report(faults);
}

#[test]
fn codes_are_unique_and_in_order() {
    let mut faults = Vec::new();
    for (at, code) in codes::ALL.iter().enumerate() {
        let number = code.id.get(1..).and_then(|n| n.parse::<u32>().ok());
        if !code.id.starts_with(['E', 'W', 'N']) || !number.is_some_and(|n| (100..400).contains(&n)) {
            faults.push(format!("{}: a letter and a number from 100 to 399", code.id));
        }
        if code.title.is_empty() {
            faults.push(format!("{}: no title", code.id));
        }
        // The numbers of a letter ascend; the letters may alternate.
        if codes::ALL[..at].iter().any(|before| before.id[..1] == code.id[..1] && before.id >= code.id) {
            faults.push(format!("{}: twice, or out of order", code.id));
        }
    }
    report(faults);
}

/// How often the program uses a room of the language beside the front door. It may only become less.
const BESIDE_THE_DOOR: usize = 117;

#[test]
fn the_program_comes_through_the_front_door() {
    let rooms: Vec<&str> = ROOMS.iter().flat_map(|line| line.iter().copied()).collect();
    let mut beside = Vec::new();
    for source in sources().iter().filter(|source| source.path.starts_with("crates/cli/src/")) {
        for (number, line) in &source.code {
            let names = names_after(line, "sumoql::");
            names.iter().filter(|name| rooms.contains(&name.as_str())).for_each(|name| {
                beside.push(format!("{}:{number}: {name}", source.path));
            });
        }
    }
    let count = beside.len();
    assert!(count <= BESIDE_THE_DOOR, "{count} uses beside the front door:\n{}", beside.join("\n"));
}
