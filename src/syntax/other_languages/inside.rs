//! Words inside a stage, and in the scope.

use super::Language::{Kql, LogQl, Lucene, Published, Splunk, Sql};
use super::{ForeignWord, Language, Position, row};

type From = (Position, &'static [Language]);
const SPL: From = (Position::Inside, &[Splunk]);
const KQL: From = (Position::Inside, &[Kql]);
const SQL: From = (Position::Inside, &[Sql]);

pub(super) const ROWS: &[ForeignWord] = &[
    row(
        SQL,
        &["is"],
        "write `isNull(x)`, or `!isNull(x)` for `is not null`",
        ("where user is not null", "where !isNull(user)"),
    ),
    row(
        (Position::Inside, &[Sql, Kql]),
        &["between"],
        "write `x >= 1 and x <= 5`",
        ("where n between 1 and 5", "where n >= 1 and n <= 5"),
    ),
    row(
        SQL,
        &["like", "ilike"],
        "write `x matches \"a*\"`: the wildcard is `*`, not `%`",
        ("where user like \"a%\"", "where user matches \"a*\""),
    ),
    row(
        (Position::Inside, &[Sql, LogQl]),
        &["rlike", "regexp", "~", "~*", "similar"],
        "write `x matches /regex/`",
        ("where user rlike \"a.*\"", "where user matches /a.*/"),
    ),
    row(
        SQL,
        &["having"],
        "write `| where CONDITION` after the aggregate",
        ("count by user having _count > 5", "count by user | where _count > 5"),
    )
    .exchange("| where"),
    row(SQL, &["offset"], "remove it: rows can't be skipped", ("limit 5 offset 10", "limit 5")),
    row(
        SQL,
        &["descending"],
        "write `desc`",
        ("count by user | sort by _count descending", "count by user | sort by _count desc"),
    )
    .exchange("desc"),
    row(
        SQL,
        &["ascending"],
        "write `asc`",
        ("count by user | sort by _count ascending", "count by user | sort by _count asc"),
    )
    .exchange("asc"),
    row(
        (Position::Inside, &[Kql, Splunk]),
        &["startswith", "hasprefix", "startswith_cs", "starts"],
        "write `x matches \"a*\"`",
        ("where user startswith \"a\"", "where user matches \"a*\""),
    )
    .exchange("matches \"{}*\""),
    row(
        KQL,
        &["endswith", "hassuffix", "endswith_cs", "ends"],
        "write `x matches \"*a\"`",
        ("where user endswith \"a\"", "where user matches \"*a\""),
    )
    .exchange("matches \"*{}\""),
    row(
        KQL,
        &["has", "has_cs", "contains_cs", "includes"],
        "write `x matches \"*a*\"`",
        ("where user has \"a\"", "where user matches \"*a*\""),
    )
    .exchange("matches \"*{}*\""),
    row(
        KQL,
        &["has_any", "has_all", "in~"],
        "write `x in (\"a\", \"b\")`, or `x matches \"*a*\" or x matches \"*b*\"`",
        ("where user has_any (\"a\", \"b\")", "where user matches \"*a*\" or user matches \"*b*\""),
    ),
    row(SPL, &["span"], "write `timeslice 5m`", ("timeslice span=5m", "timeslice 5m")),
    row(
        SPL,
        &["output", "outputnew"],
        "write `lookup COLUMN from TABLE on COLUMN = FIELD`",
        ("lookup users id OUTPUT name", "lookup name from shared/users on id = id"),
    ),
    row(
        (Position::Inside, &[Published]),
        &["===", "=>", "=<"],
        "write `=`, `>=` or `<=`",
        ("where n => 1", "where n >= 1"),
    ),
    row((Position::Inside, &[Published]), &["&"], "write `and`", ("where a = 1 & b = 2", "where a = 1 and b = 2"))
        .exchange("and"),
    row(
        (Position::Scope, &[Splunk]),
        &["index"],
        "write `_index=NAME` for a partition, or `_sourceCategory=NAME`",
        ("index=main error", "_index=main error"),
    )
    .exchange("_index"),
    row(
        (Position::Scope, &[Splunk]),
        &["sourcetype"],
        "write `_sourceCategory=NAME`",
        ("sourcetype=syslog error", "_sourceCategory=syslog error"),
    )
    .exchange("_sourceCategory"),
    row(
        (Position::Scope, &[Sql, Lucene]),
        &["in"],
        "write `(field=a OR field=b)`",
        ("_sourceHost IN (a, b)", "(_sourceHost=a OR _sourceHost=b)"),
    ),
    row(
        (Position::Scope, &[Sql]),
        &["select"],
        "write the scope, then stages: `error | count by FIELD`",
        ("select host from logs", "_sourceCategory=logs | fields host"),
    ),
    row((Position::Scope, &[Lucene]), &[":"], "write `name=value`", ("_sourceHost:web-1", "_sourceHost=web-1")),
    row(
        (Position::Scope, &[LogQl]),
        &["{"],
        "write `name=value` without braces",
        ("{app=\"web\"} error", "app=web error"),
    ),
];
