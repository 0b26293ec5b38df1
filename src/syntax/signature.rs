//! What the language offers, as data: how operators, functions and aggregates are written, and their documents and
//! examples. What they do stands beside this in `plan::definitions`, which the parser need not know.

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
pub struct OperatorSignature {
    /// Its name.
    pub name: &'static str,
    /// Where it stands in the reference.
    pub group: Group,
    /// Its syntax, in the notation of [`super::form`].
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
    /// What the checks of whole queries know it by.
    pub role: OperatorRole,
}

/// What an operator does to a query, for checks that see more than one stage and know no operator by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperatorRole {
    /// Nothing that they ask for.
    #[default]
    Other,
    /// It keeps the rows for which its argument `condition` is true.
    Condition,
    /// It gives its argument `name` the value of its argument `value`.
    Assignment,
    /// It gives each message the start of a time slice.
    TimeSlice,
    /// It extracts fields between anchors.
    AnchorParse,
    /// It extracts the named groups of its argument `pattern`, a regular expression.
    RegexParse,
    /// It extracts the values of keys.
    KeyValue,
    /// It extracts every key of a JSON message.
    AutoJson,
    /// It puts the rows of other time ranges beside those of the query's own.
    Compare,
    /// It joins tables that it names.
    Join,
    /// It makes columns of values.
    Transpose,
    /// It hands the rows of a subquery to the query around it.
    Compose,
}

impl OperatorSignature {
    /// What most signatures leave as it is: `OperatorSignature { name: …, ..OperatorSignature::BASE }`.
    pub const BASE: OperatorSignature = OperatorSignature {
        name: "",
        group: Group::Field,
        form: "",
        summary: "",
        doc: "",
        page: "",
        also: &[],
        examples: &[],
        dialect: None,
        role: OperatorRole::Other,
    };
}

/// The subquery: a query in brackets whose rows become a condition of the query around it.
#[derive(Debug)]
pub struct SubquerySignature {
    /// Its name.
    pub name: &'static str,
    /// Where it stands in the reference.
    pub group: Group,
    /// Its syntax, brackets and all, in the notation of [`super::form`].
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
pub struct FunctionSignature {
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
    /// Whether it asks for the query's time range, which must then be known before the query can run.
    pub needs_range: bool,
    /// Whether as a stage it must have `as name`.
    pub alias_needed: bool,
}

/// What is certain of the results of an aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Nothing.
    Any,
    /// They are whole numbers from zero on.
    Count,
    /// They are numbers with decimals in Sumo Logic, even where they have none.
    Decimal,
}

/// An aggregate: `name(field) as alias`, in an aggregate stage.
#[derive(Debug)]
pub struct AggregateSignature {
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
    pub min_args: usize,
    /// The most arguments.
    pub max_args: usize,
    /// What kind of number it gives.
    pub measure: Measure,
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
}
