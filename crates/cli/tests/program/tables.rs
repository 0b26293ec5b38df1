//! Tables in files, through the command line: where they are found, what of them is written, and what is refused.

#![allow(clippy::unwrap_used)]

use maxminddb_writer::paths::IpAddrWithMask;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder with a query, messages and other files.
fn folder(query: &str, messages: &str, files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in [("q.sumo", query), ("m.log", messages)].iter().chain(files) {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Runs a query in its folder, but from elsewhere.
fn run(folder: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    command.args(["run", "--output", "csv", "-f"]).arg(folder.join("q.sumo")).arg(folder.join("m.log"));
    command.args(more).current_dir(std::env::temp_dir());
    command.output().unwrap()
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")
}

fn standard_error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(folder: &Path, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines().map(str::to_string).collect()
}

const USERS: &str = "u=a;\nu=b;\nu=a;\n";
const COUNT: &str = "* | parse \"u=*;\" as u | count by u";

#[test]
fn a_table_is_found_beside_the_query_or_where_an_option_says() {
    let query = "* | parse \"u=*;\" as u | count by u | lookup n from shared/names on u=id | lookup z from \
                 https://host.example/z.csv?v=1 on u | lookup j from path://\"/Library/My Tables/j\" on u=id";
    let files = [
        ("shared/names.csv", "id,n\na,Ann\n"),
        ("z.tsv", "u\tz\na\t1\n"),
        ("Library/My Tables/j.json", "[{\"id\":\"A\",\"j\":7}]"),
    ];
    let folder = folder(query, USERS, &files);
    let output = run(folder.path(), &["--lookup", "https://host.example/z.csv?v=1=z.tsv"]);
    assert_eq!(shown(&output), "u,_count,n,z,j\na,2,Ann,1,7\nb,1,,,\n", "{}", standard_error(&output));
    assert_eq!((standard_error(&output).as_str(), output.status.code()), ("", Some(0)));
}

#[test]
fn a_missing_table_is_told_once_and_rows_pass() {
    let query = "* | parse \"u=*;\" as u | lookup a from x/y on u | lookup b from x/y on u=k | geoip u \
                 | lookup city as c from geo://location on ip=u | lookup asn from asn://default on ip=u | count by u, a";
    let folder = folder(query, USERS, &[]);
    let output = run(folder.path(), &[]);
    assert_eq!((shown(&output).as_str(), output.status.code()), ("u,a,_count\na,,2\nb,,1\n", Some(0)));
    let standard_error = standard_error(&output);
    assert_eq!(standard_error.matches("W305").count(), 3, "{standard_error}");
    for option in ["--lookup x/y=FILE", "--geoip FILE.mmdb", "--asn FILE.mmdb"] {
        assert_eq!(standard_error.matches(option).count(), 1, "{standard_error}");
    }
}

#[test]
fn no_name_leads_out_of_the_folder() {
    for name in ["../secret", "/../secret", "a/../../secret", "path://\"../secret.csv\""] {
        let query = format!("{COUNT} | lookup x from {name} on u=id");
        let above = TempDir::new().unwrap();
        std::fs::write(above.path().join("secret.csv"), "id,x\na,leaked\n").unwrap();
        let inner = above.path().join("inner");
        std::fs::create_dir_all(inner.join("a")).unwrap();
        std::fs::write(inner.join("q.sumo"), &query).unwrap();
        std::fs::write(inner.join("m.log"), USERS).unwrap();
        let output = run(&inner, &[]);
        assert!(!shown(&output).contains("leaked"), "{name}");
        assert_eq!(output.status.code(), Some(3), "{name}: {}", standard_error(&output));
        assert!(standard_error(&output).contains("E303"), "{name}: {}", standard_error(&output));
        let query = format!("{COUNT} | save {name}");
        std::fs::write(inner.join("q.sumo"), &query).unwrap();
        assert_eq!(run(&inner, &[]).status.code(), Some(3), "{name}");
        assert_eq!(lines(above.path(), "secret.csv"), ["id,x", "a,leaked"]);
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    let outside = TempDir::new().unwrap();
    std::fs::write(outside.path().join("t.csv"), "id,x\na,leaked\n").unwrap();
    for query in
        ["lookup x from link/t on u=id", "lookup x from file on u=id", "save link/new", "save link/t", "save file"]
    {
        let folder = folder(&format!("{COUNT} | {query}"), USERS, &[]);
        std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("t.csv"), folder.path().join("file.csv")).unwrap();
        let output = run(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(3), "{query}: {}", standard_error(&output));
        assert!(!shown(&output).contains("leaked"), "{query}");
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1, "{query}");
        assert_eq!(lines(outside.path(), "t.csv").len(), 2, "{query}");
    }
}

#[test]
fn a_classic_table_is_made_overwritten_and_added_to() {
    let folder = folder(&format!("{COUNT} | save /Shared/out/seen"), USERS, &[]);
    assert_eq!(shown(&run(folder.path(), &[])), "u,_count\na,2\nb,1\n");
    assert_eq!(lines(folder.path(), "shared/out/seen.csv"), ["u,_count", "a,2", "b,1"]);
    std::fs::write(folder.path().join("m.log"), "u=c;\n").unwrap();
    run(folder.path(), &[]);
    assert_eq!(lines(folder.path(), "shared/out/seen.csv"), ["u,_count", "c,1"]);
    let write = |query: &str| std::fs::write(folder.path().join("q.sumo"), query).unwrap();
    write(&format!("{COUNT} | fields _count, u | save append shared/out/seen"));
    assert_eq!(run(folder.path(), &[]).status.code(), Some(0));
    assert_eq!(lines(folder.path(), "shared/out/seen.csv"), ["u,_count", "c,1", "c,1"]);
    write(&format!("{COUNT} | 1 as more | save append shared/out/seen"));
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        standard_error(&output).contains("E305") && standard_error(&output).contains("`more`"),
        "{}",
        standard_error(&output)
    );
    assert_eq!(lines(folder.path(), "shared/out/seen.csv").len(), 3);
    // What was saved can be looked up and listed.
    write("cat shared/out/seen | count");
    assert_eq!(shown(&run(folder.path(), &[])), "_count\n2\n");
    let left = std::fs::read_dir(folder.path().join("shared/out")).unwrap();
    let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".seen.csv.sumoql", "seen.csv"], "the table and its mark");
}

#[test]
fn a_library_table_must_be_there_and_keeps_columns_and_keys() {
    let query = format!("{COUNT} | _count as n | save append path://\"/Library/Seen\"");
    let folder = folder(&query, USERS, &[]);
    let output = run(folder.path(), &[]);
    assert_eq!((output.status.code(), shown(&output).as_str()), (Some(3), ""), "{}", standard_error(&output));
    assert!(standard_error(&output).contains("E304"));
    std::fs::create_dir(folder.path().join("Library")).unwrap();
    std::fs::write(folder.path().join("Library/Seen.csv"), "U,n\nb,9\nz,9\n").unwrap();
    std::fs::write(folder.path().join("Library/Seen.csv.toml"), "key = [\"u\"]\n").unwrap();
    assert_eq!(run(folder.path(), &[]).status.code(), Some(0));
    assert_eq!(lines(folder.path(), "Library/Seen.csv"), ["U,n", "b,1", "z,9", "a,2"]);
    let write = |query: &str| std::fs::write(folder.path().join("q.sumo"), query).unwrap();
    write("* | parse \"u=*;\" as u | lookup u as v from path://\"/Library/Seen\" on u=n");
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(standard_error(&output).contains("E217"), "{}", standard_error(&output));
    write(&format!("{COUNT} | save path://\"/Library/Seen\""));
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2), "{}", standard_error(&output));
    assert!(standard_error(&output).contains("E218"), "{}", standard_error(&output));
}

/// In a subquery the rows go on behind `save`: all are saved, and what comes after it decides which are compared.
#[test]
fn rows_go_on_behind_save_in_a_subquery() {
    let inner =
        "* | parse \"u=*;\" as u | count by u | save all | where _count > 1 | \"x\" as mark | save some | compose u";
    let folder = folder(&format!("* | parse \"u=*;\" as u | where [subquery: {inner}] | count by u"), USERS, &[]);
    let output = run(folder.path(), &[]);
    assert_eq!(shown(&output), "u,_count\na,2\n", "{}", standard_error(&output));
    assert_eq!(lines(folder.path(), "all.csv"), ["u,_count", "a,2", "b,1"]);
    assert_eq!(lines(folder.path(), "some.csv"), ["u,_count,mark", "a,2,x"]);
    // Messages are saved with all that is shown of them, and fields that only the data name go on too.
    let inner = "* | json auto | save all | where n = \"1\" | compose u";
    std::fs::write(folder.path().join("m.log"), "{\"u\":\"a\",\"n\":1}\n{\"u\":\"b\",\"n\":2}\n").unwrap();
    std::fs::write(folder.path().join("q.sumo"), format!("* | json \"u\" | where [subquery: {inner}] | count by u"))
        .unwrap();
    let output = run(folder.path(), &[]);
    assert_eq!(shown(&output), "u,_count\na,1\n", "{}", standard_error(&output));
    assert_eq!(lines(folder.path(), "all.csv").len(), 3);
}

#[test]
fn metadata_that_nothing_has_is_not_saved_and_check_saves_nothing() {
    let folder = folder("* | parse \"u=*;\" as u | fields - _raw | save t.jsonl", "u=a;\n", &[]);
    let mut check = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    let status = check.args(["check", "-f"]).arg(folder.path().join("q.sumo")).status().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(!folder.path().join("t.jsonl").exists());
    run(folder.path(), &[]);
    let saved = lines(folder.path(), "t.jsonl");
    assert_eq!(saved.len(), 1);
    assert!(saved[0].contains("\"u\":\"a\"") && !saved[0].contains("_sourceHost"), "{}", saved[0]);
}

#[test]
fn cat_reads_no_messages_and_needs_its_table() {
    let folder = folder("cat path://\"t\" | sort by v asc", "", &[("t.csv", "k,v\nx,2\ny,1\n")]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    command.args(["run", "--output", "csv", "-f"]).arg(folder.path().join("q.sumo")).arg("not-there.log");
    assert_eq!(shown(&command.output().unwrap()), "k,v\ny,1\nx,2\n");
    std::fs::remove_file(folder.path().join("t.csv")).unwrap();
    let output = run(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        standard_error(&output).contains("E304") && standard_error(&output).contains("--lookup t=FILE"),
        "{}",
        standard_error(&output)
    );
}

#[test]
fn a_table_counts_as_memory() {
    let rows: String = (0..5000).map(|n| format!("{n},{}\n", "x".repeat(100))).collect();
    let folder = folder(&format!("{COUNT} | lookup x from t on u=id"), USERS, &[("t.csv", &format!("id,x\n{rows}"))]);
    let output = run(folder.path(), &["--memory-limit", "100K"]);
    assert_eq!(output.status.code(), Some(4), "{}", standard_error(&output));
    let output = run(folder.path(), &["--memory-limit", "800K"]);
    assert_eq!(output.status.code(), Some(4), "the file fits, the table does not: {}", standard_error(&output));
    assert_eq!(run(folder.path(), &["--memory-limit", "4M"]).status.code(), Some(0));
}

#[test]
fn databases_of_addresses() {
    let mut made = maxminddb_writer::Database::default();
    made.metadata.binary_format_major_version = 2;
    let place = serde_json::json!({"country": {"iso_code": "NZ"}, "location": {"latitude": -36.5}});
    let data = made.insert_value(place).unwrap();
    made.insert_node("203.0.113.0/24".parse::<IpAddrWithMask>().unwrap(), data);
    let query = "* | parse \"u=*;\" as ip | lookup country_code, latitude from geo://location on ip=ip \
                 | fields ip, country_code, latitude";
    let folder = folder(query, "u=203.0.113.9;\nu=10.0.0.1;\n", &[]);
    let file = folder.path().join("places.mmdb");
    std::fs::write(&file, made.write_to(Vec::new()).unwrap()).unwrap();
    let output = run(folder.path(), &["--geoip", &file.to_string_lossy()]);
    assert_eq!(
        shown(&output),
        "ip,country_code,latitude\n203.0.113.9,NZ,-36.5\n10.0.0.1,,\n",
        "{}",
        standard_error(&output)
    );
    let output = run(folder.path(), &["--geoip", &folder.path().join("m.log").to_string_lossy()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(standard_error(&output).contains("it is not a database"), "{}", standard_error(&output));
}
