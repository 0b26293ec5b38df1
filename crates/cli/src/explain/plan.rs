//! The plan of a query as text: what is searched, what each stage does, and which parts run where.

use super::draw::Renderer;
use super::text_pieces::start;
use serde_json::json;
use sumoql::plan::traced::{Node, NodeKind, StageTrace};
use sumoql::program::stage_effects::StageEffects;
use sumoql::syntax::tree::{Query, StageKind};

/// Which view of the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum View {
    /// What each stage does.
    Plan,
    /// The scope and the conditions as trees.
    Tree,
}

impl Renderer<'_> {
    /// The plan.
    pub fn plan(&self, query: &Query, view: View) -> String {
        let plan = &self.traced.plan;
        let mut out = format!("{}\n", self.paint.strong("scope"));
        match (&self.traced.scope.kind, view) {
            (NodeKind::Leaf(_), _) => {
                let text = self.piece(self.traced.scope.span);
                let text = if text.is_empty() { "*" } else { text.as_str() };
                out.push_str(&format!("  {text}\n"));
            }
            _ => out.push_str(&self.node(&self.traced.scope, "  ")),
        }
        let mut part = "";
        for (number, (stage, written)) in self.traced.stages.iter().zip(&query.stages).enumerate() {
            let now = self.part(number);
            if now != part {
                out.push_str(&format!("\n{}\n", self.paint.dim(&format!("-- {now}"))));
                part = now;
            }
            let line = self.text.line(stage.span);
            let text = start(&self.piece(stage.span), 100);
            out.push_str(&format!("{} line {line}: {text}\n", self.paint.strong(&format!("{:2}", number + 1))));
            if view == View::Tree {
                for (_, node) in &stage.expressions {
                    out.push_str(&self.node(node, "     "));
                }
                continue;
            }
            let summary = summary(&written.kind);
            out.push_str(&format!("     {summary}\n"));
            if let Some(facts) = plan.facts.iter().find(|facts| facts.span == stage.span) {
                out.push_str(&details(stage, facts));
            }
        }
        out.push_str(&format!("\n{}\n  {}\n", self.paint.strong("result"), self.result()));
        out
    }

    /// The plan for other programs.
    pub fn plan_json(&self, query: &Query) -> serde_json::Value {
        let plan = &self.traced.plan;
        let stages = self.traced.stages.iter().zip(&query.stages).enumerate().map(|(number, (stage, written))| {
            let facts = plan.facts.iter().find(|facts| facts.span == stage.span);
            let made: Vec<&String> = stage.made.iter().map(|(name, _)| name).collect();
            let conditions: Vec<_> = stage.expressions.iter().map(|(_, node)| self.node_json(node)).collect();
            json!({
                "stage": number + 1,
                "line": self.text.line(stage.span),
                "text": self.piece(stage.span),
                "does": summary(&written.kind),
                "part": self.part(number).split(':').next(),
                "reads": facts.map(|facts| &facts.reads),
                "makes": made,
                "takesAway": facts.map(|facts| &facts.hides),
                "newRows": facts.map(|facts| facts.renews),
                "keepsUnmatched": facts.map(|facts| facts.optional),
                "mayDrop": facts.map(|facts| facts.drops),
                "maySplit": facts.map(|facts| facts.copies),
                "sorts": facts.map(|facts| facts.sorts),
                "conditions": conditions,
            })
        });
        let columns = plan.output.iter().filter(|column| !column.optional).map(|column| &column.name);
        json!({
            "scope": self.node_json(&self.traced.scope),
            "stages": stages.collect::<Vec<_>>(),
            "result": columns.collect::<Vec<_>>(),
            "fieldsOfTheData": !plan.bags.is_empty(),
        })
    }

    /// A condition for other programs.
    fn node_json(&self, node: &Node) -> serde_json::Value {
        let list = |list: &[Node]| list.iter().map(|part| self.node_json(part)).collect::<Vec<_>>();
        match &node.kind {
            NodeKind::All(parts) => json!({"and": list(parts)}),
            NodeKind::Any(parts) => json!({"or": list(parts)}),
            NodeKind::Not(inner) => json!({"not": self.node_json(inner)}),
            NodeKind::Choice(parts) => json!({
                "if": self.node_json(&parts.0), "then": self.node_json(&parts.1), "else": self.node_json(&parts.2),
            }),
            NodeKind::Leaf(leaf) => {
                let fields: Vec<&String> = leaf.fields.iter().map(|(name, _)| name).collect();
                json!({"text": self.piece(node.span), "line": self.text.line(node.span), "fields": fields})
            }
        }
    }

    /// Where a stage runs.
    fn part(&self, number: usize) -> &'static str {
        let stage = &self.traced.stages[number];
        let first = self.traced.plan.base().segments.first().and_then(|segment| segment.gather.as_deref());
        match (stage.begin.ranged, stage.begin.segment, stage.end.segment, stage.end.ranged) {
            (true, ..) => "final: once, over the result of all time ranges",
            (_, 0, 0, false) => "streaming: message by message, in every worker",
            (_, 0, ..) if first.is_some_and(|gather| gather.mergeable()) => {
                "mergeable: every worker keeps a state, and the states are merged"
            }
            (_, 0, ..) => "ordered: once, over all rows in their order",
            _ => "final: once, over the result of the previous part",
        }
    }

    fn result(&self) -> String {
        let plan = &self.traced.plan;
        let mut names: Vec<String> =
            plan.output.iter().filter(|column| !column.optional).map(|column| column.name.clone()).collect();
        if !plan.bags.is_empty() {
            names.push("fields found in the data".into());
        }
        let order = if plan.raw { "; newest first" } else { "" };
        format!("{}{order}", names.join(", "))
    }
}

/// What a stage does, in a sentence.
fn summary(kind: &StageKind) -> &'static str {
    match kind {
        StageKind::Operator { def, .. } => def.summary,
        StageKind::Aggregate { items, by } => match (items.as_slice(), by.is_empty()) {
            ([item], true) => item.def.summary,
            (_, true) => "Aggregates over all rows.",
            (_, false) => "Groups the rows and aggregates each group.",
        },
        StageKind::Expression { .. } => "Sets a field to the value of an expression.",
        StageKind::Parameter(_) | StageKind::Broken => "",
    }
}

fn details(stage: &StageTrace, facts: &StageEffects) -> String {
    let mut out = String::new();
    let mut line = |what: &str, names: &[String]| {
        if !names.is_empty() {
            out.push_str(&format!("     {what} {}\n", names.join(", ")));
        }
    };
    let reads: Vec<String> = facts.reads.iter().filter(|name| !facts.makes.contains(name)).cloned().collect();
    line("reads", &reads);
    let made: Vec<String> = stage.made.iter().map(|(name, _)| name.clone()).collect();
    if facts.renews {
        line("new rows with", &made);
    } else {
        line("sets", &made);
    }
    line("removes", &facts.hides);
    let mut does = Vec::new();
    for (is, what) in [
        (facts.optional, "keeps rows that do not match"),
        (facts.drops, "may drop rows"),
        (facts.copies, "may turn one row into several"),
        (facts.sorts, "sorts the rows"),
        (facts.ordered && !facts.sorts, "depends on the order of the rows"),
        (facts.bags, "sets fields found in the data"),
        (facts.asks_optional && facts.drops, "keeps rows that an earlier parse with nodrop matched"),
    ] {
        if is {
            does.push(what.to_string());
        }
    }
    line("it", &does);
    out
}
