//! What `check` found, as other programs, code scanning and workflows want it.

use serde_json::{Value, json};
use sumoql::diagnostics::{LocatedDiagnostic, Position, Severity, codes};

/// A diagnostic, and the query that it is about.
pub(super) struct Report<'t> {
    /// A file, or `query`.
    pub file: &'t str,
    pub diagnostic: LocatedDiagnostic,
}

/// The diagnostics for other programs: lines and columns count from 1, columns in characters; bytes count from 0.
pub(super) fn json(found: &[Report<'_>]) -> Value {
    let place = |at: Position| json!({"line": at.line, "column": at.column, "byte": at.byte});
    let object = |Report { file, diagnostic }: &Report<'_>| {
        let labels = diagnostic
            .labels
            .iter()
            .map(|label| json!({"text": label.text, "start": place(label.start), "end": place(label.end)}));
        json!({
            "file": file,
            "code": diagnostic.code.id,
            "severity": diagnostic.severity.name(),
            "message": diagnostic.message,
            "help": diagnostic.help,
            "start": place(diagnostic.start),
            "end": place(diagnostic.end),
            "labels": labels.collect::<Vec<_>>(),
        })
    };
    found.iter().map(object).collect()
}

/// A SARIF 2.1.0 log: one run, a rule for each code.
pub(super) fn sarif(found: &[Report<'_>]) -> Value {
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
        .map(|Report { file, diagnostic }| {
            let message = match &diagnostic.help {
                Some(help) => format!("{}: {help}", diagnostic.message),
                None => diagnostic.message.clone(),
            };
            let location = |start: Position, end: Position| {
                json!({
                    "artifactLocation": {"uri": uri(file)},
                    "region": {
                        "startLine": start.line,
                        "startColumn": start.column,
                        "endLine": end.line,
                        "endColumn": end.column,
                    },
                })
            };
            let related = diagnostic.labels.iter().enumerate().map(|(id, label)| {
                let location = location(label.start, label.end);
                json!({"id": id + 1, "physicalLocation": location, "message": {"text": label.text}})
            });
            let mut result = json!({
                "ruleId": diagnostic.code.id,
                "ruleIndex": codes::ALL.iter().position(|code| *code == diagnostic.code),
                "level": diagnostic.severity.name(),
                "message": {"text": message},
                "locations": [{"physicalLocation": location(diagnostic.start, diagnostic.end)}],
            });
            if !diagnostic.labels.is_empty() {
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
pub(super) fn github(found: &[Report<'_>]) -> String {
    let line = |Report { file, diagnostic }: &Report<'_>| {
        let level = match diagnostic.severity {
            Severity::Note => "notice",
            other => other.name(),
        };
        let properties = [
            ("file", property(file)),
            ("line", diagnostic.start.line.to_string()),
            ("col", diagnostic.start.column.to_string()),
            ("endLine", diagnostic.end.line.to_string()),
            ("title", property(diagnostic.code.id)),
        ];
        let properties: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let help = diagnostic.help.as_ref().map_or(String::new(), |help| format!("\n{help}"));
        let message = data(&format!("{}{help}", diagnostic.message));
        format!("::{level} {}::{message}\n", properties.join(","))
    };
    found.iter().map(line).collect()
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
