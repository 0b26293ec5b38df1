//! The texts that both readers get: those written for this, the examples of the definitions, other people's queries; and
//! the same with a token too many, too few or in another's place.

use super::random::Random;
use std::path::{Path, PathBuf};

/// A text and where it comes from.
pub struct Text {
    pub name: String,
    pub text: String,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The texts in `tests/grammar/ok` or `bad`: several in a file, with a line of dashes between them.
pub fn written(kind: &str) -> Vec<Text> {
    let folder = root().join("tests/cases/grammar").join(kind);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("readable").map(|e| e.expect("entry").path()).collect();
    files.sort();
    let mut texts = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "sumo")) {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let content = std::fs::read_to_string(file).expect("readable");
        for (number, text) in content.split("\n---\n").enumerate() {
            let text = text.strip_suffix('\n').unwrap_or(text).to_string();
            texts.push(Text { name: format!("{kind}/{name} {}", number + 1), text });
        }
    }
    texts
}

/// The queries of the definitions' examples.
pub fn examples() -> Vec<Text> {
    let catalogue = super::catalogue();
    let mut texts = Vec::new();
    let mut add = |name: &str, examples: &[sumoql::syntax::signature::Example]| {
        for (number, example) in examples.iter().enumerate() {
            texts.push(Text { name: format!("example {name} {}", number + 1), text: example.query.to_string() });
        }
    };
    catalogue.operators().iter().for_each(|def| add(def.name, def.examples));
    catalogue.functions().iter().for_each(|def| add(def.name, def.examples));
    catalogue.aggregates().iter().for_each(|def| add(def.name, def.examples));
    catalogue.subquery().iter().for_each(|(def, _)| add(def.name, def.examples));
    texts
}

/// Where queries lie that are not part of the project, if they are there.
pub fn shared() -> PathBuf {
    std::env::var_os("SUMOQL_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from)
}

/// The queries of the conformance cases.
pub fn conformance() -> Option<Vec<Text>> {
    let mut texts = Vec::new();
    for file in sorted(&shared().join("conformance"), "json")? {
        let cases: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).ok()?).ok()?;
        for case in cases.as_array()? {
            let name = format!("conformance {}", case["name"].as_str().unwrap_or(""));
            texts.push(Text { name, text: case["query"].as_str()?.to_string() });
        }
    }
    Some(texts)
}

/// The queries of the corpora, one collection for each file.
pub fn corpora() -> Option<Vec<(String, Vec<Text>)>> {
    let mut all = Vec::new();
    for file in sorted(&shared().join("corpus"), "jsonl")? {
        let corpus = file.file_stem()?.to_string_lossy().into_owned();
        let mut texts = Vec::new();
        for line in std::fs::read_to_string(&file).ok()?.lines() {
            let entry: serde_json::Value = serde_json::from_str(line).ok()?;
            let name = format!("{corpus} {}", entry["id"]);
            texts.push(Text { name, text: entry["query"].as_str()?.to_string() });
        }
        all.push((corpus, texts));
    }
    Some(all)
}

fn sorted(folder: &Path, extension: &str) -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == extension));
    files.sort();
    (!files.is_empty()).then_some(files)
}

/// The text with one token deleted, doubled, or exchanged with the next.
pub fn broken(text: &str, random: &mut Random) -> String {
    let tokens = tokens(text);
    let solid: Vec<usize> = (0..tokens.len()).filter(|at| !tokens[*at].trim().is_empty()).collect();
    if solid.is_empty() {
        return text.to_string();
    }
    let nth = random.below(solid.len());
    let at = solid[nth];
    let mut out: Vec<&str> = tokens.clone();
    match random.below(3) {
        0 => drop(out.remove(at)),
        1 => out.splice(at..at, [tokens[at], " "]).for_each(drop),
        _ => {
            let other = solid[(nth + 1) % solid.len()];
            out.swap(at, other);
        }
    }
    out.concat()
}

/// Words, quoted texts, blanks, and single signs.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |of: fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
        let length = if first.is_alphanumeric() || first == '_' {
            run(|c| c.is_alphanumeric() || c == '_')
        } else if first.is_whitespace() {
            run(char::is_whitespace)
        } else if first == '"' {
            rest[1..].find('"').map_or(1, |end| end + 2)
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = &rest[length..];
    }
    tokens
}
