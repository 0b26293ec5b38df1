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
    Elsewhere { name: "bottomk", instead: "`sort by +FIELD | limit N` gives the N smallest" },
    Elsewhere { name: "delta", instead: "`diff FIELD` is the difference to the row before" },
    Elsewhere { name: "ewma", instead: "`smooth FIELD, N` is the mean of the last N rows" },
    Elsewhere { name: "histogram_quantile", instead: "`pct(FIELD, 95)` is a percentile" },
    Elsewhere {
        name: "quantize",
        instead: "`timeslice 1m | sum(FIELD) by _timeslice` sums, averages or counts by slices of time",
    },
    Elsewhere { name: "rate", instead: "`timeslice 1s | count by _timeslice` counts by the second" },
    Elsewhere { name: "timeshift", instead: "`compare with timeshift 1d` puts an earlier time beside the present" },
];

/// A name of a metrics query, letter case aside.
pub fn metrics(name: &str) -> Option<&'static Elsewhere> {
    METRICS.iter().find(|known| known.name.eq_ignore_ascii_case(name))
}
