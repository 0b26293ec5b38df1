//! Adds inputs: finds out what they are, and how they are read.

use super::super::Request;
use super::super::about::About;
use super::super::framing::{BOM, marks};
use super::super::item::{Item, Object, Origin, again, of_file, of_member, opener};
use super::super::layers::archive::{self, Lies};
use super::super::layers::charset::replaced;
use super::super::layers::{Bare, Bytes, MIXED, bare, is_mixed, is_text, layered};
use super::super::parquet::{self, is_parquet};
use super::super::places::{modified, reason};
use super::super::reading::Reading;
use super::super::reading::event_log::EventLog;
use super::super::reading::interruptible::stream;
use super::super::reading::range::read_at;
use super::super::reading::ranges::Ranges;
use super::super::reading::stream::{Cutter, Stream};
use super::super::reading::streamed::Streamed;
use super::super::recognise::{HEAD, Refused, zipped};
use super::super::remote;
use super::super::said::{Taken, evtx_as, source, taken, wish};
use super::super::shape::Shape;
use super::super::sources::Rule;
use super::{Entry, Opened};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

/// What was said of an item, by a `sources.toml` and by the request.
type Said<'r> = (Option<&'r Rule>, &'r Request);

/// How much of the end of a file is looked at for another encoding than that of its beginning.
const TAIL: usize = 4 << 10;

/// The bytes of an item, from the beginning on.
pub(super) struct Way {
    bytes: Bytes,
    /// How they are had again.
    again: Option<Origin>,
    /// How many there are where they lie.
    size: Option<u64>,
    /// Whether they are had again when it is the item's turn, and counted then.
    later: bool,
}

impl Way {
    /// What can be read only once.
    pub(super) fn once(bytes: Bytes) -> Way {
        Way { bytes, again: None, size: None, later: false }
    }

    fn later(bytes: Bytes, again: Origin, size: u64) -> Way {
        Way { bytes, again: Some(again), size: Some(size), later: true }
    }
}

impl Opened {
    /// Adds an item, or gives those that are in it.
    pub(super) fn add(&mut self, item: &Item, rule: Option<&Rule>, request: &Request) -> Result<Vec<Item>, Refused> {
        let said = (rule, request);
        let received = item.receipt.unwrap_or(request.now);
        if let Some((lies, member)) = &item.member {
            let origin = of_member(lies.clone(), member.clone());
            let bytes = origin(None).map_err(|error| reason(&error))?;
            return self.add_bytes(item, Way::later(bytes, origin, member.packed), said, received);
        }
        if let Some(Object { size, origin }) = &item.object {
            let bytes = origin(None).map_err(|error| reason(&error))?;
            let inside = self.add_bytes(item, Way::later(bytes, origin.clone(), *size), said, received)?;
            self.last(|entry| entry.inside = entry.inside.or(Some("fetched")));
            return Ok(inside);
        }
        if item.place.path.is_none() && remote::is_address(&item.place.name) {
            return Ok(remote::items(item)?);
        }
        let Some(path) = &item.place.path else {
            let stdin = stream(&request.progress, || Ok(Box::new(io::stdin())))?;
            return self.add_bytes(item, Way::once(stdin), said, request.now);
        };
        // To open a named pipe is to wait for who writes to it.
        if path.metadata().is_ok_and(|data| !data.is_file()) {
            let path = path.clone();
            let pipe = stream(&request.progress, move || Ok(Box::new(File::open(path)?)))?;
            return self.add_bytes(item, Way::once(pipe), said, request.now);
        }
        self.add_file(item, path, said)
    }

    /// Adds a file. What lies there as it is read is not read from its beginning on, if possible.
    fn add_file(&mut self, item: &Item, path: &Path, (rule, request): Said<'_>) -> Result<Vec<Item>, Refused> {
        let mut file = File::open(path).map_err(|error| reason(&error))?;
        let data = file.metadata().map_err(|error| reason(&error))?;
        let receipt = modified(&data).unwrap_or(request.now);
        // Files without a size may yet have something to read: those under /proc, say.
        if data.len() == 0 {
            let way = Way { bytes: Box::new(file), again: Some(of_file(path)), size: Some(0), later: false };
            return self.add_bytes(item, way, (rule, request), receipt);
        }
        let mut head = Vec::new();
        (&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(|error| reason(&error))?;
        let whole = data.len() <= head.len() as u64;
        let wish = wish(rule, request);
        let around = layered(&head, wish) || is_parquet(&head);
        let mixed = !whole && !around && is_text(&head, wish) && is_mixed(&tail(&file, data.len()), false, wish);
        if mixed || around {
            let way = Way::later(Box::new(Cursor::new(head).chain(file)), of_file(path), data.len());
            let inside = self.add_bytes(item, way, (rule, request), receipt)?;
            if mixed {
                self.last(|entry| (entry.about.charset, entry.inside) = (Some(MIXED), Some("decoded")));
            }
            return Ok(inside);
        }
        let taken = taken(&head, whole, (rule, request), receipt)?;
        let reading: Box<dyn Reading> = match taken.cutter(rule, request) {
            None => {
                Box::new(EventLog::of_file(path, data.len(), (evtx_as(rule, request), self.chunk), self.consumed()))
            }
            Some(Cutter::At(bounds)) => {
                let start = if head.starts_with(BOM) { BOM.len() as u64 } else { 0 };
                Box::new(Ranges::new(path.to_path_buf(), (start, data.len()), bounds, self.chunk))
            }
            Some(cutter) => Box::new(Streamed::later(opener(path), cutter, Some(data.len()), self.chunk)),
        };
        let about = About { empty: whole && is_blank(&head), ..About::new(item, rule, request) };
        self.push(about, taken, reading, (rule, request));
        self.last(|entry| match entry.shape {
            Shape::Evtx => entry.counted = true,
            _ => entry.replaced = replaced(&head, whole),
        });
        Ok(Vec::new())
    }

    /// Adds what is read from its beginning on, perhaps under layers.
    pub(super) fn add_bytes(
        &mut self,
        item: &Item,
        way: Way,
        (rule, request): Said<'_>,
        receipt: i64,
    ) -> Result<Vec<Item>, Refused> {
        let wish = wish(rule, request);
        let undecoded = Arc::default();
        let bare = bare(way.bytes, item.depth, wish, &undecoded)?;
        let receipt = bare.modified.unwrap_or(receipt);
        if bare.archive.is_some() || is_parquet(&bare.head) {
            return self.inside(item, bare, (rule, request), receipt);
        }
        let taken = match &bare.error {
            Some(error) if bare.head.is_empty() => return Err(reason(error).into()),
            _ => taken(&bare.head, bare.whole(), (rule, request), receipt)?,
        };
        let empty = bare.error.is_none() && bare.whole() && is_blank(&bare.head);
        let about = About { empty, ..About::new(item, rule, request).under(&bare) };
        let inside = bare.inside(item.depth);
        let replaced = replaced(&bare.head, bare.whole()).filter(|_| taken.shape != Shape::Evtx);
        let count = way.later.then(|| self.consumed());
        let again = way.again.map(|origin| again(origin, count, (item.depth, wish), &undecoded));
        let reading: Box<dyn Reading> = match (taken.cutter(rule, request), again) {
            (None, Some(again)) if way.later => {
                Box::new(EventLog::later(again, way.size.unwrap_or(0), (evtx_as(rule, request), self.chunk)))
            }
            (None, _) => Box::new(EventLog::of_reader(bare.into_bytes(), (evtx_as(rule, request), self.chunk))),
            (Some(cutter), Some(again)) if way.later => Box::new(Streamed::later(again, cutter, way.size, self.chunk)),
            (Some(cutter), again) => {
                let length = bare.head.len() as u64;
                let mut stream = Stream::new(bare.rest, bare.head, cutter);
                stream.error = bare.error.map(|error| (error, length));
                Box::new(Streamed::new(stream, again, way.size, self.chunk))
            }
        };
        self.push(about, taken, reading, (rule, request));
        self.last(|entry| {
            (entry.inside, entry.counted, entry.replaced) = (inside, way.later, replaced);
            entry.undecoded = undecoded;
        });
        Ok(Vec::new())
    }

    /// What is read from any place on: the members of an archive, which are given, or the rows of a Parquet file.
    fn inside(&mut self, item: &Item, bare: Bare, said: Said<'_>, receipt: i64) -> Result<Vec<Item>, Refused> {
        if let Some(reason) = zipped(&bare.head) {
            return Err(Refused::NoMessages(reason.into()));
        }
        let (depth, kind, packings) = (bare.depth, bare.archive, bare.packings.clone());
        let mut about = About::new(item, said.0, said.1).under(&bare);
        let lies = match &item.place.path {
            Some(path) if item.member.is_none() && depth == item.depth && path.is_file() => Lies::File(path.clone()),
            _ => {
                let (lies, error) = self.spools.keep(bare.into_bytes())?;
                if let Some(error) = error {
                    self.tell(&item.place.name, reason(&error));
                }
                lies
            }
        };
        let Some(kind) = kind else {
            let rows = parquet::reading(lies, self.chunk, self.consumed())?;
            about.layers.push("parquet");
            self.push(about, Taken::new(Shape::JsonLines, said, receipt), rows, said);
            self.last(|entry| entry.counted = true);
            return Ok(Vec::new());
        };
        let zone = said.0.and_then(|rule| rule.zone).unwrap_or(said.1.zone);
        let mut archive = archive::read(&lies, kind, zone)?;
        match archive.problem.take() {
            Some(problem) => self.tell(&item.place.name, problem),
            None if archive.members.is_empty() => return Err("no files in this archive".into()),
            None => {}
        }
        Ok(item.members((&lies, archive), (depth, &packings), receipt))
    }

    fn last(&mut self, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.last_mut() {
            change(entry);
        }
    }

    fn push(&mut self, about: About, taken: Taken, reading: Box<dyn Reading>, said: Said<'_>) {
        let (pieces, source) = source(self.entries.len(), &about.name, &taken, said);
        let Taken { shape, hint, .. } = taken;
        self.sources.push(source);
        self.entries.push(Entry {
            about: About {
                format: shape.format(),
                stamped: shape == Shape::Stamped,
                zone_named: shape == (Shape::Csv { utc: true }),
                hint,
                ..about
            },
            shape,
            pieces,
            reading,
            inside: None,
            counted: false,
            replaced: None,
            undecoded: Arc::default(),
        });
    }
}

/// The end of a file of this size, as far as it can be read.
fn tail(file: &File, size: u64) -> Vec<u8> {
    let mut tail = vec![0; TAIL];
    let read = read_at(file, &mut tail, size.saturating_sub(TAIL as u64)).unwrap_or(0);
    tail.truncate(read);
    tail
}

/// Whether there is nothing but white space.
fn is_blank(bytes: &[u8]) -> bool {
    bytes[marks(bytes)..].trim_ascii().is_empty()
}
