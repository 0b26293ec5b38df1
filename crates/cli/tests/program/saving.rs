//! `save` takes nothing away from anybody: it writes tables only, overwrites only its own, and loses no row of others that
//! save to the same table at the same time.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const COUNT: &str = "* | parse \"u=*;\" as u | count by u";

fn command(folder: &Path, query: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    command.args(["run", "--output", "csv", query, "m.log"]).args(more).current_dir(folder);
    command
}

fn run(folder: &Path, query: &str, more: &[&str]) -> Output {
    command(folder, query, more).output().unwrap()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in [("m.log", "u=a;\nu=b;\nu=a;\n")].iter().chain(files) {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap()
}

#[track_caller]
fn refused(output: &Output, why: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("E305") && told.contains(why), "{told}");
    assert!(output.stdout.is_empty(), "it need not run in vain");
}

#[track_caller]
fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn only_tables_are_written() {
    let names = [
        ".bashrc",
        ".ssh/authorized_keys",
        ".hidden.csv",
        "a/.hidden/t.csv",
        "main.rs",
        "q.sumo",
        "run.sh",
        "m.log",
        "Makefile.am",
        "users.csv.toml",
        "sources.toml",
        "path://\"main.rs\"",
        "path://\".hidden.csv\"",
    ];
    let there: Vec<(&str, &str)> =
        names.iter().map(|name| (*name, "precious\n")).filter(|(name, _)| !name.contains("path:")).collect();
    let folder = folder(&there);
    for (name, text) in &there {
        std::fs::write(folder.path().join(name), if *name == "m.log" { "u=a;\n" } else { text }).unwrap();
    }
    let before: Vec<String> = there.iter().map(|(name, _)| read(folder.path(), name)).collect();
    for name in names {
        for append in ["", "append "] {
            for more in [&[][..], &["--save-over"]] {
                let output = run(folder.path(), &format!("{COUNT} | save {append}{name}"), more);
                assert_eq!(output.status.code(), Some(3), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
    }
    let after: Vec<String> = there.iter().map(|(name, _)| read(folder.path(), name)).collect();
    assert_eq!(before, after);
    for name in [".new", ".new/t.csv", "new.rs", "new/x.sh"] {
        refused(&run(folder.path(), &format!("{COUNT} | save {name}"), &[]), "");
        assert!(!folder.path().join(name).exists(), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_what_is_no_table_is_not_followed() {
    let folder = folder(&[("main.rs", "precious\n"), (".hidden/t.csv", "u,_count\nz,1\n")]);
    std::os::unix::fs::symlink("main.rs", folder.path().join("t.csv")).unwrap();
    std::os::unix::fs::symlink(".hidden/t.csv", folder.path().join("h.csv")).unwrap();
    for name in ["t", "h"] {
        for append in ["", "append "] {
            refused(&run(folder.path(), &format!("{COUNT} | save {append}{name}"), &["--save-over"]), "");
        }
        let output = run(folder.path(), &format!("cat path://\"{name}\""), &[]);
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(read(folder.path(), "main.rs"), "precious\n");
}

#[test]
fn only_tables_are_read() {
    let secret = "k,v\na,secret\n";
    let names = [".env", ".aws/credentials", ".t.csv", "id_rsa", "notes.txt", "q.sumo"];
    let folder = folder(&names.map(|name| (name, secret)));
    for name in names {
        for query in
            [format!("cat {name}"), format!("{COUNT} | lookup v from {name} on u=k"), format!("cat path://\"{name}\"")]
        {
            let output = run(folder.path(), &query, &[]);
            assert!(!String::from_utf8_lossy(&output.stdout).contains("secret"), "{query}");
        }
    }
    // Who names the file on the command line means it.
    let output = run(folder.path(), "cat path://\"t\"", &["--lookup", "t=notes.txt"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("secret"), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_save_did_not_write_is_not_overwritten() {
    for (name, text) in [
        ("t.csv", "u,_count\nmine,1\n"),
        ("t.tsv", "u\t_count\nmine\t1\n"),
        ("t.json", "[{\"u\":\"mine\",\"_count\":1}]"),
        ("t.jsonl", "{\"u\":\"mine\",\"_count\":1}\n"),
        ("Library/t.csv", "u,_count\nmine,1\n"),
    ] {
        let folder = folder(&[(name, text)]);
        let table = if name.starts_with("Library") { "path://\"/Library/t\"".to_string() } else { name.to_string() };
        let save = format!("{COUNT} | save {table}");
        refused(&run(folder.path(), &save, &[]), "--save-over");
        assert_eq!(read(folder.path(), name), text);
        let append = format!("{COUNT} | save append {table}");
        done(&run(folder.path(), &append, &[]));
        assert!(read(folder.path(), name).contains("mine"));
        // The rows behind them do not make it ours.
        refused(&run(folder.path(), &save, &[]), "--save-over");
        done(&run(folder.path(), &save, &["--save-over"]));
        assert!(!read(folder.path(), name).contains("mine"));
        // From now on it is.
        done(&run(folder.path(), &save, &[]));
        done(&run(folder.path(), &append, &[]));
        done(&run(folder.path(), &save, &[]));
        // Until somebody changes it.
        let mut changed = read(folder.path(), name);
        changed = changed.replace('a', "A");
        std::fs::write(folder.path().join(name), &changed).unwrap();
        refused(&run(folder.path(), &save, &[]), "--save-over");
        assert_eq!(read(folder.path(), name), changed);
    }
}

#[test]
fn a_configuration_in_json_is_not_made_a_table() {
    let folder = folder(&[("package.json", "{\"u\": \"x\", \"_count\": 1}\n")]);
    for append in ["", "append "] {
        refused(&run(folder.path(), &format!("{COUNT} | save {append}package.json"), &[]), "--save-over");
    }
    assert_eq!(read(folder.path(), "package.json"), "{\"u\": \"x\", \"_count\": 1}\n");
}

#[test]
fn no_save_refuses_and_the_others_write_nothing() {
    let query = format!("{COUNT} | save t");
    let inner = "* | parse \"u=*;\" as u | where [subquery: * | parse \"u=*;\" as u | count by u | save t | compose u]";
    let folder = folder(&[("q.sumo", &query), ("q/c.case", "messages:\n  u=a;\nrows:\n  u, _count\n  a, 1\n")]);
    for query in [query.as_str(), inner] {
        refused(&run(folder.path(), query, &["--no-save"]), "--no-save");
    }
    for arguments in [&["test", "q.sumo"][..], &["check", "-f", "q.sumo"], &["explain", "-f", "q.sumo", "m.log"]] {
        Command::new(env!("CARGO_BIN_EXE_sumoql")).args(arguments).current_dir(folder.path()).output().unwrap();
    }
    assert!(!folder.path().join("t.csv").exists());
    done(&run(folder.path(), "* | count", &["--no-save"]));
}

#[test]
fn check_and_run_say_what_is_written() {
    let query = "* | parse \"u=*;\" as u | where [subquery: * | parse \"u=*;\" as u | count by u | save one | compose u] \
                 | count by u | save append two.jsonl";
    let parameter = format!("{COUNT} | where u = \"{{{{x}}}}\" | save three");
    let folder = folder(&[
        ("q.sumo", query),
        ("p.sumo", &parameter),
        ("mine.csv", "x\n1\n"),
        ("m.sumo", "* | count | save mine"),
    ]);
    let check = |file: &str| {
        let mut check = Command::new(env!("CARGO_BIN_EXE_sumoql"));
        let output = check.args(["check", "-f", file]).current_dir(folder.path()).output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let told = check("q.sumo");
    assert!(
        told.contains("saves rows to ")
            && told.contains("one.csv")
            && told.contains("appends rows to ")
            && told.contains("two.jsonl"),
        "{told}"
    );
    assert!(check("p.sumo").contains("three.csv"), "{}", check("p.sumo"));
    assert!(check("m.sumo").contains("--save-over"), "{}", check("m.sumo"));
    let output = run(folder.path(), query, &[]);
    done(&output);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("one.csv now holds") && told.contains("two.jsonl now holds"), "{told}");
}

#[cfg(unix)]
#[test]
fn modes_and_owners_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = folder(&[("old.csv", "u,_count\nz,1\n")]);
    let path = |name: &str| folder.path().join(name);
    let mode = |name: &str| path(name).metadata().unwrap().permissions().mode() & 0o7777;
    done(&run(folder.path(), &format!("{COUNT} | save new"), &[]));
    assert_eq!(mode("new.csv"), 0o600, "nobody else reads what was saved");
    for wanted in [0o644, 0o660, 0o600] {
        std::fs::set_permissions(path("old.csv"), std::fs::Permissions::from_mode(wanted)).unwrap();
        done(&run(folder.path(), &format!("{COUNT} | save append old"), &[]));
        assert_eq!(mode("old.csv"), wanted);
    }
    // Only root gives files away.
    if std::os::unix::fs::chown(path("old.csv"), Some(12345), Some(54321)).is_ok() {
        done(&run(folder.path(), &format!("{COUNT} | save old"), &["--save-over"]));
        let data = path("old.csv").metadata().unwrap();
        assert_eq!((data.uid(), data.gid()), (12345, 54321));
    }
}

/// A folder with a query in it may come from anybody, with links where the marks are.
#[cfg(unix)]
#[test]
fn a_mark_that_is_a_link_leads_nowhere() {
    let folder = folder(&[("precious", "precious\n")]);
    std::os::unix::fs::symlink("precious", folder.path().join(".t.csv.sumoql")).unwrap();
    std::os::unix::fs::symlink("precious", folder.path().join(".u.csv.sumoql-new")).unwrap();
    refused_late(&run(folder.path(), &format!("{COUNT} | save t"), &[]));
    done(&run(folder.path(), &format!("{COUNT} | save u"), &[]));
    assert_eq!(read(folder.path(), "precious"), "precious\n");
}

#[cfg(unix)]
#[track_caller]
fn refused_late(output: &Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(3) && told.contains("E305"), "{told}");
}

#[test]
fn many_processes_append_to_one_table() {
    const PROCESSES: usize = 40;
    for name in ["t", "new/t.jsonl"] {
        let folder = folder(&[]);
        let append = format!("{COUNT} | where u = \"a\" | save append {name}");
        let start =
            |_| command(folder.path(), &append, &[]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let children: Vec<_> = (0..PROCESSES).map(start).collect();
        for child in children {
            done(&child.wait_with_output().unwrap());
        }
        let output = run(folder.path(), &format!("cat path://\"{name}\" | count"), &[]);
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim().replace('\r', ""), format!("_count\n{PROCESSES}"));
    }
}

/// Whatever a process had reached when it was killed, the table is whole, and the next one can save.
#[cfg(unix)]
#[test]
fn a_kill_leaves_a_whole_table_and_does_not_block_the_next() {
    let messages: String = (0..20_000).map(|n| format!("u={n};\n")).collect();
    let folder = folder(&[("m.log", &messages)]);
    let save = format!("{COUNT} | save t");
    done(&run(folder.path(), &save, &[]));
    let whole = read(folder.path(), "t.csv");
    for step in 0..40 {
        let mut child = command(folder.path(), &save, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(step * 5));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(read(folder.path(), "t.csv") == whole, "after {step}");
    }
    done(&run(folder.path(), &save, &[]));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "the messages, the table and its mark: {left:?}");
}
