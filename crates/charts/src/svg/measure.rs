//! How wide a text is about, in a sans-serif font, and texts that are cut to fit.

use unicode_width::UnicodeWidthChar;

/// Fonts differ: this errs to the wide side.
const WIDE: f64 = 1.08;

/// The width of a text.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(of).sum::<f64>() * size * WIDE
}

fn of(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | 'I' => 0.28,
        'f' | 't' | 'r' | ' ' | '/' | '\\' | '-' | '(' | ')' | '[' | ']' => 0.36,
        'm' | 'M' | 'W' | '%' | '@' => 0.9,
        'w' => 0.75,
        c if c.is_ascii_digit() || c.is_ascii_lowercase() => 0.57,
        c if c.is_ascii_uppercase() => 0.71,
        c => match c.width() {
            Some(2) => 1.0,
            Some(0) | None => 0.0,
            _ => 0.62,
        },
    }
}

/// A text cut in its middle, so that both ends of a path stay to be seen.
pub(super) fn shortened(text: &str, room: f64, size: f64) -> String {
    if width(text, size) <= room {
        return text.to_string();
    }
    let chars: Vec<char> = text.chars().collect();
    let room = room / size / WIDE - of('…');
    let (mut head, mut tail, mut used) = (0, chars.len(), 0.0);
    while head < tail {
        let front = head <= chars.len() - tail;
        let next = if front { chars[head] } else { chars[tail - 1] };
        used += of(next);
        if used > room {
            break;
        }
        if front { head += 1 } else { tail -= 1 }
    }
    let part = |chars: &[char]| chars.iter().collect::<String>();
    format!("{}…{}", part(&chars[..head]), part(&chars[tail..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_long_text_stay() {
        let text = r"C:\Windows\System32\inetsrv\w3wp.exe";
        let short = shortened(text, 120.0, 12.0);
        assert!(short.starts_with("C:") && short.ends_with("exe") && short.contains('…'), "{short}");
        assert!(width(&short, 12.0) <= 120.0);
        assert_eq!(shortened("a", 120.0, 12.0), "a");
        assert_eq!(shortened("abcdef", 0.0, 12.0), "…");
    }
}
