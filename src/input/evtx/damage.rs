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
    /// Chunks that were read although a checksum is wrong, and where the first of them starts.
    altered: u64,
    first_altered: Option<u64>,
    /// Records of which nothing is left, and where the first of them starts.
    stale: u64,
    first_stale: Option<u64>,
}

impl Damage {
    /// Records that could not be read, the first of them at byte `at` of the log.
    pub fn records(&mut self, count: u64, at: u64, reason: String) {
        self.records += count;
        self.lost(at, reason);
    }

    /// A chunk that could not be read.
    pub fn chunk(&mut self, at: u64, reason: String) {
        self.chunks += 1;
        self.lost(at, reason);
    }

    /// A chunk with a wrong checksum.
    pub fn altered(&mut self, at: u64) {
        self.altered += 1;
        self.first_altered = Some(self.first_altered.map_or(at, |first| first.min(at)));
    }

    /// A record of which nothing is left but its header.
    pub fn stale(&mut self, at: u64) {
        self.stale += 1;
        self.first_stale = Some(self.first_stale.map_or(at, |first| first.min(at)));
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
        self.altered += other.altered;
        self.first_altered = self.first_altered.into_iter().chain(other.first_altered).min();
        self.stale += other.stale;
        self.first_stale = self.first_stale.into_iter().chain(other.first_stale).min();
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
        let stale = self.first_stale.map(|at| match self.stale {
            1 => format!("the record at byte {at} has nothing in it any more: it is no message"),
            n => format!("{n} records, the first at byte {at}, have nothing in them any more: they are no messages"),
        });
        self.altered_told().into_iter().chain(stale).collect()
    }

    fn altered_told(&self) -> Option<String> {
        let at = self.first_altered?;
        Some(match self.altered {
            1 => format!("the checksum of the chunk at byte {at} is wrong: its records are given as they were read"),
            n => format!(
                "the checksums of {n} chunks, the first at byte {at}, are wrong: their records are given as they were \
                 read"
            ),
        })
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
        other.altered(512);
        damage.altered(1024);
        damage.merge(other);
        let losses = "12 records and 1 chunk could not be read, the first at byte 600: a; all others are given";
        assert_eq!(damage.losses().as_deref(), Some(losses));
        damage.stale(9);
        let odd = damage.oddities();
        assert!(odd[0].starts_with("the checksums of 2 chunks, the first at byte 512"), "{odd:?}");
        assert_eq!(odd[1..], ["the record at byte 9 has nothing in it any more: it is no message"]);
    }
}
