//! How the call or stage at a place is written.

use super::complete::place;
use crate::syntax::form::written;
use crate::syntax::lexical::is_word_char;
use crate::syntax::signatures::Signatures;
use serde::Serialize;

/// How a call or a stage is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SignatureHelp {
    /// Its name.
    pub name: String,
    /// The whole form.
    pub usage: String,
    /// What it does, one line.
    pub summary: String,
    /// The parameters of a function, in order.
    pub parameters: Vec<String>,
    /// The number, from 0, of the parameter at the place.
    pub active: Option<usize>,
}

/// An open call: its name, and how many commas come before the place.
type Call<'t> = (&'t str, usize);

/// How the innermost open call before the end of a text is written, or its last stage.
pub fn signature_help(catalogue: &Signatures, before: &str) -> Option<SignatureHelp> {
    let place = place(before);
    let calls = open_calls(place.stage);
    calls.iter().rev().find_map(|call| of_call(catalogue, *call)).or_else(|| {
        let first = place.stage.trim_start().split(|c| !is_word_char(c)).next().filter(|word| !word.is_empty())?;
        place.piped.then(|| of_stage(catalogue, place.stage.trim(), first)).flatten()
    })
}

fn of_call(catalogue: &Signatures, (name, commas): Call<'_>) -> Option<SignatureHelp> {
    if let Some(def) = catalogue.function(name) {
        let last = def.params.len().checked_sub(1);
        let repeated = def.params.last().is_some_and(|param| param.repeated);
        let active = if repeated { last.map(|last| commas.min(last)) } else { Some(commas) };
        return Some(SignatureHelp {
            name: def.name.to_string(),
            usage: def.signature(),
            summary: def.summary.to_string(),
            parameters: def.params.iter().map(|param| param.name.to_string()).collect(),
            active: active.filter(|at| *at < def.params.len()),
        });
    }
    let def = catalogue.aggregate(name)?;
    Some(SignatureHelp {
        name: def.name.to_string(),
        usage: def.form.to_string(),
        summary: def.summary.to_string(),
        parameters: Vec::new(),
        active: None,
    })
}

fn of_stage(catalogue: &Signatures, stage: &str, first: &str) -> Option<SignatureHelp> {
    let help = |name: &str, usage, summary: &str| {
        let (name, summary) = (name.to_string(), summary.to_string());
        Some(SignatureHelp { name, usage, summary, parameters: Vec::new(), active: None })
    };
    let low = stage.to_lowercase();
    // `parse regex` before `parse`: the longer name comes first.
    let named = catalogue.operators_starting(first).find(|(def, _)| low.starts_with(def.name));
    if let Some((def, form)) = named.or_else(|| catalogue.operators_starting(first).last()) {
        return help(def.name, written(form), def.summary);
    }
    let entry = catalogue.entries().into_iter().find(|entry| entry.name.eq_ignore_ascii_case(first))?;
    help(entry.name, entry.usage, entry.summary)
}

/// The calls that are open at the end of a text, from the outside in.
fn open_calls(text: &str) -> Vec<Call<'_>> {
    let mut open: Vec<Call<'_>> = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let mut escaped = false;
                let _ = chars.by_ref().find(|(_, c)| {
                    let ends = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    ends
                });
            }
            '(' => {
                let before = text[..at].trim_end();
                let start = before.rfind(|c| !is_word_char(c));
                let name = start.map_or(before, |start| &before[start..]);
                open.push((name.trim_start_matches(|c| !is_word_char(c)), 0));
            }
            ')' => drop(open.pop()),
            ',' => open.last_mut().into_iter().for_each(|(_, commas)| *commas += 1),
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_call_or_the_stage() {
        let catalogue = crate::catalogue();
        let help = |text: &str| {
            signature_help(&catalogue, text).map_or((String::new(), None), |help| (help.usage, help.active))
        };
        assert_eq!(help("* | where substring(x, "), ("substring(text, start, end?)".into(), Some(1)));
        assert_eq!(help("* | where (length(concat(a, b), "), ("length(text)".into(), None));
        assert_eq!(help("* | concat(a, \"(,\", b, c, d, e"), ("concat(a, b, more …)".into(), Some(2)));
        assert!(help("* | count, sum(x").0.starts_with("sum("));
        assert!(help("* | parse regex ").0.contains("regex"));
        assert!(help("* | where x = (a").0.starts_with("where"));
        assert_eq!(help("error ("), (String::new(), None));
    }
}
