//! The story of one message, as text and as JSON.

use super::draw::{Renderer, shown_value};
use super::text_pieces::{counted, middle, start};
use serde_json::json;
use sumoql::output::cell;
use sumoql::plan::traced::NodeKind;
use sumoql::trace::message_trace::{End, MessageRow, MessageStage, MessageTrace};
use sumoql::trace::verdict::{Parts, Verdict};
use sumoql_data::value::{Owned, Value};

impl Renderer<'_> {
    /// The story.
    pub fn message_trace(&self, message_trace: &MessageTrace, zone: chrono_tz::Tz) -> String {
        let mut out = String::new();
        let time = message_trace.time.map(|at| {
            let mut text = String::from(", ");
            cell::plain(Value::Int(at), true, zone, &mut text);
            text
        });
        let head = format!(
            "message {} of the input: {}, at byte {}",
            message_trace.number, message_trace.source, message_trace.offset
        );
        out.push_str(&self.paint.strong(&format!("{head}{}", time.unwrap_or_default())));
        out.push_str(&format!("\n  {}\n\n", self.paint.dim(&middle(&message_trace.raw, 200))));

        let scope = format!("scope (line {})", self.text.line(self.traced.scope.span));
        let verdict = if message_trace.scope.holds() { "in the scope" } else { "not in the scope" };
        out.push_str(&format!("{}: {verdict}\n", self.paint.strong(&scope)));
        if !matches!(&self.traced.scope.kind, NodeKind::Leaf(leaf) if leaf.fields.is_empty() && message_trace.scope.holds())
        {
            out.push_str(&self.verdict(&message_trace.scope, "  "));
        }
        if message_trace.scope.holds() && !message_trace.in_range {
            out.push_str("  it is outside the time range\n");
        }
        for message_stage in &message_trace.stages {
            out.push_str(&self.message_stage(message_stage, message_trace));
        }
        out.push_str(&format!("\n{}\n", self.paint.strong(&self.ending(message_trace))));
        out
    }

    /// The name of a stage: its number and line.
    pub fn stage_name(&self, stage: usize) -> String {
        let line = self.traced.stages.get(stage - 1).map_or(0, |of| self.text.line(of.span));
        format!("stage {stage} (line {line})")
    }

    fn stage_text(&self, stage: usize, most: usize) -> String {
        let text = self.traced.stages.get(stage - 1).map(|of| self.piece(of.span)).unwrap_or_default();
        start(&text, most)
    }

    fn message_stage(&self, message_stage: &MessageStage, message_trace: &MessageTrace) -> String {
        let name = self.paint.strong(&self.stage_name(message_stage.stage));
        let mut out = format!("{name}: {}\n", self.stage_text(message_stage.stage, 90));
        let several = message_stage.rows.len() > 1;
        for (number, row) in message_stage.rows.iter().enumerate() {
            let indent = if several { "    " } else { "  " };
            if several {
                out.push_str(&format!(
                    "  row {} of {}\n",
                    number + 1,
                    message_stage.count.0.max(message_stage.count.1)
                ));
            }
            out.push_str(&self.row(row, indent));
        }
        if message_stage.count.1 > message_stage.count.0 {
            out.push_str(&format!("  it becomes {} rows\n", message_stage.count.1));
        }
        for group in &message_stage.groups {
            let keys: Vec<String> =
                group.iter().map(|(name, value)| format!("{name} = {}", shown_value(value))).collect();
            let group = if keys.is_empty() { "of all rows".to_string() } else { keys.join(", ") };
            out.push_str(&format!("  it is in the group {group}\n"));
        }
        let dropped = matches!(message_trace.end, End::Dropped(stage) if stage == message_stage.stage);
        if dropped {
            out.push_str(&format!("  {}\n", self.paint.bad("it is dropped here")));
        }
        out
    }

    fn row(&self, row: &MessageRow, indent: &str) -> String {
        let mut out = String::new();
        for verdict in &row.verdicts {
            out.push_str(&self.verdict(verdict, indent));
        }
        let mut missed = row.missed.as_ref();
        for (name, value) in &row.made {
            out.push_str(&format!("{indent}{name} = {}", shown_value(value)));
            if value.borrow().is_null()
                && let Some(why) = missed.take()
            {
                out.push_str(&format!(": {why}"));
            }
            out.push('\n');
        }
        if let Some(why) = missed {
            out.push_str(&format!("{indent}no match: {why}\n"));
        }
        out
    }

    /// How the story ends, and why, in a sentence or two.
    pub fn ending(&self, message_trace: &MessageTrace) -> String {
        let kept = || self.let_through(message_trace);
        match message_trace.end {
            End::Result(1) => format!("It is in the result.{}", kept()),
            End::Result(rows) => format!("It is in the result, as {}.{}", counted(rows as u64, "row"), kept()),
            End::InGroup(rows) => format!("It is in the result, in {}.{}", counted(rows as u64, "group"), kept()),
            End::OutOfScope => format!("It is not in the scope{}.", self.because(message_trace)),
            End::OutOfRange => "It is not in the time range.".to_string(),
            End::Dropped(stage) => {
                format!(
                    "It is not in the result: {} dropped it{}.",
                    self.stage_name(stage),
                    self.because(message_trace)
                )
            }
            End::Lost(stage) => format!(
                "{} combines all rows into new ones: which of them contain the message is not known.",
                self.stage_name(stage)
            ),
        }
    }

    /// The leaves of filters that let a message through.
    fn let_through(&self, message_trace: &MessageTrace) -> String {
        const MAX_VALUES: usize = 4;
        let filters = message_trace.stages.iter().filter(|message_stage| {
            let of = self.traced.stages.get(message_stage.stage - 1);
            of.is_some_and(|of| self.traced.plan.facts.iter().any(|facts| facts.span == of.span && facts.drops))
        });
        let rows = filters.filter_map(|message_stage| message_stage.rows.first());
        let mut leaves = Vec::new();
        rows.flat_map(|row| &row.verdicts).for_each(|verdict| holding(verdict, &mut leaves));
        // What stands last is mostly what was looked for.
        let left_out = leaves.len().saturating_sub(MAX_VALUES);
        let shown: Vec<String> = leaves[left_out..].iter().map(|leaf| self.leaf_text(leaf)).collect();
        match shown.as_slice() {
            [] => String::new(),
            [one] => format!(" It passed because {one} is true."),
            many => format!(" It passed because these are true: {}.", many.join(", ")),
        }
    }

    /// A leaf with the values of its fields that it does not say itself.
    fn leaf_text(&self, leaf: &Verdict) -> String {
        let Parts::Leaf(fields, _) = &leaf.parts else { return String::new() };
        let text = self.piece(leaf.span);
        let values: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name} = {}", shown_value(value))).collect();
        match values.join(", ") {
            values if values.is_empty() || values == text => format!("`{text}`"),
            values => format!("`{text}` ({values})"),
        }
    }

    fn because(&self, message_trace: &MessageTrace) -> String {
        if let Some((leaf, beside)) = message_trace.decision().and_then(|verdict| decider(verdict, 1)) {
            let Parts::Leaf(fields, by_case) = &leaf.parts else { return String::new() };
            let values: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name} = {}", shown_value(value))).collect();
            let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
            let case = if *by_case { ": only the case differs" } else { "" };
            let null = fields.iter().filter(|(_, value)| value.borrow().is_null());
            let missed = null.filter_map(|(name, _)| missed(message_trace, name)).map(|why| format!("; {why}")).next();
            let case = format!("{case}{}", missed.unwrap_or_default());
            let what = self.piece(leaf.span);
            return match (leaf.holds(), beside) {
                (true, _) => format!(", because `{what}` is true{values}"),
                (false, 1) => format!(", because `{what}` is false{values}{case}"),
                (false, n) => {
                    format!(", because all of {n} conditions are false, for example `{what}`{values}{case}")
                }
            };
        }
        let missed = message_trace
            .dropped_by()
            .and_then(|message_stage| message_stage.rows.iter().find_map(|row| row.missed.as_ref()));
        match (missed, message_trace.end) {
            (Some(why), _) => format!(", because {why}"),
            (None, End::Dropped(stage)) if self.traced.stages.get(stage - 1).is_some_and(is_gather) => {
                ": it is not among the rows that this stage keeps".to_string()
            }
            _ => String::new(),
        }
    }
}

/// Why a field is null: the parse that should have made it did not match.
fn missed(message_trace: &MessageTrace, field: &str) -> Option<String> {
    let rows = message_trace.stages.iter().rev().filter_map(|message_stage| message_stage.rows.first());
    let mut makers = rows.filter(|row| row.made.iter().any(|(name, _)| name.eq_ignore_ascii_case(field)));
    let why = makers.next()?.missed.as_ref()?;
    Some(format!("{field} is null because {why}"))
}

/// The leaves that make a condition hold. What is excluded and does not occur is left out.
fn holding<'v>(verdict: &'v Verdict, out: &mut Vec<&'v Verdict>) {
    match &verdict.parts {
        Parts::Leaf(..) if verdict.holds() => out.push(verdict),
        Parts::All(list) => list.iter().for_each(|part| holding(part, out)),
        Parts::Any(list) => list.iter().find(|part| part.holds()).into_iter().for_each(|part| holding(part, out)),
        Parts::Leaf(..) | Parts::Not(_) | Parts::Choice(_) => {}
    }
}

fn is_gather(stage: &sumoql::plan::traced::StageTrace) -> bool {
    stage.begin.segment != stage.end.segment
}

/// The leaf that decided, and how many leaves side by side, itself among them, had to hold and do not.
fn decider(verdict: &Verdict, beside: usize) -> Option<(&Verdict, usize)> {
    match &verdict.parts {
        _ if verdict.decided => Some((verdict, beside)),
        Parts::All(list) => list.iter().find_map(|part| decider(part, 1)),
        Parts::Any(list) => {
            let plain = list.iter().all(|part| matches!(part.parts, Parts::Leaf(..)));
            let beside = if plain && !verdict.holds() { list.len() } else { 1 };
            list.iter().find_map(|part| decider(part, beside))
        }
        Parts::Not(inner) => decider(inner, 1),
        Parts::Choice(parts) => decider(&parts.0, 1),
        Parts::Leaf(..) => None,
    }
}

impl Renderer<'_> {
    /// The story for other programs.
    pub fn tale_json(&self, message_trace: &MessageTrace) -> serde_json::Value {
        let stages: Vec<_> =
            message_trace.stages.iter().map(|message_stage| self.passage_json(message_stage)).collect();
        let (end, stage) = match message_trace.end {
            End::Result(_) => ("result", None),
            End::InGroup(_) => ("group", None),
            End::OutOfScope => ("out of scope", None),
            End::OutOfRange => ("out of range", None),
            End::Dropped(stage) => ("dropped", Some(stage)),
            End::Lost(stage) => ("unknown", Some(stage)),
        };
        let decider = message_trace.decision().and_then(Verdict::decider).map(|leaf| self.verdict_json(leaf));
        json!({
            "message": message_trace.number,
            "input": message_trace.source,
            "offset": message_trace.offset,
            "_messageTime": message_trace.time,
            "_raw": message_trace.raw,
            "scope": self.verdict_json(&message_trace.scope),
            "inTimeRange": message_trace.in_range,
            "stages": stages,
            "end": end,
            "stage": stage,
            "line": stage.and_then(|stage| self.traced.stages.get(stage - 1)).map(|of| self.text.line(of.span)),
            "decidedBy": decider,
            "text": self.ending(message_trace),
        })
    }

    fn passage_json(&self, message_stage: &MessageStage) -> serde_json::Value {
        let of = self.traced.stages.get(message_stage.stage - 1);
        let row = |row: &MessageRow| {
            let verdicts: Vec<_> = row.verdicts.iter().map(|verdict| self.verdict_json(verdict)).collect();
            json!({"kept": row.kept, "conditions": verdicts, "fields": pairs(&row.made), "missed": row.missed})
        };
        json!({
            "stage": message_stage.stage,
            "line": of.map(|of| self.text.line(of.span)),
            "text": of.map(|of| self.piece(of.span)),
            "rowsIn": message_stage.count.0,
            "rowsOut": message_stage.count.1,
            "rows": message_stage.rows.iter().map(row).collect::<Vec<_>>(),
            "groups": message_stage.groups.iter().map(|group| pairs(group)).collect::<Vec<_>>(),
        })
    }

    fn verdict_json(&self, verdict: &Verdict) -> serde_json::Value {
        let list = |list: &[Verdict]| list.iter().map(|part| self.verdict_json(part)).collect::<Vec<_>>();
        let value = verdict.value.borrow().to_json();
        match &verdict.parts {
            Parts::All(parts) => json!({"and": list(parts), "value": value}),
            Parts::Any(parts) => json!({"or": list(parts), "value": value}),
            Parts::Not(inner) => json!({"not": self.verdict_json(inner), "value": value}),
            Parts::Choice(parts) => {
                json!({"if": self.verdict_json(&parts.0), "chosen": self.verdict_json(&parts.1), "value": value})
            }
            Parts::Leaf(fields, by_case) => json!({
                "text": self.piece(verdict.span),
                "line": self.text.line(verdict.span),
                "value": value,
                "fields": pairs(fields),
                "decided": verdict.decided,
                "matchesWithoutCase": by_case,
            }),
        }
    }
}

fn pairs(fields: &[(String, Owned)]) -> serde_json::Value {
    let fields = fields.iter().map(|(name, value)| (name.clone(), value.borrow().to_json()));
    serde_json::Value::Object(fields.collect())
}
