//! What functions are given: dates that are no dates, patterns of dates, texts where `format` needs numbers, stars that are
//! looked for as they are.

use super::Lint;
use super::date::slips;
use super::facts::{Known, ValueKind};
use super::pattern::{looks_like_regex, looks_wild};
use crate::diagnostics::{Diagnostic, codes};
use crate::syntax::tree::{Expr, Name};

impl Lint<'_> {
    /// Checks the arguments of a call.
    pub(super) fn call(&mut self, name: &Name, args: &[Expr], known: &Known) {
        match (self.catalogue.function(&name.text).map(|def| def.name), args) {
            (Some("formatDate"), [date, rest @ ..]) => {
                self.date_argument(date, known);
                rest.first().into_iter().for_each(|pattern| self.date_pattern(pattern));
            }
            (Some("parseDate"), [_, pattern, ..]) => self.date_pattern(pattern),
            (Some("format"), [format, values @ ..]) => self.format(format, values, known),
            (Some("contains" | "jsonArrayContains"), [_, part]) => self.contained(name, part),
            (Some("replace"), [_, search, _]) => self.replaced(search),
            _ => {}
        }
    }

    /// Sumo Logic's `formatDate` takes whole numbers: a text or a number with decimals ends in an error there.
    fn date_argument(&mut self, date: &Expr, known: &Known) {
        let fact = self.fact(date, known);
        if self.parametric(date.span) || !(fact.kind == ValueKind::Text || fact.double) {
            return;
        }
        let text = self.text(date.span);
        let (is, help) = match fact.kind {
            ValueKind::Text => (
                "a string",
                format!(
                    "if it holds milliseconds, write `toLong({text})`; if it holds a date, `parseDate({text}, \"…\")`"
                ),
            ),
            _ => ("a decimal number in Sumo Logic", format!("cast it: `toLong({text})`")),
        };
        let message = format!("`formatDate` needs whole milliseconds, and `{text}` is {is}");
        let warning = Diagnostic::warning(&codes::DATE_ARGUMENT, date.span, message).help(help);
        self.say(match fact.made.filter(|made| made.end <= date.span.start) {
            Some(made) => warning.label(made, "set here"),
            None => warning,
        });
    }

    fn date_pattern(&mut self, pattern: &Expr) {
        let Some(slips) = self.constant_text(pattern).as_deref().and_then(slips) else { return };
        let message = format!("in a date pattern, {}", slips.meanings.join(", "));
        self.warn(&codes::DATE_PATTERN, pattern.span, message, &format!("write `\"{}\"`", slips.meant));
    }

    /// `format` casts no text for conversions that work on bits, codes or moments: the row is left out.
    fn format(&mut self, format: &Expr, values: &[Expr], known: &Known) {
        let Some(text) = self.constant_text(format) else { return };
        for (at, conversion) in uncast(&text) {
            let Some(value) = values.get(at).filter(|value| self.fact(value, known).kind == ValueKind::Text) else {
                continue;
            };
            if self.parametric(value.span) {
                continue;
            }
            let written = self.text(value.span);
            let message = format!("`{conversion}` needs a number, and `{written}` is a string: its rows are dropped");
            let help = format!("cast it: `num({written})`, or `toLong({written})` for numbers beyond 2^53");
            self.warn(&codes::FORMAT_OF_TEXT, value.span, message, &help);
        }
    }

    fn replaced(&mut self, search: &Expr) {
        let Some(text) = self.constant_text(search).filter(|text| looks_like_regex(text)) else { return };
        let message =
            "this looks like a regular expression, but `replace` searches for a quoted string literally".to_string();
        let help = format!("write it between slashes: `/{}/`", text.replace("\\/", "/").replace('/', "\\/"));
        self.warn(&codes::QUOTED_REGEX, search.span, message, &help);
    }

    fn contained(&mut self, name: &Name, part: &Expr) {
        let Some(text) = self.constant_text(part).filter(|text| looks_wild(text)) else { return };
        let message = format!("`{}` searches for a literal `*`: it is not a wildcard here", name.text);
        let bare = text.trim_matches('*');
        let help = match bare.contains('*') {
            true => "use `matches`, which supports wildcards".to_string(),
            false => format!("remove the `*`: `\"{bare}\"`; only `matches` supports wildcards"),
        };
        self.warn(&codes::LITERAL_STAR, part.span, message, &help);
    }
}

/// The conversions of a format text for which no text is cast, each with the number, from 0, of the value it writes.
fn uncast(format: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut next = 0;
    let mut last = 0;
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let body = &rest[at + 1..];
        let digits = body.bytes().take_while(u8::is_ascii_digit).count();
        let index = body[digits..].starts_with('$').then(|| body[..digits].parse::<usize>().ok()).flatten();
        let end = body.find(|c: char| !c.is_ascii_digit() && !"$<-#+ ,(.".contains(c));
        let Some((end, letter)) = end.and_then(|end| Some((end, body[end..].chars().next()?))) else { break };
        rest = &body[end + letter.len_utf8()..];
        if matches!(letter, '%' | 'n') {
            continue;
        }
        let value = match index {
            Some(index) => index.saturating_sub(1),
            None if body[..end].contains('<') => last,
            None => {
                next += 1;
                next - 1
            }
        };
        last = value;
        if matches!(letter, 'x' | 'X' | 'o' | 'c' | 'C' | 't' | 'T') {
            found.push((value, format!("%{}{letter}", &body[..end])));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::uncast;

    #[test]
    fn conversions_without_a_cast() {
        let found = |format| uncast(format).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(found("%s %X"), [1]);
        assert_eq!(found("%% %d%n %08x %<o"), [1, 1]);
        assert_eq!(found("%2$s %1$#x %tY"), [0, 0]);
        assert_eq!(found("%s %.2f %"), [] as [usize; 0]);
        assert_eq!(uncast("%1$#x")[0].1, "%1$#x");
    }
}
