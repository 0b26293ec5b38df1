//! The notation in which an operator says what may follow its name, and the parser that obeys it.
//!
//! An operator's `form` *is* its syntax: this file reads the form once, then parses arguments by it, names what was
//! expected when they do not fit, and `catalogue::pest` writes it as a rule of the grammar.
//!
//! ```text
//! form   = option ("|" option)*          ordered choice: the first that fits is taken
//! option = item+
//! item   = (label ":")? atom repeat?
//! atom   = 'keyword' | 'sign' | piece | "(" form ")"
//! repeat = "?" | "*" | "+" | ",+"         ",+" is one or more, separated by commas
//! piece  = field expr text regex char integer number interval path table moment query pipeline
//! ```

use super::expression::{expression, lone_parameter};
use super::lexical::{self, Cx, Parsed, blank, keyword, symbol};
use super::stage;
use super::tree::{Arg, ArgValue, Args};

/// A form, read.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// All, in order.
    All(Vec<Form>),
    /// The first that fits.
    First(Vec<Form>),
    /// One or none.
    Optional(Box<Form>),
    /// At least so many.
    Many(usize, Box<Form>),
    /// One or more with commas between.
    List(Box<Form>),
    /// A keyword or sign.
    Word(&'static str),
    /// A piece with its label.
    Piece(&'static str, &'static str),
    /// A bracket with a label: its arguments make a group.
    Group(&'static str, Box<Form>),
}

/// The pieces a form may name, with what a user calls them.
pub const PIECES: &[(&str, &str)] = &[
    ("field", "a field name"),
    ("label", "a field name"),
    ("expr", "an expression"),
    ("text", "a quoted text"),
    ("regex", "/regex/"),
    ("char", "one character between single quotes"),
    ("integer", "a whole number"),
    ("number", "a number"),
    ("interval", "a length of time such as 5m"),
    ("path", "a path"),
    ("table", "the path of a table"),
    ("moment", "a time"),
    ("query", "a query"),
    ("pipeline", "a pipeline"),
];

impl Form {
    /// Reads the notation. The message says what is wrong with it and where.
    pub fn read(text: &'static str) -> Result<Form, String> {
        let mut reader = Reader { text, rest: text };
        let form = reader.options()?;
        match reader.rest.trim() {
            "" => Ok(form),
            rest => Err(format!("can't read {rest:?} in form {text:?}")),
        }
    }

    /// The keywords a text of this form can start with.
    pub fn first_words(&self) -> Vec<&'static str> {
        match self {
            Form::All(items) => items.first().map(Form::first_words).unwrap_or_default(),
            Form::First(options) => options.iter().flat_map(Form::first_words).collect(),
            Form::Optional(inner) | Form::Many(_, inner) | Form::List(inner) | Form::Group(_, inner) => {
                inner.first_words()
            }
            Form::Word(word) => vec![word],
            Form::Piece(..) => Vec::new(),
        }
    }

    /// Whether a keyword occurs anywhere in the form.
    pub fn mentions(&self, word: &str) -> bool {
        match self {
            Form::All(items) | Form::First(items) => items.iter().any(|item| item.mentions(word)),
            Form::Optional(inner) | Form::Many(_, inner) | Form::List(inner) | Form::Group(_, inner) => {
                inner.mentions(word)
            }
            Form::Word(w) => *w == word,
            Form::Piece(..) => false,
        }
    }

    /// Parses arguments by the form.
    pub fn parse<'a>(&self, cx: &Cx<'a>, i: &'a str) -> Parsed<'a, Args> {
        let mut args = Vec::new();
        let (rest, ()) = self.run(cx, i, &mut args)?;
        Ok((rest, Args(args)))
    }

    fn run<'a>(&self, cx: &Cx<'a>, i: &'a str, out: &mut Vec<Arg>) -> Parsed<'a, ()> {
        match self {
            Form::All(items) => {
                let mut rest = i;
                for item in items {
                    (rest, ()) = item.run(cx, rest, out)?;
                }
                Ok((rest, ()))
            }
            Form::First(options) => {
                let kept = out.len();
                for option in options {
                    match option.run(cx, i, out) {
                        Err(nom::Err::Error(())) => out.truncate(kept),
                        other => return other,
                    }
                }
                Err(nom::Err::Error(()))
            }
            Form::Optional(inner) => match attempt(inner, cx, i, out)? {
                Some(rest) => Ok((rest, ())),
                None => Ok((i, ())),
            },
            Form::Many(least, inner) => {
                let (mut rest, mut count) = (i, 0);
                while let Some(after) = attempt(inner, cx, rest, out)?.filter(|after| after.len() < rest.len()) {
                    rest = after;
                    count += 1;
                }
                if count < *least { inner.run(cx, rest, out) } else { Ok((rest, ())) }
            }
            Form::List(inner) => {
                let (mut rest, ()) = inner.run(cx, i, out)?;
                while let Ok((after, _)) = symbol(cx, rest, ",") {
                    // A comma that nothing of this list follows may belong to an outer one.
                    match attempt(inner, cx, after, out)? {
                        Some(next) => rest = next,
                        None => break,
                    }
                }
                Ok((rest, ()))
            }
            Form::Word(word) => {
                let (rest, span) = match is_keyword(word) {
                    true => keyword(cx, i, word)?,
                    false => symbol(cx, i, word)?,
                };
                out.push(Arg { label: "", value: ArgValue::Word(word), span });
                Ok((rest, ()))
            }
            Form::Piece(label, piece) => {
                let start = blank(i);
                let (rest, value) = parse_piece(piece, cx, i)?;
                out.push(Arg { label, value, span: cx.span(start, rest) });
                Ok((rest, ()))
            }
            Form::Group(label, inner) => {
                let start = blank(i);
                let mut args = Vec::new();
                let (rest, ()) = inner.run(cx, i, &mut args)?;
                out.push(Arg { label, value: ArgValue::Group(Args(args)), span: cx.span(start, rest) });
                Ok((rest, ()))
            }
        }
    }
}

/// Runs a part that may be missing: `None` when it does not fit.
fn attempt<'a>(form: &Form, cx: &Cx<'a>, i: &'a str, out: &mut Vec<Arg>) -> Result<Option<&'a str>, nom::Err<()>> {
    let kept = out.len();
    match form.run(cx, i, out) {
        Ok((rest, ())) => Ok(Some(rest)),
        Err(nom::Err::Error(())) => {
            out.truncate(kept);
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

fn parse_piece<'a>(piece: &str, cx: &Cx<'a>, i: &'a str) -> Parsed<'a, ArgValue> {
    use nom::Parser;
    // A template parameter can stand for a number or a length of time; names, texts, expressions and paths read their
    // own.
    if matches!(piece, "integer" | "number" | "interval")
        && let Some((text, rest)) = lone_parameter(i)
    {
        return Ok((rest, ArgValue::Parameter(text.to_string())));
    }
    match piece {
        "field" => (|i| lexical::field(cx, i)).map(ArgValue::Field).parse(i),
        "label" => (|i| lexical::label(cx, i)).map(ArgValue::Field).parse(i),
        "expr" => (|i| expression(cx, i)).map(ArgValue::Expr).parse(i),
        "text" => (|i| lexical::string(cx, i)).map(ArgValue::Text).parse(i),
        "regex" => (|i| super::regex::regex(cx, i)).map(ArgValue::Regex).parse(i),
        "char" => (|i| lexical::quoted_char(cx, i)).map(ArgValue::Char).parse(i),
        "integer" => (|i| lexical::integer(cx, i)).map(ArgValue::Integer).parse(i),
        "number" => (|i| lexical::signed_number(cx, i)).map(ArgValue::Number).parse(i),
        "interval" => (|i| lexical::interval(cx, i)).map(ArgValue::Interval).parse(i),
        "path" => lexical::path(cx, i).map(|(rest, path)| match lexical::parameter_end(path) {
            Some("") => (rest, ArgValue::Parameter(path.to_string())),
            _ => (rest, ArgValue::Path(path.to_string())),
        }),
        "table" => lexical::table(cx, i).map(|(rest, path)| (rest, ArgValue::Path(path.to_string()))),
        "moment" => lexical::moment(cx, i).map(|(rest, moment)| match lexical::parameter_end(moment) {
            Some("") => (rest, ArgValue::Parameter(moment.to_string())),
            _ => (rest, ArgValue::Moment(moment.to_string())),
        }),
        "query" => (|i| stage::nested_query(cx, i)).map(|query| ArgValue::Query(Box::new(query))).parse(i),
        "pipeline" => (|i| stage::nested_pipeline(cx, i)).map(ArgValue::Pipeline).parse(i),
        _ => cx.miss(i, "a piece that the form's reader knows"),
    }
}

/// Whether a word of a form is a keyword; any other is a sign.
pub fn is_keyword(word: &str) -> bool {
    word.starts_with(char::is_alphabetic)
}

struct Reader {
    text: &'static str,
    rest: &'static str,
}

impl Reader {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn options(&mut self) -> Result<Form, String> {
        let mut options = vec![self.items()?];
        while self.eat("|") {
            options.push(self.items()?);
        }
        Ok(if options.len() == 1 { options.remove(0) } else { Form::First(options) })
    }

    fn items(&mut self) -> Result<Form, String> {
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.rest.is_empty() || self.rest.starts_with(['|', ')']) {
                break;
            }
            items.push(self.item()?);
        }
        match items.len() {
            0 => Err(format!("nothing where something must stand, before {:?} in form {:?}", self.rest, self.text)),
            1 => Ok(items.remove(0)),
            _ => Ok(Form::All(items)),
        }
    }

    fn item(&mut self) -> Result<Form, String> {
        let mut label = "";
        if let Some(end) = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_')
            && end > 0
            && self.rest[end..].starts_with(':')
        {
            label = &self.rest[..end];
            self.rest = &self.rest[end + 1..];
        }
        let atom = self.atom(label)?;
        Ok(if self.eat(",+") {
            Form::List(Box::new(atom))
        } else if self.eat("?") {
            Form::Optional(Box::new(atom))
        } else if self.eat("*") {
            Form::Many(0, Box::new(atom))
        } else if self.eat("+") {
            Form::Many(1, Box::new(atom))
        } else {
            atom
        })
    }

    fn atom(&mut self, label: &'static str) -> Result<Form, String> {
        if self.eat("(") {
            let inner = self.options()?;
            if !self.eat(")") {
                return Err(format!("a bracket is never closed in form {:?}", self.text));
            }
            return Ok(if label.is_empty() { inner } else { Form::Group(label, Box::new(inner)) });
        }
        if self.eat("'") {
            let Some(end) = self.rest.find('\'') else {
                return Err(format!("a quote is never closed in form {:?}", self.text));
            };
            let word = &self.rest[..end];
            self.rest = &self.rest[end + 1..];
            return Ok(Form::Word(word));
        }
        let end = self.rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(self.rest.len());
        let piece = &self.rest[..end];
        self.rest = &self.rest[end..];
        match PIECES.iter().any(|(name, _)| *name == piece) {
            true => Ok(Form::Piece(label, piece)),
            false => Err(format!("unknown piece {piece:?} in form {:?}", self.text)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_is_read() {
        let form = Form::read("'limit' count:integer").expect("reads");
        assert_eq!(form, Form::All(vec![Form::Word("limit"), Form::Piece("count", "integer")]));
        assert_eq!(form.first_words(), ["limit"]);
        let form = Form::read("('a' | 'b') key:(field ('asc' | 'desc')?),+").expect("reads");
        assert_eq!(form.first_words(), ["a", "b"]);
        assert!(form.mentions("desc"));
    }

    #[test]
    fn wrong_notation_is_refused() {
        for wrong in ["'a", "(field", "'a' | ", "'a' thing", ""] {
            assert!(Form::read(wrong).is_err(), "{wrong}");
        }
    }
}
