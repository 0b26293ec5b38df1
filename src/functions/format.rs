//! `format`: a text by a format text as Java's `String.format` has it.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, CompiledExpr, Function};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Param, Type};
use sumoql_data::value::{Owned, Value};
use sumoql_java::date_format::Zone;
use sumoql_java::formatter::{Argument, Format as Pattern, hash_code};

/// The most values after the format text (manual page `format`).
const MAX_VALUES: usize = 16;

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

fn prepare(args: &[CompiledExpr]) -> Result<Box<dyn Function>, String> {
    let Some(CompiledExpr::Constant(Owned::Text(format))) = args.first() else {
        return Err("the first argument of `format` must be a quoted format string".into());
    };
    if args.len() - 1 > MAX_VALUES {
        return Err(format!("`format` takes at most {MAX_VALUES} values, not {}", args.len() - 1));
    }
    Ok(Box::new(Format(Pattern::new(format, args.len() - 1)?)))
}

struct Format(Pattern);

impl Function for Format {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let mut out = String::new();
        let value = |index: usize| Cast(args.get(index + 1).copied().unwrap_or_default());
        if self.0.write(value, Zone::Named(cx.env.zone), &mut out).is_none() {
            return cx.fail();
        }
        cx.text(&out)
    }

    fn may_fail(&self) -> bool {
        true
    }
}

/// A value by the language's rules for casting: a text is a number only for `%d` and the like.
struct Cast<'m>(Value<'m>);

impl Argument for Cast<'_> {
    fn is_null(&self) -> bool {
        self.0.is_null()
    }

    fn is_false(&self) -> bool {
        matches!(self.0, Value::Bool(false))
    }

    fn whole(&self) -> Option<i64> {
        match self.0 {
            Value::Int(n) => Some(n),
            Value::Double(n) if n.fract() == 0.0 && n.abs() < 9.3e18 => Some(n as i64),
            _ => None,
        }
    }

    fn decimal(&self) -> Option<i64> {
        match self.0 {
            Value::Text(text) => text.trim().parse().ok().or_else(|| self.0.integer()),
            _ => self.whole(),
        }
    }

    fn real(&self) -> Option<f64> {
        self.0.number()
    }

    fn write(&self, out: &mut String) {
        self.0.write(out);
    }

    fn hash_code(&self) -> i32 {
        match self.0 {
            Value::Null => 0,
            Value::Bool(value) => hash_code::of_bool(value),
            Value::Int(n) => hash_code::of_bits(n as u64),
            Value::Double(n) => hash_code::of_bits(n.to_bits()),
            Value::Text(text) => hash_code::of_text(text),
        }
    }
}
