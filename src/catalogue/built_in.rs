//! Built-in fields whose values are not plain metadata: they have entries in the reference.
//!
//! `plan/fields.rs` has the list of all built-in fields, and computes these.

use super::words::WordDef;
use super::{Example, Expect, Group};

/// All of them.
pub static FIELDS: &[WordDef] = &[
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
