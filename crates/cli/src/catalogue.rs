//! `catalogue`: the whole reference, for people and programs.

use super::screen::Screen;
use super::{Exit, Failure};
use clap::Args;
use sumoql::language::reference::{json, pages, text};

/// Arguments of `catalogue`.
#[derive(Args)]
pub(super) struct CatalogueArgs {
    /// Print it as JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print it as Markdown
    #[arg(long)]
    markdown: bool,
}

impl CatalogueArgs {
    /// Prints the reference.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let catalogue = sumoql::catalogue();
        let text = match (self.json, self.markdown) {
            (true, _) => json::document(&catalogue),
            (_, true) => pages::pages(&catalogue).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n"),
            _ => text::overview(&catalogue, screen.look().colour),
        };
        screen.output(|out| writeln!(out, "{}", text.trim_end()).map_err(Failure::from))?;
        Ok(Exit::Done)
    }
}
