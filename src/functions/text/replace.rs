//! `replace`: every occurrence of a text or a pattern by another text.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, CompiledExpr, Function, Plain};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use sumoql_data::value::{Owned, Value};
use sumoql_java::regex::Pattern;

pub static REPLACE: FunctionDef = FunctionSignature {
    name: "replace",
    params: &[
        Param::new("text", Type::Text),
        Param::new("search", Type::Pattern),
        Param::new("replacement", Type::Text),
    ],
    returns: Type::Text,
    summary: "Replaces every occurrence of a string, or every match of a /regex/.",
    doc: "A string is searched for literally, and case-sensitively. In the replacement for a regex, `$0` is the \
          match, `$1` and so on are its groups, and `${name}` is a named group. A backslash escapes the character \
          after it; since a backslash in a string is written `\\\\`, write a dollar sign as `\\\\$`. A group that is \
          not in the regex is an error. If any argument is null, the result is null. As a stage, it needs a name for \
          the result.",
    page: "search/search-query-language/search-operators/replace",
    also: &["substitute", "gsub", "sed", "regex", "mask", "anonymize"],
    examples: &[
        Example {
            title: "A string: a point is only a point",
            query: "* | replace(_raw, \".\", \"->\") as r | fields r",
            messages: &["com.acme.db"],
            expect: Expect::Rows(&["r"], &[&["com->acme->db"]]),
        },
        Example {
            title: "A regex, with its groups in the replacement",
            query: "* | replace(_raw, /user=(?<who>[a-z]+) (\\d+)/, \"<${who}|$2|\\\\$>\") as r | fields r",
            messages: &["a user=bob 1, user=eve 2.", "none"],
            expect: Expect::Rows(&["r"], &[&["a <bob|1|$>, <eve|2|$>."], &["none"]]),
        },
        Example {
            title: "Null gives null",
            query: "* | parse \"k=*;\" as k nodrop | replace(k, \"a\", \"b\") as r | replace(\"x\", /x/, k) as s | fields r, s",
            messages: &["k=abca;", "nothing"],
            expect: Expect::Rows(&["r", "s"], &[&["bbcb", "abca"], &["", ""]]),
        },
        Example {
            title: "A group that does not exist",
            query: "* | replace(_raw, /(a)/, \"$2\") as r",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    alias_needed: true,
    ..BASE
}
.made_by(Make::Prepared(|args| {
    let Some(CompiledExpr::Regex(_, pattern)) = args.get(1) else { return Ok(Box::new(plain as Plain)) };
    let replacement = match args.get(2) {
        Some(CompiledExpr::Constant(Owned::Text(text))) => Some(Replacement::read(text, pattern)?),
        _ => None,
    };
    Ok(Box::new(ByPattern { pattern: pattern.clone(), replacement }))
}));

fn plain<'m>(args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
    let text = |at: usize| args[at].text(cx.arena);
    let (Some(text), Some(search), Some(by)) = (text(0), text(1), text(2)) else { return Value::Null };
    match search {
        search if !text.contains(search) => Value::Text(text),
        search => cx.text(&text.replace(search, by)),
    }
}

struct ByPattern {
    pattern: Pattern,
    /// The replacement, if it is constant.
    replacement: Option<Replacement>,
}

impl Function for ByPattern {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let Some(text) = args[0].text(cx.arena) else { return Value::Null };
        let read;
        let replacement = match &self.replacement {
            Some(replacement) => replacement,
            None => {
                let Some(by) = args[2].text(cx.arena) else { return Value::Null };
                let Ok(replacement) = Replacement::read(by, &self.pattern) else { return Value::Null };
                read = replacement;
                &read
            }
        };
        match self.pattern.replace_all(text, &cx.env.watch, |group, out| replacement.write(group, out)) {
            Some(replaced) => cx.text(&replaced),
            None => Value::Text(text),
        }
    }
}

/// A replacement in Java's notation, taken apart.
struct Replacement(Vec<ReplacementPart>);

#[derive(Debug, PartialEq)]
enum ReplacementPart {
    Text(String),
    Group(usize),
}

impl Replacement {
    fn read(text: &str, pattern: &Pattern) -> Result<Replacement, String> {
        let names = pattern.groups();
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => plain.push(chars.next().ok_or("trailing backslash in the replacement")?),
                '$' => {
                    let group = match chars.peek() {
                        Some('{') => {
                            chars.next();
                            let mut name = String::new();
                            loop {
                                match chars.next() {
                                    Some('}') => break,
                                    Some(c) => name.push(c),
                                    None => return Err("`${` without `}` in the replacement".into()),
                                }
                            }
                            let found = names.iter().position(|group| *group == Some(name.as_str()));
                            found.ok_or_else(|| format!("the pattern has no group `{name}`"))?
                        }
                        Some(digit) if digit.is_ascii_digit() => {
                            let mut number = 0;
                            let mut taken = 0;
                            // Java takes as many digits as still make the number of a group.
                            while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                                let longer = number * 10 + digit as usize;
                                if taken > 0 && longer >= names.len() {
                                    break;
                                }
                                number = longer;
                                taken += 1;
                                chars.next();
                            }
                            if number >= names.len() {
                                let groups = names.len() - 1;
                                return Err(format!("`${number}` in the replacement: the pattern has {groups} groups"));
                            }
                            number
                        }
                        _ => {
                            return Err(
                                "expected a group after `$` in the replacement; for a dollar sign, write `\\\\$`"
                                    .into(),
                            );
                        }
                    };
                    if !plain.is_empty() {
                        parts.push(ReplacementPart::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(ReplacementPart::Group(group));
                }
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            parts.push(ReplacementPart::Text(plain));
        }
        Ok(Replacement(parts))
    }

    fn write<'t>(&self, group: &dyn Fn(usize) -> Option<&'t str>, out: &mut String) {
        for part in &self.0 {
            out.push_str(match part {
                ReplacementPart::Text(text) => text,
                ReplacementPart::Group(number) => group(*number).unwrap_or_default(),
            });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use sumoql_java::regex::effort::Watch;

    /// What Java's `replaceAll` gives.
    #[test]
    fn replacements_are_javas() {
        for (pattern, by, text, result) in [
            ("(a)(b)?", "[$2$1$0]", "abca", "[baab]c[aa]"),
            ("(a)", "$10", "a", "a0"),
            ("a|b", r"\\\$", "ab", r"\$\$"),
            ("(?<x_y>a)", "${x_y}!", "a", "a!"),
            ("(?<=a)b", "-", "abb", "a-b"),
            ("x*", "-", "abc", "-a-b-c-"),
            ("a*", "-", "bäaac", "-b-ä--c-"),
            ("(?!x)a*", "-", "baac", "-b--c-"),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            let replacement = Replacement::read(by, &pattern).unwrap();
            let found = pattern.replace_all(text, &Watch::default(), |group, out| replacement.write(group, out));
            assert_eq!(found.as_deref(), Some(result), "{by}");
        }
        let pattern = Pattern::new("(a)").unwrap();
        for wrong in ["$2", "$", "$x", "${x}", "${x", "\\"] {
            assert!(Replacement::read(wrong, &pattern).is_err(), "{wrong}");
        }
    }
}
