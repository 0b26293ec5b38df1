//! The guide: its commands give the output that stands below them, its queries are right, its pages are linked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::root;
use crate::writer;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn pages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("docs/guide")).unwrap();
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    assert!(!pages.is_empty());
    pages
}

/// An event log in which a driver and a service are installed.
pub(crate) fn services() -> Vec<u8> {
    let set = |record: u64, name: &str, value: &str| {
        let key = format!("HKLM\\System\\CurrentControlSet\\Services\\{name}");
        let image = "C:\\Windows\\system32\\services.exe";
        writer::Event::new(
            record,
            13,
            &[("EventType", "SetValue"), ("Image", image), ("TargetObject", &key), ("Details", value)],
        )
    };
    writer::log(&[
        set(1, "capdrv\\Start", "DWORD (0x00000002)"),
        set(2, "capdrv\\ImagePath", "\\??\\C:\\Users\\dana\\Downloads\\capdrv.sys"),
        set(3, "BackupAgent\\ImagePath", "\"C:\\Program Files\\Backup\\agent.exe\" -service"),
    ])
}

/// What a line of shell prints, on both streams, run in a folder with the program on the path.
fn printed(line: &str, folder: &Path, home: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_sumoql")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(program.to_path_buf()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let ran = Command::new("sh")
        .args(["-c", &format!("{{ {line}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path.unwrap())
        .env("HOME", home)
        .env("TMPDIR", home)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap()
}

/// Adds the lines of an output, without blanks at their ends.
fn write_lines(out: &mut String, printed: &str) {
    printed.lines().for_each(|line| writeln!(out, "{}", line.trim_end()).unwrap());
}

/// A page with the output of each command as it is now. Blanks at the ends of lines do not count.
///
/// Commands run in the project's folder; in a page that says `<!-- in a folder of its own with your.evtx -->`, in one with an
/// event log of that name for the query `new-service`. A block behind `<!-- file NAME -->` is written there. The query in the
/// block behind `<!-- run over PATH -->` runs, and the block after it is what it prints.
fn renewed(page: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let mut folder = root().to_path_buf();
    let mut file = None;
    let mut out = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        if line == "<!-- in a folder of its own with your.evtx -->" {
            folder = home.path().join("detections");
            std::fs::create_dir_all(folder.join("queries/new-service")).unwrap();
            std::fs::write(folder.join("queries/new-service/your.evtx"), services()).unwrap();
        }
        if let Some(name) = line.strip_prefix("<!-- file ").and_then(|rest| rest.strip_suffix(" -->")) {
            file = Some(folder.join(name));
        } else if let Some(file) = file.take() {
            assert!(line.starts_with("```") && folder != root(), "no block for {}", file.display());
            let mut block = String::new();
            while let Some(line) = lines.next_if(|line| *line != "```") {
                writeln!(out, "{line}").unwrap();
                writeln!(block, "{line}").unwrap();
            }
            std::fs::write(file, block).unwrap();
        }
        if let Some(path) = line.strip_prefix("<!-- run over ").and_then(|rest| rest.strip_suffix(" -->")) {
            let query: Vec<&str> = lines
                .by_ref()
                .skip_while(|line| *line != "```sumo")
                .skip(1)
                .take_while(|line| *line != "```")
                .collect();
            writeln!(out, "```sumo\n{}\n```\n\n```text", query.join("\n")).unwrap();
            let query = query.join("\n").replace('\'', r"'\''");
            write_lines(&mut out, &printed(&format!("sumoql run '{query}' {path}"), &folder, home.path()));
            writeln!(out, "```").unwrap();
            lines.by_ref().skip_while(|line| *line != "```text").find(|line| *line == "```");
        }
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            if let Some(command) = line.strip_prefix("$ ") {
                writeln!(out, "{line}").unwrap();
                write_lines(&mut out, &printed(command, &folder, home.path()));
            }
        }
    }
    out
}

#[test]
fn commands_print_what_the_pages_say() {
    for path in pages() {
        let page = std::fs::read_to_string(&path).unwrap();
        let now = renewed(&page);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, now).unwrap();
            continue;
        }
        let differs = page.lines().zip(now.lines()).position(|(page, now)| page.trim_end() != now);
        let line = differs.unwrap_or(page.lines().count().min(now.lines().count()));
        assert!(
            differs.is_none() && page.lines().count() == now.lines().count(),
            "{}:{}: the page says `{}`, the program `{}`",
            path.display(),
            line + 1,
            page.lines().nth(line).unwrap_or("(nothing)"),
            now.lines().nth(line).unwrap_or("(nothing)"),
        );
    }
}

#[test]
fn queries_of_the_pages_are_right() {
    for path in pages() {
        let page = std::fs::read_to_string(&path).unwrap();
        for block in page.split("```sumo\n").skip(1) {
            let query = block.split("```").next().unwrap();
            let catalogue = sumoql::catalogue();
            let (tree, mut found) = sumoql::syntax::parse(query, &catalogue);
            found.extend(sumoql::plan::plan(query, &tree, &catalogue).1);
            found.retain(|found| found.is_error());
            assert!(found.is_empty(), "{}: {found:?} in\n{query}", path.display());
        }
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = std::fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    // A book has no other pages than those.
    for folder in ["", "guide/", "reference/", "errors/"] {
        for entry in std::fs::read_dir(root().join("docs").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let link = format!("({folder}{name})");
            let page = name.ends_with(".md") && name != "SUMMARY.md";
            assert!(!page || summary.contains(&link), "{link} is not in docs/SUMMARY.md");
        }
    }
    for link in summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(root().join("docs").join(link).is_file(), "{link} is not there");
    }
}
