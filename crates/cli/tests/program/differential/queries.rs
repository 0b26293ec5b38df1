//! Queries, from a small grammar. Nearly all of them are accepted; which fields there are is known on the way.

use super::choices::Choices;
use super::data::Kind;

/// Words that messages of a kind have, all or some of them.
fn words(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Access => {
            &["http", "GET", "sqlmap", "login", "10.0.0.*", "curl*", "bob", "\"GET /login\"", "\" 500 \"", "zzz"]
        }
        Kind::Json => &["service", "cart", "Timeout", "a", "\"status\"", "caf*", "id42", "w3wp.exe", "\"10:1\"", "zzz"],
        Kind::Sysmon => {
            &["event", "Image", "w3wp.exe", "web-*", "bob", "\"Name='Image'\"", "\"inetsrv\\\\w3\"", "dc", "zzz"]
        }
        Kind::Pairs => &["2024*", "error", "login", "café", "*min*", "took", "id42", "\"a b\"", "zzz"],
    }
}

const GLOBS: [&str; 11] =
    ["*", "5*", "*.exe", "*\\w3wp.exe", "*cart*", "C:\\*System32*", "/login", "*a*b*", "10.0.*.1", "*4", "*inetpub*"];
const NUMBERS: [&str; 6] = ["0", "7", "500", "12.5", "-1", "1000"];
const REGEXES: [&str; 7] = ["\\d+", "^5\\d\\d$", "cmd\\.exe", "[a-c]+t", "(?i)ERROR", "(?=b)bo", "a.*b"];

/// A query for logs of a kind: its scope, or what stands in the place of one, and its stages.
pub fn query(choices: &mut Choices<'_>, kind: Kind) -> Vec<String> {
    let mut maker = Maker { choices, kind, fields: Vec::new(), messages: true };
    let mut query = Vec::new();
    if maker.choices.rarely(12) {
        query.push("cat shared/ports".to_string());
        maker.messages = false;
        maker.fields = ["port", "host", "owner"].map(String::from).to_vec();
    } else {
        query.push(maker.scope(2));
        for number in 0..1 + maker.choices.below(4) {
            // There are fields to work with after that.
            let stage = if number == 0 && !maker.choices.rarely(6) { maker.parse() } else { maker.stage() };
            query.push(stage);
        }
        match maker.choices.below(5) {
            0 => return query,
            // What the data alone name goes on into these.
            1 if maker.fields.len() > 1 => {
                query.push(maker.together());
                return query;
            }
            _ => query.push(maker.aggregate()),
        }
        if maker.choices.rarely(4) {
            query.push(maker.compare());
        }
    }
    for _ in 0..maker.choices.below(3) {
        query.push(maker.after());
    }
    query
}

struct Maker<'c, 'n> {
    choices: &'c mut Choices<'n>,
    kind: Kind,
    /// The fields that stages have made.
    fields: Vec<String>,
    messages: bool,
}

impl Maker<'_, '_> {
    /// A text that a field may have.
    fn text(&mut self, field: &str) -> &'static str {
        let texts: &[&str] = match field {
            "status" => &["200", "500", "404", "1", "11"],
            "ip" => &["10.0.0.1", "10.0.0.2"],
            "user" => &["-", "bob", "alice"],
            "service" | "a" => &["cart", "auth", "error", "7", ""],
            "method" => &["GET", "POST"],
            "level" => &["error", "INFO"],
            _ => &["0", "7", "12.5", "", "true", "bob"],
        };
        self.choices.one(texts)
    }

    fn scope(&mut self, depth: usize) -> String {
        match self.choices.below(if depth == 0 { 6 } else { 10 }) {
            0 | 1 => "*".to_string(),
            2..6 => {
                let kind = if self.choices.rarely(12) { self.choices.one(&super::data::KINDS) } else { self.kind };
                self.choices.one(words(kind)).to_string()
            }
            6 => format!("({} OR {})", self.scope(depth - 1), self.scope(depth - 1)),
            7 => format!("{} {}", self.scope(depth - 1), self.scope(depth - 1)),
            8 => format!("{} AND NOT {}", self.scope(depth - 1), self.choices.one(&words(self.kind)[1..])),
            _ => format!("(NOT {})", self.choices.one(&words(self.kind)[1..])),
        }
    }

    /// A field that some stage has made, else one that every message has.
    fn field(&mut self) -> String {
        match self.fields.len() {
            0 if self.messages => self.choices.one(&["_raw", "_size", "_messageTime", "_messageCount"]).to_string(),
            0 => "_count".to_string(),
            many => self.fields[self.choices.below(many)].clone(),
        }
    }

    fn make(&mut self, name: &str) {
        if !self.fields.iter().any(|field| field == name) {
            self.fields.push(name.to_string());
        }
    }

    fn stage(&mut self) -> String {
        match self.choices.below(13) {
            0..4 => self.parse(),
            4..9 => format!("where {}", self.condition(2)),
            9 => {
                let value = self.value(2);
                let name = self.choices.one(&["x", "y", "a", "status"]);
                self.make(name);
                format!("{value} as {name}")
            }
            10 => {
                let text = self.choices.one(&["timeslice 5m", "timeslice 1h", "timeslice 30s"]).to_string();
                self.make("_timeslice");
                text
            }
            11 => self.choices.one(&["limit 7", "limit 1", "limit 1000"]).to_string(),
            12 => {
                let (field, way) = (self.field(), self.choices.one(&["asc", "desc"]));
                let limit = self.choices.one(&["", " | limit 2", " | limit 9"]);
                format!("sort by {field} {way}{limit}")
            }
            _ => {
                let (one, other) = (self.field(), self.field());
                match self.choices.below(2) {
                    0 if one != other => {
                        self.fields = vec![one.clone(), other.clone()];
                        format!("fields {one}, {other}")
                    }
                    0 => "where true".to_string(),
                    _ => {
                        self.fields.retain(|field| *field != one);
                        format!("fields - {one}")
                    }
                }
            }
        }
    }

    fn parse(&mut self) -> String {
        let kind = if self.choices.rarely(9) { self.choices.one(&super::data::KINDS) } else { self.kind };
        let nodrop = if self.choices.below(2) == 1 { " nodrop" } else { "" };
        let (text, fields): (String, &[&str]) = match (kind, self.choices.below(8)) {
            (_, 0 | 7) => {
                let (text, fields): (&str, &[&str]) = self.choices.one(&[
                    ("parse regex \"(?<ip>\\d+\\.\\d+\\.\\d+\\.\\d+)\"", &["ip"]),
                    ("parse regex \"^(?<ip>\\S+) .*\\\" (?<status>5\\d\\d) \"", &["ip", "status"]),
                    ("parse regex \"(?<word>[a-z]{3,}?)(?<rest>\\W.*)$\"", &["word", "rest"]),
                    ("parse regex \"(?i)name='(?<name>\\w+)'>(?<user>[^<]*)<\" multi", &["name", "user"]),
                    ("parse regex \"(?<d>\\d{2,})\" multi", &["d"]),
                    ("parse regex \"(?<method>GET|POST) (?<url>\\S+) HTTP.1\"", &["method", "url"]),
                    ("parse regex \"user=(?<user>\\w+)[, ]+(?:d=|took )(?<d>[^ ]+)\"", &["user", "d"]),
                    ("parse regex \"e(?<x>.)r.*(?<y>...t|a.)\"", &["x", "y"]),
                    ("parse regex \"(?<!x)=(?<a>\\w+)\"", &["a"]),
                ]);
                (text.to_string(), fields)
            }
            (Kind::Access, 1) => ("parse \"* - * [*]\" as ip, user, ts".into(), &["ip", "user", "ts"]),
            (Kind::Access, 2) => (
                "parse \"\\\"* * *\\\" * * \" as method, url, proto, status, d".into(),
                &["method", "url", "status", "d"],
            ),
            (Kind::Access, 3) => ("parse \"* \" as ip".into(), &["ip"]),
            (Kind::Access, 4) => {
                ("split _raw delim=' ' extract 1 as ip, 6 as url, 9 as status".into(), &["ip", "url", "status"])
            }
            (Kind::Access, _) => {
                let text = "parse \"* - * [*] \\\"* * *\\\" * * \\\"*\\\" \\\"*\\\"\" as ip, user, ts, method, url, proto, status, d, ref, ua";
                (text.into(), &["ip", "user", "method", "url", "status", "d", "ua"])
            }
            (Kind::Json, 1) => ("json \"a\"".into(), &["a"]),
            (Kind::Json, 2) => {
                ("json \"service\", \"http.status\", \"d\" as service, status, d".into(), &["service", "status", "d"])
            }
            (Kind::Json, 3) => ("json \"a.b\", \"a[1].b\", \"http\" as x, y, a".into(), &["x", "y", "a"]),
            (Kind::Json, 4) => ("json auto".into(), &["a", "d", "service"]),
            (Kind::Json, 5) => ("json \"tags[*]\", \"$..b\" as x, y".into(), &["x", "y"]),
            (Kind::Json, _) => ("json \"d\", \"a\", \"service\"".into(), &["d", "a", "service"]),
            (Kind::Sysmon, 1) => ("parse \"<EventID>*<\" as status".into(), &["status"]),
            (Kind::Sysmon, 2) => (
                "parse \"<Data Name='Image'>*<\" as a | parse \"<Data Name='TargetFilename'>*</Data>\" as url nodrop"
                    .into(),
                &["a", "url"],
            ),
            (Kind::Sysmon, 3) => (
                "parse xml \"/Event/System/EventID\", \"/Event/EventData/Data[@Name='User']\" as status, user".into(),
                &["status", "user"],
            ),
            (Kind::Sysmon, 4) => ("parse \"<Computer>*</Computer>*\" as host, rest".into(), &["host"]),
            (Kind::Sysmon, _) => ("parse \"<Data Name='User'>*<\" as user".into(), &["user"]),
            (Kind::Pairs, 1) => {
                ("csv _raw extract ts, level, word, q, d, ip".into(), &["level", "word", "q", "d", "ip"])
            }
            (Kind::Pairs, 2) => ("keyvalue infer \"user\", \"d\"".into(), &["user", "d"]),
            (Kind::Pairs, 3) => ("keyvalue auto".into(), &["user", "d", "ip"]),
            (Kind::Pairs, 4) => ("keyvalue regex \"=(\\w+)[ ,]\" \"user\" as user".into(), &["user"]),
            (Kind::Pairs, _) => ("parse \"took * ms\" as d".into(), &["d"]),
        };
        fields.iter().for_each(|field| self.make(field));
        // Not every operator takes it, nor where several stages stand.
        let takes = (text.starts_with("parse ") || text.starts_with("json \"")) && !text.contains(" | ");
        if takes { text + nodrop } else { text }
    }

    fn value(&mut self, depth: usize) -> String {
        match self.choices.below(if depth == 0 { 3 } else { 10 }) {
            0 | 1 => self.field(),
            2 => self.choices.one(&NUMBERS).to_string(),
            3 => format!("({} + {})", self.value(depth - 1), self.value(depth - 1)),
            4 => format!("({} / {})", self.value(depth - 1), self.choices.one(&NUMBERS)),
            5 => format!("toLowerCase({})", self.field()),
            6 => format!("length({})", self.field()),
            7 => format!("concat({}, \"-\", {})", self.field(), self.field()),
            8 => format!("if({}, {}, {})", self.condition(depth - 1), self.field(), self.field()),
            _ => format!("substring({}, 1, 4)", self.field()),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        match self.choices.below(if depth == 0 { 7 } else { 14 }) {
            0 => format!("{} matches \"{}\"", self.field(), self.choices.one(&GLOBS)),
            1 => {
                let field = self.field();
                format!("{field} {} \"{}\"", self.choices.one(&["=", "=", "!="]), self.text(&field))
            }
            2 => {
                format!("{} {} {}", self.field(), self.choices.one(&["<", ">=", "!=", "="]), self.choices.one(&NUMBERS))
            }
            3 => {
                let field = self.field();
                format!("{field} in (\"{}\", \"{}\", \"x\")", self.text(&field), self.text(&field))
            }
            4 => format!("{} matches /{}/", self.field(), self.choices.one(&REGEXES)),
            5 => format!("isNull({})", self.field()),
            6 => {
                let field = self.field();
                format!("{field} in ({}, \"{}\")", self.choices.one(&NUMBERS), self.text(&field))
            }
            // Patterns on one field become one test.
            7..9 => {
                let field = self.field();
                let test = |maker: &mut Self| format!("{field} matches \"{}\"", maker.choices.one(&GLOBS));
                let tests: Vec<_> = (0..2 + self.choices.below(4)).map(|_| test(self)).collect();
                format!("({})", tests.join(" or "))
            }
            9 => format!("({} and {})", self.condition(depth - 1), self.condition(depth - 1)),
            10 => format!("({} or {})", self.condition(depth - 1), self.condition(depth - 1)),
            11 => format!("!({})", self.condition(depth - 1)),
            12 => format!("not ({})", self.condition(depth - 1)),
            _ => format!("{} < {}", self.value(depth - 1), self.value(depth - 1)),
        }
    }

    fn aggregate(&mut self) -> String {
        let mut items = Vec::new();
        for number in 0..1 + self.choices.below(3) {
            let field = self.field();
            let item = match self.choices.below(12) {
                0 | 1 => "count".to_string(),
                2 => format!("sum({field})"),
                3 => format!("avg({field})"),
                4 => format!("pct({field}, {})", self.choices.one(&["50", "95", "12.5"])),
                5 => format!("count_distinct({field})"),
                6 => format!("min({field})"),
                7 => format!("max({field})"),
                8 => format!("first({field})"),
                9 => format!("last({field})"),
                10 => format!("stddev({field})"),
                _ => format!("values({field})"),
            };
            items.push(format!("{item} as n{number}"));
        }
        let mut by: Vec<String> = Vec::new();
        for _ in 0..self.choices.below(3) {
            let field = self.field();
            if !by.contains(&field) {
                by.push(field);
            }
        }
        self.messages = false;
        let made = (0..items.len()).map(|number| format!("n{number}"));
        self.fields = made.chain(by.iter().cloned()).collect();
        let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
        items.join(", ") + &by
    }

    /// The same over earlier ranges; the logs mostly cover an hour.
    fn compare(&mut self) -> String {
        let (text, ending) = self.choices.one(&[
            ("timeshift 20m", "20m"),
            ("timeshift 10m 2", "10m"),
            ("timeshift 15m 3 avg", "45m_avg"),
            ("timeshift 1h as then", "then"),
        ]);
        let values: Vec<String> = self.fields.iter().filter(|field| field.starts_with('n')).cloned().collect();
        values.iter().for_each(|value| self.make(&format!("{value}_{ending}")));
        format!("compare {text}")
    }

    /// Rows that are put together.
    fn together(&mut self) -> String {
        let (key, other) = (self.field(), self.field());
        let (condition, more) = (self.condition(1), self.condition(1));
        match self.choices.below(4) {
            0 => format!("limit 40 | join (where {condition}) as A, (limit 9) as B on A.{key} = B.{key}"),
            1 => format!(
                "limit 40 | join (count by {key}) as A, (where {more} | total {other}) as B on A.{key} = B.{key}"
            ),
            2 => format!("transactionize {key}"),
            _ => format!("transactionize {key} (where {condition})"),
        }
    }

    /// A field of numbers of what a query has aggregated, or has from a table.
    fn number(&self) -> String {
        self.fields.first().cloned().unwrap_or_else(|| "n0".to_string())
    }

    fn after(&mut self) -> String {
        let (field, n) = (self.field(), self.number());
        match self.choices.below(24) {
            0 => format!("sort by {field}"),
            1 => format!("sort by {field} asc, {n}"),
            2 => format!("limit {}", self.choices.one(&["1", "3", "100"])),
            3 => format!("top 3 {field} by {n}"),
            4 => format!("where {}", self.condition(1)),
            5 => format!("total {field} as t"),
            6 => format!("accum {n} as t | limit {}", self.choices.one(&["2", "50"])),
            7 => format!("count by {field}"),
            8 => format!("{} as z", self.value(1)),
            9 => format!("total {n} by {field}"),
            10 => format!("dedup {} by {field}", self.choices.one(&["", "2"])),
            11 => self.choices.one(&["dedup", "dedup consecutive", "sort"]).to_string(),
            12 => format!("topk(2, {n}) by {field}"),
            13 => format!("diff {n} by {field}"),
            14 => format!("backshift {n}, 2"),
            15 => format!("{} {n}, 3 by {field}", self.choices.one(&["smooth", "rollingstd"])),
            16 if field != n => format!("fillmissing values(\"q\") in {field} with 7 for {n}"),
            17 => format!("fillmissing values all in {field}"),
            18 => format!("filter {field} in (sort by {n} | limit 2)"),
            19 if field != n => format!("merge {field} takeDistinct, {n}"),
            20 if self.fields.len() > 2 && field != n => {
                format!("transpose row {field} column {n} | {}", self.choices.one(&["dedup", "sort", "where true"]))
            }
            21 if self.fields.len() > 2 && field != n => {
                format!("transpose row {field} column {n} | fillmissing values(\"q\") in {field}")
            }
            22 => format!("join (where {}) as A, (total {n} as t) as B on A.{field} = B.{field}", self.condition(0)),
            23 if self.fields.iter().any(|known| known == "_timeslice") && n != "_timeslice" => {
                format!("outlier {n} window=2 | predict {n} by 5m")
            }
            _ => format!("dedup 3 by {field}, {n}").replace(&format!("{n}, {n}"), &n),
        }
    }
}
