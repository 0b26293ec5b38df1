//! `pct_sampling`: percentiles of a sample, in Sumo Logic; here of everything.

use super::percentile::plan;
use crate::plan::definitions::AggregateDef;
use crate::syntax::signature::{AggregateSignature, Example, Expect, Measure};

pub static DEF: AggregateDef = AggregateSignature {
    name: "pct_sampling",
    form: "pct_sampling(FIELD, PERCENTILE, …) [as NAME] [by FIELD, …]",
    shorthand: false,
    ranks: false,
    min_args: 1,
    max_args: usize::MAX,
    measure: Measure::Any,
    summary: "Returns percentiles of a field, like `pct`; in Sumo Logic, of a sample.",
    doc: "A percentile is the number at the nearest rank, n·p/100 rounded up, in the sorted numbers; it is never \
          interpolated between two numbers. It is exact for any number of rows (in Sumo Logic it is computed from a \
          sample of 1000). Each percentile is a column, `_FIELD_pct_PERCENTILE`; a single percentile can be renamed \
          with `as`. Percentiles range from 0 to 100; 0.5 is half a percent. The default is 50, the median. Null and \
          strings that are not numbers are skipped; if there is no number, the result is null.",
    page: "search/search-query-language/group-aggregate-operators/pct-sampling",
    also: &["percentile", "median", "quantile", "p95", "p99"],
    examples: &[
        Example {
            title: "Several percentiles",
            query: "* | parse \"v=*;\" as v | pct_sampling(v, 50, 99.9)",
            messages: &["v=9;", "v=100;", "v=10;", "v=7;"],
            expect: Expect::Rows(&["_v_pct_50", "_v_pct_99.9"], &[&["9", "100"]]),
        },
        Example {
            title: "The median of each host; null and strings that are not numbers are skipped",
            query: "* | parse \"h=* v=*;\" as h, v nodrop | pct_sampling(v, 50) as median by h",
            messages: &["h=a v=1.50;", "h=a v=x;", "h=a v=3;", "h=b v=-;", "nothing"],
            expect: Expect::Rows(&["h", "median"], &[&["", ""], &["a", "1.5"], &["b", ""]]),
        },
        Example {
            title: "A percentile out of range",
            query: "* | parse \"v=*;\" as v | pct_sampling(v, 101)",
            messages: &[],
            expect: Expect::Error("E210"),
        },
    ],
}
.planned_by(plan);
