//! Compressed inputs, archives and character sets: the same messages as without, whatever the size of chunks and the
//! number of workers; and what can be saved of damaged ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::files::{folder, gzip};
use crate::inputs::messages;
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use sumoql_data::message::Input;
use sumoql_input::{InputRequest, InputSet, Problem, encoding, open};
use tempfile::TempDir;

/// A message: its input, its offset, its text.
type Found = (String, u64, String);

fn request(folder: &TempDir, path: &str, chunk: usize) -> InputRequest {
    InputRequest {
        paths: vec![folder.path().join(path).to_string_lossy().into_owned()],
        chunk,
        ..InputRequest::default()
    }
}

fn all(opened: &InputSet, threads: usize) -> Vec<Found> {
    messages(opened, threads).into_iter().map(|(input, offset, raw, _)| (input, offset, raw)).collect()
}

/// Offsets and texts of what bytes give: as a file, again, and as a stream; and the problems.
fn read(bytes: &[u8], chunk: usize, threads: usize) -> (Vec<(u64, String)>, Vec<Problem>) {
    let folder = folder(&[("f", bytes)]);
    let opened = match open(&request(&folder, "f", chunk)) {
        Ok(opened) => opened,
        Err(problems) => return (Vec::new(), problems),
    };
    let found = all(&opened, threads);
    // A mark at the beginning and the brackets of arrays are not given out, and counted only where they are read.
    let (consumed, total) = (opened.consumed().load(Ordering::Relaxed), opened.total_bytes().unwrap());
    assert!(consumed <= total && (consumed + 9 > total || !opened.problems().is_empty()), "{consumed} of {total}");
    assert!(opened.restart());
    assert_eq!(all(&opened, 1), found, "read again");
    let request = InputRequest { chunk, ..InputRequest::default() };
    let streamed = InputSet::of_reader("-", Box::new(Cursor::new(bytes.to_vec())), &request, None).unwrap();
    let places = |found: Vec<Found>| found.into_iter().map(|(_, offset, raw)| (offset, raw)).collect::<Vec<_>>();
    let found = places(found);
    assert_eq!(places(all(&streamed, threads)), found, "as a stream");
    let plain = |problems: Vec<Problem>| problems.into_iter().map(|p| (p.message, p.offset)).collect::<Vec<_>>();
    assert_eq!(plain(streamed.problems()), plain(opened.problems()));
    (found, opened.problems())
}

/// Bytes through one of the real tools; none where it is missing.
fn tool(command: &[&str], bytes: &[u8]) -> Option<Vec<u8>> {
    let mut child =
        Command::new(command[0]).args(&command[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let (mut stdin, bytes) = (child.stdin.take().unwrap(), bytes.to_vec());
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output.status.success().then_some(output.stdout)
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(1));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new().content_checksum(true);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Compresses, if it can be had here.
type Way = fn(&[u8]) -> Option<Vec<u8>>;

/// Names, and the ways of compressing that can be had here.
fn ways() -> Vec<(&'static str, Way)> {
    let all: [(&'static str, Way); 9] = [
        ("gzip", |bytes| Some(gzip(bytes))),
        ("zstd", |bytes| Some(zstd(bytes))),
        ("bzip2", |bytes| Some(bzip2(bytes))),
        ("lz4", |bytes| Some(lz4(bytes))),
        ("gzip", |bytes| tool(&["gzip", "-c"], bytes)),
        ("zstd", |bytes| tool(&["zstd", "-qc"], bytes)),
        ("bzip2", |bytes| tool(&["bzip2", "-c"], bytes)),
        ("lz4", |bytes| tool(&["lz4", "-qc"], bytes)),
        ("xz", |bytes| tool(&["xz", "-c"], bytes)),
    ];
    all.into_iter().filter(|(_, way)| way(b"x").is_some()).collect()
}

fn lines(count: usize) -> String {
    (0..count).map(|n| format!("line {n} of {:x}\n", n.wrapping_mul(0x9E37_79B9) & 0xFF_FFFF)).collect()
}

#[test]
fn compressed_text_is_the_text() {
    let text = lines(20_000);
    let plain = read(text.as_bytes(), 0, 2).0;
    assert_eq!(plain.len(), 20_000);
    for (name, way) in ways() {
        let (found, problems) = read(&way(text.as_bytes()).unwrap(), 0, 2);
        assert_eq!((found == plain, problems), (true, vec![]), "{name}");
    }
}

#[test]
fn members_follow_each_other() {
    let (a, b) = (lines(3_000), "the last\n");
    let plain = read(format!("{a}{b}").as_bytes(), 0, 1).0;
    for (name, way) in ways() {
        let way = |text: &str| way(text.as_bytes()).unwrap();
        let joined = [way(&a), way(""), way(b)].concat();
        assert_eq!(read(&joined, 1000, 2), (plain.clone(), vec![]), "{name}");
    }
    let skipped = |bytes: Vec<u8>| [&b"\x53\x2A\x4D\x18\x03\0\0\0abc"[..], &bytes].concat();
    for way in [zstd, lz4] {
        let bytes = [skipped(way(a.as_bytes())), skipped(way(b.as_bytes())), skipped(vec![])].concat();
        assert_eq!(read(&bytes, 1000, 2), (plain.clone(), vec![]));
    }
    let padded = [gzip(a.as_bytes()), gzip(b.as_bytes()), vec![0; 512]].concat();
    assert_eq!(read(&padded, 0, 1), (plain, vec![]), "zeros at the end of a tape's block");
}

#[test]
fn what_is_inside_is_recognised() {
    let event = "<Event xmlns='x'><System><EventID>1</EventID></System></Event>";
    let texts = [
        ("[\n {\"a\": 1},\n {\"b\": [2]}]", vec!["{\"a\": 1}", "{\"b\": [2]}"]),
        ("{\"_raw\":\"one\\ntwo\"}\n{\"_raw\":\"three\"}\n", vec!["one\ntwo", "three"]),
        (&format!("\u{feff}<Events>{event}\n{event}</Events>"), vec![event, event]),
        ("", vec![]),
        ("no line end, \0 and all", vec!["no line end, \0 and all"]),
    ];
    let wide = |text: &str, big: bool, mark: bool| -> Vec<u8> {
        let text = text.trim_start_matches('\u{feff}');
        let mark = if mark { "\u{feff}" } else { "" };
        let units = mark.encode_utf16().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for (text, expected) in texts {
        let mut forms = vec![text.as_bytes().to_vec(), wide(text, false, true), wide(text, true, true)];
        if !text.contains('\0') {
            forms.extend([wide(text, false, false), wide(text, true, false)]);
        }
        let packed: Vec<_> = forms.iter().flat_map(|form| [gzip(form), lz4(&gzip(form))]).collect();
        for form in forms.into_iter().chain(packed) {
            let (found, problems) = read(&form, 7, 2);
            assert_eq!(found.iter().map(|(_, raw)| raw.as_str()).collect::<Vec<_>>(), expected, "{form:?}");
            assert_eq!(problems, []);
        }
    }
}

#[test]
fn what_is_cut_short_is_saved_up_to_there() {
    let text = lines(5_000);
    for (name, way) in ways() {
        let packed = way(text.as_bytes()).unwrap();
        for cut in [packed.len() / 2, packed.len() - 1] {
            let (found, problems) = read(&packed[..cut], 5000, 2);
            let saved: String = found.iter().map(|(_, line)| line.as_str()).collect();
            assert!(text.replace('\n', "").starts_with(&saved), "{name}");
            let [problem] = &problems[..] else { panic!("{name}: {problems:?}") };
            assert!(
                problem.message.starts_with(&format!("the {name} data end too early, at compressed byte ")),
                "{name}: {problem}"
            );
            if name != "bzip2" && name != "lz4" && name != "zstd" {
                assert!(found.len() > 1000, "{name}: {} {problem}", found.len());
            }
            if let Some(offset) = problem.offset {
                assert!(problem.message.ends_with(&format!("; the {offset} decompressed bytes before that were read")));
                assert_eq!(text[..offset as usize].lines().count(), found.len(), "{name}");
            }
            for (chunk, threads) in [(100, 3), (0, 2)] {
                assert_eq!(read(&packed[..cut], chunk, threads).0, found, "{name}");
            }
        }
    }
    let packed = gzip(text.as_bytes());
    assert!(read(&packed[..packed.len() - 3], 0, 1).0.len() == 5_000, "only the checksum is missing");
    assert!(read(&packed[..5], 0, 1).1[0].to_string().ends_with("the gzip data end too early, at compressed byte 5"));
}

#[test]
fn what_is_damaged_is_saved_up_to_there() {
    let text = lines(20_000);
    for (name, way) in ways() {
        let mut packed = way(text.as_bytes()).unwrap();
        let middle = packed.len() / 2;
        packed[middle..middle + 40].fill(0xA5);
        let (found, problems) = read(&packed, 5000, 2);
        let [problem] = &problems[..] else { panic!("{name}: {problems:?}") };
        assert!(
            problem.message.contains("damaged near compressed byte") || problem.message.contains("end too early"),
            "{problem}"
        );
        if name != "bzip2" {
            assert!(found.len() > 6_000, "{name}: {} {problem}", found.len());
            assert!(found[..5_000].iter().zip(text.lines()).all(|((_, found), line)| found == line), "{name}");
        }
        for (chunk, threads) in [(100, 1), (0, 2)] {
            assert_eq!(read(&packed, chunk, threads).0, found, "{name}");
        }
    }
    let (found, problems) = read(&[gzip(b"one\n"), b"garbage".to_vec()].concat(), 0, 1);
    assert_eq!(found, [(0, "one".to_string())]);
    assert!(problems[0].message.contains("(other data follow)"), "{problems:?}");
    let mut sum = gzip(b"one\n");
    let at = sum.len() - 8;
    sum[at] ^= 1;
    let (found, problems) = read(&sum, 0, 1);
    assert_eq!(found, [(0, "one".to_string())]);
    assert!(problems[0].message.contains("(the checksum does not fit)"), "{problems:?}");
}

#[test]
fn nothing_is_unpacked_without_end() {
    let mut bytes = b"x\n".to_vec();
    for _ in 0..8 {
        bytes = gzip(&bytes);
    }
    assert_eq!(read(&bytes, 0, 1), (vec![(0, "x".to_string())], vec![]));
    let folder = folder(&[("f", &gzip(&bytes))]);
    let problems = open(&request(&folder, "f", 0)).err().unwrap();
    assert!(problems[0].message.contains("more than 8 times over"), "{problems:?}");
}

/// A zip archive made by Python: names and contents; compressed by this method.
fn zip(members: &[(&str, &[u8])], method: &str) -> Option<Vec<u8>> {
    let folder = folder(&[]);
    let mut script = format!("import zipfile\nz=zipfile.ZipFile('a.zip','w',zipfile.{method})\n");
    for (number, (name, bytes)) in members.iter().enumerate() {
        std::fs::write(folder.path().join(number.to_string()), bytes).unwrap();
        script += &match name.ends_with('/') {
            true => format!("z.writestr('{name}','')\n"),
            false => format!("z.write('{number}','{name}')\n"),
        };
    }
    script += "z.close()\n";
    let run = Command::new("python3").args(["-c", &script]).current_dir(folder.path()).status();
    run.ok()?.success().then(|| std::fs::read(folder.path().join("a.zip")).unwrap())
}

#[test]
fn members_of_archives_are_inputs() {
    let json = b"[{\"a\":1},{\"b\":2}]";
    let inner = zip(&[("deep.log", b"deep\n")], "ZIP_DEFLATED");
    let Some(inner) = inner else { return };
    let members: [(&str, &[u8]); 8] = [
        ("b.log", b"one\ntwo\n"),
        ("x/", b""),
        ("x/a.json", json),
        ("x/sources.toml", b"ours"),
        (".hidden", b"no\n"),
        ("c.gz", &gzip(b"three\n")),
        ("inner.zip", &inner),
        ("empty", b""),
    ];
    let expected = [
        ("b.log", 0, "one"),
        ("b.log", 4, "two"),
        ("a.json", 1, "{\"a\":1}"),
        ("a.json", 9, "{\"b\":2}"),
        ("c.gz", 0, "three"),
        ("deep.log", 0, "deep"),
    ];
    let expected = expected.map(|(name, offset, raw)| (name.to_string(), offset, raw.to_string()));
    for method in ["ZIP_DEFLATED", "ZIP_STORED", "ZIP_BZIP2"] {
        let bytes = zip(&members, method).unwrap();
        for bytes in [bytes.clone(), gzip(&bytes)] {
            let folder = folder(&[("a.zip", &bytes)]);
            for (chunk, threads) in [(0, 1), (1, 3)] {
                let opened = open(&request(&folder, "a.zip", chunk)).unwrap();
                assert_eq!(all(&opened, threads), expected);
                assert_eq!(opened.problems(), []);
                assert!(opened.sources()[0].name.ends_with("/a.zip/b.log"));
                assert!(opened.sources()[3].name.ends_with("/a.zip/inner.zip/deep.log"));
                assert_eq!(Some(opened.consumed().load(Ordering::Relaxed)), opened.total_bytes());
                assert!(opened.restart());
                assert_eq!(all(&opened, 1), expected);
            }
            let opened =
                InputSet::of_reader("-", Box::new(Cursor::new(bytes)), &InputRequest::default(), None).unwrap();
            assert_eq!(all(&opened, 2), expected);
            assert_eq!(opened.sources()[0].name, "-/b.log");
        }
    }
}

#[test]
fn archives_that_are_not_whole() {
    let text = lines(3_000);
    let members: [(&str, &[u8]); 3] = [("a.log", b"one\n"), ("b.log", text.as_bytes()), ("c.log", b"three\n")];
    for method in ["ZIP_DEFLATED", "ZIP_STORED"] {
        let Some(bytes) = zip(&members, method) else { return };
        let read = |bytes: &[u8]| {
            let folder = folder(&[("a.zip", bytes)]);
            let opened = open(&request(&folder, "a.zip", 0)).unwrap();
            (all(&opened, 2).len(), opened.sources().len(), all(&opened, 1).len(), opened.problems())
        };
        let (found, sources, _, problems) = read(&bytes[..bytes.len() - 10]);
        assert_eq!((found, sources, problems.len()), (3_002, 3, 1), "{problems:?}");
        assert!(problems[0].message.contains("3 members found without it, up to byte "), "{problems:?}");
        let (found, sources, _, problems) = read(&bytes[..bytes.len() / 2]);
        assert!((500..3_000).contains(&found), "{found}");
        assert_eq!((sources, problems.len()), (2, 2), "{problems:?}");
        assert!(problems[1].message.starts_with("the zip data end too early"), "{problems:?}");
        let mut damaged = bytes.clone();
        let place = bytes.windows(5).position(|bytes| bytes == b"b.log").unwrap() + 1000;
        damaged[place..place + 9].fill(0x5A);
        let (found, sources, _, problems) = read(&damaged);
        assert!((2..=3_002).contains(&found), "{found}");
        assert_eq!((sources, problems.len()), (3, 1), "{problems:?}");
        assert!(problems[0].place.ends_with("/a.zip/b.log"), "{problems:?}");
        assert!(problems[0].message.contains("damaged"), "{problems:?}");
    }
}

#[test]
fn members_of_streamed_archives_are_found_without_a_directory() {
    // Sizes stand behind the data, as in archives that were written to a pipe.
    let script = "import zipfile,sys,io\nclass W(io.RawIOBase):\n def writable(s): return True\n def write(s,b): \
                  return sys.stdout.buffer.write(b)\nz=zipfile.ZipFile(W(),'w',zipfile.ZIP_DEFLATED)\n\
                  z.writestr('a.log','one\\n'*1000)\nz.writestr('b.log','two\\n')\nz.close()\n";
    let Some(bytes) = tool(&["python3", "-c", script], b"") else { return };
    for bytes in [&bytes[..], &bytes[..bytes.len() - 30]] {
        let folder = folder(&[("a.zip", bytes)]);
        let opened = open(&request(&folder, "a.zip", 0)).unwrap();
        assert_eq!(all(&opened, 2).len(), 1_001, "{:?}", opened.problems());
    }
}

#[test]
fn what_archives_hold_that_is_not_read_is_said() {
    let Some(mut bytes) = zip(&[("a.log", b"secret"), ("b.log", b"open")], "ZIP_STORED") else { return };
    // The flag of encryption, in the member's header and in the directory.
    let directory = bytes.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    bytes[6] |= 1;
    bytes[directory + 8] |= 1;
    let encrypted = folder(&[("a.zip", &bytes)]);
    let opened = open(&request(&encrypted, "a.zip", 0)).unwrap();
    assert_eq!(all(&opened, 1), [("b.log".to_string(), 0, "open".to_string())]);
    let [problem] = &opened.problems()[..] else { panic!("{:?}", opened.problems()) };
    assert!(problem.to_string().ends_with("a.zip/a.log: the member is encrypted, which is not read"), "{problem}");
    let empty = folder(&[("a.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]);
    let problems = open(&request(&empty, "a.zip", 0)).err().unwrap();
    assert_eq!(problems[0].message, "no files in this archive");
}

#[test]
fn rules_are_of_what_is_inside_or_of_the_archive() {
    let Some(bytes) = zip(&[("x/a.log", b"a\n"), ("b.txt", b"b\n")], "ZIP_DEFLATED") else { return };
    let rules = "[[source]]\nfiles = '*.log'\n_sourceCategory = 'logs'\n[[source]]\nfiles = 'a.zip'\n\
                 _sourceCategory = 'archive'\n[[source]]\nfiles = 'sub/*.csv'\n_sourceCategory = 'sub'\n";
    let folder = folder(&[("a.zip", &bytes), ("c.log.gz", &gzip(b"c\n")), ("sources.toml", rules.as_bytes())]);
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("sub/d.csv.zst"), zstd(b"d\n")).unwrap();
    let opened = open(&request(&folder, "", 0)).unwrap();
    let categories: Vec<_> = opened
        .sources()
        .iter()
        .map(|source| source.metadata.iter().find(|(name, _)| name == "_sourceCategory").unwrap().1.as_str())
        .collect();
    assert_eq!(categories, ["logs", "archive", "logs", "sub"]);
}

#[test]
fn character_sets_that_are_named() {
    let files: [(&str, &[u8]); 4] = [
        ("a.log", b"caf\xE9 \x80\n"),
        ("b.log", b"\xFF\xFEb\0\n\0"),
        ("c.log", "\u{feff}é\n".as_bytes()),
        ("d.gz", &gzip(b"\xE4\n")),
    ];
    let folder = folder(&files);
    let texts = |request: &InputRequest| {
        let opened = open(request).unwrap();
        assert_eq!(opened.problems(), []);
        (all(&opened, 2).into_iter().map(|(_, _, raw)| raw).collect::<Vec<_>>(), opened.notes())
    };
    let named = InputRequest { encoding: encoding("latin1").ok(), ..request(&folder, "", 1) };
    assert_eq!(texts(&named), (["café €", "b", "é", "ä"].map(String::from).to_vec(), vec![]));
    let (found, notes) = texts(&request(&folder, "", 1));
    assert_eq!(found, ["caf\u{fffd} \u{fffd}", "b", "é", "\u{fffd}"]);
    assert_eq!(notes.len(), 2);
    assert!(notes[0].place.ends_with("a.log") && notes[0].message.contains("--encoding windows-1252"), "{notes:?}");
    let rule = "[[source]]\nfiles = 'a.*'\nencoding = 'windows-1252'\n";
    std::fs::write(folder.path().join("sources.toml"), rule).unwrap();
    assert_eq!(texts(&request(&folder, "", 1)).0[0], "café €");
}

#[test]
fn a_bomb_is_a_stream() {
    // 100 MB of line ends in a few bytes, twice over: never more in memory than a message may be long, and some buffers.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(1));
    std::io::copy(&mut std::io::repeat(b'\n').take(100 << 20), &mut encoder).unwrap();
    let bytes = gzip(&encoder.finish().unwrap());
    let opened = InputSet::of_reader("-", Box::new(Cursor::new(bytes)), &InputRequest::default(), None).unwrap();
    let (mut total, mut largest) = (0, 0);
    while let Some(chunk) = opened.next(Vec::new()) {
        total += chunk.bytes.len();
        largest = largest.max(chunk.bytes.len());
    }
    assert_eq!(total, 100 << 20);
    assert!(largest < 4 << 20, "{largest}");
}

const PARTS: &[&[u8]] =
    &[b"\n", b"\r\n", b"a", b"bc d", b"\xFF", b"\xE2\x82", "ü€".as_bytes(), b"\0\0", b" ", b"{\"a\":"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_same_messages_packed_or_not(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..60),
        cut in 0..100_usize,
        chunk in 1..60_usize,
        threads in 1..4_usize,
    ) {
        let bytes = [b"text ", &parts.concat()[..]].concat();
        let plain = read(&bytes, 0, 1);
        // What is no text is told, and not read.
        prop_assume!(plain.1.is_empty());
        let (a, b) = bytes.split_at(cut.min(bytes.len()));
        for way in [gzip, zstd, bzip2, lz4] {
            prop_assert_eq!(&read(&[way(a), way(b)].concat(), chunk, threads), &plain);
        }
        let text = String::from_utf8_lossy(&bytes);
        let plain = read(text.as_bytes(), 0, 1);
        let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        prop_assert_eq!(&read(&wide, chunk, threads), &plain);
        prop_assert_eq!(&read(&gzip(&wide), chunk, threads), &plain);
    }

    #[test]
    fn damage_does_not_stop_it(at in 0..2_000_usize, byte: u8, cut in 0..2_000_usize, way in 0..4_usize) {
        let way = [gzip, zstd, bzip2, lz4][way];
        let mut bytes = way(lines(300).as_bytes());
        let (at, cut) = (at % bytes.len(), cut % bytes.len());
        bytes[at] ^= byte;
        bytes.truncate(bytes.len().min(cut + 20));
        let folder = folder(&[("f", &bytes)]);
        if let Ok(opened) = open(&request(&folder, "f", 100)) {
            let found = all(&opened, 2);
            opened.restart();
            prop_assert_eq!(all(&opened, 1), found);
        }
    }
}
