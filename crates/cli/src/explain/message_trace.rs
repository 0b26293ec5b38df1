//! The story of one message, as text and as JSON.

use super::draw::{Pen, shown_value};
use super::text_pieces::{counted, middle, start};
use serde_json::json;
use sumoql::output::cell;
use sumoql::plan::traced::Kind;
use sumoql::trace::message_trace::{End, Passage, RowPassage, Tale};
use sumoql::trace::verdict::{Parts, Verdict};
use sumoql_data::value::{Owned, Value};

impl Pen<'_> {
    /// The story.
    pub fn tale(&self, tale: &Tale, zone: chrono_tz::Tz) -> String {
        let mut out = String::new();
        let time = tale.time.map(|at| {
            let mut text = String::from(", ");
            cell::plain(Value::Int(at), true, zone, &mut text);
            text
        });
        let head = format!("message {} of the input: {}, at byte {}", tale.number, tale.source, tale.offset);
        out.push_str(&self.paint.strong(&format!("{head}{}", time.unwrap_or_default())));
        out.push_str(&format!("\n  {}\n\n", self.paint.dim(&middle(&tale.raw, 200))));

        let scope = format!("scope (line {})", self.text.line(self.traced.scope.span));
        let verdict = if tale.scope.holds() { "in the scope" } else { "not in the scope" };
        out.push_str(&format!("{}: {verdict}\n", self.paint.strong(&scope)));
        if !matches!(&self.traced.scope.kind, Kind::Leaf(leaf) if leaf.fields.is_empty() && tale.scope.holds()) {
            out.push_str(&self.verdict(&tale.scope, "  "));
        }
        if tale.scope.holds() && !tale.in_range {
            out.push_str("  it is outside the time range\n");
        }
        for passage in &tale.stages {
            out.push_str(&self.passage(passage, tale));
        }
        out.push_str(&format!("\n{}\n", self.paint.strong(&self.ending(tale))));
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

    fn passage(&self, passage: &Passage, tale: &Tale) -> String {
        let name = self.paint.strong(&self.stage_name(passage.stage));
        let mut out = format!("{name}: {}\n", self.stage_text(passage.stage, 90));
        let several = passage.rows.len() > 1;
        for (number, row) in passage.rows.iter().enumerate() {
            let indent = if several { "    " } else { "  " };
            if several {
                out.push_str(&format!("  row {} of {}\n", number + 1, passage.count.0.max(passage.count.1)));
            }
            out.push_str(&self.row(row, indent));
        }
        if passage.count.1 > passage.count.0 {
            out.push_str(&format!("  it becomes {} rows\n", passage.count.1));
        }
        for group in &passage.groups {
            let keys: Vec<String> =
                group.iter().map(|(name, value)| format!("{name} = {}", shown_value(value))).collect();
            let group = if keys.is_empty() { "of all rows".to_string() } else { keys.join(", ") };
            out.push_str(&format!("  it is in the group {group}\n"));
        }
        let dropped = matches!(tale.end, End::Dropped(stage) if stage == passage.stage);
        if dropped {
            out.push_str(&format!("  {}\n", self.paint.bad("it is dropped here")));
        }
        out
    }

    fn row(&self, row: &RowPassage, indent: &str) -> String {
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
    pub fn ending(&self, tale: &Tale) -> String {
        let kept = || self.let_through(tale);
        match tale.end {
            End::Result(1) => format!("It is in the result.{}", kept()),
            End::Result(rows) => format!("It is in the result, as {}.{}", counted(rows as u64, "row"), kept()),
            End::InGroup(rows) => format!("It is in the result, in {}.{}", counted(rows as u64, "group"), kept()),
            End::OutOfScope => format!("It is not in the scope{}.", self.because(tale)),
            End::OutOfRange => "It is not in the time range.".to_string(),
            End::Dropped(stage) => {
                format!("It is not in the result: {} dropped it{}.", self.stage_name(stage), self.because(tale))
            }
            End::Lost(stage) => format!(
                "{} combines all rows into new ones: which of them contain the message is not known.",
                self.stage_name(stage)
            ),
        }
    }

    /// The leaves of filters that let a message through.
    fn let_through(&self, tale: &Tale) -> String {
        const MOST: usize = 4;
        let filters = tale.stages.iter().filter(|passage| {
            let of = self.traced.stages.get(passage.stage - 1);
            of.is_some_and(|of| self.traced.plan.facts.iter().any(|facts| facts.span == of.span && facts.drops))
        });
        let rows = filters.filter_map(|passage| passage.rows.first());
        let mut leaves = Vec::new();
        rows.flat_map(|row| &row.verdicts).for_each(|verdict| holding(verdict, &mut leaves));
        // What stands last is mostly what was looked for.
        let left_out = leaves.len().saturating_sub(MOST);
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

    fn because(&self, tale: &Tale) -> String {
        if let Some((leaf, beside)) = tale.decision().and_then(|verdict| decider(verdict, 1)) {
            let Parts::Leaf(fields, by_case) = &leaf.parts else { return String::new() };
            let values: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name} = {}", shown_value(value))).collect();
            let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
            let case = if *by_case { ": only the case differs" } else { "" };
            let null = fields.iter().filter(|(_, value)| value.borrow().is_null());
            let missed = null.filter_map(|(name, _)| missed(tale, name)).map(|why| format!("; {why}")).next();
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
        let missed = tale.dropped_by().and_then(|passage| passage.rows.iter().find_map(|row| row.missed.as_ref()));
        match (missed, tale.end) {
            (Some(why), _) => format!(", because {why}"),
            (None, End::Dropped(stage)) if self.traced.stages.get(stage - 1).is_some_and(is_gather) => {
                ": it is not among the rows that this stage keeps".to_string()
            }
            _ => String::new(),
        }
    }
}

/// Why a field is null: the parse that should have made it did not match.
fn missed(tale: &Tale, field: &str) -> Option<String> {
    let rows = tale.stages.iter().rev().filter_map(|passage| passage.rows.first());
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

impl Pen<'_> {
    /// The story for other programs.
    pub fn tale_json(&self, tale: &Tale) -> serde_json::Value {
        let stages: Vec<_> = tale.stages.iter().map(|passage| self.passage_json(passage)).collect();
        let (end, stage) = match tale.end {
            End::Result(_) => ("result", None),
            End::InGroup(_) => ("group", None),
            End::OutOfScope => ("out of scope", None),
            End::OutOfRange => ("out of range", None),
            End::Dropped(stage) => ("dropped", Some(stage)),
            End::Lost(stage) => ("unknown", Some(stage)),
        };
        let decider = tale.decision().and_then(Verdict::decider).map(|leaf| self.verdict_json(leaf));
        json!({
            "message": tale.number,
            "input": tale.source,
            "offset": tale.offset,
            "_messageTime": tale.time,
            "_raw": tale.raw,
            "scope": self.verdict_json(&tale.scope),
            "inTimeRange": tale.in_range,
            "stages": stages,
            "end": end,
            "stage": stage,
            "line": stage.and_then(|stage| self.traced.stages.get(stage - 1)).map(|of| self.text.line(of.span)),
            "decidedBy": decider,
            "text": self.ending(tale),
        })
    }

    fn passage_json(&self, passage: &Passage) -> serde_json::Value {
        let of = self.traced.stages.get(passage.stage - 1);
        let row = |row: &RowPassage| {
            let verdicts: Vec<_> = row.verdicts.iter().map(|verdict| self.verdict_json(verdict)).collect();
            json!({"kept": row.kept, "conditions": verdicts, "fields": pairs(&row.made), "missed": row.missed})
        };
        json!({
            "stage": passage.stage,
            "line": of.map(|of| self.text.line(of.span)),
            "text": of.map(|of| self.piece(of.span)),
            "rowsIn": passage.count.0,
            "rowsOut": passage.count.1,
            "rows": passage.rows.iter().map(row).collect::<Vec<_>>(),
            "groups": passage.groups.iter().map(|group| pairs(group)).collect::<Vec<_>>(),
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
