//! Help texts for the terminal, and signatures for errors.

use super::entry::{Entry, EntryKind};
use crate::diagnostics::nearest;
use crate::language::sample_tables::referenced;
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group};
use crate::syntax::signatures::Signatures;

impl FunctionSignature {
    /// `name(a, b?, c…)`.
    pub fn signature(&self) -> String {
        let params = self.params.iter().map(|param| {
            let mark = match (param.repeated, param.optional) {
                (true, _) => " …",
                (false, true) => "?",
                (false, false) => "",
            };
            format!("{}{mark}", param.name)
        });
        format!("{}({})", self.name, params.collect::<Vec<_>>().join(", "))
    }
}

/// Everything on offer, by group, one line each.
pub fn overview(catalogue: &Signatures, colour: bool) -> String {
    let entries = catalogue.entries();
    let widest = entries.iter().map(|entry| entry.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for group in Group::ALL {
        let mut members = entries.iter().filter(|entry| entry.group == group).peekable();
        if members.peek().is_none() {
            continue;
        }
        out.push_str(&format!("{}\n", bold(group.title(), colour)));
        for entry in members {
            out.push_str(&format!("  {:widest$}  {}\n", entry.name, entry.summary));
        }
        out.push('\n');
    }
    out.push_str("To read about one of them, run `sumoql help operator NAME`.\n");
    out
}

/// The help of everything that has this name. The error says what is near to it by spelling or by subject.
pub fn entries(catalogue: &Signatures, name: &str, colour: bool) -> Result<String, String> {
    let all = catalogue.entries();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let is = |known: &&str| known.eq_ignore_ascii_case(&name);
    let named = |entry: &&Entry| is(&entry.name) || entry.aliases.iter().any(is);
    // A second name of an operator (`order` for `sort`) is the first word of its form.
    let starts = |entry: &&Entry| {
        entry.kind == EntryKind::Operator && catalogue.operators_starting(&name).any(|(def, _)| def.name == entry.name)
    };
    let mut found: Vec<&Entry> = all.iter().filter(named).collect();
    if found.is_empty() {
        found = all.iter().filter(starts).collect();
    }
    if !found.is_empty() {
        return Ok(found.into_iter().map(|entry| page(entry, colour)).collect::<Vec<_>>().join("\n"));
    }
    let spelling = nearest(&name, all.iter().flat_map(|entry| entry.aliases.iter().copied().chain([entry.name])));
    let low = name.to_lowercase();
    let about = |entry: &&Entry| {
        let mut words = entry.also.iter().copied().chain([entry.name, entry.summary]);
        !low.is_empty() && words.any(|word| word.to_lowercase().contains(&low))
    };
    let about: Vec<&Entry> = all.iter().filter(about).take(8).collect();
    let mut message = format!("there is no operator, function or aggregate `{name}`");
    if let Some(near) = spelling {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    if !about.is_empty() {
        message.push_str("\nrelated to it:");
        for entry in about {
            message.push_str(&format!("\n  {} - {}", entry.name, entry.summary));
        }
    }
    Err(message)
}

fn page(entry: &Entry, colour: bool) -> String {
    let mut out = format!("{} ({})\n{}\n\n", bold(entry.name, colour), entry.kind.name(), entry.summary);
    out.push_str(&format!("  {}\n\n{}\n", entry.usage, wrapped(entry.doc)));
    if let Some(instead) = entry.dialect {
        out.push_str(&format!("\nNot documented by Sumo Logic: {instead}\n"));
    }
    if !entry.aliases.is_empty() {
        out.push_str(&format!("\nAlso written: {}\n", entry.aliases.join(", ")));
    }
    for example in entry.examples {
        out.push_str(&format!("\n{}\n  {}\n", bold(example.title, colour), example.query.replace('\n', "\n  ")));
        for message in example.messages {
            out.push_str(&format!("  < {message}\n"));
        }
        for sample in referenced(example.query) {
            out.push_str(&format!("  {}\n", sample.name));
            aligned(sample.columns, sample.rows).iter().for_each(|line| out.push_str(&format!("  | {line}\n")));
        }
        for line in result(example) {
            out.push_str(&format!("  > {line}\n"));
        }
    }
    if !entry.page.is_empty() {
        out.push_str(&format!("\nManual page: {}\n", entry.page));
    }
    out
}

/// What an example gives, one line a row, aligned.
fn result(example: &Example) -> Vec<String> {
    match &example.expect {
        Expect::Error(code) => vec![format!("error {code}")],
        Expect::Rows(columns, rows) => aligned(columns, rows),
    }
}

/// Rows under their columns.
fn aligned(columns: &[&str], rows: &[&[&str]]) -> Vec<String> {
    let lines = || std::iter::once(columns).chain(rows.iter().copied());
    let width =
        |at: usize| lines().filter_map(|line| line.get(at)).map(|cell| cell.chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    lines().map(line).collect()
}

/// Paragraphs broken at 80 columns; lists and indented blocks keep their lines.
fn wrapped(text: &str) -> String {
    let mut out = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        if line.starts_with(['|', ' ']) || line.starts_with("```") {
            out.push(line.to_string());
            continue;
        }
        for word in line.split(' ') {
            if !current.is_empty() && current.chars().count() + word.chars().count() + 1 > 80 {
                out.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        out.push(current);
    }
    out.join("\n")
}

fn bold(text: &str, colour: bool) -> String {
    if colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_string() }
}
