//! A query as given: its text with the values of its parameters, its plan, and its diagnostics at places of the text as
//! written. Everyone who reads queries comes through here.

use super::placeholders::{StandIns, stand_ins};
use crate::diagnostics::{Code, Diagnostic, Fix, Severity, Span, codes};
use crate::lint;
use crate::lint::lint;
use crate::plan::Origin;
use crate::plan::definitions::Catalogue;
use crate::plan::parameters::{Parameter, WriteParameter, with_values};
use crate::plan::traced::{Traced, traced};
use crate::program::plan::{Plan, Save};
use crate::syntax::parameters;
use crate::syntax::parameters::{Expansion, expand};
use crate::syntax::tree::Query;
use crate::syntax::unset_parameters::{Unset, unset};
use sumoql_data::table_resolver::Tables;

/// So many guesses are tried.
const MAX_TRIED: usize = 20;

/// A query text.
pub struct QueryText {
    /// As written.
    pub written: String,
    expansion: Expansion,
    /// What there is to say of values, at places of the text as written.
    of_parameters: Vec<Diagnostic>,
    origin: Origin,
    /// How the caller gives a parameter a value.
    option: WriteParameter,
}

/// A query, read and planned.
pub struct Prepared {
    /// The text that was read.
    pub text: String,
    /// The tree; it holds whatever could be read.
    pub tree: Query,
    /// The plan, unless there are errors.
    pub plan: Option<Plan>,
    /// Everything found, in the order of the text, with spans of the text as written.
    pub diagnostics: Vec<Diagnostic>,
    /// Where, in the text as written, values of parameters look like names of fields that there are not.
    values_as_fields: Vec<Span>,
}

impl QueryText {
    /// A query whose parameters, if it has any, have no values. `option` is how the caller gives one.
    pub fn new(written: String, option: WriteParameter) -> QueryText {
        let expansion = expand(&written, |_, _| None);
        QueryText { written, expansion, of_parameters: Vec::new(), origin: Origin::default(), option }
    }

    /// The same with the values of its parameters.
    pub fn with_values(self, params: &[Parameter], catalogue: &Catalogue) -> QueryText {
        let (expansion, of_parameters) = with_values(&self.written, params, catalogue, self.option);
        QueryText { expansion, of_parameters, ..self }
    }

    /// The same for messages that all have fields from their JSON, if `auto` says so.
    pub fn auto_parse(self, auto: bool) -> QueryText {
        QueryText { origin: if auto { Origin::Json } else { self.origin }, ..self }
    }

    /// Reads and plans the query. With `strict`, what Sumo Logic does not document is an error.
    pub fn prepare(&self, catalogue: &Catalogue, strict: bool, tables: &dyn Tables) -> Prepared {
        match unset(&self.expansion.text).is_empty() {
            true => read(self, self.expansion.clone(), catalogue, strict, tables),
            false => {
                let say = |span, names: &str, options: &str| {
                    let help = format!("set it with {options}");
                    Diagnostic::error(&codes::PARAMETER, span, format!("no value for {names}")).help(help)
                };
                self.without_values(catalogue, strict, tables, say).0
            }
        }
    }

    /// Finds what is wrong with the query, and where it saves rows. Parameters without a value are no errors: the rest is
    /// looked at with stand-ins.
    pub fn check(&self, catalogue: &Catalogue, strict: bool, tables: &dyn Tables) -> (Vec<Diagnostic>, Vec<Save>) {
        let saves = |plan: &Plan| plan.saved_tables().into_iter().cloned().collect();
        if unset(&self.expansion.text).is_empty() {
            let prepared = self.prepare(catalogue, strict, tables);
            return (prepared.diagnostics, prepared.plan.as_ref().map_or(Vec::new(), saves));
        }
        let (prepared, plan) = self.without_values(catalogue, strict, tables, |span, names, options| {
            let help = format!("to run the query, set {options}");
            let message = format!("no value for {names}: what depends on it is not checked");
            Diagnostic::warning(&codes::NO_VALUE, span, message).help(help)
        });
        (prepared.diagnostics, plan.as_ref().map_or(Vec::new(), saves))
    }

    /// Reads and plans the query with stand-ins for parameters that have no value; `say` makes the diagnostic for them of a
    /// place, their names and the options that give them values. The plan is apart: one with stand-ins must not run.
    fn without_values(
        &self,
        catalogue: &Catalogue,
        strict: bool,
        tables: &dyn Tables,
        say: impl Fn(Span, &str, &str) -> Diagnostic,
    ) -> (Prepared, Option<Plan>) {
        let StandIns { filled, places, unset } = stand_ins(&self.expansion, catalogue);
        let made_up: Vec<Span> = places.iter().map(|place| filled.origin(*place)).collect();
        let mut prepared = read(self, filled, catalogue, strict, tables);
        prepared.diagnostics.retain(|diagnostic| {
            let within = made_up.iter().any(|p| p.start < diagnostic.span.end && diagnostic.span.start < p.end);
            diagnostic.code != &codes::PARAMETER && !(within && about_values(diagnostic.code))
        });
        prepared.diagnostics.extend(self.missing(&unset, say));
        sort(&mut prepared.diagnostics);
        let plan = prepared.plan.take();
        (prepared, plan)
    }

    /// What there is to say of parameters without a value: one diagnostic for all, which `say` makes of a place, their names
    /// and the options that give them values, with labels where the others come first.
    fn missing(&self, unset: &[Unset], say: impl Fn(Span, &str, &str) -> Diagnostic) -> Option<Diagnostic> {
        let mut first: Vec<&Unset> = Vec::new();
        for one in unset {
            if first.iter().all(|known| known.name != one.name) {
                first.push(one);
            }
        }
        let place = |one: &Unset| self.expansion.origin(one.place);
        let names: Vec<String> = first.iter().map(|one| format!("`{}`", one.name)).collect();
        let names = match names.as_slice() {
            [name] => format!("the parameter {name}"),
            names => format!("the parameters {}", names.join(", ")),
        };
        let options: Vec<String> = first.iter().map(|one| (self.option)(&format!("{}=VALUE", one.name))).collect();
        let diagnostic = say(place(first.first()?), &names, &options.join(" "));
        Some(first[1..].iter().fold(diagnostic, |diagnostic, one| diagnostic.label(place(one), "also here")))
    }

    /// Moves a diagnostic from the text with its values in place to the text as written.
    pub fn place(&self, diagnostic: &mut Diagnostic) {
        place(&self.expansion, diagnostic);
    }

    /// The plan of the query with what its stages are made of. `None` where it can't be planned.
    pub fn traced(&self, catalogue: &Catalogue, tables: &dyn Tables) -> Option<Traced> {
        let mut expansion = self.expansion.clone();
        let (tree, _) = parameters::parse(&mut expansion, catalogue);
        let traced = traced(&expansion.text, &tree, catalogue, tables)?;
        Some(Traced { written: self.written.clone(), origin: expansion, ..traced })
    }

    /// The line, counted from 1, of the text as written in which a place begins.
    pub fn line(&self, span: Span) -> usize {
        let start = self.expansion.origin(span).start.min(self.written.len());
        self.written.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1
    }
}

/// Reads and plans a query whose values are in place.
fn read(text: &QueryText, expansion: Expansion, catalogue: &Catalogue, strict: bool, tables: &dyn Tables) -> Prepared {
    let mut prepared = read_all(text, &expansion, catalogue, strict, tables);
    let errors = prepared.errors().count();
    let errors_with = |fix: &Fix| {
        let edits: Vec<(Span, &str)> = fix.edits.iter().map(|edit| (edit.span, edit.text.as_str())).collect();
        let (fixed, _) = expansion.fill(&edits);
        read_all(text, &fixed, catalogue, strict, tables).errors().count()
    };
    // What was probably meant is a guess: it is offered if it brings no error, and removes the one that it is about.
    let guess = |diagnostic: &&mut Diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| !fix.keeps_meaning);
    for (at, diagnostic) in prepared.diagnostics.iter_mut().filter(guess).enumerate() {
        let allowed = errors - usize::from(diagnostic.is_error());
        diagnostic.fix.take_if(|fix| at >= MAX_TRIED || errors_with(fix) > allowed);
    }
    for diagnostic in &mut prepared.diagnostics {
        place(&expansion, diagnostic);
    }
    prepared.diagnostics.extend(text.of_parameters.iter().cloned());
    sort(&mut prepared.diagnostics);
    if prepared.errors().next().is_some() {
        prepared.plan = None;
    }
    prepared
}

/// The same with places in the expanded text. Further queries behind the first, which are an error, are looked at too.
fn read_all(
    text: &QueryText,
    expansion: &Expansion,
    catalogue: &Catalogue,
    strict: bool,
    tables: &dyn Tables,
) -> Prepared {
    let (mut first, mut second) = read_one(text, expansion.clone(), catalogue, strict, tables);
    while let Some(at) = second {
        let further;
        (further, second) = read_one(text, expansion.from(at), catalogue, strict, tables);
        first.diagnostics.extend(further.diagnostics);
    }
    first
}

/// The same for one query, with the place where another one begins.
fn read_one(
    text: &QueryText,
    mut expansion: Expansion,
    catalogue: &Catalogue,
    strict: bool,
    tables: &dyn Tables,
) -> (Prepared, Option<usize>) {
    let (tree, mut diagnostics) = parameters::parse(&mut expansion, catalogue);
    let several = |diagnostic: &&Diagnostic| diagnostic.code == &codes::SEVERAL;
    let second = diagnostics.iter().find(several).map(|diagnostic| diagnostic.span.start);
    let (plan, mut planned) = crate::plan::plan_of(&expansion.text, &tree, catalogue, tables, text.origin);
    let mut values_as_fields = Vec::new();
    for diagnostic in planned.iter_mut().filter(|diagnostic| is_about_fields(diagnostic)) {
        if expansion.values().any(|place| place == diagnostic.span) {
            values_as_fields.push(expansion.origin(diagnostic.span));
            of_value(diagnostic, text, &expansion);
        }
    }
    // Behind a stage that could not be read or planned, fields may be missing only because of it.
    let errors = diagnostics.iter().chain(&planned).filter(|diagnostic| diagnostic.is_error() && !several(diagnostic));
    let broken = errors.map(|error| error.span.start).min();
    let sure = |d: &Diagnostic| !is_about_fields(d) || broken.is_none_or(|at| d.span.start < at);
    diagnostics.extend(planned.into_iter().filter(sure));
    if let Some(plan) = plan.as_ref().filter(|_| broken.is_none()) {
        diagnostics.extend(lint(&tree, plan, &expansion, catalogue));
        hide_consequences(&mut diagnostics, &expansion.text);
    }
    for diagnostic in &mut diagnostics {
        let refused = [&codes::UNDOCUMENTED, &codes::VALUE_LEFT_OUT, &codes::LOST_FIELD];
        if strict && refused.contains(&diagnostic.code) {
            diagnostic.severity = Severity::Error;
        }
    }
    values_as_fields.extend(
        text.of_parameters
            .iter()
            .filter(|of_parameters| is_about_fields(of_parameters))
            .map(|of_parameters| of_parameters.span),
    );
    (Prepared { text: expansion.text, tree, plan, diagnostics, values_as_fields }, second)
}

/// Whether a warning is about a field that there is not.
pub(super) fn is_about_fields(diagnostic: &Diagnostic) -> bool {
    [&codes::UNKNOWN_FIELD, &codes::LOST_FIELD].contains(&diagnostic.code)
}

/// What is said of an unknown field that is the value of a parameter: it may be meant as a text.
fn of_value(diagnostic: &mut Diagnostic, text: &QueryText, expansion: &Expansion) {
    let (value, written) = (diagnostic.span.of(&expansion.text), expansion.origin(diagnostic.span).of(&text.written));
    let name = parameters::name(written);
    diagnostic.message =
        format!("the value `{value}` of the parameter `{name}` is read as a field: {}", diagnostic.message);
    let as_text = format!("to pass it as a string, write `{}`", (text.option)(&format!("{name}:string={value}")));
    diagnostic.help = Some(match diagnostic.help.take() {
        Some(help) => format!("{help} {as_text}"),
        None => as_text,
    });
}

/// Takes out what is only said because of a mistake that is told as such: that a name with a dash is a number, or that a sign
/// of another language does not belong into a search term.
fn hide_consequences(diagnostics: &mut Vec<Diagnostic>, text: &str) {
    let mut names: Vec<Span> = Vec::new();
    let mut scopes: Vec<Span> = Vec::new();
    for told in diagnostics.iter() {
        if is_about_fields(told) && told.span.of(text).contains('-') {
            names.extend(std::iter::once(told.span).chain(told.labels.iter().map(|label| label.span)));
        } else if [&codes::FOREIGN_SCOPE, &codes::MISSING_PIPE].contains(&told.code) {
            scopes.push(told.span);
        }
    }
    let within = |inner: Span, outer: &Span| inner.to(*outer) == *outer;
    diagnostics.retain(|found| {
        let logic = [&codes::NEVER, &codes::ALWAYS, &codes::TEXT_IN_ARITHMETIC].contains(&found.code);
        let number = logic && names.iter().any(|name| within(*name, &found.span));
        let sign = found.code == &codes::UNDOCUMENTED && scopes.iter().any(|scope| within(found.span, scope));
        !number && !sign
    });
}

/// In the order of the text, each once.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(|d| (d.span.start, std::cmp::Reverse(d.severity), d.span.end));
    diagnostics.dedup();
}

/// Moves a diagnostic from the text with its values in place to the text as written.
fn place(expansion: &Expansion, diagnostic: &mut Diagnostic) {
    diagnostic.span = expansion.origin(diagnostic.span);
    for label in &mut diagnostic.labels {
        label.span = expansion.origin(label.span);
    }
    // What is in a value can't be changed where the parameter stands.
    diagnostic.fix.take_if(|fix| fix.edits.iter().any(|edit| expansion.has_value(edit.span)));
    for edit in diagnostic.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        edit.span = expansion.origin(edit.span);
    }
}

/// Whether a code speaks of a value, which may be all right once the parameter in it has the real one.
fn about_values(code: &'static Code) -> bool {
    lint::CODES.contains(&code)
        || [
            &codes::UNKNOWN_FUNCTION,
            &codes::ARGUMENT_COUNT,
            &codes::ARGUMENT_KIND,
            &codes::PATTERN_NAMES,
            &codes::BAD_PATTERN,
            &codes::BAD_REGEX,
            &codes::GROUPS,
            &codes::LIMIT_RANGE,
            &codes::NOT_BOOLEAN,
            &codes::MIXED_BRANCHES,
            &codes::UNKNOWN_FIELD,
            &codes::LOST_FIELD,
            &codes::VALUE_LEFT_OUT,
        ]
        .contains(&code)
}

impl Prepared {
    /// The warnings about values of parameters: those that the query runs without, and those that are unknown fields.
    pub fn about_values(&self) -> impl Iterator<Item = &Diagnostic> {
        let unknown = |found: &Diagnostic| is_about_fields(found) && self.values_as_fields.contains(&found.span);
        self.diagnostics.iter().filter(move |found| found.code == &codes::VALUE_LEFT_OUT || unknown(found))
    }

    /// The warnings about fields that no stage makes and that the messages may have.
    pub fn unknown_fields(&self) -> impl Iterator<Item = &Diagnostic> {
        let unknown =
            |found: &&Diagnostic| found.code == &codes::UNKNOWN_FIELD && !self.values_as_fields.contains(&found.span);
        self.diagnostics.iter().filter(unknown)
    }

    /// Logic without effect, and fields that can't have a value any more. What is only refused or slow elsewhere is none.
    pub fn dead_logic(&self) -> impl Iterator<Item = &Diagnostic> {
        let dead =
            |code| code == &codes::LOST_FIELD || (lint::CODES.contains(&code) && !lint::ELSEWHERE.contains(&code));
        self.diagnostics.iter().filter(move |diagnostic| dead(diagnostic.code))
    }

    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error())
    }
}
