//! Long texts go through a pager.

use super::Session;
use crate::Failure;
use console::measure_text_width;
use std::io::Write;
use std::process::{Command, Stdio};

/// The pager where `PAGER` names none: it ends by itself where the text fits, keeps colours, and leaves the text on the
/// screen.
const USUAL: &str = "less -FRX";

impl Session<'_> {
    /// Shows a text, through a pager if the screen is too small for it.
    pub(super) fn show(&self, text: &[u8]) -> Result<(), Failure> {
        let size = self.screen.size().filter(|_| self.pager);
        if size.is_some_and(|size| !fits(&String::from_utf8_lossy(text), size)) && self.paged(text) {
            return Ok(());
        }
        self.screen.output(|out| out.write_all(text).map_err(Failure::from))
    }

    /// Whether a pager has shown a text.
    fn paged(&self, text: &[u8]) -> bool {
        let named = std::env::var("PAGER").ok();
        let command = named.as_deref().map(str::trim).filter(|command| !command.is_empty()).unwrap_or(USUAL);
        let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let Ok(mut pager) = Command::new(shell).args([option, command]).stdin(Stdio::piped()).spawn() else {
            return false;
        };
        if let Some(mut input) = pager.stdin.take() {
            // Whoever leaves a pager before the end has seen enough.
            let _ = input.write_all(text);
        }
        // What the shell does not find has shown nothing.
        let shown = pager.wait().is_ok_and(|status| !matches!(status.code(), Some(126 | 127)));
        if !shown && named.is_some() {
            let help = "turn the pager off with `:set pager off`";
            self.screen.warning(None, &format!("can't run the pager `{command}`"), Some(help));
        }
        shown
    }
}

/// Whether a text and a prompt below it have room on a screen of so many rows and columns.
fn fits(text: &str, (rows, columns): (usize, usize)) -> bool {
    let height = |line: &str| measure_text_width(line).div_ceil(columns.max(1)).max(1);
    text.lines().map(height).sum::<usize>() < rows
}
