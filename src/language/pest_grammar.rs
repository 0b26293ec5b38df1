//! The catalogue's part of the grammar: a rule for each operator, from its form, and for each aggregate.
//!
//! `grammar/operators.pest` is what [`operators`] gives; `grammar/sumo.pest` uses these rules and defines those that they
//! use. The binary does not read either: they are for people and for the test that compares two readers.

use crate::syntax::form::{Form, is_keyword};
use crate::syntax::signature::{AggregateSignature, Type};
use crate::syntax::signatures::Signatures;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The keywords that the hand-written part uses.
const KEYWORDS: &[&str] = &["and", "as", "by", "contains", "group", "in", "matches", "not", "or"];

/// The generated grammar file.
pub fn operators(catalogue: &Signatures) -> String {
    let mut out = String::from(
        "// Generated from the definitions in src/operators, src/aggregates and src/functions; do not edit.\n\
         // `UPDATE=1 cargo test --test cases` regenerates it. README.md explains the notation.\n",
    );
    let mut rules = Rules::default();
    KEYWORDS.iter().for_each(|word| drop(rules.keyword(word)));

    out.push_str(
        "\n// An operator with its arguments, up to the end of the stage, in the order in which they are \
                  tried.\n",
    );
    let mut forms: Vec<_> = catalogue.forms().collect();
    let names: Vec<_> = forms.iter().map(|(def, _)| format!("{} ~ &stage_end", rule("op", def.name))).collect();
    choice(&mut out, "operator", "", &names);
    out.push_str("\n// An operator in place of the scope.\n");
    let names: Vec<_> = catalogue.heads().map(|(def, _)| format!("{} ~ &stage_end", rule("op", def.name))).collect();
    choice(&mut out, "head_operator", "_", &names);
    forms.extend(catalogue.heads());
    forms.sort_by_key(|(def, _)| def.name);
    for (def, form) in forms {
        let name = rule("op", def.name);
        let body = rules.form(&name, form);
        line(&mut out, &format!("\n// {}\n{name} = {{ {body} }}", def.summary));
        for (name, body) in std::mem::take(&mut rules.items) {
            line(&mut out, &format!("{name} = {{ {body} }}"));
        }
    }

    if let Some((def, form)) = catalogue.subquery() {
        let body = rules.form("subquery", form);
        line(&mut out, &format!("\n// {}\nsubquery = {{ {body} }}", def.summary));
    }

    out.push_str("\n// Lists of pieces.\n");
    for piece in &rules.lists {
        line(&mut out, &format!("{piece}_list = _{{ {piece}_piece ~ (\",\" ~ {piece}_piece)* }}"));
    }

    out.push_str("\n// An aggregate with its arguments.\n");
    let aggregates = catalogue.aggregates();
    let names: Vec<_> = aggregates.iter().map(|def| rule("agg", def.name)).collect();
    choice(&mut out, "aggregate_call", "_", &names);
    for def in aggregates {
        line(&mut out, &format!("{} = {{ {} }}", rule("agg", def.name), aggregate(def)));
    }
    for def in aggregates {
        let names: Vec<_> = crate::syntax::signatures::names(def).map(|name| format!("^\"{name}\"")).collect();
        let names = if names.len() == 1 { names.concat() } else { format!("({})", names.join(" | ")) };
        line(&mut out, &format!("{} = @{{ {names} ~ name_end }}", rule("name", def.name)));
    }

    out.push_str("\n// Functions that return true or false, which are allowed in the scope.\n");
    let mut predicates = Vec::new();
    for def in catalogue.functions().iter().filter(|def| def.returns == Type::Bool) {
        predicates.extend(std::iter::once(&def.name).chain(def.aliases).map(|name| format!("^\"{name}\"")));
    }
    // A name that another one starts with must be tried after it.
    predicates.sort_by_key(|name| (std::cmp::Reverse(name.len()), name.to_lowercase()));
    line(&mut out, &format!("predicate = @{{\n    ({})\n  ~ !word_char\n}}", predicates.join("\n    | ")));

    out.push_str("\n// Keywords, in any case.\n");
    for (name, word) in &rules.keywords {
        line(&mut out, &format!("{name} = @{{ ^\"{word}\" ~ name_end }}"));
    }
    out
}

/// Rules that forms make besides their own.
#[derive(Default)]
struct Rules {
    /// Keywords, by the name of the rule.
    keywords: BTreeMap<String, &'static str>,
    /// Pieces of which there are lists.
    lists: std::collections::BTreeSet<&'static str>,
    /// What the lists of the present operator consist of, where it is more than a piece.
    items: Vec<(String, String)>,
}

impl Rules {
    /// A form in pest's notation, as the body of a rule.
    fn form(&mut self, rule: &str, form: &Form) -> String {
        match form {
            Form::All(items) => self.each(items, " ~ ", |rules, item| rules.item(rule, item)),
            Form::First(options) => self.each(options, " | ", |rules, option| rules.form(rule, option)),
            Form::Optional(inner) => format!("{}?", self.atom(rule, inner)),
            Form::Many(0, inner) => format!("{}*", self.atom(rule, inner)),
            Form::Many(_, inner) => format!("{}+", self.atom(rule, inner)),
            Form::List(inner) => self.list(rule, inner),
            Form::Word(word) if is_keyword(word) => self.keyword(word),
            Form::Word(sign) => format!("\"{sign}\""),
            Form::Piece(_, piece) => format!("{piece}_piece"),
            Form::Group(_, inner) => self.form(rule, inner),
        }
    }

    fn each(&mut self, forms: &[Form], joint: &str, write: impl Fn(&mut Self, &Form) -> String) -> String {
        forms.iter().map(|form| write(self, form)).collect::<Vec<_>>().join(joint)
    }

    /// A form as a part of a sequence.
    fn item(&mut self, rule: &str, form: &Form) -> String {
        match form {
            Form::First(_) => format!("({})", self.form(rule, form)),
            Form::Group(_, inner) => self.item(rule, inner),
            _ => self.form(rule, form),
        }
    }

    /// A form as something that can be repeated.
    fn atom(&mut self, rule: &str, form: &Form) -> String {
        match form {
            Form::Word(_) | Form::Piece(..) => self.form(rule, form),
            Form::Group(_, inner) => self.atom(rule, inner),
            _ => format!("({})", self.form(rule, form)),
        }
    }

    /// One or more with commas between. What is more than a piece becomes a rule of its own.
    fn list(&mut self, rule: &str, inner: &Form) -> String {
        match inner {
            Form::Piece(_, piece) => {
                self.lists.insert(piece);
                format!("{piece}_list")
            }
            Form::Group(label, _) => {
                let body = self.form(rule, inner);
                let mut name = format!("{rule}_{label}");
                while self.items.iter().any(|(taken, other)| *taken == name && *other != body) {
                    name.push_str("_too");
                }
                let list = format!("{name} ~ (\",\" ~ {name})*");
                if !self.items.iter().any(|(taken, _)| *taken == name) {
                    self.items.push((name, body));
                }
                list
            }
            _ => {
                let item = self.atom(rule, inner);
                format!("{item} ~ (\",\" ~ {item})*")
            }
        }
    }

    /// The rule of a keyword.
    fn keyword(&mut self, word: &'static str) -> String {
        let name = rule("kw", &word.to_lowercase());
        self.keywords.entry(name.clone()).or_insert(word);
        name
    }
}

/// `prefix_name`, with `_` for what can't be in a rule's name.
fn rule(prefix: &str, name: &str) -> String {
    format!("{prefix}_{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

fn aggregate(def: &AggregateSignature) -> String {
    let arguments = match def.max_args {
        usize::MAX => "(star | arguments)".to_string(),
        0 => "\"(\" ~ \"*\"? ~ \")\"".to_string(),
        1 => "(star | \"(\" ~ argument? ~ \")\")".to_string(),
        n => format!("(star | \"(\" ~ (argument ~ (\",\" ~ argument){{,{}}})? ~ \")\")", n - 1),
    };
    let optional = if def.shorthand { "?" } else { "" };
    format!("{} ~ {arguments}{optional}", rule("name", def.name))
}

/// A rule that is a choice, one option a line.
fn choice(out: &mut String, name: &str, kind: &str, options: &[String]) {
    line(out, &format!("{name} = {kind}{{\n    {}\n}}", options.join("\n  | ")));
}

fn line(out: &mut String, text: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(out, "{text}");
}
