//! Adds inputs: has it found out what candidates are, and decides how they are read.

use super::super::candidate::{Candidate, opener};
use super::super::framing::BOM;
use super::super::framing::message_bounds::Bounds;
use super::super::io_error::reason;
use super::super::parquet;
use super::super::reading::Reading;
use super::super::reading::event_log::EventLog;
use super::super::reading::file_in_ranges::{FileInRanges, whole_lines};
use super::super::reading::sequential::Sequential;
use super::super::reading::stream::{Cutter, Stream};
use super::super::recognise::Refused;
use super::super::remote;
use super::super::settings::{Recognised, Settings, source};
use super::super::wrappers::archive::{self, ArchiveSource};
use super::super::wrappers::{Compression, Unwrapped};
use super::detect::{Access, Content, Detected, OpenCandidate, detect};
use super::{Entry, InputSet};

impl InputSet {
    /// Adds a candidate, or gives those that are in it.
    pub(super) fn add(&mut self, candidate: &Candidate, settings: Settings<'_>) -> Result<Vec<Candidate>, Refused> {
        if candidate.is_address() {
            return Ok(remote::candidates(candidate)?);
        }
        self.add_open(candidate, OpenCandidate::new(candidate, settings.request)?, settings)
    }

    /// Adds a candidate that is open already, or gives those that are in it.
    pub(super) fn add_open(
        &mut self,
        candidate: &Candidate,
        open: OpenCandidate,
        settings: Settings<'_>,
    ) -> Result<Vec<Candidate>, Refused> {
        let found = detect(candidate, open, settings, &self.consumed)?;
        let Detected { mut info, unwrapped, .. } = found;
        let (chunk, form) = (self.chunk, (settings.evtx_as(), self.chunk));
        // How it is read, and whether bytes are counted as they are read, not as they are given out.
        let (recognised, reading, counted): (Recognised, Box<dyn Reading>, bool) = match (found.content, found.access) {
            (Content::Archive(kind), _) => return self.members(candidate, (unwrapped, kind), settings, found.receipt),
            (Content::Parquet(recognised), _) => {
                info.layers.push("parquet");
                let source = self.archive_source(candidate, unwrapped)?;
                (recognised, parquet::reading(source, chunk, self.consumed())?, true)
            }
            (Content::EventLog(recognised), Access::File(path, size)) => {
                (recognised, Box::new(EventLog::of_file(&path, size, form, self.consumed())), true)
            }
            (Content::EventLog(recognised), Access::Later(again, size)) => {
                (recognised, Box::new(EventLog::later(again, size, form)), true)
            }
            (Content::EventLog(recognised), Access::Begun { .. }) => {
                (recognised, Box::new(EventLog::of_reader(unwrapped.into_bytes(), form)), false)
            }
            (Content::Text(recognised, Cutter::At(bounds)), Access::File(path, size)) => {
                let start = if unwrapped.head.starts_with(BOM) { BOM.len() as u64 } else { 0 };
                let size = match settings.request.growing && !matches!(bounds, Bounds::Events) {
                    true => whole_lines(&path, size).map_err(|error| reason(&error))?,
                    false => size,
                };
                (recognised, Box::new(FileInRanges::new(path, (start, size), bounds, chunk)), false)
            }
            (Content::Text(recognised, cutter), Access::File(path, size)) => {
                let sequential = Sequential::later(opener(&path), cutter, Some(size), chunk);
                (recognised, Box::new(sequential.growing(settings.request.growing)), false)
            }
            (Content::Text(recognised, cutter), Access::Later(again, size)) => {
                (recognised, Box::new(Sequential::later(again, cutter, Some(size), chunk)), true)
            }
            (Content::Text(recognised, cutter), Access::Begun { again, size }) => {
                let length = unwrapped.head.len() as u64;
                let mut stream = Stream::new(unwrapped.rest, unwrapped.head, cutter);
                stream.error = unwrapped.error.map(|error| (error, length));
                (recognised, Box::new(Sequential::new(stream, again, size, chunk)), false)
            }
        };
        let (pieces, source) = source(self.entries.len(), &info.name, &recognised, settings);
        self.sources.push(source);
        self.entries.push(Entry {
            info: info.recognised_as(&recognised),
            detected: recognised.detected,
            pieces,
            reading,
            inside: found.inside,
            counted,
            replaced: found.replaced,
            undecoded: found.undecoded,
        });
        Ok(Vec::new())
    }

    /// The members of an archive.
    fn members(
        &mut self,
        candidate: &Candidate,
        (unwrapped, kind): (Unwrapped, Compression),
        settings: Settings<'_>,
        receipt: i64,
    ) -> Result<Vec<Candidate>, Refused> {
        let (depth, compressions) = (unwrapped.depth, unwrapped.compressions.clone());
        let source = self.archive_source(candidate, unwrapped)?;
        let zone = settings.zone();
        let mut archive = archive::read(&source, kind, zone)?;
        match archive.problem.take() {
            Some(problem) => self.report(&candidate.place.name, problem),
            None if archive.members.is_empty() => return Err("no files in this archive".into()),
            None => {}
        }
        Ok(candidate.members((&source, archive), (depth, &compressions), receipt))
    }

    /// What is read from any position on: the file itself, or a copy where the bytes come out of something.
    fn archive_source(&mut self, candidate: &Candidate, unwrapped: Unwrapped) -> Result<ArchiveSource, Refused> {
        if let Some(path) = &candidate.place.path
            && candidate.member.is_none()
            && unwrapped.depth == candidate.depth
            && path.is_file()
        {
            return Ok(ArchiveSource::File(path.clone()));
        }
        let (source, error) = self.spools.keep(unwrapped.into_bytes())?;
        if let Some(error) = error {
            self.report(&candidate.place.name, reason(&error));
        }
        Ok(source)
    }
}
