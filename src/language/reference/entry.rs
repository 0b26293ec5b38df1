//! One entry of the reference, whatever kind of thing it is about: what help, the Markdown pages and JSON are read from.

use super::built_in_fields::FIELDS;
use crate::syntax::expression_words::{WORDS, WordDef};
use crate::syntax::form::{Form, written};
use crate::syntax::other_languages;
use crate::syntax::signature::{
    AggregateSignature, Example, FunctionSignature, Group, OperatorSignature, SubquerySignature, Type,
};
use crate::syntax::signatures::Signatures;

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A stage of its own.
    Operator,
    /// Part of an aggregate stage.
    Aggregate,
    /// Part of an expression.
    Function,
    /// A word of the expressions' own grammar.
    Word,
    /// A field that every message has.
    Field,
    /// A condition in brackets, in the scope or in an expression.
    Condition,
}

impl EntryKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            EntryKind::Operator => "operator",
            EntryKind::Aggregate => "aggregate",
            EntryKind::Function => "function",
            EntryKind::Word => "expression",
            EntryKind::Field => "field",
            EntryKind::Condition => "condition",
        }
    }
}

/// An entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is about.
    pub kind: EntryKind,
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Where it stands.
    pub group: Group,
    /// How it is written, for people.
    pub usage: String,
    /// What it does, one line.
    pub summary: &'static str,
    /// Rules and edge cases, in Markdown.
    pub doc: &'static str,
    /// The page of Sumo Logic's manual, or nothing.
    pub page: &'static str,
    /// Words people search by.
    pub also: &'static [&'static str],
    /// Examples.
    pub examples: &'static [Example],
    /// What of it Sumo Logic does not document.
    pub dialect: Option<&'static str>,
}

impl Entry {
    fn operator(def: &OperatorSignature, form: &Form) -> Entry {
        Entry {
            kind: EntryKind::Operator,
            name: def.name,
            aliases: &[],
            group: def.group,
            usage: written(form),
            summary: def.summary,
            doc: def.doc,
            page: def.page,
            also: def.also,
            examples: def.examples,
            dialect: def.dialect,
        }
    }

    fn function(def: &FunctionSignature) -> Entry {
        Entry {
            kind: EntryKind::Function,
            name: def.name,
            aliases: def.aliases,
            group: def.group,
            usage: format!("{} → {}", def.signature(), kind_name(def.returns)),
            summary: def.summary,
            doc: def.doc,
            page: def.page,
            also: def.also,
            examples: def.examples,
            dialect: if def.page.is_empty() { other_languages::function(def.name).map(|row| row.help) } else { None },
        }
    }

    fn subquery(def: &SubquerySignature, form: &Form) -> Entry {
        Entry {
            kind: EntryKind::Condition,
            name: def.name,
            aliases: &[],
            group: def.group,
            usage: written(form),
            summary: def.summary,
            doc: def.doc,
            page: def.page,
            also: def.also,
            examples: def.examples,
            dialect: None,
        }
    }

    fn aggregate(def: &AggregateSignature) -> Entry {
        Entry {
            kind: EntryKind::Aggregate,
            name: def.name,
            aliases: other_languages::aliases(def.name),
            group: Group::Aggregate,
            usage: def.form.to_string(),
            summary: def.summary,
            doc: def.doc,
            page: def.page,
            also: def.also,
            examples: def.examples,
            dialect: None,
        }
    }

    fn word(def: &WordDef, kind: EntryKind) -> Entry {
        Entry {
            kind,
            name: def.name,
            aliases: def.aliases,
            group: def.group,
            usage: def.usage.to_string(),
            summary: def.summary,
            doc: def.doc,
            page: def.page,
            also: def.also,
            examples: def.examples,
            dialect: None,
        }
    }
}

impl Signatures {
    /// All entries: by group, then by name.
    pub fn entries(&self) -> Vec<Entry> {
        let operators = self.forms().chain(self.heads()).map(|(def, form)| Entry::operator(def, form));
        let functions = self.functions().iter().map(|def| Entry::function(def));
        let aggregates = self.aggregates().iter().map(|def| Entry::aggregate(def));
        let words = WORDS.iter().map(|def| Entry::word(def, EntryKind::Word));
        let fields = FIELDS.iter().map(|def| Entry::word(def, EntryKind::Field));
        let subquery = self.subquery().into_iter().map(|(def, form)| Entry::subquery(def, form));
        let mut all: Vec<Entry> = operators.chain(functions).chain(aggregates).collect();
        all.extend(words.chain(fields).chain(subquery));
        all.sort_by_key(|entry| (entry.group, entry.name.to_lowercase(), entry.kind));
        all
    }
}

impl Group {
    /// All groups, in the order of the reference.
    pub const ALL: [Group; 16] = [
        Group::Parse,
        Group::Condition,
        Group::Field,
        Group::Time,
        Group::Aggregate,
        Group::Table,
        Group::Join,
        Group::Mining,
        Group::Cloud,
        Group::Math,
        Group::Text,
        Group::Date,
        Group::Network,
        Group::Conversion,
        Group::Check,
        Group::Json,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::Parse => "Parsing fields",
            Group::Condition => "Conditions",
            Group::Field => "Fields",
            Group::Time => "Time slices",
            Group::Aggregate => "Aggregates",
            Group::Table => "Sorting and tables",
            Group::Join => "Joins and lookups",
            Group::Mining => "Patterns in logs",
            Group::Cloud => "Sumo Logic's service",
            Group::Math => "Mathematics",
            Group::Text => "Strings",
            Group::Date => "Dates and times",
            Group::Network => "Networks",
            Group::Conversion => "Conversion",
            Group::Check => "Checks",
            Group::Json => "JSON",
        }
    }

    /// Its name in file names.
    pub fn key(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// A type's name.
pub fn kind_name(kind: Type) -> &'static str {
    match kind {
        Type::Any => "any",
        Type::Number => "number",
        Type::Text => "string",
        Type::Bool => "boolean",
        Type::Pattern => "pattern",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_for_people() {
        for (form, shown) in [
            ("'limit' count:integer", "limit COUNT"),
            ("('sort' | 'order') 'by'? key:(('+' | '-')? name:field),+", "(sort | order) [by] [+ | -] NAME, …"),
            ("'parse' pattern:text 'as' (name:field | '(' name:field ')')", "parse \"PATTERN\" as (NAME | (NAME))"),
        ] {
            assert_eq!(Form::read(form).map(|form| written(&form)), Ok(shown.to_string()));
        }
    }
}
