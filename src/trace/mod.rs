//! What becomes of messages on their way through a query: how many rows each stage lets through, what single messages
//! hold after each stage and what decided about them, and which conditions were ever true or false.
//!
//! ```text
//! plan::traced ─▶ Traced ─┬─ stage_counts ─▶ rows in and out, matches and misses, time ─┐
//!                 input ──┤                 └─ watched messages ─▶ message_trace        ├─▶ values; cli draws them
//!                         └─ coverage ─▶ leaves with what they were                     ┘
//! ```
//!
//! One thread does the work: who asks for a trace waits for it.

pub mod coverage;
pub mod find_messages;
pub mod message_trace;
mod serialised;
pub mod stage_counts;
pub mod verdict;
mod watch;
