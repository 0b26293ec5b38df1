//! Pieces of text for what `explain` says: shortened, on one line, coloured.

use sumoql::output::cell;

/// Colours, where they are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paint(pub bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }

    /// What holds.
    pub fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// What does not.
    pub fn bad(self, text: &str) -> String {
        self.with("31", text)
    }

    /// What matters.
    pub fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What matters less.
    pub fn dim(self, text: &str) -> String {
        self.with("2", text)
    }
}

/// A piece of a query on one line, without comments at the ends of its lines.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match quoted {
            Some(quote) => {
                out.push(c);
                if c == '\\' {
                    out.extend(chars.next());
                } else if c == quote {
                    quoted = None;
                }
            }
            None if c == '"' => {
                quoted = Some(c);
                out.push(c);
            }
            None if c == '/' && chars.peek() == Some(&'/') && out.ends_with([' ', '(']) => {
                for c in chars.by_ref() {
                    if c == '\n' {
                        break;
                    }
                }
            }
            None if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            None => out.push(c),
        }
    }
    let mut shown = String::new();
    cell::escape(out.trim(), &mut shown);
    shown
}

/// The beginning of a text that is too long.
pub(super) fn start(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_string(),
    }
}

/// Beginning and end of a text that is too long, control characters made visible.
pub(super) fn middle(text: &str, most: usize) -> String {
    let count = text.chars().count();
    let short = match count > most {
        true => {
            let head = most / 2;
            let tail = most - head - 1;
            let end: String = text.chars().skip(count - tail).collect();
            text.chars().take(head).chain(['…']).chain(end.chars()).collect()
        }
        false => text.to_string(),
    };
    let mut out = String::new();
    cell::escape(&short, &mut out);
    out
}

/// `1 row`, `2 rows`.
pub(super) fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", crate::report::thousands(n), if n == 1 { "" } else { "s" })
}
