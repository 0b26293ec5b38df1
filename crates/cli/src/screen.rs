//! Standard output and standard error: whether they are terminals, whether they want colour, and messages to the user.

use annotate_snippets::{Group, Level, Renderer};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::{Arc, Mutex};
use sumoql::diagnostics::Severity;
use sumoql::output::Look;

/// Where things are shown.
#[derive(Clone)]
pub(super) struct Screen {
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// Whether standard error is a terminal.
    pub error_terminal: bool,
    colours: Colours,
    /// How many lines of standard output are drawn anew.
    drawn: Arc<Mutex<usize>>,
}

/// Where colour is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Colours {
    /// On terminals, unless NO_COLOR is set
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// Takes so many lines above the cursor away.
fn upward(lines: usize) -> String {
    if lines > 0 { format!("\u{1b}[{lines}A\r\u{1b}[J") } else { String::new() }
}

impl Screen {
    /// Looks at standard output, standard error and, where it is not said, `NO_COLOR`.
    pub fn new(colours: Colours) -> Screen {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Screen {
            terminal: io::stdout().is_terminal(),
            error_terminal: io::stderr().is_terminal(),
            colours: if colours == Colours::Auto && (no_colour || dumb) { Colours::Never } else { colours },
            drawn: Arc::default(),
        }
    }

    /// What standard output looks like to the formats of results.
    pub fn look(&self) -> Look {
        let width = self.size().map(|(_, columns)| columns);
        Look { width, colour: self.coloured(self.terminal), ..Look::default() }
    }

    fn coloured(&self, terminal: bool) -> bool {
        match self.colours {
            Colours::Auto => terminal,
            Colours::Always => true,
            Colours::Never => false,
        }
    }

    /// The rows and columns of standard output as they are now, when it is a terminal.
    pub fn size(&self) -> Option<(usize, usize)> {
        let known = || {
            let (rows, columns) = console::Term::stdout().size_checked()?;
            (rows > 0 && columns > 0).then_some((usize::from(rows), usize::from(columns)))
        };
        self.terminal.then(|| known().unwrap_or((24, 80)))
    }

    /// Whether what is drawn on standard error may have colour.
    pub fn error_colour(&self) -> bool {
        self.coloured(self.error_terminal)
    }

    /// Runs something that writes to standard output.
    pub fn output<E: From<io::Error>>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), E> {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write(&mut out)?;
        out.flush()?;
        Ok(())
    }

    /// Draws lines in the place of those that were drawn before. None may be wider than the screen.
    pub fn redraw(&self, lines: &[String]) {
        let Ok(mut drawn) = self.drawn.lock() else { return };
        let text = format!("{}{}\n", upward(*drawn), lines.join("\n"));
        let mut out = io::stdout().lock();
        // That nobody can see it is no reason to stop.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        *drawn = lines.len();
    }

    /// For what is told while a progress line or lines are drawn: takes these away first.
    pub fn above_progress(&self) -> &Screen {
        if let Ok(mut drawn) = self.drawn.lock()
            && *drawn > 0
        {
            let mut out = io::stdout().lock();
            let _ = out.write_all(upward(*drawn).as_bytes()).and_then(|()| out.flush());
            *drawn = 0;
        }
        if self.error_terminal {
            let _ = write!(io::stderr().lock(), "\r\x1b[2K");
        }
        self
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
