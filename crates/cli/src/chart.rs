//! Charts of results: what is asked for, what the query says about its columns, and where a chart goes.

use super::choices::{self, CHARTS};
use super::screen::Screen;
use super::{Exit, Failure};
use clap::Args;
use std::path::PathBuf;
use sumoql::output::chart_series::{ResultMeaning, chart};
use sumoql::output::{Look, View};
use sumoql::program::plan::Plan;
use sumoql::syntax::tree::{AggregateItem, Query, StageKind};
use sumoql_charts::ChartKind;

/// Which charts are asked for.
#[derive(Args, Clone, Default)]
pub(super) struct ChartArgs {
    /// Draw a chart under the table: auto (the default), bar, column, line, area or pie
    #[arg(long, value_parser = choices::parser(CHARTS), value_name = "KIND", num_args = 0..=1, default_missing_value = "auto")]
    #[arg(help_heading = "Output", hide_possible_values = true)]
    pub chart: Option<ChartKind>,
    /// Write the chart to this file as SVG, of the kind that --chart sets [default kind: auto]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub chart_svg: Option<PathBuf>,
}

impl ChartArgs {
    /// Whether any chart is asked for.
    pub fn any(&self) -> bool {
        self.chart.is_some() || self.chart_svg.is_some()
    }

    /// The chart as text, if one is asked for and can be drawn.
    pub fn text(&self, view: &View<'_>, facts: &ResultMeaning, look: Look) -> Option<String> {
        let chart = chart(view, self.chart?, facts).ok()?;
        Some(chart.text(look.width.unwrap_or(80), look.colour))
    }

    /// Draws what is asked for. What can't be drawn is a warning where the table stands above it, but a failure where a file
    /// was to be written.
    pub fn draw(&self, view: &View<'_>, facts: &ResultMeaning, screen: &Screen) -> Result<(), Failure> {
        if !self.any() {
            return Ok(());
        }
        let chart = match chart(view, self.chart.unwrap_or(ChartKind::Auto), facts) {
            Ok(chart) => chart,
            Err(reason) => {
                let message = format!("no chart: {reason}");
                if self.chart_svg.is_some() {
                    return Err(Failure::wrong(message));
                }
                screen.warning(None, &message, None);
                return Ok(());
            }
        };
        if self.chart.is_some() {
            let look = screen.look();
            screen.output(|out| {
                write!(out, "\n{}", chart.text(look.width.unwrap_or(80), look.colour)).map_err(Failure::from)
            })?;
        }
        for note in chart.notes() {
            screen.note(&format!("chart: {note}"), None);
        }
        if let Some(file) = &self.chart_svg {
            std::fs::write(file, chart.svg()).map_err(|error| {
                Failure::Say(Exit::Input, format!("can't write the chart to {}: {error}", file.display()))
            })?;
        }
        Ok(())
    }
}

/// What a query says about the columns of its result.
pub(super) fn facts(tree: &Query, plan: &Plan) -> ResultMeaning {
    let mut facts = ResultMeaning { messages: plan.raw, ..ResultMeaning::default() };
    for stage in &tree.stages {
        match &stage.kind {
            StageKind::Aggregate { items, by } => {
                facts.keys = by.iter().map(|name| name.text.clone()).collect();
                facts.additive = items.iter().all(|item| matches!(item.def.name, "count" | "sum"));
                facts.measures = items.iter().map(measure).collect();
                facts.split = Vec::new();
            }
            StageKind::Operator { def, args } if def.name == "transpose" => {
                facts.keys = args.fields("row").iter().map(|name| name.text.clone()).collect();
                facts.split = args.fields("column").iter().map(|name| name.text.clone()).collect();
            }
            // These leave the numbers as they are.
            StageKind::Operator { def, .. }
                if matches!(def.name, "sort" | "limit" | "where" | "fields" | "fillmissing" | "top" | "filter") => {}
            // Numbers that are computed of others need not add up.
            _ => facts.additive = false,
        }
    }
    facts
}

/// What an aggregate's column is called: its alias, or the name that aggregates have by themselves.
fn measure(item: &AggregateItem) -> String {
    item.alias.as_ref().map_or_else(|| format!("_{}", item.def.name), |alias| alias.text.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_queries_say_of_their_columns() {
        for (stages, keys, additive, measures, split) in [
            ("count by a", "a", true, "_count", ""),
            ("count as n, sum(b) by a, c | sort by n | limit 5", "a c", true, "n _sum", ""),
            ("avg(b) by a", "a", false, "_avg", ""),
            ("count by a | _count * 2 as n", "a", false, "_count", ""),
            ("count by a, b | transpose row a column b", "a", true, "_count", "b"),
            ("count by a, b | transpose row a column b | count", "", true, "_count", ""),
        ] {
            let text = format!("* | {stages}");
            let catalogue = sumoql::catalogue();
            let (tree, _) = sumoql::syntax::parse(&text, &catalogue);
            let plan = sumoql::plan::plan(&text, &tree, &catalogue).0.unwrap();
            let found = facts(&tree, &plan);
            let words = |list: &[String]| list.join(" ");
            let found = (words(&found.keys), found.additive, words(&found.measures), words(&found.split));
            assert_eq!(found, (keys.into(), additive, measures.into(), split.into()), "{stages}");
        }
    }
}
