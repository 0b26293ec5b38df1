//! Finds the timestamp of a message.

/// The message's time in milliseconds since 1970, if its text has one.
///
/// `zone` is for timestamps that name none; `receipt` tells the year of those that have none.
pub fn find(text: &str, zone: chrono_tz::Tz, receipt: i64) -> Option<i64> {
    let _ = (text, zone, receipt);
    None
}
