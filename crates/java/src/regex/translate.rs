//! Java's dialect, read and written as the engines understand it.
//!
//! Java's syntax comes first. What it refuses and RE2 takes (`{` as itself, `[` in a class, `(?P<name>`, `[:alpha:]`) is
//! taken too: Sumo Logic's manual names both.

use super::class::class;
use super::escape::{Escaped, VERTICAL};

/// What a pattern is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Without look-around for `^` and `$`: right for texts that do not end with a line end.
    Linear,
    /// Right for all texts.
    Exact,
}

/// The anchors in a pattern whose meaning depends on line ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// The end of the text, or the place before its last line end.
    pub ends: bool,
    /// Starts or ends of lines.
    pub lines: bool,
}

/// A pattern, translated.
#[derive(Debug)]
pub struct Java {
    /// For the engines.
    pub text: String,
    /// What is in it.
    pub anchors: Anchors,
    /// How many groups it has.
    groups: usize,
    /// The highest group it refers to.
    referred: usize,
}

/// Translates a pattern. The error is a text for the user.
pub fn translate(pattern: &str, form: Form) -> Result<Java, String> {
    let read = |lenient, groups| Reader::new(pattern, form, lenient, groups).read();
    let lenient = |error| read(true, usize::MAX).map(|java| (java, true)).map_err(|_| error);
    let (java, is_lenient) = read(false, usize::MAX).map(|java| (java, false)).or_else(lenient)?;
    match java.referred > java.groups {
        // A group that is not there never matches, and how many there are is known only now.
        true => read(is_lenient, java.groups),
        false => Ok(java),
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// `(?i)`
    fold: bool,
    /// `(?m)`
    lines: bool,
    /// `(?s)`
    dot_all: bool,
    /// `(?d)`
    unix: bool,
    /// `(?x)`
    comments: bool,
    /// `(?U)`
    pub(super) unicode: bool,
}

/// How deep groups and classes may nest.
const MAX_NESTING: usize = 200;
/// Line ends of Java, but for `\r\n`, as the inside of a class.
const LINE_ENDS: &str = r"\n\r\x{85}\x{2028}\x{2029}";

/// What an atom is, for the quantifier behind it.
#[derive(PartialEq, Eq)]
enum Atom {
    /// Can be repeated.
    One,
    /// A flag, or nothing.
    Nothing,
}

/// Reads a pattern and writes it.
pub struct Reader<'p> {
    pattern: &'p str,
    /// The place.
    pub at: usize,
    form: Form,
    /// A `[` in a class stands for itself.
    pub lenient: bool,
    pub(super) flags: Flags,
    depth: usize,
    /// Groups opened so far, and all there are if that is known.
    groups: usize,
    all_groups: usize,
    referred: usize,
    anchors: Anchors,
    out: String,
}

impl<'p> Reader<'p> {
    fn new(pattern: &'p str, form: Form, lenient: bool, all_groups: usize) -> Self {
        let (flags, anchors) = (Flags::default(), Anchors::default());
        let out = String::with_capacity(pattern.len() * 2);
        Reader { pattern, at: 0, form, lenient, flags, depth: 0, groups: 0, all_groups, referred: 0, anchors, out }
    }

    fn read(mut self) -> Result<Java, String> {
        self.alternatives()?;
        match self.rest().is_empty() {
            true => Ok(Java { text: self.out, anchors: self.anchors, groups: self.groups, referred: self.referred }),
            false => Err("a `)` without a `(`".into()),
        }
    }

    /// What is left.
    pub fn rest(&self) -> &'p str {
        &self.pattern[self.at..]
    }

    /// The next character.
    pub fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes a text if it comes next.
    pub fn eat(&mut self, text: &str) -> bool {
        let there = self.rest().starts_with(text);
        self.at += if there { text.len() } else { 0 };
        there
    }

    /// Passes white space and comments, where they mean nothing.
    pub fn skip_comments(&mut self) {
        while self.flags.comments {
            match self.rest().chars().next() {
                Some(c) if c.is_ascii_whitespace() || c == '\x0b' => self.at += 1,
                Some('#') => self.at += self.rest().find('\n').map_or(self.rest().len(), |end| end + 1),
                _ => return,
            }
        }
    }

    /// Reads something that may hold itself.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        if self.depth == MAX_NESTING {
            return Err("groups are nested too deeply".into());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Up to the closing bracket or the end.
    fn alternatives(&mut self) -> Result<(), String> {
        let fold = self.flags.fold;
        let mut changed = false;
        loop {
            self.sequence()?;
            changed |= self.flags.fold != fold;
            if !self.eat("|") {
                return Ok(());
            }
            self.out.push('|');
            // The engines need not agree on whether a flag holds for the alternatives that follow; in Java it does.
            if changed {
                self.out.push_str(if self.flags.fold { "(?i)" } else { "(?-i)" });
            }
        }
    }

    fn sequence(&mut self) -> Result<(), String> {
        loop {
            self.skip_comments();
            if self.rest().is_empty() || self.rest().starts_with(['|', ')']) {
                return Ok(());
            }
            let start = self.out.len();
            if self.atom()? == Atom::One {
                self.quantifier(start)?;
            }
        }
    }

    /// The quantifier behind an atom that was written from `start` on.
    fn quantifier(&mut self, start: usize) -> Result<(), String> {
        let mut first = true;
        loop {
            self.skip_comments();
            let counted = self.rest().starts_with('{') && is_count(self.rest());
            if !counted && !self.rest().starts_with(['*', '+', '?']) {
                return Ok(());
            }
            let end = if counted { self.rest().find('}').map_or(1, |end| end + 1) } else { 1 };
            let quantifier = &self.rest()[..end];
            if counted && !is_in_order(quantifier) {
                return Err(format!("`{quantifier}` is not a valid repetition"));
            }
            if !first {
                // Only counts are repeated again.
                if !counted {
                    return Err(format!("nothing to repeat before `{quantifier}`"));
                }
                self.out.insert_str(start, "(?:");
                self.out.push(')');
            }
            self.at += end;
            self.out.push_str(quantifier);
            if self.eat("?") {
                self.out.push('?');
            } else if self.eat("+") {
                self.out.insert_str(start, "(?>");
                self.out.push(')');
            }
            first = false;
        }
    }

    fn atom(&mut self) -> Result<Atom, String> {
        let Some(c) = self.next() else { return Ok(Atom::Nothing) };
        match c {
            '(' => return self.deeper(Self::group),
            '[' => {
                let class = self.deeper(class)?;
                self.out.push_str(&class);
            }
            '.' if self.flags.dot_all => self.out.push_str("(?s:.)"),
            '.' if self.flags.unix => self.out.push_str(r"[^\n]"),
            '.' => self.out.push_str(&format!("[^{LINE_ENDS}]")),
            '^' => self.start_anchor(),
            '$' => self.end_anchor(self.flags.lines),
            '*' | '+' | '?' => return Err(format!("nothing to repeat before `{c}`")),
            '{' if is_count(&self.pattern[self.at - 1..]) => return Err("nothing to repeat before `{`".into()),
            '\\' => return self.escaped_atom(),
            c => self.literal(c),
        }
        Ok(Atom::One)
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_punctuation() && r"\.+*?()|[]{}^$#&-~".contains(c) {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    fn start_anchor(&mut self) {
        let lines = self.flags.lines;
        self.anchors.lines |= lines;
        self.out.push_str(match (lines, self.flags.unix, self.form) {
            (false, ..) => r"\A",
            (true, true, Form::Linear) => "(?m:^)",
            (true, false, Form::Linear) => "(?mR:^)",
            // Not at the end of the text, even behind a line end.
            (true, true, Form::Exact) => r"(?:(?:\A|(?<=\n))(?!\z))",
            (true, false, Form::Exact) => r"(?:(?:\A|(?<=[\n\x{85}\x{2028}\x{2029}])|(?<=\r)(?!\n))(?!\z))",
        });
    }

    fn end_anchor(&mut self, lines: bool) {
        self.anchors.lines |= lines;
        self.anchors.ends |= !lines;
        self.out.push_str(match (lines, self.flags.unix, self.form) {
            (false, _, Form::Linear) => r"\z",
            (true, true, Form::Linear) => "(?m:$)",
            (true, false, Form::Linear) => "(?mR:$)",
            (false, true, Form::Exact) => r"(?:\z|(?=\n\z))",
            (false, false, Form::Exact) => r"(?:\z|(?=\r\n\z)|(?=[\r\x{85}\x{2028}\x{2029}]\z)|(?<!\r)(?=\n\z))",
            (true, true, Form::Exact) => r"(?:\z|(?=\n))",
            (true, false, Form::Exact) => r"(?:\z|(?=[\r\x{85}\x{2028}\x{2029}])|(?<!\r)(?=\n))",
        });
    }

    /// Behind an opening bracket.
    fn group(&mut self) -> Result<Atom, String> {
        let flags = self.flags;
        if self.eat("?") {
            let plain = [":", "=", "!", ">", "<=", "<!"].into_iter().find(|open| self.eat(open));
            if let Some(open) = plain {
                self.out.push_str(&format!("(?{open}"));
            } else if self.eat("<") || self.eat("P<") {
                let Some(end) = self.rest().find('>') else {
                    return Err("missing `>` after the name of a group".into());
                };
                let name = &self.rest()[..end];
                let sound = |c: char| c.is_ascii_alphanumeric() || c == '_';
                if !name.chars().all(sound) || !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
                    return Err(format!("`{name}` is not a valid group name"));
                }
                self.groups += 1;
                self.out.push_str(&format!("(?<{name}>"));
                self.at += end + 1;
            } else {
                self.set_flags()?;
                if self.eat(")") {
                    // They hold up to the end of the group around.
                    if self.flags.fold != flags.fold {
                        self.out.push_str(if self.flags.fold { "(?i)" } else { "(?-i)" });
                    }
                    return Ok(Atom::Nothing);
                }
                if !self.eat(":") {
                    return Err("unknown kind of group".into());
                }
                self.out.push_str(if self.flags.fold { "(?i:" } else { "(?-i:" });
            }
        } else {
            self.groups += 1;
            self.out.push('(');
        }
        self.alternatives()?;
        if !self.eat(")") {
            return Err("unclosed `(`".into());
        }
        self.flags = flags;
        self.out.push(')');
        Ok(Atom::One)
    }

    fn set_flags(&mut self) -> Result<(), String> {
        let mut on = true;
        loop {
            let flag = match self.rest().chars().next() {
                Some('-') if on => {
                    self.at += 1;
                    on = false;
                    continue;
                }
                Some('i') => &mut self.flags.fold,
                Some('m') => &mut self.flags.lines,
                Some('s') => &mut self.flags.dot_all,
                Some('d') => &mut self.flags.unix,
                Some('x') => &mut self.flags.comments,
                Some('U') => &mut self.flags.unicode,
                // Letters outside ASCII are folded anyway.
                Some('u') => {
                    self.at += 1;
                    continue;
                }
                Some(')' | ':') => return Ok(()),
                _ => return Err("unknown kind of group".into()),
            };
            *flag = on;
            self.at += 1;
        }
    }

    /// An escape outside a class, behind its backslash.
    fn escaped_atom(&mut self) -> Result<Atom, String> {
        let start = self.at;
        let Some(c) = self.next() else { return Err("trailing `\\`".into()) };
        match c {
            'b' | 'B' | 'A' | 'z' | 'G' => self.out.push_str(&format!(r"(?:\{c})")),
            'Z' => self.end_anchor(false),
            'R' => self.out.push_str(&format!("(?:\\r\\n|[{VERTICAL}])")),
            'k' if self.rest().starts_with('<') => {
                let Some(end) = self.rest().find('>') else {
                    return Err("missing `>` after the name of a group".into());
                };
                self.out.push_str(&format!(r"\k{}", &self.rest()[..=end]));
                self.at += end + 1;
            }
            '1'..='9' => {
                let mut number = c as usize - '0' as usize;
                // As many digits as there are groups for.
                while let Some(digit) = self.rest().chars().next().and_then(|c| c.to_digit(10)) {
                    let longer = number * 10 + digit as usize;
                    if longer > self.groups {
                        break;
                    }
                    number = longer;
                    self.at += 1;
                }
                self.referred = self.referred.max(number);
                match number > self.all_groups {
                    true => self.out.push_str("(?!)"),
                    false => self.out.push_str(&format!(r"(?:\{number})")),
                }
            }
            _ => {
                self.at = start;
                match self.escape(false)? {
                    Escaped::Char(c) => self.literal(c),
                    Escaped::Text(text) if text.is_empty() => return Ok(Atom::Nothing),
                    Escaped::Text(text) => {
                        // Of a quoted text only the last character is repeated.
                        let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
                        text[..last].chars().for_each(|c| self.literal(c));
                        let start = self.out.len();
                        text[last..].chars().for_each(|c| self.literal(c));
                        self.quantifier(start)?;
                        return Ok(Atom::Nothing);
                    }
                    // `(?i)\w` takes no more letters than `\w`, but `(?i)\p{Lower}` does.
                    Escaped::Set(set) if self.flags.fold && !"pP".contains(c) => {
                        self.out.push_str(&format!("(?-i:[{set}])"))
                    }
                    Escaped::Set(set) => self.out.push_str(&format!("[{set}]")),
                }
            }
        }
        Ok(Atom::One)
    }
}

/// Whether a text starts with `{n}`, `{n,}` or `{n,m}`.
fn is_count(text: &str) -> bool {
    let Some(end) = text.find('}') else { return false };
    let inner = &text[1..end];
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    !least.is_empty() && least.bytes().all(|b| b.is_ascii_digit()) && most.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the numbers of a count can be read and are in order.
fn is_in_order(count: &str) -> bool {
    let inner = &count[1..count.len() - 1];
    let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
    let number = |text: &str| text.parse::<u32>().ok();
    match (number(least), most) {
        (Some(_), "") => true,
        (Some(least), most) => number(most).is_some_and(|most| least <= most),
        (None, _) => false,
    }
}
