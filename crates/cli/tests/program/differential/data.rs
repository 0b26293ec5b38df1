//! Messages of the kinds that logs are made of, some of them broken.

use super::choices::Choices;

/// What most messages of a log are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Access,
    Json,
    Sysmon,
    Pairs,
}

pub const KINDS: [Kind; 4] = [Kind::Access, Kind::Json, Kind::Sysmon, Kind::Pairs];

const WORDS: [&str; 10] = ["error", "login", "Timeout", "sqlmap", "admin", "w3wp.exe", "café", "ERROR", "a_b", "id42"];
const IPS: [&str; 5] = ["10.0.0.1", "10.0.0.2", "192.168.7.9", "1.2.3.4", "::1"];
const URLS: [&str; 6] = ["/", "/login", "/img/a.png", "/api/v1/cart?id=7", "/admin.php", "/caf%C3%A9"];
const STATUS: [&str; 7] = ["200", "404", "500", "503", "304", "-", "20"];
const IMAGES: [&str; 6] = [
    "C:\\Windows\\System32\\cmd.exe",
    "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
    "C:\\inetpub\\wwwroot\\a.aspx",
    "C:\\Windows\\explorer.exe",
    "",
    "cmd.exe",
];
const NUMBERS: [&str; 9] = ["0", "7", "12.5", "-3", "1e3", "0.1", "0.2", "99999999999", "007"];

/// A log of about so many bytes, at least one message for each kind of it that there is.
pub fn log(choices: &mut Choices<'_>, kind: Kind, bytes: usize) -> Vec<u8> {
    let different = 1 + choices.below(40);
    let end: &[u8] = if choices.rarely(6) { b"\r\n" } else { b"\n" };
    let lines: Vec<Vec<u8>> = (0..different).map(|_| line(choices, kind)).collect();
    let mut log = Vec::new();
    for line in &lines {
        log.extend_from_slice(line);
        log.extend_from_slice(end);
    }
    // The last ones are rare, so that the search for a word in them passes over most of the log.
    let mut state = choices.below(1 << 30) as u64;
    while log.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let part = (state >> 33) as f64 / (1u64 << 31) as f64;
        log.extend_from_slice(&lines[(part.powi(4) * lines.len() as f64) as usize % lines.len()]);
        log.extend_from_slice(end);
    }
    if choices.rarely(4) {
        log.truncate(log.len() - end.len());
    }
    log
}

fn line(choices: &mut Choices<'_>, kind: Kind) -> Vec<u8> {
    let mut line = match choices.below(16) {
        15 => match choices.below(4) {
            0 => String::new(),
            1 => choices.one(&WORDS).to_string(),
            2 => "   ".to_string(),
            _ => {
                let other = choices.one(&KINDS);
                plain(choices, other)
            }
        },
        _ => plain(choices, kind),
    }
    .into_bytes();
    if choices.rarely(25) && !line.is_empty() {
        let at = choices.below(line.len());
        match choices.below(3) {
            0 => line[at] = 0xFF,
            1 => line.truncate(at),
            _ => {
                line.remove(at);
            }
        }
    }
    line
}

fn plain(choices: &mut Choices<'_>, kind: Kind) -> String {
    match kind {
        Kind::Access => access(choices),
        Kind::Json => json(choices),
        Kind::Sysmon => sysmon(choices),
        Kind::Pairs => pairs(choices),
    }
}

fn access(choices: &mut Choices<'_>) -> String {
    let (ip, user) = (choices.one(&IPS), choices.one(&["-", "-", "bob", "alice"]));
    let (minute, second) = (choices.one(&[0, 4, 59]), choices.one(&[0, 1]));
    let (day, zone) = (choices.one(&["01/May/2024", "01/May/2024", "30/Feb/2024"]), choices.one(&["+0000", "-0130"]));
    let (method, url) = (choices.one(&["GET", "POST", "get"]), choices.one(&URLS));
    let (status, size) = (choices.one(&STATUS), choices.one(&NUMBERS));
    let agent = choices.one(&["Mozilla/5.0 (X11)", "sqlmap/1.7", "curl/8.5.0 login", ""]);
    let hour = choices.one(&["10", "10", "11", "25"]);
    format!(
        "{ip} - {user} [{day}:{hour}:{minute:02}:{second:02} {zone}] \"{method} {url} HTTP/1.1\" {status} {size} \"-\" \"{agent}\""
    )
}

/// A value, with blanks, escapes and nested values now and then.
fn value(choices: &mut Choices<'_>) -> String {
    match choices.below(12) {
        0..4 => format!("\"{}\"", choices.one(&WORDS)),
        4..7 => choices.one(&NUMBERS[..8]).to_string(),
        7 => choices.one(&["true", "false", "null", "\"\"", "01", "tru"]).to_string(),
        8 => choices.one(&["\"a\\\"b\"", "\"\\u00e9\\n\"", "\"\\\\\"", "\"\\x\"", "\"{\\\"a\\\":1}\""]).to_string(),
        9 => format!("[{},{{\"b\":{}}}]", value(choices), choices.one(&NUMBERS[..8])),
        10 => format!("{{\"b\":{},\"c\":{}}}", value(choices), choices.one(&["1", "\"x\""])),
        _ => "\"10.0.0.1\"".to_string(),
    }
}

/// Few shapes: the same keys in the same order, sometimes one more, one twice, blanks, or something broken.
fn json(choices: &mut Choices<'_>) -> String {
    let (minute, second) = (choices.below(60), choices.below(60));
    let time = format!("2024-05-01T10:{minute:02}:{second:02}.{:03}Z", choices.one(&[0, 5, 999]));
    let (service, status) = (choices.one(&["cart", "auth", "pay \\\"x\\\""]), choices.one(&STATUS[..5]));
    let (a, d) = (value(choices), choices.one(&NUMBERS[..8]));
    match choices.below(8) {
        0..3 => format!(
            "{{\"timestamp\":\"{time}\",\"service\":\"{service}\",\"http\":{{\"status\":{status},\"path\":\"{}\"}},\"d\":{d},\"a\":{a}}}",
            choices.one(&URLS)
        ),
        3 => format!("{{\"timestamp\":\"{time}\",\"a\":{a},\"service\":\"{service}\"}}"),
        4 => format!(
            "{{ \"timestamp\" : \"{time}\", \"http\" : {{ \"status\" : \"{status}\" }}, \"d\":{d} , \"a\":{a} }}"
        ),
        5 => format!("{{\"timestamp\":\"{time}\",\"a\":{a},\"d\":{d},\"a\":{}}}", value(choices)),
        6 => format!("{time} INFO {{\"service\":\"{service}\",\"a\":{a},\"d\":{d}}} tail"),
        _ => format!(
            "{{\"timestamp\":\"{time}\",\"service\":\"{service}\",\"a\":{a},\"tags\":[{},{}]{}",
            value(choices),
            value(choices),
            choices.one(&["}", "}", ""])
        ),
    }
}

fn sysmon(choices: &mut Choices<'_>) -> String {
    let (second, id) = (choices.below(60), choices.one(&["1", "3", "11", "13"]));
    let (image, target) = (choices.one(&IMAGES), choices.one(&IMAGES));
    let quote = if choices.rarely(8) { '"' } else { '\'' };
    let data = |name: &str, value: &str| format!("<Data Name={quote}{name}{quote}>{value}</Data>");
    let mut fields = vec![data("UtcTime", "2024-05-01 10:00:00.000"), data("Image", image)];
    if choices.below(3) > 0 {
        fields.push(data("TargetFilename", target));
    }
    if choices.below(3) > 0 {
        fields.push(data("User", choices.one(&["NT AUTHORITY\\SYSTEM", "bob", "R&amp;D"])));
    }
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>{id}</EventID><TimeCreated SystemTime='2024-05-01T10:{:02}:{second:02}.1230000Z'/><Computer>{}</Computer></System><EventData>{}</EventData></Event>",
        choices.below(60),
        choices.one(&["web-1", "web-2", "dc"]),
        fields.concat()
    )
}

fn pairs(choices: &mut Choices<'_>) -> String {
    let (minute, second) = (choices.below(60), choices.below(60));
    let (level, user) = (choices.one(&["INFO", "error", "Warn"]), choices.one(&["bob", "alice", "\"a b\"", ""]));
    let (word, d) = (choices.one(&WORDS), choices.one(&NUMBERS));
    let time = format!("2024-05-01 10:{minute:02}:{second:02}");
    match choices.below(3) {
        0 => format!("{time},{level},{word},\"q,\"\"uote\",{d},{}", choices.one(&IPS)),
        1 => format!("{time} {level} user={user} d={d} ip={} msg=\"{word} at 7\"", choices.one(&IPS)),
        _ => format!("{time} [{level}] {word}: user={user}, took {d} ms ({})", choices.one(&WORDS)),
    }
}
