//! Archives, zip and tar: each member is an input of its own.
//!
//! The directory at the end of a zip archive says where members lie; each is read on its own then. Without it, what can
//! be found from the beginning on is read.

mod archive_source;
mod member;
mod salvage;
mod tar;

pub use archive_source::{ArchiveSource, TempSpools};
pub use member::Member;

use super::Compression;
use chrono::NaiveDate;
use chrono_tz::Tz;
use member::{Method, shown};
use std::io::BufReader;
use zip::{CompressionMethod, ExtraField, ZipArchive};

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
    let part = source.open(0, u64::MAX).map_err(|error| super::super::io_error::reason(&error))?;
    match ZipArchive::new(BufReader::new(part)) {
        Ok(archive) => Ok(Archive { members: listed(archive, zone), problem: None }),
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

/// The members that the directory lists.
fn listed(mut archive: ZipArchive<BufReader<archive_source::ArchivePart>>, zone: Tz) -> Vec<Member> {
    let mut members = Vec::new();
    for number in 0..archive.len() {
        let Ok(entry) = archive.by_index_data(number) else { continue };
        let name = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
        };
        if !entry.is_file() {
            continue;
        }
        let Some(name) = shown(&name) else { continue };
        let method = match entry.compression() {
            CompressionMethod::Stored => Ok(Method::Stored),
            CompressionMethod::DEFLATE => Ok(Method::Deflate),
            CompressionMethod::BZIP2 => Ok(Method::Bzip2),
            CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => Ok(Method::Zstd),
            CompressionMethod::XZ => Ok(Method::Xz),
            other => Err(format!("the member is compressed in a way that is not read ({other})")),
        };
        let mut member = Member {
            of: Compression::Zip,
            name,
            method,
            start: 0,
            packed: entry.compressed_size(),
            sum: Some(entry.crc32()),
            size: Some(entry.size()),
            modified: entry.last_modified().and_then(|at| dos(at.datepart(), at.timepart(), zone)),
        };
        if entry.encrypted() {
            member.method = Err(member::ENCRYPTED.into());
        }
        drop(entry);
        let raw = archive.by_index_raw(number).ok();
        let exact = raw.as_ref().and_then(|raw| raw.extra_data_fields().find_map(unix));
        member.modified = exact.or(member.modified);
        match raw.and_then(|raw| raw.data_start()) {
            Some(start) => member.start = start,
            _ if member.method.is_err() => {}
            _ => member.method = Err("the header of the member is damaged".into()),
        }
        members.push(member);
    }
    members
}

/// The time that a member of a zip archive has beside that of MS-DOS: it names its zone.
fn unix(field: &ExtraField) -> Option<i64> {
    match field {
        ExtraField::ExtendedTimestamp(time) => super::recorded_time::known(i64::from(time.mod_time()?) * 1000),
        // Tenths of microseconds since 1601.
        ExtraField::Ntfs(times) => {
            super::recorded_time::known(i64::try_from(times.mtime() / 10_000).ok()? - 11_644_473_600_000)
        }
        _ => None,
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
