//! What stages make and nobody uses: fields that are closed off or overwritten before anyone reads them, an order that is
//! lost.

use super::Lint;
use super::stages::place;
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::program::stage_effects::StageEffects;
use crate::syntax::tree::{Arg, ArgValue, Args, Expr, ExprKind, Stage, StageKind};

/// What becomes of a name after the stage that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Somebody may read it, or it is shown.
    Used,
    /// The stage at this place makes rows without it, or takes it away.
    Closed(Span),
    /// The stage at this place makes it anew.
    Overwritten(Span),
}

/// A stage without which the result would be the same.
struct Useless<'s> {
    stage: &'s Stage,
    /// What it makes, as written.
    names: Vec<String>,
    /// What becomes of that.
    ends: Vec<Fate>,
}

impl Lint<'_> {
    /// Checks what the stages of the query leave for each other.
    pub(super) fn flow(&mut self, stages: &[Stage]) {
        let facts: Vec<&StageEffects> = stages.iter().map_while(|stage| self.facts.get(&stage.span).copied()).collect();
        // A parameter may name fields; with another value others would be used.
        let open: Vec<bool> = stages.iter().map(|stage| self.names_from_parameter(stage)).collect();
        if facts.len() != stages.len() {
            return;
        }
        let mut run: Vec<Useless<'_>> = Vec::new();
        for (at, stage) in stages.iter().enumerate() {
            let useless = match open[at] {
                true => None,
                false => {
                    self.lost_order(stage, facts[at], &facts[at + 1..], &open[at + 1..]);
                    self.unused(stage, facts[at], &facts[at + 1..], &open[at + 1..])
                }
            };
            // Stages one after the other that the same stages make useless are told at once.
            if run.last().is_some_and(|last| useless.as_ref().is_none_or(|next| next.ends != last.ends)) {
                self.useless(std::mem::take(&mut run));
            }
            run.extend(useless);
        }
        self.useless(run);
    }

    /// Says which of a stage's names are overwritten unread; when all that it makes is for nothing, gives that back.
    fn unused<'s>(
        &mut self,
        stage: &'s Stage,
        facts: &StageEffects,
        later: &[&StageEffects],
        open: &[bool],
    ) -> Option<Useless<'s>> {
        if facts.renews || facts.gathers || facts.bags {
            return None;
        }
        let fates: Vec<(&String, Fate)> = facts.makes.iter().map(|name| (name, fate(name, later, open))).collect();
        let removable = !facts.drops && !facts.copies && !facts.sorts && !facts.ordered;
        let counted = facts.optional && later.iter().take_while(|stage| !stage.renews).any(|s| s.asks_optional);
        let all = !fates.is_empty() && fates.iter().all(|(_, fate)| *fate != Fate::Used);
        if all && removable && !counted {
            // The end of a slice comes with the slice.
            let reported = facts.makes.iter().filter(|name| !name.starts_with("__") || facts.makes.len() == 1);
            let names = reported.map(|name| self.name(stage, name)).collect();
            let mut ends: Vec<Fate> = Vec::new();
            for (_, fate) in fates {
                if !ends.contains(&fate) {
                    ends.push(fate);
                }
            }
            return Some(Useless { stage, names, ends });
        }
        for (name, fate) in fates {
            if let Fate::Overwritten(by) = fate {
                let span = self.written(stage, name);
                let message = format!("`{}` is overwritten before it is read", self.text(span));
                let warning = Diagnostic::warning(&codes::OVERWRITTEN, span, message)
                    .label(by, "overwritten here")
                    .help("rename one of the two fields, or remove the unused one");
                self.say(warning);
            }
        }
        None
    }

    /// Stages without which the result would be the same.
    fn useless(&mut self, run: Vec<Useless<'_>>) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        let span = first.stage.span.to(last.stage.span);
        let names: Vec<&String> = run.iter().flat_map(|useless| &useless.names).collect();
        let shown: Vec<String> = names.iter().take(4).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > shown.len() { " …" } else { "" };
        let stages = match run.len() {
            1 => "this stage sets".to_string(),
            count => format!("these {count} stages set"),
        };
        let help = if run.len() == 1 {
            "remove the stage, or use its fields"
        } else {
            "remove the stages, or use their fields"
        };
        let message = format!("nothing uses the fields that {stages}: {}{more}", shown.join(", "));
        let mut warning = Diagnostic::warning(&codes::UNUSED, span, message).help(help);
        for end in &first.ends {
            warning = match *end {
                Fate::Used => warning,
                Fate::Closed(span) => warning.label(span, "dropped here"),
                Fate::Overwritten(span) => warning.label(span, "overwritten here"),
            };
        }
        self.say(warning);
    }

    /// An order that a later stage loses without having used it.
    fn lost_order(&mut self, stage: &Stage, facts: &StageEffects, later: &[&StageEffects], open: &[bool]) {
        if !facts.sorts || facts.ordered || facts.renews {
            return;
        }
        let ends = |stage: &&StageEffects| stage.ordered || stage.sorts || stage.gathers || stage.renews;
        let Some(at) = later.iter().position(ends) else { return };
        let end = later[at];
        if end.ordered || end.sorts || end.gathers || open[..=at].contains(&true) {
            return;
        }
        let warning = Diagnostic::warning(&codes::LOST_ORDER, stage.span, "this order is lost before anything uses it")
            .label(end.span, "the groups have their own order")
            .help("sort after the aggregate, or remove this stage");
        self.say(warning);
    }

    /// Where a stage writes a name that it makes; the stage itself when it does not write it.
    fn written(&self, stage: &Stage, name: &str) -> Span {
        let found = match &stage.kind {
            StageKind::Operator { args, .. } => place(args, name),
            StageKind::Expression { alias, .. } => alias.as_ref().filter(|alias| alias.key() == name).map(|a| a.span),
            StageKind::Aggregate { .. } | StageKind::Parameter(_) | StageKind::Broken => None,
        };
        found.unwrap_or(stage.span)
    }

    /// A name as the stage writes it.
    fn name(&self, stage: &Stage, name: &str) -> String {
        match self.written(stage, name) {
            span if span == stage.span => name.to_string(),
            span => self.text(span),
        }
    }

    /// Whether a parameter has put more into a stage than a part of a quoted text.
    fn names_from_parameter(&self, stage: &Stage) -> bool {
        let inside = |value: &Span| stage.span.start <= value.end && value.start <= stage.span.end;
        let values: Vec<Span> = self.expansion.values().filter(inside).collect();
        if values.is_empty() {
            return false;
        }
        let mut quoted = Vec::new();
        texts_of_stage(stage, &mut quoted);
        // Between the quotes: an empty value beside a text is not in it.
        let covered = |value: &Span| quoted.iter().any(|text| text.start < value.start && value.end < text.end);
        !values.iter().all(covered)
    }
}

fn fate(name: &str, later: &[&StageEffects], open: &[bool]) -> Fate {
    let is = |names: &[String]| names.iter().any(|known| known == name);
    for (stage, open) in later.iter().zip(open) {
        if *open || is(&stage.reads) {
            return Fate::Used;
        }
        if stage.renews || is(&stage.hides) {
            return Fate::Closed(stage.span);
        }
        if is(&stage.makes) {
            return Fate::Overwritten(stage.span);
        }
    }
    Fate::Used
}

fn texts_of_stage(stage: &Stage, out: &mut Vec<Span>) {
    match &stage.kind {
        StageKind::Operator { args, .. } => texts_of_args(args, out),
        StageKind::Aggregate { items, .. } => items.iter().flat_map(|item| &item.args).for_each(|arg| texts(arg, out)),
        StageKind::Expression { value, .. } => texts(value, out),
        StageKind::Parameter(_) | StageKind::Broken => {}
    }
}

fn texts_of_args(args: &Args, out: &mut Vec<Span>) {
    for Arg { value, span, .. } in &args.0 {
        match value {
            ArgValue::Text(_) | ArgValue::Regex(_) => out.push(*span),
            ArgValue::Expr(expr) => texts(expr, out),
            ArgValue::Group(args) => texts_of_args(args, out),
            ArgValue::Pipeline(stages) => stages.iter().for_each(|stage| texts_of_stage(stage, out)),
            ArgValue::Query(query) => query.stages.iter().for_each(|stage| texts_of_stage(stage, out)),
            _ => {}
        }
    }
}

fn texts(expr: &Expr, out: &mut Vec<Span>) {
    expr.walk(&mut |expr| match &expr.kind {
        ExprKind::Text(_) | ExprKind::Regex(_) => out.push(expr.span),
        ExprKind::Subquery(subquery) => texts_of_args(&subquery.args, out),
        _ => {}
    });
}
