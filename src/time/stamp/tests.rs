//! Timestamps in all their forms, and texts that have none.

use super::*;
use chrono::DateTime;
use proptest::prelude::*;

/// 2024-05-14T12:00:00Z.
const RECEIPT: i64 = 1_715_688_000_000;

fn utc(text: &str) -> Option<String> {
    found(text, Tz::UTC)
}

fn found(text: &str, zone: Tz) -> Option<String> {
    let at = find(text, zone, RECEIPT)?;
    Some(DateTime::from_timestamp_millis(at)?.format("%Y-%m-%dT%H:%M:%S%.3f").to_string())
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let expected = if expected.contains('.') { expected.to_string() } else { format!("{expected}.000") };
        assert_eq!(utc(text).as_deref(), Some(expected.as_str()), "{text}");
    }
}

#[test]
fn windows_events() {
    let event = |stamp: &str| format!("<Event xmlns='x'><EventID>1</EventID><TimeCreated SystemTime={stamp}/></Event>");
    for stamp in ["'2021-01-14T23:41:40.145335200Z'", "\"2021-01-14T23:41:40.1453352Z\"", "'2021-01-14T23:41:40.145Z'"]
    {
        check(&[(&event(stamp), "2021-01-14T23:41:40.145")]);
    }
    check(&[
        (&event("'2021-01-14T23:41:40.145335Z'"), "2021-01-14T23:41:40.145"),
        (&event("'2021-01-14T23:41:40Z'"), "2021-01-14T23:41:40"),
        (&format!("May 14 09:12:01 host sysmon: {}", event("'2021-01-14T23:41:40Z'")), "2021-01-14T23:41:40"),
        (&format!("2024-05-14 09:12:01 {}", event("'yesterday'")), "2024-05-14T09:12:01"),
    ]);
}

#[test]
fn iso_8601() {
    check(&[
        ("2024-05-14T09:12:01Z x", "2024-05-14T09:12:01"),
        ("2024-05-14T09:12:01.5Z", "2024-05-14T09:12:01.500"),
        ("2024-05-14T09:12:01,123456789+02:00", "2024-05-14T07:12:01.123"),
        ("2024-05-14T09:12:01.12-0730", "2024-05-14T16:42:01.120"),
        ("2024-05-14T09:12:01+02", "2024-05-14T07:12:01"),
        ("2024-05-14 09:12Z", "2024-05-14T09:12:00"),
        ("[2024-05-14 09:12:01,123] INFO", "2024-05-14T09:12:01.123"),
        ("2024-05-14 09:12:01,1,second column", "2024-05-14T09:12:01"),
        ("2024-05-14 09:12:01 -0400 x", "2024-05-14T13:12:01"),
        ("2024-05-14 09:12:01-0400", "2024-05-14T13:12:01"),
        ("2024-05-14 09:12:01,655+0100", "2024-05-14T08:12:01.655"),
        ("2024-05-14 09:12:01 - x", "2024-05-14T09:12:01"),
        ("2024-05-14 09:12:01 PDT", "2024-05-14T16:12:01"),
        ("2024-05-14*02:47:33:899", "2024-05-14T02:47:33.899"),
        ("2024-05-14'T'17:56:22'-0700'", "2024-05-15T00:56:22"),
        ("2024-05-14T13:20:10*633+0000", "2024-05-14T13:20:10.633"),
        ("2024/05/14 09:12:01", "2024-05-14T09:12:01"),
        ("2024/05/14*09:12:01", "2024-05-14T09:12:01"),
        ("<134>1 2024-05-14T09:12:01.003Z host", "2024-05-14T09:12:01.003"),
        ("{\"a\":\"b: c\",\"EventTime\":\"2024-05-14 09:12:01\"}", "2024-05-14T09:12:01"),
        ("20240514 11:42:35.173 x", "2024-05-14T11:42:35.173"),
    ]);
}

#[test]
fn dates_with_names_of_months() {
    check(&[
        ("1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\"", "2000-10-10T20:55:36"),
        ("23/Apr/2023 11:42:35", "2023-04-23T11:42:35"),
        ("23-Apr-2023 11:42:35.883 INFO [main]", "2023-04-23T11:42:35.883"),
        ("Mon, 12 Aug 2024 13:04:05 GMT", "2024-08-12T13:04:05"),
        ("Mon, 12 Aug 2024 13:04:05 +0200", "2024-08-12T11:04:05"),
        ("12 August 2024 13:04:05", "2024-08-12T13:04:05"),
        ("12 Aug 2024 10:32:35*311", "2024-08-12T10:32:35.311"),
        ("Tue May 14 09:12:01 2024", "2024-05-14T09:12:01"),
        ("Tue May 14 09:12:01 CEST 2024", "2024-05-14T07:12:01"),
        ("Jan 21 18:20:11 +0100 2024", "2024-01-21T17:20:11"),
        ("Tue May 14 2024 09:12:01 GMT+0200 (CEST)", "2024-05-14T07:12:01"),
        ("Jun 09 2011 15:28:14", "2011-06-09T15:28:14"),
        ("Dec 2, 2023 2:39:58 AM", "2023-12-02T02:39:58"),
        ("Dec 2, 2023, 2:39:58 PM", "2023-12-02T14:39:58"),
        ("2024 Mar 03 05:12:41.211 PDT", "2024-03-03T12:12:41.211"),
        ("2024 Mar 03 05:12:41.211*PDT", "2024-03-03T12:12:41.211"),
    ]);
}

#[test]
fn dates_without_a_year_are_the_nearest() {
    check(&[
        ("Oct  3 13:55:36 host app[1]: x", "2023-10-03T13:55:36"),
        ("<34>May 14 09:12:01 host", "2024-05-14T09:12:01"),
        ("May 15 11:59:59 host", "2024-05-15T11:59:59"),
        ("May 15 12:00:01 host", "2023-05-15T12:00:01"),
        ("Feb 29 00:00:00 host", "2024-02-29T00:00:00"),
        ("Dec 31 23:59:59.5 host", "2023-12-31T23:59:59.500"),
        ("23/Apr 11:42:35,173", "2024-04-23T11:42:35.173"),
        ("0423_11:42:35.883", "2024-04-23T11:42:35.883"),
    ]);
    let new_year = 1_704_067_200_000;
    assert_eq!(find("Dec 31 23:00:00 host", Tz::UTC, new_year), Some(new_year - 3_600_000));
    assert_eq!(find("Jan  1 01:00:00 host", Tz::UTC, new_year - 1), Some(new_year + 3_600_000), "the next year");
}

#[test]
fn dates_in_numbers() {
    check(&[
        ("05/14/2024 09:12:01", "2024-05-14T09:12:01"),
        ("5/4/2024 3:31:18 AM", "2024-05-04T03:31:18"),
        ("8/5/2023 12:31:18 PM:234", "2023-08-05T12:31:18.234"),
        ("8/5/2023 12:00 am", "2023-08-05T00:00:00"),
        ("14/05/2024 09:12:01", "2024-05-14T09:12:01"),
        ("05/09/2023*08:22:14*612", "2023-05-09T08:22:14.612"),
        ("10/03/2023 07:29:46 -0700", "2023-10-03T14:29:46"),
        ("24-02-11 16:47:35,985 +0000", "2024-02-11T16:47:35.985"),
        ("24/02/11 16:47:35 INFO", "2024-02-11T16:47:35"),
        ("08/10/23*13:33:56", "2023-08-10T13:33:56"),
        ("04/23/23 04:34:22 +0000", "2023-04-23T04:34:22"),
        ("240423 11:42:35 x", "2024-04-23T11:42:35"),
    ]);
}

#[test]
fn counts_since_1970() {
    check(&[
        ("1715678000 x", "2024-05-14T09:13:20"),
        ("[1715678000, other] x", "2024-05-14T09:13:20"),
        ("1715678000.5 x", "2024-05-14T09:13:20.500"),
        ("1715678000123", "2024-05-14T09:13:20.123"),
        ("1715678000123456 x", "2024-05-14T09:13:20.123"),
        ("1715678000123456789 x", "2024-05-14T09:13:20.123"),
        ("<134>1 1715678000.903768018 Store flows", "2024-05-14T09:13:20.903"),
        ("{\"@proc\":\"zeek\",\"ts\":1715678000.89971,\"x\":1}", "2024-05-14T09:13:20.899"),
        ("{\"timestamp\": \"1715678000123\"}", "2024-05-14T09:13:20.123"),
        ("{\"eventTime\":1715678000123,\"time\":\"2020-01-01T00:00:00Z\"}", "2024-05-14T09:13:20.123"),
        ("type=PATH msg=audit(1715678000.365:83931889): item=0", "2024-05-14T09:13:20.365"),
        ("2,acct,eni,1.2.3.4, 1715678000, x", "2024-05-14T09:13:20"),
    ]);
    for text in
        ["0715678000", "9715678000", "1715678000x", "x 1715678000", "{\"id\":1715678000}", "171567800", "17156780001"]
    {
        assert_eq!(utc(text), None, "{text}");
    }
}

#[test]
fn times_without_a_date_are_of_the_day_of_receipt() {
    check(&[
        ("11:42:35 x", "2024-05-14T11:42:35"),
        ("[11:42:35,173]", "2024-05-14T11:42:35.173"),
        ("12:59:59 an hour ahead", "2024-05-14T12:59:59"),
        ("13:00:01 of yesterday", "2024-05-13T13:00:01"),
        ("10:00:00 but 2024-05-01 09:00:00", "2024-05-01T09:00:00"),
    ]);
}

#[test]
fn the_zone_is_that_of_the_source() {
    let berlin = Tz::Europe__Berlin;
    assert_eq!(found("2024-05-14 09:12:01", berlin).as_deref(), Some("2024-05-14T07:12:01.000"));
    assert_eq!(found("2024-05-14 09:12:01Z", berlin).as_deref(), Some("2024-05-14T09:12:01.000"));
    assert_eq!(found("May 14 09:12:01 x", berlin).as_deref(), Some("2024-05-14T07:12:01.000"));
    assert_eq!(found("09:12:01 x", berlin).as_deref(), Some("2024-05-14T07:12:01.000"));
}

#[test]
fn the_first_one_counts() {
    check(&[("x at 2024-05-14 09:12:01 and 2023-01-01 00:00:00", "2024-05-14T09:12:01")]);
    let far = format!("{} 2024-05-14 09:12:01", "x".repeat(1000));
    assert_eq!(utc(&far), None, "too far from the beginning");
}

#[test]
fn what_is_none() {
    for text in [
        "",
        ":",
        "at org.x(Y.scala:115)",
        "00:0d:3a:4d:42:f2",
        "2024-13-14 09:12:01x 1",
        "fe80::1:22:33",
        "ratio 1:22",
        "24:00:00",
        "version 1.2.3:04:05",
        "<TimeCreated SystemTime=",
        "99/99/9999 09:12",
    ] {
        assert_eq!(utc(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,60}", receipt in any::<i64>()) {
        let _ = find(&text, Tz::UTC, receipt);
        let _ = find(&text, Tz::America__New_York, receipt);
    }

    #[test]
    fn nothing_like_a_timestamp_is_too_odd(
        text in "(<TimeCreated SystemTime=|<|\"|'|T|:|[0-9]{1,2}|[0-9]{4}|-|/| |\\*|,|\\.|\\+|Z|Oct|May|AM|UTC|audit\\(|ts\":|ü|[0-9]{10,20}|\\[){0,30}",
        receipt in any::<i64>(),
    ) {
        let _ = find(&text, Tz::UTC, receipt);
        let _ = find(&text, Tz::Europe__Berlin, receipt);
    }

    #[test]
    fn times_are_those_of_chrono(at in 0..4_000_000_000_000_i64, form in 0..6_usize) {
        let forms = [
            "%Y-%m-%dT%H:%M:%S%.3fZ", "x %Y-%m-%d %H:%M:%S,%3f +0000", "[%d/%b/%Y:%H:%M:%S +0000] x", "%a %b %e %H:%M:%S %Y",
            "%a, %d %b %Y %H:%M:%S GMT", "%m/%d/%Y %I:%M:%S %p",
        ];
        let time = DateTime::from_timestamp_millis(at).unwrap_or_default();
        let expected = if form < 2 { at } else { at - at % 1000 };
        let text = time.format(forms[form]).to_string();
        prop_assert_eq!(find(&text, Tz::UTC, RECEIPT), Some(expected), "{}", text);
    }
}
