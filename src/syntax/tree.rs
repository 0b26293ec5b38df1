//! The tree of a query. Every node knows its place in the text.

use crate::diagnostics::Span;
use crate::syntax::signature::AggregateSignature;
use crate::syntax::signature::{OperatorRole, OperatorSignature};

/// A whole query: what stands before the first `|`, and the stages after it.
#[derive(Clone, Debug)]
pub struct Query {
    /// The scope.
    pub search: Search,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// The whole text.
    pub span: Span,
}

/// A search expression (the scope of a query).
#[derive(Clone, Debug)]
pub struct Search {
    /// What it is.
    pub kind: SearchKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of search expression.
#[derive(Clone, Debug)]
pub enum SearchKind {
    /// `*`, or nothing at all.
    All,
    /// `error`, `err*`, `10.1.1.12`: one unquoted word as written.
    Word(String),
    /// `"connection refused"`.
    Phrase(Text),
    /// `_sourceCategory=prod/*`, `status!=200`.
    Pair {
        /// The metadata field.
        name: Name,
        /// Written with `!=`.
        negated: bool,
        /// What it is compared with.
        value: PairValue,
    },
    /// A condition that is a function call: `isEmpty(Image)`.
    Test(Box<Expr>),
    /// `[subquery: … | compose f]`.
    Subquery(Box<Subquery>),
    /// `a b`, `a AND b`.
    And(Vec<Search>),
    /// `a OR b`.
    Or(Vec<Search>),
    /// `NOT a`, `!a`.
    Not(Box<Search>),
}

/// A subquery: a query of its own whose rows become a condition.
#[derive(Clone, Debug)]
pub struct Subquery {
    /// What stands in the brackets, by the catalogue's form.
    pub args: Args,
    /// With the brackets.
    pub span: Span,
}

impl Subquery {
    /// The query.
    pub fn query(&self) -> Option<&Query> {
        self.args.0.iter().find_map(|arg| match &arg.value {
            ArgValue::Query(query) => Some(&**query),
            _ => None,
        })
    }
}

/// The right side of a metadata pair.
#[derive(Clone, Debug)]
pub enum PairValue {
    /// Unquoted: `*` and `?` are wildcards.
    Word(String),
    /// Quoted: every character stands for itself.
    Text(Text),
}

/// A stage between two pipes.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What it is.
    pub kind: StageKind,
    /// Where it stands, without the pipe.
    pub span: Span,
}

impl Stage {
    /// Whether it is nothing but the name of an operator with this role.
    pub fn has_no_arguments(&self, role: OperatorRole) -> bool {
        match &self.kind {
            StageKind::Operator { def, args } => {
                let of_name = |arg: &Arg| matches!(arg.value, ArgValue::Word(word) if def.name.split(' ').any(|part| part == word));
                def.role == role && args.0.iter().all(of_name)
            }
            _ => false,
        }
    }
}

/// The kinds of stage.
#[derive(Clone, Debug)]
pub enum StageKind {
    /// An operator of the catalogue with its arguments.
    Operator {
        /// Its definition.
        def: &'static OperatorSignature,
        /// What was written after the name.
        args: Args,
    },
    /// `count, sum(x) as s by y`.
    Aggregate {
        /// The aggregates, in order.
        items: Vec<AggregateItem>,
        /// The fields after `by`.
        by: Vec<Name>,
    },
    /// `expression as name`, or a function over one field that it rewrites.
    Expression {
        /// The expression.
        value: Expr,
        /// The name after `as`.
        alias: Option<Name>,
    },
    /// A template parameter without a value whose value is one or more stages, or the beginning of this one.
    Parameter(String),
    /// Could not be read; a diagnostic says why.
    Broken,
}

/// One aggregate of an aggregate stage.
#[derive(Clone, Debug)]
pub struct AggregateItem {
    /// Its definition.
    pub def: &'static AggregateSignature,
    /// The name as written.
    pub name: Name,
    /// The arguments; empty for `count` and `count(*)`.
    pub args: Vec<Expr>,
    /// The name after `as`.
    pub alias: Option<Name>,
    /// The whole item.
    pub span: Span,
}

/// A field name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name itself, without escapes.
    pub text: String,
    /// Where it stands, with escapes.
    pub span: Span,
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl Name {
    /// The form by which names are compared: letter case does not count.
    pub fn key(&self) -> String {
        self.text.to_lowercase()
    }

    /// The template parameter left in the name, if any.
    pub fn parameter(&self) -> bool {
        self.text.contains("{{")
    }
}

/// A quoted text, as written between the quotes.
///
/// What a backslash means depends on what the text is used for, so it is kept raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Between the quotes, escapes untouched.
    pub raw: String,
    /// With the quotes.
    pub span: Span,
}

impl Text {
    /// The value of an ordinary string: `\"` `\\` `\n` `\t` `\r`; any other pair stays as it is.
    pub fn value(&self) -> String {
        self.cook(|escaped| match escaped {
            '"' => Some('"'),
            '\\' => Some('\\'),
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            _ => None,
        })
    }

    /// The value of a regular expression: only `\"` is special, the rest belongs to the regex.
    pub fn regex(&self) -> String {
        self.cook(|escaped| (escaped == '"').then_some('"'))
    }

    fn cook(&self, meaning: impl Fn(char) -> Option<char>) -> String {
        let mut out = String::with_capacity(self.raw.len());
        let mut chars = self.raw.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some(escaped) => match meaning(escaped) {
                    Some(plain) => out.push(plain),
                    None => out.extend(['\\', escaped]),
                },
                None => out.push('\\'),
            }
        }
        out
    }
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// `12`, `1.5Ki`, `10m`: the value with its unit applied.
    Number(f64),
    /// `"text"`.
    Text(Text),
    /// `/regex/`, where a pattern can stand.
    Regex(String),
    /// `path://"table"`, where the name of a table can stand.
    Path(String),
    /// A field.
    Field(Name),
    /// `f(a, b)`.
    Call {
        /// The function's name as written.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `!a`, `not a`.
    Not(Box<Expr>),
    /// `-a`.
    Negative(Box<Expr>),
    /// `a + b`, `a = b` …
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left side.
        left: Box<Expr>,
        /// The right side.
        right: Box<Expr>,
    },
    /// `a and b and c`.
    And(Vec<Expr>),
    /// `a or b or c`.
    Or(Vec<Expr>),
    /// `c ? a : b`.
    If {
        /// The condition.
        condition: Box<Expr>,
        /// The value when it holds.
        then: Box<Expr>,
        /// The value when it does not.
        otherwise: Box<Expr>,
    },
    /// `x in (1, 2)`.
    In {
        /// The value looked for.
        value: Box<Expr>,
        /// The list.
        list: Vec<Expr>,
        /// `not in`.
        negated: bool,
    },
    /// `x matches "a*"`, `x matches /a|b/`.
    Matches {
        /// The value.
        value: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// `not matches`.
        negated: bool,
    },
    /// `[subquery: … | compose f]`.
    Subquery(Box<Subquery>),
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl BinaryOp {
    /// Whether the result is true or false.
    pub fn compares(self) -> bool {
        !matches!(
            self,
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder
        )
    }

    /// The canonical sign.
    pub fn sign(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Remainder => "%",
            BinaryOp::Equal => "=",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterEqual => ">=",
        }
    }
}

/// What was written after an operator's name, in order: one shape for all operators, so that formatting, completion
/// and highlighting can walk any of them without knowing it.
#[derive(Clone, Debug, Default)]
pub struct Args(pub Vec<Arg>);

/// One piece of an operator's arguments.
#[derive(Clone, Debug)]
pub struct Arg {
    /// The label that the operator's form gives it; empty when it gives none.
    pub label: &'static str,
    /// The piece.
    pub value: ArgValue,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of argument.
#[derive(Clone, Debug)]
pub enum ArgValue {
    /// A keyword or sign of the form, in the form's spelling.
    Word(&'static str),
    /// A field name.
    Field(Name),
    /// An expression.
    Expr(Expr),
    /// A quoted text.
    Text(Text),
    /// `/regex/`.
    Regex(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// `5m`, `1 h`: milliseconds.
    Interval(i64),
    /// One character between single quotes.
    Char(char),
    /// An unquoted path: `shared/dir/table`, `geo://location`.
    Path(String),
    /// A moment in brackets, as written: `-15m`, `2024/05/01 12:00`.
    Moment(String),
    /// A labelled group of the form.
    Group(Args),
    /// A pipeline inside parentheses.
    Pipeline(Vec<Stage>),
    /// A whole query inside brackets.
    Query(Box<Query>),
    /// A template parameter in the place of any of these.
    Parameter(String),
}

impl Args {
    /// The pieces with this label.
    pub fn all<'a>(&'a self, label: &'a str) -> impl Iterator<Item = &'a Arg> + 'a {
        self.0.iter().filter(move |arg| arg.label == label)
    }

    /// The first piece with this label.
    pub fn get(&self, label: &str) -> Option<&Arg> {
        self.0.iter().find(|arg| arg.label == label)
    }

    /// Whether a keyword of the form was written.
    pub fn has(&self, word: &str) -> bool {
        self.0.iter().any(|arg| matches!(arg.value, ArgValue::Word(w) if w == word))
    }

    /// The field with this label.
    pub fn field(&self, label: &str) -> Option<&Name> {
        self.get(label).and_then(Arg::as_field)
    }

    /// All fields with this label.
    pub fn fields(&self, label: &str) -> Vec<&Name> {
        self.0.iter().filter(|arg| arg.label == label).filter_map(Arg::as_field).collect()
    }

    /// The quoted text with this label.
    pub fn text(&self, label: &str) -> Option<&Text> {
        self.get(label).and_then(Arg::as_text)
    }

    /// The expression with this label.
    pub fn expr(&self, label: &str) -> Option<&Expr> {
        self.get(label).and_then(|arg| match &arg.value {
            ArgValue::Expr(expr) => Some(expr),
            _ => None,
        })
    }

    /// The whole number with this label.
    pub fn integer(&self, label: &str) -> Option<i64> {
        self.get(label).and_then(|arg| match arg.value {
            ArgValue::Integer(n) => Some(n),
            _ => None,
        })
    }

    /// The groups with this label.
    pub fn groups(&self, label: &str) -> Vec<(&Args, Span)> {
        self.0
            .iter()
            .filter(|arg| arg.label == label)
            .filter_map(|arg| match &arg.value {
                ArgValue::Group(args) => Some((args, arg.span)),
                _ => None,
            })
            .collect()
    }
}

impl Arg {
    /// The field, if it is one.
    pub fn as_field(&self) -> Option<&Name> {
        match &self.value {
            ArgValue::Field(name) => Some(name),
            _ => None,
        }
    }

    /// The quoted text, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.value {
            ArgValue::Text(text) => Some(text),
            _ => None,
        }
    }
}
