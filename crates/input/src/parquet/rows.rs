//! Reads the rows of a Parquet file, a batch at a time, and writes them as lines of JSON.

use super::super::reading::{OnError, Reading, Turn};
use super::super::wrappers::archive::ArchiveSource;
use ::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use arrow::json::WriterBuilder;
use arrow::json::writer::LineDelimited;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// The most rows worked on at a time.
const MAX_BATCH_ROWS: usize = 8192;

/// The rows of a file. A message's offset is its place in all their lines.
pub struct ParquetRows {
    source: ArchiveSource,
    /// How many bytes the file has, and how many rows.
    size: (u64, u64),
    /// How many rows are worked on at a time.
    batch: usize,
    count: Arc<AtomicU64>,
    state: Mutex<RowState>,
}

#[derive(Default)]
struct RowState {
    /// None: not open yet, or at its end.
    reader: Option<ParquetRecordBatchReader>,
    ended: bool,
    /// The place of the next line.
    offset: u64,
    /// How many rows were read.
    rows: u64,
}

impl ParquetRows {
    /// The rows of a file whose footer can be read.
    pub fn new(source: ArchiveSource, chunk: usize, count: Arc<AtomicU64>) -> Result<ParquetRows, String> {
        let file = source.file().map_err(|error| error.to_string())?;
        let bytes = file.metadata().map_err(|error| error.to_string())?.len();
        let metadata =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error_text(&error))?.metadata().clone();
        let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or_default();
        let held: i64 = metadata.row_groups().iter().map(|group| group.total_byte_size().max(0)).sum();
        let width = usize::try_from(held.unsigned_abs() / rows.max(1)).unwrap_or(usize::MAX).max(1);
        let batch = (chunk / width).clamp(1, MAX_BATCH_ROWS);
        Ok(ParquetRows { source, size: (bytes, rows), batch, count, state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, RowState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> io::Result<ParquetRecordBatchReader> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(self.source.file()?).map_err(io::Error::other)?;
        builder.with_batch_size(self.batch).build().map_err(io::Error::other)
    }

    /// The next rows as lines, in `lines`. False at the end.
    fn read(&self, state: &mut RowState, lines: &mut Vec<u8>) -> io::Result<bool> {
        if state.reader.is_none() {
            state.reader = Some(self.open()?);
        }
        let Some(batch) = state.reader.as_mut().and_then(Iterator::next) else { return Ok(false) };
        let batch = batch.map_err(io::Error::other)?;
        let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(lines);
        writer.write(&batch).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)?;
        let read = |rows: u64| (u128::from(self.size.0) * u128::from(rows) / u128::from(self.size.1.max(1))) as u64;
        let rows = state.rows + batch.num_rows() as u64;
        self.count.fetch_add(read(rows).saturating_sub(read(state.rows)), Ordering::Relaxed);
        state.rows = rows;
        Ok(true)
    }
}

impl Reading for ParquetRows {
    fn next(&self, mut buffer: Vec<u8>, wait: bool, on_error: &mut OnError<'_>) -> Turn {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) if !wait => return Turn::Busy(buffer),
            Err(TryLockError::WouldBlock) => self.lock(),
        };
        buffer.clear();
        while !state.ended {
            match self.read(&mut state, &mut buffer) {
                Ok(true) if buffer.is_empty() => {}
                Ok(true) => {
                    let offset = state.offset;
                    state.offset += buffer.len() as u64;
                    return Turn::Chunk(buffer.into(), offset);
                }
                Ok(false) => state.ended = true,
                Err(error) => {
                    state.ended = true;
                    let rows = state.rows;
                    on_error(
                        io::Error::other(format!("{}; the {rows} rows before that were read", error_text(&error))),
                        None,
                    );
                }
            }
        }
        state.reader = None;
        buffer.clear();
        Turn::Ended(buffer)
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn restart(&self) {
        *self.lock() = RowState::default();
    }

    fn bytes(&self) -> Option<u64> {
        Some(self.size.0)
    }
}

/// What went wrong, in one line.
fn error_text(error: &dyn std::error::Error) -> String {
    format!("the Parquet file can't be read: {}", error.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
}
