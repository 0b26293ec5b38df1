//! The notation in which an operator says what may follow its name.
//!
//! An operator's `form` *is* its syntax: this file reads the form once, `form_parser` parses arguments by it, and
//! `language::pest_grammar` writes it as a rule of the grammar.
//!
//! ```text
//! form   = option ("|" option)*          ordered choice: the first that fits is taken
//! option = item+
//! item   = (label ":")? atom repeat?
//! atom   = 'keyword' | 'sign' | piece | "(" form ")"
//! repeat = "?" | "*" | "+" | ",+"         ",+" is one or more, separated by commas
//! piece  = field expr text regex char integer number interval path table moment query pipeline
//! ```

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

    /// Whether a text of this form can start with a keyword.
    pub fn starts_with(&self, word: &str) -> bool {
        match self {
            Form::All(items) => items.first().is_some_and(|item| item.starts_with(word)),
            Form::First(options) => options.iter().any(|option| option.starts_with(word)),
            Form::Optional(inner) | Form::Many(_, inner) | Form::List(inner) | Form::Group(_, inner) => {
                inner.starts_with(word)
            }
            Form::Word(first) => first.eq_ignore_ascii_case(word),
            Form::Piece(..) => false,
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

/// A form as people read it: `[optional]`, `(this | that)`, `repeated …`, names of pieces in capitals.
pub fn written(form: &Form) -> String {
    match form {
        Form::All(items) => {
            let mut out = String::new();
            for item in items.iter().map(written) {
                let tight = out.is_empty() || out.ends_with('(') || item == ")" || item == ",";
                if !tight {
                    out.push(' ');
                }
                out.push_str(&item);
            }
            out
        }
        Form::First(options) => format!("({})", options.iter().map(written).collect::<Vec<_>>().join(" | ")),
        Form::Optional(inner) => format!("[{}]", bare(inner)),
        Form::Many(0, inner) => format!("[{} …]", bare(inner)),
        Form::Many(_, inner) => format!("{} …", written(inner)),
        Form::List(inner) => format!("{}, …", written(inner)),
        // These brackets stand in the query.
        Form::Word(word @ ("[" | "]")) => format!("'{word}'"),
        Form::Word(word) => word.to_string(),
        Form::Piece(label, piece) => {
            let name = if label.is_empty() { piece } else { label }.to_uppercase();
            match *piece {
                "text" => format!("\"{name}\""),
                "regex" => format!("/{name}/"),
                "char" => format!("'{name}'"),
                _ => name,
            }
        }
        Form::Group(_, inner) => written(inner),
    }
}

/// A form that brackets surround already.
fn bare(form: &Form) -> String {
    match form {
        Form::First(options) => options.iter().map(written).collect::<Vec<_>>().join(" | "),
        other => written(other),
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
