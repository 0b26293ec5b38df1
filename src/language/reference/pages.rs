//! The reference as Markdown: one page for each group, and a front page.

use super::entry::Entry;
use crate::language::sample_tables::referenced;
use crate::syntax::signature::{Example, Expect, Group};
use crate::syntax::signatures::Signatures;

/// File names and texts of the pages.
pub fn pages(catalogue: &Signatures) -> Vec<(String, String)> {
    let entries = catalogue.entries();
    let mut front = String::from(
        "# Language reference\n\nGenerated from the definitions in `src/operators`, `src/functions`, `src/aggregates` and \
         `src/syntax/expression_words.rs`; do not edit.\n",
    );
    let mut pages = Vec::new();
    for group in Group::ALL {
        let members: Vec<&Entry> = entries.iter().filter(|entry| entry.group == group).collect();
        if members.is_empty() {
            continue;
        }
        let file = format!("{}.md", group.key());
        front.push_str(&format!("\n## [{}]({file})\n\n| name | kind | what it does |\n|---|---|---|\n", group.title()));
        let mut page = format!("# {}\n", group.title());
        for entry in members {
            let link = format!("[`{}`]({file}#{})", entry.name, anchor(entry));
            front.push_str(&format!("| {link} | {} | {} |\n", entry.kind.name(), entry.summary.replace('|', "\\|")));
            page.push_str(&section(entry));
        }
        pages.push((file, page));
    }
    pages.insert(0, ("README.md".to_string(), front));
    pages
}

/// The anchor that a heading of this entry gets.
fn anchor(entry: &Entry) -> String {
    format!("{} {}", entry.name, entry.kind.name()).to_lowercase().replace(' ', "-")
}

fn section(entry: &Entry) -> String {
    let mut out = format!("\n## {} ({})\n\n{}\n\n", entry.name, entry.kind.name(), entry.summary);
    out.push_str(&format!("```text\n{}\n```\n\n{}\n", entry.usage, entry.doc.trim()));
    if let Some(instead) = entry.dialect {
        out.push_str(&format!("\n**Not documented by Sumo Logic**: {instead}.\n"));
    }
    if !entry.aliases.is_empty() {
        out.push_str(&format!("\nAlso written: {}\n", code_list(entry.aliases)));
    }
    for example in entry.examples {
        out.push_str(&shown(example));
    }
    if !entry.also.is_empty() {
        out.push_str(&format!("\nSearch words: {}\n", entry.also.join(", ")));
    }
    if !entry.page.is_empty() {
        out.push_str(&format!("\nManual page: `{}`\n", entry.page));
    }
    out
}

fn shown(example: &Example) -> String {
    let mut out = format!("\n**{}**\n\n```sumo\n{}\n```\n", example.title, example.query.trim_end());
    for sample in referenced(example.query) {
        out.push_str(&format!("\nThe table `{}`:\n\n{}", sample.name, table(sample.columns, sample.rows)));
    }
    if !example.messages.is_empty() {
        out.push_str(&format!("\nMessages:\n\n```text\n{}\n```\n", example.messages.join("\n")));
    }
    match &example.expect {
        Expect::Error(code) => out.push_str(&format!("\nError: [{code}](../errors/{code}.md)\n")),
        Expect::Rows(_, []) => out.push_str("\nNo rows.\n"),
        Expect::Rows(columns, rows) => out.push_str(&format!("\n{}", table(columns, rows))),
    }
    out
}

fn table(columns: &[&str], rows: &[&[&str]]) -> String {
    let line = |cells: &[&str]| format!("| {} |\n", cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(" | "));
    let mut out = format!("{}|{}\n", line(columns), "---|".repeat(columns.len()));
    rows.iter().for_each(|row| out.push_str(&line(row)));
    out
}

fn cell(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("`{}`", text.replace('|', "\\|").replace('\n', "\\n")),
    }
}

fn code_list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
