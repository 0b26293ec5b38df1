//! How the bytes of one input are read: whoever reads differently implements [`Reading`], a file each.

pub mod complete_messages;
pub mod csv_rows;
pub mod event_log;
pub mod file_in_ranges;
pub mod file_range;
pub mod interruptible;
mod memory_map;
pub mod sequential;
pub mod stream;
mod values;
mod window;

use std::io;
use sumoql_data::message::ChunkBytes;

/// One input on its way to the workers. Many ask at once; every run of bytes is given out once.
pub trait Reading: Send + Sync {
    /// What the worker who asks is to work on. `buffer` is memory to use. With `wait`, an input that one worker reads at
    /// a time makes others wait; without, it is [`Turn::Busy`]. What goes wrong is reported to `on_error`, with the place in
    /// bytes where it is known; what could be read is given out all the same.
    fn next(&self, buffer: Vec<u8>, wait: bool, on_error: &mut OnError<'_>) -> Turn;

    /// Whether [`Reading::restart`] would work now.
    fn can_restart(&self) -> bool;

    /// Goes back to the beginning.
    fn restart(&self);

    /// Keeps what is read, if it can be read only once, so that the input can start again. To be called before anything
    /// is read.
    fn keep(&self) {}

    /// How many bytes there are, if that is known.
    fn bytes(&self) -> Option<u64>;

    /// What could not be read so far, as a count, where there is too much to report it piece by piece.
    fn losses(&self) -> Option<String> {
        None
    }

    /// Where messages go on that were cut as they are too long to be held.
    fn cuts(&self) -> Vec<u64> {
        Vec::new()
    }

    /// Notices so far: nothing is lost.
    fn oddities(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Gets what went wrong, and where.
pub type OnError<'t> = dyn FnMut(io::Error, Option<u64>) + 't;

/// What a worker gets.
pub enum Turn {
    /// Whole messages, and where they start in the input.
    Chunk(ChunkBytes, u64),
    /// Somebody else is reading. The buffer comes back.
    Busy(Vec<u8>),
    /// There is no more. The buffer comes back.
    Ended(Vec<u8>),
}
