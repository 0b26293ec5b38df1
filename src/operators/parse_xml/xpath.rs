//! The part of XPath that `parse xml` takes: `/a/b[2]/c[@id=7]/text()`.

/// A path from the top to an element, its text or one of its attributes.
#[derive(Debug, PartialEq)]
pub struct XPath {
    /// The elements on the way.
    pub steps: Vec<Step>,
    /// What is taken of the last one.
    pub take: Take,
}

/// A step to some child elements.
#[derive(Debug, PartialEq)]
pub struct Step {
    /// Their name; `*` is any.
    pub name: String,
    /// Which of them, one test after the other.
    pub tests: Vec<Test>,
}

/// A test in square brackets.
#[derive(Debug, PartialEq)]
pub enum Test {
    /// The one at that position, counted from 1.
    Position(usize),
    /// The last.
    Last,
    /// Those with that attribute.
    Has(String),
    /// Those where the attribute is that text.
    Is(String, String),
    /// Those where the attribute is that number.
    Equals(String, f64),
}

/// What is taken of an element.
#[derive(Debug, PartialEq)]
pub enum Take {
    /// Its markup.
    Element,
    /// Its text.
    Text,
    /// An attribute.
    Attribute(String),
}

impl XPath {
    /// Reads a path. The message is for the user.
    pub fn read(text: &str) -> Result<XPath, String> {
        let text = text.trim();
        for (sign, what) in [("//", "`//`"), ("..", "`..`"), ("::", "an axis such as `child::`")] {
            if text.contains(sign) {
                return Err(format!("{what} is not supported: name every element from the root, as in `/a/b/text()`"));
            }
        }
        let mut rest = text.strip_prefix('/').ok_or("the path must start with `/` and the root element")?;
        let mut steps = Vec::new();
        loop {
            if let Some(attribute) = rest.strip_prefix('@') {
                return XPath::of(steps, Take::Attribute(attribute.into()), name_end(attribute), attribute);
            }
            if let Some(after) = rest.strip_prefix("text()") {
                return XPath::of(steps, Take::Text, 0, after);
            }
            let end = if rest.starts_with('*') { 1 } else { name_end(rest) };
            if end == 0 {
                return Err(match rest {
                    "" => "expected an element at the end of the path".into(),
                    rest => format!("expected an element before `{rest}`"),
                });
            }
            let mut step = Step { name: rest[..end].to_string(), tests: Vec::new() };
            rest = &rest[end..];
            while let Some(after) = rest.strip_prefix('[') {
                let (inner, after) = bracket(after).ok_or("unclosed `[` in the path")?;
                step.tests.push(test(inner.trim())?);
                rest = after;
            }
            steps.push(step);
            match rest.strip_prefix('/') {
                Some(after) => rest = after,
                None => return XPath::of(steps, Take::Element, 0, rest),
            }
        }
    }

    fn of(steps: Vec<Step>, take: Take, end: usize, rest: &str) -> Result<XPath, String> {
        match &take {
            _ if steps.is_empty() => Err("the path needs an element".into()),
            Take::Attribute(name) if end == 0 => Err(format!("expected the name of an attribute before `{name}`")),
            _ if end < rest.len() => Err(format!("unexpected `{}` at the end of the path", &rest[end..])),
            _ => Ok(XPath { steps, take }),
        }
    }

    /// The name of a field for the path: that of the last element or attribute.
    pub fn field(&self) -> &str {
        match &self.take {
            Take::Attribute(name) => name,
            _ => self.steps.last().map_or("", |step| &step.name),
        }
    }
}

fn name_end(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && !"_-.:".contains(c)).unwrap_or(text.len())
}

/// The text up to the closing bracket, and what follows it. Brackets between quotes don't count.
fn bracket(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            (']', None) => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

fn test(text: &str) -> Result<Test, String> {
    let unknown = || {
        format!(
            "`[{text}]` is not supported; expected a position, `last()` or `@name=value` in the \
                              brackets"
        )
    };
    if let Ok(position) = text.parse::<usize>() {
        return if position > 0 { Ok(Test::Position(position)) } else { Err("positions start at 1".into()) };
    }
    if text == "last()" {
        return Ok(Test::Last);
    }
    let attribute = text.strip_prefix('@').ok_or_else(unknown)?;
    let (name, rest) = attribute.split_at(name_end(attribute));
    let rest = rest.trim();
    if name.is_empty() {
        return Err(unknown());
    }
    if rest.is_empty() {
        return Ok(Test::Has(name.into()));
    }
    let value = rest.strip_prefix('=').ok_or_else(unknown)?.trim();
    for quote in ['\'', '"'] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote)) {
            return Ok(Test::Is(name.into(), inner.into()));
        }
    }
    value.parse().map(|number| Test::Equals(name.into(), number)).map_err(|_| unknown())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let path = XPath::read("/a/b-c[2]/d[@id=7][last()]/@e").unwrap();
        assert_eq!(path.take, Take::Attribute("e".into()));
        assert_eq!(path.steps[1], Step { name: "b-c".into(), tests: vec![Test::Position(2)] });
        assert_eq!(path.steps[2].tests, [Test::Equals("id".into(), 7.0), Test::Last]);
        assert_eq!(path.field(), "e");
        let path = XPath::read(" /a/b[@n = 'x]y'][@z]/text() ").unwrap();
        assert_eq!(path.steps[1].tests, [Test::Is("n".into(), "x]y".into()), Test::Has("z".into())]);
        assert_eq!((path.field(), &path.take), ("b", &Take::Text));
        assert_eq!(XPath::read("/a/*").unwrap().take, Take::Element);
        assert!(XPath::read("/x:a/b").is_ok());
    }

    #[test]
    fn what_can_not_be_used() {
        for text in [
            "",
            "a/b",
            "/",
            "//a",
            "/a//b",
            "/a/../b",
            "/child::a",
            "/a/",
            "/a[",
            "/a[0]",
            "/a[b='c']",
            "/a[]",
            "/a[@]",
            "/a[@x=y]",
            "/a/@",
            "/a/@b/c",
            "/a/text()/b",
            "/text()",
            "/@a",
            "/a b",
            "/a/node()",
            "/a/b]",
        ] {
            assert!(XPath::read(text).is_err(), "{text}: {:?}", XPath::read(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(/|a|é|\\[|\\]|@|=|'|\"|1|\\*|text\\(\\)|last\\(\\)| ){0,20}") {
            let _ = XPath::read(&text);
        }
    }
}
