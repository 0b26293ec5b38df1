//! Completion from the open data: names inside quoted patterns, values, and fields that no stage has made yet.

use super::editor::Assistant;
use super::fields::{Origin, SeenField};
use rustyline::completion::Pair;
use sumoql::language::complete::place;

/// A longer value is not offered.
const LONGEST: usize = 80;

impl Assistant {
    /// What may follow a query, and where what it replaces begins.
    pub(super) fn of_query(&self, text: &str) -> (usize, Vec<Pair>) {
        if let Some(found) = self.within_quotes(text).or_else(|| self.values_of_field(text)) {
            return found;
        }
        let names = self.names();
        let mut all = names.clone();
        all.extend(self.seen.iter().map(|field| field.name.clone()));
        let (known, mut found) =
            (self.language.complete(text, text.len(), &names), self.language.complete(text, text.len(), &all));
        let (typed, start) = (found.span.of(text).to_string(), found.span.start);
        // `image` and `Image` are often there both, and what is typed tells which is meant.
        if found.items.iter().any(|one| one.text.starts_with(&typed)) {
            found.items.retain(|one| one.text.starts_with(&typed));
        }
        let place = place(text);
        let there = self.auto_parse || text.to_lowercase().contains("json auto");
        let pair = |shown: &str, replacement: String| Pair { display: shown.to_string(), replacement };
        let only_seen = |text: &str| !there && known.items.iter().all(|item| item.text != text);
        let made = |text: &str| {
            let named = |field: &&SeenField| field.name == text || format!("%\"{}\"", field.name) == text;
            self.seen.iter().find(named).and_then(SeenField::stage)
        };
        // In the scope no stage can have made them.
        let needs: Vec<Option<String>> =
            found.items.iter().map(|item| if only_seen(&item.text) { made(&item.text) } else { None }).collect();
        if !place.piped {
            let usable = found.items.iter().zip(&needs).filter(|(_, needs)| needs.is_none());
            return (start, usable.map(|(item, _)| pair(&item.text, item.text.clone())).collect());
        }
        if needs.iter().all(Option::is_none) {
            return (start, found.items.iter().map(|item| pair(&item.text, item.text.clone())).collect());
        }
        // The stage goes before this one, so all candidates take the place of this one.
        let from = text.len() - place.stage.len() - 1;
        let stage = &text[from..start];
        let whole = found.items.iter().zip(&needs).map(|(item, needs)| match needs {
            None => pair(&item.text, format!("{stage}{}", item.text)),
            Some(maker) => {
                pair(&format!("{}  (with `| {maker}`)", item.text), format!("| {maker} {stage}{}", item.text))
            }
        });
        (from, whole.collect())
    }

    /// Inside the quotes of a stage that names what is in messages: what is there.
    fn within_quotes(&self, text: &str) -> Option<(usize, Vec<Pair>)> {
        let place = place(text);
        if !(place.piped && place.literal) {
            return None;
        }
        let at = text.len() - place.stage.len() + open_quote(place.stage)? + 1;
        let typed = &text[at..];
        let operator = place.stage.split_whitespace().next()?.to_lowercase();
        let (origin, start, end) = match operator.as_str() {
            "json" => (Origin::Json, at, "\""),
            "parse" => {
                let (name, end) = match (typed.rfind("@Name='"), typed.rfind("Data Name='")) {
                    (Some(path), _) => (path + "@Name='".len(), "']\""),
                    (None, Some(data)) => (data + "Data Name='".len(), "'>*</Data>\""),
                    (None, None) => return None,
                };
                (Origin::Data, at + name, end)
            }
            _ => return None,
        };
        let typed = text[start..].to_lowercase();
        let fits = self.seen.iter().filter(|field| field.origin == origin && !field.name.contains(['"', '\\', '\'']));
        let fits = fits.filter(|field| field.name.to_lowercase().starts_with(&typed));
        let pair =
            |field: &SeenField| Pair { display: field.name.clone(), replacement: format!("{}{end}", field.name) };
        Some((start, fits.map(pair).collect()))
    }

    /// Behind `=` or `!=` after a field: the values that it has in the data or in the last result.
    fn values_of_field(&self, text: &str) -> Option<(usize, Vec<Pair>)> {
        let place = place(text);
        if !place.piped {
            return None;
        }
        let stage = text.len() - place.stage.len();
        let start = match place.literal {
            true => stage + open_quote(place.stage)?,
            false => text.rfind(|c: char| c.is_whitespace() || "=(,".contains(c)).map_or(0, |at| at + 1),
        };
        let before = text[..start].trim_end().strip_suffix('=')?.trim_end_matches(['=', '!']).trim_end();
        let name_at = before
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let name = &before[name_at..];
        let known = self.seen.iter().chain(&self.fields).filter(|field| field.name.eq_ignore_ascii_case(name));
        let mut values: Vec<&String> = Vec::new();
        for value in known.flat_map(|field| &field.values) {
            if !values.contains(&value) && value.chars().count() <= LONGEST && !value.contains(char::is_control) {
                values.push(value);
            }
        }
        if name.is_empty() || values.is_empty() {
            return None;
        }
        let typed = text[start..].trim_start_matches('"').to_lowercase();
        let fits = values.into_iter().filter(|value| value.to_lowercase().starts_with(&typed));
        let pair = |value: &String| {
            let number = !place.literal && value.parse::<f64>().is_ok_and(f64::is_finite);
            let quoted = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
            Pair { display: value.clone(), replacement: if number { value.clone() } else { quoted } }
        };
        Some((start, fits.map(pair).collect()))
    }
}

/// Where the quote that is open at the end of a text begins.
fn open_quote(text: &str) -> Option<usize> {
    let (mut open, mut escaped) = (None, false);
    for (at, c) in text.char_indices() {
        match (c, open) {
            (_, Some(_)) if escaped => escaped = false,
            ('\\', Some(_)) => escaped = true,
            ('"', Some(_)) => open = None,
            ('"', None) => open = Some(at),
            _ => {}
        }
    }
    open
}
