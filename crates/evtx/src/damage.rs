//! What of an event log could not be read, counted.

/// The most losses that are listed one by one. All are counted.
const MAX_LISTED: usize = 1000;

/// What is wrong with a log, as far as it was read. The same whatever order its regions were read in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    records: u64,
    chunks: u64,
    /// By their offsets.
    losses: Vec<Loss>,
    /// Chunks that were read although a checksum is wrong.
    pub(crate) altered: Places,
    /// Records without their ends that were read all the same.
    pub(crate) torn: Places,
    /// Records of which nothing is left but their headers.
    pub(crate) stale: Places,
}

/// Something of a log that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// Where it is, or should be, in the log.
    pub offset: u64,
    /// How many records are lost; none where no chunk could be found.
    pub records: u64,
    /// Why, as a part of a sentence.
    pub reason: &'static str,
}

/// Places of one kind: how many, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    fn damage_text(&self, one: impl Fn(u64) -> String, several: impl Fn(u64, u64) -> String) -> Option<String> {
        let at = self.first?;
        Some(if self.count == 1 { one(at) } else { several(self.count, at) })
    }
}

impl Damage {
    /// Records that could not be read, the first of them at byte `offset` of the log.
    pub(crate) fn records(&mut self, records: u64, offset: u64, reason: &'static str) {
        self.records += records;
        self.losses.push(Loss { offset, records, reason });
        self.limit();
    }

    /// A chunk that could not be read.
    pub(crate) fn chunk(&mut self, offset: u64, reason: &'static str) {
        self.chunks += 1;
        self.losses.push(Loss { offset, records: 0, reason });
        self.limit();
    }

    fn limit(&mut self) {
        self.losses.sort_by_key(|loss| loss.offset);
        self.losses.truncate(MAX_LISTED);
    }

    /// Adds what was found elsewhere in the log, perhaps by another thread.
    pub fn merge(&mut self, other: Damage) {
        self.records += other.records;
        self.chunks += other.chunks;
        self.losses.extend(other.losses);
        self.limit();
        self.altered.merge(other.altered);
        self.torn.merge(other.torn);
        self.stale.merge(other.stale);
    }

    /// How many records could not be read.
    pub fn lost_records(&self) -> u64 {
        self.records
    }

    /// How many chunks could not be read: places where something is, but no records were found.
    pub fn lost_chunks(&self) -> u64 {
        self.chunks
    }

    /// What could not be read, in the order of the log: the first thousand losses.
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// What could not be read, as one sentence without a full stop. None if everything could.
    pub fn summary(&self) -> Option<String> {
        let Loss { offset, reason, .. } = self.losses.first()?;
        let counted = |count: u64, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            n => Some(format!("{n} {noun}s")),
        };
        let what: Vec<String> =
            counted(self.records, "record").into_iter().chain(counted(self.chunks, "chunk")).collect();
        let first = if self.records + self.chunks > 1 { "the first " } else { "" };
        Some(format!(
            "{} could not be read, {first}at byte {offset}: {reason}; all others are given",
            what.join(" and ")
        ))
    }

    /// What is odd but not a loss: wrong checksums, overwritten records. A sentence each, without a full stop.
    pub fn notes(&self) -> Vec<String> {
        let altered = self.altered.damage_text(
            |at| format!("the checksum of the chunk at byte {at} is wrong: its records are given as they were read"),
            |n, at| {
                format!(
                    "the checksums of {n} chunks, the first at byte {at}, are wrong: their records are given as they \
                     were read"
                )
            },
        );
        let torn = self.torn.damage_text(
            |at| format!("the record at byte {at} is partly overwritten: what can be read of it is given"),
            |n, at| {
                format!(
                    "{n} records, the first at byte {at}, are partly overwritten: what can be read of them is given"
                )
            },
        );
        let stale = self.stale.damage_text(
            |at| format!("the record at byte {at} has nothing in it any more: it is left out"),
            |n, at| format!("{n} records, the first at byte {at}, have nothing in them any more: they are left out"),
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
        assert_eq!((damage.summary(), damage.notes()), (None, Vec::new()));
        damage.records(1, 700, "b");
        assert_eq!(
            damage.summary().as_deref(),
            Some("1 record could not be read, at byte 700: b; all others are given")
        );
        let mut other = Damage::default();
        other.chunk(600, "a");
        other.records(11, 900, "c");
        other.altered.add(512);
        damage.altered.add(1024);
        damage.merge(other);
        let losses = "12 records and 1 chunk could not be read, the first at byte 600: a; all others are given";
        assert_eq!(damage.summary().as_deref(), Some(losses));
        let places = damage.losses().iter().map(|loss| (loss.offset, loss.records));
        assert_eq!(places.collect::<Vec<_>>(), [(600, 0), (700, 1), (900, 11)]);
        assert_eq!((damage.lost_records(), damage.lost_chunks()), (12, 1));
        damage.stale.add(9);
        damage.torn.add(900);
        let odd = damage.notes();
        assert!(odd[0].starts_with("the checksums of 2 chunks, the first at byte 512"), "{odd:?}");
        assert!(odd[1].starts_with("the record at byte 900 is partly overwritten"), "{odd:?}");
        assert_eq!(odd[2..], ["the record at byte 9 has nothing in it any more: it is left out"]);
    }
}
