//! Objects in stores and on HTTP servers. An S3 server is used where `SUMOQL_TEST_S3` names its endpoint, such as
//! `http://127.0.0.1:5000`, that of `moto_server`; any bucket may be made there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::files::gzip;
use crate::inputs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::Arc;
use sumoql_data::message::Input;
use sumoql_input::{InputRequest, InputSet, Store, open_store};

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};

/// Puts the objects of the tests into a store.
fn fill(store: &dyn ObjectStore) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let objects: [(&str, Vec<u8>); 6] = [
        ("logs/a.log", b"a 1\na 2\n".to_vec()),
        ("logs/day=1/b.log.gz", gzip(b"b 1\nb 2\n")),
        ("logs/day=2/c d.json", b"{\"c\":1}\n".to_vec()),
        ("logs/.hidden", b"hidden\n".to_vec()),
        ("logs/sources.toml", b"ours\n".to_vec()),
        ("other.log", b"other\n".to_vec()),
    ];
    for (key, bytes) in objects {
        runtime.block_on(store.put(&object_store::path::Path::parse(key).unwrap(), bytes.into())).unwrap();
    }
}

fn raws(opened: &InputSet) -> Vec<(String, String)> {
    inputs::messages(opened, 3).into_iter().map(|(name, _, raw, _)| (name, raw)).collect()
}

/// What is found under keys, the same whatever the store.
fn check(store: &dyn Fn() -> Arc<dyn ObjectStore>) {
    let open = |key: &str| open_store(Store::new("s3://bucket", store()).unwrap(), key, &InputRequest::default());
    let folder = ["a.log a 1", "a.log a 2", "b.log.gz b 1", "b.log.gz b 2", "c d.json {\"c\":1}"];
    for (key, expected) in [
        ("logs/", &folder[..]),
        ("logs", &folder),
        ("logs/a.log", &folder[..2]),
        ("logs/day=*/*", &folder[2..]),
        ("logs/**/*.log.gz", &folder[2..4]),
        ("*.log", &["other.log other"]),
        ("logs/.h*", &[".hidden hidden"]),
    ] {
        let opened = open(key).unwrap_or_else(|problems| panic!("{key}: {problems:?}"));
        let found: Vec<String> = raws(&opened).iter().map(|(name, raw)| format!("{name} {raw}")).collect();
        assert_eq!(found, expected, "{key}");
        assert!(opened.problems().is_empty(), "{key}: {:?}", opened.problems());
    }
    let opened = open("logs/").unwrap();
    let names: Vec<_> = opened.sources().iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names[..2], ["s3://bucket/logs/a.log", "s3://bucket/logs/day=1/b.log.gz"]);
    // What is read once can be read again.
    let before = raws(&opened);
    assert!(opened.restart());
    assert_eq!(raws(&opened), before);
    assert_eq!(opened.total_bytes(), Some(opened.consumed().load(std::sync::atomic::Ordering::Relaxed)));
    for (key, reason) in [("logs/no", "no such object"), ("logs/[", "no pattern"), ("no/*", "no such object")] {
        let problem = open(key).map(|_| ()).unwrap_err().remove(0);
        assert!(problem.place.ends_with(key) && problem.message.contains(reason), "{problem}");
    }
}

#[test]
fn objects_are_found_by_key_folder_and_pattern() {
    let memory = Arc::new(InMemory::new());
    fill(memory.as_ref());
    check(&|| memory.clone());
    let folder = tempfile::tempdir().unwrap();
    let local = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
    fill(local.as_ref());
    check(&|| local.clone());
}

fn sumoql(args: &[&str], environment: &[(&str, &str)]) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sumoql"));
    let Output { status, stdout, stderr } =
        command.arg("run").args(args).envs(environment.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(stdout), text(stderr), status.code().unwrap_or(-1))
}

#[test]
fn an_s3_server() {
    let Ok(endpoint) = std::env::var("SUMOQL_TEST_S3") else {
        eprintln!("SKIPPED: SUMOQL_TEST_S3 names no S3 server");
        return;
    };
    let bucket = format!("sumoql-{}", std::process::id());
    let host = endpoint.strip_prefix("http://").expect("an endpoint without TLS");
    let mut request = TcpStream::connect(host).unwrap();
    write!(request, "PUT /{bucket} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    BufReader::new(request).read_line(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
    let environment = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
    ];
    let store = || {
        let builder = AmazonS3Builder::new().with_endpoint(&endpoint).with_allow_http(true).with_region("us-east-1");
        let builder = builder.with_access_key_id("key").with_secret_access_key("secret").with_bucket_name(&bucket);
        Arc::new(builder.build().unwrap()) as Arc<dyn ObjectStore>
    };
    fill(store().as_ref());
    check(&store);
    let query = "* | count by _sourceName | sort by _sourceName asc";
    let (out, err, status) = sumoql(&[query, "--output", "csv", &format!("s3://{bucket}/logs/")], &environment);
    let name = |key: &str| format!("s3://{bucket}/logs/{key}");
    let [a, b, c] = ["a.log", "day=1/b.log.gz", "day=2/c d.json"].map(name);
    assert_eq!((out, status), (format!("_sourceName,_count\n{a},2\n{b},2\n{c},1\n"), 0), "{err}");
    let missing = format!("s3://{bucket}/no.log");
    let (_, err, status) = sumoql(&["*", &missing], &environment);
    assert!(status == 3 && err.contains(&format!("{missing}: no such object")), "{err}");
}

/// Answers requests, one connection each: `answer` gets the first line and the `Range`, and gives head and body.
fn server(answer: impl Fn(&str, Option<String>) -> (String, Vec<u8>) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let head: Vec<String> =
                BufReader::new(&connection).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let range = head.iter().find_map(|line| Some(line.to_lowercase().strip_prefix("range: ")?.to_string()));
            let (head, body) = answer(head.first().map_or("", String::as_str), range);
            // A client that has seen enough goes away.
            let _ = write!(connection, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
            let _ = connection.write_all(&body);
        }
    });
    address
}

const TEXT: &str = "one\ntwo\nthree\nfour\n";

#[test]
fn an_http_server() {
    let address = server(|line, _| match line.split(' ').nth(1) {
        Some("/x/a%20b.log") => {
            let body = if line.starts_with("HEAD") { "" } else { TEXT };
            (format!("200 OK\r\nContent-Length: {}", TEXT.len()), body.into())
        }
        Some("/a.log.gz") => {
            let bytes = gzip(TEXT.as_bytes());
            let head = format!("200 OK\r\nContent-Length: {}", bytes.len());
            (head, if line.starts_with("HEAD") { Vec::new() } else { bytes })
        }
        _ => ("404 Not Found\r\nContent-Length: 0".into(), Vec::new()),
    });
    for path in ["/x/a%20b.log", "/a.log.gz"] {
        let (out, err, status) =
            sumoql(&["*", "--output", "raw", "--order", "arrival", &format!("{address}{path}")], &[]);
        assert_eq!((out.as_str(), status), (TEXT, 0), "{path}: {err}");
    }
    let (_, err, status) = sumoql(&["*", &format!("{address}/no.log")], &[]);
    assert!(status == 3 && err.contains(&format!("{address}/no.log: no such object")), "{err}");
    let (_, err, status) = sumoql(&["*", &format!("{address}/a.log?key=1")], &[]);
    assert!(status == 3 && err.contains(&format!("{address}/a.log?key=1: no such object")), "{err}");
    let (_, err, status) = sumoql(&["--follow", "*", &format!("{address}/a.log.gz")], &[]);
    assert!(status == 3 && err.contains("can't be followed"), "{err}");
}

/// What stands behind a `?` is sent, and what stands behind a `#` is not. A signed address may be good for reading alone.
#[test]
fn an_address_with_a_query() {
    let address = server(|line, _| match line.split(' ').collect::<Vec<_>>()[..] {
        ["GET", "/a/b.log?sign=x%2Fy&n=1", _] => (format!("200 OK\r\nContent-Length: {}", TEXT.len()), TEXT.into()),
        ["HEAD", "/a/b.log?sign=x%2Fy&n=1", _] => ("403 Forbidden\r\nContent-Length: 0".into(), Vec::new()),
        ["HEAD", "/?all", _] => (format!("200 OK\r\nContent-Length: {}", TEXT.len()), Vec::new()),
        ["GET", "/?all", _] => (format!("200 OK\r\nContent-Length: {}", TEXT.len()), TEXT.into()),
        _ => ("404 Not Found\r\nContent-Length: 0".into(), Vec::new()),
    });
    for path in ["/a/b.log?sign=x%2Fy&n=1", "/a/b.log?sign=x%2Fy&n=1#L20", "?all", "/?all"] {
        let (out, err, status) =
            sumoql(&["* | count by _sourceName", "--output", "csv", &format!("{address}{path}")], &[]);
        assert!(status == 0 && out.ends_with(",4\n"), "{path}: {out}{err}");
    }
}

/// A connection that breaks off: without an ETag nobody knows whether the object is the same still; with one, it is
/// taken up where it was.
#[test]
fn a_connection_that_breaks_off() {
    let text = TEXT.repeat(20_000);
    let broken = |tag: &'static str| {
        let text = text.clone();
        move |line: &str, range: Option<String>| {
            let half = text.len() / 2 + 3;
            let from: Option<usize> =
                range.and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse().ok());
            let size = text.len();
            match from {
                _ if line.starts_with("HEAD") => (format!("200 OK\r\nContent-Length: {size}{tag}"), Vec::new()),
                None => (format!("200 OK\r\nContent-Length: {size}{tag}"), text.as_bytes()[..half].to_vec()),
                Some(from) => {
                    let head =
                        format!("Content-Range: bytes {from}-{}/{size}\r\nContent-Length: {}", size - 1, size - from);
                    (format!("206 Partial Content\r\n{head}{tag}"), text.as_bytes()[from..].to_vec())
                }
            }
        }
    };
    let count = ["* | count", "--output", "csv"];
    let address = server(broken(""));
    let url = format!("{address}/big.log");
    let (out, err, status) = sumoql(&[&count[..], &[&url]].concat(), &[]);
    let read: usize = out.lines().nth(1).unwrap().parse().unwrap();
    assert!((39_000..=40_001).contains(&read), "{out}");
    assert!(status == 3 && err.contains(&url) && err.contains("fetched bytes before that were read"), "{err}");
    let address = server(broken("\r\nETag: \"1\""));
    let (out, err, status) = sumoql(&[&count[..], &[&format!("{address}/big.log")]].concat(), &[]);
    assert_eq!((out.as_str(), status), ("_count\n80000\n", 0), "{err}");
}
