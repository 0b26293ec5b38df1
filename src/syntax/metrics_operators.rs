//! Names that are no part of log search and that people try: those of metrics queries, with what log search has instead.

/// A name and what to write in log search.
pub struct Elsewhere {
    /// The operator's name.
    pub name: &'static str,
    /// What log search has for the purpose.
    pub instead: &'static str,
}

/// Operators that only metrics queries have (the pages under `metrics/metrics-operators` of the manual).
const METRICS: &[Elsewhere] = &[
    Elsewhere { name: "along", instead: "join the results of two pipelines with `join`" },
    Elsewhere { name: "bottomk", instead: "to get the N smallest, write `sort by +FIELD | limit N`" },
    Elsewhere { name: "delta", instead: "for the difference from the previous row, write `diff FIELD`" },
    Elsewhere { name: "ewma", instead: "for the mean of the last N rows, write `smooth FIELD, N`" },
    Elsewhere { name: "histogram_quantile", instead: "for a percentile, write `pct(FIELD, 95)`" },
    Elsewhere {
        name: "quantize",
        instead: "to sum, average or count by time slice, write `timeslice 1m | sum(FIELD) by _timeslice`",
    },
    Elsewhere { name: "rate", instead: "to count per second, write `timeslice 1s | count by _timeslice`" },
    Elsewhere {
        name: "timeshift",
        instead: "to compare with an earlier time range, write `compare with timeshift 1d`",
    },
];

/// A name of a metrics query, letter case aside.
pub fn metrics(name: &str) -> Option<&'static Elsewhere> {
    METRICS.iter().find(|known| known.name.eq_ignore_ascii_case(name))
}
