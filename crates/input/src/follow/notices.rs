//! Problems and notices while inputs are followed: each is reported once, when it happens.

use super::super::problem::Problem;
use std::collections::HashSet;

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice<'p> {
    /// What can't be read.
    Problem(&'p Problem),
    /// What is worth a notice, though nothing is lost.
    Note(&'p Problem),
}

/// Receives what is reported.
pub type Reporter = Box<dyn Fn(Notice<'_>) + Send + Sync>;

/// What was reported so far.
pub struct Notices {
    reporter: Reporter,
    reported: Vec<Problem>,
    /// What counts up as more comes: of which input, and what kind of it. It is reported when it begins.
    counts: HashSet<(usize, usize)>,
}

impl Notices {
    /// Nothing so far.
    pub fn new(reporter: Reporter) -> Notices {
        Notices { reporter, reported: Vec::new(), counts: HashSet::new() }
    }

    /// Reports what can't be read, unless it was reported before.
    pub fn problems<'p>(&mut self, problems: impl Iterator<Item = &'p Problem>) {
        for problem in problems {
            if !self.reported.contains(problem) {
                (self.reporter)(Notice::Problem(problem));
                self.reported.push(problem.clone());
            }
        }
    }

    /// Reports a notice, unless it was reported before. `count`: the input and the kind of what counts up.
    pub fn note(&mut self, note: &Problem, count: Option<(usize, usize)>) {
        let known = match count {
            Some(count) => !self.counts.insert(count),
            None => self.reported.contains(note),
        };
        if !known {
            (self.reporter)(Notice::Note(note));
            self.reported.push(note.clone());
        }
    }

    /// All that was reported.
    pub fn all(&self) -> &[Problem] {
        &self.reported
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn everything_is_told_once() {
        let (sender, news) = channel();
        let mut reported = Notices::new(Box::new(move |news| {
            let _ = sender.send(matches!(news, Notice::Note(_)));
        }));
        let problem = |message: &str| Problem { place: "a".into(), message: message.into(), offset: None };
        for _ in 0..2 {
            reported.problems([problem("x"), problem("y")].iter());
            reported.note(&problem("z"), None);
        }
        reported.note(&problem("1 is odd"), Some((0, 1)));
        reported.note(&problem("2 are odd"), Some((0, 1)));
        reported.note(&problem("1 is odd"), Some((1, 1)));
        assert_eq!(reported.all().len(), 5);
        drop(reported);
        assert_eq!(news.iter().collect::<Vec<_>>(), [false, false, true, true, true]);
    }
}
