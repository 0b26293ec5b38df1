//! Tests made of cases: a trial for each example of the reference, each rule of the language, each query of the grammar.

use libtest_mimic::Arguments;

mod examples;
mod grammar;
mod language;

fn main() {
    let trials = [examples::trials(), grammar::trials(), language::trials()].into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
