//! Round ticks on an axis of numbers, and numbers as texts.

/// An axis of numbers: from the first tick to the last.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// The ticks, ascending, at least two.
    pub ticks: Vec<f64>,
    step: f64,
}

impl Scale {
    /// An axis that shows everything from `low` to `high` with about so many round ticks. `whole`: between whole numbers there
    /// is nothing to show.
    pub fn new(low: f64, high: f64, about: usize, whole: bool) -> Scale {
        // Steps that are too small to be told from nothing would be no steps.
        let rough = ((high / 2.0 - low / 2.0) / (about.max(2) as f64) * 2.0).max(1e-290);
        let power = 10f64.powi(rough.log10().floor() as i32);
        let round = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power);
        let mut step = round.into_iter().find(|step| *step >= rough * 0.999).unwrap_or(power * 10.0);
        if whole {
            step = step.max(1.0);
        }
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let count = (last - first).clamp(1.0, 100.0) as usize;
        let ticks = (0..=count).map(|at| (first + at as f64) * step).collect();
        Scale { ticks, step }
    }

    /// The ends of the axis.
    pub fn ends(&self) -> (f64, f64) {
        (self.ticks.first().copied().unwrap_or(0.0), self.ticks.last().copied().unwrap_or(1.0))
    }

    /// Where a value stands on the axis: 0 at its beginning, 1 at its end.
    pub fn place(&self, value: f64) -> f64 {
        let (low, high) = self.ends();
        ((value - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The texts of the ticks: all with the same unit.
    pub fn labels(&self) -> Vec<String> {
        let largest = self.ticks.iter().fold(0f64, |most, tick| most.max(tick.abs()));
        if largest >= 1e16 || self.step < 1e-6 {
            return self.ticks.iter().map(|tick| exponent(*tick)).collect();
        }
        let (unit, suffix) = match largest {
            n if n < 10_000.0 => (1.0, ""),
            n if n < 1e7 => (1e3, "k"),
            n if n < 1e10 => (1e6, "M"),
            n if n < 1e13 => (1e9, "G"),
            _ => (1e12, "T"),
        };
        let places = (-(self.step / unit * 1.000_001).log10().floor()).clamp(0.0, 9.0) as usize;
        let label = |tick: &f64| match *tick == 0.0 {
            true => "0".to_string(),
            false => format!("{:.places$}{suffix}", tick / unit),
        };
        self.ticks.iter().map(label).collect()
    }
}

/// A number with its thousands separated, and of what is behind the point no more than tells.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1e13 || (size < 1e-4 && size > 0.0) {
        return exponent(value);
    }
    let places = match size {
        n if n.fract() == 0.0 || n >= 10_000.0 => 0,
        n if n >= 100.0 => 1,
        n if n >= 1.0 => 2,
        _ => 4,
    };
    let text = trimmed(format!("{size:.places$}"));
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, part)| (whole, Some(part)));
    let mut out = String::new();
    if value < 0.0 && text != "0" {
        out.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A share as a percentage.
pub(super) fn percentage(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn exponent(value: f64) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    let text = format!("{value:.2e}");
    match text.split_once('e') {
        Some((digits, power)) => format!("{}e{power}", trimmed(digits.to_string())),
        None => text,
    }
}

/// Without zeros at the end behind a point.
pub(super) fn trimmed(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        for (low, high, whole, labels) in [
            (0.0, 7.0, true, "0 2 4 6 8"),
            (0.0, 1.0, true, "0 1"),
            (0.0, 1.0, false, "0 0.2 0.4 0.6 0.8 1.0"),
            (0.0, 351_532.0, true, "0 100k 200k 300k 400k"),
            (0.0, 12_000.0, true, "0 5k 10k 15k"),
            (-3.0, 5.0, true, "-4 -2 0 2 4 6"),
            (99.2, 99.9, false, "99.2 99.4 99.6 99.8 100.0"),
            (0.0, 2.5e18, false, "0 5e17 1e18 1.5e18 2e18 2.5e18"),
            (0.0, 3e-9, false, "0 1e-9 2e-9 3e-9"),
        ] {
            let scale = Scale::new(low, high, 5, whole);
            assert_eq!(scale.labels().join(" "), labels);
        }
    }

    #[test]
    fn the_widest_axis_is_one() {
        let scale = Scale::new(-1e300, 1e300, 5, false);
        assert!(scale.ticks.iter().all(|tick| tick.is_finite()), "{scale:?}");
    }

    #[test]
    fn numbers_for_people() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1234567.0, "1,234,567"),
            (-1234.0, "-1,234"),
            (2.71459, "2.71"),
            (0.5, "0.5"),
            (123.456, "123.5"),
            (12345.678, "12,346"),
            (1e20, "1e20"),
            (0.00001234, "1.23e-5"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(percentage(0.3333), "33.3 %");
    }
}
