//! Against what `java.util.Formatter` does: `tests/vectors/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

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
    for line in include_str!("../../../tests/vectors/formats.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [format, args @ .., expected] = &cells[..] else { panic!("{line}") };
        let texts: Vec<String> = args.iter().map(|arg| plain(&arg[1..])).collect();
        let values = args.iter().zip(&texts).map(|(arg, text)| match &arg[..1] {
            "L" => Value::Int(text.parse().unwrap()),
            "D" => Value::Double(text.replace("Infinity", "inf").parse().unwrap()),
            "B" => Value::Bool(text == "true"),
            _ => Value::Text(text),
        });
        let values: Vec<Value<'_>> = values.collect();
        let found = spec::parts(&plain(format), values.len()).ok().and_then(|parts| {
            let mut out = String::new();
            for part in &parts {
                match part {
                    Part::Text(text) => out.push_str(text),
                    Part::Spec(spec) => {
                        let value = values.get(spec.arg).copied().unwrap_or_default();
                        convert(spec, value, Zone::Named(chrono_tz::Tz::UTC), &mut out)?;
                    }
                }
            }
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
