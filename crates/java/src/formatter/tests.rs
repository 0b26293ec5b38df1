//! Against what `java.util.Formatter` does: `tests/vectors/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

/// The values that the vectors have.
#[derive(Clone)]
enum Java {
    Null,
    Bool(bool),
    Long(i64),
    Double(f64),
    String(String),
}

impl Java {
    fn read(class: &str, text: &str) -> Java {
        match class {
            "L" => Java::Long(text.parse().unwrap()),
            "D" => Java::Double(text.replace("Infinity", "inf").parse().unwrap()),
            "B" => Java::Bool(text == "true"),
            _ => Java::String(text.to_string()),
        }
    }
}

impl Argument for Java {
    fn is_null(&self) -> bool {
        matches!(self, Java::Null)
    }

    fn is_false(&self) -> bool {
        matches!(self, Java::Bool(false))
    }

    fn whole(&self) -> Option<i64> {
        match self {
            Java::Long(n) => Some(*n),
            _ => None,
        }
    }

    fn decimal(&self) -> Option<i64> {
        self.whole()
    }

    fn real(&self) -> Option<f64> {
        match self {
            Java::Long(n) => Some(*n as f64),
            Java::Double(n) => Some(*n),
            _ => None,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Java::Null => out.push_str("null"),
            Java::Bool(value) => out.push_str(&value.to_string()),
            Java::Long(n) => out.push_str(&n.to_string()),
            Java::Double(n) => out.push_str(&n.to_string()),
            Java::String(text) => out.push_str(text),
        }
    }

    fn hash_code(&self) -> i32 {
        match self {
            Java::Null => 0,
            Java::Bool(value) => hash_code::of_bool(*value),
            Java::Long(n) => hash_code::of_bits(*n as u64),
            Java::Double(n) => hash_code::of_bits(n.to_bits()),
            Java::String(text) => hash_code::of_text(text),
        }
    }
}

fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(c) => c,
                None => '\\',
            },
            c => c,
        });
    }
    out
}

#[test]
fn values_are_written_as_java_writes_them() {
    let (mut count, mut wrong) = (0, Vec::new());
    for line in include_str!("../../tests/vectors/formats.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [format, args @ .., expected] = &cells[..] else { panic!("{line}") };
        let texts: Vec<String> = args.iter().map(|arg| plain(&arg[1..])).collect();
        let values: Vec<Java> = args.iter().zip(&texts).map(|(arg, text)| Java::read(&arg[..1], text)).collect();
        let found = Format::new(&plain(format), values.len()).ok().and_then(|format| {
            let mut out = String::new();
            let value = |index: usize| values.get(index).cloned().unwrap_or(Java::Null);
            format.write(value, Zone::Named(chrono_tz::Tz::UTC), &mut out)?;
            Some(out)
        });
        let expected = expected.strip_prefix('=').map(plain);
        count += 1;
        if found != expected {
            wrong.push(format!("{line}: found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    assert!(count > 3000, "{count}");
}

#[test]
fn a_width_has_a_limit() {
    assert!(spec::parts("%10000s", 1).is_ok());
    for wrong in ["%10001s", "%.10001f", "%99999999999999999999s", "%99999999999999999999$s"] {
        assert!(spec::parts(wrong, 1).is_err(), "{wrong}");
    }
}
