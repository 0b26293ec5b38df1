//! What operators need of their arguments.

use super::{OperatorCall, Planner};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::syntax::tree::{ArgValue, Args, Name};

impl Planner<'_> {
    /// A whole number that an operator was given, within bounds; `None` when it was left out.
    pub fn count_argument(
        &self,
        args: &Args,
        label: &str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Diagnostic> {
        let Some(arg) = args.get(label) else { return Ok(None) };
        match &arg.value {
            ArgValue::Integer(n) if bounds.contains(n) => Ok(Some(*n)),
            ArgValue::Parameter(text) => Err(self.missing_parameter(text, arg.span)),
            _ => {
                let message = format!("this number must be from {} to {}", bounds.start(), bounds.end());
                Err(Diagnostic::error(&codes::LIMIT_RANGE, arg.span, message))
            }
        }
    }

    /// The error for a template parameter that has no value.
    pub fn missing_parameter(&self, text: &str, span: Span) -> Diagnostic {
        Diagnostic::error(&codes::PARAMETER, span, format!("the parameter {text} has no value"))
            .help("give the parameter a value")
    }

    /// Refuses a name that is a template parameter without a value.
    pub fn check_name(&self, name: &Name) -> Result<(), Diagnostic> {
        if name.parameter() { Err(self.missing_parameter(&name.text, name.span)) } else { Ok(()) }
    }

    /// The field that an operator was given under a label.
    pub fn field_argument<'a>(&self, call: &OperatorCall<'a>, label: &str) -> Result<&'a Name, Diagnostic> {
        let missing = || Diagnostic::error(&codes::UNEXPECTED, call.span, "expected a field name here");
        call.args.field(label).ok_or_else(missing)
    }

    /// The name that an operator was given for its result, or the default one.
    pub fn alias_argument(&self, call: &OperatorCall<'_>, default: &str) -> Result<String, Diagnostic> {
        let Some(name) = call.args.field("alias") else { return Ok(default.to_string()) };
        self.check_name(name)?;
        Ok(name.text.clone())
    }

    /// What a place in the query reads.
    pub fn text_of(&self, span: Span) -> &str {
        span.of(&self.text)
    }
}
