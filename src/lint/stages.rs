//! Along the stages, with what is certain at each.

use super::Lint;
use super::condition::Place;
use super::known::{Fact, Kind, Known, Origin};
use crate::catalogue::Group;
use crate::diagnostics::Span;
use crate::plan::facts::StageFacts;
use crate::syntax::tree::{Arg, ArgValue, Args, Expr, Name, Stage, StageKind, Subquery};

impl Lint<'_> {
    /// Checks a pipeline.
    pub(super) fn stages(&mut self, stages: &[Stage]) {
        let mut known = Known::default();
        for stage in stages {
            let made = self.stage(stage, &mut known);
            let Some(facts) = self.facts.get(&stage.span).copied() else {
                known = Known::default();
                continue;
            };
            if facts.renews || facts.gathers {
                known = Known::default();
            }
            let before: Vec<(String, Option<Fact>)> =
                facts.makes.iter().map(|name| (name.clone(), known.get(name).copied())).collect();
            facts.makes.iter().for_each(|name| known.forget(name));
            for (name, fact) in made {
                known.set(&name, fact);
            }
            if let StageKind::Operator { def, args } = &stage.kind
                && def.group == Group::Parse
            {
                self.parsed(def.name, args, facts, &before, &mut known);
            }
        }
    }

    /// Checks a subquery: nothing of what is known around it is known in it.
    pub(super) fn subquery(&mut self, subquery: &Subquery) {
        if let Some(query) = subquery.query() {
            self.query(query);
        }
    }

    /// Checks a stage; the answer is what is certain of fields that it makes.
    fn stage(&mut self, stage: &Stage, known: &mut Known) -> Vec<(String, Fact)> {
        match &stage.kind {
            StageKind::Parameter(_) | StageKind::Broken => Vec::new(),
            StageKind::Expression { value, alias } => {
                self.value(value, known);
                let name = alias.as_ref().map(Name::key).or_else(|| self.only_made(stage.span));
                name.map(|name| (name, self.made(value, alias.as_ref(), known))).into_iter().collect()
            }
            StageKind::Aggregate { items, .. } => {
                items.iter().flat_map(|item| &item.args).for_each(|arg| self.value(arg, known));
                let counts = items.iter().filter(|item| matches!(item.def.name, "count" | "count_distinct"));
                let fact = |span| Fact { kind: Kind::Number, natural: true, made: Some(span), ..Fact::default() };
                let name =
                    |alias: &Option<Name>, default: &str| alias.as_ref().map_or(format!("_{default}"), Name::key);
                counts.map(|item| (name(&item.alias, item.def.name), fact(item.span))).collect()
            }
            StageKind::Operator { def, args } => match (def.name, args.expr("condition"), args.expr("value")) {
                ("where", Some(condition), _) => {
                    self.condition(condition, known, Place::Filter);
                    self.assume(known, condition, true, Origin::Where);
                    Vec::new()
                }
                ("eval", _, Some(value)) => {
                    self.value(value, known);
                    let name = args.field("name");
                    name.map(|name| (name.key(), self.made(value, Some(name), known))).into_iter().collect()
                }
                _ => {
                    if def.name == "parse regex" {
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
    fn made(&self, value: &Expr, name: Option<&Name>, known: &Known) -> Fact {
        let fact = self.fact(value, known);
        Fact { made: Some(name.map_or(value.span, |name| value.span.to(name.span))), ..fact }
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
            ArgValue::Pipeline(stages) => self.stages(stages),
            ArgValue::Query(query) => {
                self.scope(&query.search);
                self.stages(&query.stages);
            }
            _ => {}
        }
    }

    /// Fields of a parse stage are texts; those of a plain `parse` that lets no other rows through are never null.
    fn parsed(
        &self,
        operator: &str,
        args: &Args,
        facts: &StageFacts,
        before: &[(String, Option<Fact>)],
        known: &mut Known,
    ) {
        let whole = facts.drops && !facts.asks_optional && operator == "parse" && args.groups("part").len() == 1;
        for (name, fact) in before {
            // Where the stage finds nothing, the field stays what it was.
            let text = whole || !facts.reads.contains(name) || fact.is_some_and(|fact| fact.kind == Kind::Text);
            if text {
                let made = place(args, name);
                known.set(name, Fact { kind: Kind::Text, present: whole, made, ..Fact::default() });
            }
        }
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
