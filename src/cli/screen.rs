//! Standard output and standard error: whether they are terminals, whether they want colour, and messages to the user.

use crate::diagnostics::Severity;
use crate::output::Look;
use annotate_snippets::{Group, Level, Renderer};
use std::io::{self, BufWriter, IsTerminal, Write};

/// Where things are shown.
pub(super) struct Screen {
    /// The width of standard output, when it is a terminal.
    width: Option<usize>,
    /// Whether standard error is a terminal.
    pub error_terminal: bool,
    colour: bool,
}

impl Screen {
    /// Looks at standard output, standard error and `NO_COLOR`.
    pub fn new() -> Screen {
        let terminal = io::stdout().is_terminal();
        let columns = || {
            let (_, columns) = console::Term::stdout().size_checked()?;
            Some(usize::from(columns)).filter(|columns| *columns > 0)
        };
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Screen {
            width: terminal.then(|| columns().unwrap_or(80)),
            error_terminal: io::stderr().is_terminal(),
            colour: !no_colour && !dumb,
        }
    }

    /// What standard output looks like to the formats of results.
    pub fn look(&self) -> Look {
        Look { width: self.width, colour: self.width.is_some() && self.colour }
    }

    /// Whether what is drawn on standard error may have colour.
    pub fn error_colour(&self) -> bool {
        self.error_terminal && self.colour
    }

    /// Runs something that writes to standard output.
    pub fn output<E: From<io::Error>>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), E> {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write(&mut out)?;
        out.flush()?;
        Ok(())
    }

    /// Writes lines to standard error. That nobody can see them is no reason to stop.
    pub fn tell(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
    }

    /// An error, with a code and a hint if there are any.
    pub fn error(&self, code: Option<&str>, message: &str, help: Option<&str>) {
        self.message(Severity::Error, code, message, help);
    }

    /// A warning.
    pub fn warning(&self, code: Option<&str>, message: &str, help: Option<&str>) {
        self.message(Severity::Warning, code, message, help);
    }

    /// A remark.
    pub fn note(&self, message: &str, help: Option<&str>) {
        self.message(Severity::Note, None, message, help);
    }

    fn message(&self, severity: Severity, code: Option<&str>, message: &str, help: Option<&str>) {
        let level = match severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut title = level.primary_title(message);
        if let Some(code) = code {
            title = title.id(code);
        }
        let renderer = if self.error_colour() { Renderer::styled() } else { Renderer::plain() };
        self.tell(&renderer.render(&[Group::with_title(title)]).to_string());
        // On its own: together the two are drawn with a bar between them, made for query text that isn't there.
        if let Some(help) = help {
            self.tell(&renderer.render(&[Group::with_title(Level::HELP.secondary_title(help))]).to_string());
        }
    }
}
