//! Rows in order, and states that see rows in their order.

pub mod in_order;
pub mod sort;
pub mod state_by_key;
pub mod timed_value;
