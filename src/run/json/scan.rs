//! Walks over JSON text without building a tree: values are checked and skipped, and come out as slices of the text.
//!
//! What is accepted is JSON as RFC 8259 has it, nested up to [`MAX_NESTING`] levels. Half of a surrogate pair is let pass
//! (programs that cut texts write them); it reads as U+FFFD.

use super::fast_skip;

/// Containers inside containers; deeper text counts as broken, so that no message can use up the stack.
pub const MAX_NESTING: usize = 512;

/// Why text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Something else was needed at this offset.
    At(usize),
    /// The text ended in the middle of a value.
    Ended,
}

/// The outcome of a step of the walk.
pub type Walk = Result<(), Broken>;

/// A place in JSON text.
pub struct Scanner<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// A string as written, without its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'t> {
    /// What stands between the quotes.
    pub raw: &'t str,
    /// Whether there is a backslash in it.
    pub escaped: bool,
}

impl Quoted<'_> {
    /// Whether the string means this text.
    pub fn is(self, text: &str) -> bool {
        if self.escaped { super::text::unescaped(self.raw) == text } else { self.raw == text }
    }
}

impl<'t> Scanner<'t> {
    /// Starts at the beginning of a text.
    pub fn new(text: &'t str) -> Self {
        Scanner::from(text, 0)
    }

    /// Starts at an offset, which must be that of a character.
    pub fn from(text: &'t str, at: usize) -> Self {
        Scanner::within(text, at, 0)
    }

    /// Starts at an offset that is within so many containers.
    pub fn within(text: &'t str, at: usize, depth: usize) -> Self {
        Scanner { text, at, depth }
    }

    /// The offset of what comes next.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The text from what comes next.
    pub fn left(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The text from an offset to what comes next.
    pub fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    /// The next byte, if there is one.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over blanks.
    pub fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn broken(&self) -> Broken {
        if self.at >= self.text.len() { Broken::Ended } else { Broken::At(self.at) }
    }

    fn take(&mut self, byte: u8) -> Walk {
        match self.peek() {
            Some(next) if next == byte => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.broken()),
        }
    }

    /// Requires that nothing but blanks is left.
    pub fn end(&mut self) -> Walk {
        self.blanks();
        if self.at == self.text.len() { Ok(()) } else { Err(Broken::At(self.at)) }
    }

    /// Passes over a value; the answer is the value as written.
    pub fn value(&mut self) -> Result<&'t str, Broken> {
        let start = self.at;
        self.skip()?;
        Ok(self.since(start))
    }

    /// Passes over a value.
    pub fn skip(&mut self) -> Walk {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{') => self.members(|scanner, _| scanner.skip()),
            Some(b'[') => self.items(|scanner, _| scanner.skip()),
            Some(b'-' | b'0'..=b'9') => match fast_skip::end(self.text.as_bytes(), self.at) {
                Some(end) => {
                    self.at = end;
                    Ok(())
                }
                None => self.number(),
            },
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => Err(self.broken()),
        }
    }

    /// Goes over the members of an object. `each` gets the key and must pass over the value.
    pub fn members(&mut self, mut each: impl FnMut(&mut Self, Quoted<'t>) -> Walk) -> Walk {
        self.enter(b'{')?;
        if self.peek() != Some(b'}') {
            loop {
                let key = self.string()?;
                self.blanks();
                self.take(b':')?;
                self.blanks();
                each(self, key)?;
                if !self.comma()? {
                    break;
                }
            }
        }
        self.leave(b'}')
    }

    /// Goes over the items of an array. `each` gets the position and must pass over the value.
    pub fn items(&mut self, mut each: impl FnMut(&mut Self, usize) -> Walk) -> Walk {
        self.enter(b'[')?;
        let mut index = 0;
        if self.peek() != Some(b']') {
            loop {
                each(self, index)?;
                index += 1;
                if !self.comma()? {
                    break;
                }
            }
        }
        self.leave(b']')
    }

    fn enter(&mut self, bracket: u8) -> Walk {
        if self.depth == MAX_NESTING {
            return Err(Broken::At(self.at));
        }
        self.depth += 1;
        self.take(bracket)?;
        self.blanks();
        Ok(())
    }

    fn leave(&mut self, bracket: u8) -> Walk {
        self.depth -= 1;
        self.take(bracket)
    }

    fn comma(&mut self) -> Result<bool, Broken> {
        self.blanks();
        if self.peek() != Some(b',') {
            return Ok(false);
        }
        self.at += 1;
        self.blanks();
        Ok(true)
    }

    /// Passes over a string.
    pub fn string(&mut self) -> Result<Quoted<'t>, Broken> {
        self.take(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += fast_skip::length(&self.text.as_bytes()[self.at..]);
            match self.peek() {
                Some(b'"') => {
                    let raw = self.since(start);
                    self.at += 1;
                    return Ok(Quoted { raw, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                    self.escape()?;
                }
                _ => return Err(self.broken()),
            }
        }
    }

    /// Passes over what follows a backslash.
    fn escape(&mut self) -> Walk {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(digit) if digit.is_ascii_hexdigit() => self.at += 1,
                        _ => return Err(self.broken()),
                    }
                }
            }
            _ => return Err(self.broken()),
        }
        Ok(())
    }

    fn number(&mut self) -> Walk {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Walk {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.broken()) }
    }

    fn word(&mut self, word: &str) -> Walk {
        for byte in word.bytes() {
            self.take(byte)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn check(text: &str) -> Walk {
        let mut scanner = Scanner::new(text);
        scanner.blanks();
        scanner.skip()?;
        scanner.end()
    }

    #[test]
    fn accepts_what_serde_accepts_and_nothing_else() {
        for text in [
            "{}",
            "[]",
            " {\"a\" : [1 , -0.5e+3, true,false,null, \"x\\u00e9\\n\"] } ",
            "\"\"",
            "0",
            "-1",
            "[[],{}]",
            "{\"a\":1,}",
            "[1,]",
            "{a:1}",
            "{'a':1}",
            "[1 2]",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"tab\there\"",
            "tru",
            "nul",
            "{\"a\"}",
            "{\"a\":}",
            "",
            " ",
            "[",
            "{\"a\":[1,2}",
            "\"open",
            "{} x",
            "-",
            "\"long enough to need a second word \\\" of eight bytes\"",
            "\"\u{7f}\u{e9}\u{1f600} wide characters\"",
        ] {
            let serde = serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(check(text).is_ok(), serde, "{text}");
        }
    }

    #[test]
    fn says_whether_text_ended_or_broke() {
        assert_eq!(check("{\"a\":[1,"), Err(Broken::Ended));
        assert_eq!(check("\"abc"), Err(Broken::Ended));
        assert_eq!(check("{x"), Err(Broken::At(1)));
        assert_eq!(check("{\"a\" 1}"), Err(Broken::At(5)));
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(&nested(MAX_NESTING)).is_ok());
        assert!(check(&nested(MAX_NESTING + 1)).is_err());
        assert!(check(&nested(100_000)).is_err());
    }
}
