//! What Sumo Logic refuses, finds nothing by, or understands in another way.

use super::*;

#[test]
fn dates_that_are_no_whole_numbers() {
    all_say(
        "W224",
        &[
            "* | parse \"d=*;\" as d | formatDate(«d», \"yyyy\") as y | count by y",
            "* | parse \"d=*;\" as d | formatdate(«d», \"yyyy\", \"UTC\") as y",
            "* | parse regex \"d=(?<d>\\\\d+)\" | if(d > 0, formatDate(«d»), \"\") as y",
            "* | json \"d\" as d nodrop | formatDate(«d») as y",
            "* | json auto | formatDate(«d») as y",
            "* | kv auto keys \"d\" | formatDate(«d») as y",
            "* | csv _raw extract 1 as d | d as e | formatDate(«e», \"yyyy\") as y",
            "* | formatDate(«_raw», \"yyyy\") as y",
            "* | parse \"d=*;\" as d | count by d | formatDate(«d», \"yyyy\") as y",
            "* | parse \"d=*;\" as d | toString(d) as s | where formatDate(«s», \"yyyy\") = \"2024\"",
            "* | min(_messageTime) as m | formatDate(«m», \"yyyy\") as y",
            "* | MAX(_messagetime) by _sourceHost | formatDate(«_max», \"yyyy\") as y",
            "* | min(_messageTime) as a, max(_messageTime) as b by x | formatDate(«b - a», \"HH:mm\") as y",
            "* | where [subquery: * | min(_messageTime) as m by u | formatDate(«m») as d | compose u, d]",
        ],
    );
    none_says_anything(&[
        "* | formatDate(_messageTime, \"yyyy\") as y",
        "* | formatDate(now()) as y | formatDate(_receiptTime) as z",
        "* | parse \"d=*;\" as d | formatDate(toLong(d), \"yyyy\") as y",
        "* | parse \"d=*;\" as d | toLong(d) as d | formatDate(d, \"yyyy\") as y",
        "* | parse \"d=*;\" as d | parseDate(d, \"yyyy\") as ms | formatDate(ms, \"yyyy\") as y",
        "* | parse \"d=*;\" as d | formatDate(d * 1000, \"yyyy\") as y",
        "* | parse \"d=*;\" as d | formatDate(fromMillis(d), \"yyyy\") as y",
        "* | max(_messageTime) as m by _sourceHost | toLong(m) as m | formatDate(m, \"yyyy\") as d",
        "* | min(_messageTime) as m | formatDate(toLong(m), \"yyyy\") as y",
        "* | timeslice 1h | count by _timeslice | formatDate(_timeslice, \"HH\") as h",
        "* | json auto | \"a\" as b | formatDate(_messageTime) as y",
        "* | formatDate(d, \"yyyy\") as y",
        "* | parse \"y=*;\" as y | formatDate({{field}}, \"yyyy\") as d",
    ]);
}

#[test]
fn date_patterns_that_mean_something_else() {
    all_say(
        "W225",
        &[
            "* | formatDate(_messageTime, «\"YYYY-MM-DD\"») as d | count by d",
            "* | formatDate(_messageTime, «\"yyyy-mm-dd\"», \"UTC\") as d",
            "* | parse \"d=*;\" as d | parseDate(d, «\"mm/dd/yyyy HH:mm\"») as ms | count by ms",
            "* | where formatDate(now(), «\"dd.mm.\"») = formatDate(_messageTime, \"dd.MM.\")",
            "* | count by x | formatDate(1, «\"HH:MM:ss\"») as t",
        ],
    );
    none_says_anything(&[
        "* | formatDate(_messageTime, \"yyyy-MM-dd HH:mm:ss.SSS\") as d",
        "* | formatDate(_messageTime, \"mm:ss\") as d",
        "* | formatDate(_messageTime, \"{{empty}}YYYY\") as d",
        "* | parseDate(x, \"yyyyDDD\") as d",
    ]);
}

#[test]
fn wildcards_between_quotes_in_the_scope() {
    all_say(
        "W226",
        &[
            "_sourceCategory=«\"*apache*\"» | count",
            "_SOURCEHOST = «\"web*\"» error",
            "_index=«\"x*\"» error",
            "_collector!=«\"a*\"»",
            "_sourceName=«\"t?st\"»",
            "_sourceCategory=«\"Security Logs*\"»",
            "status=«\"5*\"»",
            "not cluster=«\"*\"»",
            "Image=«\"*\\\\cmd.exe\"» or Image=\"*\\\\pwsh.exe\"",
            "«\"*timeout*\"»",
            "error (a or «\"time*out\"»)",
            "«\"*\\\\cmd.exe\"»",
            "* | where [subquery: _sourceHost=«\"a*\"» | compose x]",
        ],
    );
    none_says_anything(&[
        "_sourceCategory=*apache*",
        "_sourceCategory=\"Security Logs\"",
        "\"SELECT * FROM users\"",
        "\"*** started ***\"",
        "\"0 * * * *\"",
        "\"a/* comment */\"",
        "\"why?\"",
        "url=\"/a?b=1\"",
        "ShareName=\"\\\\\\\\*\\\\IPC$\"",
        "_sourceHost=\"{{star}}\"",
        "_sourceHost=\"web-{{star}}\"",
        "* | join (\"*x*\" | parse \"u=*;\" as u) as a, (parse \"v=*;\" as v) as b on a.u = b.v",
    ]);
    let found = lint("Image=\"*\\\\a.exe\" or Image=\"*\\\\b.exe\" or Image=\"*\\\\c.exe\"");
    assert!(
        found.len() == 1 && found[0].message.ends_with("also in 2 more terms") && found[0].labels.len() == 2,
        "{found:?}"
    );
    assert!(found[0].help.as_deref().unwrap().contains("`| where Image matches \"*\\\\a.exe\"`"), "{found:?}");
    let help = |query: &str| lint(query)[0].help.clone().unwrap();
    assert!(help("_sourceCategory=\"*apache*\"").contains("`_sourceCategory=*apache*`"));
    assert!(help("not _sourceCategory=\"a b*\"").contains("`| where !(_sourceCategory matches \"a b*\")`"));
    assert!(help("\"*time out*\"").contains("`| where _raw matches \"*time out*\"`"));
}

#[test]
fn wildcards_for_parts_of_terms() {
    all_say(
        "W227",
        &[
            "«jsmith@some*re.com» | count",
            "«prod*.example.com»",
            "error not («/api/v*/users» or x)",
            "«a.*b» | count",
            "* | where [subquery: «a-b*-c» | compose x]",
        ],
    );
    none_says_anything(&[
        "user@example.*",
        "jsmith@*.com",
        "com.*.services*",
        "*smith@example.com",
        "err*",
        "te?t",
        "_sourceCategory=prod/w*b/x",
        "{{star}}x-a*b-c",
    ]);
    let found = lint("jsmith@some*re.com");
    assert!(found[0].help.as_deref().unwrap().contains("`jsmith some*re com`"), "{found:?}");
}

#[test]
fn stars_that_are_compared_as_they_are() {
    all_say(
        "W228",
        &[
            "* | where «u = \"adm*\"»",
            "* | where «u == \"*min\"» or x = 1",
            "* | where «u != \"adm*\"»",
            "* | where «u <> \"*adm*\"»",
            "* | where !«(u = \"adm*\")»",
            "* | where «\"adm*\" = u»",
            "* | where u in («\"adm*\"», \"root\")",
            "* | where u not in (\"root\", «\"adm*\", \"a*b\"»)",
            "* | if(«u = \"adm*\"», 1, 2) as y",
            "* | u = \"a\" ? 1 : («u = \"*.exe\"» ? 2 : 3) as y",
            "* | «u = \"adm*\"» as flag",
            "* | where toLowerCase(u) in («\"c:\\\\windows\\\\*\"»)",
            "* | where contains(u, «\"adm*\"»)",
            "* | where u contains «\"*adm*\"»",
            "* | where jsonArrayContains(u, «\"adm*\"»)",
            "* | count by u | filter u in (where «u = \"adm*\"» | fields u)",
        ],
    );
    none_says_anything(&[
        "* | where u matches \"adm*\"",
        "* | where u = \"*\" or v = \"**\"",
        "* | where action in (\"s3:*\", \"*\")",
        "* | where cron = \"0 * * * *\"",
        "* | where q = \"SELECT * FROM t\"",
        "* | where resource = \"arn:aws:s3:::bucket/*\"",
        "* | where u = \"{{star}}\" or u = \"a{{star}}\"",
        "* | where \"{{word}}\" = \"adm*\"",
        "* | where contains(u, \"*\")",
        "* | replace(u, \"a*\", \"\") as v",
    ]);
    let help = |query: &str| lint(query)[0].help.clone().unwrap();
    assert_eq!(help("* | where u != \"adm*\""), "write `!(u matches \"adm*\")`");
    assert_eq!(help("* | where u in (\"a*\", \"b\", \"c\")"), "write `u matches \"a*\" or u in (…)`");
}

#[test]
fn regular_expressions_between_quotes() {
    all_say(
        "W229",
        &[
            "* | where u matches «\".*ann.*\"»",
            "* | where u matches «\"*(ann|bob)*\"»",
            "* | where !(u matches «\"^adm\"»)",
            "* | if(u matches «\"*[a-z]*\"», 1, 2) as y",
            "* | where u matches «\"(?i)ann\"» or v matches «\"\\\\d+\"»",
            "* | where u matches «\"ann|bob\"»",
            "* | replace(u, «\"[0-9]+\"», \"N\") as v",
        ],
    );
    none_says_anything(&[
        "* | where u matches /.*ann.*/",
        "* | where u matches \"10.0.*\" or u matches \"*.example.*\"",
        "* | where u matches \"*$\" or u matches \"C:\\\\data*\"",
        "* | where u matches \"*|THREAT|*\" or u matches \"*[error]*\"",
        "* | where u matches \"{{star}}.*\"",
        "* | replace(u, /[0-9]+/, \"N\") as v | replace(v, \"::ffff:\", \"\") as w | replace(w, \"a.b*\", \"\") as x",
    ]);
    let help = |query: &str| lint(query)[0].help.clone().unwrap();
    assert!(help("* | where u matches \"*(ann|bob)*\"").contains("`u matches /(ann|bob)/`"));
}

#[test]
fn keys_that_keyvalue_auto_does_not_name() {
    all_say(
        "W230",
        &[
            "* | keyvalue auto | count by «a»",
            "* | kv auto | where «a» = 1 and b = 2 | count",
            "* | kv auto keys \"b\" | sum(«a») by b",
            "* | keyvalue auto delim \":\" | if(«a» = \"x\", 1, 0) as y",
            "* | parse \"b=*;\" as b | kv auto | fields «a», b",
            "* | kv auto | toLowerCase(«a») as a | count by a",
            "* | where [subquery: * | kv auto | count by «u» | compose u]",
        ],
    );
    none_says_anything(&[
        "* | keyvalue auto keys \"a\" | count by a",
        "* | keyvalue auto keys \"a-b\" | count by a_b",
        "* | keyvalue auto keys \"a\" as b | count by b",
        "* | kv auto keys a, b | count by a",
        "* | kv auto",
        "* | kv auto | count by _sourceHost",
        "* | parse \"a=*;\" as a | kv auto | count by a",
        "* | kv auto | 1 as a | count by a",
        "* | kv auto | count by {{field}}",
        "* | kv auto | count as n by _sourceHost | where n > 1",
        "* | kv \"a\" | count by a",
    ]);
    let found = lint("* | kv auto | count by a, b");
    assert!(found[0].help.as_deref().unwrap().contains("`keyvalue auto keys \"a\", \"b\"`"), "{found:?}");
}

#[test]
fn names_with_a_line_at_their_ends() {
    all_say(
        "W231",
        &[
            "* | parse \"x=*;\" as «_x_» | count by _x_",
            "* | parse \"x=* y=*;\" as x, «y_» | count by x, y_",
            "* | parse regex \"(?<«_x»>a)\" | count by _x",
            "* | parse regex field=_raw \"(?:a)(?<ok>b)(?P<«x_»>c)\" | count by x_, ok",
            "* | csv _raw extract 1 as «_a» | count by _a",
            "* | kv \"a\" as «_a» | count by _a",
            "* | json \"a\" as «a_» | count by a_",
            "* | 1 as «x_»",
            "* | count as «n_» by y",
        ],
    );
    none_says_anything(&[
        "* | parse \"x=* y=*;\" as x_y, x2 | count by x_y, x2",
        "* | parse \"x=*;\" as _sourceHost | count by _sourceHost",
        "* | json \"log\" as _rawlog nodrop | if(isEmpty(_rawlog), _raw, _rawlog) as _raw",
        "* | count by x | round(_count) as _count",
        "* | csv _raw extract a, _, c | count by a, c",
        "* | parse regex \"(?<!a)(?<=b)(?<x>c)\"",
    ]);
}

#[test]
fn names_that_are_listed_twice() {
    all_say(
        "W232",
        &[
            "* | parse \"a=* b=*;\" as x, «x» | count by x",
            "* | parse \"a=* b=* c=*;\" as x, y, «X» | count by x, y",
            "* | json \"a\", \"b\" as x, «x» | count by x",
            "* | csv _raw extract 1 as x, 2 as «x» | count by x",
            "* | split _raw extract x, «x» | count by x",
            "* | kv \"a\", \"b\" as x, «x» | count by x",
        ],
    );
    none_says_anything(&[
        "* | parse \"a=*;\" as x, \"b=*;\" as x | count by x",
        "* | split _raw extract x, _, _, y | count by x, y",
        "* | parse \"a=* b=*;\" as x, y | count by x, y",
    ]);
}

#[test]
fn renamed_slices_before_compare() {
    all_say(
        "W233",
        &[
            "* | timeslice 10m as «t» | count by t | compare timeshift 1d",
            "* | timeslice by 1h as «hour» | count as n by hour, x | sort by n | compare with timeshift -1d 2 avg",
            "* | timeslice 1h | _timeslice as «t» | count by t | compare timeshift 1d",
            "* | timeslice 10 buckets as «t» | sum(x) by t, y | fillmissing values(\"a\") in y | compare timeshift 1d",
        ],
    );
    none_says_anything(&[
        "* | timeslice 10m as t | count by t | sort by t asc",
        "* | timeslice 10m | count by _timeslice | compare timeshift 1d",
        "* | timeslice 10m | count by _timeslice | compare timeshift 1d | _timeslice as t",
    ]);
}

#[test]
fn shifts_that_go_too_far_back() {
    all_say(
        "W234",
        &[
            "* | count by x | compare «timeshift 41d»",
            "* | count by x | compare with «timeshift 6w 1»",
            "* | count by x | compare timeshift 1d, «timeshift -7d 6 avg as past»",
            "* | count by x | compare «timeshift 1000h»",
        ],
    );
    none_says_anything(&[
        "* | count by x | compare timeshift 40d",
        "* | count by x | compare timeshift 1w 5 avg",
        "* | count by x | compare timeshift {{number}}w 7",
    ]);
}

#[test]
fn texts_where_format_needs_numbers() {
    all_say(
        "W235",
        &[
            "* | parse \"c=*;\" as c | format(\"%X\", «c») as h | count by h",
            "* | parse \"c=*;\" as c | format(\"%s %08x\", c, «c») as h | count by h",
            "* | json auto | format(\"%2$s %1$o\", «a», b) as h",
            "* | parse \"c=*;\" as c | format(\"%tF\", «c») as h",
        ],
    );
    none_says_anything(&[
        "* | parse \"c=*;\" as c | toLong(c) as c | format(\"%X\", c) as h | count by h",
        "* | parse \"c=*;\" as c | format(\"%X\", num(c)) as h | count by h",
        "* | parse \"c=*;\" as c | format(\"%d %.2f %s %%x\", c, c, c) as h | count by h",
        "* | count by x | format(\"%x\", _count) as h",
    ]);
}

#[test]
fn transposed_rows_in_a_join() {
    let pivot = "parse \"k=* s=*;\" as k, s | count by k, s | transpose row k column s";
    let tables = "(where a > 0) as x, (where b > 0) as y on x.k = y.k";
    all_say(
        "W236",
        &[
            &format!("* | {pivot} | «join» {tables}"),
            &format!("* | {pivot} | sort by k | «join» {tables}"),
            &format!("* | «join» ({pivot}) as x, (parse \"k=*;\" as k) as y on x.k = y.k"),
        ],
    );
    none_says_anything(&[
        "* | join (parse \"k=* s=*;\" as k, s) as x, (parse \"k=*;\" as k) as y on x.k = y.k | count by x_k, x_s | transpose row x_k column x_s",
    ]);
}

#[test]
fn numbers_in_a_list_for_fields_that_json_auto_finds() {
    all_say(
        "W213",
        &[
            "* | json auto | where EventID in («1, 4688») | count",
            "* | json auto field=_raw | if(x not in («1»), 1, 2) as y",
            "* | kv auto keys \"x\" | where x in («5») | count",
        ],
    );
    none_says_anything(&[
        "* | json auto | where EventID in (\"1\", \"4688\") | count",
        "* | json auto | num(EventID) as id | where id in (1, 4688) | count",
        "* | num(x) as x | json auto | where x in (1) | count",
        "* | json auto | where EventID = 4688 | count",
        "* | lookup x from t on y = y | json auto | where x in (1) | count",
    ]);
}

#[test]
fn times_compared_with_dates_as_texts() {
    all_say(
        "W210",
        &[
            "* | where «_messageTime > \"2024-05-01 09:00:00\"»",
            "* | where «\"05/01/2024\" <= _receiptTime» | count",
            "* | _messagetime as t | where «t < \"2024-05-01\"»",
            "* | timeslice 1h | count by _timeslice | where «_timeslice >= \"2024-05-01\"»",
            "* | timeslice 1h | where [subquery: * | where «_messagetime > \"yesterday\"» | compose x]",
        ],
    );
    none_says_anything(&[
        "* | where _messageTime > parseDate(\"2024-05-01\", \"yyyy-MM-dd\")",
        "* | where _messageTime > \"1714521600000\" and _size > 5",
        "* | parse \"d=*;\" as d | where d > \"2024-05-01\"",
    ]);
    let found = lint("* | where _messageTime > \"2024-05-01 09:00:00\"");
    assert!(found[0].help.as_deref().unwrap().contains("parseDate("), "{found:?}");
}

#[test]
fn texts_in_arithmetic() {
    all_say(
        "E220",
        &[
            "* | «\"a\"» + «\"b\"» as x",
            "* | u + «\" \"» + h as who",
            "* | where 5 - «\"x\"» > 1",
            "* | where u + «\"@\"» + h = \"a@b\"",
            "* | if(x = 1, u + «\"@\"», u) as y",
            "* | -«\"a\"» as y",
            "* | u * «\"\"» as y",
            "* | where [subquery: * | u + «\"@\"» as v | compose v]",
            "* | _messageTime - «\"2024-05-01\"» as d",
        ],
    );
    none_says_anything(&[
        "* | n * \"2\" as v",
        "* | \"1\" + \"1.5\" as v | -\"3\" as w",
        "* | concat(u, \"@\", h) as who",
        "* | u + \"{{word}}\" as y",
        "* | if(\"{{star}}\" = \"*\", 0, \"{{star}}\" * 1) as y",
        "* | u + h as who",
    ]);
    let found = lint("* | u + \"@\" + h as who");
    assert!(found[0].is_error() && found[0].help.as_deref().unwrap().contains("`concat(u, \"@\", h)`"), "{found:?}");
}
