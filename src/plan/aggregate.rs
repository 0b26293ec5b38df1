//! Aggregate stages: `count, sum(x) as s by y`.

use super::definitions::AggregateCall;
use super::misread::is_dashed_name;
use super::planner::{AggregatePlan, Planner};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::syntax::mistakes::name_with_sign;
use crate::syntax::tree::{AggregateItem, Expr, ExprKind, Name};

/// The most groups that a ranking aggregate gives.
const MAX_RANKED: usize = 10_000;

impl Planner<'_> {
    /// Plans an aggregate stage.
    pub(super) fn aggregate_stage(&mut self, items: &[AggregateItem], by: &[Name]) -> Result<(), Diagnostic> {
        if let (true, Some(item)) = (self.rows.signatures, items.first()) {
            let message = "an aggregate can't follow `logreduce` without `by`";
            return Err(Diagnostic::error(&codes::MISPLACED, item.span, message)
                .help("`logreduce by FIELD, …` counts each combination of values"));
        }
        if let Some(item) = items.iter().find(|item| item.def.ranks) {
            return match items {
                [_] => self.ranking_stage(item, by),
                _ => Err(alone(item, item.span)),
            };
        }
        let mut plans: Vec<AggregatePlan> = Vec::new();
        for item in items {
            let plan = self.aggregate(item)?;
            for column in &plan.columns {
                let taken = |other: &AggregatePlan| other.columns.iter().any(|c| c.eq_ignore_ascii_case(column));
                // A group field may have the name too: published queries do that, and the result is the aggregate's.
                if plans.iter().any(taken) {
                    let message = format!("two columns would have the name `{column}`");
                    return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, item.span, message)
                        .help("rename one of them with `as`"));
                }
            }
            let first = plan.columns.first().map(|column| (item.def.name.to_lowercase(), column.clone()));
            self.facts.results.extend(first);
            plans.push(plan);
        }
        let by: Vec<&Name> = by.iter().collect();
        listed_once(&by)?;
        self.group(&by, plans)
    }

    /// An aggregate that groups by its arguments and puts the groups in descending order of its result.
    fn ranking_stage(&mut self, item: &AggregateItem, by: &[Name]) -> Result<(), Diagnostic> {
        let mut names = Vec::new();
        for arg in &item.args {
            match &arg.kind {
                ExprKind::Field(name) => names.push(name),
                _ => return Err(not_a_field(item, arg.span)),
            }
        }
        names.extend(by);
        for name in &names {
            if self.catalogue.aggregate(&name.text).is_some() && self.known(name).is_none() {
                return Err(alone(item, name.span));
            }
        }
        listed_once(&names)?;
        if names.is_empty() {
            return Err(no_field(item));
        }
        let alias = item.alias.as_ref().map(|name| name.text.as_str());
        let call = AggregateCall { field: None, slot: None, rest: &[], rest_slots: &[], alias, span: item.span };
        let plan = self.catalogue.aggregate_def(item.def.name, item.span)?;
        let plan = (plan.plan)(&call)?;
        let results = plan.columns.clone();
        self.group(&names, vec![plan])?;
        let keys = results.iter().map(|column| (self.field_slot(column), false)).collect();
        self.order(keys);
        self.limit(MAX_RANKED);
        Ok(())
    }

    fn aggregate(&mut self, item: &AggregateItem) -> Result<AggregatePlan, Diagnostic> {
        if item.args.len() < item.def.min_args {
            return Err(no_field(item));
        }
        let field = match item.args.first() {
            None => None,
            Some(Expr { kind: ExprKind::Field(name), .. }) => Some(name),
            Some(other) if is_dashed_name(other, &self.text) => {
                return Err(name_with_sign(other.span, other.span.of(&self.text)));
            }
            Some(other) => return Err(not_a_field(item, other.span)),
        };
        let slot = field.map(|name| self.field(name)).transpose()?;
        let rest = item.args.get(1..).unwrap_or_default();
        let rest_slots = rest.iter().map(|arg| match &arg.kind {
            ExprKind::Field(name) => self.field(name).map(Some),
            _ => Ok(None),
        });
        let rest_slots = rest_slots.collect::<Result<Vec<_>, _>>()?;
        let def = self.catalogue.aggregate_def(item.def.name, item.span)?;
        (def.plan)(&AggregateCall {
            field: field.map(|name| name.text.as_str()),
            slot,
            rest,
            rest_slots: &rest_slots,
            alias: item.alias.as_ref().map(|name| name.text.as_str()),
            span: item.span,
        })
    }

    /// An aggregate of the catalogue, for operators that group by themselves.
    pub fn aggregate_named(
        &mut self,
        aggregate: &str,
        field: Option<&Name>,
        alias: &str,
        span: Span,
    ) -> Result<AggregatePlan, Diagnostic> {
        let def = self.catalogue.aggregate_def(aggregate, span)?;
        let slot = field.map(|name| self.field(name)).transpose()?;
        let field = field.map(|name| name.text.as_str());
        (def.plan)(&AggregateCall { field, slot, rest: &[], rest_slots: &[], alias: Some(alias), span })
    }
}

fn alone(item: &AggregateItem, span: Span) -> Diagnostic {
    let message = format!("`{}` can't be combined with other aggregates", item.def.name);
    Diagnostic::error(&codes::MISPLACED, span, message).help("put it in a separate stage")
}

fn no_field(item: &AggregateItem) -> Diagnostic {
    let message = format!("`{}` needs a field", item.def.name);
    Diagnostic::error(&codes::ARGUMENT_COUNT, item.span, message).help(format!("form: {}", item.def.form))
}

fn not_a_field(item: &AggregateItem, span: Span) -> Diagnostic {
    let message = format!("`{}` takes a field, not an expression", item.def.name);
    Diagnostic::error(&codes::AGGREGATE_ARGUMENT, span, message)
        .help("compute the value in an earlier stage: `| expression as name`")
}

fn listed_once(names: &[&Name]) -> Result<(), Diagnostic> {
    for (at, name) in names.iter().enumerate() {
        if names[..at].iter().any(|earlier| earlier.key() == name.key()) {
            let message = format!("`{}` is listed twice", name.text);
            return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message));
        }
    }
    Ok(())
}
