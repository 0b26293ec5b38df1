//! Against what `java.util.regex` does: `tests/vectors/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Pattern;

/// Patterns that are not matched as Java does, and why.
const KNOWN_WRONG: &[(&str, &str)] = &[
    ("a{2}{2}", COUNTS),
    ("((?<=a))?+(?=a)", DISCARDED),
    ("((?=a))?+\\Z", DISCARDED),
    ("((é*+^)*+[^\\n]\\d*)++", DISCARDED),
    ("(?:(\\h{0,2}?(?i))++\\n{2}|_*_{0,2}?(?:-??\\1?|^))", DISCARDED),
    ("(?:(\\w)?+.^|\\D{1,2}\\p{L}+?){2}\\S", DISCARDED),
    (
        "(?:[\\w-]*^|\\d\\d{1,2}x+)++(?:(\\D[a-c&&[^b]]?)+(?m)\\d(?:[a-c&&[^b]]*?\\B-+?|\\B1{1,2})+?|(\\W*?\\n*+[\\w-]\\B)*+\\s{1,2}\\R(?=a))++\\b",
        DISCARDED,
    ),
    ("([ab])*+\\d?[ab]*+\\n+", DISCARDED),
    ("(^(b?+[^a]*)?+[^\\n]?+\\b)*+1+(\\b(?!b).*?c{2})*+", DISCARDED),
    ("\\s*?((?:(?=a)(?m)-*?|x+?\\S++\\Z)+?([\\w-])++\\w{1,2})?.??-+", DISCARDED),
    ("((?s))*", EMPTY),
    ("(\\W*\\R*?)+\\B\\h", EMPTY),
    ("(a*)*", EMPTY),
    ("(a*)+", EMPTY),
    ("(a|b*)*", EMPTY),
    ("\\S(\\Z)*", EMPTY),
    ("(?i)\\u00e9", FOLDING),
    ("(?i)k", FOLDING),
    ("(?i)ä", FOLDING),
    ("\\R{2}", LINE_ENDS),
    ("\\R{2}[a-c&&[^b]]??", LINE_ENDS),
    ("[[:alpha:]]+", POSIX),
];

const FOLDING: &str = "`(?i)` is for ASCII letters in Java and for all in RE2, which is followed";
const POSIX: &str = "`[:alpha:]` is RE2's; Java reads it as the letters between the brackets";
const COUNTS: &str = "Java drops a second count; here it repeats what is before it";
const LINE_ENDS: &str = "a repeated `\\R` never gives back half of `\\r\\n` in Java";
const EMPTY: &str = "what a repeated group that matched nothing leaves in the group";
const DISCARDED: &str = "what a group tried in a possessive part leaves behind when that part takes another way";

/// A text of the vectors without its escapes.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('u') => {
                    let hex: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    out.push(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32).expect("a character"));
                }
                Some(c) => out.push(c),
                None => panic!("an escape of nothing in {text:?}"),
            },
            c => out.push(c),
        }
    }
    out
}

/// What the pattern finds in a text, written as in the vectors: all groups of all matches.
fn found(pattern: &Pattern, text: &str, groups: usize) -> Vec<Option<String>> {
    let mut out = Vec::new();
    let all: Vec<usize> = (0..=groups).collect();
    pattern.each(text, &all, &super::effort::Watch::default(), |found| {
        out.extend(found.map(|group| group.map(str::to_string)));
        true
    });
    out
}

#[test]
fn patterns_find_what_java_finds() {
    let mut faults = Vec::new();
    let (mut lines, mut wrong) = (0, std::collections::BTreeSet::new());
    let mut current: Option<(String, usize, Option<Pattern>)> = None;
    for line in include_str!("../../tests/vectors/regex.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        if let ["pattern", pattern, groups] = cells[..] {
            let pattern = plain(pattern);
            current = match groups.parse() {
                // Java refuses it; what the other dialects make of it is tested elsewhere.
                Err(_) => None,
                Ok(groups) => match Pattern::new(&pattern) {
                    Ok(compiled) => Some((pattern, groups, Some(compiled))),
                    Err(error) => {
                        wrong.insert(pattern.clone());
                        faults.push((pattern.clone(), error));
                        Some((pattern, groups, None))
                    }
                },
            };
            continue;
        }
        let Some((pattern, groups, Some(compiled))) = &current else { continue };
        lines += 1;
        let text = plain(cells[0]);
        let expected: Vec<_> = cells[1..].iter().map(|cell| (*cell != "\\0").then(|| plain(cell))).collect();
        let got = found(compiled, &text, *groups);
        if got != expected {
            wrong.insert(pattern.clone());
            faults.push((pattern.clone(), format!("in {text:?}\n  Java  {expected:?}\n  here  {got:?}")));
        }
    }
    assert!(lines > 6000, "only {lines} lines");
    faults.retain(|(pattern, _)| !KNOWN_WRONG.iter().any(|(known, _)| known == pattern));
    let faults: Vec<String> = faults.iter().map(|(pattern, fault)| format!("{pattern:?}: {fault}")).collect();
    assert!(faults.is_empty(), "{} of {lines} lines\n{}", faults.len(), faults.join("\n"));
    let right: Vec<_> = KNOWN_WRONG.iter().filter(|(pattern, _)| !wrong.contains(*pattern)).collect();
    assert!(right.is_empty(), "right by now, take them off the list: {right:?}");
}
