//! Measures how well `logreduce` groups messages, on logs whose groups are known.
//!
//! ```text
//! cargo run --release --example loghub -- FOLDER [NAME]
//! ```
//!
//! FOLDER is a copy of <https://github.com/logpai/loghub>: it has, directly or in folders, files
//! `NAME_2k.log_structured.csv` with the columns `Content` (the message) and `EventId` (its group). The grouping
//! accuracy is the share of messages whose group has exactly the messages of their published one. With NAME, the groups
//! that are wrong in that set are listed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;
use sumoql::mining::{cluster, mask};

/// Messages, and for each its published group.
struct Set {
    name: String,
    messages: Vec<String>,
    published: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: loghub FOLDER [NAME]")?;
    let shown = arguments.next();
    let mut files = Vec::new();
    find(Path::new(&folder), &mut files)?;
    files.sort();
    let mut sum = 0.0;
    println!("{:12} {:>8} {:>9} {:>7} {:>8}", "set", "accuracy", "published", "groups", "ms");
    for file in &files {
        let set = read(file)?;
        let start = Instant::now();
        let (groups, signatures) = group(&set.messages);
        let took = start.elapsed().as_secs_f64() * 1e3;
        let accuracy = accuracy(&groups, &set.published);
        sum += accuracy;
        let published: BTreeSet<_> = set.published.iter().collect();
        let (published, found) = (published.len(), signatures.len());
        println!("{:12} {accuracy:8.4} {published:9} {found:7} {took:8.1}", set.name);
        if shown.as_ref() == Some(&set.name) {
            show(&set, &groups, &signatures);
        }
    }
    println!("{:12} {:8.4}", "average", sum / files.len().max(1) as f64);
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.to_string_lossy().ends_with("_2k.log_structured.csv") {
            files.push(path);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Set, Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("no column {name}"));
    let (content, event) = (column("Content")?, column("EventId")?);
    let name = file.file_name().map(|name| name.to_string_lossy().replace("_2k.log_structured.csv", ""));
    let mut set = Set { name: name.unwrap_or_default(), messages: Vec::new(), published: Vec::new() };
    for record in reader.records() {
        let record = record?;
        set.messages.push(record.get(content).unwrap_or_default().to_string());
        set.published.push(record.get(event).unwrap_or_default().to_string());
    }
    Ok(set)
}

/// The group of each message, and the groups' signatures.
fn group(messages: &[String]) -> (Vec<usize>, Vec<String>) {
    let mut counts: HashMap<String, u64> = HashMap::new();
    let mut layouts = Vec::new();
    for message in messages {
        let mut layout = String::new();
        mask::mask(message, &mut layout);
        *counts.entry(layout.clone()).or_default() += 1;
        layouts.push(layout);
    }
    let distinct: Vec<(&str, u64)> = counts.iter().map(|(layout, count)| (layout.as_str(), *count)).collect();
    let clusters = cluster::cluster(&distinct);
    let group: HashMap<&str, usize> = distinct.iter().map(|(layout, _)| *layout).zip(clusters.of).collect();
    (layouts.iter().map(|layout| group[layout.as_str()]).collect(), clusters.signatures)
}

fn accuracy(groups: &[usize], published: &[String]) -> f64 {
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    published.iter().for_each(|event| *sizes.entry(event).or_default() += 1);
    let mut members: HashMap<usize, Vec<&str>> = HashMap::new();
    groups.iter().zip(published).for_each(|(group, event)| members.entry(*group).or_default().push(event));
    let right = |events: &Vec<&str>| events.iter().all(|event| *event == events[0]) && sizes[events[0]] == events.len();
    let right: usize = members.values().filter(|events| right(events)).map(Vec::len).sum();
    right as f64 / published.len() as f64
}

/// Lists published groups that were not found, with a message and the signatures of the groups they are in.
fn show(set: &Set, groups: &[usize], signatures: &[String]) {
    let mut of_event: BTreeMap<&str, BTreeMap<usize, usize>> = BTreeMap::new();
    let mut of_group: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (at, event) in set.published.iter().enumerate() {
        of_event.entry(event).or_default().entry(groups[at]).or_insert(at);
        of_group.entry(groups[at]).or_default().insert(event);
    }
    for (event, found) in of_event {
        let merged: BTreeSet<&str> = found.keys().flat_map(|group| &of_group[group]).copied().collect();
        if found.len() == 1 && merged.len() == 1 {
            continue;
        }
        println!("  {event}: in {} groups, with {:?}", found.len(), merged);
        for (group, message) in found.iter().take(3) {
            println!("    {}\n      {}", set.messages[*message], signatures[*group]);
        }
    }
}
