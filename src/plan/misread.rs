//! Unknown fields that stand where something else was meant: a string without quotes, or a name with a dash, which reads as
//! a subtraction.
//!
//! What is said of an unknown field is made when the field is planned, where nobody knows what stands around it. This goes
//! over the tree afterwards and says it better.

use crate::diagnostics::{Diagnostic, Fix, Span, codes};
use crate::syntax::lexical::{escaped_name, is_word_char};
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, Query};

/// Names that other languages have for no value.
const NOTHING: &[&str] = &["none", "nil", "undefined", "nan"];

/// Rewrites what was said of unknown fields.
pub(super) fn misread(query: &Query, text: &str, diagnostics: &mut Vec<Diagnostic>) {
    if !diagnostics.iter().any(is_unknown) {
        return;
    }
    let mut seen = Seen { text, strings: Vec::new(), dashed: Vec::new() };
    query.each_expression(&mut |expr| seen.expression(expr));
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| is_unknown(diagnostic)) {
        if seen.strings.contains(&diagnostic.span) {
            as_string(diagnostic, text);
        }
    }
    let mut told: Vec<Diagnostic> = Vec::new();
    for span in &seen.dashed {
        let name = span.of(text);
        if let Some(first) = told.iter_mut().find(|first| first.span.of(text).eq_ignore_ascii_case(name)) {
            first.labels.push(crate::diagnostics::Label { span: *span, text: "also here".into() });
            continue;
        }
        let inside = |diagnostic: &Diagnostic| is_unknown(diagnostic) && diagnostic.span.to(*span) == *span;
        let Some(at) = diagnostics.iter().position(inside) else { continue };
        let unknown = diagnostics[at].clone();
        diagnostics.retain(|diagnostic| !inside(diagnostic));
        let terms = name.split('-').map(|term| format!("`{term}`")).collect::<Vec<_>>().join(" minus ");
        let message =
            format!("`{name}` is read as {terms}, and no stage creates the field `{}`", unknown.span.of(text));
        told.push(
            Diagnostic::warning(unknown.code, *span, message)
                .help(format!("write a name with `-` as `{}`", escaped_name(name)))
                .replace(*span, escaped_name(name)),
        );
    }
    diagnostics.extend(told);
}

/// Whether it speaks of a field that there is not.
pub(super) fn is_unknown(diagnostic: &Diagnostic) -> bool {
    [&codes::UNKNOWN_FIELD, &codes::LOST_FIELD].contains(&diagnostic.code)
}

/// Says that a word is a field, and how the string is written.
fn as_string(diagnostic: &mut Diagnostic, text: &str) {
    let word = diagnostic.span.of(text);
    if NOTHING.contains(&word.to_lowercase().as_str()) {
        diagnostic.help = Some("to test for no value, write `isNull(x)`".into());
        return;
    }
    let string = format!("\"{word}\"");
    diagnostic.message = format!("`{word}` without quotes is a field, and {}", diagnostic.message);
    let help = format!("for the string, write `{string}`");
    diagnostic.help = Some(match diagnostic.help.take() {
        Some(near) => format!("{near} {help}"),
        None => help,
    });
    diagnostic.fix = Some(Box::new(Fix::replace(diagnostic.span, string)));
}

struct Seen<'t> {
    text: &'t str,
    /// Where fields stand that a value is compared with.
    strings: Vec<Span>,
    /// Where names with dashes stand.
    dashed: Vec<Span>,
}

impl Seen<'_> {
    fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Binary { op, right, .. } if op.compares() => self.string(right),
            ExprKind::In { list, .. } => list.iter().for_each(|item| self.string(item)),
            ExprKind::Matches { pattern, .. } => self.string(pattern),
            // The terms of a longer name are names of the same kind.
            ExprKind::Binary { op: BinaryOp::Subtract, .. }
                if is_dashed_name(expr, self.text)
                    && !self.dashed.iter().any(|longer| longer.to(expr.span) == *longer) =>
            {
                self.dashed.push(expr.span);
            }
            _ => {}
        }
    }

    fn string(&mut self, expr: &Expr) {
        if let ExprKind::Field(name) = &expr.kind
            && name.span.of(self.text) == name.text
        {
            self.strings.push(name.span);
        }
    }
}

/// Whether a subtraction is written as a name with dashes is: fields without blanks between them.
pub(super) fn is_dashed_name(expr: &Expr, text: &str) -> bool {
    fn of_fields(expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Field(_) => true,
            ExprKind::Binary { op: BinaryOp::Subtract, left, right } => of_fields(left) && of_fields(right),
            _ => false,
        }
    }
    let written = expr.span.of(text);
    let name = |c: char| is_word_char(c) || ".-".contains(c);
    of_fields(expr) && written.contains('-') && written.chars().all(name)
}
