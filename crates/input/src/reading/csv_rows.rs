//! Finds the ends of the rows of CSV, which is possible only from the beginning on: a line break may be in a cell.

use super::super::framing::csv::{Cell, Head, head, is_blank, repeats, row};
use super::super::framing::message_bounds::forced;
use super::super::framing::{BOM, MAX_HELD_BYTES, marks};
use super::window::{READ_AHEAD_BYTES, Window};
use std::io;

/// What is known of the rows read so far.
#[derive(Default)]
pub struct CsvRows {
    /// The header, with its line end. Empty: not read yet.
    pub header: Vec<u8>,
    /// Where in it the names begin.
    names: usize,
    delimiter: u8,
    columns: usize,
    /// How many rows had another number of cells than the header, and where the first of them starts.
    ragged: u64,
    first: u64,
    cells: Vec<Cell>,
}

impl CsvRows {
    /// The end of the rows to give out, of about `size` bytes, and whether the last was cut as it is too long to be held.
    /// Takes the header away before.
    pub fn end<R>(&mut self, window: &mut Window<R>, size: usize) -> (usize, bool)
    where
        R: FnMut(&mut [u8], u64) -> io::Result<usize>,
    {
        if self.header.is_empty() {
            self.read_header(window);
        }
        window.load(size + READ_AHEAD_BYTES);
        let mut at = 0;
        while at < size.max(1) && !(window.end && at == window.bytes().len()) {
            window.load(at + 2 * BOM.len());
            at += marks(&window.bytes()[at..]);
            let (end, cut) = self.row_end(window, at);
            if cut {
                return (end, true);
            }
            let row = &window.bytes()[at..end];
            if self.cells.len() != self.columns && !is_blank(row) && !repeats(&self.header, self.names, row) {
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
            window.load(READ_AHEAD_BYTES);
            let blank = window.bytes().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if blank == 0 || window.bytes().is_empty() {
                break;
            }
            window.drop_front(blank);
        }
        window.load(4 * READ_AHEAD_BYTES);
        // Without quotes that lack their partner it ends at the same place in front of any rows.
        let end = loop {
            Head { names: self.names, delimiter: self.delimiter, .. } = head(window.bytes());
            let (end, _) = self.row_end(window, self.names);
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
                Some(end) if end <= at + MAX_HELD_BYTES => return (end, false),
                None if window.bytes().len() < at + MAX_HELD_BYTES && !window.end => window.double(),
                _ => return (forced(window.bytes(), at).min(window.bytes().len()), true),
            }
        }
    }

    /// The notice about rows that do not fit the header, if there are any.
    pub fn warning(&self) -> Option<String> {
        let of = format!("another number of cells than the header, which has {}", self.columns);
        match self.ragged {
            0 => None,
            1 => Some(format!("the row at byte {} has {of}", self.first)),
            n => Some(format!("{n} rows have {of}, the first at byte {}", self.first)),
        }
    }
}
