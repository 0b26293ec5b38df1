//! Rows in and out of each stage, as text and as JSON.

use super::draw::Renderer;
use super::message_trace::stage_name;
use super::text_pieces::{counted, start};
use super::{OPTIONS, Ways};
use crate::report::thousands;
use serde_json::json;
use std::time::Duration;
use sumoql::trace::stage_counts::{Counts, StageReport};

/// What stands behind the stage at which nothing is left.
const ENDS: &str = "◀ no row is left";

/// As much of a stage's text is shown however narrow the terminal is.
const LEAST: usize = 24;

impl Renderer<'_> {
    /// The table of stages, in lines that fit into `width`. With `times`, what each took, if there is room for that.
    pub fn counts(&self, stage_report: &StageReport, (times, width): (bool, Option<usize>), ways: Ways) -> String {
        let mut rows = vec![["", "rows in", "rows out", "matched", "missed", "time", ""].map(str::to_string)];
        let all = std::iter::once(&stage_report.scope).chain(&stage_report.stages);
        let total: Duration = all.clone().map(|counts| counts.time).sum();
        for (number, counts) in all.enumerate() {
            let name = match number {
                0 => format!("scope {}", start(&self.piece(self.traced.scope.span), 50)),
                number => {
                    let stage = self.traced.stages.get(number - 1);
                    let text = stage.map(|stage| self.piece(stage.span)).unwrap_or_default();
                    let line = stage.map_or(0, |stage| self.text.line(stage.span));
                    format!("{number:2} line {line}: {}", start(&text, 50))
                }
            };
            let dash = || "-".to_string();
            let missed = counts.matched.map(|matched| counts.rows_in.saturating_sub(matched));
            rows.push([
                name,
                thousands(counts.rows_in),
                counts.rows_out.map_or_else(dash, thousands),
                counts.matched.map_or_else(String::new, thousands),
                missed.map_or_else(String::new, thousands),
                if times { share(counts.time, total) } else { String::new() },
                if ends(counts) { self.paint.bad(ENDS) } else { String::new() },
            ]);
        }
        if !times {
            rows[0][5].clear();
        }
        let mut widths: Vec<usize> =
            (0..6).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
        let marked = rows.iter().any(|row| !row[6].is_empty());
        let mark = if marked { 2 + ENDS.chars().count() } else { 0 };
        let rest = |widths: &[usize]| -> usize {
            widths[1..].iter().filter(|width| **width > 0).map(|width| width + 2).sum::<usize>() + mark
        };
        if let Some(width) = width {
            if LEAST + rest(&widths) > width {
                widths[5] = 0;
            }
            let rest = rest(&widths);
            widths[0] = widths[0].min(width.saturating_sub(rest).max(LEAST));
            rows.iter_mut().for_each(|row| row[0] = start(&row[0], widths[0]));
        }
        let mut out = String::new();
        for row in &rows {
            let mut line = format!("{:width$}", row[0], width = widths[0]);
            for (cell, width) in row[1..6].iter().zip(&widths[1..6]).filter(|(_, width)| **width > 0) {
                line.push_str(&format!("  {cell:>width$}"));
            }
            if !row[6].is_empty() {
                line.push_str(&format!("  {}", row[6]));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        for hint in self.hints(stage_report, ways) {
            out.push_str(&format!("\n{hint}\n"));
        }
        out
    }

    /// The line of a stage.
    fn line_of(&self, stage: usize) -> usize {
        self.traced.stages.get(stage - 1).map_or(0, |of| self.text.line(of.span))
    }

    /// What to say of the stage where rows went to nothing.
    fn hints(&self, stage_report: &StageReport, ways: Ways) -> Vec<String> {
        let mut hints = Vec::new();
        if let Some(stage) = stage_report.not_run {
            hints.push(format!(
                "{} runs over several time ranges: its rows, and those of later stages, are not counted here.",
                stage_name(stage, self.line_of(stage))
            ));
        }
        if ends(&stage_report.scope) {
            hints.push(format!(
                "None of {} is in the scope: use {} to see why.",
                counted(stage_report.scope.rows_in, "message"),
                ways.first
            ));
        }
        let Some(number) = stage_report.stages.iter().position(ends) else { return hints };
        let counts = &stage_report.stages[number];
        let rows = counted(counts.rows_in, "row");
        let name = stage_name(number + 1, self.line_of(number + 1));
        // Null fields may be the reason, or be those of other kinds of events: one message's story tells.
        let traced_lines = format!(" Use {} to see why for one message.", ways.any);
        let why = match (&counts.missed, counts.nulls.as_slice()) {
            (Some(why), _) => format!(" In the first of them, {why}."),
            (None, []) => traced_lines,
            (None, [one]) => format!(" The field `{one}` is null in all of them.{traced_lines}"),
            (None, many) => {
                let names: Vec<String> = many.iter().map(|name| format!("`{name}`")).collect();
                format!(" The fields {} are null in all of them.{traced_lines}", names.join(", "))
            }
        };
        hints.push(format!("{name} keeps none of {rows}.{why}"));
        hints
    }

    /// The counts for other programs; `partial`: the run was stopped.
    pub fn counts_json(&self, stage_report: &StageReport, partial: bool) -> serde_json::Value {
        let of = |counts: &Counts| {
            json!({
                "rowsIn": counts.rows_in,
                "rowsOut": counts.rows_out,
                "matched": counts.matched,
                "missed": counts.matched.map(|matched| counts.rows_in.saturating_sub(matched)),
                "microseconds": counts.time.as_micros() as u64,
                "allNull": counts.nulls,
            })
        };
        let stages =
            stage_report.stages.iter().zip(&self.traced.stages).enumerate().map(|(number, (counts, stage))| {
                let mut object = of(counts);
                object["stage"] = json!(number + 1);
                object["line"] = json!(self.text.line(stage.span));
                object["text"] = json!(self.piece(stage.span));
                object
            });
        json!({
            "messages": stage_report.messages,
            "partial": partial,
            "scope": of(&stage_report.scope),
            "stages": stages.collect::<Vec<_>>(),
            "hints": self.hints(stage_report, OPTIONS),
        })
    }
}

fn ends(counts: &Counts) -> bool {
    counts.rows_in > 0 && counts.rows_out == Some(0)
}

fn share(time: Duration, total: Duration) -> String {
    let share = 100.0 * time.as_secs_f64() / total.as_secs_f64().max(1e-9);
    let ms = time.as_secs_f64() * 1000.0;
    format!("{ms:.1} ms {share:3.0} %")
}
