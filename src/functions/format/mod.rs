//! `format`: a text by a format text as Java's `String.format` has it.

mod date;
mod number;
mod spec;

use crate::data::value::{Owned, Value};
use crate::functions::BASE;
use crate::java::date_format::Zone;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, Eval, Function};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use spec::{Kind, Part, Spec};

/// The most arguments after the format text.
const MOST: usize = 16;

pub static FORMAT: FunctionDef = FunctionSignature {
    name: "format",
    params: &[Param::new("format", Type::Text), Param::new("value", Type::Any), Param::repeated("value", Type::Any)],
    returns: Type::Text,
    summary: "Formats values as a string.",
    doc: "The format is one of Java's `String.format`: `%[index$][flags][width][.precision]conversion`.\n\n\
          | conversion | writes |\n\
          |---|---|\n\
          | `%s` `%S` | the value as a string; in upper case |\n\
          | `%d` | a whole number; a string that reads as one is cast |\n\
          | `%f` `%.2f` | a number with 6 (or the given number of) decimals, rounded half up |\n\
          | `%e` `%g` | a number with an exponent; with an exponent only if it is very large or small |\n\
          | `%x` `%X` `%o` | a whole number in hexadecimal or octal; cast a string first |\n\
          | `%c` `%b` `%h` | a character by its code point; true or false; a hash |\n\
          | `%tY` `%tF` … | parts of a time in milliseconds |\n\
          | `%%` `%n` | a percent sign; a line break |\n\n\
          Flags: `-` aligns to the left, `0` adds leading zeros, `+` always writes a sign, `,` separates thousands, \
          `(` puts negative numbers in parentheses, ` ` puts a space before positive numbers, `#` adds a prefix such \
          as `0x`.\n\n\
          A row in which a value is null or does not fit its conversion is dropped. The format must be a quoted \
          string; at most 16 values can follow. As a stage, it needs a name for the result.",
    page: "search/search-query-language/search-operators/format",
    also: &["printf", "sprintf", "template", "decimals", "padding", "round"],
    examples: &[
        Example {
            title: "Decimals and thousands",
            query: "* | parse \"n=*;\" as n | format(\"%.1f|%,.2f|%05.1f\", n, n, n) as s | fields s",
            messages: &["n=1234.5678;", "n=0.25;", "n=7;"],
            expect: Expect::Rows(&["s"], &[&["1234.6|1,234.57|1234.6"], &["0.3|0.25|000.3"], &["7.0|7.00|007.0"]]),
        },
        Example {
            title: "Whole numbers are cast for %d, not for %x",
            query: "* | parse \"n=*;\" as n | format(\"%d\", n) as a | format(\"%d %04X\", n, toLong(n)) as b | fields a, b",
            messages: &["n=0255;"],
            expect: Expect::Rows(&["a", "b"], &[&["255", "255 00FF"]]),
        },
        Example {
            title: "A null or a value of the wrong kind drops the row",
            query: "* | parse \"n=*;\" as n nodrop | format(\"%d%%\", n) as s | fields s",
            messages: &["n=9;", "n=x;", "n=1.5;", "nothing"],
            expect: Expect::Rows(&["s"], &[&["9%"]]),
        },
        Example {
            title: "Also in a condition, even if it is negated",
            query: "* | parse \"n=*;\" as n | where !(format(\"%x\", n) = \"ff\") | count",
            messages: &["n=255;"],
            expect: Expect::Rows(&["_count"], &[]),
        },
        Example {
            title: "A branch that is not taken drops nothing",
            query: "* | parse \"n=*;\" as n | if(isNumeric(n), format(\"%03d\", n), \"-\") as s | fields s",
            messages: &["n=7;", "n=x;"],
            expect: Expect::Rows(&["s"], &[&["007"], &["-"]]),
        },
        Example {
            title: "By position, and left-justified",
            query: "* | format(\"%2$s-%1$-4s|%<S\", \"ab\", 1) as s | fields s",
            messages: &["x"],
            expect: Expect::Rows(&["s"], &[&["1-ab  |AB"]]),
        },
        Example {
            title: "A missing value",
            query: "* | format(\"%s %s\", _raw) as s",
            messages: &[],
            expect: Expect::Error("E203"),
        },
        Example {
            title: "The format comes first",
            query: "* | format(_raw, \"%s\") as s",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    alias_needed: true,
    ..BASE
}
.made_by(Make::Prepared(prepare));

fn prepare(args: &[Eval]) -> Result<Box<dyn Function>, String> {
    let Some(Eval::Constant(Owned::Text(format))) = args.first() else {
        return Err("the first argument of `format` must be a quoted format string".into());
    };
    if args.len() - 1 > MOST {
        return Err(format!("`format` takes at most {MOST} values, not {}", args.len() - 1));
    }
    Ok(Box::new(Format(spec::parts(format, args.len() - 1)?)))
}

struct Format(Vec<Part>);

impl Function for Format {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Spec(spec) => {
                    let value = args.get(spec.arg + 1).copied().unwrap_or_default();
                    if convert(spec, value, Zone::Named(cx.env.zone), &mut out).is_none() {
                        return cx.fail();
                    }
                }
            }
        }
        cx.text(&out)
    }

    fn may_fail(&self) -> bool {
        true
    }
}

/// Writes one conversion; nothing when the value does not fit it.
fn convert(spec: &Spec, value: Value<'_>, zone: Zone, out: &mut String) -> Option<()> {
    let start = out.len();
    match spec.kind {
        Kind::Percent => out.push('%'),
        Kind::Newline => out.push('\n'),
        _ if value.is_null() => return None,
        Kind::Text => text(spec, |text| value.write(text), out),
        Kind::Bool => {
            let value = !matches!(value, Value::Bool(false));
            text(spec, |text| text.push_str(if value { "true" } else { "false" }), out);
        }
        Kind::Hash => {
            let hash = format!("{:x}", hash(value));
            text(spec, |text| text.push_str(&hash), out);
        }
        Kind::Char => {
            let code = u32::try_from(whole(value, false)?).ok()?;
            out.push(char::from_u32(code)?);
            upper(spec, start, out);
        }
        Kind::Decimal => number::decimal(whole(value, true)?, spec, out),
        Kind::Octal | Kind::Hex => number::bits(whole(value, false)?, spec, out),
        Kind::Fixed | Kind::Scientific | Kind::General | Kind::HexFloat => number::real(value.number()?, spec, out),
        Kind::Date(letter) => {
            date::write(letter, whole(value, false)?, zone, out);
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

/// A whole number, of a text only where it is cast.
fn whole(value: Value<'_>, cast: bool) -> Option<i64> {
    match value {
        Value::Int(n) => Some(n),
        Value::Double(n) if n.fract() == 0.0 && n.abs() < 9.3e18 => Some(n as i64),
        Value::Text(text) if cast => match text.trim().parse() {
            Ok(n) => Some(n),
            Err(_) => value.integer(),
        },
        _ => None,
    }
}

/// Java's hash code.
fn hash(value: Value<'_>) -> i32 {
    let folded = |bits: u64| (bits ^ (bits >> 32)) as u32 as i32;
    match value {
        Value::Null => 0,
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Int(n) => folded(n as u64),
        Value::Double(n) => folded(n.to_bits()),
        Value::Text(text) => text.encode_utf16().fold(0, |h: i32, unit| h.wrapping_mul(31).wrapping_add(unit.into())),
    }
}

#[cfg(test)]
mod tests;
