//! Deep nesting, long queries, and queries that would be read again and again.

use super::*;

/// Runs in a thread of 2 MB, the least a thread usually has.
fn in_small_thread(job: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(job).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Texts that nest without end: what is repeated, what stands in the middle, what closes it.
fn nested(count: usize) -> Vec<String> {
    let repeat = |open: &str, middle: &str, close: &str| open.repeat(count) + middle + &close.repeat(count);
    let mut queries = Vec::new();
    let expressions = [
        repeat("(", "a = 1", ")"),
        repeat("!", "a", ""),
        repeat("! ", "a", ""),
        repeat("not ", "a", ""),
        repeat("!(", "a", ")"),
        repeat("-", "a", "") + " = 1",
        repeat("- ", "a", "") + " = 1",
        repeat("a + ", "a", "") + " = 1",
        repeat("a * ", "a", "") + " = 1",
        repeat("a ? ", "b", " : c"),
        repeat("a ? b : ", "c", ""),
        repeat("if(a, ", "b", ", c)"),
        repeat("if(a, b, ", "c", ")"),
        repeat("abs(", "a", ")") + " = 1",
        repeat("a in (", "b", ")"),
        repeat("a matches (", "b", ")"),
        repeat("(a or b and ", "c", ")"),
        repeat("(", "a", " + a) = 1"),
        repeat("(", "a", &(" + a".repeat(100) + ")")) + " = 1",
        repeat("-(", "a", " + a * a)") + " = 1",
        repeat("abs(", "a", " + a)") + " = 1",
        repeat("[subquery: ", "a", "]"),
        repeat("[subquery: a | where ", "a", "]"),
        repeat("[subquery: a | where ", "a", " | compose a]"),
    ];
    for expression in expressions {
        queries.push(format!("* | where {expression}"));
        queries.push(format!("* | {expression} as x"));
        queries.push(format!("* | sum({expression})"));
        queries.push(format!("* | if({expression}, 1, 2) as x"));
    }
    for scope in [
        repeat("(", "a", ")"),
        repeat("!", "a", ""),
        repeat("not ", "a", ""),
        repeat("!(", "a", ")"),
        repeat("(a or b ", "c", ")"),
        repeat("(a (b or ", "c", "))"),
        repeat("[subquery: ", "a", "]"),
        repeat("[subquery: a | where ", "a", "]"),
        repeat("[subquery: a | where ", "a", " | compose a]"),
    ] {
        queries.push(scope);
    }
    for stage in [
        "count by ",
        "parse \"*\" as (",
        "join (",
        "filter x in (count | ",
        "where [subquery: * | ",
        "transactionize x (",
        "sort by ",
        "fields (",
        "lookup a from (",
    ] {
        queries.push("* | ".to_string() + &stage.repeat(count));
        queries.push("* | ".to_string() + &stage.repeat(count) + "x" + &")".repeat(count));
        queries.push("* | ".to_string() + &stage.repeat(count) + "x" + &"]".repeat(count));
    }
    queries
}

#[test]
fn deep_nesting_is_an_error_not_an_overflow() {
    in_small_thread(|| {
        for count in [500, 10_000] {
            for query in nested(count) {
                // As much as is read at all.
                let query: String = query.chars().take(MAX_QUERY_BYTES).collect();
                let start = Instant::now();
                let (_, found) = prepare(&query);
                let head: String = query.chars().take(60).collect();
                assert!(found.iter().any(Diagnostic::is_error), "no error for {count} times {head}…");
                let taken = start.elapsed();
                assert!(taken < PATIENCE, "{taken:?} for {count} times {head}…");
            }
        }
    });
}

#[test]
fn nesting_up_to_the_limit_fits_a_small_stack() {
    in_small_thread(|| {
        let mut accepted = 0;
        for count in [9, 20, 45, 70, 90, 95, 97, 98, 99, 100, 101] {
            for query in nested(count) {
                let start = Instant::now();
                let (plan, _) = prepare(&query);
                if let Some(plan) = &plan {
                    run_over(plan, b"a\nb\n", 1, None);
                    accepted += 1;
                }
                let head: String = query.chars().take(60).collect();
                let taken = start.elapsed();
                assert!(taken < PATIENCE, "{taken:?} for {count} times {head}…");
            }
        }
        assert!(accepted > 50, "only {accepted} of them were accepted: they do not test running");
    });
}

#[test]
fn long_queries_take_no_longer_than_long() {
    let units = [
        "a ",
        "a|",
        "|",
        "\"a\" ",
        "\"",
        "(",
        "((a)",
        "f(",
        "{{",
        "{{a}}",
        "%",
        "%\"",
        "/*",
        "//",
        "/* */ ",
        "a=",
        "a=b ",
        "!",
        "a or ",
        "a OR b ",
        "not ",
        "* ",
        "é",
        "a.",
        "-",
        "| count ",
        "| where a ",
        "| where (a ",
        "| count by a, b ",
        "| parse \"*\" as a ",
        "| parse \"*\" as ",
        "| fields a, ",
        "| a ",
        "| x as y ",
        "| 1",
        "|\"",
        "| if(",
    ];
    for unit in units {
        let query: String = unit.chars().cycle().take(14_999).collect();
        let start = Instant::now();
        prepare(&query);
        prepare(&format!("{}(", query.chars().take(7_000).collect::<String>()));
        let taken = start.elapsed();
        assert!(taken < PATIENCE, "{taken:?} for {unit:?} over and over");
    }
}

#[test]
fn what_fails_inside_is_not_read_again_and_again() {
    // Each of these nests something that can be read in more than one way, around an error.
    let starts = [
        "a | join (",
        "a | join (a | ",
        "a | where [subquery: a | ",
        "a | where [subquery: ",
        "a | filter x in (",
        "a | filter x in (count by x | ",
        "a | transactionize x (",
        "a | lookup x from (",
        "a | count(",
        "max(",
        "a | max(b, ",
        "a | where if(a, ",
        "a | where a in (b, ",
        "a | where a matches (",
        "a | where (a ? ",
        "a | where a ? b : ",
        "a | where isNull(",
        "isNull(",
        "(a isNull(",
        "a | count by a, ",
        "a | parse \"*\" as (",
    ];
    for start in starts {
        for count in [8, 16, 24, 32] {
            for middle in ["a ^", "a b c", "\"", "", "|", "a)) ^"] {
                let query = format!("{}{middle}", start.repeat(count));
                let start = Instant::now();
                prepare(&query);
                let taken = start.elapsed();
                assert!(taken < PATIENCE, "{taken:?} for {query}");
            }
        }
    }
}

#[test]
fn the_longest_accepted_terms_run() {
    let words = |joint: &str, count: usize| vec!["a"; count].join(joint);
    for query in [
        words(" ", 7_000),
        words(" or ", 2_900),
        format!("* | where {}", vec!["a = 1"; 1_400].join(" or ")),
        format!("* | where {}", vec!["a matches \"*b*\""; 700].join(" or ")),
        format!("* | where a in ({})", words(", ", 4_900)),
        format!("* | concat({}) as x", words(", ", 4_900)),
        format!("* | {}", vec!["count"; 1_500].join(" | ")),
        format!("* | fields {}", words(", ", 4_000)),
    ] {
        everything(&query, b"a\nb\n");
    }
}
