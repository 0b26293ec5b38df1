//! Conditions drawn as trees: with the value of each part for one message, or as they stand in the query.

use super::text_pieces;
use super::text_pieces::{Paint, one_line};
use crate::query_text::Text;
use sumoql::diagnostics::Span;
use sumoql::plan::traced::{Node, NodeKind, Traced};
use sumoql::trace::verdict::{Leaf, Parts, Verdict};
use sumoql_data::value::{Owned, Value};

/// What drawing needs.
#[derive(Clone, Copy)]
pub(super) struct Renderer<'t> {
    /// The query as written.
    pub text: &'t Text,
    /// The query as planned.
    pub traced: &'t Traced,
    /// Draw branches that did not decide, too.
    pub all: bool,
    /// Colours.
    pub paint: Paint,
}

/// A line of a tree.
struct Line {
    tree: String,
    value: Option<bool>,
    note: String,
    decided: bool,
}

/// More leaves than this beside the one that counts are not drawn one by one.
const MANY: usize = 3;

impl Renderer<'_> {
    /// A piece of the query on one line.
    pub fn piece(&self, span: Span) -> String {
        text_pieces::one_line(span.of(&self.traced.text))
    }

    /// A condition with its values.
    pub fn verdict(&self, verdict: &Verdict, indent: &str) -> String {
        let mut lines = Vec::new();
        let mut shown = Vec::new();
        self.add(verdict, "", "", &mut lines, &mut shown);
        self.lines(&lines, indent)
    }

    /// A condition as it stands in the query.
    pub fn node(&self, node: &Node, indent: &str) -> String {
        let mut out = String::new();
        self.add_node(node, indent, indent, &mut out);
        out
    }

    fn lines(&self, lines: &[Line], indent: &str) -> String {
        let width = lines.iter().map(|line| line.tree.chars().count()).max().unwrap_or(0).min(70);
        let mut out = String::new();
        for line in lines {
            let padding = " ".repeat(width.saturating_sub(line.tree.chars().count()));
            let value = match line.value {
                Some(true) => self.paint.good("true "),
                Some(false) => self.paint.bad("false"),
                None => "     ".to_string(),
            };
            let decided = if line.decided { self.paint.strong("  ◀ decided") } else { String::new() };
            let tree = if line.decided { self.paint.strong(&line.tree) } else { line.tree.clone() };
            let drawn = format!("{indent}{tree}{padding}  {value}  {}{decided}", line.note);
            out.push_str(drawn.trim_end());
            out.push('\n');
        }
        out
    }

    /// Adds a verdict. `head` stands before its own line, `rest` before those of its parts.
    fn add(&self, verdict: &Verdict, head: &str, rest: &str, lines: &mut Vec<Line>, shown: &mut Vec<(String, String)>) {
        let mut line = |label: &str, note: String, decided: bool| {
            lines.push(Line { tree: format!("{head}{label}"), value: Some(verdict.holds()), note, decided });
        };
        match &verdict.parts {
            Parts::All(list) => {
                line("and", String::new(), false);
                self.parts(list, (false, verdict.holds()), rest, lines, shown);
            }
            Parts::Any(list) => {
                line("or", String::new(), false);
                self.parts(list, (true, verdict.holds()), rest, lines, shown);
            }
            Parts::Not(inner) => {
                line("not", String::new(), false);
                self.add(inner, &format!("{rest}└─ "), &format!("{rest}   "), lines, shown);
            }
            Parts::Leaf(leaf) => {
                line(&one_line(&leaf.text), note(leaf, shown), verdict.decided);
            }
            Parts::Choice(parts) => {
                let value = shown_value(&verdict.value);
                lines.push(Line { tree: format!("{head}if"), value: None, note: value, decided: false });
                let marked = parts.0.holds();
                self.add(&parts.0, &format!("{rest}├─ "), &format!("{rest}│  "), lines, shown);
                let branch = if marked { "then" } else { "else" };
                match &parts.1.parts {
                    Parts::Leaf(leaf) => lines.push(Line {
                        tree: format!("{rest}└─ {branch} {}", one_line(&leaf.text)),
                        value: None,
                        note: String::new(),
                        decided: false,
                    }),
                    _ => self.add(&parts.1, &format!("{rest}└─ {branch} "), &format!("{rest}   "), lines, shown),
                }
            }
        }
    }

    /// The parts of an `and`, or of an `or` that `holds` or does not.
    fn parts(
        &self,
        list: &[Verdict],
        (any, holds): (bool, bool),
        rest: &str,
        lines: &mut Vec<Line>,
        shown: &mut Vec<(String, String)>,
    ) {
        let is_leaf = |part: &Verdict| part.leaf().is_some();
        // One of many is true: the others do not matter.
        let one = (any && holds && !self.all && list.len() > MANY && list.iter().all(is_leaf))
            .then(|| list.iter().position(Verdict::holds))
            .flatten();
        let kept: Vec<&Verdict> = match one {
            Some(at) => vec![&list[at]],
            None => list.iter().collect(),
        };
        let left = list.len() - kept.len();
        let decided = list.iter().any(Verdict::decides);
        for (number, part) in kept.iter().enumerate() {
            let (head, below) = branch(rest, number + 1 == kept.len() && left == 0);
            // Of branches beside the one that decided, the first thing that is wrong with them is enough.
            match !self.all && decided && !part.decides() && part.leaves() > MANY {
                true => self.summary(part, &head, lines, shown),
                false => self.add(part, &head, &below, lines, shown),
            }
        }
        if left > 0 {
            let (head, _) = branch(rest, true);
            let others = if left == 1 { "1 other".to_string() } else { format!("{left} others") };
            lines.push(Line { tree: format!("{head}… {others}"), value: None, note: String::new(), decided: false });
        }
    }

    /// A branch in one line: the leaf that settles it, and how much there is of it.
    fn summary(&self, part: &Verdict, head: &str, lines: &mut Vec<Line>, shown: &mut Vec<(String, String)>) {
        let (word, list) = match &part.parts {
            Parts::All(list) => ("and", list.as_slice()),
            Parts::Any(list) => ("or", list.as_slice()),
            Parts::Not(inner) => ("not", std::slice::from_ref(&**inner)),
            _ => ("if", &[][..]),
        };
        let any = matches!(part.parts, Parts::Any(_));
        let settles = list.iter().find(|inner| inner.holds() == part.holds() && part.holds() == any);
        let (label, note) = match settles.map(Verdict::leaf) {
            Some(Some(leaf)) => {
                let others = part.leaves() - 1;
                (format!("{word}: {} … {others} more", one_line(&leaf.text)), note(leaf, shown))
            }
            _ => (format!("{word} … {} conditions", part.leaves()), String::new()),
        };
        lines.push(Line { tree: format!("{head}{label}"), value: Some(part.holds()), note, decided: false });
    }

    fn add_node(&self, node: &Node, head: &str, rest: &str, out: &mut String) {
        let parts = |list: &[Node], out: &mut String| {
            for (number, part) in list.iter().enumerate() {
                let (head, below) = branch(rest, number + 1 == list.len());
                self.add_node(part, &head, &below, out);
            }
        };
        let mut line = |label: &str| out.push_str(&format!("{head}{label}\n"));
        match &node.kind {
            NodeKind::All(list) => {
                line("and");
                parts(list, out);
            }
            NodeKind::Any(list) => {
                line("or");
                parts(list, out);
            }
            NodeKind::Not(inner) => {
                line("not");
                parts(std::slice::from_ref(inner), out);
            }
            NodeKind::Choice(choice) => {
                line("if");
                self.add_node(&choice.0, &format!("{rest}├─ "), &format!("{rest}│  "), out);
                self.add_node(&choice.1, &format!("{rest}├─ then "), &format!("{rest}│  "), out);
                self.add_node(&choice.2, &format!("{rest}└─ else "), &format!("{rest}   "), out);
            }
            NodeKind::Leaf(_) => line(&self.piece(node.span)),
        }
    }
}

fn branch(rest: &str, last: bool) -> (String, String) {
    match last {
        true => (format!("{rest}└─ "), format!("{rest}   ")),
        false => (format!("{rest}├─ "), format!("{rest}│  ")),
    }
}

/// The values of the fields of a leaf, those that were not shown just before, and what letter case has to do with it.
fn note(leaf: &Leaf, shown: &mut Vec<(String, String)>) -> String {
    let mut notes: Vec<String> = Vec::new();
    for (name, value) in &leaf.fields {
        let pair = (name.clone(), shown_value(value));
        if !shown.contains(&pair) {
            notes.push(format!("{} = {}", pair.0, pair.1));
            shown.retain(|(known, _)| *known != pair.0);
            shown.push(pair);
        }
    }
    let mut note = notes.join(", ");
    if leaf.differs_in_case {
        note = format!("{note}{}differs only in case", if note.is_empty() { "" } else { "  " });
    }
    note
}

/// A value as it is shown beside a field's name.
pub(super) fn shown_value(value: &Owned) -> String {
    match value.borrow() {
        Value::Null => "null".to_string(),
        Value::Text(text) => format!("\"{}\"", text_pieces::middle(text, 90)),
        other => other.owned().to_string(),
    }
}
