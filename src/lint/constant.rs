//! Values that are known without data: literals, and what is computed from nothing but literals.

use super::Lint;
use crate::plan::expression::{arithmetic, comparison, constant_call};
use crate::program::expression::Comparison;
use crate::syntax::tree::{Expr, ExprKind};
use sumoql_data::value::{Owned, Value};

impl Lint<'_> {
    /// The value of an expression of literals. What comes from a parameter is none.
    pub(super) fn constant(&self, expr: &Expr) -> Option<Owned> {
        if self.parametric(expr.span) {
            return None;
        }
        Some(match &expr.kind {
            ExprKind::Null => Owned::Null,
            ExprKind::Bool(value) => Owned::Bool(*value),
            ExprKind::Number(n) => Value::from_number(*n).owned(),
            ExprKind::Text(text) => Owned::Text(text.value().into()),
            ExprKind::Negative(inner) => number(-self.constant(inner)?.borrow().number()?),
            ExprKind::Not(inner) => {
                self.constant(inner)?.borrow().truth().map_or(Owned::Null, |holds| Owned::Bool(!holds))
            }
            ExprKind::Binary { op, left, right } => {
                let literal = [left, right].iter().any(|side| matches!(side.kind, ExprKind::Null));
                let (left, right) = (self.constant(left)?, self.constant(right)?);
                let null = |value: &Owned| value.borrow().is_null();
                match comparison(*op) {
                    Some(op @ (Comparison::Equal | Comparison::NotEqual)) if literal => {
                        Owned::Bool((null(&left) && null(&right)) == (op == Comparison::Equal))
                    }
                    Some(op) => Owned::Bool(op.holds(left.borrow(), right.borrow())),
                    None => number(arithmetic(*op).apply(left.borrow().number()?, right.borrow().number()?)),
                }
            }
            ExprKind::Call { name, args } => {
                let def = self.catalogue.function_def(&name.text)?;
                let args: Vec<Owned> = args.iter().map(|arg| self.constant(arg)).collect::<Option<_>>()?;
                constant_call(def, &args)?
            }
            ExprKind::Field(_)
            | ExprKind::Path(_)
            | ExprKind::Regex(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::If { .. }
            | ExprKind::In { .. }
            | ExprKind::Matches { .. }
            | ExprKind::Subquery(_) => return None,
        })
    }

    /// The text of a pattern that is known without data.
    pub(super) fn constant_text(&self, expr: &Expr) -> Option<String> {
        match self.constant(expr)? {
            Owned::Text(text) => Some(text.into()),
            _ => None,
        }
    }
}

fn number(n: f64) -> Owned {
    Value::from_number(n).owned()
}

/// The comparison with its sides exchanged.
pub(super) fn flipped(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::LessEqual => Comparison::GreaterEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterEqual => Comparison::LessEqual,
        same => same,
    }
}
