//! Patterns with `*` as `matches` has them: the whole value, letter case counts, `?` is an ordinary character.
//!
//! Most patterns of real queries are `*.exe`, `C:\*` or `*word*`, so these become tests of an end or one search for a
//! literal; what is left goes to wildmatch. Several patterns on one value are tested at once by [`GlobSet`].

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;
use wildmatch::WildMatchPattern;

/// Only `*` is special: the sign for "exactly one character" is set to one that no log contains.
type Wild = WildMatchPattern<'*', '\u{10ffff}'>;

/// One pattern, prepared.
#[derive(Debug, Clone)]
pub enum Glob {
    /// No star.
    Exact(Box<str>),
    /// `text*`.
    Prefix(Box<str>),
    /// `*text`.
    Suffix(Box<str>),
    /// `*text*`.
    Contains(Box<Finder<'static>>),
    /// `*`, `**` …
    Anything,
    /// `a*b*c`: the ends are tested before wildmatch looks at the whole.
    Wild(Box<(String, String, Wild)>),
}

impl Glob {
    /// Prepares a pattern.
    pub fn new(pattern: &str) -> Glob {
        let inner = pattern.trim_matches('*');
        let (head, tail) = (pattern.starts_with('*'), pattern.ends_with('*'));
        match (inner.contains('*'), inner.is_empty(), head, tail) {
            (_, true, true, _) => Glob::Anything,
            (true, ..) => {
                let first = pattern.split('*').next().unwrap_or_default().to_string();
                let last = pattern.rsplit('*').next().unwrap_or_default().to_string();
                Glob::Wild(Box::new((first, last, Wild::new(pattern))))
            }
            (false, _, false, false) => Glob::Exact(inner.into()),
            (false, _, false, true) => Glob::Prefix(inner.into()),
            (false, _, true, false) => Glob::Suffix(inner.into()),
            (false, _, true, true) => Glob::Contains(Box::new(Finder::new(inner).into_owned())),
        }
    }

    /// The same by the general matcher, whatever the pattern is like.
    pub fn general(pattern: &str) -> Glob {
        Glob::Wild(Box::new((String::new(), String::new(), Wild::new(pattern))))
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Glob::Exact(exact) => text == &**exact,
            Glob::Prefix(prefix) => text.starts_with(&**prefix),
            Glob::Suffix(suffix) => text.ends_with(&**suffix),
            Glob::Contains(finder) => finder.find(text.as_bytes()).is_some(),
            Glob::Anything => true,
            Glob::Wild(parts) => {
                text.len() >= parts.0.len() + parts.1.len()
                    && text.starts_with(&parts.0)
                    && text.ends_with(&parts.1)
                    && parts.2.matches(text)
            }
        }
    }
}

/// Several patterns of which any may fit.
#[derive(Debug)]
pub struct GlobSet {
    /// Literal ends, by their last byte, so that one byte of the text decides which to look at.
    suffixes: Vec<(u8, Box<[u8]>)>,
    /// Literals anywhere, in one automaton.
    inside: Option<AhoCorasick>,
    others: Vec<Glob>,
}

impl GlobSet {
    /// Prepares the patterns.
    pub fn new(patterns: &[String]) -> GlobSet {
        let mut set = GlobSet { suffixes: Vec::new(), inside: None, others: Vec::new() };
        let mut inside = Vec::new();
        for pattern in patterns {
            match Glob::new(pattern) {
                Glob::Suffix(text) => match text.as_bytes().last() {
                    Some(&last) => set.suffixes.push((last, text.as_bytes().into())),
                    None => set.others.push(Glob::Anything),
                },
                Glob::Contains(finder) => inside.push(finder),
                other => set.others.push(other),
            }
        }
        if inside.len() > 1 {
            set.inside = AhoCorasick::new(inside.iter().map(|finder| finder.needle())).ok();
        }
        if set.inside.is_none() {
            set.others.extend(inside.into_iter().map(Glob::Contains));
        }
        set
    }

    /// Whether any of the patterns fits the whole text.
    pub fn matches(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        if let Some(last) = bytes.last()
            && self.suffixes.iter().any(|(end, suffix)| end == last && bytes.ends_with(suffix))
        {
            return true;
        }
        self.inside.as_ref().is_some_and(|inside| inside.is_match(bytes))
            || self.others.iter().any(|glob| glob.matches(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plainest possible matcher, to compare with.
    fn plain(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), _) => plain(&pattern[1..], text) || (!text.is_empty() && plain(pattern, &text[1..])),
            (Some(p), Some(t)) => p == t && plain(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    #[test]
    fn the_common_shapes_are_no_wildcard_search() {
        assert!(matches!(Glob::new("*\\cmd.exe"), Glob::Suffix(_)));
        assert!(matches!(Glob::new("C:*"), Glob::Prefix(_)));
        assert!(matches!(Glob::new("*\\inetpub\\*"), Glob::Contains(_)));
        assert!(matches!(Glob::new("fail"), Glob::Exact(_)));
        assert!(matches!(Glob::new("**"), Glob::Anything));
        assert!(Glob::new("a?c").matches("a?c") && !Glob::new("a?c").matches("abc"));
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_matcher(pattern in "[ab*é]{0,7}", text in "[abé]{0,9}") {
            let wanted = plain(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(Glob::new(&pattern).matches(&text), wanted);
        }

        #[test]
        fn a_set_agrees_with_its_patterns(patterns in proptest::collection::vec("[ab*]{0,4}", 0..6), text in "[ab]{0,7}") {
            let wanted = patterns.iter().any(|pattern| Glob::new(pattern).matches(&text));
            prop_assert_eq!(GlobSet::new(&patterns).matches(&text), wanted);
        }
    }
}
