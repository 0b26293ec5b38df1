//! The queries of `queries/dashboards/` over real logs that nobody of this project wrote, where those are there: in the
//! folder `data` of `SUMOQL_SHARED`, or of a folder `shared` beside the project. Without them the tests are ignored.
//!
//! What comes out is measured by counts that are made here, from the lines of the logs: every line must be accounted for.

#![allow(clippy::unwrap_used, clippy::panic)]

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

/// The kinds of logs: folder of the queries, files, what their metadata is, and what a message begins with if it is more
/// than a line.
const KINDS: &[(&str, &[&str], &str, &str)] = &[
    ("apache", &["apache_access.log"], "prod/apache/access", ""),
    ("kafka", &["kafka_server.log"], "prod/kafka/server", r"\[\d{4}-\d{2}-\d{2} "),
    ("kafka", &["kafka_controller.log"], "prod/kafka/controller", r"\[\d{4}-\d{2}-\d{2} "),
    ("zeek", &["zeek_conn.jsonl"], "network/zeek/conn", ""),
    ("zeek", &["zeek_http.jsonl"], "network/zeek/http", ""),
    ("windows", &["windows_nxlog.jsonl"], "windows/events", ""),
    (
        "sysmon",
        &["sysmon_evtxcrate.xml", "sysmon_mitre.xml", "sysmon_proxylogon.xml", "sysmon_splunk.xml"],
        "windows/sysmon",
        "",
    ),
];

/// One result of a query, the columns that are added up, and the sum that must come out, counted from the lines.
type Law = (&'static str, &'static str, fn(&Logs) -> u64);

/// What every query that accounts for lines must add up to. Of `*` the columns that are numbers are added; of nothing the
/// rows are counted.
const LAWS: &[Law] = &[
    ("apache/status_over_time", "*", |logs| logs.count("apache_access", REQUEST)),
    ("apache/response_sizes", "_count", |logs| logs.count("apache_access", r#""[A-Z]+ \S+ HTTP/[\d.]+" \d{3} \d+ "#)),
    ("apache/top_talkers", "requests", |logs| most_frequent(logs.captured("apache_access", r"^(\S+) \S+ \S+ \["), 5)),
    ("apache/top_talkers", "", |_| 5),
    ("apache/compared_with_the_hour_before", "_count", |logs| {
        logs.count("apache_access", r#"\[18/May/2015:0[0-5]:.*"[A-Z]+ \S+ HTTP/[\d.]+" \d{3} "#)
    }),
    ("apache/compared_with_the_hour_before", "_count_1h", |logs| {
        logs.count("apache_access", r#"\[(?:17/May/2015:23|18/May/2015:0[0-4]):.*"[A-Z]+ \S+ HTTP/[\d.]+" \d{3} "#)
    }),
    ("apache/size_bins", "_count", |logs| logs.count("apache_access", r#""[A-Z]+ \S+ HTTP/[\d.]+" \d{3} \d+ "#)),
    ("apache/trend", "_count", |logs| logs.count("apache_access", "")),
    ("kafka/levels_over_time", "*", |logs| logs.count("kafka_", r"^\[[^\]]+\] (?:ERROR|WARN|INFO) ")),
    ("kafka/log_rolls", "rolls", |logs| logs.count("kafka_server", "Rolled new log segment")),
    ("kafka/log_rolls", "slowest", |logs| {
        let all = logs.captured("kafka_server", r"Rolled new log segment for 'test-\d+' in (\d+) ms");
        all.iter().map(|ms| ms.parse().unwrap()).max().unwrap_or(0)
    }),
    ("kafka/exceptions", "times", |logs| {
        let one_line = logs.count("kafka_server", r":org\.apache\.\S+Exception: .*\(kafka");
        one_line + logs.count("kafka_server", r"^(?:[a-z]\w*\.)+[A-Z]\w*Exception: ")
    }),
    ("kafka/partition_outages", "", fetchers_that_came_back),
    ("kafka/partition_outages_by_session", "", fetchers_that_came_back),
    ("kafka/leaders", "updates", |logs| {
        let cached = logs.captured("kafka_controller", "(leader cache is updated.*)");
        cached.iter().map(|line| line.matches("-> (Leader:").count() as u64).sum()
    }),
    ("zeek/services", "connections", |logs| logs.count("zeek_conn", "")),
    ("zeek/services", "sent", |logs| logs.sum("zeek_conn", "orig_bytes", |_| true)),
    ("zeek/http_status", "*", |logs| logs.count("zeek_http", "")),
    ("zeek/long_connections", "", |logs| {
        logs.sum("zeek_conn", "one", |line| line["duration"].as_f64() >= Some(3600.0))
    }),
    ("zeek/http_with_connection", "failures", |logs| {
        logs.sum("zeek_http", "one", |line| line["status_code"].as_u64() >= Some(400))
    }),
    ("windows/channels", "_count", |logs| logs.count("windows_nxlog", "")),
    ("windows/logon_types", "*", |logs| logs.count("windows_nxlog", r#""EventID":4624,"#)),
    ("windows/failed_logons", "failures", |logs| logs.count("windows_nxlog", r#""EventID":4625,"#)),
    ("windows/sessions", "", |logs| {
        let ids = |event| logs.captured("windows_nxlog", &format!(r#""EventID":{event},.*"TargetLogonId":"([^"]+)""#));
        let (on, off) = (ids(4624), ids(4634));
        on.iter().filter(|id| off.iter().filter(|other| other == id).count() == 1).count() as u64
    }),
    ("sysmon/events_over_time", "*", |logs| logs.count("sysmon_", "<EventID>")),
    ("sysmon/connections", "connections", |logs| {
        let to = logs.captured("sysmon_", r"<EventID>3</EventID>.*<Data Name='DestinationIp'>(\d+\.\d+\.\d+\.\d+)<");
        to.iter().filter(|ip| !Regex::new(r"^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\.").unwrap().is_match(ip)).count()
            as u64
    }),
    // The same hash is the same program.
    ("sysmon/hashes", "starts", |logs| {
        let with =
            r"<EventID>1</EventID>.*<Data Name='OriginalFileName'>.*<Data Name='Hashes'>[^<]*SHA256=([0-9A-F]{8})";
        most_frequent(logs.captured("sysmon_", with), 3)
    }),
];

const REQUEST: &str = r#""[A-Z]+ \S+ HTTP/[\d.]+" \d{3} (?:\d+|-) "#;

/// Time ranges of the queries that need one.
const RANGES: &[(&str, &str, &str)] =
    &[("apache/compared_with_the_hour_before", "2015-05-18T00:00:00Z", "2015-05-18T06:00:00Z")];

/// The lines of the files, by name.
struct Logs(BTreeMap<String, Vec<String>>);

impl Logs {
    /// The lines of the files whose names begin so.
    fn of(&self, name: &str) -> impl Iterator<Item = &String> {
        self.0.iter().filter(move |(file, _)| file.starts_with(name)).flat_map(|(_, lines)| lines)
    }

    /// How many of them match.
    fn count(&self, name: &str, regex: &str) -> u64 {
        let regex = Regex::new(regex).unwrap();
        self.of(name).filter(|line| regex.is_match(line)).count() as u64
    }

    /// The first group of each that matches.
    fn captured(&self, name: &str, regex: &str) -> Vec<String> {
        let regex = Regex::new(regex).unwrap();
        self.of(name).filter_map(|line| Some(regex.captures(line)?[1].to_string())).collect()
    }

    /// The sum of a key over the objects of the lines for which something holds; `one` is 1 for each.
    fn sum(&self, name: &str, key: &str, holds: fn(&Value) -> bool) -> u64 {
        let objects = self.of(name).map(|line| serde_json::from_str::<Value>(line).unwrap()).filter(holds);
        objects.map(|line| if key == "one" { 1 } else { line[key].as_u64().unwrap_or(0) }).sum()
    }
}

/// How often the most frequent so many occur.
fn most_frequent(all: Vec<String>, most: usize) -> u64 {
    let mut counts: BTreeMap<&String, u64> = BTreeMap::new();
    all.iter().for_each(|one| *counts.entry(one).or_default() += 1);
    let mut counts: Vec<u64> = counts.into_values().collect();
    counts.sort_by_key(|n| std::cmp::Reverse(*n));
    counts.into_iter().take(most).sum()
}

/// How often a partition's fetcher was removed and the next thing was that it was added again.
fn fetchers_that_came_back(logs: &Logs) -> u64 {
    let regex = Regex::new(r"(Removed|Added) fetcher for partitions (?:List\(\[)?([\w-]+?-\d+)\b").unwrap();
    let (mut gone, mut back) = (BTreeSet::new(), 0);
    for found in logs.of("kafka_server").filter_map(|line| regex.captures(line)) {
        match &found[1] {
            "Removed" => drop(gone.insert(found[2].to_string())),
            _ => back += u64::from(gone.remove(&found[2])),
        }
    }
    back
}

fn data() -> PathBuf {
    let beside = || PathBuf::from("../shared");
    std::env::var_os("SUMOQL_SHARED").map_or_else(beside, PathBuf::from).join("data")
}

fn queries() -> Vec<String> {
    let mut out = Vec::new();
    for kind in KINDS.iter().map(|kind| kind.0).collect::<BTreeSet<_>>() {
        for entry in std::fs::read_dir(format!("queries/dashboards/{kind}")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            out.extend(name.strip_suffix(".sumo").map(|name| format!("{kind}/{name}")));
        }
    }
    out.sort();
    out
}

/// Runs a query over all files of its kind: the rows.
fn rows(query: &str) -> Result<Vec<Value>, Failed> {
    let kind = query.split('/').next().unwrap();
    let mut sources = String::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    command.args(["run", "--output", "jsonl", "-f", &format!("queries/dashboards/{query}.sumo")]);
    for (_, files, category, start) in KINDS.iter().filter(|row| row.0 == kind) {
        for file in *files {
            command.arg(data().join(file));
            sources.push_str(&format!("[[source]]\nfiles = \"{file}\"\n_sourceCategory = \"{category}\"\n"));
            if !start.is_empty() {
                sources.push_str(&format!("message_start = '{start}'\n"));
            }
        }
    }
    let folder = tempfile::tempdir()?;
    let place = folder.path().join("sources.toml");
    std::fs::write(&place, sources)?;
    command.arg("--sources").arg(place);
    if let Some((_, from, to)) = RANGES.iter().find(|(name, ..)| *name == query) {
        command.args(["--from", from, "--to", to]);
    }
    let run = command.output()?;
    if run.status.code() != Some(0) {
        return Err(format!("{}\n{}", run.status, String::from_utf8_lossy(&run.stderr)).into());
    }
    String::from_utf8(run.stdout)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn check(query: &str) -> Result<(), Failed> {
    let rows = rows(query)?;
    let mut logs = Logs(BTreeMap::new());
    for (_, files, ..) in KINDS {
        for file in *files {
            let text = std::fs::read_to_string(data().join(file))?;
            logs.0.insert(file.to_string(), text.lines().map(str::to_string).collect());
        }
    }
    for (_, column, count) in LAWS.iter().filter(|law| law.0 == query) {
        let cells = |row: &Value| -> f64 {
            let object = row.as_object().unwrap();
            match *column {
                "" => 1.0,
                // Times are numbers too.
                "*" => {
                    object.iter().filter(|(name, _)| *name != "_timeslice").filter_map(|(_, cell)| cell.as_f64()).sum()
                }
                name => object[name].as_f64().unwrap_or(0.0),
            }
        };
        let (found, wanted) = (rows.iter().map(cells).sum::<f64>(), count(&logs) as f64);
        if found != wanted {
            return Err(format!("`{column}` of all rows is {found}, and {wanted} by the lines").into());
        }
    }
    Ok(())
}

/// All trials.
pub fn trials() -> Vec<Trial> {
    let missing = !data().is_dir();
    let queries = queries();
    for (name, ..) in LAWS {
        assert!(queries.iter().any(|query| query == name), "there is no query {name}");
    }
    let trial = |query: String| {
        let name = query.replace('/', "::");
        Trial::test(name, move || check(&query)).with_ignored_flag(missing)
    };
    queries.into_iter().map(trial).collect()
}
