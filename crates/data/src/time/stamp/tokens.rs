//! The pattern of a timestamp in the tokens that the manual page `time-reference` lists. They say less than the letters of
//! Java's patterns: `dd` is a day of one or two digits, `ZZZZ` any distance from UTC.

use super::Stamp;

impl Stamp {
    /// The pattern in these tokens; `text` is the message.
    pub fn in_tokens(&self, text: &str) -> String {
        if self.pattern == "epoch" {
            return self.pattern.clone();
        }
        let utc = text.get(self.place.clone()).is_some_and(|stamp| stamp.ends_with(['Z', 'z']));
        let mut out = String::new();
        let mut rest = self.pattern.as_str();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                // What stands for itself, up to the quote that ends it.
                '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
                _ => rest.len() - rest.trim_start_matches(first).len(),
            };
            let (run, behind) = rest.split_at(length);
            rest = behind;
            out.push_str(match (first, run.len()) {
                ('y', 1..=2) => "yy",
                ('y', _) => "yyyy",
                ('M', 1..=2) => "MM",
                ('M', _) => "MMM",
                ('d', _) => "dd",
                ('H', _) => "HH",
                ('h', _) => "hh",
                ('m', _) => "mm",
                ('s', _) => "ss",
                ('S', _) => "SSS",
                ('z', _) => "zzz",
                ('X', 1) if utc => "'Z'",
                ('X' | 'Z', _) => "ZZZZ",
                (' ', _) => " ",
                _ => run,
            });
        }
        out
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::time::stamp::{Known, locate};
    use chrono_tz::Tz;

    #[test]
    fn patterns_have_the_tokens_of_the_manual() {
        for (text, pattern) in [
            ("2024-05-14T09:12:01.123Z", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"),
            ("2024-05-14T09:12:01.123456+02:00", "yyyy-MM-dd'T'HH:mm:ss.SSSZZZZ"),
            ("2024-05-14 09:12:01,123 INFO", "yyyy-MM-dd HH:mm:ss,SSS"),
            ("Oct  3 13:55:36 host", "MMM dd HH:mm:ss"),
            ("[10/Oct/2023:13:55:36 -0700]", "dd/MMM/yyyy:HH:mm:ss ZZZZ"),
            ("5/4/2024 3:31:18 AM", "MM/dd/yyyy hh:mm:ss a"),
            ("2024 Mar 03 05:12:41.211 PDT", "yyyy MMM dd HH:mm:ss.SSS zzz"),
            ("1715678000 x", "epoch"),
        ] {
            assert_eq!(
                locate(text, &Known::new(Tz::UTC, 1_715_688_000_000)).unwrap().in_tokens(text),
                pattern,
                "{text}"
            );
        }
    }
}
