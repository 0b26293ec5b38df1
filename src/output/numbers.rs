//! Numbers as people read them: a column has as many decimals as its numbers need, and not more than can be read.

use std::fmt::Write;
use sumoql_data::value::Value;

/// How the numbers of a column are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rounding {
    largest: f64,
    /// The most decimals of any number.
    decimals: usize,
}

/// Beyond this a number has no decimals that count.
const WHOLE: f64 = 1e15;

impl Rounding {
    /// Takes a number of the column into account.
    pub fn see(&mut self, value: Value<'_>) {
        let Value::Double(number) = value else { return };
        if !number.is_finite() || number.abs() >= WHOLE {
            return;
        }
        self.largest = self.largest.max(number.abs());
        self.decimals = self.decimals.max(decimals(value, number));
    }

    /// How many decimals the column has.
    fn shown(&self) -> usize {
        let most = match self.largest {
            large if large >= 1e6 => 0,
            large if large >= 1e4 => 1,
            large if large >= 1e2 => 2,
            large if large >= 1.0 => 3,
            // Three digits that are not 0.
            small => 3 + leading_zeros(small),
        };
        self.decimals.min(most)
    }

    /// Whether some number is not shown in full.
    pub fn rounds(&self) -> bool {
        self.shown() < self.decimals
    }

    /// Writes a number.
    pub fn write(&self, value: Value<'_>, out: &mut String) {
        let shown = self.shown();
        let number = match value {
            Value::Double(number) => number,
            // Points stand below each other.
            Value::Int(number) if shown > 0 => number as f64,
            _ => return value.write(out),
        };
        if self.decimals == 0 || !number.is_finite() || number.abs() >= WHOLE {
            return value.write(out);
        }
        let small = number != 0.0 && number.abs() < 0.5 / 10f64.powi(shown as i32);
        // Writing to a string can't fail.
        let _ = match small {
            true if number.abs() < 1e-6 => write!(out, "{number:.1e}"),
            true => write!(out, "{number:.*}", leading_zeros(number.abs()) + 2),
            false => write!(out, "{number:.shown$}"),
        };
    }
}

/// How many zeros follow the point of a number below 1.
fn leading_zeros(number: f64) -> usize {
    match number > 0.0 && number < 1.0 {
        true => (-number.log10().floor() - 1.0).clamp(0.0, 12.0) as usize,
        false => 0,
    }
}

/// How many decimals a number has as it is written in full.
fn decimals(value: Value<'_>, number: f64) -> usize {
    let mut text = String::new();
    value.write(&mut text);
    match text.split_once('.') {
        Some((_, after)) if after.bytes().all(|b| b.is_ascii_digit()) => after.len(),
        // With an exponent.
        Some(_) if number.abs() < 1.0 => leading_zeros(number.abs()) + 3,
        _ if text.contains(['e', 'E']) && number.abs() < 1.0 => leading_zeros(number.abs()) + 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(numbers: &[f64]) -> Vec<String> {
        let mut rounding = Rounding::default();
        numbers.iter().for_each(|number| rounding.see(Value::Double(*number)));
        let write = |number: &f64| {
            let mut out = String::new();
            rounding.write(Value::Double(*number), &mut out);
            out
        };
        numbers.iter().map(write).collect()
    }

    #[test]
    fn decimals_are_those_that_can_be_read() {
        assert_eq!(column(&[1.0, 2.0]), ["1", "2"]);
        assert_eq!(column(&[12.5, 7.0]), ["12.5", "7.0"]);
        assert_eq!(column(&[33.333333333, 0.25]), ["33.333", "0.250"]);
        assert_eq!(column(&[1234.56789, 1.0]), ["1234.57", "1.00"]);
        assert_eq!(column(&[48512.333333]), ["48512.3"]);
        assert_eq!(column(&[5_485_123.33]), ["5485123"]);
        assert_eq!(column(&[0.00012345, 0.00001]), ["0.000123", "0.000010"]);
        assert_eq!(column(&[10.123456, 0.000123456, 0.0]), ["10.123", "0.00012", "0.000"]);
        assert_eq!(column(&[0.5, f64::NAN, 1e300])[..2], ["0.5", "NaN"]);
    }

    #[test]
    fn whole_numbers_stay_as_they_are() {
        let mut out = String::new();
        Rounding::default().write(Value::Int(1_714_521_600_000), &mut out);
        assert_eq!(out, "1714521600000");
    }
}
