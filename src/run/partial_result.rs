//! What is known of a part of the input, to be merged here or elsewhere.

use super::execute::Options;
use super::null_fields;
use crate::program::budget::OverBudget;
use crate::program::codec::{Corrupt, Reader, Writer};
use crate::program::pipeline_breaker::PartialState;
use crate::program::plan::Plan;
use crate::program::watched::WatchCount;

/// What a run over a part of the input has found: the state of the first stage that must see all rows, one for each time
/// range that the query looks at.
pub struct PartialResult {
    pub(super) states: Vec<Box<dyn PartialState>>,
    /// Rows that reached each stage, and rows it matched as far as anybody looked.
    pub(super) reached: Vec<u64>,
    pub(super) matched: Vec<u64>,
    /// What was seen of watched fields.
    pub(super) watched: Vec<WatchCount>,
    pub(super) over: Option<OverBudget>,
    /// Texts given up elsewhere: see [`Outcome::given_up`].
    pub(super) given_up: u64,
    /// Bytes that the budget does not know of yet: a state read from bytes.
    pub(super) uncharged: usize,
}

impl PartialResult {
    /// Of states alone: nothing is known of what the stages counted.
    pub(super) fn of_states(states: Vec<Box<dyn PartialState>>, plan: &Plan) -> PartialResult {
        let none = vec![0; plan.stages.len() + 1];
        let watched = plan.watched.iter().map(|_| WatchCount::default()).collect();
        PartialResult { states, reached: none.clone(), matched: none, watched, over: None, given_up: 0, uncharged: 0 }
    }

    /// The part as bytes, to be merged elsewhere. `None` when the plan's first gather can't be merged.
    pub fn encode(&self, plan: &Plan) -> Option<Vec<u8>> {
        let mut out = Writer::default();
        out.unsigned(self.states.len() as u64);
        for (state, part) in self.states.iter().zip(plan.parts()) {
            out.slice(&part.split()?.mergeable.encode(state.as_ref()));
        }
        self.reached.iter().chain(&self.matched).for_each(|n| out.unsigned(*n));
        null_fields::encode(&self.watched, &mut out);
        out.signed(self.over.map_or(-1, |over| over.limit.min(i64::MAX as usize) as i64));
        out.unsigned(self.given_up);
        Some(out.bytes)
    }

    /// A part from bytes that [`PartialResult::encode`] made for the same query. Anything else is refused.
    pub fn decode(plan: &Plan, bytes: &[u8]) -> Result<PartialResult, Corrupt> {
        let mut reader = Reader::new(bytes);
        let parts = plan.parts();
        if reader.count()? != parts.len() {
            return Err(Corrupt);
        }
        let state = |part: &Plan| part.split().ok_or(Corrupt)?.mergeable.decode(reader.slice()?);
        let states = parts.into_iter().map(state).collect::<Result<Vec<_>, Corrupt>>()?;
        let stages = plan.stages.len() + 1;
        let mut counts = || (0..stages).map(|_| reader.unsigned()).collect::<Result<Vec<_>, _>>();
        let (reached, matched) = (counts()?, counts()?);
        let watched = null_fields::decode(plan.watched.len(), &mut reader)?;
        let over = usize::try_from(reader.signed()?).ok().map(|limit| OverBudget { limit });
        let given_up = reader.unsigned()?;
        if reader.is_empty() {
            Ok(PartialResult { states, reached, matched, watched, over, given_up, uncharged: bytes.len() })
        } else {
            Err(Corrupt)
        }
    }
}

/// All parts as one; the answer does not depend on their order. `None` where there is none.
pub(super) fn merge(parts: Vec<PartialResult>, options: &Options) -> Option<PartialResult> {
    let budget = &options.budget;
    let _permit = if parts.len() > 1 { options.permit() } else { None };
    parts.into_iter().reduce(|mut merged, part| {
        merged.reached.iter_mut().zip(part.reached).for_each(|(sum, n)| *sum += n);
        merged.matched.iter_mut().zip(part.matched).for_each(|(sum, n)| *sum += n);
        merged.watched.iter_mut().zip(part.watched).for_each(|(all, seen)| all.merge(seen));
        merged.over = merged.over.or(part.over);
        merged.given_up += part.given_up;
        for (state, other) in merged.states.iter_mut().zip(part.states) {
            let merge = budget.go_on().and_then(|()| state.merge(other, budget));
            merged.over = merged.over.or(merge.err());
        }
        merged
    })
}
