//! The seam of a plan: what can run anywhere, what can be merged, what runs once.
//!
//! Threads use it, and so can other processes and machines: each runs the stateless part over its share of the input
//! and sends the mergeable part's state as bytes; one of them merges and runs the final part.

use super::batch::{Program, Slot};
use super::codec::{Corrupt, Reader, Writer};
use super::pipeline_breaker::{PartialState, PipelineBreaker};
use super::plan::{Branch, Plan, Segment, Step};
use super::scope::CompiledScope;

/// The three parts of a plan.
pub struct Split<'p> {
    /// Message by message: scope, parse, conditions, expressions, timeslices.
    pub stateless: Stateless<'p>,
    /// Group, top-k, order: states that merge in any order.
    pub mergeable: Mergeable<'p>,
    /// What runs once over the merged table; with [`Plan::ranges`] over that of each range, and then more.
    pub last: &'p [Segment],
}

/// The stateless part.
#[derive(Clone, Copy)]
pub struct Stateless<'p> {
    /// The scope.
    pub search: &'p CompiledScope,
    /// Where values come from.
    pub program: &'p Program,
    /// What happens to rows.
    pub steps: &'p [Step],
    /// Pipelines inside the mergeable part.
    pub branches: &'p [Branch],
}

/// The mergeable part.
#[derive(Clone, Copy)]
pub struct Mergeable<'p> {
    gather: &'p dyn PipelineBreaker,
    carry: &'p [Slot],
    fingerprint: u64,
}

/// Version of the encoding of partial states. A state of another version is refused.
const VERSION: u64 = 2;

impl Plan {
    /// The parts. With [`Plan::ranges`] there is a state for each range. `None` when the first stage that must see all rows can't be merged.
    pub fn split(&self) -> Option<Split<'_>> {
        let base = self.base();
        let (first, last) = base.segments.split_first()?;
        let gather = first.gather.as_deref().filter(|gather| gather.mergeable())?;
        Some(Split {
            stateless: Stateless {
                search: &base.search,
                program: &first.program,
                steps: &first.steps,
                branches: &first.branches,
            },
            mergeable: Mergeable { gather, carry: &first.carry, fingerprint: self.fingerprint },
            last,
        })
    }
}

impl Mergeable<'_> {
    /// A state that has seen nothing.
    pub fn start(&self) -> Box<dyn PartialState> {
        self.gather.start(self.carry)
    }

    /// A state as bytes, with the encoding's version and the query's fingerprint.
    pub fn encode(&self, state: &dyn PartialState) -> Vec<u8> {
        let mut out = Writer::default();
        out.unsigned(VERSION);
        out.unsigned(self.fingerprint);
        state.encode(&mut out);
        out.bytes
    }

    /// A state from bytes that [`Mergeable::encode`] of the same query and version made.
    pub fn decode(&self, bytes: &[u8]) -> Result<Box<dyn PartialState>, Corrupt> {
        let mut reader = Reader::new(bytes);
        if reader.unsigned()? != VERSION || reader.unsigned()? != self.fingerprint {
            return Err(Corrupt);
        }
        let state = self.gather.decode(self.carry, &mut reader)?;
        if reader.is_empty() { Ok(state) } else { Err(Corrupt) }
    }
}

/// A number that is the same for the same text. FNV-1a: stable across machines and versions, which the standard hasher does
/// not promise.
pub(crate) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
