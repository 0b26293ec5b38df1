//! The elements of a record's XML, as it was rendered here: attributes in single quotes, nothing that is not closed.

use memchr::memchr;
use memchr::memmem::find;
use std::borrow::Cow;
use std::ops::Range;

/// The elements of a text with one at its top.
#[derive(Debug, Default)]
pub struct Elements<'x> {
    elements: Vec<Element<'x>>,
    attributes: Vec<(&'x str, &'x str)>,
}

/// An element. What it holds is as the XML has it, with its entities.
#[derive(Debug, Default)]
pub struct Element<'x> {
    /// Its name.
    pub name: &'x str,
    /// The text in it, without that of its elements.
    pub text: Cow<'x, str>,
    attributes: Range<usize>,
    /// The first element in it, and the one after it; 0 is none.
    child: usize,
    next: usize,
}

impl<'x> Elements<'x> {
    /// Reads a text. Nothing if there is no element at its top, or something else.
    pub fn read(xml: &'x str) -> Option<Elements<'x>> {
        // Most records have about this many.
        let mut out = Elements { elements: Vec::with_capacity(48), attributes: Vec::with_capacity(48) };
        // The open elements, each with the last one in it so far.
        let mut open: Vec<(usize, usize)> = Vec::with_capacity(8);
        let mut at = 0;
        while let Some(length) = memchr(b'<', &xml.as_bytes()[at..]) {
            let tag = at + length;
            if length > 0 {
                out.elements[open.last()?.0].append(&xml[at..tag]);
            }
            let rest = &xml[tag + 1..];
            if let Some(rest) = rest.strip_prefix('/') {
                let end = memchr(b'>', rest.as_bytes())?;
                if rest[..end] != *out.elements[open.pop()?.0].name {
                    return None;
                }
                at = tag + 2 + end + 1;
            } else if let Some(data) = rest.strip_prefix("![CDATA[") {
                let end = find(data.as_bytes(), b"]]>")?;
                let data = data[..end].replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                out.elements[open.last()?.0].append_owned(&data);
                at = xml.len() - rest.len() + "![CDATA[".len() + end + "]]>".len();
            } else if rest.starts_with('?') {
                at = tag + 1 + find(rest.as_bytes(), b"?>")? + 2;
            } else {
                let (number, end, closed) = out.tag(rest)?;
                match open.last_mut() {
                    None if number > 0 => return None,
                    None => {}
                    Some((parent, 0)) => {
                        out.elements[*parent].child = number;
                        open.last_mut()?.1 = number;
                    }
                    Some((_, last)) => {
                        out.elements[*last].next = number;
                        *last = number;
                    }
                }
                if !closed {
                    open.push((number, 0));
                }
                at = tag + 1 + end;
            }
        }
        (at == xml.len() && open.is_empty() && !out.elements.is_empty()).then_some(out)
    }

    /// Takes in what stands after a `<`. The answer is the element's number, how long the tag is, and whether it is all
    /// of the element.
    fn tag(&mut self, text: &'x str) -> Option<(usize, usize, bool)> {
        let bytes = text.as_bytes();
        let end = bytes.iter().position(|byte| matches!(byte, b' ' | b'/' | b'>'))?;
        let name = &text[..end];
        let first = self.attributes.len();
        let mut at = end;
        let closed = loop {
            match bytes.get(at)? {
                b'>' => break false,
                b'/' if bytes.get(at + 1) == Some(&b'>') => {
                    at += 1;
                    break true;
                }
                b' ' => {
                    let equals = at + memchr(b'=', &bytes[at..])?;
                    let quoted = text[equals + 1..].strip_prefix('\'')?;
                    let length = memchr(b'\'', quoted.as_bytes())?;
                    self.attributes.push((&text[at + 1..equals], &quoted[..length]));
                    at = equals + 2 + length + 1;
                }
                _ => return None,
            }
        };
        let attributes = first..self.attributes.len();
        self.elements.push(Element { name, attributes, ..Element::default() });
        Some((self.elements.len() - 1, at + 1, closed))
    }

    /// The one at the top.
    pub fn top(&self) -> &Element<'x> {
        &self.elements[0]
    }

    /// The elements in an element.
    pub fn children(&self, element: &Element<'x>) -> impl Iterator<Item = &Element<'x>> {
        let number = |number: usize| Some(number).filter(|number| *number != 0);
        std::iter::successors(number(element.child).map(|n| &self.elements[n]), move |element| {
            number(element.next).map(|n| &self.elements[n])
        })
    }

    /// Names and values of its attributes.
    pub fn attributes(&self, element: &Element<'x>) -> &[(&'x str, &'x str)] {
        &self.attributes[element.attributes.clone()]
    }
}

impl<'x> Element<'x> {
    fn append(&mut self, text: &'x str) {
        match self.text.is_empty() {
            true => self.text = Cow::Borrowed(text),
            false => self.append_owned(text),
        }
    }

    fn append_owned(&mut self, text: &str) {
        self.text.to_mut().push_str(text);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// All of it again, but for where texts stand between elements.
    fn shown(elements: &Elements<'_>, element: &Element<'_>) -> String {
        let attributes = elements.attributes(element).iter().map(|(name, value)| format!(" {name}={value}"));
        let inner = elements.children(element).map(|child| shown(elements, child));
        format!("{}{}({}{})", element.name, attributes.collect::<String>(), element.text, inner.collect::<String>())
    }

    #[test]
    fn elements_attributes_and_texts() {
        let xml = "<a b='1' c='>\"x\"/'>t<d/>u<e f=''><g>&amp;</g></e><![CDATA[<&>]]>v<?p q?></a>";
        let elements = Elements::read(xml).unwrap();
        assert_eq!(shown(&elements, elements.top()), "a b=1 c=>\"x\"/(tu&lt;&amp;&gt;vd()e f=(g(&amp;)))");
        for wrong in [
            "",
            "a",
            "<a>",
            "</a>",
            "<a/>x",
            "x<a/>",
            "<a/><b/>",
            "<a></b>",
            "<a b></a>",
            "<a b=\"1\"/>",
            "<a b='1'c='2'/>",
            "<",
        ] {
            assert!(Elements::read(wrong).is_none(), "{wrong}");
        }
    }
}
