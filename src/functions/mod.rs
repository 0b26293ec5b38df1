//! The functions.

use crate::catalogue::FunctionDef;

/// All functions.
pub static ALL: &[&FunctionDef] = &[];
