//! Finds the ends of the rows of CSV, which is possible only from the beginning on: a line break may be in a cell.

use super::super::framing::LONGEST;
use super::super::framing::bounds::forced;
use super::super::framing::csv::{Cell, delimiter, is_blank, row};
use super::window::{SLACK, Window};
use std::io;

/// What is known of the rows read so far.
#[derive(Default)]
pub struct Rows {
    /// The header, with its line end. Empty: not read yet.
    header: Vec<u8>,
    delimiter: u8,
    columns: usize,
    /// How many rows had another number of cells than the header, and where the first of them starts.
    ragged: u64,
    first: u64,
    cells: Vec<Cell>,
}

impl Rows {
    /// The end of the rows to give out, of about `size` bytes, and whether the last was cut as it is too long to be held.
    /// Takes the header away before.
    pub fn end<R>(&mut self, window: &mut Window<R>, size: usize) -> (usize, bool)
    where
        R: FnMut(&mut [u8], u64) -> io::Result<usize>,
    {
        if self.header.is_empty() {
            self.read_header(window);
        }
        window.load(size + SLACK);
        let mut at = 0;
        while at < size.max(1) && !(window.end && at == window.bytes().len()) {
            let (end, cut) = self.row_end(window, at);
            if cut {
                return (end, true);
            }
            let row = &window.bytes()[at..end];
            if self.cells.len() != self.columns && !is_blank(row) {
                if self.ragged == 0 {
                    self.first = window.base + at as u64;
                }
                self.ragged += 1;
            }
            at = end;
        }
        (at, false)
    }

    fn read_header<R>(&mut self, window: &mut Window<R>)
    where
        R: FnMut(&mut [u8], u64) -> io::Result<usize>,
    {
        loop {
            window.load(SLACK);
            let blank = window.bytes().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if blank == 0 || window.bytes().is_empty() {
                break;
            }
            window.drop_front(blank);
        }
        window.load(4 * SLACK);
        // Without quotes that lack their partner it ends at the same place in front of any rows.
        let end = loop {
            self.delimiter = delimiter(window.bytes());
            let (end, _) = self.row_end(window, 0);
            let strays = self.cells.iter().filter_map(|cell| cell.stray_quote(window.bytes()));
            let strays: Vec<usize> = strays.collect();
            if strays.is_empty() {
                break end;
            }
            strays.into_iter().for_each(|quote| window.put(quote, b' '));
        };
        self.columns = self.cells.len();
        let mut header = window.bytes()[..end].to_vec();
        if let Some(last) = header.last_mut() {
            *last = b'\n';
        }
        self.header = header;
        window.drop_front(end);
    }

    /// The end of the row that starts at `at`, or the place where it is cut because it is too long, and whether it is.
    fn row_end<R>(&mut self, window: &mut Window<R>, at: usize) -> (usize, bool)
    where
        R: FnMut(&mut [u8], u64) -> io::Result<usize>,
    {
        loop {
            let end = row(window.bytes(), at, self.delimiter, window.end, &mut self.cells);
            match end {
                Some(end) if end <= at + LONGEST => return (end, false),
                None if window.bytes().len() < at + LONGEST && !window.end => window.double(),
                _ => return (forced(window.bytes(), at).min(window.bytes().len()), true),
            }
        }
    }

    /// The rows that start at `offset`, with the header before them and placed so that they keep their offsets.
    pub fn with_header(&self, mut bytes: Vec<u8>, offset: u64) -> (Vec<u8>, u64) {
        bytes.splice(0..0, self.header.iter().copied());
        (bytes, offset - self.header.len() as u64)
    }

    /// What is to be told of rows that do not fit the header, if there are any.
    pub fn odd(&self) -> Option<String> {
        let of = format!("another number of cells than the header, which has {}", self.columns);
        match self.ragged {
            0 => None,
            1 => Some(format!("the row at byte {} has {of}", self.first)),
            n => Some(format!("{n} rows have {of}, the first at byte {}", self.first)),
        }
    }
}
