//! What of an event log could not be read, counted.

/// What is wrong with a log, as far as it was looked at. Does not depend on who looked at what first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Records that are not given.
    records: u64,
    /// Chunks of which nothing is given.
    chunks: u64,
    /// The first of them: where, and why.
    first: Option<(u64, String)>,
    /// Chunks that were read although a checksum is wrong.
    pub(crate) altered: Places,
    /// Records without their ends that were read all the same.
    pub(crate) torn: Places,
    /// Records of which nothing is left but their headers.
    pub(crate) stale: Places,
}

/// Places of one kind: how many, and the first of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Places {
    count: u64,
    first: Option<u64>,
}

impl Places {
    /// One more.
    pub fn add(&mut self, at: u64) {
        self.merge(Places { count: 1, first: Some(at) });
    }

    fn merge(&mut self, other: Places) {
        self.count += other.count;
        self.first = self.first.into_iter().chain(other.first).min();
    }

    /// What is said of one, or of several, if there are any.
    fn told(&self, one: impl Fn(u64) -> String, several: impl Fn(u64, u64) -> String) -> Option<String> {
        let at = self.first?;
        Some(if self.count == 1 { one(at) } else { several(self.count, at) })
    }
}

impl Damage {
    /// Records that could not be read, the first of them at byte `at` of the log.
    pub(crate) fn records(&mut self, count: u64, at: u64, reason: String) {
        self.records += count;
        self.lost(at, reason);
    }

    /// A chunk that could not be read.
    pub(crate) fn chunk(&mut self, at: u64, reason: String) {
        self.chunks += 1;
        self.lost(at, reason);
    }

    fn lost(&mut self, at: u64, reason: String) {
        if self.first.as_ref().is_none_or(|(first, _)| at < *first) {
            self.first = Some((at, reason));
        }
    }

    /// Adds what was found elsewhere in the log.
    pub fn merge(&mut self, other: Damage) {
        self.records += other.records;
        self.chunks += other.chunks;
        if let Some((at, reason)) = other.first {
            self.lost(at, reason);
        }
        self.altered.merge(other.altered);
        self.torn.merge(other.torn);
        self.stale.merge(other.stale);
    }

    /// What is not given, if anything.
    pub fn losses(&self) -> Option<String> {
        let (at, reason) = self.first.as_ref()?;
        let counted = |count: u64, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            n => Some(format!("{n} {noun}s")),
        };
        let what: Vec<String> =
            counted(self.records, "record").into_iter().chain(counted(self.chunks, "chunk")).collect();
        let first = if self.records + self.chunks > 1 { "the first " } else { "" };
        Some(format!("{} could not be read, {first}at byte {at}: {reason}; all others are given", what.join(" and ")))
    }

    /// What is odd but no loss.
    pub fn oddities(&self) -> Vec<String> {
        let altered = self.altered.told(
            |at| format!("the checksum of the chunk at byte {at} is wrong: its records are given as they were read"),
            |n, at| {
                format!(
                    "the checksums of {n} chunks, the first at byte {at}, are wrong: their records are given as they \
                     were read"
                )
            },
        );
        let torn = self.torn.told(
            |at| format!("the record at byte {at} is partly overwritten: what can be read of it is given"),
            |n, at| {
                format!(
                    "{n} records, the first at byte {at}, are partly overwritten: what can be read of them is given"
                )
            },
        );
        let stale = self.stale.told(
            |at| format!("the record at byte {at} has nothing in it any more: it is no message"),
            |n, at| format!("{n} records, the first at byte {at}, have nothing in them any more: they are no messages"),
        );
        altered.into_iter().chain(torn).chain(stale).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_the_first_whatever_the_order() {
        let mut damage = Damage::default();
        assert_eq!((damage.losses(), damage.oddities()), (None, Vec::new()));
        damage.records(1, 700, "b".into());
        assert_eq!(
            damage.losses().as_deref(),
            Some("1 record could not be read, at byte 700: b; all others are given")
        );
        let mut other = Damage::default();
        other.chunk(600, "a".into());
        other.records(11, 900, "c".into());
        other.altered.add(512);
        damage.altered.add(1024);
        damage.merge(other);
        let losses = "12 records and 1 chunk could not be read, the first at byte 600: a; all others are given";
        assert_eq!(damage.losses().as_deref(), Some(losses));
        damage.stale.add(9);
        damage.torn.add(900);
        let odd = damage.oddities();
        assert!(odd[0].starts_with("the checksums of 2 chunks, the first at byte 512"), "{odd:?}");
        assert!(odd[1].starts_with("the record at byte 900 is partly overwritten"), "{odd:?}");
        assert_eq!(odd[2..], ["the record at byte 9 has nothing in it any more: it is no message"]);
    }
}
