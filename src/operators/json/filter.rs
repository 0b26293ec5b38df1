//! Conditions in JSON paths: `?(@.a == 'x' && @.n > 1)`, `?(@.a)`, `?(!@.a)`, `?(@.a =~ /x/i)`.

use super::path::{Reader, Step};
use super::select::select;
use crate::run::json::text;
use std::borrow::Cow;
use std::cmp::Ordering;
use sumoql_data::value::parse_number;
use sumoql_java::regex::Pattern;
use sumoql_java::regex::effort::Watch;

/// A condition on an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All hold.
    All(Vec<Filter>),
    /// One holds.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The path leads somewhere.
    Exists(Vec<Step>),
    /// The two sides compare like this.
    Compare(Operand, Sign, Operand),
    /// The regular expression occurs in the text.
    Regex(Vec<Step>, Regex),
}

/// A side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// What a path from the item leads to.
    Path(Vec<Step>),
    /// A value, as JSON.
    Value(String),
}

/// How two sides compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Sign {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

const SIGNS: &[(&str, Sign)] = &[
    ("==", Sign::Equal),
    ("!=", Sign::NotEqual),
    ("<=", Sign::LessEqual),
    (">=", Sign::GreaterEqual),
    ("<", Sign::Less),
    (">", Sign::Greater),
];

/// A compiled pattern; compared and shown by what was written.
#[derive(Clone)]
pub struct Regex(String, std::sync::Arc<Pattern>);

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl std::fmt::Debug for Regex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}/", self.0)
    }
}

/// Reads a condition after its question mark.
pub(super) fn condition(reader: &mut Reader<'_>) -> Result<Filter, String> {
    if !reader.eat("(") {
        return Err("put the condition of this path in parentheses: `[?(…)]`".into());
    }
    let filter = any(reader, 0)?;
    if reader.eat(")") { Ok(filter) } else { Err(format!("expected `)` before `{}` in this path", reader.rest)) }
}

fn any(reader: &mut Reader<'_>, depth: usize) -> Result<Filter, String> {
    let mut terms = vec![all(reader, depth)?];
    while reader.eat("||") {
        terms.push(all(reader, depth)?);
    }
    Ok(if terms.len() == 1 { terms.remove(0) } else { Filter::Any(terms) })
}

fn all(reader: &mut Reader<'_>, depth: usize) -> Result<Filter, String> {
    let mut terms = vec![one(reader, depth)?];
    while reader.eat("&&") {
        terms.push(one(reader, depth)?);
    }
    Ok(if terms.len() == 1 { terms.remove(0) } else { Filter::All(terms) })
}

fn one(reader: &mut Reader<'_>, depth: usize) -> Result<Filter, String> {
    if depth > 50 {
        return Err("the condition in this path is nested too deeply".into());
    }
    if reader.eat("!") {
        return Ok(Filter::Not(Box::new(one(reader, depth + 1)?)));
    }
    if reader.eat("(") {
        let inner = any(reader, depth + 1)?;
        return if reader.eat(")") { Ok(inner) } else { Err("unclosed bracket in this path".into()) };
    }
    let left = operand(reader)?;
    if reader.eat("=~") {
        return match left {
            Operand::Path(steps) => Ok(Filter::Regex(steps, regex(reader)?)),
            Operand::Value(_) => Err("`=~` needs a path on its left side".into()),
        };
    }
    for (text, sign) in SIGNS {
        if reader.eat(text) {
            return Ok(Filter::Compare(left, *sign, operand(reader)?));
        }
    }
    match left {
        Operand::Path(steps) => Ok(Filter::Exists(steps)),
        Operand::Value(_) => Err("expected a comparison in the condition of this path".into()),
    }
}

fn operand(reader: &mut Reader<'_>) -> Result<Operand, String> {
    if reader.eat("@") {
        return Ok(Operand::Path(reader.steps(|c| !c.is_alphanumeric() && !"_$-*".contains(c))?));
    }
    let rest = reader.rest.trim_start();
    if rest.starts_with(['\'', '"']) {
        return Ok(Operand::Value(serde_json::Value::from(reader.quoted()?).to_string()));
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
    let word = &rest[..end];
    match matches!(word, "true" | "false" | "null") || parse_number(word).is_some() {
        true => {
            reader.rest = &rest[end..];
            Ok(Operand::Value(word.to_string()))
        }
        false => Err(format!("unexpected `{rest}` in the condition of this path")),
    }
}

fn regex(reader: &mut Reader<'_>) -> Result<Regex, String> {
    let unclosed = || "expected a regular expression between slashes after `=~` in this path".to_string();
    let body = reader.rest.trim_start().strip_prefix('/').ok_or_else(unclosed)?;
    let end = body.find('/').ok_or_else(unclosed)?;
    reader.rest = &body[end + 1..];
    let text = if reader.eat("i") { format!("(?i){}", &body[..end]) } else { body[..end].to_string() };
    let pattern = Pattern::new(&text)?;
    Ok(Regex(text, std::sync::Arc::new(pattern)))
}

impl Filter {
    /// Whether the condition holds for an item.
    pub fn holds(&self, item: &str, watch: &Watch) -> bool {
        match self {
            Filter::All(terms) => terms.iter().all(|term| term.holds(item, watch)),
            Filter::Any(terms) => terms.iter().any(|term| term.holds(item, watch)),
            Filter::Not(inner) => !inner.holds(item, watch),
            Filter::Exists(steps) => first(steps, item, watch).is_some(),
            Filter::Compare(left, sign, right) => match (left.of(item, watch), right.of(item, watch)) {
                (Some(left), Some(right)) => compare(&left, *sign, &right),
                _ => *sign == Sign::NotEqual,
            },
            Filter::Regex(steps, regex) => first(steps, item, watch)
                .is_some_and(|raw| string(&raw).is_some_and(|text| regex.1.is_match(&text, watch))),
        }
    }
}

impl Operand {
    fn of<'t>(&'t self, item: &'t str, watch: &Watch) -> Option<Cow<'t, str>> {
        match self {
            Operand::Path(steps) => first(steps, item, watch),
            Operand::Value(raw) => Some(Cow::Borrowed(raw)),
        }
    }
}

fn first<'t>(steps: &[Step], item: &'t str, watch: &Watch) -> Option<Cow<'t, str>> {
    let mut found = Vec::new();
    select(steps, item, watch, &mut found);
    found.into_iter().next()
}

/// What a JSON value says if it is a string.
fn string(raw: &str) -> Option<Cow<'_, str>> {
    raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).map(text::unescaped)
}

fn compare(left: &str, sign: Sign, right: &str) -> bool {
    let order = match (string(left), string(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        (None, None) => match (parse_number(left), parse_number(right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => (text::compact(left) == text::compact(right)).then_some(Ordering::Equal),
        },
        _ => None,
    };
    match sign {
        Sign::Equal => order.is_some_and(|order| order.is_eq()),
        Sign::NotEqual => !order.is_some_and(|order| order.is_eq()),
        Sign::Less => order.is_some_and(|order| order.is_lt()),
        Sign::LessEqual => order.is_some_and(|order| order.is_le()),
        Sign::Greater => order.is_some_and(|order| order.is_gt()),
        Sign::GreaterEqual => order.is_some_and(|order| order.is_ge()),
    }
}
