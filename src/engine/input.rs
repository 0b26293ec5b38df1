//! What a run reads, for callers that have messages in memory or bring a reader of their own.

use std::fmt::{Debug, Formatter};
use std::sync::Arc;
use sumoql_data::framing::json_messages::Messages;
use sumoql_data::framing::lines::Lines;
use sumoql_data::growing::Growing;
use sumoql_data::in_memory::{Memory, plain_source};
use sumoql_data::message;

/// About the bytes that a worker takes at once.
const CHUNK_BYTES: usize = 1 << 20;

/// The messages of a run.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use sumoql::{Engine, Input};
///
/// let query = Engine::default().prepare("_sourceHost=web-1 | count")?;
/// let messages = r#"{"_raw": "GET /", "_sourceHost": "web-1", "_messageTime": "2024-05-01T00:00:00Z"}"#;
/// let answer = query.run(Input::json_messages(messages))?;
/// assert_eq!(answer.rows().next().unwrap()["_count"].to_string(), "1");
/// # Ok(())
/// # }
/// ```
pub struct Input(Arc<dyn message::Input + Send>);

impl Debug for Input {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("Input")
    }
}

impl Input {
    /// A message for each line of a text. Their times are found in them; those without one have the present time.
    pub fn lines(text: &str) -> Input {
        let source = plain_source(Arc::new(Lines::default()), chrono::Utc::now().timestamp_millis());
        Input(Arc::new(Memory::lines(text, source, CHUNK_BYTES)))
    }

    /// A message for each line of a text, as a JSON object: `_raw` is its text, `_messageTime` (milliseconds since 1970
    /// or ISO 8601) its time, the other members are its metadata. A line that is no such object is a message as it is.
    pub fn json_messages(text: &str) -> Input {
        let source = plain_source(Arc::new(Messages), chrono::Utc::now().timestamp_millis());
        Input(Arc::new(Memory::lines(text, source, CHUNK_BYTES)))
    }

    /// Messages from a reader of the caller's own.
    pub fn reader(reader: Arc<dyn message::Input + Send>) -> Input {
        Input(reader)
    }

    /// The same messages, where somebody may still be writing them: what follows the last line end is no message yet.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use sumoql::{Engine, Input};
    ///
    /// let query = Engine::default().prepare("* | count")?;
    /// let answer = query.run(Input::lines("one\ntwo\nthr").growing())?;
    /// assert_eq!(answer.rows().next().unwrap()["_count"].to_string(), "2");
    /// # Ok(())
    /// # }
    /// ```
    pub fn growing(self) -> Input {
        Input(Arc::new(Growing(self.0)))
    }

    pub(super) fn as_dyn(&self) -> &dyn message::Input {
        self.0.as_ref()
    }
}
