//! Bytes for partial states: written by one machine or process, read and merged by another.
//!
//! Whole numbers are varints, signed ones zigzag; texts carry their length. Reading never trusts the bytes: every
//! wrong one gives [`Corrupt`].

use super::batch::Rank;
use sumoql_data::value::{Owned, Value};

/// The bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt;

/// Writes.
#[derive(Debug, Default)]
pub struct Writer {
    /// What was written.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// A whole number.
    pub fn unsigned(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push((n as u8) | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    /// A whole number with a sign.
    pub fn signed(&mut self, n: i64) {
        self.unsigned(((n << 1) ^ (n >> 63)) as u64);
    }

    /// A number.
    pub fn double(&mut self, n: f64) {
        self.bytes.extend_from_slice(&n.to_bits().to_le_bytes());
    }

    /// Bytes with their length.
    pub fn slice(&mut self, bytes: &[u8]) {
        self.unsigned(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    /// A value.
    pub fn value(&mut self, value: &Owned) {
        self.borrowed(value.borrow());
    }

    /// A value that borrows its text.
    pub fn borrowed(&mut self, value: Value<'_>) {
        match value {
            Value::Null => self.bytes.push(0),
            Value::Bool(b) => self.bytes.push(1 + u8::from(b)),
            Value::Int(n) => {
                self.bytes.push(3);
                self.signed(n);
            }
            Value::Double(n) => {
                self.bytes.push(4);
                self.double(n);
            }
            Value::Text(text) => {
                self.bytes.push(5);
                self.slice(text.as_bytes());
            }
        }
    }

    /// A row's place.
    pub fn rank(&mut self, rank: &Rank) {
        self.signed(rank.age);
        self.unsigned(u64::from(rank.source));
        self.unsigned(rank.offset);
        self.unsigned(u64::from(rank.copy));
    }
}

/// Reads what a [`Writer`] wrote.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// Whether everything was read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes were not read yet.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// A number of things that follow; refuses more than there can be bytes for.
    pub fn count(&mut self) -> Result<usize, Corrupt> {
        let n = self.unsigned()?;
        if n > self.rest.len() as u64 { Err(Corrupt) } else { Ok(n as usize) }
    }

    /// A whole number.
    pub fn unsigned(&mut self) -> Result<u64, Corrupt> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take::<1>()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(Corrupt)
    }

    /// A whole number with a sign.
    pub fn signed(&mut self) -> Result<i64, Corrupt> {
        let n = self.unsigned()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// A number.
    pub fn double(&mut self) -> Result<f64, Corrupt> {
        Ok(f64::from_bits(u64::from_le_bytes(self.take()?)))
    }

    /// Bytes with their length.
    pub fn slice(&mut self) -> Result<&'a [u8], Corrupt> {
        let n = self.count()?;
        let (head, rest) = self.rest.split_at_checked(n).ok_or(Corrupt)?;
        self.rest = rest;
        Ok(head)
    }

    /// A value.
    pub fn value(&mut self) -> Result<Owned, Corrupt> {
        let [tag] = self.take::<1>()?;
        Ok(match tag {
            0 => Owned::Null,
            1 => Owned::Bool(false),
            2 => Owned::Bool(true),
            3 => Owned::Int(self.signed()?),
            4 => Owned::Double(self.double()?),
            5 => Owned::Text(std::str::from_utf8(self.slice()?).map_err(|_| Corrupt)?.into()),
            _ => return Err(Corrupt),
        })
    }

    /// A row's place.
    pub fn rank(&mut self) -> Result<Rank, Corrupt> {
        Ok(Rank {
            age: self.signed()?,
            source: u32::try_from(self.unsigned()?).map_err(|_| Corrupt)?,
            offset: self.unsigned()?,
            copy: u32::try_from(self.unsigned()?).map_err(|_| Corrupt)?,
        })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Corrupt> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(Corrupt)?;
        self.rest = rest;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(n in any::<i64>(), u in any::<u64>(), d in any::<f64>()) {
            let mut w = Writer::default();
            w.signed(n);
            w.unsigned(u);
            w.double(d);
            let mut r = Reader::new(&w.bytes);
            prop_assert_eq!(r.signed(), Ok(n));
            prop_assert_eq!(r.unsigned(), Ok(u));
            prop_assert_eq!(r.double().map(f64::to_bits), Ok(d.to_bits()));
            prop_assert!(r.is_empty());
        }

        #[test]
        fn garbage_is_refused_not_trusted(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut r = Reader::new(&bytes);
            while !r.is_empty() {
                if r.value().is_err() {
                    break;
                }
            }
        }
    }
}
