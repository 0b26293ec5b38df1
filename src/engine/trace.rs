//! The stories of messages: what each stage of a query makes of them, and why they are, or are not, in the result.

use super::answer::RunError;
use super::input::Input;
use super::query::Query;
use crate::run::execute::{Partiality, Progress};
use crate::trace::find_messages::find;
use crate::trace::stage_counts::{Wishes, travel};
use serde::Serialize;

pub use crate::trace::find_messages::Wanted;
pub use crate::trace::message_trace::{End, MessageRow, MessageStage, MessageTrace, StageNumber};
pub use crate::trace::verdict::{Leaf, Parts, Verdict};

/// The stories of some messages of an input.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Trace {
    /// A story for each message that was found, in the order of arrival.
    pub messages: Vec<MessageTrace>,
    /// How many more messages are wanted.
    pub more: u64,
    /// Why the stories tell only a part, if they do.
    pub partial: Option<Partiality>,
}

impl Query {
    /// Tells what becomes of the first `limit` wanted messages of an input. The whole input is run, by one thread: which
    /// rows a stage keeps may depend on the others.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use sumoql::{End, Engine, Input, Wanted};
    ///
    /// let query = Engine::default().prepare("error | parse \"user=*,\" as user\n| where user = \"ann\"")?;
    /// let trace = query.trace(&Input::lines("error user=bob,\nfine"), &Wanted::Number(1), 1)?;
    /// let story = &trace.messages[0];
    /// assert!(matches!(story.end, End::Dropped(by) if by.stage == 2 && by.line == 2));
    /// let decided = story.decision().and_then(|condition| condition.decider()).unwrap();
    /// assert_eq!(decided.leaf().unwrap().text, "user = \"ann\"");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RunError::Refused`] when the query can't run here, [`RunError::NotRepeatable`] when the input can be read only once.
    pub fn trace(&self, input: &Input, wanted: &Wanted, limit: usize) -> Result<Trace, RunError> {
        let input = input.as_dyn();
        let progress = Progress::default();
        let search = find(input, wanted, limit, &progress);
        let none = Trace { messages: Vec::new(), more: search.more, partial: None };
        let Some(traced) = self.traced().filter(|_| !search.found.is_empty()) else { return Ok(none) };
        if !input.restart() {
            return Err(RunError::NotRepeatable);
        }
        progress.next_pass();
        let request = Wishes { watch: &search.found, ..Wishes::default() };
        let options = self.options();
        let report = travel(&traced, input, &options, &progress, &request);
        match report.outcome.refused {
            Some(refused) => Err(RunError::Refused(Box::new(self.located(&refused)))),
            None => Ok(Trace { messages: report.message_traces, partial: report.outcome.partial, ..none }),
        }
    }
}
