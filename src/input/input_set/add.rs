//! Adds inputs: has it found out what candidates are, and decides how they are read.

use super::super::candidate::{Item, opener};
use super::super::evtx::Evtx;
use super::super::framing::BOM;
use super::super::io_error::reason;
use super::super::parquet;
use super::super::reading::Reading;
use super::super::reading::file_in_ranges::Ranges;
use super::super::reading::sequential::Streamed;
use super::super::reading::stream::{Cutter, Stream};
use super::super::recognise::Refused;
use super::super::remote;
use super::super::request::Request;
use super::super::settings::{Taken, evtx_as, source};
use super::super::sources_toml::Rule;
use super::super::wrappers::archive::{self, Lies};
use super::super::wrappers::{Bare, Packing};
use super::detect::{Access, Content, Detected, OpenCandidate, Said, detect};
use super::{Entry, InputSet};

impl InputSet {
    /// Adds a candidate, or gives those that are in it.
    pub(super) fn add(&mut self, item: &Item, rule: Option<&Rule>, request: &Request) -> Result<Vec<Item>, Refused> {
        if item.is_address() {
            return Ok(remote::items(item)?);
        }
        self.add_open(item, OpenCandidate::new(item, request)?, (rule, request))
    }

    /// Adds a candidate that is open already, or gives those that are in it.
    pub(super) fn add_open(&mut self, item: &Item, open: OpenCandidate, said: Said<'_>) -> Result<Vec<Item>, Refused> {
        let found = detect(item, open, said, &self.consumed)?;
        let Detected { mut info, bare, .. } = found;
        let (chunk, form) = (self.chunk, (evtx_as(said.0, said.1), self.chunk));
        // How it is read, and whether bytes are counted as they are read, not as they are given out.
        let (taken, reading, counted): (Taken, Box<dyn Reading>, bool) = match (found.content, found.access) {
            (Content::Archive(kind), _) => return self.members(item, (bare, kind), said, found.receipt),
            (Content::Parquet(taken), _) => {
                info.layers.push("parquet");
                let lies = self.archive_source(item, bare)?;
                (taken, parquet::reading(lies, chunk, self.consumed())?, true)
            }
            (Content::EventLog(taken), Access::File(path, size)) => {
                (taken, Box::new(Evtx::of_file(&path, size, form, self.consumed())), true)
            }
            (Content::EventLog(taken), Access::Later(again, size)) => {
                (taken, Box::new(Evtx::later(again, size, form)), true)
            }
            (Content::EventLog(taken), Access::Begun { .. }) => {
                (taken, Box::new(Evtx::of_reader(bare.into_bytes(), form)), false)
            }
            (Content::Text(taken, Cutter::At(bounds)), Access::File(path, size)) => {
                let start = if bare.head.starts_with(BOM) { BOM.len() as u64 } else { 0 };
                (taken, Box::new(Ranges::new(path, (start, size), bounds, chunk)), false)
            }
            (Content::Text(taken, cutter), Access::File(path, size)) => {
                (taken, Box::new(Streamed::later(opener(&path), cutter, Some(size), chunk)), false)
            }
            (Content::Text(taken, cutter), Access::Later(again, size)) => {
                (taken, Box::new(Streamed::later(again, cutter, Some(size), chunk)), true)
            }
            (Content::Text(taken, cutter), Access::Begun { again, size }) => {
                let length = bare.head.len() as u64;
                let mut stream = Stream::new(bare.rest, bare.head, cutter);
                stream.error = bare.error.map(|error| (error, length));
                (taken, Box::new(Streamed::new(stream, again, size, chunk)), false)
            }
        };
        let (pieces, source) = source(self.entries.len(), &info.name, &taken, said);
        self.sources.push(source);
        self.entries.push(Entry {
            about: info.taken_for(&taken),
            shape: taken.shape,
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
        item: &Item,
        (bare, kind): (Bare, Packing),
        (rule, request): Said<'_>,
        receipt: i64,
    ) -> Result<Vec<Item>, Refused> {
        let (depth, packings) = (bare.depth, bare.packings.clone());
        let lies = self.archive_source(item, bare)?;
        let zone = rule.and_then(|rule| rule.zone).unwrap_or(request.zone);
        let mut archive = archive::read(&lies, kind, zone)?;
        match archive.problem.take() {
            Some(problem) => self.tell(&item.place.name, problem),
            None if archive.members.is_empty() => return Err("no files in this archive".into()),
            None => {}
        }
        Ok(item.members((&lies, archive), (depth, &packings), receipt))
    }

    /// What is read from any position on: the file itself, or a copy where the bytes come out of something.
    fn archive_source(&mut self, item: &Item, bare: Bare) -> Result<Lies, Refused> {
        if let Some(path) = &item.place.path
            && item.member.is_none()
            && bare.depth == item.depth
            && path.is_file()
        {
            return Ok(Lies::File(path.clone()));
        }
        let (lies, error) = self.spools.keep(bare.into_bytes())?;
        if let Some(error) = error {
            self.tell(&item.place.name, reason(&error));
        }
        Ok(lies)
    }
}
