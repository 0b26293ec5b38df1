//! Every code has a page in `docs/errors/`, and the page's sample makes the code appear.

#![allow(clippy::unwrap_used)]

use std::fs;
use sumoql::diagnostics::codes;

/// Codes whose sample would fill a page.
fn long_sample(code: &str) -> Option<String> {
    match code {
        "E105" => Some("a".repeat(2301)),
        "E106" => Some(format!("* | where {}1=1{}", "(".repeat(200), ")".repeat(200))),
        _ => None,
    }
}

/// Codes without a sample: what they speak of can't be brought about by a query alone.
const WITHOUT: &[&str] = &["E214", "E218", "W220", "W221"];

/// The codes that a query brings up; on a stack as large as the program's.
fn found(query: &str) -> Vec<&'static str> {
    let query = query.to_string();
    std::thread::Builder::new().stack_size(32 << 20).spawn(move || check(&query)).unwrap().join().unwrap()
}

fn check(query: &str) -> Vec<&'static str> {
    let catalogue = sumoql::catalogue();
    let (tree, mut diagnostics) = sumoql::syntax::parse(query, &catalogue);
    if diagnostics.is_empty() {
        let (plan, planned) = sumoql::plan::plan(query, &tree, &catalogue);
        diagnostics = planned;
        if let Some(plan) = plan {
            let expansion = sumoql::syntax::parameters::expand(query, |_, _| None);
            diagnostics.extend(sumoql::lint::lint(&tree, &plan, &expansion, &catalogue));
        }
    }
    diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}

#[test]
fn every_code_has_a_page_and_its_sample_makes_it_appear() {
    let mut wrong = Vec::new();
    for code in codes::ALL {
        let id = code.id;
        let Ok(page) = fs::read_to_string(format!("docs/errors/{id}.md")) else {
            wrong.push(format!("{id} has no page"));
            continue;
        };
        if !page.starts_with(&format!("# {id}: {}\n", code.title)) {
            wrong.push(format!("{id}: the heading is not `# {id}: {}`", code.title));
        }
        if !page.contains("\n## How to fix it\n") {
            wrong.push(format!("{id}: the section on how to fix it is missing"));
        }
        let block = page.split("```sumo\n").nth(1).and_then(|rest| rest.split("\n```").next());
        let sample = long_sample(id).or(block.map(str::to_string));
        match sample {
            Some(sample) if found(&sample).contains(&id) => {}
            Some(sample) => wrong.push(format!("{id}: the sample gives {:?}", found(&sample))),
            None if id[1..].starts_with('3') || WITHOUT.contains(&id) => {}
            None => wrong.push(format!("{id} has no sample")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_page_is_about_nothing() {
    for entry in fs::read_dir("docs/errors").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = codes::ALL.iter().any(|code| name == format!("{}.md", code.id));
        assert!(known || name == "README.md", "{name}");
    }
}
