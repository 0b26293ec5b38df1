//! `completions` and `man`: what shells and readers of manuals know of the command line, from its own definition.

use super::screen::Screen;
use super::{Cli, Exit, Failure};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Arguments of `completions`.
#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Writes the script to standard output.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "sumoql", &mut script);
        screen.output(|out| out.write_all(&script).map_err(Failure::from))?;
        Ok(Exit::Done)
    }
}

/// Arguments of `man`.
#[derive(Args)]
pub(super) struct Man {
    /// Print only the page of this command
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

impl Man {
    /// Writes a manual page to standard output.
    pub fn run(self, screen: &Screen) -> Result<Exit, Failure> {
        let mut all = Cli::command();
        all.build();
        let command = match &self.command {
            None => all,
            Some(name) => {
                let found = all.find_subcommand(name).cloned();
                let page = found.ok_or_else(|| Failure::wrong(format!("unknown command `{name}`")))?;
                let shown = page.get_bin_name().unwrap_or(name).replace(' ', "-");
                page.display_name(shown)
            }
        };
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        screen.output(|out| out.write_all(&page).map_err(Failure::from))?;
        Ok(Exit::Done)
    }
}
