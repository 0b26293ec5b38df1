//! Words at the beginning of a stage.

use super::Language::{Kql, LogQl, Lucene, Splunk, Sql};
use super::{ForeignWord, Language, Position, row};

type From = (Position, &'static [Language]);
const SPL: From = (Position::Stage, &[Splunk]);
const KQL: From = (Position::Stage, &[Kql]);
const SQL: From = (Position::Stage, &[Sql]);
const LOGQL: From = (Position::Stage, &[LogQl]);
const SPL_KQL: From = (Position::Stage, &[Splunk, Kql]);

pub(super) const ROWS: &[ForeignWord] = &[
    row(SPL, &["stats"], "write the aggregate alone", ("stats count by host", "count by host")).exchange(""),
    row(SPL, &["chart"], "write the aggregate alone, as in `count by FIELD`", ("chart count by host", "count by host"))
        .exchange(""),
    row(
        SPL,
        &["timechart"],
        "write `timeslice 1m | count by _timeslice`",
        ("timechart span=1m count", "timeslice 1m | count by _timeslice"),
    ),
    row(
        SPL,
        &["eventstats"],
        "for a figure on every row, aggregate first, then write `total FIELD by FIELD`",
        ("eventstats sum(n) by host", "count as n by host, user | total n by host"),
    ),
    row(
        SPL,
        &["streamstats"],
        "for a running sum, write `accum FIELD`",
        ("streamstats sum(_count)", "count by user | accum _count"),
    ),
    row(SPL, &["eval"], "write `| expression as name`", ("eval mb=bytes/1024", "bytes / 1024 as mb")),
    row(
        SPL,
        &["rex", "regex"],
        "write `parse regex \"(?<name>…)\"` to extract, `where FIELD matches /regex/` to filter",
        ("rex \"user=(?<user>\\w+)\"", "parse regex \"user=(?<user>\\w+)\""),
    )
    .exchange("parse regex"),
    row(
        SPL,
        &["spath"],
        "write `json \"path\" as name`, or `json auto` for all keys",
        ("spath output=user path=user.name", "json \"user.name\" as user"),
    ),
    row(
        SPL,
        &["xmlkv", "xpath"],
        "write `parse xml \"/path\" as name`",
        ("xpath \"//user\"", "parse xml \"/event/user\" as user"),
    ),
    row(SPL, &["multikv"], "write `csv _raw extract a, b`", ("multikv fields a b", "csv _raw extract a, b")),
    row(SPL, &["table"], "write `fields a, b`", ("table host, user", "fields host, user")).exchange("fields"),
    row(SPL, &["rename"], "write `a as b`", ("rename src as source", "src as source")).exchange(""),
    row(SPL, &["head"], "write `limit N`", ("head 5", "limit 5")).exchange("limit"),
    row(SPL, &["tail"], "write `sort by +_messageTime | limit N`", ("tail 5", "sort by +_messageTime | limit 5")),
    row(SPL, &["reverse"], "write `sort by +_messageTime`", ("reverse", "sort by +_messageTime"))
        .exchange("sort by +_messageTime"),
    row(SPL, &["dedup"], "write `dedup by FIELD, …`", ("dedup user", "dedup by user")).exchange("dedup by"),
    row(SPL, &["uniq", "unique"], "write `dedup by FIELD, …`", ("uniq", "dedup")).exchange("dedup"),
    row(
        SPL,
        &["transaction"],
        "to group messages by a field, write `transactionize FIELD`",
        ("transaction user maxspan=5m", "transactionize user maxSpan=5m"),
    ),
    row(SPL, &["top"], "write how many: `top 10 FIELD`", ("top user", "top 10 user")),
    row(
        SPL,
        &["rare"],
        "write `count by FIELD | sort by +_count | limit 10`",
        ("rare user", "count by user | sort by +_count | limit 10"),
    ),
    row(SPL, &["bin", "bucket"], "for time, write `timeslice 5m`", ("bin _time span=5m", "timeslice 5m")),
    row(
        SPL,
        &["fillnull"],
        "write `if(isNull(FIELD), 0, FIELD) as FIELD`",
        ("fillnull value=0 n", "if(isNull(n), 0, n) as n"),
    ),
    row(
        SPL,
        &["mvexpand"],
        "write `parse regex \"(?<name>…)\" multi`, which makes a row of each match",
        ("mvexpand ip", "parse regex \"(?<ip>\\d+\\.\\d+\\.\\d+\\.\\d+)\" multi"),
    ),
    row(
        SPL,
        &["makemv"],
        "write `split FIELD delim=',' extract a, b`",
        ("makemv delim=\",\" list", "split list delim=',' extract a, b"),
    ),
    row(
        SPL,
        &["search"],
        "write words before the first `|`, and conditions as `where CONDITION`",
        ("search status=500", "where status = 500"),
    ),
    row(
        SPL,
        &["append", "appendcols", "multisearch"],
        "write one scope for both: `(a) OR (b)`",
        ("append [search error]", "where _raw matches \"*error*\""),
    ),
    row(
        SPL,
        &["join"],
        "write `join (…) as a, (…) as b on a.FIELD = b.FIELD`",
        (
            "join user [search login]",
            "join (parse \"login=*;\" as user) as a, (parse \"user=*;\" as user) as b on a.user = b.user",
        ),
    ),
    row(
        SPL,
        &["inputlookup"],
        "write `cat PATH` in the place of the scope",
        ("inputlookup users.csv", "lookup name from shared/users on id = id"),
    ),
    row(
        SPL,
        &["lookup"],
        "write `lookup COLUMN from TABLE on COLUMN = FIELD`",
        ("lookup users.csv id OUTPUT name", "lookup name from shared/users on id = id"),
    ),
    row(
        SPL,
        &["outputlookup", "collect"],
        "write `save TABLE`",
        ("outputlookup users.csv", "count by user | save shared/users"),
    ),
    row(SPL, &["iplocation"], "write `geoip FIELD`", ("iplocation ip", "geoip ip")).exchange("geoip"),
    row(
        SPL,
        &["xyseries"],
        "write `transpose row FIELD column FIELD`",
        ("xyseries day user n", "count by day, user | transpose row day column user"),
    ),
    row(SPL, &["addtotals"], "write `total FIELD`", ("addtotals n", "count as n by user | total n")),
    row(
        SPL,
        &["timewrap"],
        "write `compare with timeshift 1d`",
        ("timewrap 1d", "count by user | compare with timeshift 1d"),
    ),
    row(
        SPL,
        &["trendline"],
        "write `smooth FIELD, N`",
        ("trendline sma5(n)", "timeslice 1m | count as n by _timeslice | sort by +_timeslice | smooth n, 5"),
    ),
    row(SPL, &["cluster"], "write `logreduce`", ("cluster", "logreduce")).exchange("logreduce"),
    row(
        SPL,
        &["makeresults", "tstats", "mstats"],
        "write a scope, then the aggregate, as in `error | count by FIELD`",
        ("tstats count by host", "count by host"),
    ),
    row(
        KQL,
        &["summarize"],
        "write the aggregate alone, as in `count by FIELD`",
        ("summarize count() by host", "count by host"),
    )
    .exchange(""),
    row(KQL, &["project-away"], "write `fields - a, b`", ("project-away host", "fields - host")).exchange("fields -"),
    row(KQL, &["project-rename"], "write `a as b`", ("project-rename source = src", "src as source")),
    row(
        KQL,
        &["project", "project-keep", "project-reorder"],
        "write `fields a, b`",
        ("project host, user", "fields host, user"),
    )
    .exchange("fields"),
    row(KQL, &["extend"], "write `expression as name`", ("extend mb = bytes / 1024", "bytes / 1024 as mb")),
    row(KQL, &["let"], "write `VALUE as NAME`", ("let limit_bytes = 1024", "1024 as limit_bytes")),
    row(KQL, &["take", "sample"], "write `limit N`", ("take 10", "limit 10")).exchange("limit"),
    row((Position::Stage, &[Kql, Sql]), &["distinct"], "write `count by FIELD`", ("distinct user", "count by user"))
        .exchange("count by"),
    row(
        KQL,
        &["render"],
        "remove it; the option `--chart` draws one",
        ("count by user | render barchart", "count by user"),
    ),
    row(
        KQL,
        &["make-series"],
        "write `timeslice 1m | count by _timeslice`",
        ("make-series count() on t step 1m", "timeslice 1m | count by _timeslice"),
    ),
    row(
        KQL,
        &["mv-expand", "mv-apply"],
        "write `parse regex \"(?<name>…)\" multi`, which makes a row of each match",
        ("mv-expand ip", "parse regex \"(?<ip>\\d+\\.\\d+\\.\\d+\\.\\d+)\" multi"),
    ),
    row(
        KQL,
        &["parse-where"],
        "write `parse \"…*\" as name`, which drops what it does not match",
        ("parse-where m with \"user=\" user", "parse \"user=*;\" as user"),
    ),
    row(
        SPL_KQL,
        &["union"],
        "write one scope for both: `(a) OR (b)`",
        ("union logs, errors", "where _raw matches \"*error*\""),
    ),
    row(
        KQL,
        &["evaluate", "invoke", "serialize", "getschema"],
        "remove it: Sumo Logic has nothing of the kind",
        ("serialize", "limit 10"),
    ),
    row(
        SQL,
        &["select"],
        "write `fields a, b`, or an aggregate such as `count by FIELD`",
        ("select host, user", "fields host, user"),
    )
    .exchange("fields"),
    row(
        SQL,
        &["from"],
        "name the source in the scope, as in `_sourceCategory=prod/web`",
        ("from logs", "where _sourceCategory = \"logs\""),
    ),
    row(SQL, &["group"], "write the aggregate with its fields: `count by FIELD`", ("group by user", "count by user"))
        .exchange("count"),
    row(
        SQL,
        &["having"],
        "write `where CONDITION` after the aggregate",
        ("count by user | having _count > 5", "count by user | where _count > 5"),
    )
    .exchange("where"),
    row(SQL, &["offset"], "remove it: rows can't be skipped", ("offset 5", "limit 5")),
    row(
        SQL,
        &["case", "decode"],
        "write `if(CONDITION, VALUE, OTHERWISE) as NAME`",
        ("case when n > 1 then \"many\" else \"one\" end as c", "if(n > 1, \"many\", \"one\") as c"),
    ),
    row(SQL, &["set"], "write `expression as name`", ("set x = 5", "5 as x")),
    row(
        (Position::Stage, &[Lucene]),
        &["match", "query_string"],
        "write words before the first `|`, and conditions as `where CONDITION`",
        ("match status 500", "where status = 500"),
    ),
    row(
        LOGQL,
        &["|=", "=", "|~", "~"],
        "write the words in the scope, before the first `|`, or `where _raw matches /regex/`",
        ("= \"error\"", "where _raw matches \"*error*\""),
    ),
    row(LOGQL, &["logfmt"], "write `keyvalue auto`", ("logfmt", "keyvalue auto")).exchange("keyvalue auto"),
    row(LOGQL, &["pattern"], "write `parse \"* *\" as a, b`", ("pattern \"<a> <b>\"", "parse \"* *\" as a, b")),
    row(
        LOGQL,
        &["regexp"],
        "write `parse regex \"(?<name>…)\"`",
        ("regexp \"user=(?P<user>\\\\w+)\"", "parse regex \"user=(?<user>\\w+)\""),
    )
    .exchange("parse regex"),
    row(LOGQL, &["unwrap"], "remove it: aggregates read the field, as in `sum(FIELD)`", ("unwrap bytes", "sum(bytes)")),
    row(
        LOGQL,
        &["line_format", "label_format"],
        "write `format(\"%s\", FIELD) as NAME`",
        ("line_format \"user\"", "format(\"%s\", user) as line"),
    ),
    row(
        (Position::Stage, &[Splunk, LogQl]),
        &["grep", "drop", "keep"],
        "write words before the first `|`, and conditions as `where CONDITION`",
        ("grep error", "where _raw matches \"*error*\""),
    ),
];
