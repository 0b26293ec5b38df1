//! The story of one message, as text and as JSON.

use super::draw::{Renderer, shown_value};
use super::text_pieces::{counted, middle, one_line, start};
use serde_json::json;
use sumoql::output::cell;
use sumoql::trace::message_trace::{End, MessageRow, MessageStage, MessageTrace};
use sumoql::trace::verdict::{Leaf, Parts, Verdict};
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

        let scope = format!("scope (line {})", message_trace.scope.line);
        let verdict = if message_trace.scope.holds() { "in the scope" } else { "not in the scope" };
        out.push_str(&format!("{}: {verdict}\n", self.paint.strong(&scope)));
        let plain = message_trace.scope.leaf().is_some_and(|leaf| leaf.fields.is_empty());
        if !(plain && message_trace.scope.holds()) {
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

    fn message_stage(&self, message_stage: &MessageStage, message_trace: &MessageTrace) -> String {
        let name = self.paint.strong(&stage_name(message_stage.stage, message_stage.line));
        let mut out = format!("{name}: {}\n", start(&one_line(&message_stage.text), 90));
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
        let dropped = matches!(message_trace.end, End::Dropped(by) if by.stage == message_stage.stage);
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
            End::Dropped(by) => {
                let name = stage_name(by.stage, by.line);
                format!("It is not in the result: {name} dropped it{}.", self.because(message_trace))
            }
            End::Lost(by) => format!(
                "{} combines all rows into new ones: which of them contain the message is not known.",
                stage_name(by.stage, by.line)
            ),
            _ => String::new(),
        }
    }

    /// The leaves of filters that let a message through.
    fn let_through(&self, message_trace: &MessageTrace) -> String {
        const MAX_VALUES: usize = 4;
        let leaves = message_trace.let_through();
        // What stands last is mostly what was looked for.
        let left_out = leaves.len().saturating_sub(MAX_VALUES);
        let shown: Vec<String> = leaves[left_out..].iter().filter_map(|of| of.leaf()).map(leaf_text).collect();
        match shown.as_slice() {
            [] => String::new(),
            [one] => format!(" It passed because {one} is true."),
            many => format!(" It passed because these are true: {}.", many.join(", ")),
        }
    }

    fn because(&self, message_trace: &MessageTrace) -> String {
        if let Some((verdict, beside)) = message_trace.decision().and_then(Verdict::decider_among) {
            let Some(leaf) = verdict.leaf() else { return String::new() };
            let values = values(leaf);
            let values = if values.is_empty() { values } else { format!(" ({values})") };
            let case = if leaf.differs_in_case { ": only the case differs" } else { "" };
            let null = leaf.fields.iter().filter(|(_, value)| value.borrow().is_null());
            let mut missed = null.filter_map(|(name, _)| Some((name, message_trace.why_null(name)?)));
            let missed = missed.next().map(|(name, why)| format!("; {name} is null because {why}"));
            let case = format!("{case}{}", missed.unwrap_or_default());
            let what = one_line(&leaf.text);
            return match (verdict.holds(), beside) {
                (true, _) => format!(", because `{what}` is true{values}"),
                (false, 1) => format!(", because `{what}` is false{values}{case}"),
                (false, n) => {
                    format!(", because all of {n} conditions are false, for example `{what}`{values}{case}")
                }
            };
        }
        let Some(by) = message_trace.dropped_by() else { return String::new() };
        match by.rows.iter().find_map(|row| row.missed.as_ref()) {
            Some(why) => format!(", because {why}"),
            None if by.gathers => ": it is not among the rows that this stage keeps".to_string(),
            None => String::new(),
        }
    }
}

/// The name of a stage: its number and line.
pub(super) fn stage_name(stage: usize, line: usize) -> String {
    format!("stage {stage} (line {line})")
}

/// The fields of a leaf with their values.
fn values(leaf: &Leaf) -> String {
    let values = leaf.fields.iter().map(|(name, value)| format!("{name} = {}", shown_value(value)));
    values.collect::<Vec<_>>().join(", ")
}

/// A leaf with the values of its fields that it does not say itself.
fn leaf_text(leaf: &Leaf) -> String {
    let text = one_line(&leaf.text);
    match values(leaf) {
        values if values.is_empty() || values == text => format!("`{text}`"),
        values => format!("`{text}` ({values})"),
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
            End::Dropped(by) => ("dropped", Some(by)),
            End::Lost(by) => ("unknown", Some(by)),
            _ => ("unknown", None),
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
            "stage": stage.map(|by| by.stage),
            "line": stage.map(|by| by.line),
            "decidedBy": decider,
            "text": self.ending(message_trace),
        })
    }

    fn passage_json(&self, message_stage: &MessageStage) -> serde_json::Value {
        let row = |row: &MessageRow| {
            let verdicts: Vec<_> = row.verdicts.iter().map(|verdict| self.verdict_json(verdict)).collect();
            json!({"kept": row.kept, "conditions": verdicts, "fields": pairs(&row.made), "missed": row.missed})
        };
        json!({
            "stage": message_stage.stage,
            "line": message_stage.line,
            "text": one_line(&message_stage.text),
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
            Parts::Leaf(leaf) => json!({
                "text": one_line(&leaf.text),
                "line": verdict.line,
                "value": value,
                "fields": pairs(&leaf.fields),
                "decided": verdict.decided,
                "matchesWithoutCase": leaf.differs_in_case,
            }),
        }
    }
}

fn pairs(fields: &[(String, Owned)]) -> serde_json::Value {
    let fields = fields.iter().map(|(name, value)| (name.clone(), value.borrow().to_json()));
    serde_json::Value::Object(fields.collect())
}
