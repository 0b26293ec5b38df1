//! Archives, zip and tar: each member is an input of its own.
//!
//! The directory at the end of a zip archive says where members lie; each is read on its own then. Without it, what can
//! be found from the beginning on is read.

mod archive_source;
mod member;
mod salvage;
mod tar;
mod zip_directory;

pub use archive_source::{ArchiveSource, TempSpools};
pub use member::Member;

use super::Compression;
use chrono::NaiveDate;
use chrono_tz::Tz;

/// What is in an archive.
pub struct Archive {
    /// The members that are files and may hold messages, in the archive's order.
    pub members: Vec<Member>,
    /// What is wrong with the archive as such.
    pub problem: Option<String>,
}

/// Looks into the archive, of this kind. Times that name no zone are of this one. The error says why that can't be.
pub fn read(source: &ArchiveSource, kind: Compression, zone: Tz) -> Result<Archive, String> {
    if kind == Compression::Tar {
        let (members, problem) = tar::members(source).map_err(|error| super::super::io_error::reason(&error))?;
        return Ok(Archive { members, problem });
    }
    match zip_directory::members(source, zone) {
        Ok(members) => Ok(Archive { members, problem: None }),
        Err(error) => {
            let (members, end) = salvage::members(source, zone).map_err(|error| error.to_string())?;
            let found = members.len();
            let noun = if found == 1 { "member" } else { "members" };
            let problem = format!(
                "the directory of the zip archive is missing or damaged ({error}); {found} {noun} found without it, up to byte {end}"
            );
            Ok(Archive { members, problem: Some(problem) })
        }
    }
}

/// A time of MS-DOS, which is one of the zone where the archive was made.
fn dos(date: u16, time: u16, zone: Tz) -> Option<i64> {
    let [day, month, year] = [date & 31, date >> 5 & 15, 1980 + (date >> 9)].map(u32::from);
    let [second, minute, hour] = [(time & 31) * 2, time >> 5 & 63, time >> 11].map(u32::from);
    let local = NaiveDate::from_ymd_opt(year as i32, month, day)?.and_hms_opt(hour, minute, second)?;
    super::recorded_time::known(local.and_local_timezone(zone).earliest()?.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_ms_dos() {
        let date = (2024 - 1980) << 9 | 5 << 5 | 20;
        assert_eq!(dos(date, 12 << 11 | 30 << 5 | 7, Tz::UTC), Some(1_716_208_214_000));
        assert_eq!(dos(date, 12 << 11, Tz::Europe__Berlin), Some(1_716_199_200_000));
        assert_eq!((dos(1 << 5 | 1, 0, Tz::UTC), dos(0, 0, Tz::UTC)), (None, None), "1980 stands for none");
    }
}
