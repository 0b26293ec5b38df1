//! Values and fields of a trace as other programs get them: as JSON has them.

use serde::{Serialize, Serializer};
use sumoql_data::value::Owned;

/// A value.
pub(super) fn value<S: Serializer>(value: &Owned, serializer: S) -> Result<S::Ok, S::Error> {
    value.borrow().to_json().serialize(serializer)
}

/// Names with their values.
pub(super) fn fields<S: Serializer>(fields: &[(String, Owned)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(name, value)| (name, value.borrow().to_json())))
}

/// Several of them.
pub(super) fn groups<S: Serializer>(groups: &[Vec<(String, Owned)>], serializer: S) -> Result<S::Ok, S::Error> {
    struct Group<'g>(&'g [(String, Owned)]);
    impl Serialize for Group<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            fields(self.0, serializer)
        }
    }
    serializer.collect_seq(groups.iter().map(|group| Group(group)))
}
