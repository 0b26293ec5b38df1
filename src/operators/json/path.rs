//! JSON paths: `a.b`, `$.a[0]`, `['odd name']`, `[*]`, `..name`, `[1,2]`, `[1:3]`, `[?(@.a == 1)]`, `[(@.length-1)]`.

use super::filter::{Filter, condition};

/// A path. Its plain beginning is followed for all paths of a stage in one walk, the rest from there on.
#[derive(Debug, PartialEq)]
pub struct Path {
    /// Names and positions from the top.
    pub keys: Vec<Key>,
    /// What comes after the first step that is neither.
    pub rest: Vec<Step>,
    /// Whether it can lead to several values: its result is an array.
    pub many: bool,
    /// Whether a `*` stands in it right behind a bracket, without the dot that the manual has there.
    pub bare_star: bool,
}

/// A step to one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The member of that name.
    Name(String),
    /// The item at that position.
    Index(usize),
}

/// A step of the rest of a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The member of that name.
    Name(String),
    /// The members of these names.
    Names(Vec<String>),
    /// The item at that position; negative ones count from the end.
    Index(i64),
    /// The items at these positions.
    Indexes(Vec<i64>),
    /// From, up to (exclusive), every how many.
    Slice(Option<i64>, Option<i64>, i64),
    /// All members or items.
    All,
    /// The value itself and all values within: the next step is tried on each.
    Deep,
    /// The items for which a condition holds.
    Filter(Filter),
    /// `length()`: the number of items, members or characters.
    Length,
}

impl Path {
    /// Reads a path. The message is for the user.
    pub fn read(text: &str) -> Result<Path, String> {
        // A dot at the end says nothing.
        let text = text.trim();
        let rest = text.strip_suffix('.').filter(|text| !text.ends_with('.')).unwrap_or(text);
        let mut reader = Reader { rest, bare_star: false };
        if reader.rest.is_empty() {
            return Err("the path is empty".into());
        }
        let root = ['$', '@'].iter().find_map(|root| reader.rest.strip_prefix(*root));
        match root.filter(|after| after.is_empty() || after.starts_with(['.', '['])) {
            Some(after) => reader.rest = after,
            // Without the root sign, a dot before the first name is implied.
            None if !reader.rest.starts_with(['.', '[']) => {
                let step = reader.name(|c| c == '.' || c == '[')?;
                let mut steps = reader.steps(|c| c == '.' || c == '[')?;
                steps.insert(0, step);
                return Ok(Path { bare_star: reader.bare_star, ..Path::sorted(steps) });
            }
            None => {}
        }
        let steps = reader.steps(|c| c == '.' || c == '[')?;
        match reader.rest {
            "" => Ok(Path { bare_star: reader.bare_star, ..Path::sorted(steps) }),
            rest => Err(format!("unexpected `{rest}` in this path")),
        }
    }

    fn sorted(steps: Vec<Step>) -> Path {
        let many = steps.iter().any(|step| {
            matches!(
                step,
                Step::Names(_) | Step::Indexes(_) | Step::Slice(..) | Step::All | Step::Deep | Step::Filter(_)
            )
        });
        let mut keys = Vec::new();
        let mut steps = steps.into_iter().peekable();
        while let Some(key) = steps.peek().and_then(|step| match step {
            Step::Name(name) => Some(Key::Name(name.clone())),
            Step::Index(index) => usize::try_from(*index).ok().map(Key::Index),
            _ => None,
        }) {
            keys.push(key);
            steps.next();
        }
        Path { keys, rest: steps.collect(), many, bare_star: false }
    }
}

/// Reads paths and conditions from left to right.
pub(super) struct Reader<'t> {
    pub rest: &'t str,
    /// Whether a `*` stood right behind a bracket.
    bare_star: bool,
}

impl<'t> Reader<'t> {
    /// Passes over a sign, and the blanks before it.
    pub fn eat(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Steps as long as there are some. `ends` are the characters that end a name.
    pub fn steps(&mut self, ends: fn(char) -> bool) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix("..") {
                self.rest = rest;
                steps.push(Step::Deep);
                steps.push(if rest.starts_with('[') { self.bracket()? } else { self.name(ends)? });
            } else if let Some(rest) = self.rest.strip_prefix('.') {
                self.rest = rest;
                // A dot before a bracket says nothing.
                steps.push(if rest.starts_with('[') { self.bracket()? } else { self.name(ends)? });
            } else if self.rest.starts_with('[') {
                steps.push(self.bracket()?);
            } else if let Some(rest) = self.rest.strip_prefix('*')
                && (rest.is_empty() || rest.starts_with(['.', '[']))
            {
                // Published queries leave out the dot behind a bracket: `$['a']*['b']`.
                self.rest = rest;
                self.bare_star = true;
                steps.push(Step::All);
            } else {
                return Ok(steps);
            }
        }
    }

    fn name(&mut self, ends: fn(char) -> bool) -> Result<Step, String> {
        let mut end = self.rest.find(ends).unwrap_or(self.rest.len());
        if self.rest[end..].starts_with("()") {
            end += 2;
        }
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        match name.trim() {
            "" => Err("expected a name after a dot in this path".into()),
            "*" => Ok(Step::All),
            "length()" | "size()" => Ok(Step::Length),
            name => Ok(Step::Name(name.to_string())),
        }
    }

    fn bracket(&mut self) -> Result<Step, String> {
        self.eat("[");
        let step = if self.eat("*") {
            Step::All
        } else if self.eat("?") {
            Step::Filter(condition(self)?)
        } else if self.eat("(") {
            self.script()?
        } else if self.rest.trim_start().starts_with(['\'', '"']) {
            self.names()?
        } else {
            self.positions()?
        };
        if self.eat("]") { Ok(step) } else { Err(format!("expected `]` before `{}` in this path", self.rest)) }
    }

    fn names(&mut self) -> Result<Step, String> {
        let mut names = vec![self.quoted()?];
        while self.eat(",") {
            names.push(self.quoted()?);
        }
        Ok(if names.len() == 1 { Step::Name(names.remove(0)) } else { Step::Names(names) })
    }

    /// A text in single or double quotes.
    pub fn quoted(&mut self) -> Result<String, String> {
        let rest = self.rest.trim_start();
        let mut chars = rest.char_indices();
        let quote = chars.next().map(|(_, c)| c).filter(|c| matches!(c, '\'' | '"'));
        let Some(quote) = quote else { return Err("expected a quoted name in the brackets of this path".into()) };
        let mut text = String::new();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c if c == quote => {
                    self.rest = &rest[at + 1..];
                    return Ok(text);
                }
                c => text.push(c),
            }
        }
        Err("unclosed quote in this path".into())
    }

    fn positions(&mut self) -> Result<Step, String> {
        let first = self.integer();
        if self.eat(":") {
            let end = self.integer();
            let every = if self.eat(":") { self.integer().unwrap_or(1) } else { 1 };
            return match every {
                1.. => Ok(Step::Slice(first, end, every)),
                _ => Err("the step of a slice must be 1 or more".into()),
            };
        }
        let missing = || "expected a position or a quoted name in the brackets of this path".to_string();
        let mut positions = vec![first.ok_or_else(missing)?];
        while self.eat(",") {
            positions.push(self.integer().ok_or_else(missing)?);
        }
        Ok(if positions.len() == 1 { Step::Index(positions[0]) } else { Step::Indexes(positions) })
    }

    fn integer(&mut self) -> Option<i64> {
        let rest = self.rest.trim_start();
        let digits = rest.strip_prefix('-').unwrap_or(rest);
        let end = rest.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let value = rest[..end].parse().ok()?;
        self.rest = &rest[end..];
        Some(value)
    }

    /// `@.length-1`: the only script there is use for.
    fn script(&mut self) -> Result<Step, String> {
        let from_end = (self.eat("@") && self.eat(".") && self.eat("length") && self.eat("-"))
            .then(|| self.integer())
            .flatten()
            .filter(|n| *n > 0);
        match from_end {
            Some(n) if self.eat(")") => Ok(Step::Index(-n)),
            _ => Err("the only supported scripts are those such as `(@.length-1)`".into()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        let path = Path::read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(path.rest.is_empty() && !path.many, "{text}");
        path.keys
    }

    fn name(name: &str) -> Key {
        Key::Name(name.into())
    }

    #[test]
    fn plain_paths() {
        assert_eq!(keys("a.b"), [name("a"), name("b")]);
        assert_eq!(keys("$.a.b"), keys("a.b"));
        assert_eq!(keys("$['a']['b.c']"), [name("a"), name("b.c")]);
        assert_eq!(keys("['@t']"), [name("@t")]);
        assert_eq!(keys("a.[0].b"), [name("a"), Key::Index(0), name("b")]);
        assert_eq!(keys("t.$date"), [name("t"), name("$date")]);
        assert_eq!(keys("@type"), [name("@type")]);
        assert_eq!(keys("[0].b"), [Key::Index(0), name("b")]);
        assert_eq!(keys("two words.x-y"), [name("two words"), name("x-y")]);
        assert_eq!(keys(r"['it\'s']"), [name("it's")]);
        assert_eq!(keys("a.b."), keys("a.b"));
        assert_eq!(keys("$"), []);
    }

    #[test]
    fn paths_to_many() {
        for (text, rest) in [
            ("a[*].b", vec![Step::All, Step::Name("b".into())]),
            ("a.*", vec![Step::All]),
            ("$['a']*['b']", vec![Step::All, Step::Name("b".into())]),
            ("['a']*.b", vec![Step::All, Step::Name("b".into())]),
            ("$['a']*", vec![Step::All]),
            ("$.a..b", vec![Step::Deep, Step::Name("b".into())]),
            ("a['b','c']", vec![Step::Names(vec!["b".into(), "c".into()])]),
            ("a[0,-1]", vec![Step::Indexes(vec![0, -1])]),
            ("a[1:3]", vec![Step::Slice(Some(1), Some(3), 1)]),
            ("a[:-1]", vec![Step::Slice(None, Some(-1), 1)]),
            ("a[::2]", vec![Step::Slice(None, None, 2)]),
        ] {
            let path = Path::read(text).unwrap();
            assert!(path.many, "{text}");
            assert_eq!((path.keys, path.rest), (vec![name("a")], rest), "{text}");
        }
        for (text, rest) in [
            ("a[-1]", vec![Step::Index(-1)]),
            ("a[(@.length-1)]", vec![Step::Index(-1)]),
            ("a.length()", vec![Step::Length]),
        ] {
            let path = Path::read(text).unwrap();
            assert!(!path.many, "{text}");
            assert_eq!(path.rest, rest, "{text}");
        }
    }

    #[test]
    fn broken_paths() {
        for text in
            ["", ".", "a..", "a[", "a[]", "a['b", "a[x]", "a[1", "a[1:2:0]", "$..", "a[(@.x)]", "a[?(@.b]", "a]b[c"]
        {
            assert!(Path::read(text).is_err(), "{text}: {:?}", Path::read(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "([\\[\\]().,:*?@$&|!<>=~/'\" a1é-]|\\[\\?\\(|@\\.a|==|\\.\\.){0,30}") {
            if let Ok(path) = Path::read(&text) {
                super::super::select::select(&path.rest, "{\"a\":[{\"a\":1},\"é\"],\"1\":null}", &Default::default(), &mut Vec::new());
            }
        }
    }
}
