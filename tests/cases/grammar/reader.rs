//! The second reader: runs the grammar as it stands in `grammar/*.pest`.

use super::texts::root;
use pest_meta::ast::Rule;
use pest_meta::optimizer::optimize;
use pest_meta::parser;
use pest_vm::Vm;

/// A rule that was fulfilled, and the bytes it covers.
pub type Found<'t> = (&'t str, std::ops::Range<usize>);

/// A grammar, ready to run.
pub struct Reader {
    vm: Vm,
}

fn file(name: &str) -> String {
    let path = root().join("grammar").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Both grammar files as one text.
pub fn grammar() -> String {
    file("sumo.pest") + &file("operators.pest")
}

/// The names of the rules that are written by hand.
pub fn rules_by_hand() -> Vec<String> {
    let text = file("sumo.pest");
    let pairs = parser::parse(parser::Rule::grammar_rules, &text).unwrap_or_else(|e| panic!("{e}"));
    parser::consume_rules(pairs).expect("rules").into_iter().map(|rule| rule.name).collect()
}

/// The rules of a grammar, checked, as they are written.
pub fn rules(grammar: &str) -> Vec<Rule> {
    let pairs = parser::parse(parser::Rule::grammar_rules, grammar).unwrap_or_else(|e| panic!("{e}"));
    if let Err(errors) = pest_meta::validator::validate_pairs(pairs.clone()) {
        panic!("{}", errors.iter().map(|e| e.to_string()).collect::<Vec<_>>().join("\n"));
    }
    parser::consume_rules(pairs).unwrap_or_else(|errors| panic!("{errors:?}"))
}

impl Reader {
    /// The grammar of these rules.
    pub fn new(rules: Vec<Rule>) -> Reader {
        Reader { vm: Vm::new(optimize(rules)) }
    }

    /// Every rule that was fulfilled on the way, outer before inner; nothing when the text is refused.
    pub fn read<'t>(&'t self, text: &'t str) -> Option<Vec<Found<'t>>> {
        let pairs = self.vm.parse("query", text).ok()?;
        Some(pairs.flatten().map(|pair| (pair.as_rule(), pair.as_span().start()..pair.as_span().end())).collect())
    }
}
