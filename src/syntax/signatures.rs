//! The signatures of a language: its forms read, and everything found by name.

use super::form::{Form, written};
use super::other_languages::{self, Position};
use super::signature::{AggregateSignature, FunctionSignature, OperatorSignature, SubquerySignature};
use crate::diagnostics::{Diagnostic, Span, codes, nearest};
use std::collections::HashMap;

/// The names of an aggregate: the manual's, and those that only published queries have.
pub(crate) fn names(def: &AggregateSignature) -> impl Iterator<Item = &'static str> {
    std::iter::once(def.name).chain(super::other_languages::aliases(def.name).iter().copied())
}

/// How everything that the language offers is written.
pub struct Signatures {
    operators: Vec<(&'static OperatorSignature, Form)>,
    heads: Vec<(&'static OperatorSignature, Form)>,
    functions: HashMap<String, &'static FunctionSignature>,
    function_list: Vec<&'static FunctionSignature>,
    aggregates: HashMap<String, &'static AggregateSignature>,
    aggregate_list: Vec<&'static AggregateSignature>,
    subquery: Option<(&'static SubquerySignature, Form)>,
}

impl Signatures {
    /// The signatures of these. The forms are read; one that can't be read never fits anything (a test finds it).
    pub fn new(
        operators: &[&'static OperatorSignature],
        functions: &[&'static FunctionSignature],
        aggregates: &[&'static AggregateSignature],
    ) -> Signatures {
        let read = |def: &&'static OperatorSignature| (*def, Form::read(def.form).unwrap_or(Form::First(Vec::new())));
        let mut by_name = HashMap::new();
        for def in functions {
            for name in std::iter::once(&def.name).chain(def.aliases) {
                by_name.insert(name.to_lowercase(), *def);
            }
        }
        // Longer names first: `parse regex` must be tried before `parse`.
        let mut operators: Vec<_> = operators.iter().map(read).collect();
        operators.sort_by_key(|(def, _)| std::cmp::Reverse(def.name.len()));
        Signatures {
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
    pub fn with_heads(self, heads: &[&'static OperatorSignature]) -> Signatures {
        let read = |def: &&'static OperatorSignature| (*def, Form::read(def.form).unwrap_or(Form::First(Vec::new())));
        Signatures { heads: heads.iter().map(read).collect(), ..self }
    }

    /// The operators that stand at the beginning of a query, with their forms read.
    pub fn heads(&self) -> impl Iterator<Item = (&'static OperatorSignature, &Form)> {
        self.heads.iter().map(|(def, form)| (*def, form))
    }

    /// The same, with subqueries.
    pub fn with_subquery(self, def: &'static SubquerySignature) -> Signatures {
        let form = Form::read(def.form).unwrap_or(Form::First(Vec::new()));
        Signatures { subquery: Some((def, form)), ..self }
    }

    /// The subquery, with its form read, if the language has it.
    pub fn subquery(&self) -> Option<(&'static SubquerySignature, &Form)> {
        self.subquery.as_ref().map(|(def, form)| (*def, form))
    }

    /// The operators whose text can start with a word.
    pub fn operators_starting<'c>(
        &'c self,
        word: &str,
    ) -> impl Iterator<Item = (&'static OperatorSignature, &'c Form)> {
        self.operators.iter().filter(move |(_, form)| form.starts_with(word)).map(|(def, form)| (*def, form))
    }

    /// All operators, by name.
    pub fn operators(&self) -> Vec<&'static OperatorSignature> {
        let mut all: Vec<_> = self.operators.iter().chain(&self.heads).map(|(def, _)| *def).collect();
        all.sort_by_key(|def| def.name);
        all
    }

    /// All operators that are stages, with their forms read.
    pub fn forms(&self) -> impl Iterator<Item = (&'static OperatorSignature, &Form)> {
        self.operators.iter().map(|(def, form)| (*def, form))
    }

    /// A function by any of its names.
    pub fn function(&self, name: &str) -> Option<&'static FunctionSignature> {
        self.functions.get(&name.to_lowercase()).copied()
    }

    /// All functions, by name.
    pub fn functions(&self) -> &[&'static FunctionSignature] {
        &self.function_list
    }

    /// An aggregate by any of its names.
    pub fn aggregate(&self, name: &str) -> Option<&'static AggregateSignature> {
        self.aggregates.get(&name.to_lowercase()).copied()
    }

    /// All aggregates, by name.
    pub fn aggregates(&self) -> &[&'static AggregateSignature] {
        &self.aggregate_list
    }

    /// Says that no stage begins with this word, and what was perhaps meant.
    pub fn unknown_operator(&self, word: &str, span: Span) -> Diagnostic {
        if let Some(metrics) = super::metrics_operators::metrics(word) {
            let message = format!("`{word}` is an operator of metrics queries, not of log searches");
            return Diagnostic::error(&codes::UNKNOWN_OPERATOR, span, message).help(metrics.instead);
        }
        let row = other_languages::find(word, Position::Stage).or_else(|| other_languages::function(word));
        if let Some(row) = row {
            let message = format!("unknown operator `{word}`, which is from {}", row.origin());
            let unknown = Diagnostic::error(&codes::UNKNOWN_OPERATOR, span, message);
            return row.explain(unknown, span, "");
        }
        Diagnostic::error(&codes::UNKNOWN_OPERATOR, span, format!("unknown operator `{word}`"))
            .maybe_meant(span, nearest(word, self.stage_words()))
    }

    /// How the operator whose text starts with a word is written.
    pub fn usage(&self, word: &str) -> String {
        self.operators_starting(word).last().map_or_else(String::new, |(_, form)| written(form))
    }

    /// Says that there is no function or aggregate of this name, and what was perhaps meant.
    pub fn unknown_function(&self, word: &str, span: Span) -> Diagnostic {
        if let Some(row) = other_languages::function(word) {
            let message = format!("unknown function `{word}`, which is from {}", row.origin());
            return row.explain(Diagnostic::error(&codes::UNKNOWN_FUNCTION, span, message), span, "");
        }
        let functions =
            self.function_list.iter().flat_map(|def| std::iter::once(def.name).chain(def.aliases.iter().copied()));
        let known = functions.chain(self.aggregate_list.iter().map(|def| def.name));
        // What other languages call it, if it is not just misspelt.
        let word_of = |also: &[&str]| also.iter().any(|known| known.eq_ignore_ascii_case(word));
        let function = || self.function_list.iter().find(|def| word_of(def.also)).map(|def| def.name);
        let aggregate = || self.aggregate_list.iter().find(|def| word_of(def.also)).map(|def| def.name);
        let near = nearest(word, known).or_else(aggregate).or_else(function);
        let unknown = Diagnostic::error(&codes::UNKNOWN_FUNCTION, span, format!("unknown function `{word}`"));
        unknown.maybe_meant(span, near)
    }

    /// Every word a stage can start with.
    pub fn stage_words(&self) -> impl Iterator<Item = &'static str> {
        let operators = self.operators.iter().flat_map(|(_, form)| form.first_words());
        operators
            .chain(self.aggregate_list.iter().map(|def| def.name))
            .chain(self.function_list.iter().map(|def| def.name))
    }
}
