//! The world around a query, as far as its stages may know it.

use super::answer;
use super::lookup::Answers;
use super::present::Present;
use crate::java::regex::effort::Watch;
use std::sync::Arc;

/// What functions may know of the world around a query.
#[derive(Clone, Debug)]
pub struct Env {
    /// Start of the query's time range, in milliseconds.
    pub from: i64,
    /// End of the query's time range, exclusive.
    pub to: i64,
    /// The present.
    pub now: Present,
    /// The zone in which times without one are read and written.
    pub zone: chrono_tz::Tz,
    /// What the query's subqueries have answered.
    pub subqueries: Arc<answer::Answers>,
    /// What the query has asked of tables, by the numbers of the requests.
    pub answers: Arc<Answers>,
    /// What regular expressions may not take too long for.
    pub watch: Watch,
}

impl Default for Env {
    fn default() -> Self {
        let (now, zone, watch) = (Present::default(), chrono_tz::UTC, Watch::default());
        Env { from: 0, to: 0, now, zone, subqueries: Arc::default(), answers: Arc::default(), watch }
    }
}
