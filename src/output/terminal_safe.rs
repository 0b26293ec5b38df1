//! A writer for a terminal: control characters in what is written are shown, not obeyed.

use super::Format;
use super::cell::is_obeyed;
use std::io::{self, Write};

/// Writes text with control characters as `\u{1b}`, in JSON as `\u001b`. Line breaks and tabs stay. What it makes of text
/// without control characters is the text.
pub struct TerminalSafe<'w> {
    out: &'w mut dyn Write,
    json: bool,
    /// The beginning of a character whose rest is still to come.
    begun: Vec<u8>,
}

impl<'w> TerminalSafe<'w> {
    /// Writes a format to a terminal.
    pub fn new(format: Format, out: &'w mut dyn Write) -> TerminalSafe<'w> {
        TerminalSafe { out, json: matches!(format, Format::Json | Format::Jsonl), begun: Vec::new() }
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        let mut rest = text;
        let obeyed = |c: char| is_obeyed(c) && c != '\n' && c != '\t';
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| obeyed(*c)) {
            self.out.write_all(&rest.as_bytes()[..at])?;
            let after = &rest[at + c.len_utf8()..];
            match (c, self.json) {
                // A line may end with both.
                ('\r', _) if after.starts_with('\n') => {}
                ('\r', _) => self.out.write_all(b"\\r")?,
                (c, true) => write!(self.out, "\\u{:04x}", c as u32)?,
                (c, false) => write!(self.out, "\\u{{{:x}}}", c as u32)?,
            }
            rest = after;
        }
        self.out.write_all(rest.as_bytes())
    }
}

impl Write for TerminalSafe<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let joined;
        let mut rest = match self.begun.is_empty() {
            true => bytes,
            false => {
                joined = [std::mem::take(&mut self.begun).as_slice(), bytes].concat();
                &joined
            }
        };
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.text(text)?;
                    return Ok(bytes.len());
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    self.text(&String::from_utf8_lossy(valid))?;
                    let Some(length) = error.error_len() else {
                        self.begun = after.to_vec();
                        return Ok(bytes.len());
                    };
                    self.text("\u{fffd}")?;
                    rest = &after[length..];
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, parts: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut safe = TerminalSafe::new(format, &mut out);
        assert!(parts.iter().all(|part| safe.write_all(part).is_ok()));
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        let text = "a\u{1b}[2J\tb\u{9b}31m\r\nc\rd\u{202e}\u{200f}\u{7f}é\n".as_bytes();
        let raw = "a\\u{1b}[2J\tb\\u{9b}31m\nc\\rd\\u{202e}\\u{200f}\\u{7f}é\n";
        assert_eq!(written(Format::Raw, &[text]), raw);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(written(Format::Csv, &bytes).replace("\\r\n", "\n"), raw);
        assert_eq!(written(Format::Jsonl, &["\"\u{9b}\u{202e}\"".as_bytes()]), "\"\\u009b\\u202e\"");
    }
}
