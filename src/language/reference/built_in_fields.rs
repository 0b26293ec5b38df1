//! Built-in fields whose values are not plain metadata: they have entries in the reference.
//!
//! `plan/fields.rs` has the list of all built-in fields, and computes these.

use crate::syntax::expression_words::WordDef;
use crate::syntax::signature::{Example, Expect, Group};

/// All of them.
pub static FIELDS: &[WordDef] = &[
    WordDef {
        name: "_format",
        aliases: &[],
        group: Group::Field,
        usage: "_format",
        summary: "How the time of a message was found, where it stands and how it is written.",
        doc: "`t:full,o:0,l:23,p:yyyy-MM-dd HH:mm:ss,SSS` says that a timestamp was found (`t:full`) at the 0th character, 23 \
              characters long, of this pattern. `t:def` is one of a form that `sources.toml` gives, `t:none` a time that the \
              message brought along, `t:fail` none at all: then the time is that of receipt.",
        page: "send-data/reference-information/time-reference",
        also: &["timestamp", "pattern", "parsing"],
        examples: &[
            Example {
                title: "Times that messages bring along are not looked for",
                query: "* | count by _format",
                messages: &["2024-05-14 09:12:01,123 INFO x"],
                expect: Expect::Rows(&["_format", "_count"], &[&["t:none,o:0,l:0,p:millisSinceEpoch", "1"]]),
            },
            Example {
                title: "A value that a message brings along stays as it is",
                query: "* | count by _format",
                messages: &["{\"_raw\": \"a\", \"_format\": \"odd\"}"],
                expect: Expect::Rows(&["_format", "_count"], &[&["odd", "1"]]),
            },
        ],
    },
    WordDef {
        name: "_loglevel",
        aliases: &[],
        group: Group::Field,
        usage: "_loglevel",
        summary: "How serious a message says it is: FATAL, ERROR, WARN, INFO or DEBUG.",
        doc: "Computed when a query asks for it, in the scope as well: `_loglevel=error`. A message that is a JSON object \
              says it under one of the keys `level`, `Level`, `loglevel`, `logLevel`, `Loglevel`, `LogLevel`, `log_level`, \
              `log-level`, `Log_Level`, `Log_level`, `severity`, `_loglevel`: its text is the level, in upper case. In other \
              messages, and where no key is there, the words of the text tell: `error`, `warn` or `warning`, `info` or \
              `information`, `debug`, `fatal`, in any letter case; of several the first in this order. Without any, it is \
              null. Metadata of this name overrule both.",
        page: "search/get-started-with-search/search-page/log-level",
        also: &["severity", "priority", "level", "error"],
        examples: &[
            Example {
                title: "From words of the text and from a key of JSON",
                query: "* | count by _loglevel | sort by _count",
                messages: &["ERROR disk gone", "{\"level\": \"Warning\", \"text\": \"an error\"}", "warn, then error"],
                expect: Expect::Rows(&["_loglevel", "_count"], &[&["ERROR", "2"], &["WARN", "1"]]),
            },
            Example {
                title: "In the scope",
                query: "_loglevel=error or _loglevel=inf* | count",
                messages: &["an Error", "information", "debug"],
                expect: Expect::Rows(&["_count"], &[&["2"]]),
            },
            Example {
                title: "A message that says nothing of it has none",
                query: "* | where isNull(_loglevel) | count by _loglevel",
                messages: &["all fine", "DEBUG x"],
                expect: Expect::Rows(&["_loglevel", "_count"], &[&["", "1"]]),
            },
        ],
    },
    WordDef {
        name: "_messageCount",
        aliases: &[],
        group: Group::Field,
        usage: "_messageCount",
        summary: "The number of a message in its input, from 1 on.",
        doc: "Computed when a query asks for it: exact, however many workers read the input. Metadata of this name overrule it.",
        page: "search/get-started-with-search/search-basics/built-in-metadata",
        also: &["sequence", "number", "line"],
        examples: &[
            Example {
                title: "The first two messages",
                query: "* | where _messageCount <= 2 | fields _raw, _messageCount",
                messages: &["a", "b", "c"],
                expect: Expect::Rows(&["_raw", "_messageCount"], &[&["a", "1"], &["b", "2"]]),
            },
            Example {
                title: "A value that a message brings along stays as it is",
                query: "* | fields _raw, _messageCount",
                messages: &["a", "{\"_raw\": \"b\", \"_messageCount\": \"x\"}"],
                expect: Expect::Rows(&["_raw", "_messageCount"], &[&["a", "1"], &["b", "x"]]),
            },
        ],
    },
    WordDef {
        name: "_messageid",
        aliases: &[],
        group: Group::Field,
        usage: "_messageid",
        summary: "A number that no other message has.",
        doc: "Made of the name of the input and the place in it: the same message has the same number in every run. The copies \
              that `multi` makes of a message share it. Metadata of this name overrule it.",
        page: "search/search-query-language/search-operators/hash",
        also: &["identifier", "unique", "duplicate"],
        examples: &[
            Example {
                title: "Messages with the same text are different ones",
                query: "* | count_distinct(_messageid) as messages, count_distinct(_raw) as texts",
                messages: &["same", "same", "other"],
                expect: Expect::Rows(&["messages", "texts"], &[&["3", "2"]]),
            },
            Example {
                title: "A value that a message brings along stays as it is",
                query: "_messageid=odd | count by _raw",
                messages: &["a", "{\"_raw\": \"b\", \"_messageid\": \"odd\"}"],
                expect: Expect::Rows(&["_raw", "_count"], &[&["b", "1"]]),
            },
        ],
    },
    WordDef {
        name: "_view",
        aliases: &["_index"],
        group: Group::Field,
        usage: "_view=NAME  |  _index=NAME",
        summary: "The partition or view that a message is in.",
        doc: "In the scope `_index=name` and `_view=name` are the same. Which messages are in which partition is said in a \
              `sources.toml`, with `view = \"name\"` for the files of a table, with `--set _view=name`, or by the messages \
              themselves. A message that is in none is in `sumologic_default`; a name that begins with `_` is short for one \
              that begins with `sumologic_`.",
        page: "manage/partitions/run-search-against-partition",
        also: &["partition", "index", "scheduled view"],
        examples: &[
            Example {
                title: "Both names, with and without a wildcard",
                query: "_index=prod_web or _view=audit* | count by _view | sort by +_view",
                messages: &[
                    "{\"_raw\": \"a\", \"_view\": \"prod_web\"}",
                    "{\"_raw\": \"b\", \"_view\": \"audit_2024\"}",
                    "{\"_raw\": \"c\", \"_view\": \"other\"}",
                ],
                expect: Expect::Rows(&["_view", "_count"], &[&["audit_2024", "1"], &["prod_web", "1"]]),
            },
            Example {
                title: "Messages without one are in the default partition",
                query: "_index=sumologic_default | count by _view",
                messages: &["a", "{\"_raw\": \"b\", \"_view\": \"prod_web\"}"],
                expect: Expect::Rows(&["_view", "_count"], &[&["sumologic_default", "1"]]),
            },
            Example {
                title: "Where the scope does not ask for partitions, their field is null",
                query: "* | count by _view",
                messages: &["a", "{\"_raw\": \"b\", \"_view\": \"prod_web\"}"],
                expect: Expect::Rows(&["_view", "_count"], &[&["", "1"], &["prod_web", "1"]]),
            },
        ],
    },
];
