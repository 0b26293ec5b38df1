//! Reads regions of a log. Each thread has a reader of its own.

use crate::chunk::{RecordHeader, Wanted, records};
use crate::chunk_locator::Region;
use crate::damage::Damage;
use crate::error::Error;
use crate::json_shapes::Shapes;
use crate::log::Log;
use crate::rendering::Rendering;

/// Reads the records of regions, in any order.
#[derive(Debug)]
pub struct ChunkReader<'l> {
    log: &'l Log,
    wanted: Wanted,
    block: Vec<u8>,
    damage: Damage,
    shapes: Shapes,
}

impl<'l> ChunkReader<'l> {
    /// A reader that gives records as this text.
    pub fn new(log: &'l Log, rendering: Rendering) -> ChunkReader<'l> {
        let wanted = Wanted { rendering, slack: false };
        ChunkReader { log, wanted, block: Vec::new(), damage: Damage::default(), shapes: log.borrow_shapes() }
    }

    /// Also gives the records that are left in slack: what a chunk holds after its last record, from when the chunk was
    /// used before. They are those that can still be read, and come after the other records of their chunk; their numbers
    /// are mostly lower. [`RecordHeader::in_slack`] tells them.
    #[must_use]
    pub fn with_slack(mut self) -> Self {
        self.wanted.slack = true;
        self
    }

    /// Reads a region. The text of each record, which is UTF-8, is appended to `out`; then `each` is called, which may
    /// append more and must leave what is there. The answer is how many bytes of the log were read.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn read(
        &mut self,
        region: &Region,
        out: &mut Vec<u8>,
        mut each: impl FnMut(&mut Vec<u8>, RecordHeader),
    ) -> Result<usize, Error> {
        self.log.fill(&mut self.block, region.offset, region.length)?;
        records(region, &self.block, self.wanted, (&mut self.damage, &mut self.shapes), out, &mut each);
        Ok(self.block.len())
    }

    /// What could not be read so far.
    pub fn damage(&self) -> &Damage {
        &self.damage
    }

    /// What could not be read, to be merged with what other readers found.
    pub fn into_damage(mut self) -> Damage {
        std::mem::take(&mut self.damage)
    }

    pub(crate) fn log(&self) -> &'l Log {
        self.log
    }
}

impl Drop for ChunkReader<'_> {
    fn drop(&mut self) {
        self.log.return_shapes(std::mem::take(&mut self.shapes));
    }
}
