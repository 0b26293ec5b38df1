//! Texts in arithmetic: Sumo Logic has no operators for texts.

use super::Lint;
use crate::diagnostics::{Diagnostic, codes};
use crate::syntax::tree::{BinaryOp, Expr, ExprKind};
use sumoql_data::value::Value;

impl Lint<'_> {
    /// Checks the sides of an operator that computes: a literal text that is no number has no place there. That is an error:
    /// there is no message for which it gives a value.
    pub(super) fn computed(&mut self, expr: &Expr) {
        let mut operands = Vec::new();
        let sum = sum(expr, &mut operands);
        let op = match &expr.kind {
            ExprKind::Binary { op, .. } if op.compares() => return,
            ExprKind::Binary { op, left, right } => {
                if !sum {
                    operands = vec![left, right];
                }
                *op
            }
            ExprKind::Negative(inner) => {
                operands = vec![inner];
                BinaryOp::Subtract
            }
            _ => return,
        };
        for operand in &operands {
            let ExprKind::Text(text) = &operand.kind else { continue };
            let reported = self
                .found
                .iter()
                .any(|reported| reported.code == &codes::TEXT_IN_ARITHMETIC && reported.span == operand.span);
            if Value::Text(&text.value()).number().is_some() || self.parametric(expr.span) || reported {
                continue;
            }
            let message = format!("`{}` needs numbers, and `{}` is not a number", op.sign(), self.text(operand.span));
            let help = match sum {
                true => {
                    let operands: Vec<String> = operands.iter().map(|operand| self.text(operand.span)).collect();
                    format!("to join strings, write `concat({})`", operands.join(", "))
                }
                false => "to join strings, use `concat(…)`; to read a date, use `parseDate(…)`".to_string(),
            };
            self.say(Diagnostic::error(&codes::TEXT_IN_ARITHMETIC, operand.span, message).help(help));
        }
    }
}

/// The operands of a sum, in order, of sums within it as well; whether it is one.
fn sum<'e>(expr: &'e Expr, operands: &mut Vec<&'e Expr>) -> bool {
    match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Add, left, right } => {
            for side in [left, right] {
                if !sum(side, operands) {
                    operands.push(side);
                }
            }
            true
        }
        _ => false,
    }
}

/// Whether a literal text stands in what is computed.
pub(super) fn has_text(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { op, left, right } if !op.compares() => {
            [left, right].into_iter().any(|side| matches!(side.kind, ExprKind::Text(_)) || has_text(side))
        }
        _ => false,
    }
}
