//! Mathematical functions.

pub mod magnitude;
