//! Words, numbers, quoted texts, comments: the smallest pieces, shared by everything above.
//!
//! Every parser here takes the rest of the query, skips blanks and comments, and returns what is left. What was
//! expected and not found is noted in the [`Cx`], so that an error can name the furthest place that was reached.

use super::signatures::Signatures;
use super::tree::{Name, Text};
use crate::diagnostics::{Code, Diagnostic, Span, codes};
use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char as one, digit1, one_of};
use nom::combinator::{opt, recognize};
use nom::sequence::pair;
use nom::{IResult, Parser};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// A parser's answer: the rest of the text, and what was read.
pub type Parsed<'a, T> = IResult<&'a str, T, ()>;

/// How deep brackets, signs and operators may nest, and how tall an expression's tree may be. Keeps every query within
/// the stack of a small thread (2 MB), without optimisation too.
pub const DEEPEST: u32 = 100;

/// What every parser needs besides the text: the catalogue, and a place to note what was expected.
pub struct Cx<'a> {
    /// The whole query.
    pub source: &'a str,
    /// The language on offer.
    pub catalogue: &'a Signatures,
    furthest: RefCell<(usize, Vec<&'static str>)>,
    depth: Cell<u32>,
    /// The tallest tree read since it was last set to zero.
    height: Cell<u32>,
    fatal: RefCell<Option<Diagnostic>>,
    /// Where a stage inside brackets could not be read: nothing else that is tried there can read it either, and trying
    /// each way on each level takes forever.
    pub hopeless: RefCell<HashSet<usize>>,
    /// How many brackets of enclosing queries or pipelines are open: inside one, a `)` or `]` ends a stage.
    pub nested: Cell<u32>,
    /// What ends a text.
    pub quotes: Quotes,
}

/// What ends a quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// A quote without a backslash.
    Plain,
    /// The same, or a quote with a backslash where a text may end: before white space, a `)` or the end of the query.
    Loose,
}

impl<'a> Cx<'a> {
    /// A fresh context for a query.
    pub fn new(source: &'a str, catalogue: &'a Signatures, quotes: Quotes) -> Self {
        Cx {
            source,
            catalogue,
            furthest: RefCell::new((0, Vec::new())),
            depth: Cell::new(0),
            height: Cell::new(0),
            fatal: RefCell::new(None),
            hopeless: RefCell::new(HashSet::new()),
            nested: Cell::new(0),
            quotes,
        }
    }

    /// The position of a rest of the source.
    pub fn at(&self, rest: &str) -> usize {
        self.source.len() - rest.len().min(self.source.len())
    }

    /// The span between two rests.
    pub fn span(&self, from: &str, to: &str) -> Span {
        Span::new(self.at(from), self.at(to))
    }

    /// Fails, noting what was expected at this place.
    pub fn miss<T>(&self, rest: &str, expected: &'static str) -> Parsed<'a, T> {
        let at = self.at(blank(rest));
        let mut furthest = self.furthest.borrow_mut();
        if at > furthest.0 {
            *furthest = (at, Vec::new());
        }
        if at == furthest.0 && !furthest.1.contains(&expected) {
            furthest.1.push(expected);
        }
        Err(nom::Err::Error(()))
    }

    /// Fails for good: no alternative can help. The diagnostic is kept for the stage's end.
    pub fn fatal<T>(&self, code: &'static Code, span: Span, message: impl Into<String>) -> Parsed<'a, T> {
        self.refuse(Diagnostic::error(code, span, message))
    }

    /// The same, with all that there is to say.
    pub fn refuse<T>(&self, diagnostic: Diagnostic) -> Parsed<'a, T> {
        self.fatal.borrow_mut().get_or_insert(diagnostic);
        Err(nom::Err::Failure(()))
    }

    /// Takes the reason of the last failure.
    pub fn take_fatal(&self) -> Option<Diagnostic> {
        self.fatal.borrow_mut().take()
    }

    /// The furthest place reached and what was expected there.
    pub fn take_furthest(&self) -> (usize, Vec<&'static str>) {
        self.furthest.replace((0, Vec::new()))
    }

    /// Runs a parser one level deeper; fails for good when the text nests too deeply.
    pub fn deeper<T>(&self, i: &'a str, parser: impl FnOnce(&'a str) -> Parsed<'a, T>) -> Parsed<'a, T> {
        if self.depth.get() >= DEEPEST {
            return self.too_deep(i);
        }
        self.depth.set(self.depth.get() + 1);
        let beside = self.start_tree();
        let out = parser(i);
        self.depth.set(self.depth.get() - 1);
        let grown = self.grow_tree(i);
        self.end_tree(beside);
        match grown {
            Ok(_) => out,
            Err(too_tall) => Err(too_tall),
        }
    }

    /// Begins to measure the height of the tree that is read from here on; gives the height of what was read before.
    pub fn start_tree(&self) -> u32 {
        self.height.replace(0)
    }

    /// Puts a level on top of the tree being measured; fails for good when that makes it too tall.
    pub fn grow_tree(&self, i: &'a str) -> Parsed<'a, ()> {
        self.height.set(self.height.get() + 1);
        if self.height.get() > DEEPEST { self.too_deep(i) } else { Ok((i, ())) }
    }

    /// Ends the measuring: this tree and what was read before it stand beside each other.
    pub fn end_tree(&self, beside: u32) {
        self.height.set(self.height.get().max(beside));
    }

    fn too_deep<T>(&self, i: &'a str) -> Parsed<'a, T> {
        let at = self.at(i);
        self.fatal(&codes::TOO_DEEP, Span::new(at, at + 1), "this is nested too deeply")
    }
}

/// The text without leading blanks and comments. An unclosed comment stays, and fails whatever comes next.
pub fn blank(mut i: &str) -> &str {
    loop {
        i = i.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if i.starts_with("//") {
            i = i.find('\n').map_or("", |end| &i[end..]);
        } else if let Some(body) = i.strip_prefix("/*") {
            match body.find("*/") {
                Some(end) => i = &body[end + 2..],
                None => return i,
            }
        } else {
            return i;
        }
    }
}

/// Whether a character can stand inside a plain name or keyword.
pub fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A keyword, in any letter case, that is no part of a longer name such as `by_x`, `not.y` or `in{{z}}`.
pub fn keyword<'a>(cx: &Cx<'a>, i: &'a str, word: &'static str) -> Parsed<'a, Span> {
    let start = blank(i);
    match start.get(..word.len()) {
        Some(head) if head.eq_ignore_ascii_case(word) && name_part(&start[word.len()..]).is_none() => {
            let rest = &start[word.len()..];
            Ok((rest, cx.span(start, rest)))
        }
        _ => cx.miss(i, word),
    }
}

/// A sign such as `=` or `(`.
pub fn symbol<'a>(cx: &Cx<'a>, i: &'a str, sign: &'static str) -> Parsed<'a, Span> {
    let start = blank(i);
    match start.strip_prefix(sign) {
        Some(rest) => Ok((rest, cx.span(start, rest))),
        None => cx.miss(i, sign),
    }
}

/// A sign of an expression; together they are called "an operator" in errors.
pub fn operator_sign<'a>(cx: &Cx<'a>, i: &'a str, sign: &'static str) -> Parsed<'a, Span> {
    let start = blank(i);
    match start.strip_prefix(sign) {
        // A comment that is never closed is no division.
        Some(_) if start.starts_with("/*") => cx.miss(i, "an operator"),
        Some(rest) => Ok((rest, cx.span(start, rest))),
        None => cx.miss(i, "an operator"),
    }
}

/// A plain name: letters, digits, `_`, single dots inside, `{{parameters}}`; no leading digit or dot.
pub fn bare_name<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, &'a str> {
    let start = blank(i);
    if start.starts_with(|c: char| c == '.' || c.is_numeric()) {
        return cx.miss(i, "a field name");
    }
    let mut rest = start;
    while let Some(after) = name_part(rest) {
        rest = after;
    }
    match rest.len() < start.len() {
        true => Ok((rest, &start[..start.len() - rest.len()])),
        false => cx.miss(i, "a field name"),
    }
}

/// What follows a character of a plain name, a parameter in one, or a dot between its words, if that stands here.
pub fn name_part(i: &str) -> Option<&str> {
    if let Some(after) = parameter_end(i) {
        return Some(after);
    }
    match i.chars().next()? {
        c if is_word_char(c) => Some(&i[c.len_utf8()..]),
        '.' => Some(&i[1..]).filter(|rest| rest.starts_with(is_word_char) || parameter_end(rest).is_some()),
        _ => None,
    }
}

/// What follows a template parameter `{{name}}` or `{{{name}}}`, if the text starts with one.
pub fn parameter_end(i: &str) -> Option<&str> {
    let body = i.strip_prefix("{{")?;
    let (body, close) = match body.strip_prefix('{') {
        Some(body) => (body, "}}}"),
        None => (body, "}}"),
    };
    let end = body.find(close)?;
    let name = &body[..end];
    (!name.trim().is_empty() && !name.contains(['{', '}', '|', '"', '\n'])).then(|| &body[end + close.len()..])
}

/// How the names of tables in Sumo Logic's library begin.
const LIBRARY: &str = "path://";

/// What a quoted text can start with.
pub const QUOTES: [char; 3] = ['"', '“', '”'];

/// A field name: plain, `%"any text"`, or `%name[0].with.brackets`.
pub fn field<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Name> {
    let start = blank(i);
    if let Some(after) = start.strip_prefix('%') {
        // Published queries leave a blank before the quotes.
        if blank(after).starts_with(QUOTES) {
            let (rest, text) = string(cx, after)?;
            return Ok((rest, Name { text: text.value(), span: cx.span(start, rest) }));
        }
        let (rest, name) = match take_while1::<_, _, ()>(|c: char| is_word_char(c) || "[].-".contains(c))(after) {
            Ok(found) => found,
            Err(_) => return cx.miss(i, "a field name"),
        };
        return Ok((rest, Name { text: name.to_string(), span: cx.span(start, rest) }));
    }
    if let Some((rest, name)) = subscript(start) {
        return Ok((rest, Name { text: name, span: cx.span(start, rest) }));
    }
    let (rest, name) = bare_name(cx, start)?;
    Ok((rest, Name { text: name.to_string(), span: cx.span(start, rest) }))
}

/// The name that a stage gives: a field name, or, as in the manual's `timeslice 2h as 2hrs`, a word that begins with a digit.
/// Where such a name is used it is written `%"2hrs"`.
pub fn label<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Name> {
    let start = blank(i);
    let end = start.find(|c: char| !is_word_char(c)).unwrap_or(start.len());
    let (word, rest) = start.split_at(end);
    match word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(char::is_alphabetic) {
        true => Ok((rest, Name { text: word.to_string(), span: cx.span(start, rest) })),
        false => field(cx, i),
    }
}

/// `fields['EventData.Image']`: how Cloud SIEM writes a field of a record. What follows it, and the field's name.
pub fn subscript(i: &str) -> Option<(&str, String)> {
    let head = i.get(.."fields[".len()).filter(|head| head.eq_ignore_ascii_case("fields["))?;
    let body = &i[head.len()..];
    let quote = body.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (name, rest) = body[1..].split_once(quote)?;
    let rest = rest.strip_prefix(']')?;
    (!name.is_empty() && !name.contains('\n')).then(|| (rest, name.to_string()))
}

/// A quoted text. Typographic quotes are taken as plain ones.
pub fn string<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Text> {
    let start = blank(i);
    let (open, closers): (char, &[char]) = match start.chars().next() {
        Some('"') => ('"', &['"']),
        Some('“') => ('“', &['”', '“', '"']),
        Some('”') => ('”', &['”', '"']),
        _ => return cx.miss(i, "a quoted text"),
    };
    let body = &start[open.len_utf8()..];
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && !(cx.quotes == Quotes::Loose && loosely_closed(body, at + 1, closers)) {
            chars.next();
        } else if closers.contains(&c) {
            let rest = &body[at + c.len_utf8()..];
            return Ok((rest, Text { raw: body[..at].to_string(), span: cx.span(start, rest) }));
        }
    }
    let at = cx.at(start);
    let span = Span::new(at, at + open.len_utf8());
    let open = Diagnostic::error(&codes::OPEN_QUOTE, span, "this quote is never closed");
    cx.refuse(match body.contains("\\\"") {
        true => open.help("`\\\"` is a quote inside a text: a backslash at its end is written `\\\\`"),
        false => open,
    })
}

/// Whether a text may end with the quote that stands at a place behind a backslash. Not if another quote in the text has
/// a backslash: then its last one was forgotten.
fn loosely_closed(text: &str, at: usize, closers: &[char]) -> bool {
    let after = text[at..].strip_prefix(closers);
    after.is_some_and(|after| after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == ')'))
        && !text[..at - 1].contains("\\\"")
}

/// One character between single quotes; nothing is escaped in there.
pub fn quoted_char<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, char> {
    let start = blank(i);
    let mut chars = start.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('\''), Some(c), Some('\'')) => Ok((&start[2 + c.len_utf8()..], c)),
        _ => cx.miss(i, "one character between single quotes"),
    }
}

/// Digits with an optional point and exponent, without sign or unit. The zero before a point may be left out; published
/// queries leave out the one behind it too.
fn digits(i: &str) -> Parsed<'_, &str> {
    let fraction = recognize((one('.'), digit1));
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    recognize((alt((recognize((digit1, opt(recognize((one('.'), opt(digit1)))))), fraction)), opt(exponent))).parse(i)
}

/// A number with its unit: `12`, `1.5`, `2e-3`, `4Ki`, `10m`. Time units give milliseconds.
pub fn number<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, f64> {
    let start = blank(i);
    let Ok((rest, text)) = digits(start) else { return cx.miss(i, "a number") };
    let Ok((mut after, mut unit)) = take_while::<_, _, ()>(is_word_char)(rest) else { return cx.miss(i, "a number") };
    if text.ends_with('.') && unit_factor(unit).is_none() {
        // `x > 0.and y`: the point ends the number.
        (after, unit) = (rest, "");
    }
    let (Ok(value), Some(factor)) = (text.parse::<f64>(), unit_factor(unit)) else {
        return cx.miss(i, "a number with a known unit");
    };
    // Thousandths are divided, not multiplied by 0.001: 3us is exactly what 3/1000 is.
    Ok((after, if factor < 1.0 { value / (1.0 / factor).round() } else { value * factor }))
}

/// A number that may have a minus.
pub fn signed_number<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, f64> {
    match symbol(cx, i, "-") {
        Ok((rest, _)) => number(cx, rest).map(|(rest, value)| (rest, -value)),
        Err(_) => number(cx, i),
    }
}

/// What a unit multiplies by; the empty unit is 1. Letter case counts: `1m` is a minute, `1M` a million.
pub fn unit_factor(unit: &str) -> Option<f64> {
    Some(match unit {
        "" => 1.0,
        // Java's letters for types, which published queries have.
        "f" | "F" | "D" | "l" | "L" => 1.0,
        "k" | "K" => 1e3,
        "M" => 1e6,
        "G" | "B" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        "ns" => 1e-6,
        "us" => 1e-3,
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 60e3,
        "h" => 3600e3,
        "d" => 86_400e3,
        "w" => 604_800e3,
        _ => return None,
    })
}

/// Digits with an optional minus right before them. Beyond 64 bits it is the nearest number that fits: whoever asked
/// for it says what is out of range.
fn whole(i: &str) -> Parsed<'_, i64> {
    let (rest, text) = recognize(pair(opt(one('-')), digit1)).parse(i)?;
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok((rest, text.parse().unwrap_or(limit)))
}

/// A whole number, with an optional minus.
pub fn integer<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, i64> {
    match whole(blank(i)) {
        Ok((rest, value)) if !rest.starts_with(is_word_char) => Ok((rest, value)),
        _ => cx.miss(i, "a whole number"),
    }
}

/// A length of time in milliseconds: `5m`, `1 h`, `-1d`; units w d h m s ms.
pub fn interval<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, i64> {
    let Ok((rest, count)) = whole(blank(i)) else {
        return cx.miss(i, "a length of time such as 5m");
    };
    let Ok((rest, unit)) = take_while::<_, _, ()>(is_word_char)(blank(rest)) else {
        return cx.miss(i, "a length of time such as 5m");
    };
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return cx.miss(i, "a length of time such as 5m"),
    };
    Ok((rest, count.saturating_mul(factor)))
}

/// A path or address: `shared/dir/table`, `geo://location`, `https://host/file.csv`, `{{dir}}/table`, and in quotes after
/// `path://` anything: `path://"/Library/My Table"`.
pub fn path<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, &'a str> {
    let start = blank(i);
    if let Some(quoted) = start.get(..LIBRARY.len()).filter(|head| head.eq_ignore_ascii_case(LIBRARY))
        && start[quoted.len()..].starts_with(QUOTES)
    {
        let (rest, _) = string(cx, &start[quoted.len()..])?;
        return Ok((rest, &start[..start.len() - rest.len()]));
    }
    let mut rest = start;
    loop {
        if let Some(after) = parameter_end(rest) {
            rest = after;
            continue;
        }
        match rest.chars().next() {
            Some(c) if !c.is_whitespace() && !"|()[]\",".contains(c) => rest = &rest[c.len_utf8()..],
            _ => break,
        }
    }
    match rest.len() < start.len() {
        true => Ok((rest, &start[..start.len() - rest.len()])),
        false => cx.miss(i, "a path"),
    }
}

/// The path of a table where a mere word would be something else: it has a slash.
pub fn table<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, &'a str> {
    match path(cx, i) {
        Ok((_, written)) if !has_slash(written) => cx.miss(i, "the path of a table"),
        found => found,
    }
}

/// Whether there is a slash outside parameters.
fn has_slash(path: &str) -> bool {
    let mut rest = path;
    while let Some(c) = rest.chars().next() {
        match parameter_end(rest) {
            Some(after) => rest = after,
            None if c == '/' => return true,
            None => rest = &rest[c.len_utf8()..],
        }
    }
    false
}

/// A moment between brackets, as written: `-15m`, `2024/05/01 12:00`.
pub fn moment<'a>(cx: &Cx<'a>, i: &'a str) -> Parsed<'a, &'a str> {
    let start = blank(i);
    let (text, rest) = start.split_at(start.find(['(', ')', '[', ']', '|', '"']).unwrap_or(start.len()));
    if text.is_empty() { cx.miss(i, "a time") } else { Ok((rest, text.trim_end())) }
}
