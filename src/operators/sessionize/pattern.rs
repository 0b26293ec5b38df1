//! Patterns of literal anchors with values of the session in them.

use crate::diagnostics::{Diagnostic, codes};
use crate::syntax::tree::Text;
use memchr::memmem;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Literal(String),
    Star,
    /// The value that the session has in a column.
    Value(usize),
}

/// A pattern: several ways of writing it, of which the first that fits counts.
#[derive(Debug)]
pub(super) struct Pattern {
    ways: Vec<Vec<Piece>>,
}

/// The most ways that the choices `(?:a|b)` in a pattern may make.
const MAX_WAYS: usize = 64;

impl Pattern {
    /// Reads a pattern. `column` finds the column of a name that stands after `$`.
    ///
    /// Published queries also write choices of literal texts as regular expressions do: `(?:a|b)`.
    pub(super) fn new(text: &Text, column: impl Fn(&str) -> Option<usize>) -> Result<Pattern, Diagnostic> {
        let mut ways = vec![Vec::new()];
        let mut rest = text.raw.as_str();
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '*' => add(&mut ways, &Piece::Star),
                '\\' => {
                    let escaped = rest.chars().next();
                    rest = &rest[escaped.map_or(0, char::len_utf8)..];
                    literal(&mut ways, &unescape(escaped));
                }
                '$' => {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                    match column(&rest[..end]) {
                        Some(column) => {
                            add(&mut ways, &Piece::Value(column));
                            rest = &rest[end..];
                        }
                        None => literal(&mut ways, "$"),
                    }
                }
                '(' if rest.starts_with("?:") => match rest.find(')') {
                    Some(end) => {
                        let choices: Vec<&str> = rest[2..end].split('|').collect();
                        rest = &rest[end + 1..];
                        ways = ways
                            .iter()
                            .flat_map(|way| choices.iter().map(|choice| (way.clone(), *choice)))
                            .map(|(way, choice)| {
                                let mut one = vec![way];
                                literal(&mut one, choice);
                                one.remove(0)
                            })
                            .collect();
                    }
                    None => literal(&mut ways, "("),
                },
                c => literal(&mut ways, c.encode_utf8(&mut [0; 4])),
            }
            if ways.len() > MAX_WAYS {
                let message = "too many choices in one pattern";
                return Err(Diagnostic::error(&codes::BAD_PATTERN, text.span, message));
            }
        }
        Ok(Pattern { ways })
    }

    /// How many stars it has.
    pub(super) fn stars(&self) -> usize {
        self.ways.first().map_or(0, |way| way.iter().filter(|piece| **piece == Piece::Star).count())
    }

    /// Whether values of the session stand in it.
    pub(super) fn has_values(&self) -> bool {
        self.ways.iter().flatten().any(|piece| matches!(piece, Piece::Value(_)))
    }

    /// A column whose value stands in every way of writing the pattern, and the literal texts right before it.
    pub(super) fn anchored_value(&self) -> Option<(usize, Vec<String>)> {
        let anchor = |way: &[Piece], column: usize| {
            way.windows(2).find_map(|pair| match pair {
                [Piece::Literal(literal), Piece::Value(value)] if *value == column => Some(literal.clone()),
                _ => None,
            })
        };
        let columns = self.ways.first()?.iter().filter_map(|piece| match piece {
            Piece::Value(column) => Some(*column),
            _ => None,
        });
        columns.into_iter().find_map(|column| {
            let anchors = self.ways.iter().map(|way| anchor(way, column)).collect::<Option<Vec<String>>>()?;
            Some((column, anchors))
        })
    }

    /// Whether a text could fit at all: its literal parts are there, in order.
    pub(super) fn may_fit(&self, text: &str) -> bool {
        self.ways.iter().any(|way| {
            let mut rest = text.as_bytes();
            way.iter().all(|piece| match piece {
                Piece::Literal(literal) => match memmem::find(rest, literal.as_bytes()) {
                    Some(at) => {
                        rest = &rest[at + literal.len()..];
                        true
                    }
                    None => false,
                },
                _ => true,
            })
        })
    }

    /// What stands in the place of the stars, with the values of a session filled in.
    pub(super) fn find<'t>(&self, text: &'t str, values: &[Option<String>]) -> Option<Vec<&'t str>> {
        self.ways.iter().find_map(|way| {
            // Literal texts between stars, put together with the values.
            let mut anchors = vec![String::new()];
            for piece in way {
                match (piece, anchors.last_mut()) {
                    (Piece::Star, _) | (_, None) => anchors.push(String::new()),
                    (Piece::Literal(literal), Some(anchor)) => anchor.push_str(literal),
                    (Piece::Value(column), Some(anchor)) => anchor.push_str(values.get(*column)?.as_deref()?),
                }
            }
            fit(&anchors, text)
        })
    }
}

fn add(ways: &mut [Vec<Piece>], piece: &Piece) {
    ways.iter_mut().for_each(|way| way.push(piece.clone()));
}

fn literal(ways: &mut [Vec<Piece>], text: &str) {
    for way in ways {
        match way.last_mut() {
            Some(Piece::Literal(before)) => before.push_str(text),
            _ => way.push(Piece::Literal(text.to_string())),
        }
    }
}

fn unescape(escaped: Option<char>) -> String {
    match escaped {
        Some('n') => "\n".into(),
        Some('t') => "\t".into(),
        Some('r') => "\r".into(),
        Some(c @ ('*' | '"' | '\\' | '$')) => c.to_string(),
        Some(c) => format!("\\{c}"),
        None => "\\".into(),
    }
}

/// The texts between the anchors, each as short as can be; an empty last anchor takes all that is left.
fn fit<'t>(anchors: &[String], text: &'t str) -> Option<Vec<&'t str>> {
    let [first, rest @ ..] = anchors else { return None };
    let mut at = text.find(first.as_str())? + first.len();
    let mut found = Vec::with_capacity(rest.len());
    for (number, anchor) in rest.iter().enumerate() {
        let left = &text[at..];
        let length = match anchor.is_empty() && number + 1 == rest.len() {
            true => left.len(),
            false => left.find(anchor.as_str())?,
        };
        found.push(&left[..length]);
        at += length + anchor.len();
    }
    Some(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn pattern(raw: &str) -> Pattern {
        let text = Text { raw: raw.into(), span: Default::default() };
        Pattern::new(&text, |name| (name == "id").then_some(0)).unwrap()
    }

    #[test]
    fn values_are_filled_in() {
        let pattern = pattern(r"done $id in *ms ($other)");
        assert_eq!(pattern.stars(), 1);
        let id = [Some("7".to_string())];
        assert_eq!(pattern.find("x done 7 in 31ms ($other)", &id).unwrap(), ["31"]);
        assert_eq!(pattern.find("x done 8 in 31ms ($other)", &id), None);
        assert_eq!(pattern.find("x done 7 in 31ms ($other)", &[None]), None);
        assert_eq!(pattern.anchored_value(), Some((0, vec!["done ".to_string()])));
        assert!(pattern.may_fit("done 9 in 1ms ($other)") && !pattern.may_fit("1ms in"));
    }

    #[test]
    fn choices_are_tried_in_turn() {
        let pattern = pattern(r#"(?:Name|Host) = \"*\";\tend"#);
        assert_eq!(pattern.find("Host = \"a\";\tend", &[]).unwrap(), ["a"]);
        assert_eq!(pattern.find("Name = \"b\";\tend", &[]).unwrap(), ["b"]);
        assert_eq!(pattern.find("Ham = \"b\";\tend", &[]), None);
    }

    #[test]
    fn a_star_at_the_end_takes_all_that_follows() {
        assert_eq!(pattern("a=*").find("x a=1 2", &[]).unwrap(), ["1 2"]);
        assert_eq!(pattern("a*b**").find("xa1b2", &[]).unwrap(), ["1", "", "2"]);
    }
}
