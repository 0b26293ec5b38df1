//! `tourl`: a link with a text of its own.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, Plain};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

pub static TO_URL: FunctionDef = FunctionSignature {
    name: "tourl",
    group: Group::Conversion,
    params: &[
        Param::new("url", Type::Text),
        Param::new("name", Type::Text),
        Param::optional("prefix", Type::Text),
        Param::optional("suffix", Type::Text),
    ],
    returns: Type::Text,
    summary: "Creates a link to a URL.",
    doc: "The text of the link is the prefix, the name and the suffix; give both a prefix and a suffix, or neither. \
          The value is the link as HTML, `<a href=\"URL\">TEXT</a>`. Sumo Logic documents only that equal links are \
          equal values, so that you can group by them, and not the string that they are. Null gives null. As a stage, \
          it needs a name for the result.",
    page: "search/search-query-language/search-operators/tourl",
    also: &["link", "href", "clickable", "hyperlink"],
    examples: &[
        Example {
            title: "Group by a link",
            query: "* | parse \"id=*;\" as id | tourl(concat(\"https://ex.org/?a=1&id=\", id), id, \"#\", \"\") as link \
                    | count by link",
            messages: &["id=7;", "id=7;"],
            expect: Expect::Rows(&["link", "_count"], &[&["<a href=\"https://ex.org/?a=1&amp;id=7\">#7</a>", "2"]]),
        },
        Example {
            title: "Null gives null",
            query: "* | parse \"id=*;\" as id nodrop | tourl(\"https://ex.org\", id) as link | fields link",
            messages: &["none"],
            expect: Expect::Rows(&["link"], &[&[""]]),
        },
        Example {
            title: "A prefix without a suffix",
            query: "* | tourl(\"https://ex.org\", \"n\", \"pre\") as link",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    alias_needed: true,
    ..BASE
}
.made_by(Make::Prepared(|args| match args.len() {
    3 => Err("`tourl` needs both a prefix and a suffix, or neither; either can be \"\"".into()),
    _ => Ok(Box::new(link as Plain)),
}));

fn link<'m>(args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
    let texts: Option<Vec<&str>> = args.iter().map(|arg| arg.text(cx.arena)).collect();
    let (url, label) = match texts.as_deref() {
        Some([url, name]) => (url, (*name).to_string()),
        Some([url, name, prefix, suffix]) => (url, format!("{prefix}{name}{suffix}")),
        _ => return Value::Null,
    };
    cx.text(&format!("<a href=\"{}\">{}</a>", escaped(url), escaped(&label)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
