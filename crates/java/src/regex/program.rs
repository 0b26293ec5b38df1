//! Patterns with look-around, back-references and the like, as programs for [`super::machine`]. They are read by
//! `fancy-regex`, whose own engine can't be told to stop.

use fancy_regex::{Assertion, Expr, LookAround};
use regex_syntax::hir::{Class as HirClass, HirKind};
use std::ops::RangeInclusive;

/// A pattern, ready to run.
#[derive(Debug)]
pub struct Program {
    /// The instructions; the program begins with the first and ends at [`Insn::Accept`].
    pub code: Vec<Insn>,
    /// The names of the groups; the first is the whole match.
    pub groups: Vec<Option<String>>,
    /// How many numbers a run keeps: two for each group, then those of loops.
    pub slots: usize,
    /// A match can only begin at the beginning of the text.
    pub anchored: bool,
    /// The bytes that a match can begin with, if it can't be empty.
    pub starts: Option<Box<[bool; 256]>>,
    /// A text that every match contains.
    pub needle: Option<Vec<u8>>,
}

/// A place in a program.
pub type InstructionIndex = usize;

/// An instruction.
#[derive(Debug)]
pub enum Insn {
    /// This text, which is not empty.
    Text(Box<str>),
    /// One character of a class.
    Class(Class),
    /// As many characters of a class as there are, or as few.
    Run { class: Class, least: usize, most: usize, greedy: bool },
    /// What must be true of the place.
    Assert(Assert),
    /// Go on at the first place; should that fail, at the second.
    Split(InstructionIndex, InstructionIndex),
    /// Go on there.
    Jump(InstructionIndex),
    /// Keep where the text is.
    Mark(usize),
    /// The group ends, which began where the slot says.
    Close { group: usize, began: usize },
    /// A loop begins.
    Reset(usize),
    /// Whether another turn of a loop is due. Two slots: how many there were, and where the last began.
    Loop { slot: usize, least: usize, most: usize, greedy: bool, exit: InstructionIndex },
    /// A turn of a loop begins.
    Turn(usize),
    /// What follows, up to its [`Insn::Accept`], must fit here, or must not.
    Ahead { negated: bool, next: InstructionIndex },
    /// The same for a part that ends here, so many characters long.
    Behind { negated: bool, least: usize, most: usize, next: InstructionIndex },
    /// The first way in which what follows, up to its [`Insn::Accept`], fits is the only one.
    Atomic { next: InstructionIndex },
    /// What the group has taken.
    Again { group: usize, fold: bool },
    /// The end of the program, or of the part of it.
    Accept,
}

/// What can be true of a place.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Assert {
    Start,
    End,
    /// The search began here.
    Searched,
    Word,
    NoWord,
}

/// A set of characters.
#[derive(Clone, Debug)]
pub struct Class {
    ascii: u128,
    /// Those beyond ASCII, in order.
    others: Box<[RangeInclusive<char>]>,
}

impl Class {
    fn new(ranges: impl Iterator<Item = RangeInclusive<char>>) -> Class {
        let (mut ascii, mut others) = (0, Vec::new());
        for range in ranges {
            for byte in 0..128u8 {
                if range.contains(&char::from(byte)) {
                    ascii |= 1 << byte;
                }
            }
            if *range.end() as u32 >= 128 {
                others.push((*range.start()).max('\u{80}')..=*range.end());
            }
        }
        Class { ascii, others: others.into() }
    }

    /// Whether a character is in it.
    #[inline]
    pub fn has(&self, c: char) -> bool {
        match c.is_ascii() {
            true => self.ascii & (1 << c as u32) != 0,
            false => {
                let at = self.others.partition_point(|range| *range.end() < c);
                self.others.get(at).is_some_and(|range| range.contains(&c))
            }
        }
    }

    /// One character in the syntax of the linear engine: a class, an escape, a character.
    fn read(text: &str, fold: bool) -> Result<Class, String> {
        let hir = regex_syntax::ParserBuilder::new().case_insensitive(fold).build().parse(text);
        match hir.map_err(|error| error.to_string())?.kind() {
            HirKind::Class(HirClass::Unicode(class)) => {
                Ok(Class::new(class.ranges().iter().map(|range| range.start()..=range.end())))
            }
            HirKind::Class(HirClass::Bytes(class)) if class.is_ascii() => {
                let char = char::from;
                Ok(Class::new(class.ranges().iter().map(|range| char(range.start())..=char(range.end()))))
            }
            HirKind::Literal(literal) => {
                let one = std::str::from_utf8(&literal.0).ok().and_then(|text| text.chars().next());
                let one = one.ok_or("unknown character class")?;
                Ok(Class::new(std::iter::once(one..=one)))
            }
            _ => Err("unknown character class".into()),
        }
    }

    fn of_char(c: char, fold: bool) -> Result<Class, String> {
        match fold {
            true => Class::read(&regex_syntax::escape(c.encode_utf8(&mut [0; 4])), true),
            false => Ok(Class::new(std::iter::once(c..=c))),
        }
    }
}

const UNKNOWN: &str = "unknown kind of group";

impl Program {
    /// Compiles a pattern. The error is a text for the user.
    pub fn new(pattern: &str) -> Result<Program, String> {
        let tree = Expr::parse_tree(pattern).map_err(|error| error.to_string())?;
        let mut compiler = Compiler { code: Vec::new(), groups: 1, slots: 2 * (1 + groups(&tree.expr)) };
        compiler.emit(&tree.expr)?;
        compiler.code.push(Insn::Accept);
        let mut names = vec![None; compiler.groups];
        for (name, numbers) in &tree.named_groups {
            for number in numbers {
                if let Some(place) = names.get_mut(*number) {
                    *place = Some(name.clone());
                }
            }
        }
        let mut starts = Box::new([false; 256]);
        let starts = if first(&tree.expr, &mut starts) { None } else { Some(starts) };
        let mut longest = Longest::default();
        longest.walk(&tree.expr);
        longest.end();
        let needle = (longest.text.len() > 1).then(|| longest.text.into_bytes());
        let anchored = begins(&tree.expr);
        Ok(Program { code: compiler.code, groups: names, slots: compiler.slots, anchored, starts, needle })
    }
}

struct Compiler {
    code: Vec<Insn>,
    /// The groups so far, with the whole match.
    groups: usize,
    slots: usize,
}

impl Compiler {
    fn emit(&mut self, expr: &Expr) -> Result<(), String> {
        match expr {
            Expr::Empty => {}
            Expr::Literal { val, .. } if val.is_empty() => {}
            Expr::Literal { val, casei: false } => self.code.push(Insn::Text(val.as_str().into())),
            Expr::Literal { val, casei: true } => {
                for c in val.chars() {
                    let class = Class::of_char(c, true)?;
                    self.code.push(Insn::Class(class));
                }
            }
            Expr::Any { .. } | Expr::Delegate { .. } => {
                let class = class(expr)?.ok_or(UNKNOWN)?;
                self.code.push(Insn::Class(class));
            }
            Expr::Assertion(assertion) => self.code.push(Insn::Assert(match assertion {
                Assertion::StartText => Assert::Start,
                Assertion::EndText => Assert::End,
                Assertion::WordBoundary => Assert::Word,
                Assertion::NotWordBoundary => Assert::NoWord,
                _ => return Err(UNKNOWN.into()),
            })),
            Expr::ContinueFromPreviousMatchEnd => self.code.push(Insn::Assert(Assert::Searched)),
            Expr::Concat(parts) => parts.iter().try_for_each(|part| self.emit(part))?,
            Expr::Alt(branches) => self.alternatives(branches)?,
            Expr::Group(inner) => {
                let (group, began) = (self.groups, self.slots);
                self.groups += 1;
                self.slots += 1;
                self.code.push(Insn::Mark(began));
                self.emit(inner)?;
                self.code.push(Insn::Close { group, began });
            }
            Expr::LookAround(inner, LookAround::LookAhead) => {
                self.part(inner, |next| Insn::Ahead { negated: false, next })?;
            }
            Expr::LookAround(inner, LookAround::LookAheadNeg) => {
                self.part(inner, |next| Insn::Ahead { negated: true, next })?;
            }
            Expr::LookAround(inner, kind) => {
                let (least, most) = width(inner);
                let negated = *kind == LookAround::LookBehindNeg;
                self.part(inner, |next| Insn::Behind { negated, least, most, next })?;
            }
            Expr::AtomicGroup(inner) => self.part(inner, |next| Insn::Atomic { next })?,
            Expr::Repeat { child, lo, hi, greedy } => self.repeat(child, *lo, *hi, *greedy)?,
            Expr::Backref { group, casei } => self.code.push(Insn::Again { group: *group, fold: *casei }),
            _ => return Err(UNKNOWN.into()),
        }
        Ok(())
    }

    /// An instruction whose place is known before where it leads is.
    fn later(&mut self) -> InstructionIndex {
        self.code.push(Insn::Jump(0));
        self.code.len() - 1
    }

    fn alternatives(&mut self, branches: &[Expr]) -> Result<(), String> {
        let mut ends = Vec::new();
        for (at, branch) in branches.iter().enumerate() {
            if at + 1 == branches.len() {
                self.emit(branch)?;
                break;
            }
            let split = self.later();
            self.emit(branch)?;
            ends.push(self.later());
            self.code[split] = Insn::Split(split + 1, self.code.len());
        }
        let end = self.code.len();
        ends.into_iter().for_each(|at| self.code[at] = Insn::Jump(end));
        Ok(())
    }

    /// A part with an end of its own.
    fn part(&mut self, inner: &Expr, make: impl Fn(InstructionIndex) -> Insn) -> Result<(), String> {
        let head = self.later();
        self.emit(inner)?;
        self.code.push(Insn::Accept);
        self.code[head] = make(self.code.len());
        Ok(())
    }

    fn repeat(&mut self, child: &Expr, least: usize, most: usize, greedy: bool) -> Result<(), String> {
        if most == 0 {
            // Its groups keep their numbers and are never set.
            let start = self.code.len();
            self.emit(child)?;
            self.code.truncate(start);
            return Ok(());
        }
        if let Some(class) = class(child)? {
            self.code.push(Insn::Run { class, least, most, greedy });
            return Ok(());
        }
        match (least, most) {
            (1, 1) => self.emit(child)?,
            (0, 1) => {
                let split = self.later();
                self.emit(child)?;
                let (inside, behind) = (split + 1, self.code.len());
                self.code[split] = if greedy { Insn::Split(inside, behind) } else { Insn::Split(behind, inside) };
            }
            _ => {
                let slot = self.slots;
                self.slots += 2;
                self.code.push(Insn::Reset(slot));
                let head = self.later();
                self.code.push(Insn::Turn(slot));
                self.emit(child)?;
                self.code.push(Insn::Jump(head));
                self.code[head] = Insn::Loop { slot, least, most, greedy, exit: self.code.len() };
            }
        }
        Ok(())
    }
}

/// The class that an expression is, if it is exactly one character.
fn class(expr: &Expr) -> Result<Option<Class>, String> {
    Ok(Some(match expr {
        Expr::Any { newline: true, .. } => Class::read("(?s:.)", false)?,
        Expr::Any { crlf: true, .. } => Class::read(r"[^\r\n]", false)?,
        Expr::Any { .. } => Class::read(r"[^\n]", false)?,
        Expr::Delegate { inner, casei } => Class::read(inner, *casei)?,
        Expr::Literal { val, casei } => {
            let mut chars = val.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Class::of_char(c, *casei)?,
                _ => return Ok(None),
            }
        }
        _ => return Ok(None),
    }))
}

fn groups(expr: &Expr) -> usize {
    usize::from(matches!(expr, Expr::Group(_))) + expr.children_iter().map(groups).sum::<usize>()
}

/// How many characters it takes, at least and at most.
fn width(expr: &Expr) -> (usize, usize) {
    match expr {
        Expr::Any { .. } | Expr::Delegate { .. } => (1, 1),
        Expr::Literal { val, .. } => {
            let length = val.chars().count();
            (length, length)
        }
        Expr::Concat(parts) => parts
            .iter()
            .map(width)
            .fold((0, 0), |(a, b), (least, most)| (a.saturating_add(least), b.saturating_add(most))),
        Expr::Alt(branches) => {
            branches.iter().map(width).reduce(|(a, b), (least, most)| (a.min(least), b.max(most))).unwrap_or((0, 0))
        }
        Expr::Group(inner) => width(inner),
        Expr::AtomicGroup(inner) => width(inner),
        Expr::Repeat { child, lo, hi, .. } => {
            let (least, most) = width(child);
            (least.saturating_mul(*lo), if most == 0 { 0 } else { most.saturating_mul(*hi) })
        }
        Expr::Empty | Expr::Assertion(_) | Expr::LookAround(..) | Expr::ContinueFromPreviousMatchEnd => (0, 0),
        _ => (0, usize::MAX),
    }
}

/// Whether it fits nowhere but at the beginning of a text.
fn begins(expr: &Expr) -> bool {
    match expr {
        Expr::Assertion(Assertion::StartText) => true,
        Expr::Concat(parts) => parts.first().is_some_and(begins),
        Expr::Alt(branches) => branches.iter().all(begins),
        Expr::Group(inner) => begins(inner),
        Expr::AtomicGroup(inner) => begins(inner),
        _ => false,
    }
}

/// Adds the bytes that it can begin with; the answer is whether it can be empty.
fn first(expr: &Expr, starts: &mut [bool; 256]) -> bool {
    match expr {
        Expr::Empty | Expr::Assertion(_) | Expr::LookAround(..) | Expr::ContinueFromPreviousMatchEnd => true,
        Expr::Concat(parts) => parts.iter().all(|part| first(part, starts)),
        Expr::Alt(branches) => branches.iter().fold(false, |empty, branch| first(branch, starts) | empty),
        Expr::Group(inner) => first(inner, starts),
        Expr::AtomicGroup(inner) => first(inner, starts),
        Expr::Repeat { child, lo, hi, .. } => *hi == 0 || (first(child, starts) | (*lo == 0)),
        Expr::Literal { val, casei: false } => match val.bytes().next() {
            Some(byte) => {
                starts[usize::from(byte)] = true;
                false
            }
            None => true,
        },
        _ => {
            let head = match expr {
                Expr::Literal { val, casei: true } => match val.chars().next() {
                    Some(c) => Class::of_char(c, true).ok(),
                    None => return true,
                },
                expr => class(expr).ok().flatten(),
            };
            match head {
                Some(class) => {
                    (0..128u8)
                        .filter(|byte| class.has(char::from(*byte)))
                        .for_each(|byte| starts[usize::from(byte)] = true);
                    if !class.others.is_empty() {
                        starts[0xc2..].fill(true);
                    }
                    false
                }
                // A back-reference may be empty.
                None => true,
            }
        }
    }
}

/// The longest text that every match contains, as far as it was found.
#[derive(Default)]
struct Longest {
    text: String,
    /// The text that ends where the walk is.
    run: String,
}

impl Longest {
    fn walk(&mut self, expr: &Expr) {
        match expr {
            // They take no text.
            Expr::Empty | Expr::Assertion(_) | Expr::LookAround(..) | Expr::ContinueFromPreviousMatchEnd => {}
            Expr::Literal { val, casei: false } => self.run.push_str(val),
            Expr::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            Expr::Group(inner) => self.walk(inner),
            Expr::AtomicGroup(inner) => self.walk(inner),
            Expr::Repeat { child, lo, .. } if *lo > 0 => {
                self.end();
                self.walk(child);
                self.end();
            }
            _ => self.end(),
        }
    }

    fn end(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.len() > self.text.len() {
            self.text = run;
        }
    }
}
