//! Values of search template parameters, put in place as what they are. Manual page: `search-templates`.
//!
//! What a parameter stands for is told by where it stands: a part of a text or of a name, a number, whole stages. There its
//! value is put as it is. Where an operand of a condition can stand, or the argument of a function, a value that is neither a
//! number nor a field is a text, and the quotes that make it one are added. A type says it for all places.

use super::built_in_fields::BUILT_IN;
use super::definitions::Catalogue;
use super::operands::{Places, Role, is_constant};
use super::{Planner, referenced};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::syntax::lexical::is_word_char;
use crate::syntax::parameters::{Expansion, expand};
use crate::syntax::tree::{Expr, ExprKind};
use crate::syntax::unset_parameters::{Unset, unset};
use crate::syntax::{is_too_long, whole_expression};
use sumoql_data::table_resolver::NoTables;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// A number, and nothing else.
    Number,
    /// A text: quotes are put around it.
    Text,
    /// Any part of a query.
    Any,
    /// A search term, or whatever else its place makes of it.
    Keyword,
}

/// The value of a parameter.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sumoql::{Engine, Input, Parameter};
///
/// let word = Parameter::read("word:string=error")?;
/// let query = Engine::default().prepare_with("* | where _raw matches \"*{{word}}*\" | count", &[word])?;
/// let answer = query.run(Input::lines("error 1\nfine\n"))?;
/// assert_eq!(answer.rows().next().unwrap()["_count"].to_string(), "1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What its value is, if that was said.
    pub kind: Option<DataType>,
    /// The value.
    pub value: String,
}

impl std::fmt::Display for Parameter {
    /// As [`Parameter::read`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            None => "",
            Some(DataType::Number) => ":number",
            Some(DataType::Text) => ":string",
            Some(DataType::Any) => ":any",
            Some(DataType::Keyword) => ":keyword",
        };
        write!(f, "{}{kind}={}", self.name, self.value)
    }
}

impl Parameter {
    /// Reads `NAME=VALUE` or `NAME:TYPE=VALUE`.
    pub fn read(text: &str) -> Result<Parameter, String> {
        let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE or NAME:TYPE=VALUE")?;
        let (name, kind) = match name.rsplit_once(':') {
            Some((name, kind)) => (name, Some(data_type(kind.trim())?)),
            None => (name, None),
        };
        let name = name.trim();
        if name.is_empty() {
            return Err("expected NAME=VALUE or NAME:TYPE=VALUE".into());
        }
        Parameter { name: name.into(), kind, value: String::new() }.with(value)
    }

    /// The same parameter with another value.
    pub fn with(&self, value: &str) -> Result<Parameter, String> {
        let is_number = || {
            let digits = value.trim().trim_start_matches(['-', '+']);
            digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && digits.parse::<f64>().is_ok()
        };
        match self.kind {
            Some(DataType::Number) if !is_number() => {
                Err(format!("the value `{value}` of the parameter `{}` is not a number", self.name))
            }
            _ => Ok(Parameter { value: value.into(), ..self.clone() }),
        }
    }
}

fn data_type(name: &str) -> Result<DataType, String> {
    Ok(match name.to_lowercase().as_str() {
        "number" => DataType::Number,
        "string" => DataType::Text,
        "any" => DataType::Any,
        "keyword" => DataType::Keyword,
        _ => return Err(format!("unknown parameter type `{name}`; expected number, string, any or keyword")),
    })
}

/// How many parameters are looked at one by one, where all at once could not be read.
const MAX_ALONE: usize = 30;

/// How a caller is told to give a parameter: the text for one such as `NAME=VALUE` or `NAME:TYPE=VALUE`.
pub type WriteParameter = fn(&str) -> String;

/// Puts values in place of parameters; the last value given for a name counts, and a parameter without one stays. With it
/// come warnings about values, whose places are those of the text as written.
pub fn with_values(
    text: &str,
    parameters: &[Parameter],
    catalogue: &Catalogue,
    option: WriteParameter,
) -> (Expansion, Vec<Diagnostic>) {
    let value = |name: &str| parameters.iter().rev().find(|parameter| parameter.name == name);
    let raw = |_: Span, name: &str| value(name).map(|parameter| parameter.value.clone());
    let open: Vec<Unset> = unset(text).into_iter().filter(|one| value(&one.name).is_some()).collect();
    if open.is_empty() {
        return (expand(text, raw), Vec::new());
    }
    let plainly = expand(text, raw);
    if is_too_long(&plainly.text) {
        return (plainly, Vec::new());
    }
    let mut places = Places::of(text, catalogue);
    // What could not be read with all parameters in place may be readable with the others' values.
    let plain = |value: &str| value.chars().all(|c| c.is_ascii_digit()) && !value.is_empty();
    let unread = |one: &&Unset| {
        value(&one.name).is_some_and(|parameter| !plain(&parameter.value))
            && places.role(one.place).is_none()
            && !in_quotes(text, one.place.start)
    };
    let left: Vec<Unset> = open.iter().filter(unread).take(MAX_ALONE).cloned().collect();
    for one in left {
        let others = |place: Span, name: &str| match (place == one.place, places.role(place)) {
            (true, _) => None,
            (false, Some(_)) => Some("0".to_string()),
            (false, None) => raw(place, name),
        };
        let alone = expand(text, others);
        let moved = Places::of(&alone.text, catalogue);
        let found = moved.roles.iter().find(|(span, _)| alone.origin(*span) == one.place);
        places.roles.extend(found.map(|(_, role)| (one.place, *role)));
    }
    let operand = |one: &Unset| places.role(one.place).is_some_and(|role| role != Role::Scope);
    let (made, more) = match open.iter().any(operand) {
        true => made(text, &places, &raw, catalogue),
        false => (Vec::new(), false),
    };
    let choice = Choice { text, open: &open, places: &places, catalogue, option, made, more };
    let diagnostic = open.iter().filter_map(|one| choice.diagnostic(value(&one.name)?, one.place)).collect();
    (expand(text, |place, name| value(name).map(|parameter| choice.written(parameter, place))), diagnostic)
}

/// The names, in lower case, that stages make, with the values of all parameters that are no operands; and whether there
/// may be more, which only the data name.
fn made(
    text: &str,
    places: &Places,
    raw: &dyn Fn(Span, &str) -> Option<String>,
    catalogue: &Catalogue,
) -> (Vec<String>, bool) {
    let filled = expand(text, |place, name| match places.role(place) {
        Some(Role::Scope) | None => raw(place, name),
        // Both branches of a choice may be so.
        Some(Role::Value) => Some("null".into()),
        Some(_) => Some("0".into()),
    });
    let (query, _) = crate::syntax::parse(&filled.text, catalogue);
    let mut planner = Planner::new(&filled.text, referenced::names(&query), catalogue, &NoTables);
    planner.stages(&query.stages);
    let stages = &planner.facts.done;
    (stages.iter().flat_map(|stage| stage.makes.iter().cloned()).collect(), stages.iter().any(|stage| stage.bags))
}

/// What decides how a value is written.
struct Choice<'a> {
    text: &'a str,
    open: &'a [Unset],
    places: &'a Places,
    catalogue: &'a Catalogue,
    option: WriteParameter,
    /// The names, in lower case, that stages make.
    made: Vec<String>,
    /// Whether there may be more.
    more: bool,
}

impl Choice<'_> {
    /// A value as it is put in a place.
    fn written(&self, parameter: &Parameter, place: Span) -> String {
        let value = &parameter.value;
        let role = self.places.role(place);
        match (parameter.kind, role) {
            (Some(DataType::Text), Some(_)) => quoted(value),
            (Some(DataType::Text), None) => self.text_within(value, place),
            (Some(DataType::Any | DataType::Number), _) | (_, None | Some(Role::Scope)) => value.clone(),
            (Some(DataType::Keyword) | None, Some(role)) => match self.is_text(value, role, &parameter.name) {
                true => quoted(value),
                false => value.clone(),
            },
        }
    }

    /// Whether a value, whose type nobody has said, is a text where it is an operand.
    fn is_text(&self, value: &str, role: Role, name: &str) -> bool {
        let Some(expr) = whole_expression(value, self.catalogue) else {
            // Patterns and names of tables are read by those who take them.
            if role == Role::Listed && is_list(value, self.catalogue) {
                return false;
            }
            let pattern = value.len() > 1 && value.starts_with('/') && value.ends_with('/');
            return !(pattern && matches!(role, Role::Compared | Role::Value) || value.starts_with("path://"));
        };
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Text(_) => false,
            ExprKind::Negative(inner) if matches!(inner.kind, ExprKind::Number(_)) => false,
            ExprKind::Bool(_) | ExprKind::Null => role != Role::Value,
            ExprKind::Field(field) if self.is_field(&field.key()) => false,
            ExprKind::Field(_) => role != Role::Against || !self.more || self.is_text_elsewhere(name),
            ExprKind::Call { .. } => !self.is_known(&expr),
            ExprKind::Binary { op, .. } if !op.compares() && role == Role::Ordered => {
                // A date such as 2024-05-01 is no subtraction.
                !self.is_known(&expr) || is_arithmetic_of_numbers(&expr)
            }
            _ => true,
        }
    }

    /// What there is to say of a value that could be the name of a field, and is compared with a constant as a text.
    fn diagnostic(&self, parameter: &Parameter, place: Span) -> Option<Diagnostic> {
        let Parameter { name, kind: None, value } = parameter else { return None };
        let named = matches!(whole_expression(value, self.catalogue)?.kind, ExprKind::Field(_));
        let against = self.places.role(place) == Some(Role::Against) && !self.is_text_elsewhere(name);
        if !named || !against || !self.is_text(value, Role::Against, name) {
            return None;
        }
        let message = format!(
            "no stage creates a field `{value}`, so the value of the parameter `{name}` is compared as a \
                     string"
        );
        let option = |kind: &str| (self.option)(&format!("{name}:{kind}={value}"));
        let help = format!("to compare with a field, write `{}`; with a string, `{}`", option("any"), option("string"));
        Some(Diagnostic::warning(&codes::UNKNOWN_FIELD, place, message).help(help))
    }

    fn is_field(&self, key: &str) -> bool {
        self.made.iter().any(|made| made == key) || BUILT_IN.iter().any(|name| name.eq_ignore_ascii_case(key))
    }

    /// Whether all fields and functions of an expression are there.
    fn is_known(&self, expr: &Expr) -> bool {
        let fields = referenced::of(expr).iter().all(|name| self.is_field(&name.to_lowercase()));
        let mut known = true;
        calls(expr, &mut |name| {
            known &= name.eq_ignore_ascii_case("if") || self.catalogue.function(name).is_some();
        });
        fields && known
    }

    /// Whether another place of the parameter can only be that of a text.
    fn is_text_elsewhere(&self, name: &str) -> bool {
        self.open.iter().filter(|one| one.name == name).any(|one| match self.places.role(one.place) {
            Some(role) => matches!(role, Role::Compared | Role::Listed),
            None => in_quotes(self.text, one.place.start),
        })
    }

    /// A text where it is no operand: inside quotes without its own, else with them if it stands alone.
    fn text_within(&self, value: &str, place: Span) -> String {
        if self.places.texts.iter().any(|text| text.start < place.start && place.end < text.end) {
            return escaped(value);
        }
        if in_quotes(self.text, place.start) {
            return value.replace('"', "\\\"");
        }
        let part = |c: char| is_word_char(c) || "./:*?-{}".contains(c);
        let glued = self.text[..place.start].ends_with(part) || self.text[place.end..].starts_with(part);
        if glued { value.into() } else { quoted(value) }
    }
}

/// Whether an odd number of quotes stands before a place.
fn in_quotes(text: &str, at: usize) -> bool {
    let before = &text[..at];
    !(before.matches('"').count() - before.matches("\\\"").count()).is_multiple_of(2)
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r")
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", escaped(value))
}

/// Whether a value is several texts in quotes, or numbers, with commas between them.
fn is_list(value: &str, catalogue: &Catalogue) -> bool {
    let list = whole_expression(&format!("x in ({value})"), catalogue).map(|expr| expr.kind);
    matches!(list, Some(ExprKind::In { list, .. }) if list.iter().all(is_constant))
}

/// Hands over the names of all functions that an expression calls.
fn calls(expr: &Expr, each: &mut dyn FnMut(&str)) {
    expr.walk(&mut |expr| {
        if let ExprKind::Call { name, .. } = &expr.kind {
            each(&name.text);
        }
    });
}

/// Whether an expression has neither fields nor calls.
fn is_arithmetic_of_numbers(expr: &Expr) -> bool {
    let mut calls_any = false;
    calls(expr, &mut |_| calls_any = true);
    !calls_any && referenced::of(expr).is_empty()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn expanded(query: &str, values: &[&str]) -> String {
        let parameters: Vec<_> = values.iter().map(|value| Parameter::read(value).unwrap()).collect();
        with_values(query, &parameters, &crate::catalogue(), str::to_string).0.text
    }

    #[test]
    fn a_value_is_a_text_where_one_can_stand() {
        for (query, value, expected) in [
            ("* | where user matches {{p}}", "joeX", "* | where user matches \"joeX\""),
            ("* | where user matches {{p}}", "*", "* | where user matches \"*\""),
            ("* | where user matches {{p}}", "\"a*\"", "* | where user matches \"a*\""),
            ("* | where user matches {{p}}", "/a|b/", "* | where user matches /a|b/"),
            ("* | where user = {{p}}", "New York", "* | where user = \"New York\""),
            ("* | where user = {{ p }}", "a\"b\\c", "* | where user = \"a\\\"b\\\\c\""),
            ("* | where user = {{{p}}}", "10.0.0.1", "* | where user = \"10.0.0.1\""),
            ("* | where user = {{p}}", "2024-05-01", "* | where user = \"2024-05-01\""),
            ("* | where user = {{p}}", "", "* | where user = \"\""),
            ("* | where n > {{p}}", "8", "* | where n > 8"),
            ("* | where n = {{p}}", "-1.5", "* | where n = -1.5"),
            ("* | where user in ({{p}}, \"b\")", "a", "* | where user in (\"a\", \"b\")"),
            ("* | where user in ({{p}})", "\"a\", \"b\"", "* | where user in (\"a\", \"b\")"),
            ("* | where user in ({{p}})", "a, b", "* | where user in (\"a, b\")"),
            ("* | concat({{p}}, user) as x", "a b", "* | concat(\"a b\", user) as x"),
            ("* | {{p}} as x", "a b", "* | \"a b\" as x"),
            ("* | substring(user, {{p}}) as x", "2", "* | substring(user, 2) as x"),
            ("* | where _messageTime > {{p}}", "now() - 5", "* | where _messageTime > now() - 5"),
            ("* | where x = toLowerCase({{p}})", "Ann", "* | where x = toLowerCase(\"Ann\")"),
            // A field that a stage makes, or that every message has.
            ("* | parse \"a=* b=*\" as a, b | where a = {{p}}", "B", "* | parse \"a=* b=*\" as a, b | where a = B"),
            ("* | where a = {{p}}", "_sourceHost", "* | where a = _sourceHost"),
            // What is compared with a constant is a field where only the data name them, but if it is a text elsewhere.
            ("* | where {{p}} = \"x\"", "user", "* | where \"user\" = \"x\""),
            ("* | json auto | where {{p}} = \"x\"", "user", "* | json auto | where user = \"x\""),
            ("* | where {{p}} = \"*\"", "*", "* | where \"*\" = \"*\""),
            ("* | where {{p}} = \"*\" or user = {{p}}", "ann", "* | where \"ann\" = \"*\" or user = \"ann\""),
            // Elsewhere the value stands as it is.
            ("* | where user matches \"{{p}}\"", "a b", "* | where user matches \"a b\""),
            ("* | where {{p}}", "a = 1", "* | where a = 1"),
            ("* | where n + {{p}} > 1", "m", "* | where n + m > 1"),
            ("* | count by {{p}}", "user", "* | count by user"),
            ("{{p}} | count", "a b", "a b | count"),
            ("_sourceCategory={{p}}", "prod/*", "_sourceCategory=prod/*"),
            // Another parameter that stands for more than an operand.
            ("* | where user {{op}} {{p}}", "New York", "* | where user = \"New York\""),
        ] {
            let given = [format!("p={value}"), "op==".to_string()];
            assert_eq!(expanded(query, &[&given[0], &given[1]]), expected, "{query} {value}");
        }
    }

    #[test]
    fn a_type_says_what_a_value_is() {
        for (query, value, expected) in [
            ("{{p}} | count", "p:string=system errors", "\"system errors\" | count"),
            ("{{p}} | count", "p:keyword=error", "error | count"),
            ("_sourceCategory={{p}} x", "p:string=a b", "_sourceCategory=\"a b\" x"),
            ("* | where n = {{p}}", "p:string=8", "* | where n = \"8\""),
            ("* | where n = {{p}}", "p:any=lower(m)", "* | where n = lower(m)"),
            ("* | where n = {{p}}", "p:any=new york", "* | where n = new york"),
            ("* | where n = {{p}}", "p:String=_sourceHost", "* | where n = \"_sourceHost\""),
            ("* | where n = {{p}}", "p:keyword=error", "* | where n = \"error\""),
            ("* | where n = \"{{p}}\"", "p:string=a\"b\\", "* | where n = \"a\\\"b\\\\\""),
            ("* | parse \"{{p}}=*\" as x", "p:string=a\"", "* | parse \"a\\\"=*\" as x"),
            ("* | parse {{p}} as x", "p:string=a=*", "* | parse \"a=*\" as x"),
            ("_sourceName=/a/{{p}}/b", "p:string=c", "_sourceName=/a/c/b"),
            ("* | timeslice {{p}}m", "p:number=5", "* | timeslice 5m"),
        ] {
            assert_eq!(expanded(query, &[value]), expected, "{query} {value}");
        }
        for wrong in ["p:number=five", "p:number=", "p:nmber=5", "p", "=5", ":string=5"] {
            assert!(Parameter::read(wrong).is_err(), "{wrong}");
        }
    }
}
