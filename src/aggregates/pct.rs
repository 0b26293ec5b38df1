//! `pct`: percentiles.

use super::percentile::plan;
use crate::plan::definitions::AggregateDef;
use crate::syntax::signature::AggregateSignature;
use crate::syntax::signature::{Example, Expect};

pub static DEF: AggregateDef = AggregateSignature {
    name: "pct",
    form: "pct(FIELD, PERCENTILE, …) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    least_arguments: 1,
    most_arguments: usize::MAX,
    summary: "Percentiles of numbers; the median is pct(x, 50).",
    doc: "The value at the nearest rank, one that is there, never one between two: of the numbers in order, number \
          n·p/100, rounded up. It is exact, however many numbers there are (Sumo Logic's is approximate from 1000 numbers on). Each percentile is a column, `_FIELD_pct_PERCENTILE`; with one percentile `as` gives it another name. \
          Percentiles are 0 to 100; 0.5 is half a percent. Without one it is 50, the median. Null and text that is no \
          number are skipped; without any number the result is null.",
    page: "search/search-query-language/group-aggregate-operators/pct-percentile",
    also: &["percentile", "median", "quantile", "p95", "p99"],
    examples: &[
        Example {
            title: "Several at once",
            query: "* | parse \"v=*;\" as v | pct(v, 50, 99.9)",
            messages: &["v=9;", "v=100;", "v=10;", "v=7;"],
            expect: Expect::Rows(&["_v_pct_50", "_v_pct_99.9"], &[&["9", "100"]]),
        },
        Example {
            title: "The median of each host; null and text that is no number are skipped",
            query: "* | parse \"h=* v=*;\" as h, v nodrop | pct(v, 50) as median by h",
            messages: &["h=a v=1.50;", "h=a v=x;", "h=a v=3;", "h=b v=-;", "nothing"],
            expect: Expect::Rows(&["h", "median"], &[&["", ""], &["a", "1.5"], &["b", ""]]),
        },
        Example {
            title: "A percentile out of range",
            query: "* | parse \"v=*;\" as v | pct(v, 101)",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
}
.planned_by(plan);
