//! Time zones: found by name, their distance from UTC at a moment or at a local time, and what they are called.

use super::calendar::{DAY, days_of, floor_div, year_of};
use chrono::{TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, TZ_VARIANTS, Tz};
use std::collections::HashMap;

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// One of the tz database.
    Named(Tz),
    /// A fixed distance from UTC, in seconds.
    Fixed(i32),
}

/// A zone's distance from UTC, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distance {
    /// In standard time.
    pub standard: i64,
    /// What daylight saving time adds; 0 when it is not in force.
    pub saving: i64,
}

impl Distance {
    /// Both together.
    pub fn total(self) -> i64 {
        self.standard + self.saving
    }
}

/// 1900-01-01: Java, and so this, does not follow local mean times and has today's standard time before.
const OLD: i64 = -2_208_988_800_000;
/// 2025-01-01.
const RECENT: i64 = 1_735_689_600_000;

/// Old three-letter names that are not in the tz database, with the zones they stand for.
const ALIASES: &[(&str, Tz)] = &[
    ("ACT", Tz::Australia__Darwin),
    ("AET", Tz::Australia__Sydney),
    ("AGT", Tz::America__Argentina__Buenos_Aires),
    ("ART", Tz::Africa__Cairo),
    ("AST", Tz::America__Anchorage),
    ("BET", Tz::America__Sao_Paulo),
    ("BST", Tz::Asia__Dhaka),
    ("CAT", Tz::Africa__Harare),
    ("CNT", Tz::America__St_Johns),
    ("CST", Tz::America__Chicago),
    ("CTT", Tz::Asia__Shanghai),
    ("EAT", Tz::Africa__Addis_Ababa),
    ("ECT", Tz::Europe__Paris),
    ("IET", Tz::America__Indiana__Indianapolis),
    ("IST", Tz::Asia__Kolkata),
    ("JST", Tz::Asia__Tokyo),
    ("MIT", Tz::Pacific__Apia),
    ("NET", Tz::Asia__Yerevan),
    ("NST", Tz::Pacific__Auckland),
    ("PLT", Tz::Asia__Karachi),
    ("PNT", Tz::America__Phoenix),
    ("PRT", Tz::America__Puerto_Rico),
    ("PST", Tz::America__Los_Angeles),
    ("SST", Tz::Pacific__Guadalcanal),
    ("VST", Tz::Asia__Ho_Chi_Minh),
    ("Z", Tz::UTC),
    ("UT", Tz::UTC),
];

impl Zone {
    /// The zone of a name: of the tz database (any letter case), `Z`, `PST` and its like, `GMT+3`, `UTC-03:30`, `+0200`.
    pub fn find(name: &str) -> Option<Zone> {
        let name = name.trim();
        if let Some(tz) = TZ_VARIANTS.iter().find(|tz| tz.name().eq_ignore_ascii_case(name)) {
            return Some(Zone::Named(*tz));
        }
        if let Some((_, tz)) = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)) {
            return Some(Zone::Named(*tz));
        }
        let distance = match name.get(..3) {
            Some(start) if start.eq_ignore_ascii_case("GMT") || start.eq_ignore_ascii_case("UTC") => &name[3..],
            _ => name,
        };
        fixed(distance).map(Zone::Fixed)
    }

    /// The distance from UTC at a moment, in milliseconds since 1970.
    pub fn at(self, moment: i64) -> Distance {
        let tz = match self {
            Zone::Fixed(seconds) => return Distance { standard: i64::from(seconds) * 1000, saving: 0 },
            Zone::Named(Tz::UTC) => return Distance { standard: 0, saving: 0 },
            Zone::Named(tz) => tz,
        };
        if moment < OLD {
            return Distance { standard: self.at(RECENT).standard, saving: 0 };
        }
        let moment = if ramadan(tz) { moment } else { stand_in(moment) };
        let Some(moment) = Utc.timestamp_millis_opt(moment).single() else {
            return Distance { standard: 0, saving: 0 };
        };
        let offset = tz.offset_from_utc_datetime(&moment.naive_utc());
        let standard = offset.base_utc_offset().num_milliseconds();
        let saving = offset.dst_offset().num_milliseconds();
        match saving {
            // The tz database has winter as the exception in Ireland and Morocco; people have summer as the exception.
            ..0 => Distance { standard: standard + saving, saving: 0 },
            0 if tz.name() == "Europe/Dublin" && offset.abbreviation() == Some("IST") && standard == 3_600_000 => {
                Distance { standard: 0, saving: standard }
            }
            0 if ramadan(tz) && standard == 3_600_000 => Distance { standard: 0, saving: standard },
            _ => Distance { standard, saving },
        }
    }

    /// The distance from UTC at a local time, given in milliseconds as if it were UTC. A time that the clock shows
    /// twice is the later of the two moments; one that it leaves out is counted from the time before the change.
    pub fn at_local(self, local: i64) -> Distance {
        let before = self.at(local.saturating_sub(DAY));
        let after = self.at(local.saturating_add(DAY));
        let fits = |distance: Distance| {
            let found = self.at(local.saturating_sub(distance.total()));
            (found.total() == distance.total()).then_some(found)
        };
        match (fits(before), fits(after)) {
            (Some(a), Some(b)) => {
                if a.total() < b.total() {
                    a
                } else {
                    b
                }
            }
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => before,
        }
    }
}

/// Whether a zone's clock follows the moon: its rules can't be continued beyond the tables.
fn ramadan(tz: Tz) -> bool {
    matches!(tz, Tz::Africa__Casablanca | Tz::Africa__El_Aaiun)
}

/// A moment whose local time has the same distance from UTC: the tables of the zones end, their rules go on, so a year
/// too late for the tables is replaced by an earlier one with the same days of the week.
fn stand_in(moment: i64) -> i64 {
    const LAST: i64 = 2087;
    let days = floor_div(moment, DAY);
    let year = year_of(days);
    if year <= LAST {
        return moment;
    }
    let start = days_of(year, 1, 1);
    let length = days_of(year.saturating_add(1), 1, 1) - start;
    let same = |y: &i64| {
        let first = days_of(*y, 1, 1);
        (first - start).rem_euclid(7) == 0 && days_of(y + 1, 1, 1) - first == length
    };
    let Some(year) = (LAST - 27..=LAST).find(same) else { return moment };
    moment - (start - days_of(year, 1, 1)) * DAY
}

/// A distance as written: `+3`, `-03`, `+0330`, `-3:30`, in seconds.
fn fixed(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if digits.len() > 2 && digits.is_ascii() => digits.split_at(digits.len() - 2),
        None => (digits, "0"),
    };
    if !(1..=2).contains(&hours.len()) || !hours.bytes().chain(minutes.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// What zones are called in US English.
#[derive(Debug)]
pub struct ZoneNames {
    lines: Vec<NameLine>,
    by_zone: HashMap<&'static str, usize>,
}

/// Names that some zones share.
#[derive(Clone, Copy, Debug)]
pub struct NameLine {
    /// Long and short for standard time, long and short for daylight saving time.
    pub names: [&'static str; 4],
    /// The zone a text with such a name means, by name.
    pub zone: &'static str,
}

impl ZoneNames {
    /// Reads the table.
    pub fn new() -> ZoneNames {
        let mut out = ZoneNames { lines: Vec::new(), by_zone: HashMap::new() };
        for line in include_str!("zone_names.txt").lines().filter(|line| !line.starts_with('#')) {
            let parts: Vec<&'static str> = line.split('|').collect();
            let [a, b, c, d, zones] = parts[..] else { continue };
            let zone = zones.split(' ').next().unwrap_or_default();
            out.by_zone.extend(zones.split(' ').map(|zone| (zone, out.lines.len())));
            out.lines.push(NameLine { names: [a, b, c, d], zone });
        }
        out
    }

    /// The names of a zone.
    pub fn of(&self, zone: Zone) -> Option<&NameLine> {
        match zone {
            Zone::Named(tz) => self.by_zone.get(tz.name()).and_then(|at| self.lines.get(*at)),
            Zone::Fixed(_) => None,
        }
    }

    /// All names, in the order in which a text is compared with them.
    pub fn lines(&self) -> &[NameLine] {
        &self.lines
    }
}

impl Default for ZoneNames {
    fn default() -> Self {
        ZoneNames::new()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_found_by_any_spelling() {
        for (name, zone) in [
            ("etc/utc", Zone::Named(Tz::Etc__UTC)),
            ("america/NEW_york", Zone::Named(Tz::America__New_York)),
            ("Z", Zone::Named(Tz::UTC)),
            ("PST", Zone::Named(Tz::America__Los_Angeles)),
            ("GMT+3", Zone::Fixed(10_800)),
            ("gmt-03:30", Zone::Fixed(-12_600)),
            ("UTC+0530", Zone::Fixed(19_800)),
            ("+02:00", Zone::Fixed(7200)),
            ("-7", Zone::Fixed(-25_200)),
        ] {
            assert_eq!(Zone::find(name), Some(zone), "{name}");
        }
        for name in ["", "Mars/Olympus", "GMT+25", "+1:3", "+", "GMT+", "GMT3", "+12345", "+aé"] {
            assert_eq!(Zone::find(name), None, "{name}");
        }
    }

    #[test]
    fn every_listed_zone_is_known() {
        let names = ZoneNames::new();
        let unknown: Vec<_> = names.by_zone.keys().filter(|name| Zone::find(name).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert!(names.lines.len() > 170);
    }

    #[test]
    fn the_clock_changes() {
        let paris = Zone::Named(Tz::Europe__Paris);
        // 2024-10-27 02:30 is shown twice; 2024-03-31 02:30 is left out.
        assert_eq!(paris.at_local(1_729_996_200_000).total(), 3_600_000);
        assert_eq!(paris.at_local(1_711_852_200_000).total(), 3_600_000);
        assert_eq!(paris.at(4_118_000_000_000).total(), 7_200_000, "July 2100 is summer as well");
        assert_eq!(paris.at(i64::MAX).standard, 3_600_000, "the rules go on to the end of time");
    }
}
