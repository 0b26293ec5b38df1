//! The parts of a tree, for those who look at every one.

use super::tree::{Expr, ExprKind};

impl Expr {
    /// The expressions that this one is made of, in the order of the text. A subquery is no part: it is a query of its own.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        let (own, list): ([Option<&Expr>; 3], &[Expr]) = match &self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Regex(_)
            | ExprKind::Path(_)
            | ExprKind::Field(_)
            | ExprKind::Subquery(_) => ([None; 3], &[]),
            ExprKind::Call { args, .. } | ExprKind::And(args) | ExprKind::Or(args) => ([None; 3], args),
            ExprKind::Not(inner) | ExprKind::Negative(inner) => ([Some(&**inner), None, None], &[]),
            ExprKind::Binary { left, right, .. } => ([Some(&**left), Some(&**right), None], &[]),
            ExprKind::If { condition, then, otherwise } => {
                ([Some(&**condition), Some(&**then), Some(&**otherwise)], &[])
            }
            ExprKind::In { value, list, .. } => ([Some(&**value), None, None], list),
            ExprKind::Matches { value, pattern, .. } => ([Some(&**value), Some(&**pattern), None], &[]),
        };
        own.into_iter().flatten().chain(list)
    }

    /// Hands over this expression and, after it, all that it is made of.
    pub fn walk<'e>(&'e self, each: &mut impl FnMut(&'e Expr)) {
        each(self);
        self.parts().for_each(|part| part.walk(each));
    }
}
