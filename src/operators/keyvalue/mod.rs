//! `keyvalue`, also `kv`: takes the values of keys out of the text.

pub(super) mod pairs;

use super::dynamic_columns;
use super::dynamic_columns::Discover;
use super::parse::{before, names, source};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::parameter_free;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::program::batch::{Extractor, Row, Slot};
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::{ArgValue, Name};
use bumpalo::Bump;
use memchr::memmem::Finder;
use sumoql_data::value::Value;
use sumoql_java::regex::Pattern;
use sumoql_java::regex::effort::Watch;

pub static DEF: OperatorDef = OperatorSignature {
    name: "keyvalue",
    group: Group::Parse,
    form: "('keyvalue' | 'kv') ('auto' | 'infer' | 'regex' regex:text | 'field' '=' source:field | 'refonly' | \
           'nodrop' | 'delim' '='? delim:text | 'as' ('(' name:field,+ ')' | name:field,+) | \
           'keys'? (key:text | key:field),+)*",
    summary: "Extracts the values of key-value pairs.",
    doc: "`kv \"a\", \"b\"` looks for each key as a whole word, quoted or not, before `=`, `:` or `->`. Its value is \
          in quotes, or ends before a space or one of `, ; ] } ) & |`. Without `as`, the field has the name of its \
          key, with `_` for every character other than letters, digits and `_`.\n\n\
          `regex \"(\\w+)=(\\S+)\"` defines what a pair is: with two groups, the first is the key; with one group, it \
          is the value, in the first match after the first occurrence of the key.\n\n\
          A message without any of the keys is dropped, unless you use `nodrop`. `field=x` reads the field x instead \
          of the message.\n\n\
          `auto` finds all pairs; if a key occurs several times, the last one counts. The keys that `keys` names \
          become fields; `refonly` leaves out the other keys, of which at most 100 are shown. Without `delim \":\"`, \
          the delimiter that gives the most pairs is used. No message is dropped. In Sumo Logic, `keys` must name the \
          keys that you use later; in sumoql it need not.",
    page: "search/search-query-language/parse-operators/parse-keyvalue-formatted-logs",
    also: &["kv", "pairs", "logfmt", "extract"],
    examples: &[
        Example {
            title: "Keys without a pattern",
            query: "* | kv \"user\", \"svc.ip\" | fields user, svc_ip",
            messages: &["[user=ann] {\"svc.ip\": \"10.0.0.1\"}", "user=\"bob b\"", "neither"],
            expect: Expect::Rows(&["user", "svc_ip"], &[&["ann", "10.0.0.1"], &["bob b", ""]]),
        },
        Example {
            title: "A regular expression with key and value",
            query: "* | keyvalue regex \"(\\w+)<(.*?)>\" keys \"a\", \"b\" as x, y nodrop | fields x, y",
            messages: &["b<2> a<1>", "c<3>"],
            expect: Expect::Rows(&["x", "y"], &[&["1", "2"], &["", ""]]),
        },
        Example {
            title: "A regular expression for the value after the key",
            query: "* | kv regex \"=(.*?)(?:\\s|$)\" \"dst\" | fields dst",
            messages: &["src=a dst=b", "src=a"],
            expect: Expect::Rows(&["dst"], &[&["b"]]),
        },
        Example {
            title: "All pairs",
            query: "* | kv auto keys \"a\" as x",
            messages: &["10:00 a=1 b=2 a=3 c-d=\"x y\"", "none"],
            expect: Expect::Rows(&["x", "b", "c_d"], &[&["3", "2", "x y"], &["", "", ""]]),
        },
        Example {
            title: "Too few names",
            query: "* | kv \"a\", \"b\" as x",
            messages: &[],
            expect: Expect::Error("E204"),
        },
        Example {
            title: "A regular expression with three groups",
            query: "* | kv regex \"(a)(b)(c)\" \"k\"",
            messages: &[],
            expect: Expect::Error("E205"),
        },
        Example {
            title: "A field with the name of its key",
            query: "* | kv regex \" ([A-Z-]+)='([^']+)'\" keys \"TYPE\", \"DOCUMENT-URI\" | count by %\"document-uri\", DOCUMENT_URI",
            messages: &["a DOCUMENT-URI='/x' TYPE='csp'"],
            expect: Expect::Rows(&["DOCUMENT-URI", "DOCUMENT_URI", "_count"], &[&["/x", "/x", "1"]]),
        },
    ],
    role: OperatorRole::KeyValue,
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let args = call.args;
    let source = source(args, planner)?;
    let (mut keys, mut default) = (Vec::new(), Vec::new());
    for arg in args.all("key") {
        let key = match &arg.value {
            ArgValue::Text(text) => {
                parameter_free(&text.raw, text.span)?;
                text.value()
            }
            ArgValue::Field(name) => name.text.clone(),
            _ => continue,
        };
        default.push(Name { text: field_name(&key), span: arg.span });
        keys.push(key);
    }
    let names = names(call, default, "keys")?;
    let wrong = |message: &str| Err(Diagnostic::error(&codes::ARGUMENT_COUNT, call.span, message));
    let regex = args.text("regex");
    if args.has("auto") {
        if regex.is_some() || args.has("infer") {
            return wrong("`auto` can't be used together with `infer` or `regex`");
        }
        if keys.is_empty() && args.has("refonly") {
            return wrong("`refonly` needs `keys`: without it, there is nothing to extract");
        }
        let keys: Vec<(String, Name)> = keys.iter().map(|key| field_name(key)).zip(names).collect();
        let delimiter = args.text("delim").map(|text| text.value()).filter(|delimiter| !delimiter.is_empty());
        return dynamic_columns::plan(planner, source, Auto { delimiter }, &keys, args.has("refonly"));
    }
    if keys.is_empty() {
        return wrong("`keyvalue` needs keys, or `auto`");
    }
    if args.has("delim") || args.has("refonly") {
        return wrong("`delim` and `refonly` are allowed only with `keyvalue auto`");
    }
    let finders = || keys.iter().map(|key| Finder::new(key.as_bytes()).into_owned()).collect();
    let how = match regex {
        None => KeyFinder::Infer(finders()),
        Some(text) => {
            parameter_free(&text.raw, text.span)?;
            let pattern = planner.compile(&text.regex(), text.span)?;
            match pattern.groups().len() {
                2 => KeyFinder::After(pattern, finders()),
                3 => KeyFinder::Pairs(pattern, keys.clone()),
                _ => {
                    let message = "the pattern needs one group for the value, or two groups for the key and the value";
                    return Err(Diagnostic::error(&codes::BAD_PATTERN, text.span, message)
                        .help("for other parentheses, write `(?:…)`"));
                }
            }
        }
    };
    let stage = KeyValue { source, how, before: before(&names, planner) };
    let matched = planner.define_fields(Box::new(stage), &names, true);
    planner.parsed(matched, args.has("nodrop"));
    // A key with other signs in it names its field too: the manual groups by `%"document-uri"`.
    for (key, name) in keys.iter().zip(&names).filter(|(key, name)| field_name(key) == name.text && **key != name.text)
    {
        if let Some(slot) = planner.known(name) {
            planner.bind(key, slot);
            planner.rows.unshow(key);
        }
    }
    Ok(())
}

/// The field for a key: `_` stands for all that is no letter of the alphabet, digit or `_`.
fn field_name(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// How the value of a key is found.
enum KeyFinder {
    Infer(Vec<Finder<'static>>),
    /// Matches are pairs of key and value.
    Pairs(Pattern, Vec<String>),
    /// The first match after the key's first place is the value.
    After(Pattern, Vec<Finder<'static>>),
}

struct KeyValue {
    source: Slot,
    how: KeyFinder,
    /// What the names meant before: kept where a key is not found.
    before: Vec<Option<Slot>>,
}

impl KeyValue {
    fn find<'m>(&self, text: &'m str, values: &mut [Option<&'m str>], watch: &Watch) {
        match &self.how {
            KeyFinder::Infer(keys) => {
                values.iter_mut().zip(keys).for_each(|(value, key)| *value = pairs::infer(text, key));
            }
            KeyFinder::Pairs(pattern, keys) => pattern.each(text, &[1, 2], watch, |groups| {
                if let (Some(Some(found)), Some(Some(text))) = (groups.next(), groups.next()) {
                    for (value, _) in values.iter_mut().zip(keys).filter(|(_, key)| *key == found) {
                        value.get_or_insert(text);
                    }
                }
                values.iter().any(Option::is_none)
            }),
            KeyFinder::After(pattern, keys) => {
                for (value, key) in values.iter_mut().zip(keys) {
                    let place = key.find(text.as_bytes());
                    let Some(after) = place.and_then(|at| text.get(at + key.needle().len()..)) else { continue };
                    pattern.each(after, &[1], watch, |groups| {
                        *value = groups.next().flatten();
                        false
                    });
                }
            }
        }
    }
}

impl Extractor for KeyValue {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let mut values = vec![None; self.before.len()];
        if let Some(text) = row.get(self.source).text(row.arena()) {
            self.find(text, &mut values, &row.env().watch);
        }
        let matched = values.iter().any(Option::is_some);
        row.set(first, Value::Bool(matched));
        for (number, (value, before)) in values.into_iter().zip(&self.before).enumerate() {
            let kept = || before.map_or(Value::Null, |slot| row.get(slot));
            row.set(first + 1 + number, value.map_or_else(kept, Value::Text));
        }
        matched
    }
}

/// All pairs of a text.
struct Auto {
    delimiter: Option<String>,
}

impl Discover for Auto {
    fn each<'m>(&self, text: &'m str, enter: &dyn Fn(&str) -> bool, found: &mut dyn FnMut(&str, &'m str)) {
        pairs::auto(text, self.delimiter.as_deref(), &mut |key, value| {
            let name = field_name(key);
            if enter(&name) {
                found(&name, value);
            }
        });
    }

    fn value<'m>(&self, raw: &'m str, _: &'m Bump) -> Value<'m> {
        Value::Text(raw)
    }
}
