//! What stages and terms of the scope leave for each other.

use super::*;

#[test]
fn stages_that_nobody_uses() {
    all_say(
        "W217",
        &[
            "* | «parse \"x=*;\" as x nodrop» | count by y",
            "* | parse \"x=* y=* z=*;\" as x, y, z | «timeslice 5m» | count by x",
            "* | «x / 1024 as kb» | sum(x) by y",
            "* | «json \"a\", \"b\" as a, b nodrop» | fields x",
            "* | «csv _raw extract 1 as a, 2 as b» | count",
            "* | «kv \"a\" nodrop» | where x = 1 | count",
            "* | «toLowerCase(x)» | count by y",
            "* | «parse \"x=*;\" as x nodrop | parse \"y=*;\" as y nodrop» | where z = 1 | «1 as a» | count by z",
            "* | «if(x = 1, 1, 2) as y» | if(x = 2, 1, 2) as y | count by y",
            "* | «parse \"x=*;\" as x nodrop» | fields - x",
            "* | count by x | «_count * 2 as y» | fields x, _count",
        ],
    );
    none_says_anything(&[
        "* | parse \"x=*;\" as x | count by y",
        "* | parse \"x=*;\" as x nodrop | count by x",
        "* | parse \"x=*;\" as x nodrop",
        "* | parse \"x=* y=*;\" as x, y nodrop | count by y",
        // Whether it matched decides which messages the last one keeps.
        "* | parse \"x=*;\" as x nodrop | parse \"y=*;\" as y | count by y",
        "* | parse \"x=*;\" as x nodrop | parse \"x: *;\" as x nodrop | count by x",
        "* | parse regex \"x=(?<x>\\\\d)\" multi nodrop | count",
        "* | format(\"%d\", x) as y | count",
        "* | timeslice 5m | count by _timeslice",
        "* | timeslice 5m | count by _timeslice, x | fillmissing timeslice(5m)",
        "* | 1 as k | accum k as n | count by n",
        "* | json auto | where a = 1 | count",
        "* | withtime x | most_recent(x_withtime) by y",
        "* | count by x, z | x as y | filter z in (where y = 1 | fields z) | count by z",
        "* | x as y | transactionize y (merge z takeFirst) | count by z",
        "* | x as y | dedup by y | count",
        "* | x as y | fields y, z",
        "* | fields - x | count",
        "* | count by x | _count * 2 as y | sort by y",
    ]);
}

#[test]
fn fields_that_are_overwritten_unread() {
    all_say(
        "W218",
        &[
            "* | parse \"x=* y=*;\" as «x», y | \"a\" as x | count by x, y",
            "* | parse \"x=*;\" as «x» | csv _raw extract 1 as x | count by x",
            "* | json \"a\", \"b\" as a, «b» nodrop | \"a\" as B | count by a, b",
        ],
    );
    none_says_anything(&[
        "* | parse \"x=* y=*;\" as x, y | concat(x, \"a\") as x | count by x, y",
        "* | parse \"x=*;\" as x | parse \"x: *;\" as x",
        "* | parse \"x=* y=*;\" as x, y | if(y = 1, x, \"a\") as x | count by x, y",
        "* | parse \"x=*;\" as x | count as x by x",
    ]);
}

#[test]
fn orders_that_are_lost() {
    all_say(
        "W219",
        &[
            "* | «sort by x» | count by y",
            "* | «sort by x asc» | where x = 1 | timeslice 1m | sum(x), max(y) by _timeslice",
            "* | count by x, y | «order by _count» | count",
            "* | «sort by x» | top 5 y",
        ],
    );
    none_says_anything(&[
        "* | sort by x | first(y) by z",
        "* | sort by x | last(y) as a, count as b by z",
        "* | sort by x | limit 5 | count by y",
        "* | sort by x | sort by y | first(z)",
        "* | sort by x | accum x as n | count by n",
        "* | count by x | sort by _count",
        "* | sort by x | dedup by y | count",
        "* | count by x | sort by x | compare timeshift 1d",
        "* | count by x, y | sort by x | transpose row x column y",
    ]);
}

#[test]
fn terms_that_find_everything() {
    all_say("W222", &["error or «*»", "error («*» or failed)", "error or «not error»"]);
    none_says_anything(&["*", "* or".trim_end_matches(" or"), "error or fail*", "_sourceCategory=* error", "error *"]);
}

/// What planning says of names, with the help.
fn unknown(query: &str) -> Vec<(String, String)> {
    let catalogue = sumoql::catalogue();
    let (tree, _) = sumoql::syntax::parse(query, &catalogue);
    let (_, found) = sumoql::plan::plan(query, &tree, &catalogue);
    let found = found.into_iter().filter(|diagnostic| matches!(diagnostic.code.id, "W202" | "W237"));
    found.map(|d| (d.span.of(query).to_string(), d.help.unwrap_or_default())).collect()
}

#[test]
fn names_that_no_stage_makes() {
    let near = "did you mean `user`?";
    let (keep, columns) = ("use `user` before this stage, or keep it in the list", "to keep `user`, group by it");
    let parse = "* | parse \"user=* ip=*;\" as user, ip";
    for (rest, name, help) in [
        ("count by usr", "usr", near),
        ("where usr = 1", "usr", near),
        ("sort by usr", "usr", near),
        ("fields ip, usr", "usr", near),
        ("usr as name", "usr", near),
        ("toLowerCase(usr) as name", "usr", near),
        ("sum(usr) by ip", "usr", near),
        ("parse field=usr \"*@*\" as a, b", "usr", near),
        ("count by user | where usr = 1", "usr", near),
        ("count by user | sort by _cuont", "_cuont", "did you mean `_count`?"),
        ("count by user | fields usr", "usr", near),
        ("count by user | fields - usr", "usr", near),
        // A result by the name of its aggregate.
        ("count by user | where count > 0", "count", "did you mean `_count`?"),
        ("count as n by user | sort by COUNT", "COUNT", "did you mean `n`?"),
        ("min(ip) as low, max(ip) as high | max - low as span", "max", "did you mean `high`?"),
        ("count by ip | where user = 1", "user", columns),
        ("fields ip | where user = 1", "user", keep),
        ("fields - user | count by user", "user", keep),
    ] {
        let query = format!("{parse} | {rest}");
        let found = unknown(&query);
        assert!(matches!(&found[..], [(at, says)] if at == name && says.starts_with(help)), "{query}: {found:?}");
    }
    for rest in [
        "where _sourceHost = \"a\" and _raw matches \"*a*\"",
        "count by user | where _count > 1 | sort by USER",
        "count as n by user | fields - n",
        "fields - user | \"a\" as user | count by user",
        "count by user, ip | transpose row user column ip | where usr = 1",
        "json auto | where usr = 1",
        "fields - host",
        "count by user | fields - _others",
    ] {
        let query = format!("{parse} | {rest}");
        assert_eq!(unknown(&query), [], "{query}");
    }
    // Metadata that the scope asks for, the columns of a view, and what only Sumo Logic's service makes.
    for query in [
        "pod=web* error | count by pod, Pod",
        "(team=a or region=b) | if(isEmpty(region), team, region) as r",
        "_view=daily | sum(hits) by host",
        "_index=web | count by status",
        "* | count by _sourceHost | infer _category=x _model=y | max(distance) by date",
    ] {
        assert_eq!(unknown(query), [], "{query}");
    }
    assert_eq!(unknown("pod=web | count by host").len(), 1);
    // What an aggregate or `fields` has left out is certain; what the messages bring along is not.
    let code = |query: &str| {
        let catalogue = sumoql::catalogue();
        let (tree, _) = sumoql::syntax::parse(query, &catalogue);
        sumoql::plan::plan(query, &tree, &catalogue).1[0].code.id
    };
    assert_eq!(code("* | count by host"), "W202");
    assert_eq!(code("* | count by _sourceHost | where count > 0"), "W237");
    assert_eq!(code("* | 1 as a | fields - a | where a = 1"), "W237");
}

#[test]
fn subqueries_are_queries_of_their_own() {
    for (code, query) in [
        ("W210", "* | where [subquery: * | parse \"u=*;\" as u | where u = \"a\" and «u = \"b\"» | compose u]"),
        ("W222", "x [subquery: y or «*» | compose u keywords]"),
        ("W217", "* | where [subquery: * | parse \"u=*;\" as u | «parse \"v=*;\" as v nodrop» | compose u]"),
        ("W219", "* | where [subquery: * | «sort by u» | count by u | compose u]"),
        ("W215", "* | where [subquery: a | compose u] or «[subquery: a | compose u]»"),
        ("W215", "[subquery: a | compose u keywords] x «[subquery: a | compose u keywords]»"),
    ] {
        all_say(code, &[query]);
    }
    none_says_anything(&[
        // What is known around a subquery is not known in it, nor the other way round.
        "* | where u = \"a\" | where [subquery: * | parse \"u=*;\" as u | where u = \"b\" | compose u]",
        "* | parse \"u=*;\" as u nodrop | where [subquery: * | parse \"u=*;\" as u | compose u]",
        "* | where [subquery: a | compose u] or [subquery: b | compose u]",
        "* | where [subquery: * | parse \"u=* v=*;\" as u, v nodrop | save a/b | compose u]",
        "* | where [subquery: * | parse \"u=*;\" as u | count by u | sort by _count | compose u maxresults=5]",
    ]);
}
