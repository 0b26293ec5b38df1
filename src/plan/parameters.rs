//! Values of search template parameters, put in place as what they are. Manual page: `search-templates`.
//!
//! What a parameter stands for is told by where it stands: a part of a text or of a name, a number, whole stages. There its
//! value is put as it is. Where an operand of a condition can stand, or the argument of a function, a value that is neither a
//! number nor a field is a text, and the quotes that make it one are added. A type says it for all places.

use super::fields::BUILT_IN;
use super::stand_in::{Unset, unset};
use super::{Planner, mentioned};
use crate::catalogue::{Catalogue, Type};
use crate::diagnostics::Span;
use crate::run::tables::NoTables;
use crate::syntax::expression::expression;
use crate::syntax::lexical::{self, Cx, Quotes, is_word_char, parameter_end};
use crate::syntax::template::{Expansion, expand};
use crate::syntax::tree::{Arg, ArgValue, Expr, ExprKind, PairValue, Query, Search, SearchKind, Stage, StageKind};

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
        let (name, value) = text.split_once('=').ok_or("this must be NAME=VALUE or NAME:TYPE=VALUE")?;
        let (name, kind) = match name.rsplit_once(':') {
            Some((name, kind)) => (name, Some(data_type(kind.trim())?)),
            None => (name, None),
        };
        let name = name.trim();
        if name.is_empty() {
            return Err("this must be NAME=VALUE or NAME:TYPE=VALUE".into());
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
                Err(format!("the value `{value}` of the parameter `{}` is no number", self.name))
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
        _ => return Err(format!("a parameter has no type `{name}`; types are number, string, any and keyword")),
    })
}

/// How a parameter stands where it is all of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Compared with something, or looked for.
    Compared,
    /// Before or behind `<` and its like.
    Ordered,
    /// Compared with a constant: likely a field.
    Against,
    /// The argument of a function, or a result.
    Value,
    /// A word of the scope, or what a metadata field is compared with.
    Scope,
}

/// What the tree of a query says of places.
#[derive(Default)]
struct Places {
    /// Operands that are nothing but a parameter.
    roles: Vec<(Span, Role)>,
    /// Quoted texts in which a backslash must be doubled.
    texts: Vec<Span>,
}

/// How many parameters are looked at one by one, where all at once could not be read.
const MOST_ALONE: usize = 30;

/// Puts values in place of parameters; the last value given for a name counts, and a parameter without one stays.
pub fn with_values(text: &str, parameters: &[Parameter], catalogue: &Catalogue) -> Expansion {
    let value = |name: &str| parameters.iter().rev().find(|parameter| parameter.name == name);
    let raw = |_: Span, name: &str| value(name).map(|parameter| parameter.value.clone());
    let open: Vec<Unset> = unset(text).into_iter().filter(|one| value(&one.name).is_some()).collect();
    if open.is_empty() {
        return expand(text, raw);
    }
    let mut places = Places::of(text, catalogue);
    // What could not be read with all parameters in place may be readable with the others' values.
    let plain = |value: &str| value.chars().all(|c| c.is_ascii_digit()) && !value.is_empty();
    let unread = |one: &&Unset| {
        value(&one.name).is_some_and(|parameter| !plain(&parameter.value))
            && places.role(one.place).is_none()
            && !in_quotes(text, one.place.start)
    };
    let left: Vec<Unset> = open.iter().filter(unread).take(MOST_ALONE).cloned().collect();
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
    let made = if open.iter().any(operand) { made(text, &places, &raw, catalogue) } else { Vec::new() };
    let choice = Choice { text, open: &open, places: &places, catalogue, made };
    expand(text, |place, name| value(name).map(|parameter| choice.written(parameter, place)))
}

/// The names, in lower case, that stages make, with the values of all parameters that are no operands.
fn made(text: &str, places: &Places, raw: &dyn Fn(Span, &str) -> Option<String>, catalogue: &Catalogue) -> Vec<String> {
    let filled = expand(text, |place, name| match places.role(place) {
        Some(Role::Scope) | None => raw(place, name),
        Some(_) => Some("0".into()),
    });
    let (query, _) = crate::syntax::parse(&filled.text, catalogue);
    let mut planner = Planner::new(&filled.text, mentioned::names(&query), catalogue, &NoTables);
    planner.stages(&query.stages);
    planner.facts.done.iter().flat_map(|stage| stage.makes.iter().cloned()).collect()
}

/// What decides how a value is written.
struct Choice<'a> {
    text: &'a str,
    open: &'a [Unset],
    places: &'a Places,
    catalogue: &'a Catalogue,
    /// The names, in lower case, that stages make.
    made: Vec<String>,
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
        let Some(expr) = whole(value, self.catalogue) else {
            // Patterns and names of tables are read by those who take them.
            let pattern = value.len() > 1 && value.starts_with('/') && value.ends_with('/');
            return !(pattern && matches!(role, Role::Compared | Role::Value) || value.starts_with("path://"));
        };
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Text(_) => false,
            ExprKind::Negative(inner) if matches!(inner.kind, ExprKind::Number(_)) => false,
            ExprKind::Bool(_) | ExprKind::Null => role != Role::Value,
            ExprKind::Field(field) if self.is_field(&field.key()) => false,
            ExprKind::Field(_) => role != Role::Against || self.is_text_elsewhere(name),
            ExprKind::Call { .. } => !self.is_known(&expr),
            ExprKind::Binary { op, .. } if !op.compares() && role == Role::Ordered => {
                !self.is_known(&expr) || mentioned::of(&expr).is_empty()
            }
            _ => true,
        }
    }

    fn is_field(&self, key: &str) -> bool {
        self.made.iter().any(|made| made == key) || BUILT_IN.iter().any(|name| name.eq_ignore_ascii_case(key))
    }

    /// Whether all fields and functions of an expression are there.
    fn is_known(&self, expr: &Expr) -> bool {
        let fields = mentioned::of(expr).iter().all(|name| self.is_field(&name.to_lowercase()));
        let mut known = true;
        calls(expr, &mut |name| {
            known &= name.eq_ignore_ascii_case("if") || self.catalogue.function(name).is_some();
        });
        fields && known
    }

    /// Whether another place of the parameter can only be that of a text.
    fn is_text_elsewhere(&self, name: &str) -> bool {
        self.open.iter().filter(|one| one.name == name).any(|one| match self.places.role(one.place) {
            Some(role) => role == Role::Compared,
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

/// A value that is, as a whole, an expression.
fn whole(value: &str, catalogue: &Catalogue) -> Option<Expr> {
    let cx = Cx::new(value, catalogue, Quotes::Plain);
    let (rest, expr) = expression(&cx, value).ok()?;
    lexical::blank(rest).is_empty().then_some(expr)
}

/// Hands over the names of all functions that an expression calls.
fn calls(expr: &Expr, each: &mut dyn FnMut(&str)) {
    if let ExprKind::Call { name, .. } = &expr.kind {
        each(&name.text);
    }
    parts(expr).into_iter().for_each(|part| calls(part, each));
}

/// The expressions that one is made of.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Call { args, .. } | ExprKind::And(args) | ExprKind::Or(args) => args.iter().collect(),
        ExprKind::Not(inner) | ExprKind::Negative(inner) => vec![inner],
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::If { condition, then, otherwise } => vec![condition, then, otherwise],
        ExprKind::In { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
        ExprKind::Matches { value, pattern, .. } => vec![value, pattern],
        _ => Vec::new(),
    }
}

/// Whether an expression is a constant as written.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Text(text) => !text.raw.contains("{{"),
        ExprKind::Number(_) | ExprKind::Regex(_) | ExprKind::Bool(_) | ExprKind::Null => true,
        ExprKind::Negative(inner) => is_constant(inner),
        _ => false,
    }
}

impl Places {
    fn of(text: &str, catalogue: &Catalogue) -> Places {
        let (query, _) = crate::syntax::parse(text, catalogue);
        let mut places = Places::default();
        places.query(&query, catalogue);
        places
    }

    /// How a parameter stands in a place.
    fn role(&self, place: Span) -> Option<Role> {
        self.roles.iter().find(|(span, _)| *span == place).map(|(_, role)| *role)
    }

    fn query(&mut self, query: &Query, catalogue: &Catalogue) {
        self.search(&query.search, catalogue);
        query.stages.iter().for_each(|stage| self.stage(stage, catalogue));
    }

    fn search(&mut self, search: &Search, catalogue: &Catalogue) {
        match &search.kind {
            SearchKind::Word(word) if is_parameter(word) => self.roles.push((search.span, Role::Scope)),
            SearchKind::Phrase(text) => self.texts.push(text.span),
            SearchKind::Pair { value: PairValue::Word(word), .. } if is_parameter(word) => {
                // The value is the end of the pair.
                let span = Span::new(search.span.end - word.len(), search.span.end);
                self.roles.push((span, Role::Scope));
            }
            SearchKind::Pair { value: PairValue::Text(text), .. } => self.texts.push(text.span),
            SearchKind::Test(condition) => self.expr(condition, None, catalogue),
            SearchKind::Subquery(subquery) => self.args(&subquery.args.0, catalogue),
            SearchKind::And(terms) | SearchKind::Or(terms) => {
                terms.iter().for_each(|term| self.search(term, catalogue));
            }
            SearchKind::Not(inner) => self.search(inner, catalogue),
            _ => {}
        }
    }

    fn stage(&mut self, stage: &Stage, catalogue: &Catalogue) {
        match &stage.kind {
            StageKind::Operator { args, .. } => self.args(&args.0, catalogue),
            StageKind::Aggregate { items, .. } => {
                items.iter().flat_map(|item| &item.args).for_each(|arg| self.expr(arg, None, catalogue));
            }
            StageKind::Expression { value, alias } => {
                self.expr(value, alias.as_ref().map(|_| Role::Value), catalogue);
            }
            StageKind::Parameter(_) | StageKind::Broken => {}
        }
    }

    fn args(&mut self, args: &[Arg], catalogue: &Catalogue) {
        for arg in args {
            match &arg.value {
                ArgValue::Expr(expr) => self.expr(expr, None, catalogue),
                ArgValue::Group(args) => self.args(&args.0, catalogue),
                ArgValue::Pipeline(stages) => stages.iter().for_each(|stage| self.stage(stage, catalogue)),
                ArgValue::Query(query) => self.query(query, catalogue),
                _ => {}
            }
        }
    }

    fn expr(&mut self, expr: &Expr, role: Option<Role>, catalogue: &Catalogue) {
        let against = |other: &Expr, role: Role| Some(if is_constant(other) { Role::Against } else { role });
        match &expr.kind {
            ExprKind::Field(name) if is_parameter(&name.text) && expr.span.end - expr.span.start == name.text.len() => {
                self.roles.extend(role.map(|role| (expr.span, role)));
            }
            ExprKind::Text(text) => self.texts.push(text.span),
            ExprKind::Binary { op, left, right } if op.compares() => {
                let equality = matches!(op.sign(), "=" | "!=");
                let role = if equality { Role::Compared } else { Role::Ordered };
                self.expr(left, against(right, role), catalogue);
                self.expr(right, against(left, role), catalogue);
            }
            ExprKind::Matches { value, pattern, .. } => {
                self.expr(value, against(pattern, Role::Compared), catalogue);
                self.expr(pattern, Some(Role::Compared), catalogue);
            }
            ExprKind::In { value, list, .. } => {
                let constants = list.iter().all(is_constant);
                self.expr(value, Some(if constants { Role::Against } else { Role::Compared }), catalogue);
                list.iter().for_each(|item| self.expr(item, Some(Role::Compared), catalogue));
            }
            ExprKind::If { condition, then, otherwise } => {
                self.expr(condition, None, catalogue);
                [then, otherwise].into_iter().for_each(|part| self.expr(part, Some(Role::Value), catalogue));
            }
            ExprKind::Call { name, args } => {
                let def = catalogue.function(&name.text);
                let is_if = name.text.eq_ignore_ascii_case("if");
                for (at, arg) in args.iter().enumerate() {
                    let kind = def.and_then(|def| def.params.get(at).or(def.params.last())).map(|param| param.kind);
                    let text = match kind {
                        Some(kind) => !matches!(kind, Type::Bool | Type::Number),
                        None => is_if && at > 0,
                    };
                    self.expr(arg, text.then_some(Role::Value), catalogue);
                }
            }
            ExprKind::Subquery(subquery) => self.args(&subquery.args.0, catalogue),
            _ => parts(expr).into_iter().for_each(|part| self.expr(part, None, catalogue)),
        }
    }
}

/// Whether a word is a parameter and nothing else.
fn is_parameter(word: &str) -> bool {
    parameter_end(word).is_some_and(str::is_empty)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn expanded(query: &str, values: &[&str]) -> String {
        let parameters: Vec<_> = values.iter().map(|value| Parameter::read(value).unwrap()).collect();
        with_values(query, &parameters, &crate::catalogue()).text
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
            ("* | concat({{p}}, user) as x", "a b", "* | concat(\"a b\", user) as x"),
            ("* | {{p}} as x", "a b", "* | \"a b\" as x"),
            ("* | substring(user, {{p}}) as x", "2", "* | substring(user, 2) as x"),
            ("* | where _messageTime > {{p}}", "now() - 5", "* | where _messageTime > now() - 5"),
            ("* | where x = toLowerCase({{p}})", "Ann", "* | where x = toLowerCase(\"Ann\")"),
            // A field that a stage makes, or that every message has.
            ("* | parse \"a=*\" as a, b | where a = {{p}}", "B", "* | parse \"a=*\" as a, b | where a = B"),
            ("* | where a = {{p}}", "_sourceHost", "* | where a = _sourceHost"),
            // What is compared with a constant is a field, unless the parameter is a text elsewhere.
            ("* | where {{p}} = \"x\"", "user", "* | where user = \"x\""),
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
