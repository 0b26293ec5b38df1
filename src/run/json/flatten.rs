//! JSON as a flat list of fields: names of nested keys joined by dots, items numbered, blanks in keys as `_`.

use super::blob::blob;
use super::scan::{Broken, Scanner, Walk};
use super::text::unescaped;

/// Goes down into JSON and names what it finds.
pub struct Flatten {
    /// The level below which JSON stays as it is.
    pub depth: usize,
    /// Whether arrays of plain values are taken apart.
    pub arrays: bool,
}

type OnLeaf<'f, 'm> = &'f mut dyn FnMut(&str, &'m str);

impl Flatten {
    /// Hands over each field's name and its value as written, in the order of the text: of the whole text if that is JSON,
    /// else of the last whole object in it. A part whose names all begin with a text that `enter` refuses is left out.
    pub fn each<'m>(&self, text: &'m str, enter: &dyn Fn(&str) -> bool, found: &mut dyn FnMut(&str, &'m str)) {
        if let Some(json) = json_in(text) {
            self.under(json, String::new(), enter, found);
        }
    }

    /// The same for a text that is a JSON object or array, as [`json_in`] finds it; all names begin with `name`.
    pub fn under<'m>(
        &self,
        json: &'m str,
        mut name: String,
        enter: &dyn Fn(&str) -> bool,
        found: &mut dyn FnMut(&str, &'m str),
    ) {
        // It was checked before, so the walk does not fail.
        let _: Walk = self.inside(&mut Scanner::new(json), &mut name, 1, enter, found);
    }

    /// Goes over the members or items of a container; `name` is its own.
    fn inside<'m>(
        &self,
        scanner: &mut Scanner<'m>,
        name: &mut String,
        level: usize,
        enter: &dyn Fn(&str) -> bool,
        found: OnLeaf<'_, 'm>,
    ) -> Walk {
        let length = name.len();
        if scanner.peek() == Some(b'{') {
            scanner.members(|scanner, key| {
                if length > 0 {
                    name.push('.');
                }
                let start = name.len();
                name.push_str(&if key.escaped { unescaped(key.raw) } else { key.raw.into() });
                if name[start..].contains(' ') {
                    name.replace_range(start.., &name[start..].replace(' ', "_"));
                }
                let walk = self.one(scanner, name, level, enter, found);
                name.truncate(length);
                walk
            })
        } else {
            scanner.items(|scanner, index| {
                name.push_str(&format!("[{index}]"));
                let walk = self.one(scanner, name, level, enter, found);
                name.truncate(length);
                walk
            })
        }
    }

    /// A value with its name: taken apart, or found.
    fn one<'m>(
        &self,
        scanner: &mut Scanner<'m>,
        name: &mut String,
        level: usize,
        enter: &dyn Fn(&str) -> bool,
        found: OnLeaf<'_, 'm>,
    ) -> Walk {
        if !enter(name) {
            return scanner.skip();
        }
        if let Some(b'{' | b'[') = scanner.peek()
            && level < self.depth
            && self.apart(scanner.left())
        {
            return self.inside(scanner, name, level + 1, enter, found);
        }
        let raw = scanner.value()?;
        found(name, raw);
        Ok(())
    }

    /// Whether the container that a text starts with is to be taken apart: it must not be empty, and an array must hold
    /// another container unless all arrays are.
    fn apart(&self, text: &str) -> bool {
        let (mut plain, mut nested) = (false, false);
        let mut scanner = Scanner::new(text);
        if text.starts_with('{') {
            // Stops at the first member.
            let _: Walk = scanner.members(|scanner, _| {
                nested = true;
                Err(Broken::At(scanner.at()))
            });
        } else {
            let _: Walk = scanner.items(|scanner, _| {
                plain = true;
                nested |= matches!(scanner.peek(), Some(b'{' | b'['));
                scanner.skip()
            });
        }
        nested || (plain && self.arrays)
    }
}

/// The JSON in a text: all of it if it is an object or an array, else the last whole object in it.
pub fn json_in(text: &str) -> Option<&str> {
    let whole = text.trim_ascii();
    let mut scanner = Scanner::new(whole);
    match scanner.skip().and_then(|()| scanner.end()) {
        Ok(()) if whole.starts_with(['{', '[']) => Some(whole),
        _ => blob(text),
    }
}

/// Whether a name is the wanted one, which is in lower case.
pub fn is(name: &str, wanted: &str) -> bool {
    match name.is_ascii() {
        true => name.eq_ignore_ascii_case(wanted),
        false => name.to_lowercase() == wanted,
    }
}

/// Whether a name, which is in lower case, goes on after a beginning.
pub fn begins(name: &str, beginning: &str) -> bool {
    match beginning.is_ascii() {
        true => name.get(..beginning.len()).is_some_and(|head| head.eq_ignore_ascii_case(beginning)),
        false => name.starts_with(&beginning.to_lowercase()),
    }
}
