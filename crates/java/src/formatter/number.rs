//! Numbers as `java.util.Formatter` writes them. Decimals are rounded half up, and from the shortest digits that still
//! mean the same number, not from its exact value: 0.25 gives 0.3 and 1.005 gives 1.01.

use super::spec::{Conversion, Spec};
use std::fmt::Write;

/// A whole number in decimal.
pub fn decimal(n: i64, spec: &Spec, out: &mut String) {
    signed(n < 0, n.unsigned_abs().to_string(), spec, out);
}

/// A whole number in octal or hexadecimal; negative ones in two's complement of 64 bits.
pub fn bits(n: i64, spec: &Spec, out: &mut String) {
    let (prefix, digits) = match spec.kind {
        Conversion::Octal => ("0", format!("{n:o}")),
        _ => ("0x", format!("{n:x}")),
    };
    let prefix = if spec.flags.has('#') { prefix } else { "" };
    let zeros = if spec.flags.has('0') { spec.width.saturating_sub(prefix.len() + digits.len()) } else { 0 };
    let text = format!("{prefix}{}{digits}", "0".repeat(zeros));
    out.push_str(&if spec.upper { text.to_uppercase() } else { text });
}

/// A number with a point or an exponent.
pub fn real(n: f64, spec: &Spec, out: &mut String) {
    let negative = n.is_sign_negative() && !n.is_nan();
    if !n.is_finite() {
        let text = if n.is_nan() { "NaN" } else { "Infinity" };
        let text = match (negative, n.is_nan()) {
            (true, _) if spec.flags.has('(') => format!("({text})"),
            (true, _) => format!("-{text}"),
            (false, false) if spec.flags.has('+') => format!("+{text}"),
            (false, false) if spec.flags.has(' ') => format!(" {text}"),
            _ => text.to_string(),
        };
        out.push_str(&if spec.upper { text.to_uppercase() } else { text });
        return;
    }
    let digits = Digits::of(n.abs());
    let body = match spec.kind {
        Conversion::HexFloat => return hex(n, spec, out),
        Conversion::Fixed => digits.fixed(spec.precision.unwrap_or(6), spec.flags.has('#')),
        Conversion::Scientific => digits.scientific(spec.precision.unwrap_or(6), spec.flags.has('#')),
        _ => digits.general(spec.precision.unwrap_or(6).max(1)),
    };
    signed(negative, if spec.upper { body.to_uppercase() } else { body }, spec, out);
}

/// Sign, separators between thousands and leading zeros around digits.
fn signed(negative: bool, body: String, spec: &Spec, out: &mut String) {
    let (before, after) = match negative {
        true if spec.flags.has('(') => ("(", ")"),
        true => ("-", ""),
        false if spec.flags.has('+') => ("+", ""),
        false if spec.flags.has(' ') => (" ", ""),
        false => ("", ""),
    };
    let body = if spec.flags.has(',') { grouped(&body) } else { body };
    let zeros =
        if spec.flags.has('0') { spec.width.saturating_sub(before.len() + body.len() + after.len()) } else { 0 };
    out.push_str(before);
    out.extend(std::iter::repeat_n('0', zeros));
    out.push_str(&body);
    out.push_str(after);
}

fn grouped(body: &str) -> String {
    let whole = body.bytes().take_while(u8::is_ascii_digit).count();
    let mut out = String::with_capacity(body.len() + whole / 3);
    for (at, c) in body.chars().enumerate() {
        if at > 0 && at < whole && (whole - at) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A number as 0.d₁d₂d₃… × 10^`point`.
struct Digits {
    digits: Vec<u8>,
    point: i32,
}

impl Digits {
    fn of(n: f64) -> Digits {
        if n == 0.0 {
            return Digits { digits: vec![b'0'], point: 1 };
        }
        let text = format!("{n:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        Digits { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
    }

    /// The first so many digits, rounded half up.
    fn rounded(&self, keep: i64) -> Digits {
        let Some(keep) = usize::try_from(keep).ok().filter(|keep| *keep <= self.digits.len()) else {
            // Fewer than none are kept, or all.
            let (digits, point) = if keep < 0 { (vec![b'0'], 1) } else { (self.digits.clone(), self.point) };
            return Digits { digits, point };
        };
        let mut digits = self.digits[..keep].to_vec();
        let up = self.digits.get(keep).is_some_and(|digit| *digit >= b'5');
        if up {
            let last = digits.iter().rposition(|digit| *digit != b'9');
            let zeros = last.map_or(0, |last| last + 1);
            digits[zeros..].fill(b'0');
            match last {
                Some(last) => digits[last] += 1,
                None => {
                    digits.insert(0, b'1');
                    return Digits { digits, point: self.point + 1 };
                }
            }
        }
        if digits.is_empty() {
            return Digits { digits: vec![b'0'], point: 1 };
        }
        Digits { digits, point: self.point }
    }

    /// The digit at a power of ten.
    fn at(&self, power: i32) -> char {
        let at = usize::try_from(self.point - 1 - power).ok();
        at.and_then(|at| self.digits.get(at)).map_or('0', |digit| *digit as char)
    }

    fn fixed(&self, decimals: usize, point: bool) -> String {
        let n = self.rounded(i64::from(self.point) + decimals as i64);
        let mut out: String = (0..n.point.max(1)).rev().map(|power| n.at(power)).collect();
        if decimals > 0 || point {
            out.push('.');
        }
        out.extend((1..=decimals as i32).map(|at| n.at(-at)));
        out
    }

    fn scientific(&self, decimals: usize, point: bool) -> String {
        let n = self.rounded(decimals as i64 + 1);
        let exponent = n.point - 1;
        let mut out = String::from(n.at(exponent));
        if decimals > 0 || point {
            out.push('.');
        }
        out.extend((1..=decimals as i32).map(|at| n.at(exponent - at)));
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing into memory can't fail.
        let _ = write!(out, "e{sign}{:02}", exponent.abs());
        out
    }

    /// With so many digits in all; with an exponent below 10⁻⁴ and from 10^`digits` on.
    fn general(&self, digits: usize) -> String {
        let n = self.rounded(digits as i64);
        let zero = n.digits.iter().all(|digit| *digit == b'0');
        match n.point {
            _ if zero => n.fixed(digits - 1, false),
            point @ -3.. if point <= digits as i32 => self.fixed((digits as i32 - point).max(0) as usize, false),
            _ => self.scientific(digits - 1, false),
        }
    }
}

/// A number by its bits: `0x1.8p0`.
fn hex(n: f64, spec: &Spec, out: &mut String) {
    let bits = n.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut mantissa = bits & ((1 << 52) - 1);
    let mut lead = u64::from(exponent > -1023);
    if lead == 0 {
        exponent = if mantissa == 0 { 0 } else { -1022 };
    }
    let mut body = match spec.precision.map(|digits| digits.max(1)) {
        Some(digits) if digits < 13 && !(lead == 0 && mantissa == 0) => {
            if lead == 0 {
                // Rounding wants a leading 1.
                let shift = i64::from(mantissa.leading_zeros()) - 11;
                (mantissa, exponent, lead) = ((mantissa << shift) & ((1 << 52) - 1), exponent - shift, 1);
            }
            let drop = 52 - 4 * digits;
            let (kept, rest, half) = (mantissa >> drop, mantissa & ((1 << drop) - 1), 1u64 << (drop - 1));
            let mut all = (lead << (4 * digits)) + kept;
            all += u64::from(rest > half || (rest == half && kept & 1 == 1));
            if all >> (4 * digits) > 1 {
                (all, exponent) = (all >> 1, exponent + 1);
            }
            format!("0x1.{:0digits$x}", all & ((1 << (4 * digits)) - 1))
        }
        _ => {
            let digits = format!("{mantissa:013x}");
            let digits = digits.trim_end_matches('0');
            format!("0x{lead}.{}", if digits.is_empty() { "0" } else { digits })
        }
    };
    let _ = write!(body, "p{exponent}");
    if spec.flags.has('0') {
        let taken = usize::from(n.is_sign_negative() || spec.flags.has('+') || spec.flags.has(' '));
        let zeros = spec.width.saturating_sub(body.len() + taken);
        body.insert_str(2, &"0".repeat(zeros));
    }
    let sign = match n.is_sign_negative() {
        true => "-",
        false if spec.flags.has('+') => "+",
        false if spec.flags.has(' ') => " ",
        false => "",
    };
    out.push_str(sign);
    out.push_str(&if spec.upper { body.to_uppercase() } else { body });
}
