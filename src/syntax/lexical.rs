//! Words, numbers, quoted texts, comments: the smallest pieces, shared by everything above.
//!
//! Every parser here skips blanks and comments first.

use super::error::Parsed;
use super::input::{Input, Quotes, Reads, spanned};
use super::tree::{Name, Text};
use crate::diagnostics::{Diagnostic, Span, codes};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{anychar, char as one, digit1, one_of, satisfy};
use nom::combinator::{fail, map_opt, not, opt, peek, recognize, verify};
use nom::error::context;
use nom::multi::many1_count;
use nom::sequence::{delimited, pair, preceded, separated_pair, terminated};
use nom::{Input as _, Parser};

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

/// What stands after blanks and comments.
pub fn blanks<'a>(i: Input<'a>) -> Parsed<'a, ()> {
    Ok((i.blank(), ()))
}

/// A word in any letter case.
pub fn in_any_case<'a>(word: &'static str) -> impl FnMut(Input<'a>) -> Parsed<'a, Input<'a>> {
    move |i| match i.get(..word.len()) {
        Some(head) if head.eq_ignore_ascii_case(word) => Ok(i.take_split(word.len())),
        _ => fail().parse(i),
    }
}

/// A keyword, in any letter case, that is no part of a longer name such as `by_x`, `not.y` or `in{{z}}`.
pub fn keyword<'a>(word: &'static str) -> impl Reads<'a, Span> {
    spanned(context(word, terminated(in_any_case(word), not(name_part)))).map(|(_, span)| span)
}

/// A sign such as `=` or `(`.
pub fn symbol<'a>(sign: &'static str) -> impl Reads<'a, Span> {
    spanned(context(sign, tag(sign))).map(|(_, span)| span)
}

/// The first of the signs of an expression that stands here; together they are called "an operator" in errors.
pub fn operator_sign<'a, T: Copy>(signs: &'static [(&'static str, T)]) -> impl FnMut(Input<'a>) -> Parsed<'a, T> {
    move |i| {
        let start = i.blank();
        // A comment that is never closed is no division.
        let found = signs.iter().find_map(|(sign, meaning)| Some((start.text.strip_prefix(sign)?, *meaning)));
        match found.filter(|_| !start.starts_with("/*")) {
            Some((rest, meaning)) => Ok((i.with(rest), meaning)),
            None => i.expected("an operator"),
        }
    }
}

/// A plain name: letters, digits, `_`, single dots inside, `{{parameters}}`; no leading digit or dot.
pub fn bare_name<'a>(i: Input<'a>) -> Parsed<'a, &'a str> {
    let first = not(satisfy(|c| c == '.' || c.is_numeric()));
    context("a field name", preceded((blanks, first), written(many1_count(name_part)))).parse(i)
}

/// What a parser reads, as written.
fn written<'a, T>(parser: impl Reads<'a, T>) -> impl Reads<'a, &'a str> {
    recognize(parser).map(|i: Input<'a>| i.text)
}

/// A name as it is written: as it is if it is a plain name, else between quotes.
pub fn escaped_name(name: &str) -> String {
    let words = |name: &str| name.split('.').all(|word| !word.is_empty() && word.chars().all(is_word_char));
    match words(name) && !name.starts_with(char::is_numeric) {
        true => name.to_string(),
        false => format!("%\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// A character of a plain name, a parameter in one, or a dot between its words.
pub fn name_part<'a>(i: Input<'a>) -> Parsed<'a, ()> {
    let word = || alt((satisfy(is_word_char).map(|_| ()), parameter.map(|_| ())));
    alt((word(), (one('.'), peek(word())).map(|_| ()))).parse(i)
}

/// A template parameter.
pub fn parameter<'a>(i: Input<'a>) -> Parsed<'a, Input<'a>> {
    match parameter_end(i.text) {
        Some(rest) => Ok(i.take_split(i.len() - rest.len())),
        None => fail().parse(i),
    }
}

/// What follows a template parameter `{{name}}` or `{{{name}}}`, if the text starts with one.
pub fn parameter_end(i: &str) -> Option<&str> {
    let body = i.strip_prefix("{{")?;
    let (body, close) = match body.strip_prefix('{') {
        Some(body) => (body, "}}}"),
        None => (body, "}}"),
    };
    // No further than a name can go, so that texts full of braces are read once.
    let end = body.find(['{', '}', '|', '"', '\n'])?;
    let after = body[end..].strip_prefix(close)?;
    (!body[..end].trim().is_empty()).then_some(after)
}

/// How the names of tables in Sumo Logic's library begin.
const LIBRARY: &str = "path://";

/// What a quoted text can start with.
pub const QUOTES: [char; 3] = ['"', '“', '”'];

/// Whether a quoted text begins here.
pub fn quote<'a>(i: Input<'a>) -> Parsed<'a, char> {
    peek(satisfy(|c| QUOTES.contains(&c))).parse(i)
}

/// A field name: plain, `%"any text"`, or `%name[0].with.brackets`.
pub fn field<'a>(i: Input<'a>) -> Parsed<'a, Name> {
    // Published queries leave a blank before the quotes.
    let quoted = preceded((one('%'), blanks, quote), string);
    let marked = preceded(one('%'), take_while1(|c| is_word_char(c) || "[].-".contains(c)));
    let name = alt((
        quoted.map(|text| text.value()),
        marked.map(|name: Input<'a>| name.to_string()),
        subscript.map(str::to_string),
        bare_name.map(str::to_string),
    ));
    spanned(context("a field name", name)).map(|(text, span)| Name { text, span }).parse(i)
}

/// The name that a stage gives: a field name, or, as in the manual's `timeslice 2h as 2hrs`, a word that begins with a digit.
/// Where such a name is used it is written `%"2hrs"`.
pub fn label<'a>(i: Input<'a>) -> Parsed<'a, Name> {
    let digits_first = verify(take_while1(is_word_char), |word: &Input<'a>| {
        word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(char::is_alphabetic)
    });
    alt((spanned(digits_first).map(|(word, span)| Name { text: word.to_string(), span }), field)).parse(i)
}

/// `fields['EventData.Image']`: how Cloud SIEM writes a field of a record.
pub fn subscript<'a>(i: Input<'a>) -> Parsed<'a, &'a str> {
    let quoted = |quote: char| delimited(one(quote), take_while1(move |c| c != quote && c != '\n'), one(quote));
    delimited(in_any_case("fields["), alt((quoted('\''), quoted('"'))), one(']'))
        .map(|name: Input<'a>| name.text)
        .parse(i)
}

/// A quoted text. Typographic quotes are taken as plain ones.
pub fn string<'a>(i: Input<'a>) -> Parsed<'a, Text> {
    let start = i.blank();
    let (open, closers): (char, &[char]) = match start.chars().next() {
        Some('"') => ('"', &['"']),
        Some('“') => ('“', &['”', '“', '"']),
        Some('”') => ('”', &['”', '"']),
        _ => return i.expected("a quoted text"),
    };
    let body = &start.text[open.len_utf8()..];
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && !(i.cx.quotes == Quotes::Loose && loosely_closed(body, at + 1, closers)) {
            chars.next();
        } else if closers.contains(&c) {
            let rest = i.with(&body[at + c.len_utf8()..]);
            return Ok((rest, Text { raw: body[..at].to_string(), span: start.span(rest) }));
        }
    }
    let span = Span::new(start.at(), start.at() + open.len_utf8());
    let open = Diagnostic::error(&codes::OPEN_QUOTE, span, "this quote is never closed");
    i.fatal(open.help(match body.contains("\\\"") {
        true => "write a backslash at the end of a string as `\\\\`: `\\\"` is a quote inside it",
        false => "close the string with a quote of the same kind",
    }))
}

/// Whether a text may end with the quote that stands at a place behind a backslash. Not if another quote in the text has
/// a backslash: then its last one was forgotten.
fn loosely_closed(text: &str, at: usize, closers: &[char]) -> bool {
    let after = text[at..].strip_prefix(closers);
    after.is_some_and(|after| after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || c == ')'))
        && !text[..at - 1].contains("\\\"")
}

/// One character between single quotes; nothing is escaped in there.
pub fn quoted_char<'a>(i: Input<'a>) -> Parsed<'a, char> {
    let quoted = delimited(one('\''), anychar, one('\''));
    context("one character between single quotes", preceded(blanks, quoted)).parse(i)
}

/// Digits with an optional point and exponent, without sign or unit. The zero before a point may be left out; published
/// queries leave out the one behind it too.
fn digits<'a>(i: Input<'a>) -> Parsed<'a, &'a str> {
    let fraction = recognize((one('.'), digit1));
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    written((alt((recognize((digit1, opt(recognize((one('.'), opt(digit1)))))), fraction)), opt(exponent))).parse(i)
}

/// A number with its unit: `12`, `1.5`, `2e-3`, `4Ki`, `10m`. Time units give milliseconds.
pub fn number<'a>(i: Input<'a>) -> Parsed<'a, f64> {
    let (rest, text) = context("a number", preceded(blanks, digits)).parse(i)?;
    let (after, unit) = take_while(is_word_char).parse(rest)?;
    let (after, factor) = match unit_factor(&unit) {
        // `x > 0.and y`: the point ends the number.
        None if text.ends_with('.') => (rest, Some(1.0)),
        factor => (after, factor),
    };
    match (text.parse::<f64>(), factor) {
        // Thousandths are divided, not multiplied by 0.001: 3us is exactly what 3/1000 is.
        (Ok(value), Some(factor)) if factor < 1.0 => Ok((after, value / (1.0 / factor).round())),
        (Ok(value), Some(factor)) => Ok((after, value * factor)),
        _ => i.expected("a number with a known unit"),
    }
}

/// A number that may have a minus.
pub fn signed_number<'a>(i: Input<'a>) -> Parsed<'a, f64> {
    (opt(symbol("-")), number).map(|(minus, value)| if minus.is_some() { -value } else { value }).parse(i)
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
fn whole<'a>(i: Input<'a>) -> Parsed<'a, i64> {
    let nearest = |text: &str| if text.starts_with('-') { i64::MIN } else { i64::MAX };
    written(pair(opt(one('-')), digit1)).map(|text| text.parse().unwrap_or_else(|_| nearest(text))).parse(i)
}

/// A whole number, with an optional minus.
pub fn integer<'a>(i: Input<'a>) -> Parsed<'a, i64> {
    let alone = terminated(whole, not(satisfy(is_word_char)));
    context("a whole number", preceded(blanks, alone)).parse(i)
}

/// A length of time in milliseconds: `5m`, `1 h`, `-1d`; units w d h m s ms.
pub fn interval<'a>(i: Input<'a>) -> Parsed<'a, i64> {
    let unit = map_opt(take_while(is_word_char), |unit: Input<'a>| {
        Some(match unit.text {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return None,
        })
    });
    let length = separated_pair(whole, blanks, unit).map(|(count, unit): (i64, i64)| count.saturating_mul(unit));
    context("a length of time such as 5m", preceded(blanks, length)).parse(i)
}

/// A path or address: `shared/dir/table`, `geo://location`, `https://host/file.csv`, `{{dir}}/table`, and in quotes after
/// `path://` anything: `path://"/Library/My Table"`.
pub fn path<'a>(i: Input<'a>) -> Parsed<'a, &'a str> {
    let library = (in_any_case(LIBRARY), quote, string).map(|_| ());
    let part = alt((parameter.map(|_| ()), satisfy(|c| !c.is_whitespace() && !"|()[]\",".contains(c)).map(|_| ())));
    let any = alt((library, many1_count(part).map(|_| ())));
    context("a path", preceded(blanks, written(any))).parse(i)
}

/// The path of a table where a mere word would be something else: it has a slash.
pub fn table<'a>(i: Input<'a>) -> Parsed<'a, &'a str> {
    match path(i) {
        Ok((_, written)) if !has_slash(written) => i.expected("the path of a table"),
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
pub fn moment<'a>(i: Input<'a>) -> Parsed<'a, &'a str> {
    let text = take_while1(|c| !"()[]|\"".contains(c)).map(|text: Input<'a>| text.text.trim_end());
    context("a time", preceded(blanks, text)).parse(i)
}
