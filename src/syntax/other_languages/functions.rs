//! Functions and aggregates. Some of them work here, because published queries have them: those get W201 with the help.

use super::Language::{Kql, LogQl, Published, Splunk, Sql};
use super::{ForeignWord, Language, Position, row};

type From = (Position, &'static [Language]);
const ALL: From = (Position::Function, &[Published]);
const SPL: From = (Position::Function, &[Splunk]);
const KQL: From = (Position::Function, &[Kql]);
const SQL: From = (Position::Function, &[Sql]);
const SPL_KQL: From = (Position::Function, &[Splunk, Kql]);
const LOGQL: From = (Position::Function, &[LogQl]);

pub(super) const ROWS: &[ForeignWord] = &[
    row(
        SPL,
        &["dc", "distinct_count", "estdc", "nunique"],
        "write `count_distinct(x)`",
        ("dc(user) by host", "count_distinct(user) by host"),
    )
    .exchange("count_distinct"),
    row(
        SQL,
        &["approx_count_distinct", "approx_distinct"],
        "write `count_distinct(x)`",
        ("approx_count_distinct(user)", "count_distinct(user)"),
    )
    .exchange("count_distinct"),
    row(
        SPL_KQL,
        &["percentile", "percentiles", "quantile", "approx_percentile"],
        "write `pct(x, 95)`",
        ("percentile(n, 95)", "pct(n, 95)"),
    )
    .exchange("pct"),
    row(SPL, &["p95"], "write `pct(x, 95)`", ("perc95(n)", "pct(n, 95)")),
    row(SPL, &["median"], "write `pct(x, 50)`", ("median(n) by host", "pct(n, 50) by host")),
    row(
        (Position::Function, &[Splunk, Sql]),
        &["mean", "average"],
        "write `avg(x)`",
        ("mean(n) by host", "avg(n) by host"),
    )
    .exchange("avg"),
    row(
        (Position::Function, &[Splunk, Kql]),
        &["stdev", "stdevp", "stddev_pop"],
        "write `stddev(x)`",
        ("stdev(n) by host", "stddev(n) by host"),
    )
    .exchange("stddev"),
    row(
        KQL,
        &["countif", "count_if"],
        "write `where CONDITION | count`, or `if(CONDITION, 1, 0) as hit | sum(hit)`",
        ("countif(n > 1)", "if(n > 1, 1, 0) as hit | sum(hit)"),
    ),
    row(
        KQL,
        &["sumif", "avgif"],
        "write `if(CONDITION, x, 0) as hit | sum(hit)`",
        ("sumif(n, n > 1)", "if(n > 1, n, 0) as hit | sum(hit)"),
    ),
    row(
        SPL_KQL,
        &["list", "make_list", "make_set", "array_agg", "string_agg", "group_concat"],
        "write `values(x)`",
        ("make_set(user) by host", "values(user) by host"),
    )
    .exchange("values"),
    row(SPL, &["earliest"], "write `last(x)`: messages come newest first", ("earliest(user)", "last(user)"))
        .exchange("last"),
    row(SPL, &["latest"], "write `first(x)`: messages come newest first", ("latest(user)", "first(user)"))
        .exchange("first"),
    row(
        KQL,
        &["arg_max", "arg_min", "take_any", "any"],
        "write `most_recent(x)`, `least_recent(x)`, `first(x)` or `max(x)`",
        ("take_any(user)", "first(user)"),
    ),
    row(
        LOGQL,
        &["rate", "count_over_time", "sum_over_time", "bytes_rate"],
        "write `timeslice 1m | count by _timeslice`",
        ("count_over_time(n)", "timeslice 1m | count by _timeslice"),
    ),
    row(SPL, &["mode"], "write `top 1 FIELD`", ("mode(user)", "top 1 user")),
    row(
        (Position::Function, &[Splunk, Kql]),
        &["timeslice"],
        "write `timeslice 1m`, without parentheses",
        ("timeslice(1m)", "timeslice 1m"),
    ),
    row(
        SPL,
        &["if_else", "iff", "iif"],
        "write `if(CONDITION, VALUE, OTHERWISE)`",
        ("iff(n > 1, \"a\", \"b\") as c", "if(n > 1, \"a\", \"b\") as c"),
    )
    .exchange("if"),
    row(
        (Position::Function, &[Splunk, Kql, Sql]),
        &["case", "switch"],
        "write `if(CONDITION, VALUE, if(CONDITION, VALUE, OTHERWISE))`",
        ("case(n > 1, \"a\", \"b\") as c", "if(n > 1, \"a\", \"b\") as c"),
    ),
    row(
        (Position::Function, &[Splunk, Kql, Sql]),
        &["coalesce", "ifnull", "nvl"],
        "write `if(isNull(a), b, a)`",
        ("coalesce(a, b) as c", "if(isNull(a), b, a) as c"),
    ),
    row(
        SPL_KQL,
        &["isnotnull", "notnull", "exists"],
        "write `!isNull(x)`",
        ("where isnotnull(user)", "where !isNull(user)"),
    )
    .exchange("!isNull"),
    row(KQL, &["isnotempty"], "write `!isEmpty(x)`", ("where isnotempty(user)", "where !isEmpty(user)"))
        .exchange("!isEmpty"),
    row(SPL, &["null", "nullif"], "write `null`", ("null() as c", "null as c")),
    row(
        SPL,
        &["cidrmatch"],
        "write `compareCIDRPrefix(\"10.0.0.0\", ip, 8)`",
        ("where cidrmatch(\"10.0.0.0/8\", ip)", "where compareCIDRPrefix(\"10.0.0.0\", ip, 8)"),
    ),
    row(
        KQL,
        &["ipv4_is_in_range", "ipv4_is_match"],
        "write `compareCIDRPrefix(\"10.0.0.0\", ip, 8)`",
        ("where ipv4_is_in_range(ip, \"10.0.0.0/8\")", "where compareCIDRPrefix(\"10.0.0.0\", ip, 8)"),
    ),
    row(KQL, &["ipv4_is_private"], "write `isPrivateIP(x)`", ("where ipv4_is_private(ip)", "where isPrivateIP(ip)"))
        .exchange("isPrivateIP"),
    row(
        SPL,
        &["match", "searchmatch", "regexp_like", "regexp_contains", "rlike"],
        "write `x matches /regex/`",
        ("where match(user, \"a.*\")", "where user matches /a.*/"),
    ),
    row(
        SPL,
        &["like", "startswith", "starts_with", "endswith", "ends_with", "has"],
        "write `x matches \"a*\"`",
        ("where like(user, \"a%\")", "where user matches \"a*\""),
    ),
    row(
        (Position::Function, &[Splunk, Sql]),
        &["substr", "mid"],
        "write `substring(x, START, END)`, whose places begin at 0",
        ("substr(user, 1, 3) as c", "substring(user, 0, 3) as c"),
    ),
    row(
        KQL,
        &["strlen", "char_length", "character_length", "string_length"],
        "write `length(x)`",
        ("strlen(user) as c", "length(user) as c"),
    )
    .exchange("length"),
    row(
        KQL,
        &["strcat", "concatenate", "strcat_delim"],
        "write `concat(a, b)`",
        ("strcat(a, b) as c", "concat(a, b) as c"),
    )
    .exchange("concat"),
    row(
        (Position::Function, &[Kql, Splunk]),
        &["tolower", "lcase"],
        "write `toLowerCase(x)`",
        ("tolower(user) as c", "toLowerCase(user) as c"),
    )
    .exchange("toLowerCase"),
    row(
        (Position::Function, &[Kql, Splunk]),
        &["toupper", "ucase"],
        "write `toUpperCase(x)`",
        ("toupper(user) as c", "toUpperCase(user) as c"),
    )
    .exchange("toUpperCase"),
    row(
        (Position::Function, &[Kql, Sql]),
        &["ltrim", "rtrim", "trim_start", "trim_end", "strip"],
        "write `trim(x)`",
        ("ltrim(user) as c", "trim(user) as c"),
    )
    .exchange("trim"),
    row(
        KQL,
        &["replace_string", "replace_regex", "regexp_replace"],
        "write `replace(x, \"from\", \"to\")`, or `replace(x, /regex/, \"to\")`",
        ("replace_string(a, \"x\", \"y\") as c", "replace(a, \"x\", \"y\") as c"),
    ),
    row(
        KQL,
        &["todynamic", "parse_json", "json_extract", "json_value", "extract_json"],
        "write `json \"path\" as name`",
        ("parse_json(_raw) as j", "json \"user\" as user"),
    ),
    row(
        KQL,
        &["split_part", "regexp_extract", "mvindex"],
        "write `parse regex`, or `split FIELD delim=',' extract a, b`",
        ("mvindex(a, 1) as c", "split a delim=',' extract b, c"),
    ),
    row(
        KQL,
        &["array_length", "mvcount"],
        "write `jsonArraySize(x)`",
        ("array_length(a) as c", "jsonArraySize(a) as c"),
    )
    .exchange("jsonArraySize"),
    row(
        SPL,
        &["strftime", "date_format", "format_datetime", "to_char"],
        "write `formatDate(x, \"yyyy-MM-dd HH:mm\")`",
        ("strftime(_messageTime, \"%H\") as c", "formatDate(_messageTime, \"HH\") as c"),
    ),
    row(
        (Position::Function, &[Splunk, Kql]),
        &["strptime", "todatetime", "to_date", "to_timestamp", "datetime", "unix_timestamp"],
        "write `parseDate(x, \"yyyy-MM-dd\")`",
        ("strptime(d, \"%Y\") as c", "parseDate(d, \"yyyy\") as c"),
    ),
    row(
        KQL,
        &["ago", "relative_time", "date_sub", "dateadd", "datetime_add"],
        "write `now() - 1h`",
        ("where _messageTime > ago(1h)", "where _messageTime > now() - 1h"),
    ),
    row(
        SQL,
        &["date_trunc", "time_bucket", "startofday", "startofhour", "hour", "dayofweek"],
        "write `timeslice 1h` before the aggregate, or `formatDate(x, \"HH\")`",
        ("date_trunc(_messageTime) as c", "timeslice 1h"),
    ),
    row(SQL, &["current_timestamp", "getdate", "utcnow", "time"], "write `now()`", ("getdate() as c", "now() as c"))
        .exchange("now"),
    row(
        SQL,
        &["cast", "convert", "todecimal", "tofloat", "to_number", "float", "parse_int"],
        "write `num(x)`, `toLong(x)` or `toString(x)`",
        ("tofloat(a) as c", "num(a) as c"),
    ),
    row(
        (Position::Function, &[Kql, Splunk]),
        &["md5", "sha1", "sha256", "hash_sha256"],
        "write `hash(x, \"md5\")`",
        ("md5(a) as c", "hash(a, \"md5\") as c"),
    ),
    row((Position::Function, &[Splunk, Sql]), &["ceiling"], "write `ceil(x)`", ("ceiling(n) as c", "ceil(n) as c"))
        .exchange("ceil"),
    row(SQL, &["power"], "write `pow(x, y)`", ("power(n, 2) as c", "pow(n, 2) as c")).exchange("pow"),
    row(SPL, &["ln"], "write `log(x)`", ("ln(n) as c", "log(n) as c")).exchange("log"),
    row(
        ALL,
        &["copysign"],
        "write `if(sign < 0, -abs(x), abs(x))`",
        ("copySign(n, -1) as c", "if(n < 0, -abs(n), abs(n)) as c"),
    ),
    row(ALL, &["fromseconds"], "times are milliseconds: `x * 1000`", ("fromSeconds(n) as c", "n * 1000 as c")),
    row(
        ALL,
        &["getexponent"],
        "write `floor(log(abs(x)) / log(2))`",
        ("getExponent(n) as c", "floor(log(abs(n)) / log(2)) as c"),
    ),
    row(
        ALL,
        &["ieeeremainder"],
        "write `x % y`, which has the sign of `x`",
        ("IEEEremainder(n, 3) as c", "n % 3 as c"),
    ),
    row(ALL, &["int", "long"], "write `toLong(x)`", ("int(n) as c", "toLong(n) as c")).exchange("toLong"),
    row((Position::Function, &[Splunk, Sql]), &["len"], "write `length(x)`", ("len(a) as c", "length(a) as c"))
        .exchange("length"),
    row(
        (Position::Function, &[Splunk, Sql]),
        &["lower"],
        "write `toLowerCase(x)`",
        ("lower(a) as c", "toLowerCase(a) as c"),
    )
    .exchange("toLowerCase"),
    row(
        ALL,
        &["nextafter", "nextup"],
        "remove it: the next number differs in the 16th digit",
        ("nextUp(n) as c", "n as c"),
    ),
    row(ALL, &["rint"], "write `round(x)`, which rounds a half up", ("rint(n) as c", "round(n) as c")),
    row(ALL, &["scalb"], "write `x * pow(2, n)`", ("scalb(n, 2) as c", "n * pow(2, 2) as c")),
    row(
        ALL,
        &["signum"],
        "write `if(x > 0, 1, if(x < 0, -1, 0))`",
        ("signum(n) as c", "if(n > 0, 1, if(n < 0, -1, 0)) as c"),
    ),
    row(SPL, &["tonumber"], "write `num(x)`", ("tonumber(a) as c", "num(a) as c")).exchange("num"),
    row(KQL, &["todouble", "toreal"], "write `num(x)`", ("todouble(a) as c", "num(a) as c")).exchange("num"),
    row(
        ALL,
        &["tomillis"],
        "times are milliseconds already: remove the function",
        ("toMillis(_messageTime) as c", "_messageTime as c"),
    ),
    row(ALL, &["ulp"], "compare with a small number such as `1e-9`", ("ulp(n) as c", "1e-9 as c")),
    row(
        (Position::Function, &[Splunk, Sql]),
        &["upper"],
        "write `toUpperCase(x)`",
        ("upper(a) as c", "toUpperCase(a) as c"),
    )
    .exchange("toUpperCase"),
];
