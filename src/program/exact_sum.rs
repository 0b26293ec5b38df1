//! Sums that do not depend on the order in which the numbers come.

use super::codec::{Corrupt, Reader, Writer};

/// A sum of numbers that is exact, and so the same in whatever order the numbers come (Shewchuk's expansions): workers
/// may add up their parts and merge them without changing a digit. Nothing overflows on the way.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct ExactSum {
    whole: i128,
    /// The exact sum of all fractions seen that are below [`HUGE`].
    parts: Expansion,
    /// That of the others, times [`DOWN`]; most sums have none.
    huge: Option<Box<Expansion>>,
    /// Infinities and NaN, which no expansion can hold.
    special: Special,
}

/// From here on, numbers are added up scaled down: sums of as many as can be can't overflow then. 2^900.
const HUGE: f64 = f64::from_bits((1023 + 900) << 52);

/// 2^-200, by which numbers are scaled down without loss, and its inverse.
const DOWN: f64 = f64::from_bits((1023 - 200) << 52);
const UP: f64 = f64::from_bits((1023 + 200) << 52);

/// Which of the numbers that are none were seen.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Special(u8);

impl Special {
    const MORE: u8 = 1;
    const LESS: u8 = 2;
    const NAN: u8 = 4;

    fn add(&mut self, n: f64) {
        self.0 |= match n {
            n if n.is_nan() => Special::NAN,
            n if n > 0.0 => Special::MORE,
            _ => Special::LESS,
        };
    }

    fn value(self) -> Option<f64> {
        match self.0 {
            0 => None,
            Special::MORE => Some(f64::INFINITY),
            Special::LESS => Some(f64::NEG_INFINITY),
            _ => Some(f64::NAN),
        }
    }
}

/// Numbers that don't overlap, smallest first: what was added, exactly.
#[derive(Debug, Default, Clone, PartialEq)]
struct Expansion(Vec<f64>);

impl Expansion {
    fn add(&mut self, n: f64) {
        let mut n = n;
        let mut kept = 0;
        for at in 0..self.0.len() {
            let mut part = self.0[at];
            if n.abs() < part.abs() {
                std::mem::swap(&mut n, &mut part);
            }
            let high = n + part;
            let low = part - (high - n);
            if low != 0.0 {
                self.0[kept] = low;
                kept += 1;
            }
            n = high;
        }
        self.0.truncate(kept);
        if n != 0.0 {
            self.0.push(n);
        }
    }

    fn greatest(&self) -> f64 {
        self.0.last().copied().unwrap_or(0.0)
    }

    /// What it is, rounded once.
    fn rounded(&self) -> f64 {
        let mut parts = self.0.iter().rev();
        let mut high = *parts.next().unwrap_or(&0.0);
        let mut low = 0.0;
        let mut rest = parts.peekable();
        for part in rest.by_ref() {
            let sum = high + part;
            low = part - (sum - high);
            high = sum;
            if low != 0.0 {
                break;
            }
        }
        // Half-way cases round by the sign of what is left, as one exact rounding would.
        if let Some(next) = rest.next()
            && ((low < 0.0 && *next < 0.0) || (low > 0.0 && *next > 0.0))
        {
            let twice = low * 2.0;
            let sum = high + twice;
            if twice == sum - high {
                high = sum;
            }
        }
        high
    }

    fn encode(&self, out: &mut Writer) {
        out.unsigned(self.0.len() as u64);
        self.0.iter().for_each(|part| out.double(*part));
    }

    fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        (0..bytes.count()?).map(|_| bytes.double()).collect::<Result<_, _>>().map(Expansion)
    }
}

impl ExactSum {
    /// Adds a number.
    pub fn add(&mut self, n: f64) {
        if n.fract() == 0.0 && n.abs() < 1e15 {
            self.whole += n as i128;
        } else if n.abs() < HUGE {
            self.parts.add(n);
        } else if n.is_finite() {
            self.huge.get_or_insert_default().add(n * DOWN);
        } else {
            self.special.add(n);
        }
    }

    /// Adds a whole number.
    pub fn add_whole(&mut self, n: i64) {
        self.whole += i128::from(n);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &ExactSum) {
        self.whole += other.whole;
        other.parts.0.iter().for_each(|part| self.parts.add(*part));
        if let Some(huge) = &other.huge {
            let own = self.huge.get_or_insert_default();
            huge.0.iter().for_each(|part| own.add(*part));
        }
        self.special.0 |= other.special.0;
    }

    /// Numbers whose exact sum is the sum, as long as no number was infinite, NaN, or 2^900 and more.
    pub fn components(&self) -> Vec<f64> {
        let mut out = self.parts.0.clone();
        // The whole part in pieces that a double holds exactly.
        for shift in [0u32, 50, 100] {
            let piece = (self.whole.unsigned_abs() >> shift) & ((1 << 50) - 1);
            let piece = piece as f64 * 2f64.powi(shift as i32);
            if piece != 0.0 {
                out.push(if self.whole < 0 { -piece } else { piece });
            }
        }
        out
    }

    /// The sum, rounded once.
    pub fn value(&self) -> f64 {
        let (sum, scale) = self.scaled();
        sum * scale
    }

    /// The mean of so many numbers: that of great ones is a number though their sum may be none.
    pub fn mean(&self, count: u64) -> f64 {
        let (sum, scale) = self.scaled();
        sum / count as f64 * scale
    }

    /// The sum, rounded once, and what it is to be multiplied by, which is 1 or a power of two that makes it greater.
    fn scaled(&self) -> (f64, f64) {
        if let Some(special) = self.special.value() {
            return (special, 1.0);
        }
        let mut small = Expansion::default();
        let Some(huge) = &self.huge else {
            self.components().into_iter().for_each(|part| small.add(part));
            return (small.rounded(), 1.0);
        };
        // What is far below the least digit of a huge number stays as it is.
        let mut great = Expansion::clone(huge);
        for part in self.components() {
            if part.abs() * UP < 1.0 { small.add(part) } else { great.add(part * DOWN) }
        }
        if great.greatest().abs() < HUGE * DOWN {
            great.0.iter().for_each(|part| small.add(part * UP));
            return (small.rounded(), 1.0);
        }
        // There it matters only on which side of the middle between two doubles the sum lies.
        let side = small.greatest();
        if side != 0.0 {
            great.add(f64::MIN_POSITIVE.copysign(side));
        }
        (great.rounded(), UP)
    }

    /// Writes the sum.
    pub fn encode(&self, out: &mut Writer) {
        out.slice(&self.whole.to_le_bytes());
        self.parts.encode(out);
        match &self.huge {
            Some(huge) => huge.encode(out),
            None => Expansion::default().encode(out),
        }
        out.bytes.push(self.special.0);
    }

    /// Reads a sum.
    pub fn decode(bytes: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let whole = i128::from_le_bytes(bytes.slice()?.try_into().map_err(|_| Corrupt)?);
        let (parts, huge) = (Expansion::decode(bytes)?, Expansion::decode(bytes)?);
        let special = Special(u8::try_from(bytes.unsigned()?).map_err(|_| Corrupt)?);
        let huge = (!huge.0.is_empty()).then(|| Box::new(huge));
        Ok(ExactSum { whole, parts, huge, special })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(numbers: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        numbers.iter().for_each(|n| sum.add(*n));
        sum.value()
    }

    #[test]
    fn sums_are_rounded_once() {
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100, 0.5]), 1.5);
        assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY, 1.0]).is_nan());
    }

    #[test]
    fn what_overflows_on_the_way_is_not_lost() {
        assert_eq!(sum(&[1.7e308, 1.7e308, -1.7e308]), 1.7e308);
        assert_eq!(sum(&[1.7e308, -1.7e308, 1.7e308]), 1.7e308);
        assert_eq!(sum(&[1.7e308, 1.7e308, -1.7e308, -1.7e308, 0.25]), 0.25);
        assert_eq!(sum(&[1e300, 1e-300, -1e300]), 1e-300);
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(sum(&[HUGE, -HUGE / 2.0, -HUGE / 2.0, 3e-320]), 3e-320);
        // Half of the last digit of the greatest double: up to it, it is the greatest, from it on, more.
        let half = f64::MAX - f64::MAX * (1.0 - f64::EPSILON / 2.0);
        assert_eq!(sum(&[f64::MAX, half / 2.0, -1.0]), f64::MAX);
        let mut mean = ExactSum::default();
        [1.7e308, 1.6e308, 1.5e308].into_iter().for_each(|n| mean.add(n));
        assert_eq!((mean.value(), mean.mean(3)), (f64::INFINITY, 1.6e308));
    }

    /// Numbers of all sizes, some of them close enough to cancel each other.
    fn number() -> impl Strategy<Value = f64> {
        let edges = [f64::MAX, 1.7e308, -1.7e308, HUGE, -HUGE, HUGE / 2.0, 1e15, -1e15, f64::MIN_POSITIVE, 5e-324];
        prop_oneof![
            4 => -1e12..1e12f64,
            3 => proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO,
            3 => (prop::sample::select(edges.to_vec()), any::<bool>()).prop_map(|(n, less)| if less { -n } else { n }),
            2 => (-1e2..1e2f64, 880i32..1010).prop_map(|(n, power)| n * 2f64.powi(power)),
            1 => (-1_000_000i64..1_000_000).prop_map(|n| n as f64),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn order_and_grouping_change_nothing(
            (numbers, other) in proptest::collection::vec(number(), 0..40)
                .prop_flat_map(|numbers| (Just(numbers.clone()), Just(numbers).prop_shuffle())),
            cut in 0usize..40,
        ) {
            let mut forward = ExactSum::default();
            numbers.iter().for_each(|n| forward.add(*n));
            let (a, b) = other.split_at(cut.min(other.len()));
            let (mut left, mut right) = (ExactSum::default(), ExactSum::default());
            a.iter().for_each(|n| left.add(*n));
            b.iter().for_each(|n| right.add(*n));
            right.merge(&left);
            prop_assert_eq!(forward.value().to_bits(), right.value().to_bits(), "{} {}", forward.value(), right.value());
            prop_assert_eq!(forward.mean(7).to_bits(), right.mean(7).to_bits());
            // And all of it taken away again leaves nothing.
            numbers.iter().for_each(|n| right.add(-n));
            prop_assert_eq!(right.value(), 0.0);
        }
    }
}
