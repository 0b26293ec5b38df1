//! Times that archives and compressed files have recorded.

/// A time that an archive says, in milliseconds since 1970, unless it is one of those that stand for none: archives that
/// shall not depend on when they were made have the first moments of 1970 or 1980, or one of 1985.
pub fn known(time: i64) -> Option<i64> {
    const NO_LOG_IS_OLDER: i64 = 631_152_000_000;
    (time >= NO_LOG_IS_OLDER).then_some(time)
}
