//! `help`: an operator, function or aggregate explained, or a command.

use super::screen::Screen;
use super::{Cli, Exit, Failure};
use clap::{Args, CommandFactory};
use sumoql::language::reference::text::{entries, overview};

/// Arguments of `help`.
#[derive(Args)]
#[command(override_usage = "sumoql help [COMMAND]\n       sumoql help operator [NAME]\n       sumoql help NAME")]
pub(super) struct Help {
    /// A command, or `operator` (`function`, `aggregate`) and a name; without a name, list all of them
    words: Vec<String>,
}

impl Help {
    /// Prints the help.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let mut command = Cli::command();
        let Some(first) = self.words.first() else {
            return page(screen, &command.render_long_help().to_string());
        };
        let topic = ["operator", "operators", "function", "functions", "aggregate", "aggregates"];
        let kind = topic.iter().any(|word| first.eq_ignore_ascii_case(word));
        if !kind
            && self.words.len() == 1
            && let Some(found) = command.find_subcommand_mut(first)
        {
            return page(screen, &found.render_long_help().to_string());
        }
        let catalogue = sumoql::catalogue();
        let name = self.words[usize::from(kind)..].join(" ");
        if name.trim().is_empty() {
            return page(screen, &overview(&catalogue, screen.look().colour));
        }
        match entries(&catalogue, &name, screen.look().colour) {
            Ok(text) => page(screen, &text),
            Err(message) => Err(Failure::wrong(message)),
        }
    }
}

fn page(screen: &Screen, text: &str) -> Result<Exit, Failure> {
    screen.output(|out| writeln!(out, "{}", text.trim_end()).map_err(Failure::from))?;
    Ok(Exit::Done)
}
