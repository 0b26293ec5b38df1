//! Archives, zip and tar: each member is an input of its own.
//!
//! The directory at the end of a zip archive says where members lie; each is read on its own then. Without it, what can
//! be found from the beginning on is read.

mod lies;
mod member;
mod salvage;
mod tar;

pub use lies::{Lies, Spools};
pub use member::Member;
pub use tar::is_tar;

use super::Packing;
use member::{Method, shown};
use std::io::BufReader;
use zip::{CompressionMethod, ZipArchive};

/// What is in an archive.
pub struct Archive {
    /// The members that are files and may hold messages, in the archive's order.
    pub members: Vec<Member>,
    /// What is wrong with the archive as such.
    pub problem: Option<String>,
}

/// Looks into the archive, of this kind. The error says why that can't be.
pub fn read(lies: &Lies, kind: Packing) -> Result<Archive, String> {
    if kind == Packing::Tar {
        let (members, problem) = tar::members(lies).map_err(|error| super::super::places::reason(&error))?;
        return Ok(Archive { members, problem });
    }
    let part = lies.open(0, u64::MAX).map_err(|error| super::super::places::reason(&error))?;
    match ZipArchive::new(BufReader::new(part)) {
        Ok(archive) => Ok(Archive { members: listed(archive), problem: None }),
        Err(error) => {
            let (members, end) = salvage::members(lies).map_err(|error| error.to_string())?;
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
fn listed(mut archive: ZipArchive<BufReader<lies::Part>>) -> Vec<Member> {
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
            of: Packing::Zip,
            name,
            method,
            start: 0,
            packed: entry.compressed_size(),
            sum: Some(entry.crc32()),
            size: Some(entry.size()),
        };
        if entry.encrypted() {
            member.method = Err(member::ENCRYPTED.into());
        }
        drop(entry);
        match archive.by_index_raw(number).map(|raw| raw.data_start()) {
            Ok(Some(start)) => member.start = start,
            _ if member.method.is_err() => {}
            _ => member.method = Err("the header of the member is damaged".into()),
        }
        members.push(member);
    }
    members
}
