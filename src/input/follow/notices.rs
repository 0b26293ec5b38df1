//! What goes wrong, or is odd, while inputs are followed: told when it happens, and once.

use super::super::problem::Problem;
use std::collections::HashSet;

/// Something to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'p> {
    /// What can't be read.
    Problem(&'p Problem),
    /// What is odd, but no loss.
    Note(&'p Problem),
}

/// Who is told.
pub type Teller = Box<dyn Fn(News<'_>) + Send + Sync>;

/// What was told so far.
pub struct Told {
    teller: Teller,
    told: Vec<Problem>,
    /// What counts up as more comes: of which input, and what kind of it. It is told when it begins.
    counts: HashSet<(usize, usize)>,
}

impl Told {
    /// Nothing so far.
    pub fn new(teller: Teller) -> Told {
        Told { teller, told: Vec::new(), counts: HashSet::new() }
    }

    /// Tells what can't be read, but for what was told before.
    pub fn problems<'p>(&mut self, problems: impl Iterator<Item = &'p Problem>) {
        for problem in problems {
            if !self.told.contains(problem) {
                (self.teller)(News::Problem(problem));
                self.told.push(problem.clone());
            }
        }
    }

    /// Tells what is odd, but for what was told before. `count`: the input and the kind of what counts up.
    pub fn note(&mut self, note: &Problem, count: Option<(usize, usize)>) {
        let known = match count {
            Some(count) => !self.counts.insert(count),
            None => self.told.contains(note),
        };
        if !known {
            (self.teller)(News::Note(note));
            self.told.push(note.clone());
        }
    }

    /// All that was told.
    pub fn all(&self) -> &[Problem] {
        &self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn everything_is_told_once() {
        let (sender, news) = channel();
        let mut told = Told::new(Box::new(move |news| {
            let _ = sender.send(matches!(news, News::Note(_)));
        }));
        let problem = |message: &str| Problem { place: "a".into(), message: message.into(), offset: None };
        for _ in 0..2 {
            told.problems([problem("x"), problem("y")].iter());
            told.note(&problem("z"), None);
        }
        told.note(&problem("1 is odd"), Some((0, 1)));
        told.note(&problem("2 are odd"), Some((0, 1)));
        told.note(&problem("1 is odd"), Some((1, 1)));
        assert_eq!(told.all().len(), 5);
        drop(told);
        assert_eq!(news.iter().collect::<Vec<_>>(), [false, false, true, true, true]);
    }
}
