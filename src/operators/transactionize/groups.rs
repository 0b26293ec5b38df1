//! Which messages belong together.

use crate::program::context::RunContext;
use crate::run::order::in_order::{Made, Rest, Seen, oldest_first};
use crate::run::order::state_by_key::key;
use std::collections::HashMap;
use sumoql_data::value::{Owned, Value};

/// What closes a group.
pub(super) struct Bounds {
    /// The longest time from its first to its last message, in milliseconds.
    pub(super) span: Option<i64>,
    /// The longest time between two of its messages.
    pub(super) pause: Option<i64>,
    /// The most messages.
    pub(super) logs: Option<i64>,
    pub(super) starts: Option<Mark>,
    pub(super) ends: Option<Mark>,
    pub(super) keep_orphans: bool,
}

/// A text that a first or last message contains.
pub(super) struct Mark {
    pub(super) text: String,
    /// Whether groups without it are dropped.
    pub(super) strict: bool,
}

/// A group, while messages come.
#[derive(Default)]
struct Group {
    /// The group that it became a part of; itself while it is none.
    part_of: usize,
    size: i64,
    first: i64,
    last: i64,
    closed: bool,
    started: bool,
    ended: bool,
    orphaned: bool,
}

/// A row is its time, its text, then its fields. Its own columns: group, size, duration, whether it is an orphan.
pub(super) fn apply(bounds: &Bounds, rows: &Seen, context: &RunContext<'_>) -> Vec<Made> {
    let order = oldest_first(rows, 0);
    let mut groups: Vec<Group> = Vec::new();
    let mut member: Vec<usize> = vec![0; rows.len()];
    // The group that last had a value in a field; perhaps closed by now, or part of another.
    let mut holder: HashMap<Vec<u8>, usize> = HashMap::new();
    for (count, &at) in order.iter().enumerate() {
        if context.ends_at(count) {
            return Vec::new();
        }
        let (row, number) = (&rows[at], groups.len());
        let time = row[0].borrow().integer().unwrap_or_default();
        let values: Vec<Vec<u8>> = row[2..]
            .iter()
            .enumerate()
            .filter(|(_, value)| !matches!(value, Owned::Null))
            .map(|(field, value)| key([Value::Int(field as i64), value.borrow()]))
            .collect();
        let (begins, ends) = (contains(&bounds.starts, &row[1]), contains(&bounds.ends, &row[1]));
        groups.push(Group {
            part_of: number,
            size: 1,
            first: time,
            last: time,
            started: begins,
            ended: ends,
            orphaned: values.is_empty(),
            ..Group::default()
        });
        member[at] = number;
        let mut home = number;
        for value in &values {
            let Some(other) = holder.get(value).map(|other| root(&mut groups, *other)) else { continue };
            if other == home || groups[other].closed {
                continue;
            }
            if begins || !bounds.fit(&groups[other], &groups[home]) {
                groups[other].closed = true;
                continue;
            }
            home = join(&mut groups, other, home);
        }
        groups[home].ended = ends;
        groups[home].closed |= ends;
        holder.extend(values.into_iter().map(|value| (value, home)));
    }
    let mut numbers: HashMap<usize, i64> = HashMap::new();
    let mut made = Vec::with_capacity(rows.len());
    for (count, at) in order.into_iter().enumerate() {
        if context.ends_at(count) {
            break;
        }
        let home = root(&mut groups, member[at]);
        let group = &groups[home];
        let next = numbers.len() as i64 + 1;
        let number = *numbers.entry(home).or_insert(next);
        let strict = |mark: &Option<Mark>, found: bool| !found && mark.as_ref().is_some_and(|mark| mark.strict);
        if strict(&bounds.starts, group.started)
            || strict(&bounds.ends, group.ended)
            || (group.orphaned && !bounds.keep_orphans)
        {
            continue;
        }
        let figures = [number, group.size, group.last.saturating_sub(group.first)];
        let own = figures.into_iter().map(Owned::Int).chain([Owned::Bool(group.orphaned)]).collect();
        made.push(Made { own, rest: Rest::Of(at) });
    }
    made
}

fn contains(mark: &Option<Mark>, text: &Owned) -> bool {
    match (mark, text.borrow()) {
        (Some(mark), Value::Text(text)) => text.contains(&mark.text),
        _ => false,
    }
}

impl Bounds {
    /// Whether two groups together stay within the bounds; the second is the later one.
    fn fit(&self, a: &Group, b: &Group) -> bool {
        let span = a.last.max(b.last).saturating_sub(a.first.min(b.first));
        self.span.is_none_or(|most| span <= most)
            && self.pause.is_none_or(|most| b.last.saturating_sub(a.last) <= most)
            && self.logs.is_none_or(|most| a.size + b.size <= most)
    }
}

/// The group that a group is part of by now.
fn root(groups: &mut [Group], mut at: usize) -> usize {
    while groups[at].part_of != at {
        groups[at].part_of = groups[groups[at].part_of].part_of;
        at = groups[at].part_of;
    }
    at
}

/// Makes one group of two: the larger takes the other in. Which of them began first says whether it began properly.
fn join(groups: &mut [Group], a: usize, b: usize) -> usize {
    let (home, guest) = if groups[a].size >= groups[b].size { (a, b) } else { (b, a) };
    let guest_first = (groups[guest].first, guest) < (groups[home].first, home);
    groups[guest].part_of = home;
    let (size, first, last, started) =
        (groups[guest].size, groups[guest].first, groups[guest].last, groups[guest].started);
    let home_group = &mut groups[home];
    home_group.size += size;
    home_group.started = if guest_first { started } else { home_group.started };
    home_group.first = home_group.first.min(first);
    home_group.last = home_group.last.max(last);
    home
}
