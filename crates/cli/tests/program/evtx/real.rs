//! Real logs, and what other programs have made of them; T1505 over logs and over the same events as XML.

use super::{CHUNK, HEADER, doubtful, flip, once, run, survives};
use crate::random::Random;
use crate::shared;
use crate::writer::{Event, log};
use std::path::Path;
use sumoql_input::EvtxAs;

/// XML without what other programs write differently: the letter case of GUIDs, and the last digits of the time.
fn alike(xml: &str) -> String {
    let guid = regex::Regex::new(r"\{[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}\}").unwrap();
    let digits = regex::Regex::new("(SystemTime='.{26})[0-9]*").unwrap();
    let xml = guid.replace_all(xml, |found: &regex::Captures<'_>| found[0].to_lowercase());
    digits.replace(&xml, "${1}").into_owned()
}

/// The event that a record would have to hold to give this XML, if there is one.
fn event(xml: &str) -> Option<Event> {
    let data = regex::Regex::new("(?s)<Data Name='([^']*)'>(.*?)</Data>").unwrap();
    let plain =
        |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&apos;", "'").replace("&amp;", "&");
    let between = |start: &str, end: &str| Some(plain(xml.split_once(start)?.1.split_once(end)?.0));
    let number = |name: &str| between(&format!("<{name}>"), "<")?.parse().ok();
    let mut event = Event::new(number("EventRecordID")?, number("EventID")? as u16, &[]);
    event.version = number("Version")? as u8;
    event.process = between("ProcessID='", "'")?.parse().ok()?;
    event.thread = between("ThreadID='", "'")?.parse().ok()?;
    event.computer = between("<Computer>", "<")?;
    event.channel = between("<Channel>", "<")?;
    let time = chrono::DateTime::parse_from_rfc3339(&between("SystemTime='", "'")?).ok()?;
    event.time = time.timestamp() as u64 * 10_000_000 + u64::from(time.timestamp_subsec_nanos()) / 100;
    event.data = data.captures_iter(xml).map(|found| (plain(&found[1]), plain(&found[2]))).collect();
    (alike(&event.xml()) == alike(xml)).then_some(event)
}

/// The T1505 query gives the same over a log as over the same events as XML. How many events there are, and answers.
fn same_answers(xml: &Path) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(xml).unwrap();
    let (lines, events): (Vec<&str>, Vec<Event>) = text.lines().filter_map(|line| Some((line, event(line)?))).unzip();
    let answer = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let query = crate::root().join("queries/t1505.sumo").to_string_lossy().into_owned();
        let options = ["run", "-f", &query, "--set", "_sourceCategory=windows/sysmon", "--output", "jsonl"];
        let ran = run(&[&options[..], &[&path.to_string_lossy()]].concat(), b"");
        assert_eq!(ran.status, 0, "{}", ran.err);
        let rows = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Map<_, _>>(line).unwrap());
        rows.map(|row| row.into_iter().filter(|(name, _)| !name.starts_with('_') || name == "_messageTime").collect())
            .collect()
    };
    let wanted: Vec<serde_json::Map<_, _>> = answer("Sysmon.xml", lines.join("\n").as_bytes());
    assert_eq!(answer("Sysmon.evtx", &log(&events)), wanted, "{}", xml.display());
    (events.len(), wanted.len())
}

#[test]
fn t1505_answers_alike_over_logs_and_over_xml() {
    let found = ["test1-aspx-shell", "test2-xp-cmdshell", "test3-iis-module", "test5-transport-agent"]
        .map(|name| same_answers(&crate::root().join(format!("queries/t1505/{name}.xml"))));
    assert_eq!(found.iter().map(|(_, answers)| answers).sum::<usize>(), 4, "{found:?}");
}

fn shared_logs(data: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir(data.join("evtx")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// What other programs have made of the same logs. They have the case of GUIDs that older Windows has; some had only six
/// digits of the second to go by.
#[test]
fn real_logs_are_rendered_as_others_render_them() {
    let Some(data) = shared::data() else { return };
    let mut found = std::collections::HashSet::new();
    for bytes in shared_logs(&data) {
        let log = once(&bytes, EvtxAs::Xml);
        assert_eq!((&log.problems, &log.notes), (&vec![], &vec![]));
        assert_eq!(once(&doubtful(bytes), EvtxAs::Xml).messages, log.messages);
        found.extend(log.messages.into_iter().map(|(_, raw)| alike(&raw)));
    }
    assert_eq!(found.len(), 401);
    let there = |name: &str| {
        let text = std::fs::read_to_string(data.join(name)).unwrap();
        text.lines().filter(|line| found.contains(&alike(line))).count()
    };
    assert_eq!((there("sysmon_splunk.xml"), there("sysmon_mitre.xml")), (193, 30));
}

#[test]
fn real_logs_survive_damage() {
    let Some(data) = shared::data() else { return };
    let mut random = Random::new(7);
    for log in shared_logs(&data) {
        let log = &log[..log.len().min(HEADER + 2 * CHUNK)];
        for round in 0..6 {
            let mut bytes = log.to_vec();
            flip(&mut bytes, &mut random);
            survives(&bytes, if round == 0 { EvtxAs::Json } else { EvtxAs::Xml });
        }
    }
}

#[test]
fn t1505_answers_alike_over_shared_logs() {
    let Some(data) = shared::data() else { return };
    let (events, answers) = same_answers(&data.join("t1505_cases.xml"));
    assert!(events > 60 && answers > 20, "{events} events, {answers} answers");
}
