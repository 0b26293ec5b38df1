//! Escapes: `\d`, `\x41`, `\p{Lu}`, `\Q…\E`, as Java has them.

use super::property::property;
use super::translate::Reader;

/// The inside of a class: white space within a line.
const HORIZONTAL: &str = r" \t\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}";
/// Ends of lines and pages.
pub const VERTICAL: &str = r"\n\x{b}\f\r\x{85}\x{2028}\x{2029}";
/// `\s`
const WHITE: &str = r" \t\n\x{b}\f\r";
/// `\w`
const WORD: &str = "0-9A-Za-z_";

/// What an escape stands for.
pub enum Escaped {
    /// A character.
    Char(char),
    /// Several characters, one after the other.
    Text(String),
    /// A set, as the inside of a class.
    Set(String),
}

impl Reader<'_> {
    /// An escape that stands for characters, behind its backslash.
    pub fn escape(&mut self, in_class: bool) -> Result<Escaped, String> {
        let Some(c) = self.next() else { return Err("trailing `\\`".into()) };
        let char = |code: u32| {
            char::from_u32(code).map(Escaped::Char).ok_or("there is no character with this number".to_string())
        };
        let set =
            |set: &str, negated: bool| Ok(Escaped::Set(if negated { format!("[^{set}]") } else { set.to_string() }));
        let unicode = self.flags.unicode;
        match c {
            'd' | 'D' => set(if unicode { r"\p{Nd}" } else { "0-9" }, c == 'D'),
            'w' | 'W' => set(if unicode { r"\w" } else { WORD }, c == 'W'),
            's' | 'S' => set(if unicode { r"\p{White_Space}" } else { WHITE }, c == 'S'),
            'h' | 'H' => set(HORIZONTAL, c == 'H'),
            'v' | 'V' => set(VERTICAL, c == 'V'),
            'p' | 'P' => {
                let name = match self.next() {
                    Some('{') => {
                        let Some(end) = self.rest().find('}') else { return Err("unclosed `{`".into()) };
                        let name = &self.rest()[..end];
                        self.at += end + 1;
                        name.to_string()
                    }
                    Some(c) => c.to_string(),
                    None => return Err("trailing `\\`".into()),
                };
                let (name, turned) = match name.strip_prefix('^') {
                    Some(name) => (name, true),
                    None => (name.as_str(), false),
                };
                set(&property(name, unicode)?, (c == 'P') != turned)
            }
            't' => Ok(Escaped::Char('\t')),
            'n' => Ok(Escaped::Char('\n')),
            'r' => Ok(Escaped::Char('\r')),
            'f' => Ok(Escaped::Char('\x0c')),
            'a' => Ok(Escaped::Char('\x07')),
            'e' => Ok(Escaped::Char('\x1b')),
            'b' if in_class => Err("`\\b` is not allowed in a character class".into()),
            'c' => match self.next() {
                Some(c) if c.is_ascii() => char(c as u32 ^ 64),
                _ => Err("expected a character after `\\c`".into()),
            },
            '0' => {
                // Up to three digits, no more than 377.
                let digits = self.rest().bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
                let digits = if digits == 3 && self.rest().as_bytes()[0] > b'3' { 2 } else { digits };
                let code = u32::from_str_radix(&self.rest()[..digits], 8);
                self.at += digits;
                char(code.map_err(|_| "expected digits after `\\0`".to_string())?)
            }
            'x' if self.eat("{") => {
                let Some(end) = self.rest().find('}') else { return Err("unclosed `{`".into()) };
                let code = u32::from_str_radix(&self.rest()[..end], 16);
                self.at += end + 1;
                char(code.map_err(|_| "expected hexadecimal digits after `\\x`".to_string())?)
            }
            'x' => char(self.hex(2)?),
            'u' => {
                let code = self.hex(4)?;
                // Two of UTF-16's halves make one character.
                if (0xd800..0xdc00).contains(&code) && self.eat("\\u") {
                    let low = self.hex(4)?;
                    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400);
                    let low = low.ok_or("there is no character with this number")?;
                    return char(0x10000 + ((code - 0xd800) << 10) + low);
                }
                char(code)
            }
            'Q' => {
                let end = self.rest().find("\\E");
                let text = &self.rest()[..end.unwrap_or(self.rest().len())];
                self.at += text.len() + if end.is_some() { 2 } else { 0 };
                Ok(Escaped::Text(text.to_string()))
            }
            c if c.is_ascii_alphanumeric() => Err(format!("unknown escape `\\{c}`")),
            c => Ok(Escaped::Char(c)),
        }
    }

    fn hex(&mut self, digits: usize) -> Result<u32, String> {
        let code = self.rest().get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += if code.is_some() { digits } else { 0 };
        code.ok_or_else(|| format!("expected {digits} hexadecimal digits"))
    }
}
