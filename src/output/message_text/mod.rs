//! The text of a message laid out for reading: JSON compactly, events of Windows by their parts, anything else as it is.

mod json;
mod windows_event;

use super::styled_text::{Style, StyledText};

/// A text that has been laid out.
pub struct Laid {
    /// The text.
    pub text: StyledText,
    /// Whether it is the text of the message and not one made of its parts.
    pub is_event: bool,
}

/// Lays out a message.
pub fn lay_out(message: &str) -> Laid {
    if let Some(text) = windows_event::lay_out(message) {
        return Laid { text, is_event: true };
    }
    let text = json::lay_out(message).unwrap_or_else(|| {
        let mut text = StyledText::default();
        text.push(message.trim_end(), Style::Plain);
        text
    });
    Laid { text, is_event: false }
}

#[cfg(test)]
pub(super) fn wrapped(message: &str, width: usize) -> Vec<String> {
    let Laid { text, .. } = lay_out(message);
    text.lines(width).into_iter().map(|line| text.text()[line].to_string()).collect()
}
