//! The aggregates, one file each.

use crate::catalogue::AggregateDef;

mod count;

/// All aggregates, by file name.
pub static ALL: &[&AggregateDef] = &[&count::DEF];
