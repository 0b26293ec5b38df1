//! Random sentences from the grammar's own tree.
//!
//! What a predicate (`!x`, `&x`) forbids is not heeded, and an earlier choice may take what a later one was meant for: a
//! sentence is usually a query, not always. Both readers must agree on it either way.

use super::cover::MARK;
use super::random::Random;
use pest_meta::ast::{Expr, Rule, RuleType};
use std::cell::Cell;
use std::collections::HashMap;

pub struct Generator {
    rules: HashMap<String, Rule>,
    /// How many rules deep a rule goes at least.
    least: HashMap<String, u32>,
    /// The rule that sentences are to use: where one of several ways leads to it, that is taken.
    goal: String,
    /// How many times over the rule of the goal is being written: only the first is led to it.
    within: Cell<u32>,
}

/// Characters that stand for "any", a letter, a digit of any script.
const ANY: &[char] =
    &['a', 'b', 'Z', '7', '_', ' ', '.', '-', '*', '/', '\\', ':', '=', '\'', 'é', '日', '😀', '%', '(', '|'];
const LETTERS: &[char] = &['a', 'b', 'x', 'y', 'n', 'T', 'é', '日'];
const NUMBERS: &[char] = &['0', '1', '2', '9', '٣', '²'];
const BLANKS: &[&str] = &[" ", " ", " ", " ", " ", " ", "  ", "\n", "\t", "", " /* c */ ", " // c\n", "\u{a0}"];

impl Generator {
    pub fn new(rules: Vec<Rule>) -> Generator {
        let rules: HashMap<String, Rule> = rules.into_iter().map(|rule| (rule.name.clone(), rule)).collect();
        let mut generator = Generator { rules, least: HashMap::new(), goal: String::new(), within: Cell::new(0) };
        for _ in 0..generator.rules.len() {
            let depths: Vec<(String, u32)> = generator
                .rules
                .values()
                .filter_map(|rule| Some((rule.name.clone(), 1 + generator.depth(&rule.expr)?)))
                .collect();
            generator.least.extend(depths);
        }
        generator
    }

    /// How many rules deep an expression goes at least; nothing while that is not known.
    fn depth(&self, expr: &Expr) -> Option<u32> {
        match expr {
            Expr::Ident(name) if self.rules.contains_key(name) => self.least.get(name).copied(),
            Expr::Seq(a, b) => Some(self.depth(a)?.max(self.depth(b)?)),
            Expr::Choice(a, b) => self.depth(a).into_iter().chain(self.depth(b)).min(),
            Expr::RepOnce(inner) | Expr::RepExact(inner, _) => self.depth(inner),
            _ => Some(0),
        }
    }

    /// The same with sentences that use a part of the rule (see [`super::cover`]).
    pub fn towards(&mut self, goal: &str) {
        self.goal = goal.to_string();
    }

    /// Whether an expression leads to the goal, or to the rule that has it.
    fn leads(&self, expr: &Expr) -> bool {
        let rule = self.goal.split(MARK).next().unwrap_or("");
        match expr {
            _ if self.goal.is_empty() || self.within.get() > 1 => false,
            Expr::Ident(name) if *name == self.goal || name == rule => true,
            Expr::Ident(name) => name.contains(MARK) && self.rules.get(name).is_some_and(|part| self.leads(&part.expr)),
            Expr::Seq(a, b) | Expr::Choice(a, b) => self.leads(a) || self.leads(b),
            Expr::Opt(inner) | Expr::Rep(inner) | Expr::RepOnce(inner) | Expr::RepMax(inner, _) => self.leads(inner),
            _ => false,
        }
    }

    /// A sentence of a rule. With `fuel` used up, it comes to an end by the shortest way.
    pub fn sentence(&self, rule: &str, fuel: u32, random: &mut Random) -> String {
        let mut out = String::new();
        let mut fuel = fuel;
        self.ident(rule, false, &mut fuel, random, &mut out);
        out
    }

    fn ident(&self, name: &str, atomic: bool, fuel: &mut u32, random: &mut Random, out: &mut String) {
        *fuel = fuel.saturating_sub(1);
        let Some(rule) = self.rules.get(name) else {
            match name {
                "SOI" | "EOI" => {}
                "ASCII_DIGIT" => out.push(*random.one(&['0', '1', '5', '9'])),
                "ALPHABETIC" => out.push(*random.one(LETTERS)),
                "NUMBER" => out.push(*random.one(NUMBERS)),
                "WHITE_SPACE" => out.push(*random.one(&[' ', '\n', '\t'])),
                "ANY" => out.push(*random.one(ANY)),
                other => panic!("no character is known for {other}"),
            }
            return;
        };
        let deeper = u32::from(self.goal.split(MARK).next() == Some(name));
        self.within.set(self.within.get() + deeper);
        let atomic = match rule.ty {
            RuleType::Atomic | RuleType::CompoundAtomic => true,
            RuleType::NonAtomic => false,
            RuleType::Normal | RuleType::Silent => atomic,
        };
        self.expr(&rule.expr, atomic, fuel, random, out);
        self.within.set(self.within.get() - deeper);
    }

    fn expr(&self, expr: &Expr, atomic: bool, fuel: &mut u32, random: &mut Random, out: &mut String) {
        match expr {
            Expr::Str(text) => out.push_str(text),
            Expr::Insens(text) => match random.below(4) {
                0 => out.push_str(&text.to_uppercase()),
                _ => out.push_str(text),
            },
            Expr::Ident(name) => self.ident(name, atomic, fuel, random, out),
            Expr::PosPred(_) | Expr::NegPred(_) => {}
            Expr::Seq(a, b) => {
                self.expr(a, atomic, fuel, random, out);
                // No blank beside a predicate: nothing stands there.
                if !atomic && !matches!(**a, Expr::PosPred(_) | Expr::NegPred(_)) {
                    out.push_str(random.one::<&str>(BLANKS));
                }
                self.expr(b, atomic, fuel, random, out);
            }
            Expr::Choice(..) => {
                let mut options = Vec::new();
                flatten(expr, &mut options);
                let leading = options.iter().copied().find(|option| self.leads(option));
                let chosen = match *fuel {
                    _ if leading.is_some() => leading,
                    0 => options.into_iter().min_by_key(|option| self.depth(option).unwrap_or(u32::MAX)),
                    _ => Some(*random.one(&options)),
                };
                self.expr(chosen.expect("an option"), atomic, fuel, random, out);
            }
            Expr::Opt(inner) => self.times(inner, (0, 1), atomic, fuel, random, out),
            Expr::Rep(inner) => self.times(inner, (0, 2), atomic, fuel, random, out),
            Expr::RepOnce(inner) => self.times(inner, (1, 2), atomic, fuel, random, out),
            Expr::RepExact(inner, n) => self.times(inner, (*n, *n), atomic, fuel, random, out),
            Expr::RepMin(inner, n) => self.times(inner, (*n, n + 1), atomic, fuel, random, out),
            Expr::RepMax(inner, n) => self.times(inner, (0, *n), atomic, fuel, random, out),
            Expr::RepMinMax(inner, least, most) => self.times(inner, (*least, *most), atomic, fuel, random, out),
            other => panic!("the grammar is not to use {other:?}"),
        }
    }

    fn times(
        &self,
        inner: &Expr,
        (least, most): (u32, u32),
        atomic: bool,
        fuel: &mut u32,
        random: &mut Random,
        out: &mut String,
    ) {
        let least = if self.leads(inner) { least.max(1) } else { least };
        let count = if *fuel == 0 { least } else { least + random.below((most - least) as usize + 1) as u32 };
        for number in 0..count {
            if number > 0 && !atomic {
                out.push_str(random.one::<&str>(BLANKS));
            }
            self.expr(inner, atomic, fuel, random, out);
        }
    }
}

/// The options of a choice, in order.
pub fn flatten<'e>(expr: &'e Expr, out: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Choice(a, b) => {
            flatten(a, out);
            flatten(b, out);
        }
        other => out.push(other),
    }
}
