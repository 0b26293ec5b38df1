//! Where parameters stand in a query, as far as they are all of an operand or of a term.

use super::definitions::Catalogue;
use crate::diagnostics::Span;
use crate::syntax::lexical::parameter_end;
use crate::syntax::signature::Type;
use crate::syntax::tree::{Arg, ArgValue, Expr, ExprKind, PairValue, Query, Search, SearchKind, Stage, StageKind};

/// How a parameter stands where it is all of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Compared with something, or looked for.
    Compared,
    /// An item of a list.
    Listed,
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
pub(super) struct Places {
    /// Operands that are nothing but a parameter.
    pub roles: Vec<(Span, Role)>,
    /// Quoted texts in which a backslash must be doubled.
    pub texts: Vec<Span>,
}

/// Whether an expression is a constant as written.
pub(super) fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Text(text) => !text.raw.contains("{{"),
        ExprKind::Number(_) | ExprKind::Regex(_) | ExprKind::Bool(_) | ExprKind::Null => true,
        ExprKind::Negative(inner) => is_constant(inner),
        _ => false,
    }
}

impl Places {
    /// Those of a query as written.
    pub fn of(text: &str, catalogue: &Catalogue) -> Places {
        let (query, _) = crate::syntax::parse(text, catalogue);
        let mut places = Places::default();
        places.query(&query, catalogue);
        places
    }

    /// How a parameter stands in a place.
    pub fn role(&self, place: Span) -> Option<Role> {
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
                list.iter().for_each(|item| self.expr(item, Some(Role::Listed), catalogue));
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
            _ => expr.parts().for_each(|part| self.expr(part, None, catalogue)),
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

    #[test]
    fn roles_of_parameters() {
        for (text, wanted) in [
            ("{{p}} error", Some(Role::Scope)),
            ("_sourceHost={{p}}", Some(Role::Scope)),
            ("_sourceHost=a{{p}}", None),
            ("* | where user = {{p}}", Some(Role::Compared)),
            ("* | where {{p}} = \"x\"", Some(Role::Against)),
            ("* | where {{p}} = -1", Some(Role::Against)),
            ("* | where n < {{p}}", Some(Role::Ordered)),
            ("* | where user matches {{p}}", Some(Role::Compared)),
            ("* | where {{p}} matches \"a*\"", Some(Role::Against)),
            ("* | where user in (\"a\", {{p}})", Some(Role::Listed)),
            ("* | where {{p}} in (\"a\")", Some(Role::Against)),
            ("* | where {{p}} in (\"a\", b)", Some(Role::Compared)),
            ("* | if(true, {{p}}, \"x\") as y", Some(Role::Value)),
            ("* | concat(\"a\", {{p}}) as y", Some(Role::Value)),
            ("* | abs({{p}}) as y", None),
            ("* | {{p}} as y", Some(Role::Value)),
            ("* | {{p}} + 1 as y", None),
            ("* | where [subquery: * | where a = {{p}} | compose a]", Some(Role::Compared)),
        ] {
            let at = text.find("{{p}}").unwrap();
            let places = Places::of(text, &crate::catalogue());
            assert_eq!(places.role(Span::new(at, at + 5)), wanted, "{text}");
        }
    }

    #[test]
    fn quoted_texts() {
        let text = "\"one\" x=\"two\" | where a = \"three\" and b in (\"four\") | parse \"five *\" as c";
        let places = Places::of(text, &crate::catalogue());
        let texts: Vec<_> = places.texts.iter().map(|span| span.of(text)).collect();
        assert_eq!(texts, ["\"one\"", "\"two\"", "\"three\"", "\"four\""]);
    }
}
