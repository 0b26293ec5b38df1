//! What operators need of their arguments.

use super::{OperatorCall, Planner};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::syntax::tree::{Arg, ArgValue, Args, Name};
use sumoql_data::table_resolver::TableName;

/// A whole number that an operator was given, within bounds; `None` when it was left out.
pub fn count_argument(
    args: &Args,
    label: &str,
    bounds: std::ops::RangeInclusive<i64>,
) -> Result<Option<i64>, Diagnostic> {
    let Some(arg) = args.get(label) else { return Ok(None) };
    match &arg.value {
        ArgValue::Integer(n) if bounds.contains(n) => Ok(Some(*n)),
        ArgValue::Parameter(text) => Err(missing_parameter(text, arg.span)),
        _ => {
            let message = format!("this number must be from {} to {}", bounds.start(), bounds.end());
            Err(Diagnostic::error(&codes::LIMIT_RANGE, arg.span, message))
        }
    }
}

/// The error for a template parameter that has no value.
pub fn missing_parameter(text: &str, span: Span) -> Diagnostic {
    Diagnostic::error(&codes::PARAMETER, span, format!("the parameter {text} has no value"))
        .help("give the parameter a value")
}

/// Refuses a name that is a template parameter without a value.
pub fn check_name(name: &Name) -> Result<(), Diagnostic> {
    if name.parameter() { Err(missing_parameter(&name.text, name.span)) } else { Ok(()) }
}

/// The field that an operator was given under a label.
pub fn field_argument<'a>(call: &OperatorCall<'a>, label: &str) -> Result<&'a Name, Diagnostic> {
    let missing = || Diagnostic::error(&codes::UNEXPECTED, call.span, "expected a field name here");
    call.args.field(label).ok_or_else(missing)
}

/// The name that an operator was given for its result, or the default one.
pub fn alias_argument(call: &OperatorCall<'_>, default: &str) -> Result<String, Diagnostic> {
    let Some(name) = call.args.field("alias") else { return Ok(default.to_string()) };
    check_name(name)?;
    Ok(name.text.clone())
}

/// Refuses a text with a template parameter that has no value.
pub fn parameter_free(text: &str, span: Span) -> Result<(), Diagnostic> {
    let left = text.match_indices("{{").any(|(at, _)| crate::syntax::lexical::parameter_end(&text[at..]).is_some());
    match left {
        true => Err(Diagnostic::error(&codes::PARAMETER, span, "a parameter in this string has no value")
            .help("give the parameter a value")),
        false => Ok(()),
    }
}

/// The table that an operator was given under a label, and where it stands.
pub fn table_argument(call: &OperatorCall<'_>, label: &str) -> Result<(TableName, Span), Diagnostic> {
    match call.args.get(label) {
        Some(Arg { value: ArgValue::Path(path), span, .. }) => {
            parameter_free(path, *span)?;
            Ok((TableName::read(path), *span))
        }
        Some(Arg { value: ArgValue::Parameter(text), span, .. }) => Err(missing_parameter(text, *span)),
        _ => Err(Diagnostic::error(&codes::UNEXPECTED, call.span, "expected the name of a table here")),
    }
}

impl Planner<'_> {
    /// What a place in the query reads.
    pub fn text_of(&self, span: Span) -> &str {
        span.of(&self.text)
    }
}
