//! Sessions on their way, found by what their next message must have.

use super::pattern::Pattern;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A pattern with the columns that its stars fill, and how the sessions that wait for it are found.
pub(super) struct Step {
    pub(super) pattern: Pattern,
    pub(super) fields: Vec<usize>,
    pub(super) link: Link,
}

/// What ties a message to the sessions it can take further.
#[derive(Debug, PartialEq)]
pub(super) enum Link {
    /// The value of a column stands in the message, after one of these texts.
    After(usize, Vec<String>),
    /// A star of the pattern has the value of a column.
    Star(usize, usize),
    /// Nothing: any session will do.
    Any,
}

/// A session: how many patterns it has, and the values found so far.
pub(super) struct Session {
    reached: usize,
    values: Vec<Option<String>>,
}

impl Session {
    /// Takes the session further when the text fits its next pattern.
    fn extend(&mut self, step: &Step, text: &str) -> bool {
        let Some(found) = step.pattern.find(text, &self.values) else { return false };
        let mut values = self.values.clone();
        for (field, value) in step.fields.iter().zip(found) {
            match &values[*field] {
                Some(known) if known != value => return false,
                _ => values[*field] = Some(value.to_string()),
            }
        }
        self.values = values;
        self.reached += 1;
        true
    }
}

/// The sessions that wait for one pattern.
#[derive(Default)]
struct Waiting {
    all: BTreeSet<usize>,
    /// By the value that ties them to a message.
    by_value: HashMap<String, BTreeSet<usize>>,
    /// How many of those values have each length.
    lengths: BTreeMap<usize, usize>,
}

/// All sessions that are not complete. Their numbers grow with their youth.
pub(super) struct Open<'p> {
    steps: &'p [Step],
    width: usize,
    sessions: HashMap<usize, Session>,
    waiting: Vec<Waiting>,
    next: usize,
}

impl<'p> Open<'p> {
    /// None yet. `width` is how many columns there are.
    pub(super) fn new(steps: &'p [Step], width: usize) -> Self {
        let waiting = steps.iter().map(|_| Waiting::default()).collect();
        Open { steps, width, sessions: HashMap::new(), waiting, next: 0 }
    }

    /// Reads a message: it takes the oldest session that it fits further, and opens one if it fits the first pattern.
    /// The answer is the values of a session that is complete now.
    pub(super) fn read(&mut self, text: &str) -> Option<Vec<Option<String>>> {
        // Most messages fit no pattern at all, whatever the sessions know.
        let fits: Vec<bool> = self.steps.iter().map(|step| step.pattern.may_fit(text)).collect();
        let mut candidates = BTreeSet::new();
        for (number, _) in fits.iter().enumerate().skip(1).filter(|(_, fits)| **fits) {
            self.candidates(number, text, &mut candidates);
        }
        let mut complete = None;
        for id in candidates {
            let Some(mut session) = self.sessions.remove(&id) else { continue };
            let before = session.reached;
            let waited = session.values.clone();
            if !session.extend(&self.steps[before], text) {
                self.sessions.insert(id, session);
                continue;
            }
            self.leave(id, before, &waited);
            if session.reached == self.steps.len() {
                complete = Some(session.values);
            } else {
                self.wait(id, session);
            }
            break;
        }
        let mut session = Session { reached: 0, values: vec![None; self.width] };
        if fits.first() == Some(&true) && session.extend(&self.steps[0], text) {
            self.next += 1;
            self.wait(self.next, session);
        }
        complete
    }

    /// The sessions waiting for a pattern that a message could take further.
    fn candidates(&self, number: usize, text: &str, out: &mut BTreeSet<usize>) {
        let waiting = &self.waiting[number];
        let mut add = |value: &str| out.extend(waiting.by_value.get(value).into_iter().flatten());
        match &self.steps[number].link {
            Link::Any => out.extend(&waiting.all),
            Link::Star(star, _) => {
                if let Some(value) =
                    self.steps[number].pattern.find(text, &[]).and_then(|found| found.get(*star).copied())
                {
                    add(value);
                }
            }
            Link::After(_, anchors) => {
                for anchor in anchors {
                    for (at, _) in text.match_indices(anchor.as_str()) {
                        let start = at + anchor.len();
                        waiting.lengths.keys().filter_map(|length| text.get(start..start + length)).for_each(&mut add);
                    }
                }
            }
        }
    }

    fn wait(&mut self, id: usize, session: Session) {
        let waiting = &mut self.waiting[session.reached];
        waiting.all.insert(id);
        if let Some(value) = tie(&self.steps[session.reached].link, &session.values) {
            if !waiting.by_value.contains_key(value) {
                *waiting.lengths.entry(value.len()).or_default() += 1;
            }
            waiting.by_value.entry(value.to_string()).or_default().insert(id);
        }
        self.sessions.insert(id, session);
    }

    fn leave(&mut self, id: usize, number: usize, values: &[Option<String>]) {
        let waiting = &mut self.waiting[number];
        waiting.all.remove(&id);
        let Some(value) = tie(&self.steps[number].link, values) else { return };
        let Some(ids) = waiting.by_value.get_mut(value) else { return };
        ids.remove(&id);
        if ids.is_empty() {
            waiting.by_value.remove(value);
            if let Some(count) = waiting.lengths.get_mut(&value.len()) {
                *count -= 1;
                if *count == 0 {
                    waiting.lengths.remove(&value.len());
                }
            }
        }
    }
}

/// The value that ties a session to a message.
fn tie<'v>(link: &Link, values: &'v [Option<String>]) -> Option<&'v str> {
    match link {
        Link::After(column, _) | Link::Star(_, column) => values.get(*column)?.as_deref(),
        Link::Any => None,
    }
}
