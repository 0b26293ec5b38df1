//! How undocumented forms are written in Sumo Logic's way, as edits of the text.

use super::Walk;
use crate::diagnostics::{Edit, Fix, Span};
use crate::syntax::lexical::is_word_char;
use crate::syntax::tree::Name;

impl Walk<'_> {
    /// Adds to what was told last how to write the same in Sumo Logic's way.
    pub(super) fn fix(&mut self, fix: Fix) {
        if let Some(last) = self.found.last_mut() {
            last.fix = Some(Box::new(fix));
        }
    }

    /// The same, if it is one text in the place of another. It stays apart from the words beside it.
    pub(super) fn exchange(&mut self, span: Span, new: impl Into<String>) {
        let new = new.into();
        let word = |c: Option<char>| c.is_some_and(is_word_char);
        let (before, after) = (self.text.get(..span.start), self.text.get(span.end..));
        let glued = word(before.and_then(|text| text.chars().next_back())) && word(new.chars().next());
        let left = if glued { " " } else { "" };
        let glued = word(after.and_then(|text| text.chars().next())) && word(new.chars().next_back());
        let right = if glued { " " } else { "" };
        let mut fix = Fix::replace(span, new).same_rows();
        fix.edits.iter_mut().for_each(|edit| edit.text = format!("{left}{}{right}", edit.text));
        self.fix(fix);
    }

    /// The same for a whole expression, whose brackets stay.
    pub(super) fn exchange_expression(&mut self, span: Span, new: String) {
        let old = span.of(self.text);
        match old.starts_with('(') && old.ends_with(')') {
            true => self.exchange(span, format!("({new})")),
            false => self.exchange(span, new),
        }
    }

    /// Another name of the function that the manual has instead, or of one that is near to it.
    pub(super) fn renamed(&mut self, name: &Name, instead: &str) {
        let new = instead.strip_prefix("write `").and_then(|rest| rest.strip_suffix("(x)`"));
        let Some(def) = new.and_then(|new| self.signatures.function(new)) else { return };
        let same = self.signatures.function(&name.text).is_some_and(|written| std::ptr::eq(written, def));
        match same {
            true => self.exchange(name.span, def.name),
            false => self.fix(Fix::replace(name.span, def.name)),
        }
    }

    /// Quotes that only look like quotes. `quoted` is the text with them.
    pub(super) fn typographic(&mut self, span: Span, quoted: Span) {
        self.report(span, "typographic quotes", "write straight quotes: `\"`");
        let mut chars = quoted.of(self.text).chars();
        if let (Some(open), Some(close)) = (chars.next(), chars.next_back())
            && !chars.as_str().contains('"')
        {
            let quote = |start, end| Edit { span: Span::new(start, end), text: "\"".into() };
            let edits = vec![
                quote(quoted.start, quoted.start + open.len_utf8()),
                quote(quoted.end - close.len_utf8(), quoted.end),
            ];
            self.fix(Fix::new("write straight quotes", edits).same_rows());
        }
    }
}
