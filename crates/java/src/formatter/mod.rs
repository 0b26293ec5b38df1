//! `java.util.Formatter`: values written by a format text, as `String.format` does.

mod date;
pub mod hash_code;
mod number;
mod spec;

use crate::date_format::Zone;
use spec::{Conversion, FormatPart, Spec};

/// A value that a format text writes. What is a number, and how a value reads as text, is the caller's to say.
pub trait Argument {
    /// Whether there is no value: then nothing is written, and the whole text fails.
    fn is_null(&self) -> bool;
    /// Whether it is the boolean `false`, which is all that `%b` does not call true.
    fn is_false(&self) -> bool;
    /// A whole number for `%x`, `%o`, `%c` and `%t`, which cast nothing.
    fn whole(&self) -> Option<i64>;
    /// A whole number for `%d`.
    fn decimal(&self) -> Option<i64>;
    /// A number for `%f`, `%e`, `%g` and `%a`.
    fn real(&self) -> Option<f64>;
    /// Its text, for `%s`.
    fn write(&self, out: &mut String);
    /// Java's hash code of it, for `%h`: see [`hash_code`].
    fn hash_code(&self) -> i32;
}

/// A format text: `%[index$][flags][width][.precision]conversion`.
#[derive(Debug)]
pub struct Format(Vec<FormatPart>);

impl Format {
    /// Reads a format text that is given a number of arguments.
    ///
    /// # Errors
    /// What is wrong with the text, for its writer: an unknown conversion, a flag that does not fit, a missing argument.
    pub fn new(text: &str, arguments: usize) -> Result<Format, String> {
        spec::parts(text, arguments).map(Format)
    }

    /// Writes the text with its arguments, of which `argument` gives one by its number from 0. `None` when one of them is
    /// null or does not fit its conversion; then `out` holds what comes before it.
    pub fn write<A: Argument>(&self, argument: impl Fn(usize) -> A, zone: Zone, out: &mut String) -> Option<()> {
        for part in &self.0 {
            match part {
                FormatPart::Text(text) => out.push_str(text),
                FormatPart::Spec(spec) => convert(spec, &argument(spec.arg), zone, out)?,
            }
        }
        Some(())
    }
}

/// Writes one conversion; nothing when the value does not fit it.
fn convert(spec: &Spec, value: &impl Argument, zone: Zone, out: &mut String) -> Option<()> {
    let start = out.len();
    match spec.kind {
        Conversion::Percent => out.push('%'),
        Conversion::Newline => out.push('\n'),
        _ if value.is_null() => return None,
        Conversion::Text => text(spec, |text| value.write(text), out),
        Conversion::Bool => {
            let value = !value.is_false();
            text(spec, |text| text.push_str(if value { "true" } else { "false" }), out);
        }
        Conversion::Hash => {
            let hash = format!("{:x}", value.hash_code());
            text(spec, |text| text.push_str(&hash), out);
        }
        Conversion::Char => {
            let code = u32::try_from(value.whole()?).ok()?;
            out.push(char::from_u32(code)?);
            upper(spec, start, out);
        }
        Conversion::Decimal => number::decimal(value.decimal()?, spec, out),
        Conversion::Octal | Conversion::Hex => number::bits(value.whole()?, spec, out),
        Conversion::Fixed | Conversion::Scientific | Conversion::General | Conversion::HexFloat => {
            number::real(value.real()?, spec, out)
        }
        Conversion::Date(letter) => {
            date::write(letter, value.whole()?, zone, out);
            upper(spec, start, out);
        }
    }
    pad(spec, start, out);
    Some(())
}

/// A text, cut to the precision.
fn text(spec: &Spec, write: impl FnOnce(&mut String), out: &mut String) {
    let start = out.len();
    write(out);
    if let Some(precision) = spec.precision
        && let Some((end, _)) = out[start..].char_indices().nth(precision)
    {
        out.truncate(start + end);
    }
    upper(spec, start, out);
}

fn upper(spec: &Spec, start: usize, out: &mut String) {
    if spec.upper {
        let text = out.split_off(start);
        out.push_str(&text.to_uppercase());
    }
}

/// Blanks up to the width.
fn pad(spec: &Spec, start: usize, out: &mut String) {
    let length = if spec.width == 0 { return } else { out[start..].chars().count() };
    let blanks = " ".repeat(spec.width.saturating_sub(length));
    match spec.flags.has('-') {
        true => out.push_str(&blanks),
        false => out.insert_str(start, &blanks),
    }
}

#[cfg(test)]
mod tests;
