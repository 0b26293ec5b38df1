//! What `check` found, as code scanning and workflows want it. Both are made from the objects that `--json` writes.

use serde_json::{Value, json};
use sumoql::diagnostics::codes;

/// A SARIF 2.1.0 log: one run, a rule for each code.
pub(super) fn sarif(found: &[Value]) -> Value {
    let rules: Vec<Value> = codes::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.id,
                "shortDescription": {"text": code.title},
                "defaultConfiguration": {"level": if code.id.starts_with('E') { "error" } else { "warning" }},
            })
        })
        .collect();
    let results: Vec<Value> = found
        .iter()
        .map(|one| {
            let message = match one["help"].as_str() {
                Some(help) => format!("{}: {help}", text(one, "message")),
                None => text(one, "message").to_string(),
            };
            let location = |at: &Value| {
                json!({
                    "artifactLocation": {"uri": uri(text(one, "file"))},
                    "region": {
                        "startLine": at["start"]["line"],
                        "startColumn": at["start"]["column"],
                        "endLine": at["end"]["line"],
                        "endColumn": at["end"]["column"],
                    },
                })
            };
            let labels = one["labels"].as_array().map(Vec::as_slice).unwrap_or_default();
            let related = labels.iter().enumerate().map(|(id, label)| {
                json!({"id": id + 1, "physicalLocation": location(label), "message": {"text": label["text"]}})
            });
            let mut result = json!({
                "ruleId": one["code"],
                "ruleIndex": codes::ALL.iter().position(|code| Some(code.id) == one["code"].as_str()),
                "level": one["severity"],
                "message": {"text": message},
                "locations": [{"physicalLocation": location(one)}],
            });
            if !labels.is_empty() {
                result["relatedLocations"] = related.collect();
            }
            result
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "sumoql", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// Annotations of a GitHub workflow, one a line.
pub(super) fn github(found: &[Value]) -> String {
    let level = |one: &Value| match text(one, "severity") {
        "note" => "notice".to_string(),
        other => other.to_string(),
    };
    let line = |one: &Value| {
        let properties = [
            ("file", property(text(one, "file"))),
            ("line", one["start"]["line"].to_string()),
            ("col", one["start"]["column"].to_string()),
            ("endLine", one["end"]["line"].to_string()),
            ("title", property(text(one, "code"))),
        ];
        let properties: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let help = one["help"].as_str().map_or(String::new(), |help| format!("\n{help}"));
        let message = data(&format!("{}{help}", text(one, "message")));
        format!("::{} {}::{message}\n", level(one), properties.join(","))
    };
    found.iter().map(line).collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// A path as a reference: what has a meaning in one is escaped.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// Text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
