//! A query of the command line: where it comes from, and its diagnostics drawn against the text as written.

use super::Failure;
use std::fs::File;
use std::ops::Deref;
use sumoql::diagnostics::{Diagnostic, LineIndex, LocatedDiagnostic};
pub(super) use sumoql::engine::prepare::Prepared;
use sumoql::engine::prepare::QueryText;
use sumoql::plan::parameters::Parameter;
use sumoql_input::tables::small_text;

/// How long the file of a query may be; what Sumo Logic accepts is shorter.
const MAX_BYTES: u64 = 4 << 20;

/// A query text with a name.
pub(super) struct Text {
    /// What it is called: a file, or `query`.
    pub name: String,
    query: QueryText,
}

impl Deref for Text {
    type Target = QueryText;

    fn deref(&self) -> &QueryText {
        &self.query
    }
}

impl Text {
    /// A query from the command line.
    pub fn new(name: &str, written: String, params: &[Parameter]) -> Text {
        let query = QueryText::new(written, option);
        let query = match params {
            [] => query,
            // Making the catalogue takes longer than reading most queries.
            params => query.with_values(params, &sumoql::catalogue()),
        };
        Text { name: name.to_string(), query }
    }

    /// The same for messages that all have fields from their JSON, if `auto` says so.
    pub fn auto_parse(self, auto: bool) -> Text {
        Text { query: self.query.auto_parse(auto), ..self }
    }

    /// A query from a file; `-` is standard input.
    pub fn of_file(path: &str, params: &[Parameter]) -> Result<Text, Failure> {
        let text = match path {
            "-" => small_text(std::io::stdin().lock(), MAX_BYTES),
            path => File::open(path).map_err(|error| error.to_string()).and_then(|file| small_text(file, MAX_BYTES)),
        };
        let text = text.map_err(|reason| Failure::wrong(format!("can't read the query {path}: {reason}")))?;
        Ok(Text::new(path, text, params))
    }

    /// A diagnostic under the text it speaks of.
    pub fn draw(&self, diagnostic: &Diagnostic, colour: bool) -> String {
        let located = LocatedDiagnostic::new(diagnostic, &LineIndex::new(&self.written));
        located.draw(&self.name, &self.written, colour)
    }
}

/// The option that gives a parameter, as a shell takes it.
fn option(parameter: &str) -> String {
    match parameter.contains(char::is_whitespace) {
        true => format!("--param '{parameter}'"),
        false => format!("--param {parameter}"),
    }
}
