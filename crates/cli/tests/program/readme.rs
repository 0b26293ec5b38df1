//! The README: its commands work, and what it names is there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::guide::services;
use crate::{files, root};
use std::path::Path;
use std::process::{Command, Stdio};

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// The lines of blocks of code in a page.
fn code_lines(page: &str) -> Vec<&str> {
    page.split("\n```").skip(1).step_by(2).flat_map(|block| block.lines().skip(1)).collect()
}

/// A command of the README with the program that was built for the tests, wherever it lies for a reader.
fn run(line: &str, folder: &Path) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_sumoql")).parent().unwrap();
    let paths = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(program.into()).chain(std::env::split_paths(&paths))).unwrap();
    let ran = Command::new("sh")
        .args(["-c", &line.replace("cargo run --release --", "sumoql")])
        .current_dir(folder)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
    (ran.status.code(), text)
}

#[test]
fn its_commands_work() {
    let query = b"error\n| parse \"user=*,\" as user\n| count by user\n";
    let case =
        b"--- messages\n2025-05-12T10:00:00Z error user=ann,\n--- expect\n| user | _count |\n|---|---|\n| ann | 1 |\n";
    let log = b"2025-05-12T10:00:00Z error user=ann,\n2025-05-12T10:07:00Z error user=bob,\n";
    let folder = files::folder(&[
        ("app.log", log),
        ("your.evtx", &services()),
        ("queries/errors.sumo", query),
        ("queries/errors/first.case", case),
    ]);
    let page = readme();
    let lines = code_lines(&page);
    let of = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!((of("cargo run "), of("cargo test"), of("curl "), of("export PATH=")), (1, 1, 1, 1));
    assert!(of("sumoql ") >= 10);
    for line in lines {
        let in_clone = line.starts_with("cargo run ");
        if ["curl ", "export PATH=", "cargo test"].iter().any(|start| line.starts_with(start)) {
            continue;
        }
        let (status, text) = run(line, if in_clone { root() } else { folder.path() });
        // An unknown operator is what `check` is there for.
        assert_eq!(status, Some(i32::from(line.contains("coutn"))), "{line}: {text}");
        assert!(!in_clone || text.contains("SuspiciousWebFile_Written"), "{line}: {text}");
    }
}

#[test]
fn archives_have_the_version_of_the_program() {
    let install = std::fs::read_to_string(root().join("docs/guide/install.md")).unwrap();
    let mut seen = 0;
    for page in [readme(), install] {
        for rest in page.replace("sumoql_", "sumoql-").split("sumoql-").skip(1) {
            // `sumoql-0.2.0-x86_64-…`; `sumoql-cli` and `sumoql-demo` are other things.
            if rest.starts_with(|c: char| c.is_ascii_digit()) {
                assert!(rest.starts_with(concat!(env!("CARGO_PKG_VERSION"), "-")), "sumoql-{rest}");
                seen += 1;
            }
        }
        assert!(
            page.matches("/releases/download/v").count()
                == page.matches(concat!("/v", env!("CARGO_PKG_VERSION"), "/")).count()
        );
    }
    assert!(seen >= 6);
    let guide = std::fs::read_to_string(root().join("docs/guide/golden-tests.md")).unwrap();
    for named in [
        concat!("sumoql/sumoql@v", env!("CARGO_PKG_VERSION"), "\n"),
        concat!("rev: v", env!("CARGO_PKG_VERSION"), "\n"),
    ] {
        assert_eq!(guide.matches(named).count(), 1, "{named}");
    }
}

#[test]
fn files_it_links_are_there_and_it_is_short() {
    let page = readme();
    assert!(page.lines().count() <= 120, "{} lines", page.lines().count());
    let links = page.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let pictures = page.split(['"']).filter(|part| part.ends_with(".svg"));
    for link in links.chain(pictures).filter(|link| !link.starts_with("https://")) {
        assert!(root().join(link).is_file(), "{link}");
    }
}

/// The table of speeds is a part of the one that was measured.
#[test]
fn speeds_are_those_of_the_page_on_performance() {
    let measured = std::fs::read_to_string(root().join("docs/performance.md")).unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
    let page = readme();
    let rows: Vec<_> =
        page.lines().filter(|line| line.starts_with("| q")).filter(|line| line.contains(':')).map(cells).collect();
    assert!(rows.len() >= 5);
    for row in rows {
        let start = format!("| {} |", row[1]);
        let line = measured.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no {}", row[1]));
        let all = cells(line);
        let wanted = [&all[2], &all[4], &all[6], &all[7], &all[11]];
        assert_eq!(row[2..7].iter().collect::<Vec<_>>(), wanted, "{}", row[1]);
    }
}
