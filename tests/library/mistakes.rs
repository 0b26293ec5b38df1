//! Mistakes that people make, with the code and the words that the message must have: the mistake and the form to write.

use sumoql::diagnostics::Diagnostic;
use sumoql::engine::prepare::QueryText;
use sumoql_data::table_resolver::NoTables;

/// A query, the code, a word of the message, and a part of the form to write.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("* | head 5", "E102", "head", "limit"),
    ("* | tail 20", "E102", "tail", "sort by +_messageTime"),
    ("* | table host, user", "E102", "table", "fields"),
    ("error | stats count by host", "W201", "stats", "count by host"),
    ("* | stats dc(user) by host", "E102", "stats", "aggregate alone"),
    ("* | rex \"user=(?<user>\\S+)\"", "E102", "rex", "parse regex"),
    ("* | rex field=url \"id=(?<id>\\d+)\"", "E102", "rex", "parse regex"),
    ("* | eval mb = bytes / 1024", "W201", "eval", "as name"),
    ("* | rename src_ip as ip", "E102", "rename", "a as b"),
    ("* | chart count by status", "E102", "chart", "count by"),
    ("* | timechart span=5m count by host", "E102", "timechart", "timeslice"),
    ("* | dedup user", "W201", "dedup", "dedup by"),
    ("* | transaction user maxspan=10m", "E101", "user", "transactionize"),
    ("* | bin _time span=5m", "E101", "span", "timeslice"),
    ("* | spath output=user path=user.name", "E102", "spath", "json"),
    ("* | fillnull value=0 bytes", "E102", "fillnull", "isNull"),
    ("* | mvexpand ip", "E102", "mvexpand", "multi"),
    ("* | iplocation src_ip", "E102", "iplocation", "geoip"),
    ("* | eventstats avg(n) by host", "E102", "eventstats", "total"),
    ("* | inputlookup users.csv", "E102", "inputlookup", "cat"),
    ("* | lookup users.csv id OUTPUT name", "E101", "id", "on COLUMN"),
    ("* | dc(user) by host", "E201", "dc", "count_distinct"),
    ("* | perc95(latency) by host", "E201", "perc95", "pct("),
    ("* | median(latency) by host", "E201", "median", "pct(x, 50)"),
    ("* | where isnotnull(user)", "E201", "isnotnull", "!isNull"),
    ("* | where cidrmatch(\"10.0.0.0/8\", ip)", "E201", "cidrmatch", "compareCIDRPrefix"),
    ("* | strftime(_messageTime, \"%H\") as h", "E201", "strftime", "formatDate"),
    ("* | coalesce(a, b) as c", "E201", "coalesce", "isNull"),
    ("* | substr(user, 1, 3) as s", "E201", "substr", "substring"),
    ("* | project host, user", "E102", "project", "fields"),
    ("* | project-away host", "E102", "project-away", "fields -"),
    ("* | extend mb = bytes / 1024", "E102", "extend", "as name"),
    ("* | summarize count() by host", "E101", "count", "count by"),
    ("* | take 10", "E102", "take", "limit"),
    ("* | distinct user", "E102", "distinct", "count by"),
    ("* | count by host | render piechart", "E102", "render", "--chart"),
    ("* | let threshold = 5", "E102", "let", "as NAME"),
    ("* | mv-expand ips", "E102", "mv-expand", "multi"),
    ("* | where user startswith \"adm\"", "E101", "startswith", "matches \"a*\""),
    ("* | where user endswith \"$\"", "E101", "endswith", "matches \"*a\""),
    ("* | where message has \"denied\"", "E101", "has", "matches \"*a*\""),
    ("* | where user has_any (\"a\", \"b\")", "E101", "has_any", "in ("),
    ("* | iff(n > 1, \"a\", \"b\") as c", "E201", "iff", "if("),
    ("* | where ts > ago(1h)", "E201", "ago", "now()"),
    ("* | tolower(user) as u", "E201", "tolower", "toLowerCase"),
    ("* | strcat(a, \"-\", b) as c", "E201", "strcat", "concat"),
    ("* | countif(status >= 500) by host", "E201", "countif", "where CONDITION"),
    ("select host, count(*) from logs group by host", "W238", "select", "count by"),
    ("select * from logs where status = 500", "W238", "select", "scope"),
    ("* | where user is null", "E101", "is null", "isNull(user)"),
    ("* | where user is not null", "E101", "is not null", "!isNull(user)"),
    ("* | where user not null", "E101", "not null", "!isNull(user)"),
    ("* | where n between 1 and 5", "E101", "between", ">="),
    ("* | where user like \"adm%\"", "E101", "like", "matches"),
    ("* | where user not like \"adm%\"", "E101", "like", "matches"),
    ("* | where user rlike \"^adm\"", "E101", "rlike", "/regex/"),
    ("* | count by user having _count > 5", "E101", "having", "where"),
    ("* | count by user | having _count > 5", "E102", "having", "where"),
    ("* | group by user", "E102", "group", "count by"),
    ("* | count distinct user", "E101", "distinct", "count_distinct(user)"),
    ("* | count(distinct user)", "E101", "distinct", "count_distinct(user)"),
    ("* | limit 10,5", "E101", "limit", "limit 5"),
    ("* | limit 5 offset 10", "E101", "offset", "skipped"),
    ("* | count by user | sort by _count descending", "E101", "descending", "desc"),
    ("* | case when n > 1 then \"a\" else \"b\" end as c", "E102", "case", "if("),
    ("{app=\"web\"}", "W238", "{", "name=value"),
    ("{app=\"web\"} error", "W238", "{", "name=value"),
    ("* |= \"error\"", "E101", "|=", "scope"),
    ("* | logfmt", "E102", "logfmt", "keyvalue auto"),
    ("* | unwrap bytes", "E102", "unwrap", "sum(FIELD)"),
    ("* | line_format \"x\"", "E102", "line_format", "format("),
    ("_sourceCategory:prod/web", "W238", "_sourceCategory:", "_sourceCategory=prod/web"),
    ("index=main error", "W238", "index=", "_sourceCategory"),
    ("sourcetype=syslog error", "W238", "sourcetype=", "_sourceCategory"),
    ("_sourceHost IN (web-1, web-2)", "W238", "IN", "_sourceHost=web-1 OR _sourceHost=web-2"),
    ("_sourceCategory=(a OR b)", "E101", "list", "_sourceCategory=a OR _sourceCategory=b"),
    ("error parse \"user=*;\" as user", "W239", "parse", "| parse"),
    ("error where status = 500", "W239", "where", "| where"),
    ("count by host", "W239", "count", "* | count by host"),
    ("* | timeslice 5", "E101", "unit", "timeslice 5m"),
    ("* | timeslice(1m)", "E201", "timeslice", "timeslice 1m"),
    ("* | timeslice 5 minutes", "E101", "minutes", "timeslice 5m"),
    ("* | timeslice $__interval | count by _timeslice", "E101", "$__interval", "timeslice 1m"),
    ("* | count by $field", "E101", "$field", "{{field}}"),
    ("* | if x=1, \"a\", \"b\" as c", "E101", "if", "parentheses"),
    ("* | sum bytes by host", "E101", "sum", "sum(bytes)"),
    ("* | avg(latency), max bytes by host", "E101", "max", "max(bytes)"),
    ("* | sum by (host)", "E101", "sum", "("),
    ("* | count by (host, user)", "E101", "by", "by host, user"),
    ("* | format \"%s\" user as u", "E101", "format", "parentheses"),
    ("* | count as \"Number of Events\"", "E101", "string", "%\"Number of Events\""),
    ("* | sum(bytes) as 'total bytes'", "E101", "string", "%\"total bytes\""),
    ("* | count by \"user name\"", "E101", "string", "%\"user name\""),
    ("* | count by user name", "E101", "user name", "%\"user name\""),
    ("* | where trace-id = \"a\"", "W202", "trace-id", "%\"trace-id\""),
    ("* | count by trace-id", "E101", "trace-id", "%\"trace-id\""),
    ("* | json \"trace-id\" as trace-id", "E101", "trace-id", "%\"trace-id\""),
    ("* | sum(response-time) by host", "E101", "response-time", "%\"response-time\""),
    ("* | where user-agent matches \"*curl*\"", "W202", "user-agent", "%\"user-agent\""),
    ("* | fields host, user-agent", "E101", "user-agent", "%\"user-agent\""),
    ("* | where tags[0] = \"a\"", "E101", "tags", "%\"tags[0]\""),
    ("* | where user[\"name\"] = \"ann\"", "E101", "user", "json field=user \"name\""),
    ("* | where level = ERROR", "W202", "ERROR", "\"ERROR\""),
    ("* | where level in (ERROR, WARN)", "W202", "WARN", "\"WARN\""),
    ("* | where level matches err", "W202", "err", "\"err\""),
    ("* | where user = None", "W202", "None", "isNull"),
    ("* | where user = 'ann'", "E101", "'", "double quotes"),
    ("* | where user = adm*", "E101", "quotes", "matches \"adm*\""),
    ("* | where url matches \"^/api/.*$\"", "W229", "regular expression", "/^\\/api\\/.*$/"),
    ("* | where url matches \"*(get|post)*\"", "W229", "regular expression", "/(get|post)/"),
    ("* | where url = \"*login*\"", "W228", "*", "matches \"*login*\""),
    ("* | where user in [\"a\", \"b\"]", "E101", "list", "in ("),
    ("* | where a = 1, b = 2", "E101", ",", "and"),
    ("* | where a = 1 & b = 2", "E101", "&", "and"),
    ("* | where a = 1 b = 2", "E101", "b", "and"),
    ("* | where n => 5", "E101", "=>", ">="),
    ("* | where (a = 1 and b = 2", "E101", "never closed", ")"),
    ("* | if(a = 1, \"x\", \"y\" as c", "E101", "never closed", ")"),
    ("* | where user = \"ann", "E103", "never closed", "quote"),
    ("* | where", "E202", "arguments", "where CONDITION"),
    ("* | limit", "E202", "arguments", "limit COUNT"),
    ("* | where = 5", "E202", "where", "where CONDITION"),
    ("* | x = 5", "E209", "name", "5 as x"),
    ("* | count as n | where _count > 5", "W237", "_count", "n"),
    ("* | count by host | where count > 5", "W237", "count", "_count"),
    ("* | sum(bytes) as total by host | where _sum > 5", "W237", "_sum", "total"),
    ("* | parse regex \"(\\w+)\" as user", "E101", "as", "(?<user>\\w+)"),
    ("* | parse \"user=(?<user>\\w+)\"", "E101", "regular expression", "parse regex"),
    ("* | parse \"user=*\"", "E101", "named", "as a"),
    ("* | parse user=* as user", "E101", "quotes", "\"user=*\""),
    ("* | json user.name as name", "E101", "quotes", "\"user.name\""),
    ("* | json $.user.name as name", "E101", "quotes", "\"user.name\""),
    ("* | csv extract a, b", "E101", "csv", "_raw extract"),
    ("* | | count", "E101", "|", "remove"),
    ("* | count |", "E101", "|", "remove"),
    ("* | wher a = 1", "E102", "wher", "where"),
    ("* | count bye host", "E101", "bye", "by"),
    ("* | cuont by host", "E102", "cuont", "count"),
    ("* | parse \"u=*;\" as usr | count by user", "W202", "user", "usr"),
];

fn check(query: &str) -> Vec<Diagnostic> {
    QueryText::new(query.to_string(), str::to_string).check(&sumoql::catalogue(), false, &NoTables).0
}

#[test]
fn each_mistake_is_named_with_the_form_to_write() {
    let mut wrong = Vec::new();
    for (query, code, mistake, form) in MISTAKES {
        let told = check(query);
        let named = |found: &&Diagnostic| found.code.id == *code && found.message.contains(mistake);
        let all = |found: &Diagnostic| format!("{} {}", found.message, found.help.clone().unwrap_or_default());
        if !told.iter().filter(named).any(|found| all(found).contains(form)) {
            let told: Vec<String> = told.iter().map(|found| format!("{} {}", found.code.id, all(found))).collect();
            wrong.push(format!("{query}: wanted {code} `{mistake}` `{form}`, got {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(MISTAKES.len() >= 120);
}

/// What is offered as a fix can be read, or is at least wrong no more than before.
#[test]
fn fixes_leave_no_more_errors() {
    let mut wrong = Vec::new();
    for (query, ..) in MISTAKES {
        let before = check(query);
        for (found, fix) in before.iter().filter_map(|found| Some((found, found.fix.as_ref()?))) {
            let changed = fix.apply(query);
            let after = check(&changed);
            let errors = |found: &[Diagnostic]| found.iter().filter(|found| found.is_error()).count();
            let same = after.iter().any(|other| other.message == found.message && other.span == found.span);
            if errors(&after) > errors(&before) || same {
                let after: Vec<_> = after.iter().map(|found| &found.message).collect();
                wrong.push(format!("{query} → {changed}: {after:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// At most three things are named as expected, and never a name that does not exist.
#[test]
fn expectations_are_few_and_names_exist() {
    for query in
        ["* | where a", "* | parse", "* | json", "* | count by", "* | sort by a a a", "* | timeslice x", "* | top x"]
    {
        for cut in 0..query.len() {
            for found in check(&query[..cut]) {
                let commas = found.message.matches("`, `").count();
                assert!(commas <= 1, "{}", found.message);
            }
        }
    }
    let told = check("* | where aab = 1 and aac = 2");
    assert!(told.iter().all(|found| found.help.is_none()), "{told:?}");
}
