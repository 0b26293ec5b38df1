//! A query as given: its text with the values of its parameters, its plan, and its diagnostics drawn against the text
//! as written.

use super::Failure;
use crate::catalogue::Catalogue;
use crate::diagnostics::{Diagnostic, Severity, codes, render::render};
use crate::plan::Plan;
use crate::run::tables::Tables;
use crate::syntax::template::{Expansion, expand};
use crate::syntax::tree::Query;
use std::io::Read;

/// A query text.
pub(super) struct Text {
    /// What it is called: a file, or `query`.
    pub name: String,
    /// As written.
    pub written: String,
    expansion: Expansion,
}

/// A query, read and planned.
pub(super) struct Prepared {
    /// The tree; it holds whatever could be read.
    pub tree: Query,
    /// The plan, unless there are errors.
    pub plan: Option<Plan>,
    /// Everything found, in the order of the text, with spans of the text as written.
    pub diagnostics: Vec<Diagnostic>,
}

impl Text {
    /// A query from the command line.
    pub fn new(name: &str, written: String, params: &[(String, String)]) -> Text {
        let value = |name: &str| params.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let expansion = expand(&written, value);
        Text { name: name.to_string(), written, expansion }
    }

    /// A query from a file; `-` is standard input.
    pub fn of_file(path: &str, params: &[(String, String)]) -> Result<Text, Failure> {
        let mut bytes = Vec::new();
        let read = match path {
            "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
            path => std::fs::read(path).map(|read| bytes = read),
        };
        read.map_err(|error| Failure::wrong(format!("can't read the query {path}: {error}")))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Text::new(path, text, params)),
            Err(_) => Err(Failure::wrong(format!("the query {path} is not UTF-8 text"))),
        }
    }

    /// Reads and plans the query. With `strict`, what Sumo Logic does not document is an error.
    pub fn prepare(&self, catalogue: &Catalogue, strict: bool, tables: &dyn Tables) -> Prepared {
        let (tree, mut diagnostics) = crate::syntax::parse(&self.expansion.text, catalogue);
        let broken = diagnostics.iter().any(Diagnostic::is_error);
        let (mut plan, planned) = crate::plan::plan_with(&self.expansion.text, &tree, catalogue, tables);
        // Behind a stage that could not be read or planned, fields may be missing only because of it.
        let broken = broken || planned.iter().any(Diagnostic::is_error);
        diagnostics.extend(planned.into_iter().filter(|d| !broken || d.code != &codes::UNKNOWN_FIELD));
        for diagnostic in &mut diagnostics {
            if strict && diagnostic.code == &codes::UNDOCUMENTED {
                diagnostic.severity = Severity::Error;
            }
            self.place(diagnostic);
        }
        diagnostics.sort_by_key(|d| (d.span.start, std::cmp::Reverse(d.severity), d.span.end));
        diagnostics.dedup();
        if diagnostics.iter().any(Diagnostic::is_error) {
            plan = None;
        }
        Prepared { tree, plan, diagnostics }
    }

    /// Moves a diagnostic from the text with its values in place to the text as written.
    pub fn place(&self, diagnostic: &mut Diagnostic) {
        diagnostic.span = self.expansion.origin(diagnostic.span);
        for label in &mut diagnostic.labels {
            label.span = self.expansion.origin(label.span);
        }
    }

    /// A diagnostic under the text it speaks of.
    pub fn draw(&self, diagnostic: &Diagnostic, colour: bool) -> String {
        render(diagnostic, &self.name, &self.written, colour)
    }
}

impl Prepared {
    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error())
    }
}
