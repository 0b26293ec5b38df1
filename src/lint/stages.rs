//! Along the stages, with what is certain at each.

use super::Lint;
use super::condition::ConditionRole;
use super::facts::{Known, Origin, ValueFacts, ValueKind};
use crate::diagnostics::Span;
use crate::program::stage_effects::StageEffects;
use crate::syntax::signature::{Group, Measure, OperatorRole};
use crate::syntax::tree::{AggregateItem, Arg, ArgValue, Args, Expr, Name, Stage, StageKind, Subquery};

impl Lint<'_> {
    /// Checks a pipeline, with what is certain of the rows that reach it.
    pub(super) fn stages(&mut self, stages: &[Stage], mut known: Known) {
        self.together(stages);
        for stage in stages {
            self.names(stage);
            let made = self.stage(stage, &mut known);
            let Some(facts) = self.facts.get(&stage.span).copied() else {
                known = Known::default();
                continue;
            };
            if facts.renews || facts.gathers {
                known = Known::default();
            }
            let before: Vec<Before> = facts.makes.iter().map(|name| Before::new(name, facts, &known)).collect();
            facts.makes.iter().for_each(|name| known.forget(name));
            for (name, fact) in made {
                known.set(&name, fact);
            }
            if let StageKind::Operator { def, args } = &stage.kind
                && def.group == Group::Parse
            {
                self.parsed(def.role, args, facts, &before, &mut known);
            }
            facts.makes.iter().for_each(|name| known.made(name));
        }
    }

    /// Checks a subquery: nothing of what is known around it is known in it.
    pub(super) fn subquery(&mut self, subquery: &Subquery) {
        if let Some(query) = subquery.query() {
            self.query(query);
        }
    }

    /// Checks a stage; the answer is what is certain of fields that it makes.
    fn stage(&mut self, stage: &Stage, known: &mut Known) -> Vec<(String, ValueFacts)> {
        match &stage.kind {
            StageKind::Parameter(_) | StageKind::Broken => Vec::new(),
            StageKind::Expression { value, alias } => {
                self.value(value, known);
                let name = alias.as_ref().map(Name::key).or_else(|| self.only_made(stage.span));
                name.map(|name| (name, self.made(value, alias.as_ref(), known))).into_iter().collect()
            }
            StageKind::Aggregate { items, by } => {
                items.iter().flat_map(|item| &item.args).for_each(|arg| self.value(arg, known));
                let number = |item: &AggregateItem| ValueFacts {
                    kind: ValueKind::Number,
                    made: Some(item.span),
                    ..ValueFacts::default()
                };
                let result = |item: &AggregateItem| {
                    let name = item.alias.as_ref().map_or(format!("_{}", item.def.name), Name::key);
                    Some(match item.def.measure {
                        Measure::Count => (name, ValueFacts { natural: true, ..number(item) }),
                        Measure::Decimal => (name, ValueFacts { double: true, ..number(item) }),
                        Measure::Any => return None,
                    })
                };
                let groups = by.iter().filter_map(|name| Some((name.key(), *known.get(&name.key())?)));
                // An aggregate that has the name of a group field takes its place.
                groups.chain(items.iter().filter_map(result)).collect()
            }
            StageKind::Operator { def, args } => match (def.role, args.expr("condition"), args.expr("value")) {
                (OperatorRole::Condition, Some(condition), _) => {
                    self.condition(condition, known, ConditionRole::Filter);
                    self.assume(known, condition, true, Origin::Where);
                    Vec::new()
                }
                (OperatorRole::Assignment, _, Some(value)) => {
                    self.value(value, known);
                    let name = args.field("name");
                    name.map(|name| (name.key(), self.made(value, Some(name), known))).into_iter().collect()
                }
                (OperatorRole::TimeSlice, ..) => {
                    let made = self.facts.get(&stage.span).map_or(&[][..], |facts| &facts.makes);
                    let fact = ValueFacts { kind: ValueKind::Number, made: Some(stage.span), ..ValueFacts::default() };
                    made.iter().map(|name| (name.clone(), fact)).collect()
                }
                _ => {
                    if def.role == OperatorRole::RegexParse {
                        let texts = args.all("pattern").filter_map(|arg| arg.as_text());
                        texts.for_each(|text| self.regex(&text.regex(), text.span, true));
                    }
                    args.0.iter().for_each(|arg| self.argument(arg, known));
                    Vec::new()
                }
            },
        }
    }

    /// What is certain of a field that an expression makes.
    fn made(&self, value: &Expr, name: Option<&Name>, known: &Known) -> ValueFacts {
        let fact = self.fact(value, known);
        ValueFacts { made: Some(name.map_or(value.span, |name| value.span.to(name.span))), ..fact }
    }

    /// The name that a stage makes, if it makes one.
    fn only_made(&self, stage: Span) -> Option<String> {
        match self.facts.get(&stage)?.makes.as_slice() {
            [name] => Some(name.clone()),
            _ => None,
        }
    }

    fn argument(&mut self, arg: &Arg, known: &Known) {
        match &arg.value {
            ArgValue::Expr(expr) => self.value(expr, known),
            ArgValue::Group(args) => args.0.iter().for_each(|arg| self.argument(arg, known)),
            ArgValue::Pipeline(stages) => self.stages(stages, Known::default()),
            ArgValue::Query(query) => {
                self.scope(&query.search);
                self.stages(&query.stages, Known::default());
            }
            _ => {}
        }
    }

    /// Fields of a parse stage are texts; those of a plain `parse` that lets no other rows through are never null.
    fn parsed(&self, role: OperatorRole, args: &Args, facts: &StageEffects, before: &[Before], known: &mut Known) {
        let whole =
            facts.drops && !facts.asks_optional && role == OperatorRole::AnchorParse && args.groups("part").len() == 1;
        // Where the stage finds nothing, the field stays what it was.
        for Before { name, .. } in before.iter().filter(|before| whole || before.stays_text) {
            let made = place(args, name);
            known.set(name, ValueFacts { kind: ValueKind::Text, present: whole, made, ..ValueFacts::default() });
        }
    }
}

/// A name that a stage makes, before it does.
struct Before {
    name: String,
    /// What it was is a text, or nothing.
    stays_text: bool,
}

impl Before {
    fn new(name: &str, facts: &StageEffects, known: &Known) -> Before {
        let was_text = known.get(name).is_some_and(|fact| fact.kind == ValueKind::Text);
        // A stage that finds its fields in the data notes all that are asked for as read.
        let unread = !facts.reads.iter().any(|read| read == name) || (facts.bags && known.is_metadata(name));
        Before { name: name.to_string(), stays_text: unread || was_text }
    }
}

/// Where a name stands among arguments.
pub(super) fn place(args: &Args, name: &str) -> Option<Span> {
    args.0.iter().find_map(|arg| match &arg.value {
        ArgValue::Field(field) if field.key() == name => Some(field.span),
        ArgValue::Group(args) => place(args, name),
        _ => None,
    })
}
