//! `json auto`: makes fields of whatever the JSON in a message holds.

use super::dynamic_columns;
use super::dynamic_columns::Discover;
use super::parse::{names, source};
use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::{count_argument, parameter_free};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::run::json::flatten::Flatten;
use crate::run::json::text::value;
use crate::syntax::signature::{Example, Expect, Group, OperatorRole, OperatorSignature};
use crate::syntax::tree::Name;
use bumpalo::Bump;
use sumoql_data::value::Value;

pub static DEF: OperatorDef = OperatorSignature {
    name: "json auto",
    group: Group::Parse,
    form: "'json' 'auto' ('field' '=' source:field | 'maxdepth' '='? depth:integer | 'extractarrays' | 'refonly' | \
           'nodrop' | 'keys'? key:text,+ | 'as' ('(' name:field,+ ')' | name:field,+))*",
    summary: "Extracts all fields of the JSON in a message.",
    doc: "Names of nested keys are joined by dots, and items are numbered: `users[2].street`, which you write as \
          `%\"users[2].street\"`. Spaces become `_`, and names are not case-sensitive. Later stages can use any \
          field; the other fields are shown with the messages, at most 100.\n\n\
          `maxdepth 1` keeps everything below the first level as JSON, and `maxdepth 2` everything below the second; \
          an array is a level. An array of plain values is one value, unless you use `extractarrays`. `keys \"a\", \
          \"b\" as x, y` names fields; the word `keys` is optional. With `refonly`, only these fields are \
          extracted.\n\n\
          The JSON object can be surrounded by other text; of several objects, the last is used. No message is \
          dropped, and `nodrop` has no effect. A field that already exists keeps its value if the JSON has no field \
          with its name.",
    page: "search/search-query-language/parse-operators/parse-json-formatted-logs",
    also: &["flatten", "automatic", "extract", "keys"],
    examples: &[
        Example {
            title: "Fields that later stages use",
            query: "* | json auto | count by user.name, level",
            messages: &["10:00 {\"user\":{\"name\":\"ann\"},\"Level\":3}", "{\"level\":4, \"user\": {}}", "no JSON"],
            expect: Expect::Rows(
                &["user.name", "level", "_count"],
                &[&["", "", "1"], &["", "4", "1"], &["ann", "3", "1"]],
            ),
        },
        Example {
            title: "All fields are shown",
            query: "* | json auto",
            messages: &["{\"first name\":\"Ann\",\"l\":[1,2.0],\"o\":[{\"k\":1.50},null]}", "text"],
            expect: Expect::Rows(
                &["first_name", "l", "o[0].k", "o[1]"],
                &[&["Ann", "[1,2.0]", "1.50", ""], &["", "", "", ""]],
            ),
        },
        Example {
            title: "Messages can spell a name differently",
            query: "* | json auto",
            messages: &["{\"Id\":1}", "{\"id\":2}"],
            expect: Expect::Rows(&["id"], &[&["1"], &["2"]]),
        },
        Example {
            title: "`maxdepth` keeps deeper levels as JSON",
            query: "* | json auto maxdepth 2 extractarrays | fields a.b, %\"c[1]\", a",
            messages: &["{\"a\":{\"b\":{\"x\": 1}},\"c\":[5,6]}"],
            expect: Expect::Rows(&["a.b", "c[1]", "a"], &[&["{\"x\":1}", "6", ""]]),
        },
        Example {
            title: "Only the named keys",
            query: "* | json auto keys \"A\", \"b c\" refonly as x, y",
            messages: &["{\"a\":1,\"b c\":2,\"d\":3}"],
            expect: Expect::Rows(&["x", "y", "d"], &[&["1", "2", ""]]),
        },
        Example {
            title: "Keys without the word",
            query: "* | json auto field=_raw \"user.name\", \"n\" as who, n | count by who, n",
            messages: &["{\"user\":{\"name\":\"ann\"},\"n\":1}"],
            expect: Expect::Rows(&["who", "n", "_count"], &[&["ann", "1", "1"]]),
        },
        Example {
            title: "An existing field keeps its value if the JSON has none",
            query: "* | parse \"u=* \" as u nodrop | json auto | fields u",
            messages: &["u=ann {\"u\":\"bob\"}", "u=ann {\"v\":1}"],
            expect: Expect::Rows(&["u"], &[&["bob"], &["ann"]]),
        },
        Example {
            title: "`maxdepth` starts at 1",
            query: "* | json auto maxdepth 0",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
    role: OperatorRole::AutoJson,
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let source = source(call.args, planner)?;
    let depth = count_argument(call.args, "depth", 1..=1_000_000)?.and_then(|depth| usize::try_from(depth).ok());
    let (mut keys, mut default) = (Vec::new(), Vec::new());
    for text in call.args.all("key").filter_map(|arg| arg.as_text()) {
        parameter_free(&text.raw, text.span)?;
        let key = text.value().replace(' ', "_");
        default.push(Name { text: key.clone(), span: text.span });
        keys.push(key);
    }
    if keys.is_empty() && call.args.has("refonly") {
        let message = "`refonly` needs `keys`: without it, there is nothing to extract";
        return Err(
            Diagnostic::error(&codes::ARGUMENT_COUNT, call.span, message).help("name them: `keys \"a\", \"b\"`")
        );
    }
    let names = names(call, default, "keys")?;
    let keys: Vec<(String, Name)> = keys.into_iter().zip(names).collect();
    let flatten = Flatten { depth: depth.unwrap_or(usize::MAX), arrays: call.args.has("extractarrays") };
    dynamic_columns::plan(planner, source, flatten, &keys, call.args.has("refonly"))
}

impl Discover for Flatten {
    fn each<'m>(&self, text: &'m str, enter: &dyn Fn(&str) -> bool, found: &mut dyn FnMut(&str, &'m str)) {
        Flatten::each(self, text, enter, found);
    }

    fn value<'m>(&self, raw: &'m str, arena: &'m Bump) -> Value<'m> {
        value(raw, arena)
    }
}
