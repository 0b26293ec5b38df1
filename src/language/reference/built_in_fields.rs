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
        summary: "How the time of a message was found, and where and in which format.",
        doc: "`t:full,o:0,l:23,p:yyyy-MM-dd HH:mm:ss,SSS` means that a timestamp was found (`t:full`) at offset 0, \
              with a length of 23 characters and this pattern. `t:def` means that the pattern comes from a \
              `sources.toml`, `t:none` that the message has its own time, and `t:fail` that no timestamp was found, \
              so that the receipt time is used.",
        page: "send-data/reference-information/time-reference",
        also: &["timestamp", "pattern", "parsing"],
        examples: &[
            Example {
                title: "Messages with their own time are not searched for a timestamp",
                query: "* | count by _format",
                messages: &["2024-05-14 09:12:01,123 INFO x"],
                expect: Expect::Rows(&["_format", "_count"], &[&["t:none,o:0,l:0,p:millisSinceEpoch", "1"]]),
            },
            Example {
                title: "A value in the message's metadata takes precedence",
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
        summary: "The log level of a message: FATAL, ERROR, WARN, INFO or DEBUG.",
        doc: "It is computed if the query uses it, also in the scope: `_loglevel=error`. In a message that is a JSON \
              object, it is the value, in upper case, of one of the keys `level`, `Level`, `loglevel`, `logLevel`, \
              `Loglevel`, `LogLevel`, `log_level`, `log-level`, `Log_Level`, `Log_level`, `severity`, `_loglevel`. In \
              other messages, and in JSON without these keys, it comes from the words of the text, in any case: \
              `error`, `warn` or `warning`, `info` or `information`, `debug`, `fatal`; if there are several, the first \
              in this order. Without any of these words, it is null. Metadata with this name takes precedence over both.",
        page: "search/get-started-with-search/search-page/log-level",
        also: &["severity", "priority", "level", "error"],
        examples: &[
            Example {
                title: "From words in the text and from a key in JSON",
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
                title: "A message without a log level",
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
        summary: "The number of a message in its input, starting at 1.",
        doc: "It is computed if the query uses it, and is exact for any number of threads. Metadata with this name \
              takes precedence.",
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
                title: "A value in the message's metadata takes precedence",
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
        summary: "A number that identifies a message.",
        doc: "It is computed from the name of the input and the position in it, so a message has the same number in \
              every run. The copies of a message that `multi` makes have the same number. Metadata with this name \
              takes precedence.",
        page: "search/search-query-language/search-operators/hash",
        also: &["identifier", "unique", "duplicate"],
        examples: &[
            Example {
                title: "Messages with the same text are different messages",
                query: "* | count_distinct(_messageid) as messages, count_distinct(_raw) as texts",
                messages: &["same", "same", "other"],
                expect: Expect::Rows(&["messages", "texts"], &[&["3", "2"]]),
            },
            Example {
                title: "A value in the message's metadata takes precedence",
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
        summary: "The partition or view of a message.",
        doc: "In the scope, `_index=name` and `_view=name` are the same. Set the partition of messages with `view = \
              \"name\"` in a table of a `sources.toml`, with `--set _view=name`, or in the messages themselves. Other \
              messages are in `sumologic_default`. A name that begins with `_` is short for a name that begins with \
              `sumologic_`.",
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
                title: "Messages without a partition are in the default one",
                query: "_index=sumologic_default | count by _view",
                messages: &["a", "{\"_raw\": \"b\", \"_view\": \"prod_web\"}"],
                expect: Expect::Rows(&["_view", "_count"], &[&["sumologic_default", "1"]]),
            },
            Example {
                title: "If the scope does not name a partition, the field is null",
                query: "* | count by _view",
                messages: &["a", "{\"_raw\": \"b\", \"_view\": \"prod_web\"}"],
                expect: Expect::Rows(&["_view", "_count"], &[&["", "1"], &["prod_web", "1"]]),
            },
        ],
    },
];
