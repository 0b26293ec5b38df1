//! Stages that run here and that Sumo Logic does not have together.

use super::Lint;
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::program::stage_effects::StageEffects;
use crate::syntax::signature::OperatorRole;
use crate::syntax::tree::{Arg, ArgValue, Args, Expr, ExprKind, Name, Stage, StageKind};

/// How far back `compare` looks (manual page `time-compare`), in milliseconds.
const FURTHEST: i64 = 40 * 86_400_000;

impl Lint<'_> {
    /// Checks the stages of a pipeline.
    pub(super) fn together(&mut self, stages: &[Stage]) {
        let facts: Vec<Option<&StageEffects>> =
            stages.iter().map(|stage| self.facts.get(&stage.span).copied()).collect();
        for (at, stage) in stages.iter().enumerate() {
            let StageKind::Operator { def, args } = &stage.kind else { continue };
            match def.role {
                OperatorRole::KeyValue if args.has("auto") => self.unnamed_keys(args, stages, &facts, at),
                OperatorRole::Compare => {
                    self.shifts(args);
                    self.renamed_slice(stage, &stages[..at], &facts);
                }
                OperatorRole::Join => self.transposed(stage, args, &stages[..at], &facts),
                _ => {}
            }
        }
    }

    /// `keyvalue auto` hands only those keys on that it names (manual page `parse-keyvalue-formatted-logs`).
    fn unnamed_keys(&mut self, args: &Args, stages: &[Stage], facts: &[Option<&StageEffects>], at: usize) {
        let Some(own) = facts[at] else { return };
        let made = |name: &String| facts[..at].iter().flatten().any(|stage| stage.makes.contains(name));
        let named: Vec<String> = args
            .0
            .iter()
            .filter(|arg| matches!(arg.label, "key" | "name"))
            .filter_map(|arg| match &arg.value {
                ArgValue::Text(text) => Some(text.value().to_lowercase()),
                ArgValue::Field(name) => Some(name.key()),
                _ => None,
            })
            .collect();
        let plain =
            |key: &str| key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect::<String>();
        let mut open: Vec<&String> = own.makes.iter().filter(|name| !name.starts_with('_') && !made(name)).collect();
        open.retain(|name| !named.iter().any(|key| key == *name || plain(key) == **name));
        let mut used: Vec<&Name> = Vec::new();
        for (stage, facts) in stages.iter().zip(facts).skip(at + 1) {
            let Some(facts) = facts else { break };
            let mut names = Vec::new();
            names_of(stage, &mut names);
            for key in open.iter().filter(|key| facts.reads.contains(key)) {
                let written = names.iter().find(|name| name.key() == **key && !self.parametric(name.span));
                used.extend(written.filter(|name| used.iter().all(|known| known.key() != name.key())));
            }
            open.retain(|key| !facts.makes.contains(key) && !facts.hides.contains(key));
            if facts.renews {
                break;
            }
        }
        let Some(first) = used.first() else { return };
        let keys: Vec<String> = used.iter().map(|name| format!("\"{}\"", name.text)).collect();
        let message = format!("`{}` does not exist in Sumo Logic: `keyvalue auto` does not name it", first.text);
        let warning = Diagnostic::warning(&codes::AUTO_KEYS, first.span, message)
            .label(stages[at].span, "keys that later stages use must be named here")
            .help(format!("write `keyvalue auto keys {}`", keys.join(", ")));
        self.say(used.iter().skip(1).take(5).fold(warning, |warning, name| warning.label(name.span, "also used here")));
    }

    fn shifts(&mut self, args: &Args) {
        for (shift, span) in args.groups("shift") {
            let Some(Arg { value: ArgValue::Interval(step), .. }) = shift.get("by") else { continue };
            let furthest = step.saturating_abs().saturating_mul(shift.integer("count").unwrap_or(1));
            if furthest <= FURTHEST || self.parametric(span) {
                continue;
            }
            let days = furthest.div_euclid(86_400_000);
            let message = format!("Sumo Logic's `compare` looks back at most 40 days, not {days}");
            self.warn(&codes::SHIFT_TOO_FAR, span, message, "shorten the shift, or compare with fewer ranges");
        }
    }

    /// `timeslice 1h as t | count by t | compare …`: Sumo Logic moves only `_timeslice` between time ranges.
    fn renamed_slice(&mut self, compare: &Stage, before: &[Stage], facts: &[Option<&StageEffects>]) {
        let mut renamed: Vec<&Name> = Vec::new();
        for (stage, facts) in before.iter().zip(facts) {
            let reads = |name: &Name| facts.is_some_and(|facts| facts.reads.contains(&name.key()));
            match &stage.kind {
                StageKind::Operator { def, args } if def.role == OperatorRole::TimeSlice => {
                    renamed.extend(args.field("name").filter(|name| name.key() != "_timeslice"));
                }
                StageKind::Expression { value: Expr { kind: ExprKind::Field(value), .. }, alias: Some(alias) }
                    if value.key() == "_timeslice" || renamed.iter().any(|name| name.key() == value.key()) =>
                {
                    renamed.push(alias);
                }
                StageKind::Aggregate { by, .. } => {
                    let grouped = |name: &&Name| reads(name) && by.iter().any(|field| field.key() == name.key());
                    renamed.retain(grouped);
                    if let Some(name) = renamed.last().filter(|name| !self.parametric(name.span)) {
                        let message = format!(
                            "Sumo Logic's `compare` needs the column `_timeslice`: it does not recognise `{}`",
                            name.text
                        );
                        let warning = Diagnostic::warning(&codes::SLICE_ALIAS, name.span, message)
                            .label(compare.span, "this compares time slices")
                            .help(format!(
                                "write `timeslice …` without an alias, and rename after `compare`: `| _timeslice as \
                                 {}`",
                                name.text
                            ));
                        self.say(warning);
                    }
                    renamed.clear();
                }
                _ => {}
            }
        }
    }

    /// Sumo Logic has no `join` of transposed rows (manual page `transpose`).
    fn transposed(&mut self, join: &Stage, args: &Args, before: &[Stage], facts: &[Option<&StageEffects>]) {
        let mut transposed = None;
        for (stage, facts) in before.iter().zip(facts) {
            match &stage.kind {
                StageKind::Operator { def, .. } if def.role == OperatorRole::Transpose => transposed = Some(stage.span),
                _ if facts.is_some_and(|facts| facts.renews) => transposed = None,
                _ => {}
            }
        }
        let inner = args.groups("table").into_iter().find_map(|(table, _)| {
            let stages = table.0.iter().find_map(|arg| match &arg.value {
                ArgValue::Pipeline(stages) => Some(stages.as_slice()),
                ArgValue::Query(query) => Some(query.stages.as_slice()),
                _ => None,
            })?;
            let is_transpose =
                |stage: &&Stage| matches!(&stage.kind, StageKind::Operator { def, .. } if def.role == OperatorRole::Transpose);
            stages.iter().find(is_transpose).map(|stage| stage.span)
        });
        let Some(transpose) = transposed.or(inner) else { return };
        // The stage may be long; its name says which it is.
        let span = Span::new(join.span.start, (join.span.start + "join".len()).min(join.span.end));
        let warning = Diagnostic::warning(
            &codes::TRANSPOSE_JOIN,
            span,
            "Sumo Logic does not support `join` on \
                                                                         transposed rows",
        )
        .label(transpose, "the rows are transposed here")
        .help("use `join` first, then `transpose`");
        self.say(warning);
    }
}

/// The names that a stage writes.
fn names_of<'s>(stage: &'s Stage, out: &mut Vec<&'s Name>) {
    match &stage.kind {
        StageKind::Operator { args, .. } => names_of_args(args, out),
        StageKind::Aggregate { items, by } => {
            items.iter().flat_map(|item| &item.args).for_each(|arg| names_of_expr(arg, out));
            out.extend(by);
        }
        StageKind::Expression { value, .. } => names_of_expr(value, out),
        StageKind::Parameter(_) | StageKind::Broken => {}
    }
}

fn names_of_args<'s>(args: &'s Args, out: &mut Vec<&'s Name>) {
    for arg in &args.0 {
        match &arg.value {
            ArgValue::Field(name) => out.push(name),
            ArgValue::Expr(expr) => names_of_expr(expr, out),
            ArgValue::Group(args) => names_of_args(args, out),
            ArgValue::Pipeline(stages) => stages.iter().for_each(|stage| names_of(stage, out)),
            ArgValue::Query(query) => query.stages.iter().for_each(|stage| names_of(stage, out)),
            _ => {}
        }
    }
}

fn names_of_expr<'s>(expr: &'s Expr, out: &mut Vec<&'s Name>) {
    expr.walk(&mut |expr| match &expr.kind {
        ExprKind::Field(name) => out.push(name),
        ExprKind::Subquery(subquery) => names_of_args(&subquery.args, out),
        _ => {}
    });
}
