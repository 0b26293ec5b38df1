//! What the name of a member or key says of the time that is its value.

use std::array;

/// What a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The time of the message: `timestamp`.
    Own,
    /// A time, and none of those below: `createdAt`.
    Time,
    /// When the message was handled on its way, or a thing was changed last: `ingestionTime`.
    Handled,
    /// No time of the message: another word, how long something took, when something will end.
    Other,
}

/// Longer names are none of those that are known.
const MAX_BYTES: usize = 48;
const MAX_WORDS: usize = 8;

/// Names of the time of a message, in lower case and without signs.
fn own(name: &[u8]) -> bool {
    matches!(
        name,
        b"timestamp"
            | b"time"
            | b"ts"
            | b"t"
            | b"eventtime"
            | b"eventtimestamp"
            | b"eventts"
            | b"datetime"
            | b"eventdatetime"
            | b"date"
            | b"eventdate"
            | b"epoch"
            | b"instant"
            | b"asctime"
            | b"isotime"
            | b"isotimestamp"
            | b"logtime"
            | b"logtimestamp"
            | b"logdate"
            | b"timelocal"
            | b"timeiso8601"
            | b"timemillis"
            | b"timems"
            | b"timestampms"
            | b"timeunixnano"
            | b"timecreated"
            | b"timereported"
            | b"msec"
            | b"dt"
            | b"rt"
            | b"timegenerated"
            | b"utctime"
            | b"devtime"
            | b"devicetime"
            | b"realtimetimestamp"
            | b"sourcerealtimetimestamp"
            | b"creationtime"
            | b"activitydatetime"
            | b"requestreceivedtimestamp"
            | b"published"
    )
}

/// Words before `time` that make it how long something takes: `response_time`.
const TAKES: &str = "\
    up down over run life live response resp processing process wait waiting cpu user sys system kernel \
    idle exec execution real load queue query lock connect connection handshake upstream backend render \
    gc pause busy trip read write fetch seek sleep think compute service settling";

/// Words by which a time is another than that of the message, or none at all: how long something takes, when something
/// ends or comes, when something else was.
const OTHER: &str = "\
    elapsed duration total latency taken spent remaining left delay timeout interval ttl max min avg \
    mean monotonic steady zone diff delta offset exp expiry expire expires expired expiration valid \
    validity until not next due deadline schedule scheduled planned future renew renewal retry last \
    latest prev previous birth born boot first old mtime ctime atime btime crtime dtime modified \
    modification modify mod access accessed install installed build built compile compiled release user \
    file";

/// Words of names of times at which a message was handled.
const HANDLED: &str = "\
    receive received receipt receiver submission ingest ingested ingestion index indexed indextime observed \
    collected collector collection processed forwarded exported delivered delivery arrival update \
    updated end ended finish finished complete completed stop stopped close closed";

/// Words behind that of the time which say its unit or how it is written.
fn unit(word: &[u8]) -> bool {
    matches!(
        word,
        b"ms"
            | b"msec"
            | b"millis"
            | b"milli"
            | b"milliseconds"
            | b"millisecond"
            | b"us"
            | b"usec"
            | b"micros"
            | b"microseconds"
            | b"ns"
            | b"nsec"
            | b"nano"
            | b"nanos"
            | b"nanoseconds"
            | b"s"
            | b"sec"
            | b"secs"
            | b"second"
            | b"seconds"
            | b"unix"
            | b"utc"
            | b"gmt"
            | b"local"
            | b"iso"
            | b"iso8601"
            | b"rfc3339"
            | b"str"
            | b"string"
            | b"value"
            | b"z"
    )
}

/// Words that follow `time` or `date`.
fn happened(word: &[u8]) -> bool {
    matches!(
        word,
        b"created"
            | b"create"
            | b"generated"
            | b"logged"
            | b"occurred"
            | b"reported"
            | b"recorded"
            | b"detected"
            | b"raised"
            | b"fired"
            | b"sent"
            | b"written"
            | b"emitted"
            | b"stamp"
            | b"start"
            | b"started"
            | b"begin"
    )
}

/// What a name says.
pub fn named(name: &[u8]) -> Named {
    if name.is_empty() || name.len() > MAX_BYTES {
        return Named::Other;
    }
    let mut lower = [0; MAX_BYTES];
    let lower = &mut lower[..name.len()];
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let mut words: [&[u8]; MAX_WORDS] = array::from_fn(|_| &[][..]);
    let Some(count) = split(name, lower, &mut words) else { return Named::Other };
    let words = &words[..count];
    if is_own(words) {
        return Named::Own;
    }
    let among = |list: &str| words.iter().any(|word| is_one(list, word));
    if !is_time(words) || among(OTHER) {
        return Named::Other;
    }
    if among(HANDLED) { Named::Handled } else { Named::Time }
}

/// Whether a word is one of these.
fn is_one(list: &str, word: &[u8]) -> bool {
    list.split(' ').any(|known| known.as_bytes() == word)
}

/// Cuts a name into words, at signs and before capitals. How many there are, unless they are too many.
fn split<'n>(name: &[u8], lower: &'n [u8], words: &mut [&'n [u8]; MAX_WORDS]) -> Option<usize> {
    let (mut count, mut start) = (0, 0);
    for at in 0..=name.len() {
        let sign = name.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let capital = !sign && at > start && name[at].is_ascii_uppercase() && name[at - 1].is_ascii_lowercase();
        if !sign && !capital {
            continue;
        }
        if at > start {
            *words.get_mut(count)? = &lower[start..at];
            count += 1;
        }
        start = at + usize::from(sign);
    }
    Some(count)
}

/// Whether the words, one behind the other, are a name of the time of a message.
fn is_own(words: &[&[u8]]) -> bool {
    let mut joined = [0; MAX_BYTES];
    let mut length = 0;
    for word in words {
        joined[length..length + word.len()].copy_from_slice(word);
        length += word.len();
    }
    own(&joined[..length])
}

/// Whether the words name a time.
fn is_time(all: &[&[u8]]) -> bool {
    if let [b"date" | b"time" | b"datetime" | b"timestamp", second, ..] = all
        && happened(second)
    {
        return true;
    }
    let mut words = all;
    while let [rest @ .., last] = words
        && unit(last)
    {
        words = rest;
    }
    let Some((last, before)) = words.split_last() else { return all.contains(&&b"unix"[..]) };
    match *last {
        b"time" => !before.iter().any(|word| is_one(TAKES, word)),
        b"ts" | b"date" | b"datetime" | b"epoch" => true,
        b"at" => true,
        b"stamp" => before.last() == Some(&&b"time"[..]),
        b"created" | b"published" | b"occurred" | b"logged" | b"when" | b"clock" => before.is_empty(),
        word => compound(word),
    }
}

/// Whether a word ends with `time` or `timestamp`, perhaps with a unit behind it, and is not one of how long something
/// takes.
fn compound(word: &[u8]) -> bool {
    let units = [&b"ms"[..], b"ns", b"us", b"millis", b"nanos"];
    ends(word) || units.iter().any(|unit| word.strip_suffix(*unit).is_some_and(ends))
}

fn ends(word: &[u8]) -> bool {
    if word.ends_with(b"timestamp") {
        return true;
    }
    word.strip_suffix(b"time")
        .is_some_and(|before| !is_one(TAKES, before) && !matches!(before, b"m" | b"c" | b"a" | b"b"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_time_of_a_message() {
        for name in [
            "timestamp",
            "@timestamp",
            "time",
            "TIME",
            "_time",
            "ts",
            "@t",
            "eventTime",
            "EventTime",
            "event_time",
            "event.timestamp",
            "datetime",
            "DateTime",
            "time_local",
            "time_iso8601",
            "timeMillis",
            "timeUnixNano",
            "time_unix_nano",
            "TimeCreated",
            "TimeGenerated",
            "UtcTime",
            "__REALTIME_TIMESTAMP",
            "CreationTime",
            "requestReceivedTimestamp",
            "published",
        ] {
            assert_eq!(named(name.as_bytes()), Named::Own, "{name}");
        }
    }

    #[test]
    fn names_of_other_times() {
        for name in [
            "created_at",
            "createdAt",
            "CREATED_AT",
            "started_at",
            "startTime",
            "start_time_ms",
            "epochSecond",
            "epoch_ms",
            "requestTimeEpoch",
            "date_create",
            "created",
            "when",
            "syslog_timestamp",
            "log_ts",
            "stageTimestamp",
            "EdgeStartTimestamp",
            "query_timestamp",
            "starttime",
            "occurredAt",
            "millisSinceEpoch",
            "unix_time",
            "unixtime",
            "timestampNanos",
            "createdDateTime",
            "tsMs",
            "ContextTimeStamp",
            "time_start",
            "unix",
            "unixMillis",
            "at",
            "secs_since_epoch",
            "clock",
        ] {
            assert_eq!(named(name.as_bytes()), Named::Time, "{name}");
        }
        for name in
            ["receiveTimestamp", "EventReceivedTime", "ingestionTime", "updated_at", "observedTimeUnixNano", "endTime"]
        {
            assert_eq!(named(name.as_bytes()), Named::Handled, "{name}");
        }
    }

    #[test]
    fn names_of_none() {
        for name in [
            "",
            "id",
            "order",
            "phone",
            "account",
            "stat",
            "format",
            "lat",
            "chat",
            "hits",
            "HITS",
            "counts",
            "update",
            "candidate",
            "validate",
            "uptime",
            "runtime",
            "response_time",
            "responseTimeNs",
            "timeout",
            "expires_at",
            "expirationTime",
            "exp",
            "last_login_time",
            "mtime",
            "st_mtime",
            "MONOTONIC_TIMESTAMP",
            "sometimes",
            "timezone",
            "times",
            "seconds",
            "ms",
            "utc",
            "nextRunTime",
            "birthDate",
            "notAfterDate",
            "a_b_c_d_e_f_g_h_time",
            "request_number",
            "bytes",
            "size",
            "user_time",
            "process_cpu_time",
        ] {
            assert_eq!(named(name.as_bytes()), Named::Other, "{name}");
        }
    }
}
