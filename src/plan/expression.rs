//! Expressions to evaluators: fields become slots, constants are folded, patterns are compiled once, and several
//! `matches` on one field become one test.

use super::arguments::parameter_free;
use super::definitions::{FunctionDef, Make};
use super::planner::Planner;
use crate::diagnostics::{Diagnostic, Edit, Span, codes};
use crate::program::expression::{Arithmetic, CallCx, Comparison, CompiledExpr, Function, Plain};
use crate::program::matching::glob::{Glob, GlobSet};
use crate::syntax::signature::{FunctionSignature, Type};
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, Name};
use sumoql_data::value::{Owned, Value};
use sumoql_java::regex::{Pattern, mended};

impl Planner<'_> {
    /// Prepares an expression.
    pub fn expression(&mut self, expr: &Expr) -> Result<CompiledExpr, Diagnostic> {
        match self.trace {
            Some(_) => self.trace_expression(expr),
            None => self.prepared(expr),
        }
    }

    /// Prepares an expression that nobody takes note of. Expressions nest through here: each kind has a function of its own,
    /// so that the stack is small without optimisation too.
    pub(super) fn prepared(&mut self, expr: &Expr) -> Result<CompiledExpr, Diagnostic> {
        match &expr.kind {
            ExprKind::Call { name, args } => self.call(name, args, expr.span),
            ExprKind::Not(inner) => self.condition(inner).map(fold_not),
            ExprKind::Negative(inner) => self.negative(inner),
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right),
            ExprKind::And(terms) => self.all(terms),
            ExprKind::Or(terms) => self.any(terms),
            ExprKind::If { condition, then, otherwise } => self.choice(condition, then, otherwise),
            ExprKind::In { value, list, negated: false } => self.membership(value, list),
            ExprKind::In { value, list, negated: true } => self.membership(value, list).map(fold_not),
            ExprKind::Matches { value, pattern, negated: false } => self.matches(value, pattern),
            ExprKind::Matches { value, pattern, negated: true } => self.matches(value, pattern).map(fold_not),
            ExprKind::Subquery(subquery) => self.subquery_condition(subquery),
            _ => self.simple_value(expr),
        }
    }

    /// What has no expressions inside.
    fn simple_value(&mut self, expr: &Expr) -> Result<CompiledExpr, Diagnostic> {
        let misplaced = |message: &str| Err(Diagnostic::error(&codes::ARGUMENT_KIND, expr.span, message));
        Ok(match &expr.kind {
            ExprKind::Bool(value) => CompiledExpr::Constant(Owned::Bool(*value)),
            ExprKind::Number(n) => CompiledExpr::Constant(Value::from_number(*n).owned()),
            ExprKind::Text(text) => {
                parameter_free(&text.raw, expr.span)?;
                CompiledExpr::Constant(Owned::Text(text.value().into()))
            }
            ExprKind::Regex(_) => {
                return misplaced(
                    "a regular expression can only follow `matches`, or be an argument of a function that takes one",
                );
            }
            ExprKind::Path(_) => {
                return misplaced("the name of a table can only be an argument of a function that takes one");
            }
            ExprKind::Field(name) => CompiledExpr::Slot(self.field(name)?),
            _ => CompiledExpr::Constant(Owned::Null),
        })
    }

    fn negative(&mut self, inner: &Expr) -> Result<CompiledExpr, Diagnostic> {
        Ok(match self.expression(inner)? {
            CompiledExpr::Constant(value) => CompiledExpr::Constant(match value.borrow().number() {
                Some(n) => Value::from_number(-n).owned(),
                None => Owned::Null,
            }),
            inner => CompiledExpr::Negative(Box::new(inner)),
        })
    }

    /// Prepares a condition: an expression that can be true.
    pub fn condition(&mut self, expr: &Expr) -> Result<CompiledExpr, Diagnostic> {
        match self.no_condition(expr) {
            Some(diagnostic) => Err(diagnostic),
            None => self.expression(expr),
        }
    }

    /// Why an expression can't be a condition, if it can't.
    fn no_condition(&self, expr: &Expr) -> Option<Diagnostic> {
        let refused = |message: &str, help: &str| Diagnostic::error(&codes::NOT_BOOLEAN, expr.span, message).help(help);
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Negative(_) => {
                Some(refused("expected a condition, found a value", "compare it with a value, as in `x = 1`"))
            }
            ExprKind::Binary { op, .. } if !op.compares() => {
                Some(refused("expected a condition, found a number", "compare it with a value, as in `x > 1`"))
            }
            ExprKind::Call { name, .. } => {
                let def =
                    self.catalogue.function(&name.text).filter(|def| !matches!(def.returns, Type::Bool | Type::Any))?;
                let what = if def.returns == Type::Number { "a number" } else { "a string" };
                let message = format!("expected a condition, but `{}` returns {what}", name.text);
                Some(refused(&message, "compare it with a value, as in `f(x) = 1`"))
            }
            _ => None,
        }
    }

    /// A condition joined with others. A text among them is never true: published queries have it where they mean
    /// `x matches "a" or x matches "b"` and write `x matches "a" or "b"`.
    fn term(&mut self, expr: &Expr) -> Result<CompiledExpr, Diagnostic> {
        match &expr.kind {
            ExprKind::Text(text) => {
                parameter_free(&text.raw, expr.span)?;
                Ok(CompiledExpr::Constant(Owned::Bool(false)))
            }
            _ => self.condition(expr),
        }
    }

    fn all(&mut self, terms: &[Expr]) -> Result<CompiledExpr, Diagnostic> {
        let mut kept = Vec::new();
        let mut never = false;
        let subqueries = self.subqueries.len();
        for term in terms {
            match self.term(term)? {
                CompiledExpr::Constant(value) if !value.borrow().is_null() => never |= !value.borrow().is_true(),
                term => kept.push(term),
            }
        }
        if never {
            self.unneeded(subqueries..self.subqueries.len());
        }
        Ok(match kept.len() {
            _ if never => CompiledExpr::Constant(Owned::Bool(false)),
            0 => CompiledExpr::Constant(Owned::Bool(true)),
            1 => kept.remove(0),
            _ => CompiledExpr::And(kept),
        })
    }

    fn any(&mut self, terms: &[Expr]) -> Result<CompiledExpr, Diagnostic> {
        let mut kept = Vec::new();
        let mut always = false;
        let subqueries = self.subqueries.len();
        // Patterns on the same field, waiting to become one test, with the place of the first.
        let mut patterns: Vec<(usize, usize, Vec<String>)> = Vec::new();
        for term in terms {
            if !self.simple
                && let Some((slot, pattern)) = self.constant_pattern(term)?
            {
                match patterns.iter_mut().find(|(of, ..)| *of == slot) {
                    Some((.., list)) => list.push(pattern),
                    None => {
                        patterns.push((slot, kept.len(), vec![pattern]));
                        // A place holder, replaced below.
                        kept.push(CompiledExpr::Constant(Owned::Bool(false)));
                    }
                }
                continue;
            }
            match self.term(term)? {
                CompiledExpr::Constant(value) if !value.borrow().is_null() => always |= value.borrow().is_true(),
                term => kept.push(term),
            }
        }
        if always {
            self.unneeded(subqueries..self.subqueries.len());
        }
        for (slot, at, mut list) in patterns {
            let value = Box::new(CompiledExpr::Slot(slot));
            kept[at] = match list.len() {
                1 => CompiledExpr::Matches(value, Glob::new(&list.remove(0))),
                _ => CompiledExpr::MatchesAny(value, GlobSet::new(&list)),
            };
        }
        Ok(match kept.len() {
            _ if always => CompiledExpr::Constant(Owned::Bool(true)),
            0 => CompiledExpr::Constant(Owned::Bool(false)),
            1 => kept.remove(0),
            _ => CompiledExpr::Or(kept),
        })
    }

    /// `field matches "constant"`: the field's slot and the pattern.
    fn constant_pattern(&mut self, expr: &Expr) -> Result<Option<(usize, String)>, Diagnostic> {
        match &expr.kind {
            ExprKind::Matches { value, pattern, negated: false } => match (&value.kind, &pattern.kind) {
                (ExprKind::Field(name), ExprKind::Text(text)) => {
                    parameter_free(&text.raw, pattern.span)?;
                    Ok(Some((self.field(name)?, text.value())))
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn choice(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr) -> Result<CompiledExpr, Diagnostic> {
        if let (Some(a), Some(b)) = (literal_type(then), literal_type(otherwise))
            && a != b
        {
            let message = "the two results have different types";
            return Err(Diagnostic::error(&codes::MIXED_BRANCHES, then.span.to(otherwise.span), message)
                .label(then.span, a)
                .label(otherwise.span, b)
                .help("use two strings, two numbers or two conditions"));
        }
        let condition = self.condition(condition)?;
        let first = self.subqueries.len();
        let then = self.expression(then)?;
        let second = self.subqueries.len();
        let otherwise = self.expression(otherwise)?;
        Ok(match condition {
            CompiledExpr::Constant(value) if value.borrow().is_true() => {
                self.unneeded(second..self.subqueries.len());
                then
            }
            CompiledExpr::Constant(_) => {
                self.unneeded(first..second);
                otherwise
            }
            condition => CompiledExpr::If(Box::new(condition), Box::new(then), Box::new(otherwise)),
        })
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<CompiledExpr, Diagnostic> {
        no_subquery([left, right])?;
        if let Some(compared) = self.with_null(op, left, right)? {
            return Ok(compared);
        }
        let (left, right) = (self.expression(left)?, self.expression(right)?);
        let constants = left.constant().zip(right.constant());
        if let Some(op) = comparison(op) {
            if let Some((a, b)) = constants {
                return Ok(CompiledExpr::Constant(Owned::Bool(op.holds(a.borrow(), b.borrow()))));
            }
            return Ok(CompiledExpr::Compare(Box::new(left), op, Box::new(right)));
        }
        let op = arithmetic(op);
        if let Some((a, b)) = constants {
            return Ok(CompiledExpr::Constant(match (a.borrow().number(), b.borrow().number()) {
                (Some(a), Some(b)) => Value::from_number(op.apply(a, b)).owned(),
                _ => Owned::Null,
            }));
        }
        Ok(CompiledExpr::Arithmetic(Box::new(left), op, Box::new(right)))
    }

    /// Plans what the query tests for null.
    fn null_tested<T>(&mut self, plan: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.tests_null, true);
        let out = plan(self);
        self.tests_null = before;
        out
    }

    /// `x = null` and `x != null`: published queries ask so whether there is a value.
    fn with_null(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<Option<CompiledExpr>, Diagnostic> {
        let negated = match op {
            BinaryOp::Equal => false,
            BinaryOp::NotEqual => true,
            _ => return Ok(None),
        };
        let value = match (&left.kind, &right.kind) {
            (_, ExprKind::Null) => left,
            (ExprKind::Null, _) => right,
            _ => return Ok(None),
        };
        let is_null = match self.null_tested(|planner| planner.expression(value))? {
            CompiledExpr::Constant(value) => CompiledExpr::Constant(Owned::Bool(value.borrow().is_null())),
            value => CompiledExpr::IsNull(Box::new(value)),
        };
        Ok(Some(if negated { fold_not(is_null) } else { is_null }))
    }

    fn membership(&mut self, value: &Expr, list: &[Expr]) -> Result<CompiledExpr, Diagnostic> {
        no_subquery(list.iter().chain([value]))?;
        let value = Box::new(self.expression(value)?);
        let list = list.iter().map(|item| self.expression(item)).collect::<Result<Vec<_>, _>>()?;
        let texts: Option<Vec<Box<str>>> = list
            .iter()
            .map(|item| match item {
                CompiledExpr::Constant(Owned::Text(text)) => Some(text.clone()),
                _ => None,
            })
            .collect();
        Ok(match (texts, &*value) {
            (Some(texts), CompiledExpr::Slot(_)) if !self.simple => CompiledExpr::InTexts(value, texts),
            _ => CompiledExpr::In(value, list),
        })
    }

    fn matches(&mut self, value: &Expr, pattern: &Expr) -> Result<CompiledExpr, Diagnostic> {
        let value = Box::new(self.expression(value)?);
        Ok(match &pattern.kind {
            ExprKind::Regex(regex) => {
                parameter_free(regex, pattern.span)?;
                CompiledExpr::Regex(value, self.compile_loosely(regex, pattern.span)?)
            }
            _ => match (self.expression(pattern)?, value.constant()) {
                (CompiledExpr::Constant(pattern), Some(value)) => {
                    let fits = match (value, &pattern) {
                        (Owned::Null, _) | (_, Owned::Null) => false,
                        (value, pattern) => Glob::new(&pattern.to_string()).matches(&value.to_string()),
                    };
                    CompiledExpr::Constant(Owned::Bool(fits))
                }
                (CompiledExpr::Constant(Owned::Null), _) => CompiledExpr::Constant(Owned::Bool(false)),
                (CompiledExpr::Constant(pattern), None) => {
                    CompiledExpr::Matches(value, self.glob(&pattern.to_string()))
                }
                (pattern, _) => CompiledExpr::MatchesValue(value, Box::new(pattern)),
            },
        })
    }

    /// The pattern of a condition; converted detections have some that Sumo Logic would refuse.
    fn compile_loosely(&mut self, regex: &str, span: Span) -> Result<Pattern, Diagnostic> {
        let refused = match self.compile(regex, span) {
            Ok(pattern) => return Ok(pattern),
            Err(refused) => refused,
        };
        let Some(text) = mended(regex) else { return Err(refused) };
        let Ok(pattern) = Pattern::new(&text) else { return Err(refused) };
        let what = "a regular expression that begins with `*` or has an unmatched parenthesis";
        let new = format!("/{}/", text.replace('/', "\\/"));
        self.undocumented(span, what, &format!("write `{new}`"));
        let written = span.of(&self.text);
        // The flag `i` is reported beside this.
        if written.starts_with('/') && written.ends_with('/') {
            self.fix_undocumented(vec![Edit { span, text: new }]);
        }
        Ok(pattern)
    }

    fn unknown_function(&self, name: &Name) -> Diagnostic {
        if let Some(def) = self.catalogue.aggregate(&name.text) {
            let message = format!("`{}` is an aggregate: it can't be part of an expression", def.name);
            return Diagnostic::error(&codes::AGGREGATE_ARGUMENT, name.span, message)
                .help("put the aggregate in a separate stage, and use its result in the next one");
        }
        self.catalogue.unknown_function(&name.text, name.span)
    }

    /// A call of a function; `if` is a choice, not a function.
    fn call(&mut self, name: &Name, args: &[Expr], span: Span) -> Result<CompiledExpr, Diagnostic> {
        if name.text.eq_ignore_ascii_case("if") {
            return match args {
                [condition, then, otherwise] => self.choice(condition, then, otherwise),
                _ => Err(Diagnostic::error(
                    &codes::ARGUMENT_COUNT,
                    span,
                    format!("`if` takes 3 arguments, not {}", args.len()),
                )
                .help("write `if(condition, value when true, value when false)`")),
            };
        }
        let Some(def) = self.catalogue.function_def(&name.text) else {
            return Err(self.unknown_function(name));
        };
        let signature = &def.signature;
        check_count(signature, args.len(), span)?;
        if let Make::Planned(plan) = &def.make {
            return plan(args, self, span);
        }
        if matches!(signature.name, "isNull" | "isEmpty" | "isBlank") && !self.tests_null {
            return self.null_tested(|planner| planner.call(name, args, span));
        }
        let mut evals = Vec::with_capacity(args.len());
        for (at, arg) in args.iter().enumerate() {
            let kind = signature.params.get(at).or(signature.params.last()).map_or(Type::Any, |param| param.kind);
            evals.push(match (&arg.kind, kind) {
                // The pattern's text; the function compiles it.
                (ExprKind::Regex(regex), Type::Pattern) => {
                    CompiledExpr::Regex(Box::new(CompiledExpr::Constant(Owned::Null)), self.compile(regex, arg.span)?)
                }
                (_, Type::Bool) => self.condition(arg)?,
                (ExprKind::And(_) | ExprKind::Or(_), _) => {
                    let message = format!("an argument of `{}` can't contain `and` or `or`", signature.name);
                    return Err(Diagnostic::error(&codes::ARGUMENT_KIND, arg.span, message)
                        .help("name the condition in an earlier stage, and use the name here"));
                }
                _ => self.expression(arg)?,
            });
        }
        let constants = evals.iter().all(|eval| eval.constant().is_some());
        let function: Box<dyn Function> = match &def.make {
            Make::Pure(plain) if constants => {
                let values: Vec<Value<'_>> =
                    evals.iter().filter_map(|eval| eval.constant().map(Owned::borrow)).collect();
                return Ok(CompiledExpr::Constant(once(*plain, &values)));
            }
            Make::Pure(plain) | Make::Plain(plain) => Box::new(*plain),
            // Done above.
            Make::Planned(_) => return Ok(CompiledExpr::Constant(Owned::Null)),
            Make::Prepared(prepare) => {
                prepare(&evals).map_err(|message| Diagnostic::error(&codes::ARGUMENT_KIND, span, message))?
            }
        };
        if signature.needs_range {
            self.needs_range();
        }
        Ok(CompiledExpr::Call(function, evals))
    }
}

/// Refuses a subquery among values: it is a condition, and its answer would never equal one.
fn no_subquery<'e>(values: impl IntoIterator<Item = &'e Expr>) -> Result<(), Diagnostic> {
    let subquery = values.into_iter().find(|value| matches!(value.kind, ExprKind::Subquery(_)));
    subquery.map_or(Ok(()), |value| {
        let message = "a subquery is a condition, not a value that can be compared";
        Err(Diagnostic::error(&codes::MISPLACED, value.span, message)
            .help("write `where [subquery: … | compose FIELD]` to compare the field FIELD"))
    })
}

/// The value of a call whose arguments are known, if it depends on nothing else. There must be as many as the function
/// takes.
pub fn constant_call(def: &FunctionDef, args: &[Owned]) -> Option<Owned> {
    match &def.make {
        Make::Pure(plain) => Some(once(*plain, &args.iter().map(Owned::borrow).collect::<Vec<_>>())),
        Make::Plain(_) | Make::Prepared(_) | Make::Planned(_) => None,
    }
}

fn once(plain: Plain, args: &[Value<'_>]) -> Owned {
    let (arena, env) = (bumpalo::Bump::new(), crate::program::batch::EvalContext::default());
    // The arena must outlive the arguments' own lifetime as the function sees it.
    let args: Vec<Value<'_>> = args.to_vec();
    let cx = CallCx { arena: &arena, env: &env, failed: arena.alloc(std::cell::Cell::new(false)) };
    plain(&args, &cx).owned()
}

/// Compiles a regular expression.
pub(super) fn compile(regex: &str, span: Span) -> Result<Pattern, Diagnostic> {
    Pattern::new(regex)
        .map_err(|reason| Diagnostic::error(&codes::BAD_REGEX, span, format!("invalid regular expression: {reason}")))
}

fn fold_not(inner: CompiledExpr) -> CompiledExpr {
    match inner {
        CompiledExpr::Constant(value) => {
            CompiledExpr::Constant(value.borrow().truth().map_or(Owned::Null, |holds| Owned::Bool(!holds)))
        }
        CompiledExpr::Not(inner) => *inner,
        inner => CompiledExpr::Not(Box::new(inner)),
    }
}

fn check_count(def: &FunctionSignature, given: usize, span: Span) -> Result<(), Diagnostic> {
    let least = def.params.iter().filter(|param| !param.optional).count();
    let most = if def.params.iter().any(|param| param.repeated) { usize::MAX } else { def.params.len() };
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let wanted = match (least, most) {
        (least, usize::MAX) => format!("at least {least}"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    let message = format!("`{}` takes {wanted} arguments, not {given}", def.name);
    Err(Diagnostic::error(&codes::ARGUMENT_COUNT, span, message).help(format!("write `{}`", def.signature())))
}

/// The type of a literal, for the check that both branches of a choice have the same.
fn literal_type(expr: &Expr) -> Option<&'static str> {
    match &expr.kind {
        ExprKind::Text(_) => Some("a string"),
        ExprKind::Number(_) => Some("a number"),
        ExprKind::Negative(inner) if matches!(inner.kind, ExprKind::Number(_)) => Some("a number"),
        ExprKind::Bool(_) => Some("true or false"),
        _ => None,
    }
}

/// The comparison that an operator is, if it is one.
pub fn comparison(op: BinaryOp) -> Option<Comparison> {
    Some(match op {
        BinaryOp::Equal => Comparison::Equal,
        BinaryOp::NotEqual => Comparison::NotEqual,
        BinaryOp::Less => Comparison::Less,
        BinaryOp::LessEqual => Comparison::LessEqual,
        BinaryOp::Greater => Comparison::Greater,
        BinaryOp::GreaterEqual => Comparison::GreaterEqual,
        _ => return None,
    })
}

/// The arithmetic that an operator is that is no comparison.
pub fn arithmetic(op: BinaryOp) -> Arithmetic {
    match op {
        BinaryOp::Subtract => Arithmetic::Subtract,
        BinaryOp::Multiply => Arithmetic::Multiply,
        BinaryOp::Divide => Arithmetic::Divide,
        BinaryOp::Remainder => Arithmetic::Remainder,
        _ => Arithmetic::Add,
    }
}
