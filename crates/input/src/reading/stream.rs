//! Reads what can be read only from its beginning on: standard input, pipes, and JSON arrays.

use super::super::framing::BOM;
use super::super::framing::json_records::Array;
use super::super::framing::message_bounds::Bounds;
use super::complete_messages::whole;
use super::csv_rows::CsvRows;
use super::values::{Around, Values};
use super::window::Window;
use std::io::{self, Read};

/// How a stream is cut into chunks.
#[derive(Clone, Debug)]
pub enum Cutter {
    /// Where messages start.
    At(Bounds),
    /// Between JSON values. With `elements`, arrays are opened and their elements are the values.
    Values {
        /// See there.
        elements: bool,
    },
    /// Between the rows of CSV. Each chunk begins with the header.
    Rows,
    /// Between the elements of the array in objects such as `{"Records": […]}`, and between other values around them.
    Document(Array),
    /// Between the maps in pages of the results of search jobs. Each chunk begins with the list of the page's fields, if
    /// there is one.
    Pages,
}

/// A stream and what was read of it.
pub struct Stream {
    reader: Option<Box<dyn Read + Send>>,
    cutter: Cutter,
    /// Somebody may be writing to it: what is not whole at its end is not given out.
    pub growing: bool,
    /// Read, but not given out.
    carry: Vec<u8>,
    /// Where `carry` starts.
    offset: u64,
    values: Values,
    /// What is known of its rows, if it has some.
    pub rows: CsvRows,
    /// Whether anything was given out.
    pub started: bool,
    /// Where messages go on that were cut as they are too long to be held.
    pub cuts: Vec<u64>,
    /// What went wrong, and where.
    pub error: Option<(io::Error, u64)>,
}

impl Stream {
    /// A stream of which the first bytes were read already.
    pub fn new(reader: Box<dyn Read + Send>, head: Vec<u8>, cutter: Cutter) -> Stream {
        let (reader, rows) = (Some(reader), CsvRows::default());
        Stream {
            reader,
            cutter,
            growing: false,
            carry: head,
            offset: 0,
            values: Values::default(),
            rows,
            started: false,
            cuts: Vec::new(),
            error: None,
        }
    }

    /// How it is cut.
    pub fn cutter(&self) -> &Cutter {
        &self.cutter
    }

    /// The next whole messages, of about `size` bytes, and where they start. `None` at the end.
    pub fn next(&mut self, buffer: Vec<u8>, size: usize) -> Option<(Vec<u8>, u64)> {
        if self.reader.is_none() && self.carry.is_empty() {
            return None;
        }
        let reader = &mut self.reader;
        let read = |buf: &mut [u8], _: u64| reader.as_mut().map_or(Ok(0), |reader| reader.read(buf));
        let mut window = Window::new(buffer, self.offset, u64::MAX, read);
        window.fill(&self.carry);
        self.carry.clear();
        if !self.started {
            window.load(BOM.len());
            if window.bytes().starts_with(BOM) {
                window.drop_front(BOM.len());
            }
        }
        self.started = true;
        let (end, rest, cut) = match &self.cutter {
            Cutter::At(bounds) => {
                let (end, cut) = window.messages_end(bounds, size);
                (end, end, cut)
            }
            Cutter::Rows => {
                let (end, cut) = self.rows.end(&mut window, size);
                (end, end, cut)
            }
            Cutter::Values { elements: false } => self.values.end(&mut window, size, Around::Nothing),
            Cutter::Values { elements: true } => self.values.end(&mut window, size, Around::Array),
            Cutter::Document(array) => self.values.end(&mut window, size, Around::Document(*array)),
            Cutter::Pages => self.values.end(&mut window, size, Around::Pages),
        };
        let end = match self.growing && window.end && end == window.bytes().len() {
            true => whole(window.bytes(), &self.cutter),
            false => end,
        };
        if cut {
            self.cuts.push(window.base + end as u64);
        }
        self.carry.extend_from_slice(&window.bytes()[rest..]);
        let offset = window.base;
        self.offset = offset + rest as u64;
        let ended = window.end;
        if let Some(error) = window.error.take() {
            self.error = Some((error, offset + window.bytes().len() as u64));
        }
        let bytes = window.take(end);
        if ended {
            self.reader = None;
        }
        (!bytes.is_empty()).then(|| with_header([&self.rows.header[..], &self.values.header].concat(), bytes, offset))
    }
}

/// What starts at `offset` with the header before it, placed so that it keeps its offset: the header stands before it in
/// the input, too.
fn with_header(header: Vec<u8>, mut bytes: Vec<u8>, offset: u64) -> (Vec<u8>, u64) {
    let length = header.len() as u64;
    bytes.splice(0..0, header);
    (bytes, offset.saturating_sub(length))
}
