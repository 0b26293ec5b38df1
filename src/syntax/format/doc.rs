//! Text whose line breaks are still open, and the printer that decides them.
//!
//! A group is written on one line if it fits; otherwise each of its own breaks begins a line. A fill breaks only where
//! the next part no longer fits.

/// A piece of text with possible breaks.
#[derive(Clone, Debug)]
pub(super) enum Doc {
    /// Nothing.
    Nil,
    /// Text as it is; line ends inside stay.
    Text(String),
    /// A blank, or a new line.
    Line,
    /// Nothing, or a new line.
    Soft,
    /// A new line, always.
    Hard,
    /// Nothing; but what is around it does not stay on one line.
    Broken,
    /// One after the other.
    All(Vec<Doc>),
    /// New lines inside begin further right.
    Indent(Box<Doc>),
    /// On one line if that fits; the second says that it can't.
    Group(Box<Doc>, bool),
    /// Parts at even places, breaks between them at odd ones. The second says that a part may follow one of several lines
    /// on its last.
    Fill(Vec<Doc>, bool),
}

/// How far an indent goes.
const STEP: usize = 2;

impl Doc {
    /// Text.
    pub fn text(text: impl Into<String>) -> Doc {
        Doc::Text(text.into())
    }

    /// A blank.
    pub fn space() -> Doc {
        Doc::text(" ")
    }

    /// Further right.
    pub fn indent(self) -> Doc {
        Doc::Indent(Box::new(self))
    }

    /// On one line if that fits.
    pub fn group(self) -> Doc {
        let broken = self.is_broken();
        Doc::Group(Box::new(self), broken)
    }

    /// Whether it can't stand on one line.
    fn is_broken(&self) -> bool {
        match self {
            Doc::Hard | Doc::Broken => true,
            Doc::Nil | Doc::Text(_) | Doc::Line | Doc::Soft => false,
            Doc::All(docs) | Doc::Fill(docs, _) => docs.iter().any(Doc::is_broken),
            Doc::Indent(doc) => doc.is_broken(),
            Doc::Group(_, broken) => *broken,
        }
    }
}

/// Something still to be written: how far right its lines begin, whether its breaks are open, and what it is.
type Item<'d> = (usize, bool, DocPart<'d>);

#[derive(Clone, Copy)]
enum DocPart<'d> {
    One(&'d Doc),
    Fill(&'d [Doc], bool),
    /// What is left of a fill from a break on; the second says that lines were begun in the part before.
    Rest(&'d [Doc], bool, bool),
}

/// Writes it with lines of at most so many characters where that can be.
pub(super) fn print(doc: &Doc, width: usize) -> String {
    let mut printer = Printer { out: String::new(), column: 0, indent: 0, width };
    let mut todo = vec![(0, true, DocPart::One(doc))];
    while let Some((indent, open, part)) = todo.pop() {
        match part {
            DocPart::Fill(docs, close) => printer.fill((indent, open), docs, close, &mut todo),
            DocPart::Rest(docs, close, lines) => printer.rest((indent, open), docs, close, lines, &mut todo),
            DocPart::One(doc) => match doc {
                Doc::Nil | Doc::Broken => {}
                Doc::Text(text) => printer.text(text),
                Doc::Soft if !open => {}
                Doc::Line if !open => printer.text(" "),
                Doc::Line | Doc::Soft | Doc::Hard => printer.line(indent),
                Doc::All(docs) => todo.extend(docs.iter().rev().map(|doc| (indent, open, DocPart::One(doc)))),
                Doc::Indent(doc) => todo.push((indent + STEP, open, DocPart::One(doc))),
                Doc::Group(doc, broken) => {
                    let flat = (indent, false, DocPart::One(doc));
                    let fits = !broken && (!open || fits(flat, &todo, printer.left()));
                    todo.push((indent, !fits, DocPart::One(doc)));
                }
                Doc::Fill(docs, close) => todo.push((indent, open, DocPart::Fill(docs, *close))),
            },
        }
    }
    printer.out
}

struct Printer {
    out: String,
    column: usize,
    /// Blanks to be written before the next text: none stand on empty lines.
    indent: usize,
    width: usize,
}

impl Printer {
    fn left(&self) -> usize {
        self.width.saturating_sub(self.column.max(self.indent))
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.column += self.indent;
        self.indent = 0;
        self.out.push_str(text);
        match text.rfind('\n') {
            Some(at) => self.column = text[at + 1..].chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.column = 0;
        self.indent = indent;
    }

    /// The first part of a fill.
    fn fill<'d>(&mut self, at: (usize, bool), docs: &'d [Doc], close: bool, todo: &mut Vec<Item<'d>>) {
        let Some((first, rest)) = docs.split_first() else { return };
        let (indent, open) = at;
        let flat = !open || (!first.is_broken() && fits((indent, false, DocPart::One(first)), &[], self.left()));
        todo.push((indent, open, DocPart::Rest(rest, close, !flat)));
        todo.push((indent, !flat, DocPart::One(first)));
    }

    /// The next break of a fill, which begins a line if the part behind it does not fit on this one.
    fn rest<'d>(&mut self, at: (usize, bool), docs: &'d [Doc], close: bool, lines: bool, todo: &mut Vec<Item<'d>>) {
        let [line, next, ..] = docs else { return };
        let (indent, open) = at;
        let fitting = !(line.is_broken() || next.is_broken() || (lines && !close))
            && fits((indent, false, DocPart::One(line)), &[(indent, false, DocPart::One(next))], self.left());
        todo.push((indent, open, DocPart::Fill(&docs[1..], close)));
        todo.push((indent, open && !fitting, DocPart::One(line)));
    }
}

/// Whether something fits into so many characters, with what stands behind it up to the next line.
fn fits(item: Item<'_>, behind: &[Item<'_>], left: usize) -> bool {
    let mut left = left;
    let mut todo = vec![item];
    let mut behind = behind.iter().rev();
    loop {
        let Some((indent, open, part)) = todo.pop().or_else(|| behind.next().copied()) else { return true };
        let doc = match part {
            DocPart::Fill(docs, _) | DocPart::Rest(docs, ..) => {
                todo.extend(docs.iter().rev().map(|doc| (indent, open, DocPart::One(doc))));
                continue;
            }
            DocPart::One(doc) => doc,
        };
        let text = match doc {
            Doc::Hard => return true,
            Doc::Line | Doc::Soft if open => return true,
            Doc::Line => " ",
            Doc::Text(text) => text,
            Doc::Nil | Doc::Soft | Doc::Broken => continue,
            Doc::All(docs) | Doc::Fill(docs, _) => {
                todo.extend(docs.iter().rev().map(|doc| (indent, open, DocPart::One(doc))));
                continue;
            }
            Doc::Indent(doc) => {
                todo.push((indent, open, DocPart::One(doc)));
                continue;
            }
            Doc::Group(doc, broken) => {
                todo.push((indent, open && *broken, DocPart::One(doc)));
                continue;
            }
        };
        let (line, ends) = text.split_once('\n').map_or((text, false), |(line, _)| (line, true));
        match left.checked_sub(line.chars().count()) {
            None => return false,
            Some(_) if ends => return true,
            Some(rest) => left = rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &str) -> Vec<Doc> {
        let mut docs = Vec::new();
        for word in words.split(' ') {
            if !docs.is_empty() {
                docs.push(Doc::Line.indent());
            }
            docs.push(Doc::text(word));
        }
        docs
    }

    #[test]
    fn a_group_is_whole_or_all_broken() {
        let doc = Doc::All(list("aa bb cc")).group();
        assert_eq!(print(&doc, 8), "aa bb cc");
        assert_eq!(print(&doc, 7), "aa\n  bb\n  cc");
    }

    #[test]
    fn a_fill_breaks_where_it_must() {
        let doc = Doc::Fill(list("aa bb cc dd"), false);
        assert_eq!(print(&doc, 6), "aa bb\n  cc\n  dd");
        assert_eq!(print(&doc, 7), "aa bb\n  cc dd");
    }

    #[test]
    fn what_must_break_breaks_what_is_around_it() {
        let doc = Doc::All(vec![Doc::text("a"), Doc::Line, Doc::text("b // c"), Doc::Hard, Doc::text("d")]).group();
        assert_eq!(print(&doc, 80), "a\nb // c\nd");
    }

    #[test]
    fn empty_lines_are_empty() {
        let doc = Doc::All(vec![Doc::text("a"), Doc::Hard, Doc::Hard, Doc::text("b")]).indent();
        assert_eq!(print(&doc, 80), "a\n\n  b");
    }
}
