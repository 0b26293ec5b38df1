//! The grammar in `grammar/*.pest` and the parser in `src/syntax` read the same language, as far as tests can tell.
//!
//! Two readers that have nothing in common get the same texts: nom parsers, and pest's virtual machine running the grammar
//! file. They must agree on what is a query, and on what is where in it. Errors that have nothing to do with grammar (too
//! long, too deeply nested) are left out. Queries that are not part of the project are read where they are there:
//! `SUMOQL_SHARED` names the folder.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cover;
mod generate;
mod random;
mod reader;
mod shape;
mod texts;

use generate::Generator;
use libtest_mimic::{Failed, Trial};
use random::Random;
use reader::Reader;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use sumoql::diagnostics::codes;
use sumoql::plan::definitions::Catalogue;
use sumoql::syntax::MAX_QUERY_BYTES;
use sumoql::syntax::Quotes;
use texts::Text;

/// Rules of the hand-written grammar that no function of `src/syntax` is named after, and where they are read.
const RULES_WITHOUT_FUNCTION: &[(&str, &str)] = &[
    ("pair_name", "in `pair_head`"),
    ("pair_char", "in `pair_head`"),
    ("and_joint", "`joint` of scope.rs with its word"),
    ("or_joint", "`joint` of scope.rs with its word"),
    ("not_joint", "`joint` of scope.rs with its word"),
    ("joint_end", "in `joint` of scope.rs"),
    ("stats", "in `aggregates`"),
    ("lone_aggregate", "a case of `aggregates`"),
    ("star", "in `aggregate`"),
    ("group_fields", "a list of `group_field`, in `aggregates`"),
    ("literal", "a case of `word_or_call`"),
    ("reserved", "the list RESERVED in expression.rs"),
    ("name_end", "where `bare_name` ends"),
    ("path_char", "in `path`"),
    ("value_word", "in `value`"),
    ("opaque_part", "in `opaque_text`"),
    ("regex_text", "in `regex`"),
    ("starred_text", "in `starred_regex`"),
    ("regex_line", "in `regex`"),
    ("regex_close", "in `regex`"),
    ("parameter_name", "in `parameter_end`"),
    ("parameter_char", "in `parameter_end`"),
    ("unit", "the list in `unit_factor`"),
    ("time_unit", "the list in `interval`"),
    ("WHITESPACE", "in `blank`"),
    ("COMMENT", "in `blank`"),
];

/// Functions of `src/syntax` that parse and have no rule of their name, and where the grammar has what they read.
const FUNCTIONS_WITHOUT_RULE: &[(&str, &str)] = &[
    ("any_stage", "in stage"),
    ("whole_stage", "a stage with its left_over"),
    ("to_end", "stage_end after each kind of stage"),
    ("operator", "operators.pest"),
    ("by_form", "operators.pest"),
    ("beginning", "head or search"),
    ("pipe", "the sign stands in the rules"),
    ("in_brackets", "no parser: a state"),
    ("blanks", "WHITESPACE and COMMENT"),
    ("in_any_case", "the rules kw_…"),
    ("operator_sign", "signs stand in the rules"),
    ("name_part", "in bare_name"),
    ("quote", "in string"),
    ("written", "a text as it stands"),
    ("list", "written out: a ~ (\",\" ~ a)*"),
    ("choice", "in expression"),
    ("branches", "in expression"),
    ("two_branches", "in expression"),
    ("chain", "the repetition in or, and"),
    ("more", "the repetition in or, and, sum, product"),
    ("left_to_right", "the repetition in sum, product"),
    ("comparison_joint", "in comparison"),
    ("compared", "in comparison"),
    ("any_of", "in search"),
    ("nested", "a subquery as a term, as an operand, as an argument"),
    ("opaque_text", "opaque_part*"),
    ("between_slashes", "in `regex` and `starred_regex`"),
    ("word_of", "word and value_word"),
    ("whole", "in integer and interval"),
    ("nested_pipeline", "pipeline, where a form asks for it"),
    ("subquery", "operators.pest"),
    ("all", "operators.pest"),
    ("optional", "operators.pest"),
    ("many", "operators.pest"),
    ("group", "operators.pest"),
    ("labelled", "operators.pest"),
    ("piece", "the rules …_piece"),
    ("plain", "the rules …_piece"),
];

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(sumoql::catalogue)
}

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::new(reader::rules(&reader::grammar())))
}

/// All trials.
pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("operators_file_is_fresh", operators_file_is_fresh),
        trial("names", names),
        trial("verdict::ok", || verdicts(&texts::written("ok"), Some(true))),
        trial("verdict::bad", || verdicts(&texts::written("bad"), Some(false))),
        trial("verdict::examples", || verdicts(&texts::examples(), None)),
        trial("generated", generated),
        trial("broken::written", || broken(&written(), 30, 1)),
        trial("coverage", coverage),
    ];
    let conformance = texts::conformance();
    let missing = conformance.is_none();
    let cases: &'static [Text] = conformance.unwrap_or_default().leak();
    trials.push(trial("verdict::conformance", || verdicts(cases, None)).with_ignored_flag(missing));
    trials.push(trial("broken::conformance", || broken(cases, 4, 1)).with_ignored_flag(missing));
    let corpora = texts::corpora();
    let missing = corpora.is_none();
    for (name, texts) in corpora.unwrap_or_else(|| vec![("published queries".into(), Vec::new())]) {
        let texts: &'static [Text] = texts.leak();
        trials.push(trial(&format!("verdict::{name}"), || verdicts(texts, None)).with_ignored_flag(missing));
        trials.push(trial(&format!("broken::{name}"), || broken(texts, 1, 4)).with_ignored_flag(missing));
    }
    trials
}

/// Rules and parser functions have the same names, and each operator and aggregate has a rule.
fn names() -> Result<(), Failed> {
    let (mut functions, mut parsers) = (BTreeSet::new(), BTreeSet::new());
    for file in ["lexical", "regex_literal", "scope", "expression", "stage", "form_parser"] {
        let code = std::fs::read_to_string(texts::root().join(format!("src/syntax/{file}.rs")))?;
        for (at, _) in code.match_indices("fn ") {
            let head = code[at + 3..].split(['{', ';']).next().unwrap_or("");
            let name = head.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("").to_string();
            if head.contains("-> Parsed<") {
                parsers.insert(name.clone());
            }
            functions.insert(name);
        }
    }
    let rules: BTreeSet<String> = reader::rules_by_hand().into_iter().collect();
    let mut faults = Vec::new();
    for rule in &rules {
        let piece = rule
            .strip_suffix("_piece")
            .is_some_and(|name| sumoql::syntax::form::PIECES.iter().any(|(piece, _)| *piece == name));
        let named =
            piece || [rule, &format!("is_{rule}"), &format!("{rule}_end")].iter().any(|n| functions.contains(*n));
        let listed = RULES_WITHOUT_FUNCTION.iter().any(|(name, reason)| name == rule && !reason.is_empty());
        if named == listed {
            faults
                .push(format!("rule {rule}: a function is named after it: {named}; listed as an exception: {listed}"));
        }
    }
    for name in &parsers {
        let listed = FUNCTIONS_WITHOUT_RULE.iter().any(|(listed, reason)| listed == name && !reason.is_empty());
        if rules.contains(name) == listed {
            faults.push(format!("function {name}: listed as an exception: {listed}"));
        }
    }
    for (piece, _) in sumoql::syntax::form::PIECES {
        if !rules.contains(&format!("{piece}_piece")) {
            faults.push(format!("piece {piece}: no rule {piece}_piece"));
        }
    }
    let all: BTreeSet<String> = reader::rules(&reader::grammar()).into_iter().map(|rule| rule.name).collect();
    let operators = catalogue().operators().into_iter().map(|def| format!("op_{}", def.name.replace(' ', "_")));
    let aggregates = catalogue().aggregates().iter().map(|def| format!("agg_{}", def.name));
    faults.extend(operators.chain(aggregates).filter(|rule| !all.contains(rule)).map(|rule| format!("no rule {rule}")));
    report(&faults)
}

/// A test in a thread with room for the grammar's deep recursion.
fn trial(name: &str, test: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    Trial::test(name, || {
        let thread = std::thread::Builder::new().stack_size(512 << 20).spawn(test)?;
        match thread.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// All texts that are part of the project.
fn written() -> Vec<Text> {
    let mut texts = texts::written("ok");
    texts.extend(texts::written("bad"));
    texts.extend(texts::examples());
    texts
}

/// A number from the environment: `SUMOQL_SEED` gives other random texts, `SUMOQL_ROUNDS` more of them.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn report(faults: &[String]) -> Result<(), Failed> {
    match faults.len() {
        0 => Ok(()),
        n => Err(format!("{n} faults\n{}", faults[..n.min(12)].join("\n\n")).into()),
    }
}

/// What the parser says: whether it is a query, with the first error; nothing when a limit was reached.
fn parsed(text: &str) -> Option<Result<sumoql::syntax::tree::Query, String>> {
    // What is read in a second way, because the first finds no query, is not in the grammar.
    let (query, found) = match text.chars().count() > MAX_QUERY_BYTES {
        true => return None,
        false => sumoql::syntax::read(text, catalogue(), Quotes::Plain),
    };
    let limits = [&codes::TOO_LONG, &codes::TOO_DEEP];
    if found.iter().any(|diagnostic| limits.iter().any(|limit| limit.id == diagnostic.code.id)) {
        return None;
    }
    match found.iter().find(|diagnostic| diagnostic.is_error()) {
        None => Some(Ok(query)),
        Some(error) => Some(Err(format!("{} {} at {}", error.code.id, error.message, error.span.start))),
    }
}

/// Where the two readers differ over a text, if they do. The other half of the answer: whether it is a query.
fn compare(text: &str) -> (Option<String>, Option<bool>) {
    let Some(ours) = parsed(text) else { return (None, None) };
    let theirs = reader().read(text);
    let fault = match (&ours, &theirs) {
        (Ok(query), Some(pairs)) => shape::difference(text, &shape::of_query(text, query), &shape::of_pairs(pairs)),
        (Err(_), None) => None,
        (Ok(_), None) => Some("only the parser takes it for a query".to_string()),
        (Err(error), Some(_)) => Some(format!("only the grammar takes it for a query; the parser: {error}")),
    };
    (fault, Some(ours.is_ok()))
}

fn verdicts(texts: &[Text], expected: Option<bool>) -> Result<(), Failed> {
    let mut faults = Vec::new();
    for Text { name, text } in texts {
        let (fault, accepted) = compare(text);
        if let Some(fault) = fault {
            faults.push(format!("{name}: {fault}\n{text}"));
        } else if let (Some(expected), Some(accepted)) = (expected, accepted)
            && expected != accepted
        {
            let verb = if accepted { "taken" } else { "refused" };
            faults.push(format!("{name}: is {verb}\n{text}"));
        }
    }
    report(&faults)
}

/// Each text is broken so many times, or of many texts every so many-th.
fn broken(texts: &[Text], times: usize, every: usize) -> Result<(), Failed> {
    let mut random = Random::new(setting("SUMOQL_SEED", 1));
    let times = times * setting("SUMOQL_ROUNDS", 1) as usize;
    let mut faults = Vec::new();
    let every = if times > 1 { 1 } else { every };
    for Text { name, text } in texts.iter().step_by(every) {
        for _ in 0..times {
            let text = texts::broken(text, &mut random);
            if let (Some(fault), _) = compare(&text) {
                faults.push(format!("{name}, broken: {fault}\n{text}"));
            }
        }
    }
    report(&faults)
}

/// Sentences of the whole grammar, and of each rule that can be a stage.
fn sentences() -> Vec<Text> {
    let rules = reader::rules(&reader::grammar());
    let mut starts: Vec<String> = rules.iter().map(|rule| rule.name.clone()).collect();
    starts.retain(|name| name.starts_with("op_") || name.starts_with("agg_"));
    let generator = Generator::new(rules);
    let mut random = Random::new(setting("SUMOQL_SEED", 1));
    let rounds = setting("SUMOQL_ROUNDS", 1) as usize;
    let mut out = Vec::new();
    for fuel in [10, 30, 60, 100, 200] {
        for _ in 0..200 * rounds {
            out.push(Text { name: "query".into(), text: generator.sentence("query", fuel, &mut random) });
            let stage = generator.sentence("stage", fuel, &mut random);
            out.push(Text { name: "stage".into(), text: format!("* | {stage}") });
        }
        for start in &starts {
            for _ in 0..8 * rounds {
                let sentence = generator.sentence(start, fuel, &mut random);
                out.push(Text { name: start.clone(), text: format!("* | {sentence}") });
            }
        }
    }
    out
}

fn generated() -> Result<(), Failed> {
    let mut faults = Vec::new();
    let (mut accepted, mut all) = (0, 0);
    for Text { name, text } in sentences() {
        let (fault, query) = compare(&text);
        faults.extend(fault.map(|fault| format!("{name}: {fault}\n{text}")));
        accepted += usize::from(query == Some(true));
        all += 1;
    }
    report(&faults)?;
    match accepted * 2 > all {
        true => Ok(()),
        false => Err(format!("only {accepted} of {all} sentences are queries").into()),
    }
}

/// Every part of the hand-written grammar is used by a written text; of the generated part, by a random sentence at least.
fn coverage() -> Result<(), Failed> {
    let (rules, parts) = cover::marked(reader::rules(&reader::grammar()));
    let mut generator = Generator::new(rules.clone());
    let reader = Reader::new(rules);
    let by_hand = reader::rules_by_hand();
    let mut random = Random::new(1);
    let mut used = BTreeSet::new();
    let read = |text: &str, used: &mut BTreeSet<String>| {
        let found = reader.read(text).unwrap_or_default();
        used.extend(found.into_iter().map(|(rule, _)| rule.to_string()));
    };
    written().iter().for_each(|text| read(&text.text, &mut used));
    let mut missing = Vec::new();
    for (name, shown) in parts {
        let rule = name.split(cover::MARK).next().unwrap_or("");
        // Lists of pieces are the same everywhere; a list of this kind of piece may stand in an optional part.
        if rule.ends_with("_list") {
            continue;
        }
        let mut tries = if by_hand.iter().any(|name| name == rule) { 0 } else { 300 };
        generator.towards(&name);
        // A part of a list's item is reached from the operator.
        let operators = catalogue().operators().into_iter().map(|def| format!("op_{}", def.name.replace(' ', "_")));
        let rule = &operators.filter(|op| rule.starts_with(op)).max_by_key(String::len).unwrap_or(rule.to_string());
        while tries > 0 && !used.contains(&name) {
            let sentence = generator.sentence(rule, 5 + tries % 40, &mut random);
            let text = if rule == "predicate" { format!("{sentence}(x)") } else { format!("* | {sentence}") };
            read(&text, &mut used);
            tries -= 1;
        }
        if !used.contains(&name) {
            missing.push(format!("no accepted text uses {shown}"));
        }
    }
    match missing.len() {
        0 => Ok(()),
        n => Err(format!("{n} parts\n{}", missing.join("\n")).into()),
    }
}

fn operators_file_is_fresh() -> Result<(), Failed> {
    let path = texts::root().join("grammar/operators.pest");
    let fresh = sumoql::language::pest_grammar::operators(catalogue());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &fresh)?;
    }
    match std::fs::read_to_string(&path).is_ok_and(|text| text == fresh) {
        true => Ok(()),
        false => {
            Err("grammar/operators.pest is not what the definitions say: run `UPDATE=1 cargo test --test cases`".into())
        }
    }
}
