//! The elements of an XML text, as places in it.

use super::xpath::{Step, Take, Test, XPath};
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;
use std::ops::Range;
use sumoql_data::value::parse_number;

/// The elements of a text in the order in which they begin. The first stands for the text itself.
pub struct Tree<'t> {
    text: &'t str,
    elements: Vec<Element<'t>>,
}

#[derive(Default)]
struct Element<'t> {
    tag: Option<BytesStart<'t>>,
    /// From its opening to its closing tag.
    whole: Range<usize>,
    /// Between these.
    content: Range<usize>,
    /// Its first child and its next sibling; 0 is none.
    child: usize,
    next: usize,
}

impl<'t> Tree<'t> {
    /// Reads a text; nothing if it is not well-formed XML with one element at the top. Names stay as written: a prefix
    /// is a part of the name.
    pub fn read(text: &'t str) -> Option<Tree<'t>> {
        let mut reader = Reader::from_str(text);
        let mut elements = vec![Element { content: 0..text.len(), ..Element::default() }];
        // The open elements, each with its last child so far.
        let mut open = vec![(0, 0)];
        loop {
            let start = usize::try_from(reader.buffer_position()).ok()?;
            let event = reader.read_event().ok()?;
            let end = usize::try_from(reader.buffer_position()).ok()?;
            match event {
                Event::Start(tag) => {
                    let number = add(&mut elements, open.last_mut()?, tag, start..end)?;
                    open.push((number, 0));
                }
                Event::Empty(tag) => {
                    add(&mut elements, open.last_mut()?, tag, start..end)?;
                }
                Event::End(_) => {
                    let (number, _) = open.pop()?;
                    elements[number].content.end = start;
                    elements[number].whole.end = end;
                }
                Event::Text(between) if open.len() == 1 && !between.trim_ascii().is_empty() => return None,
                Event::CData(_) | Event::GeneralRef(_) if open.len() == 1 => return None,
                Event::Eof => break,
                _ => {}
            }
        }
        let top = elements[0].child;
        (open.len() == 1 && top != 0 && elements[top].next == 0).then_some(Tree { text, elements })
    }

    /// What a path leads to first, if anything.
    pub fn find(&self, path: &XPath) -> Option<Cow<'t, str>> {
        self.follow(0, &path.steps, &path.take)
    }

    fn follow(&self, at: usize, steps: &[Step], take: &Take) -> Option<Cow<'t, str>> {
        let Some((step, rest)) = steps.split_first() else { return self.take(at, take) };
        // Names with a prefix are names of a namespace, which Sumo Logic says it finds nothing for.
        if step.name.contains(':') {
            return None;
        }
        let children = self.children(at).filter(|child| step.name == "*" || self.name(*child) == step.name);
        if step.tests.is_empty() {
            return children.into_iter().find_map(|child| self.follow(child, rest, take));
        }
        let mut kept: Vec<usize> = children.collect();
        for test in &step.tests {
            match test {
                Test::Position(position) => kept = kept.get(position - 1).copied().into_iter().collect(),
                Test::Last => kept = kept.last().copied().into_iter().collect(),
                Test::Has(name) => kept.retain(|child| self.attribute(*child, name).is_some()),
                Test::Is(name, text) => {
                    kept.retain(|child| self.attribute(*child, name).is_some_and(|value| value == *text));
                }
                Test::Equals(name, number) => kept.retain(|child| {
                    self.attribute(*child, name).and_then(|value| parse_number(&value)) == Some(*number)
                }),
            }
        }
        kept.into_iter().find_map(|child| self.follow(child, rest, take))
    }

    fn take(&self, at: usize, take: &Take) -> Option<Cow<'t, str>> {
        match take {
            Take::Element => Some(Cow::Borrowed(&self.text[self.elements[at].whole.clone()])),
            Take::Text => self.first_text(at),
            Take::Attribute(name) if name.contains(':') => None,
            Take::Attribute(name) => self.attribute(at, name),
        }
    }

    fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let first = Some(self.elements[at].child).filter(|child| *child != 0);
        std::iter::successors(first, |child| Some(self.elements[*child].next).filter(|next| *next != 0))
    }

    fn name(&self, at: usize) -> &str {
        self.elements[at].tag.as_ref().map_or("", |tag| tag.name().0)
    }

    fn attribute(&self, at: usize, name: &str) -> Option<Cow<'t, str>> {
        let tag = self.elements[at].tag.as_ref()?;
        let attribute = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.0 == name)?;
        // The tag borrows the text, but what it lends out lives only as long as the tree.
        attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| Cow::Owned(value.into_owned()))
    }

    /// The first text right inside an element, up to a child element.
    fn first_text(&self, at: usize) -> Option<Cow<'t, str>> {
        let mut start = self.elements[at].content.start;
        for child in self.children(at) {
            if let Some(text) = plain(&self.text[start..self.elements[child].whole.start]) {
                return Some(text);
            }
            start = self.elements[child].whole.end;
        }
        plain(&self.text[start..self.elements[at].content.end])
    }
}

fn add<'t>(
    elements: &mut Vec<Element<'t>>,
    (parent, last): &mut (usize, usize),
    tag: BytesStart<'t>,
    place: Range<usize>,
) -> Option<usize> {
    tag.attributes().all(|attribute| attribute.is_ok()).then_some(())?;
    let number = elements.len();
    match *last {
        0 => elements[*parent].child = number,
        last => elements[last].next = number,
    }
    *last = number;
    let content = place.end..place.end;
    elements.push(Element { tag: Some(tag), whole: place, content, child: 0, next: 0 });
    Some(number)
}

/// The text that a piece of markup without elements stands for; nothing if there is none. References to entities that
/// only a document type knows stay as written.
fn plain(markup: &str) -> Option<Cow<'_, str>> {
    if !markup.contains('<') {
        return (!markup.is_empty()).then(|| unescape(markup).unwrap_or(Cow::Borrowed(markup)));
    }
    let mut out = String::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        out.push_str(&unescape(&rest[..at]).unwrap_or(Cow::Borrowed(&rest[..at])));
        rest = &rest[at..];
        let (open, close) = match rest {
            _ if rest.starts_with("<![CDATA[") => ("<![CDATA[", "]]>"),
            _ if rest.starts_with("<!--") => ("<!--", "-->"),
            _ => ("<", ">"),
        };
        let body = &rest[open.len()..];
        let end = body.find(close).unwrap_or(body.len());
        if open == "<![CDATA[" {
            out.push_str(&body[..end]);
        }
        rest = body.get(end + close.len()..).unwrap_or_default();
    }
    out.push_str(&unescape(rest).unwrap_or(Cow::Borrowed(rest)));
    (!out.is_empty()).then_some(Cow::Owned(out))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn find(path: &str, text: &str) -> Option<String> {
        let tree = Tree::read(text).unwrap_or_else(|| panic!("not well-formed: {text}"));
        tree.find(&XPath::read(path).unwrap()).map(Cow::into_owned)
    }

    #[test]
    fn paths_lead_to_the_first_that_fits() {
        let text = "<?xml version='1.0'?>\n<t xmlns='u'><m id='07' r=\"x\"/><m id='8'><n>A &amp; B</n><n/></m><!-- c -->\
                    <m id='8' z='a&#10;b'><n>C<i>D</i>E</n></m></t>\n";
        for (path, found) in [
            ("/t/m/n/text()", Some("A & B")),
            ("/t/m[3]/n/text()", Some("C")),
            ("/t/m[3]/n", Some("<n>C<i>D</i>E</n>")),
            ("/t/m[3]/n/i/text()", Some("D")),
            ("/t/m[last()]/@z", Some("a\nb")),
            ("/t/m/@id", Some("07")),
            ("/t/m/@z", Some("a\nb")),
            ("/t/m[@id=7]/@r", Some("x")),
            ("/t/m[@id='7']/@r", None),
            ("/t/m[@id=8][2]/n/text()", Some("C")),
            ("/t/*[@z]/n/text()", Some("C")),
            ("/t/m[2]/n[2]", Some("<n/>")),
            ("/t/m[2]/n[2]/text()", None),
            ("/t/m[4]", None),
            ("/t/m[1]", Some("<m id='07' r=\"x\"/>")),
            ("/m", None),
        ] {
            assert_eq!(find(path, text).as_deref(), found, "{path}");
        }
    }

    #[test]
    fn texts() {
        assert_eq!(find("/a/text()", "<a>x<!-- - -->y<![CDATA[<&>]]></a>").as_deref(), Some("xy<&>"));
        assert_eq!(find("/a/text()", "<a><b/>x&unknown;</a>").as_deref(), Some("x&unknown;"));
        assert_eq!(find("/x:a/text()", "<x:a>1</x:a>"), None);
        assert_eq!(find("/a/b/text()", "<a><x:b>1</x:b></a>"), None);
    }

    #[test]
    fn only_well_formed_text_is_read() {
        for text in
            ["", "x", "<a>", "<a></b>", "<a/><b/>", "x <a/>", "<a/> y", "<a b/>", "<a b='1' b='2'/>", "<a", "</a>"]
        {
            assert!(Tree::read(text).is_none(), "{text}");
        }
        assert!(Tree::read(" <a/> ").is_some());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(<a>|</a>|<b/>|<b c='é'>|</b>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|&amp;|&|é|<| |/>){0,25}") {
            if let Some(tree) = Tree::read(&format!("<a>{text}</a>")) {
                for path in ["/a/text()", "/a/b/@c", "/a/*[last()]/text()", "/a/b[1]"] {
                    tree.find(&XPath::read(path).unwrap());
                }
            }
        }
    }
}
