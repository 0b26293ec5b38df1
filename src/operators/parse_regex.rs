//! `parse regex`, also `extract`: takes fields out of the text with a regular expression.

use super::parse::{any_matched, source};
use crate::diagnostics::{Diagnostic, Edit, Span, codes};
use crate::plan::arguments::parameter_free;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Batch, Extractor, Row, Slot};
use crate::program::expression::{CompiledExpr, Computed};
use crate::program::plan::Expand;
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use sumoql_data::value::{Owned, Value};
use sumoql_java::regex::{Pattern, mismatch};

pub static DEF: OperatorDef = OperatorSignature {
    name: "parse regex",
    group: Group::Parse,
    form: "('parse' 'regex' | 'extract') ('field' '=' source:field)? pattern:text (',' 'regex'? pattern:text)* \
           ('multi' | 'nodrop')*",
    summary: "Extracts fields with a regular expression.",
    doc: "Each named group `(?<name>…)` is a field, and at least one is required. An unnamed group extracts nothing: \
          published queries contain such groups, but Sumo Logic's manual does not allow them, so write `(?:…)`. The \
          pattern can match anywhere in the text, and is case-sensitive unless it contains `(?i)`. A group that takes \
          no part in the match is null.\n\n\
          `multi` returns one row for each match and copies all other fields. If there are several patterns, one of \
          them must match. Messages that do not match, and `nodrop`, are handled as by `parse`.",
    page: "search/search-query-language/parse-operators/parse-variable-patterns-using-regex",
    also: &["extract", "regular expression", "capture", "named group"],
    examples: &[
        Example {
            title: "Two named groups",
            query: "* | parse regex \"(?<user>\\w+)@(?<host>[\\w.]+)\" | fields user, host",
            messages: &["from ann@example.org", "no address"],
            expect: Expect::Rows(&["user", "host"], &[&["ann", "example.org"]]),
        },
        Example {
            title: "One row for each match",
            query: "* | parse regex \"n=(?<n>\\d+)\" multi | sum(n) as total, count as rows",
            messages: &["n=1 n=2", "n=4"],
            expect: Expect::Rows(&["total", "rows"], &[&["7", "3"]]),
        },
        Example {
            title: "`nodrop` keeps messages that do not match",
            query: "* | extract \"u=(?<u>\\w+)\" nodrop | fields u",
            messages: &["u=al", "nobody"],
            expect: Expect::Rows(&["u"], &[&["al"], &[""]]),
        },
        Example {
            title: "One of several patterns must match",
            query: "* | parse regex \"a=(?<v>\\d)\", regex \"b=(?<v>\\d)[^]]*(?<w>\\])\" | fields v, w",
            messages: &["a=1", "b=2 (]", "c=3"],
            expect: Expect::Rows(&["v", "w"], &[&["1", ""], &["2", "]"]]),
        },
        Example {
            title: "An unnamed group extracts nothing",
            query: "* | parse regex \"(GET|POST) (?<url>/(a|b))\" | fields url",
            messages: &["GET /a", "POST /b", "PUT /a", "GET /c"],
            expect: Expect::Rows(&["url"], &[&["/a"], &["/b"]]),
        },
        Example {
            title: "No named group",
            query: "* | parse regex \"(\\d+)\"",
            messages: &[],
            expect: Expect::Error("E207"),
        },
    ],
    role: OperatorRole::RegexParse,
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let source = source(call.args, planner)?;
    let (nodrop, multi) = (call.args.has("nodrop"), call.args.has("multi"));
    let patterns: Vec<_> = call.args.all("pattern").filter_map(|arg| arg.as_text()).collect();
    let mut any = Vec::new();
    for text in &patterns {
        parameter_free(&text.raw, text.span)?;
        let (pattern, fields) = named_groups(planner, &text.regex(), text.span)?;
        let mut names: Vec<String> = Vec::new();
        for (_, name) in &fields {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let before = names.iter().map(|name| planner.known_field(name)).collect();
        let groups = fields.iter().map(|(group, _)| *group).collect();
        let fields = fields.iter().map(|(_, name)| names.iter().position(|n| n == name).unwrap_or(0)).collect();
        let written = text.regex();
        let regex = Captures { source, pattern, written, groups, fields, before };
        if multi {
            // Only counts: the rows come from the expansion.
            planner.define(
                Box::new(Occurs { source, pattern: regex.pattern.clone(), written: regex.written.clone() }),
                1,
                true,
            );
            let earlier = planner.earlier_optional_parses();
            let slots = planner.define_fields(Box::new(Computed(CompiledExpr::Constant(Owned::Null))), &names, false);
            planner.expand(Box::new(Multi { captures: regex, slots, nodrop, earlier }));
            if nodrop {
                planner.parsed(slots, true);
            }
            continue;
        }
        any.push(planner.define_fields(Box::new(regex), &names, patterns.len() == 1));
    }
    if !multi {
        let matched = any_matched(planner, any);
        planner.parsed(matched, nodrop);
    }
    Ok(())
}

/// Compiles a pattern whose groups must have names: the pattern, and for each group its number and name.
fn named_groups(
    planner: &mut Planner<'_>,
    text: &str,
    span: Span,
) -> Result<(Pattern, Vec<(usize, String)>), Diagnostic> {
    let Groups { pattern: text, fields, unnamed, python, repeated } = groups(text, span)?;
    if unnamed && !fields.is_empty() {
        planner.undocumented(span, "an unnamed group", "for a group that is not a field, write `(?:…)`");
    }
    if python {
        planner.undocumented(span, "`(?P<name>…)`", "write `(?<name>…)`");
        let written = planner.written(span);
        let groups = written.match_indices("(?P<").filter(|(at, _)| !written[..*at].ends_with('\\'));
        let place = |at: usize| Span::new(span.start + at + "(?".len(), span.start + at + "(?P".len());
        let edits = groups.map(|(at, _)| Edit { span: place(at), text: String::new() }).collect();
        planner.fix_undocumented(edits);
    }
    if repeated {
        planner.undocumented(
            span,
            "two groups with the same name",
            "use two stages `parse regex \"…\" nodrop`, one \
                                                                     for each group",
        );
    }
    let pattern = planner.compile(&text, span)?;
    match fields.is_empty() {
        true => Err(Diagnostic::error(&codes::GROUPS, span, "the pattern has no named group, so it extracts no field")
            .help("name the part to extract: `(?<name>…)`")),
        false => Ok((pattern, fields)),
    }
}

/// A pattern as the engines take it, and what its groups are like.
#[derive(Default)]
struct Groups {
    /// The pattern.
    pattern: String,
    /// The number of each group that is a field, and the field's name.
    fields: Vec<(usize, String)>,
    /// Whether a group has no name.
    unnamed: bool,
    /// Whether a group is written `(?P<name>…)`.
    python: bool,
    /// Whether two groups have the same name.
    repeated: bool,
}

/// Walks over the groups of a pattern. A name used in several alternatives is renamed, since the engines allow each
/// name once; a group without a name takes nothing; named groups within others are refused.
fn groups(text: &str, span: Span) -> Result<Groups, Diagnostic> {
    let mut out = Groups::default();
    let mut open: Vec<bool> = Vec::new();
    let (mut rest, mut class, mut number) = (text, false, 0);
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            // What is quoted has no groups.
            '\\' if rest[1..].starts_with('Q') => taken = rest.find("\\E").map_or(rest.len(), |end| end + 2),
            '\\' => taken += rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' if !class => {
                class = true;
                // A bracket right after the opening one stands for itself.
                let negated = rest[1..].starts_with('^');
                taken += usize::from(negated);
                taken += usize::from(rest[taken..].starts_with(']'));
            }
            ']' => class = false,
            '(' if !class => {
                let body = &rest[1..];
                let named = ["?<", "?P<"]
                    .iter()
                    .find_map(|head| body.strip_prefix(head))
                    .filter(|n| !n.starts_with(['=', '!']));
                match named.and_then(|name| name.split_once('>')) {
                    Some((name, _)) => {
                        if open.contains(&true) {
                            let message = format!("the group `{name}` is inside another named group");
                            return Err(Diagnostic::error(&codes::GROUPS, span, message));
                        }
                        let repeated = out.fields.iter().filter(|(_, known)| known == name).count();
                        let unique = if repeated == 0 { name.to_string() } else { format!("{name}_again{repeated}") };
                        taken = rest.find('>').map_or(taken, |end| end + 1);
                        out.pattern.push_str(&format!("(?<{unique}>"));
                        number += 1;
                        out.fields.push((number, name.to_string()));
                        out.python |= body.starts_with("?P<");
                        out.repeated |= repeated > 0;
                        open.push(true);
                        rest = &rest[taken..];
                        continue;
                    }
                    None if body.starts_with('?') => open.push(false),
                    None => {
                        out.unnamed = true;
                        number += 1;
                        open.push(false);
                    }
                }
            }
            ')' if !class => {
                open.pop();
            }
            _ => {}
        }
        out.pattern.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    Ok(out)
}

struct Captures {
    source: Slot,
    pattern: Pattern,
    /// The pattern as the query has it.
    written: String,
    /// The groups of the pattern, and for each the field it fills.
    groups: Vec<usize>,
    fields: Vec<usize>,
    /// What the names meant before: kept where the pattern does not fit.
    before: Vec<Option<Slot>>,
}

impl Captures {
    /// The values of the fields for one match.
    fn values<'m>(&self, found: &mut dyn Iterator<Item = Option<&'m str>>) -> Vec<Value<'m>> {
        let mut values = vec![Value::Null; self.before.len()];
        for (field, text) in self.fields.iter().zip(found) {
            if let Some(text) = text {
                values[*field] = Value::Text(text);
            }
        }
        values
    }

    fn before<'m>(&self, row: Row<'_, 'm>) -> Vec<Value<'m>> {
        self.before.iter().map(|slot| slot.map_or(Value::Null, |slot| row.get(slot))).collect()
    }
}

fn fill<'m>(row: Row<'_, 'm>, first: Slot, matched: bool, values: Vec<Value<'m>>) {
    row.set(first, Value::Bool(matched));
    values.into_iter().enumerate().for_each(|(number, value)| row.set(first + 1 + number, value));
}

impl Extractor for Captures {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let cells = row.cells(first);
        let mut matched = false;
        if let Some(text) = row.get(self.source).text(row.arena()) {
            self.pattern.each(text, &self.groups, &row.env().watch, |found| {
                matched = true;
                for (field, text) in self.fields.iter().zip(found) {
                    if let Some(text) = text {
                        cells[1 + field].set(Some(Value::Text(text)));
                    }
                }
                false
            });
        }
        cells[0].set(Some(Value::Bool(matched)));
        if !matched {
            for (cell, before) in cells[1..].iter().zip(&self.before) {
                cell.set(Some(before.map_or(Value::Null, |slot| row.get(slot))));
            }
        }
        matched
    }

    fn missed(&self, row: Row<'_, '_>) -> Option<String> {
        Some(no_match(row.get(self.source), &self.written))
    }
}

/// Whether the pattern occurs at all.
struct Occurs {
    source: Slot,
    pattern: Pattern,
    /// The pattern as the query has it.
    written: String,
}

impl Extractor for Occurs {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let matched =
            row.get(self.source).text(row.arena()).is_some_and(|text| self.pattern.is_match(text, &row.env().watch));
        row.set(first, Value::Bool(matched));
        matched
    }

    fn missed(&self, row: Row<'_, '_>) -> Option<String> {
        Some(no_match(row.get(self.source), &self.written))
    }
}

/// Why a pattern did not match.
fn no_match(value: Value<'_>, pattern: &str) -> String {
    match value.owned() {
        Owned::Null => "the field that it reads is null".into(),
        value => format!("the regular expression does not match{}", mismatch::reason(pattern, &value.to_string())),
    }
}

struct Multi {
    captures: Captures,
    slots: Slot,
    nodrop: bool,
    /// Says of a row without a match whether an earlier parse with `nodrop` matched, which saves it.
    earlier: Vec<Slot>,
}

impl Expand for Multi {
    fn expand<'m>(&'m self, batch: Batch<'m>) -> Batch<'m> {
        let mut origin = Vec::new();
        let mut found = Vec::new();
        for row in batch.iter() {
            let before = found.len();
            if let Some(text) = row.get(self.captures.source).text(row.arena()) {
                self.captures.pattern.each(text, &self.captures.groups, &row.env().watch, |groups| {
                    found.push((true, self.captures.values(groups)));
                    true
                });
            }
            if found.len() == before && (self.nodrop || self.earlier.iter().any(|slot| row.get(*slot).is_true())) {
                found.push((false, self.captures.before(row)));
            }
            origin.resize(found.len(), row.index());
        }
        let copies = batch.copies(&origin);
        for (row, (matched, values)) in copies.iter().zip(found) {
            fill(row, self.slots, matched, values);
        }
        copies
    }
}
