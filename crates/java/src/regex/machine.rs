//! Runs the programs of patterns that need to go back: every step is counted, so that no text can hold up a run.

use super::effort::{Effort, GaveUp};
use super::program::{Assert, Class, Insn, InstructionIndex, Program};
use memchr::memrchr;

/// How many ways back may be open at a time: what they take is memory.
const MAX_FRAMES: usize = 1 << 20;

/// No place in a text.
const NONE: usize = usize::MAX;

/// Where each group of a match begins and ends; [`NONE`] where it took no part.
pub type Places = Vec<usize>;

/// The text of a group.
pub fn group<'t>(places: &[usize], text: &'t str, group: usize) -> Option<&'t str> {
    text.get(*places.get(2 * group)?..*places.get(2 * group + 1)?)
}

/// The first match in a text from a place on.
pub fn find(program: &Program, text: &str, from: usize, effort: &mut Effort<'_>) -> Result<Option<Places>, GaveUp> {
    let slots = vec![NONE; program.slots];
    let mut machine = Machine { code: &program.code, text, from, slots, frames: Vec::new(), effort };
    let mut at = from;
    while at <= text.len() {
        if program.anchored && at > 0 {
            break;
        }
        if let Some(starts) = &program.starts {
            let rest = &text.as_bytes()[at..];
            let Some(skipped) = rest.iter().position(|byte| starts[usize::from(*byte)]) else { break };
            machine.effort.spend(1 + skipped as u64 / 8)?;
            at += skipped;
        }
        if let Some(end) = machine.run(0, at, NONE)? {
            machine.slots[0] = at;
            machine.slots[1] = end;
            machine.slots.truncate(2 * program.groups.len());
            return Ok(Some(machine.slots));
        }
        at += text[at..].chars().next().map_or(1, char::len_utf8);
    }
    Ok(None)
}

/// A way back.
enum Frame {
    /// Go on there, with the text at a place.
    Branch(InstructionIndex, usize),
    /// A slot had this value.
    Slot(usize, usize),
    /// A run of characters can be one shorter, down to the first place; the text is at the second.
    Less(InstructionIndex, usize, usize),
    /// The run of characters of this instruction can be longer by so many; the text is at the first.
    More(InstructionIndex, usize, usize),
}

struct Machine<'m, 'w> {
    code: &'m [Insn],
    text: &'m str,
    /// Where the search began.
    from: usize,
    slots: Vec<usize>,
    frames: Vec<Frame>,
    effort: &'m mut Effort<'w>,
}

impl Machine<'_, '_> {
    /// Runs a part of the program from a place of the text on, to its end: where the text is then. With a `target` the part
    /// must end there. Of the ways back those stay that undo what was kept.
    fn run(&mut self, part: InstructionIndex, at: usize, target: usize) -> Result<Option<usize>, GaveUp> {
        let base = self.frames.len();
        let (mut place, mut at) = (part, at);
        loop {
            self.effort.spend(1)?;
            let next = match &self.code[place] {
                Insn::Text(text) => {
                    let there = self.text.as_bytes()[at..].starts_with(text.as_bytes());
                    there.then(|| (place + 1, at + text.len()))
                }
                Insn::Class(class) => self.one(class, at).map(|length| (place + 1, at + length)),
                Insn::Run { class, least, most, greedy } => self.many(class, (*least, *most, *greedy), place, at)?,
                Insn::Assert(assert) => self.holds(*assert, at).then_some((place + 1, at)),
                Insn::Split(first, second) => {
                    self.push(Frame::Branch(*second, at))?;
                    Some((*first, at))
                }
                Insn::Jump(to) => Some((*to, at)),
                Insn::Mark(slot) => {
                    self.set(*slot, at)?;
                    Some((place + 1, at))
                }
                Insn::Close { group, began } => {
                    self.set(2 * group, self.slots[*began])?;
                    self.set(2 * group + 1, at)?;
                    Some((place + 1, at))
                }
                Insn::Reset(slot) => {
                    self.set(*slot, 0)?;
                    Some((place + 1, at))
                }
                Insn::Loop { slot, least, most, greedy, exit } => {
                    let turns = self.slots[*slot];
                    match turns {
                        // As in Java a turn that took nothing is the last.
                        1.. if self.slots[slot + 1] == at => Some((*exit, at)),
                        _ if turns < *least => Some((place + 1, at)),
                        _ if turns >= *most => Some((*exit, at)),
                        _ if *greedy => {
                            self.push(Frame::Branch(*exit, at))?;
                            Some((place + 1, at))
                        }
                        _ => {
                            self.push(Frame::Branch(place + 1, at))?;
                            Some((*exit, at))
                        }
                    }
                }
                Insn::Turn(slot) => {
                    self.set(*slot, self.slots[*slot] + 1)?;
                    self.set(slot + 1, at)?;
                    Some((place + 1, at))
                }
                Insn::Ahead { negated, next } => {
                    let open = self.frames.len();
                    let found = self.run(place + 1, at, NONE)?.is_some();
                    self.looked(open, found, *negated).then_some((*next, at))
                }
                Insn::Behind { negated, least, most, next } => {
                    let open = self.frames.len();
                    let found = self.behind(place + 1, at, (*least, *most))?;
                    self.looked(open, found, *negated).then_some((*next, at))
                }
                Insn::Atomic { next } => self.run(place + 1, at, NONE)?.map(|end| (*next, end)),
                Insn::Again { group, fold } => self.again(*group, *fold, at)?.map(|end| (place + 1, end)),
                Insn::Accept if target == NONE || target == at => {
                    self.keep_slots(base);
                    return Ok(Some(at));
                }
                Insn::Accept => None,
            };
            (place, at) = match next {
                Some(next) => next,
                None => match self.back(base)? {
                    Some(next) => next,
                    None => return Ok(None),
                },
            };
        }
    }

    fn push(&mut self, frame: Frame) -> Result<(), GaveUp> {
        if self.frames.len() >= MAX_FRAMES {
            return Err(self.effort.give_up());
        }
        self.frames.push(frame);
        Ok(())
    }

    fn set(&mut self, slot: usize, value: usize) -> Result<(), GaveUp> {
        let before = std::mem::replace(&mut self.slots[slot], value);
        self.push(Frame::Slot(slot, before))
    }

    /// The last way that is open, or `None` if none is left since `base`.
    fn back(&mut self, base: usize) -> Result<Option<(InstructionIndex, usize)>, GaveUp> {
        while self.frames.len() > base {
            match self.frames.pop() {
                Some(Frame::Branch(place, at)) => return Ok(Some((place, at))),
                Some(Frame::Slot(slot, value)) => self.slots[slot] = value,
                Some(Frame::Less(next, least, at)) if matches!(self.code[next], Insn::Text(_)) => {
                    // Only where the text can begin that comes next.
                    let Insn::Text(text) = &self.code[next] else { continue };
                    let rest = &self.text.as_bytes()[least..at];
                    let begins = text.bytes().next().and_then(|byte| memrchr(byte, rest));
                    self.effort.spend((rest.len() - begins.unwrap_or(0)) as u64 / 8)?;
                    let Some(shorter) = begins.map(|found| least + found) else { continue };
                    if shorter > least {
                        self.frames.push(Frame::Less(next, least, shorter));
                    }
                    return Ok(Some((next, shorter)));
                }
                Some(Frame::Less(next, least, at)) => {
                    let shorter = at - self.text[..at].chars().next_back().map_or(1, char::len_utf8);
                    if shorter > least {
                        self.frames.push(Frame::Less(next, least, shorter));
                    }
                    return Ok(Some((next, shorter)));
                }
                Some(Frame::More(place, at, left)) => {
                    let Insn::Run { class, .. } = &self.code[place] else { continue };
                    if let Some(length) = self.one(class, at) {
                        if left > 1 {
                            self.frames.push(Frame::More(place, at + length, left - 1));
                        }
                        return Ok(Some((place + 1, at + length)));
                    }
                }
                None => break,
            }
        }
        Ok(None)
    }

    /// Closes the ways that were opened since `base`, but those that undo what was kept.
    fn keep_slots(&mut self, base: usize) {
        let mut kept = base;
        for at in base..self.frames.len() {
            if matches!(self.frames[at], Frame::Slot(..)) {
                self.frames.swap(kept, at);
                kept += 1;
            }
        }
        self.frames.truncate(kept);
    }

    /// What a look around says. Of a negated one nothing stays.
    fn looked(&mut self, open: usize, found: bool, negated: bool) -> bool {
        if negated {
            while self.frames.len() > open {
                if let Some(Frame::Slot(slot, value)) = self.frames.pop() {
                    self.slots[slot] = value;
                }
            }
        }
        found != negated
    }

    /// Whether a part fits that ends here; the shortest way back is tried first.
    fn behind(&mut self, part: InstructionIndex, at: usize, (least, most): (usize, usize)) -> Result<bool, GaveUp> {
        let mut start = at;
        for length in 0..=most {
            if length >= least && self.run(part, start, at)?.is_some() {
                return Ok(true);
            }
            let Some(c) = self.text[..start].chars().next_back() else { break };
            start -= c.len_utf8();
            self.effort.spend(1)?;
        }
        Ok(false)
    }

    /// The length of the character here, if it is of a class.
    #[inline]
    fn one(&self, class: &Class, at: usize) -> Option<usize> {
        let byte = *self.text.as_bytes().get(at)?;
        let c = if byte.is_ascii() { char::from(byte) } else { self.text[at..].chars().next()? };
        class.has(c).then(|| c.len_utf8())
    }

    /// A run of characters of a class.
    fn many(
        &mut self,
        class: &Class,
        (least, most, greedy): (usize, usize, bool),
        place: InstructionIndex,
        at: usize,
    ) -> Result<Option<(InstructionIndex, usize)>, GaveUp> {
        let (mut end, mut count, mut enough) = (at, 0, at);
        let wanted = if greedy { most } else { least };
        while count < wanted {
            end += match self.text.as_bytes().get(end) {
                Some(byte) if byte.is_ascii() && class.has(char::from(*byte)) => 1,
                Some(byte) if byte.is_ascii() => break,
                _ => match self.one(class, end) {
                    Some(length) => length,
                    None => break,
                },
            };
            count += 1;
            if count == least {
                enough = end;
            }
        }
        self.effort.spend(count as u64)?;
        if count < least {
            return Ok(None);
        }
        if greedy && end > enough {
            self.push(Frame::Less(place + 1, enough, end))?;
        } else if !greedy && most > least {
            self.push(Frame::More(place, end, most - least))?;
        }
        Ok(Some((place + 1, end)))
    }

    fn holds(&self, assert: Assert, at: usize) -> bool {
        let word = |c: Option<char>| c.is_some_and(regex_syntax::is_word_character);
        let edge = || word(self.text[..at].chars().next_back()) != word(self.text[at..].chars().next());
        match assert {
            Assert::Start => at == 0,
            Assert::End => at == self.text.len(),
            Assert::Searched => at == self.from,
            Assert::Word => edge(),
            Assert::NoWord => !edge(),
        }
    }

    /// What a group has taken, once more: where it ends.
    fn again(&mut self, number: usize, fold: bool, at: usize) -> Result<Option<usize>, GaveUp> {
        let Some(taken) = group(&self.slots, self.text, number) else { return Ok(None) };
        self.effort.spend(taken.len() as u64 / 8)?;
        if !fold {
            return Ok(self.text.as_bytes()[at..].starts_with(taken.as_bytes()).then(|| at + taken.len()));
        }
        let mut rest = self.text[at..].chars();
        let alike = |a: char, b: char| a == b || a.to_lowercase().eq(b.to_lowercase());
        let same = taken.chars().all(|c| rest.next().is_some_and(|other| alike(c, other)));
        Ok(same.then(|| self.text.len() - rest.as_str().len()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::regex::effort::Watch;
    use proptest::prelude::*;

    /// Where the groups of a match are.
    type Groups = Vec<Option<(usize, usize)>>;

    /// Where the groups of the first match are; nothing where the work was too much.
    fn found(pattern: &str, text: &str) -> Option<Option<Groups>> {
        let program = Program::new(pattern).ok()?;
        let places = find(&program, text, 0, &mut Effort::new(&Watch::default())).ok()?;
        let group = |pair: &[usize]| (pair[0] != NONE && pair[1] != NONE).then_some((pair[0], pair[1]));
        Some(places.map(|places| places.chunks_exact(2).map(group).collect()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn it_finds_what_the_linear_engine_finds(
            pattern in r"(a|b|é|\.|\[ab\]|\[\^a\]|\\w|\\b|\^|\$|(a|b|\.|\(a\)|\(b\|ab\)|\(\?:ab\|a\))(\*|\+|\?|\*\?|\+\?|\?\?|\{1,2\}|\{2\})|\(a\|b\)|\||\(ab\|a\)){0,7}",
            text in "[abé\n]{0,10}",
        ) {
            if let (Ok(linear), Some(ours)) = (regex::Regex::new(&pattern), found(&pattern, &text)) {
                let group = |m: regex::Match<'_>| (m.start(), m.end());
                let theirs = linear.captures(&text).map(|c| c.iter().map(|m| m.map(group)).collect::<Vec<_>>());
                prop_assert_eq!(ours, theirs, "{} in {:?}", pattern, text);
            }
        }

        #[test]
        fn it_finds_what_another_backtracking_engine_finds(
            pattern in r"(a|b|\.|\[ab\]|\(\?=a\)|\(\?!b\)|\(\?<=a\)|\(\?<!b\)|\(\?>a\*\)|\(a\|b\)|\\1|(a|b|\.|\(ab\?\))(\*|\+|\?|\*\?|\+\?)|\||\(\?=\.\*b\)){0,7}",
            text in "[ab]{0,10}",
        ) {
            if let (Ok(other), Some(ours)) = (fancy_regex::Regex::new(&pattern), found(&pattern, &text))
                && let Ok(theirs) = other.captures(&text)
            {
                let group = |m: fancy_regex::Match<'_>| (m.start(), m.end());
                let theirs = theirs.map(|c| c.iter().map(|m| m.map(group)).collect::<Vec<_>>());
                prop_assert_eq!(ours, theirs, "{} in {:?}", pattern, text);
            }
        }
    }
}
