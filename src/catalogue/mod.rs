//! What the language offers: operators, functions, aggregates, each a piece of data with its documents and examples.
//!
//! Help, completion, the reference in `docs/reference/`, the grammar of the operators and the example tests are all
//! read from here. The catalogue is an argument of `parse` and `plan`; the core does not know what is in it.

pub mod built_in;
pub mod complete;
pub mod dialect;
pub mod elsewhere;
pub mod entry;
pub mod help;
pub mod json;
pub mod markdown;
pub mod pest;
pub mod sample;
pub mod words;

use crate::diagnostics::{Diagnostic, Span, codes, nearest};
use crate::plan::{AggregatePlan, OperatorCall, Planner};
use crate::run::batch::Slot;
use crate::run::evaluator::{Eval, Function, Plain};
use crate::syntax::form::Form;
use crate::syntax::tree::Expr;
use std::collections::HashMap;
use std::sync::Arc;

/// Where a thing stands in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Group {
    Parse,
    Condition,
    Field,
    Time,
    Aggregate,
    Table,
    Join,
    Mining,
    Cloud,
    Math,
    Text,
    Date,
    Network,
    Conversion,
    Check,
    Json,
}

/// A query with messages and the rows it must give. Run as a test, shown in help.
#[derive(Debug)]
pub struct Example {
    /// What it shows, one line.
    pub title: &'static str,
    /// The query.
    pub query: &'static str,
    /// The messages. One that starts with `{"_raw"` is an object with metadata and `_messageTime`; any other is the
    /// text of a message of 2024-05-01T00:00:00Z.
    pub messages: &'static [&'static str],
    /// What comes out.
    pub expect: Expect,
}

/// What an example gives.
#[derive(Debug)]
pub enum Expect {
    /// These columns of the result, and all its rows in order, as text; null is the empty text.
    Rows(&'static [&'static str], &'static [&'static [&'static str]]),
    /// An error with this code.
    Error(&'static str),
}

/// An operator: `| name …`.
#[derive(Debug)]
pub struct OperatorDef {
    /// Its name.
    pub name: &'static str,
    /// Where it stands in the reference.
    pub group: Group,
    /// Its syntax, in the notation of [`crate::syntax::form`].
    pub form: &'static str,
    /// What it does, one line.
    pub summary: &'static str,
    /// Rules and edge cases, in Markdown.
    pub doc: &'static str,
    /// The page of Sumo Logic's manual the rules come from; empty when Sumo Logic does not document it.
    pub page: &'static str,
    /// Words people search by.
    pub also: &'static [&'static str],
    /// Examples, at least one.
    pub examples: &'static [Example],
    /// What of it Sumo Logic does not document, with Sumo Logic's own form: warned of by `check`.
    pub dialect: Option<&'static str>,
    /// Puts it into the plan.
    pub plan: fn(&OperatorCall<'_>, &mut Planner<'_>) -> Result<(), Diagnostic>,
}

/// The subquery: a query in brackets whose rows become a condition of the query around it.
#[derive(Debug)]
pub struct SubqueryDef {
    /// Its name.
    pub name: &'static str,
    /// Where it stands in the reference.
    pub group: Group,
    /// Its syntax, brackets and all, in the notation of [`crate::syntax::form`].
    pub form: &'static str,
    /// What it does, one line.
    pub summary: &'static str,
    /// Rules and edge cases, in Markdown.
    pub doc: &'static str,
    /// The page of Sumo Logic's manual.
    pub page: &'static str,
    /// Words people search by.
    pub also: &'static [&'static str],
    /// Examples, at least one.
    pub examples: &'static [Example],
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Type,
    /// May be left out.
    pub optional: bool,
    /// May be given any number of times; only the last parameter.
    pub repeated: bool,
}

impl Param {
    /// A parameter that must be given.
    pub const fn new(name: &'static str, kind: Type) -> Param {
        Param { name, kind, optional: false, repeated: false }
    }

    /// A parameter that may be left out.
    pub const fn optional(name: &'static str, kind: Type) -> Param {
        Param { name, kind, optional: true, repeated: false }
    }

    /// A parameter that may be given any number of times.
    pub const fn repeated(name: &'static str, kind: Type) -> Param {
        Param { name, kind, optional: true, repeated: true }
    }
}

/// Types, as far as the language has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Anything.
    Any,
    /// A number, or a text that reads as one.
    Number,
    /// A text.
    Text,
    /// True or false.
    Bool,
    /// A regex literal or a text.
    Pattern,
}

/// A function: `f(a, b)` in any expression, or as a stage.
#[derive(Debug)]
pub struct FunctionDef {
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Where it stands in the reference.
    pub group: Group,
    /// Its parameters.
    pub params: &'static [Param],
    /// What it gives.
    pub returns: Type,
    /// What it does, one line.
    pub summary: &'static str,
    /// Rules and edge cases, in Markdown.
    pub doc: &'static str,
    /// The page of Sumo Logic's manual; empty when Sumo Logic does not document it.
    pub page: &'static str,
    /// Words people search by.
    pub also: &'static [&'static str],
    /// Examples, at least one.
    pub examples: &'static [Example],
    /// Whether as a stage it must have `as name`.
    pub alias_needed: bool,
    /// How it runs.
    pub make: Make,
}

/// Makes a function ready for the arguments of one call.
pub type Prepare = fn(&[Eval]) -> Result<Box<dyn Function>, String>;

/// Puts a function into the plan by its arguments as they are written.
pub type PlanCall = fn(&[Expr], &mut Planner<'_>, Span) -> Result<Eval, Diagnostic>;

/// How a function is made ready.
pub enum Make {
    /// Plain; depends on its arguments alone, so a call with constants is computed once.
    Pure(Plain),
    /// Plain, but depends on time, range or zone.
    Plain(Plain),
    /// Prepares itself by its constant arguments. The error is a text for the user.
    Prepared(Prepare),
    /// Reads its arguments by itself: they are no plain values.
    Planned(PlanCall),
}

impl std::fmt::Debug for Make {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Make::Pure(_) => "Pure",
            Make::Plain(_) => "Plain",
            Make::Prepared(_) => "Prepared",
            Make::Planned(_) => "Planned",
        })
    }
}

/// An aggregate: `name(field) as alias`, in an aggregate stage.
#[derive(Debug)]
pub struct AggregateDef {
    /// Its name.
    pub name: &'static str,
    /// Its syntax, for the reference.
    pub form: &'static str,
    /// Whether it may stand without brackets, the group fields right after it: `count a, b`.
    pub shorthand: bool,
    /// Whether it ranks groups: it stands alone, its arguments are group fields too, and the groups come in descending
    /// order of its result.
    pub ranks: bool,
    /// The fewest arguments.
    pub least_arguments: usize,
    /// The most arguments.
    pub most_arguments: usize,
    /// What it does, one line.
    pub summary: &'static str,
    /// Rules and edge cases, in Markdown.
    pub doc: &'static str,
    /// The page of Sumo Logic's manual; empty when Sumo Logic does not document it.
    pub page: &'static str,
    /// Words people search by.
    pub also: &'static [&'static str],
    /// Examples, at least one.
    pub examples: &'static [Example],
    /// Puts it into the plan: the field's slot, the other arguments, the alias if one was written.
    pub plan: fn(&AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic>,
}

/// An aggregate as written, with its field resolved.
pub struct AggregateCall<'a> {
    /// The field's name, where one was given.
    pub field: Option<&'a str>,
    /// Its slot.
    pub slot: Option<Slot>,
    /// The arguments after the field.
    pub rest: &'a [crate::syntax::tree::Expr],
    /// For each of the rest, its slot if it is a field.
    pub rest_slots: &'a [Option<Slot>],
    /// The alias.
    pub alias: Option<&'a str>,
    /// Where it stands.
    pub span: crate::diagnostics::Span,
}

impl AggregateCall<'_> {
    /// The alias, or the default name.
    pub fn name(&self, default: &str) -> String {
        self.alias.unwrap_or(default).to_string()
    }

    /// The slots of the arguments after the first, which must all be fields.
    pub fn more_slots(&self) -> Result<Arc<[Slot]>, Diagnostic> {
        let slots = self.rest.iter().zip(self.rest_slots).map(|(expr, slot)| {
            slot.ok_or_else(|| {
                let message = "a field is needed here, not an expression";
                Diagnostic::error(&codes::AGGREGATE_ARGUMENT, expr.span, message)
                    .help("compute it in a stage of its own first: `| expression as name`")
            })
        });
        slots.collect()
    }
}

/// The names of an aggregate: the manual's, and those that only published queries have.
fn names(def: &AggregateDef) -> impl Iterator<Item = &'static str> {
    std::iter::once(def.name).chain(dialect::aliases(def.name).iter().copied())
}

/// All that the language offers.
pub struct Catalogue {
    operators: Vec<(&'static OperatorDef, Form)>,
    heads: Vec<(&'static OperatorDef, Form)>,
    functions: HashMap<String, &'static FunctionDef>,
    function_list: Vec<&'static FunctionDef>,
    aggregates: HashMap<String, &'static AggregateDef>,
    aggregate_list: Vec<&'static AggregateDef>,
    subquery: Option<(&'static SubqueryDef, Form)>,
}

impl Catalogue {
    /// A catalogue of these. The forms are read; one that can't be read never fits anything (a test finds it).
    pub fn new(
        operators: &[&'static OperatorDef],
        functions: &[&'static FunctionDef],
        aggregates: &[&'static AggregateDef],
    ) -> Catalogue {
        let read = |def: &&'static OperatorDef| (*def, Form::read(def.form).unwrap_or(Form::First(Vec::new())));
        let mut by_name = HashMap::new();
        for def in functions {
            for name in std::iter::once(&def.name).chain(def.aliases) {
                by_name.insert(name.to_lowercase(), *def);
            }
        }
        // Longer names first: `parse regex` must be tried before `parse`.
        let mut operators: Vec<_> = operators.iter().map(read).collect();
        operators.sort_by_key(|(def, _)| std::cmp::Reverse(def.name.len()));
        Catalogue {
            operators,
            heads: Vec::new(),
            functions: by_name,
            function_list: functions.to_vec(),
            aggregates: aggregates.iter().flat_map(|def| names(def).map(|name| (name.to_lowercase(), *def))).collect(),
            aggregate_list: aggregates.to_vec(),
            subquery: None,
        }
    }

    /// The same, with operators that stand at the beginning of a query, in the place of its scope.
    pub fn with_heads(self, heads: &[&'static OperatorDef]) -> Catalogue {
        let read = |def: &&'static OperatorDef| (*def, Form::read(def.form).unwrap_or(Form::First(Vec::new())));
        Catalogue { heads: heads.iter().map(read).collect(), ..self }
    }

    /// The operators that stand at the beginning of a query, with their forms read.
    pub fn heads(&self) -> impl Iterator<Item = (&'static OperatorDef, &Form)> {
        self.heads.iter().map(|(def, form)| (*def, form))
    }

    /// The same, with subqueries.
    pub fn with_subquery(self, def: &'static SubqueryDef) -> Catalogue {
        let form = Form::read(def.form).unwrap_or(Form::First(Vec::new()));
        Catalogue { subquery: Some((def, form)), ..self }
    }

    /// The subquery, with its form read, if the language has it.
    pub fn subquery(&self) -> Option<(&'static SubqueryDef, &Form)> {
        self.subquery.as_ref().map(|(def, form)| (*def, form))
    }

    /// The operators whose text can start with a word.
    pub fn operators_starting<'c>(&'c self, word: &str) -> impl Iterator<Item = (&'static OperatorDef, &'c Form)> {
        self.operators.iter().filter(move |(_, form)| form.starts_with(word)).map(|(def, form)| (*def, form))
    }

    /// All operators, by name.
    pub fn operators(&self) -> Vec<&'static OperatorDef> {
        let mut all: Vec<_> = self.operators.iter().chain(&self.heads).map(|(def, _)| *def).collect();
        all.sort_by_key(|def| def.name);
        all
    }

    /// All operators that are stages, with their forms read.
    pub fn forms(&self) -> impl Iterator<Item = (&'static OperatorDef, &Form)> {
        self.operators.iter().map(|(def, form)| (*def, form))
    }

    /// A function by any of its names.
    pub fn function(&self, name: &str) -> Option<&'static FunctionDef> {
        self.functions.get(&name.to_lowercase()).copied()
    }

    /// All functions, by name.
    pub fn functions(&self) -> &[&'static FunctionDef] {
        &self.function_list
    }

    /// An aggregate by any of its names.
    pub fn aggregate(&self, name: &str) -> Option<&'static AggregateDef> {
        self.aggregates.get(&name.to_lowercase()).copied()
    }

    /// All aggregates, by name.
    pub fn aggregates(&self) -> &[&'static AggregateDef] {
        &self.aggregate_list
    }

    /// Says that no stage begins with this word, and what was perhaps meant.
    pub fn unknown_operator(&self, word: &str, span: Span) -> Diagnostic {
        if let Some(metrics) = elsewhere::metrics(word) {
            let message = format!("`{word}` is an operator of metrics queries, not of log search");
            return Diagnostic::error(&codes::UNKNOWN_OPERATOR, span, message).help(metrics.instead);
        }
        let near = nearest(word, self.stage_words()).map(|near| format!("did you mean `{near}`?"));
        Diagnostic::error(&codes::UNKNOWN_OPERATOR, span, format!("unknown operator `{word}`")).maybe_help(near)
    }

    /// Every word a stage can start with.
    pub fn stage_words(&self) -> impl Iterator<Item = &'static str> {
        let operators = self.operators.iter().flat_map(|(_, form)| form.first_words());
        operators
            .chain(self.aggregate_list.iter().map(|def| def.name))
            .chain(self.function_list.iter().map(|def| def.name))
    }
}
