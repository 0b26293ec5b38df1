//! Which options of the grammar are used: each option of a choice, each optional part and each repeated part becomes a
//! rule of its own, so that the reader says when it was fulfilled.

use super::generate::flatten;
use pest_meta::ast::{Expr, Rule, RuleType};
use std::collections::BTreeSet;

/// What separates the name of a rule from the number of its part.
pub const MARK: &str = "__";

/// The same grammar, in which parts report themselves; and for each part its name and how it is written.
pub fn marked(rules: Vec<Rule>) -> (Vec<Rule>, Vec<(String, String)>) {
    let mut out = Vec::new();
    let mut parts = Vec::new();
    let read = read_rules(&rules);
    for rule in rules {
        // What predicates look at is not read, so it can't report itself.
        if !read.contains(&rule.name) {
            out.push(rule);
            continue;
        }
        let mut marker = Marker { rule: &rule.name, rules: &mut out, parts: &mut parts, count: 0 };
        let expr = marker.mark(&rule.expr);
        // Rules that hide what is inside must show it here.
        let ty = match rule.ty {
            RuleType::Atomic => RuleType::CompoundAtomic,
            _ if rule.name == "WHITESPACE" || rule.name == "COMMENT" => RuleType::CompoundAtomic,
            other => other,
        };
        out.push(Rule { name: rule.name.clone(), ty, expr });
    }
    (out, parts)
}

/// The rules that a query can consist of, without those that are only looked at by predicates.
fn read_rules(rules: &[Rule]) -> BTreeSet<String> {
    fn names(expr: &Expr, out: &mut Vec<String>) {
        match expr {
            Expr::Ident(name) => out.push(name.clone()),
            Expr::Seq(a, b) | Expr::Choice(a, b) => {
                names(a, out);
                names(b, out);
            }
            Expr::Opt(inner) | Expr::Rep(inner) | Expr::RepOnce(inner) | Expr::RepMax(inner, _) => names(inner, out),
            _ => {}
        }
    }
    let mut read = BTreeSet::new();
    let mut open = vec!["query".to_string(), "WHITESPACE".to_string(), "COMMENT".to_string()];
    while let Some(name) = open.pop() {
        if read.insert(name.clone())
            && let Some(rule) = rules.iter().find(|rule| rule.name == name)
        {
            names(&rule.expr, &mut open);
        }
    }
    read
}

struct Marker<'r> {
    rule: &'r str,
    rules: &'r mut Vec<Rule>,
    parts: &'r mut Vec<(String, String)>,
    count: usize,
}

impl Marker<'_> {
    fn part(&mut self, expr: &Expr) -> Expr {
        self.count += 1;
        let name = format!("{}{MARK}{}", self.rule, self.count);
        let inner = self.mark(expr);
        self.parts.push((name.clone(), format!("{} in {}", show(expr), self.rule)));
        self.rules.push(Rule { name: name.clone(), ty: RuleType::Normal, expr: inner });
        Expr::Ident(name)
    }

    fn mark(&mut self, expr: &Expr) -> Expr {
        match expr {
            Expr::Choice(..) => {
                let mut options = Vec::new();
                flatten(expr, &mut options);
                let mut options: Vec<Expr> = options.into_iter().map(|option| self.part(option)).collect();
                let mut out = options.pop().expect("an option");
                while let Some(option) = options.pop() {
                    out = Expr::Choice(Box::new(option), Box::new(out));
                }
                out
            }
            Expr::Seq(a, b) => Expr::Seq(Box::new(self.mark(a)), Box::new(self.mark(b))),
            Expr::Opt(inner) => Expr::Opt(Box::new(self.part(inner))),
            Expr::Rep(inner) => Expr::Rep(Box::new(self.part(inner))),
            Expr::RepOnce(inner) => Expr::RepOnce(Box::new(self.mark(inner))),
            Expr::RepMax(inner, n) => Expr::RepMax(Box::new(self.part(inner)), *n),
            // What a predicate looks at is not read.
            other => other.clone(),
        }
    }
}

/// A part in the grammar's notation, shortened.
fn show(expr: &Expr) -> String {
    let text = match expr {
        Expr::Str(text) => format!("{text:?}"),
        Expr::Insens(text) => format!("^{text:?}"),
        Expr::Ident(name) => name.clone(),
        Expr::PosPred(inner) => format!("&{}", show(inner)),
        Expr::NegPred(inner) => format!("!{}", show(inner)),
        Expr::Seq(a, b) => format!("{} ~ {}", show(a), show(b)),
        Expr::Choice(a, b) => format!("({} | {})", show(a), show(b)),
        Expr::Opt(inner) => format!("({})?", show(inner)),
        Expr::Rep(inner) => format!("({})*", show(inner)),
        Expr::RepOnce(inner) => format!("({})+", show(inner)),
        other => format!("{other:?}"),
    };
    text.chars().take(120).collect()
}
