//! Answers for editors: what may follow at a place, what a word means, how a text is laid out and coloured.

use super::Shared;
use super::prepare::QueryText;
use crate::diagnostics::line_index::floor;
use crate::diagnostics::{LocatedDiagnostic, Span};
use crate::language::complete::{CursorContext, complete, place};
use crate::language::hover::hover;
use crate::language::signature_help::signature_help;
use crate::language::symbols::symbols;
use crate::language::tokens::tokens;
use crate::plan::definitions::Catalogue;
use crate::plan::parameters::Parameter;
use crate::program::plan::Plan;
use crate::syntax::format::{Unchanged, format};
use crate::syntax::parse;

pub use crate::language::complete::{Completion, Completions};
pub use crate::language::hover::Hover;
pub use crate::language::signature_help::SignatureHelp;
pub use crate::language::symbols::{Symbol, SymbolKind};
pub use crate::language::tokens::{Token, TokenKind};

/// Answers for editors about the text of a query, finished or half typed. It is made by
/// [`Engine::language`](crate::Engine::language); its answers come from the engine's catalogue and can be serialised.
///
/// An `offset` is a byte of the text; one inside a character is that of the character, one behind the text its end.
///
/// ```
/// use sumoql::Engine;
///
/// let language = Engine::default().language();
/// let text = "error | parse \"user=*,\" as user | count by us";
/// let offered = language.complete(text, text.len(), &[]);
/// assert_eq!(offered.items[0].text, "user");
/// assert_eq!(offered.span.of(text), "us");
///
/// assert_eq!(language.hover(text, 34).unwrap().name, "count");
/// assert_eq!(language.signature_help("* | where substring(a, ", 23).unwrap().active, Some(1));
/// assert_eq!(language.format("error|count").unwrap(), "error\n| count\n");
/// assert_eq!(language.symbols(text)[1].children[0].name, "user");
/// ```
#[derive(Clone)]
pub struct Language {
    shared: Shared,
    parameters: Vec<Parameter>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Language")
    }
}

/// Why a query is not laid out anew.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FormatError {
    /// It can't be read.
    Errors(Vec<LocatedDiagnostic>),
    /// It would not be read as the same query.
    Different,
}

impl std::fmt::Display for FormatError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FormatError::Errors(found) => {
                let first = found.first().map_or("", |error| error.message.as_str());
                write!(f, "the query can't be read: {first}")
            }
            FormatError::Different => f.write_str("laid out, the query would be read as another one"),
        }
    }
}

impl std::error::Error for FormatError {}

impl Language {
    pub(super) fn new(shared: Shared) -> Language {
        Language { shared, parameters: Vec::new() }
    }

    /// The same where template parameters have values.
    pub fn with_values(self, parameters: &[Parameter]) -> Language {
        Language { parameters: parameters.to_vec(), ..self }
    }

    /// Everything that is wrong with a query. Parameters without a value are no errors.
    pub fn check(&self, text: &str) -> Vec<LocatedDiagnostic> {
        let settings = &self.shared.settings;
        let (found, _) = self.query_text(text).check(&self.shared.catalogue, settings.strict, settings.tables.as_ref());
        LocatedDiagnostic::all(&found, text)
    }

    /// The words that may stand at a place. `seen` are names of fields that the data have; those that earlier stages make
    /// are known.
    pub fn complete(&self, text: &str, offset: usize, seen: &[String]) -> Completions {
        let before = &text[..floor(text, offset)];
        let mut fields = seen.to_vec();
        if let Some(plan) = self.stages_before(before) {
            fields.extend(plan.output.into_iter().map(|column| column.name));
        }
        complete(&self.shared.catalogue, before, &fields)
    }

    /// What there is to say of the word at a place, or right before it.
    pub fn hover(&self, text: &str, offset: usize) -> Option<Hover> {
        hover(&self.shared.catalogue, text, &tokens(&self.shared.catalogue, text), floor(text, offset))
    }

    /// How the call around a place is written, or the stage there.
    pub fn signature_help(&self, text: &str, offset: usize) -> Option<SignatureHelp> {
        signature_help(&self.shared.catalogue, &text[..floor(text, offset)])
    }

    /// The query in its canonical layout, with a line end at its end. Formatting that again changes nothing.
    ///
    /// # Errors
    /// The query can't be read, or would not mean the same.
    pub fn format(&self, text: &str) -> Result<String, FormatError> {
        format(text, &self.shared.catalogue).map_err(|unchanged| match unchanged {
            Unchanged::Errors(found) => FormatError::Errors(LocatedDiagnostic::all(&found, text)),
            Unchanged::Different => FormatError::Different,
        })
    }

    /// What each word and sign is, in the order of the text.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        tokens(&self.shared.catalogue, text).into_iter().map(|known| known.token).collect()
    }

    /// The parts of the query: scope, stages, subqueries, and the fields that stages make.
    pub fn symbols(&self, text: &str) -> Vec<Symbol> {
        let (query, _) = parse(text, &self.shared.catalogue);
        let plan = self.plan(text).or_else(|| self.stages_before(text));
        symbols(text, &query, plan.as_ref())
    }

    /// The diagnostics that touch a part of the text and have a fix.
    pub fn code_actions(&self, text: &str, range: Span) -> Vec<LocatedDiagnostic> {
        let touches = |found: &LocatedDiagnostic| found.span.start <= range.end && range.start <= found.span.end;
        let mut found = self.check(text);
        found.retain(|found| found.fix.is_some() && touches(found));
        found
    }

    /// What a text ends in: the last stage as far as it is written, and whether more must follow.
    #[doc(hidden)]
    pub fn cursor<'t>(&self, text: &'t str) -> CursorContext<'t> {
        place(text)
    }

    /// The language on offer.
    #[doc(hidden)]
    pub fn catalogue(&self) -> &Catalogue {
        &self.shared.catalogue
    }

    fn query_text(&self, text: &str) -> QueryText {
        let text = QueryText::new(text.to_string(), |parameter| format!("the parameter {parameter}"));
        match self.parameters.as_slice() {
            [] => text,
            parameters => text.with_values(parameters, &self.shared.catalogue),
        }
    }

    fn plan(&self, text: &str) -> Option<Plan> {
        self.query_text(text).prepare(&self.shared.catalogue, false, self.shared.settings.tables.as_ref()).plan
    }

    /// The plan of the stages before the last, or of as many as can be planned.
    fn stages_before(&self, text: &str) -> Option<Plan> {
        let mut rest = text;
        loop {
            let place = place(rest);
            rest = rest.get(..rest.len() - place.stage.len()).filter(|_| place.piped)?.strip_suffix('|')?;
            if let Some(plan) = self.plan(rest) {
                return Some(plan);
            }
        }
    }
}
