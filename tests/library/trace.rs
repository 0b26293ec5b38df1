//! The stories of messages as an embedder gets them.

use sumoql::{End, Engine, Input, Parameter, Trace, Wanted};

const LINES: &str = "error user=ann, n=1\nerror user=bob, n=2\nfine\nerror nobody\nerror user=Ann, n=3\n";

fn trace(query: &str, wanted: &Wanted) -> Trace {
    Engine::default().prepare(query).unwrap().trace(&Input::lines(LINES), wanted, 2).unwrap()
}

/// How the story of the message with a number ends.
fn end(query: &str, number: u64) -> End {
    trace(query, &Wanted::Number(number)).messages[0].end
}

#[test]
fn stories_end_where_messages_do() {
    let query = "error | parse \"user=*,\" as user\n| where user = \"ann\"";
    assert_eq!(end(query, 1), End::Result(1));
    assert_eq!(end(query, 3), End::OutOfScope);
    let dropped = |number| match end(query, number) {
        End::Dropped(by) => (by.stage, by.line),
        other => panic!("{other:?}"),
    };
    assert_eq!((dropped(2), dropped(4), dropped(5)), ((2, 2), (1, 1), (2, 2)));
    assert_eq!(end(&format!("{query} | count by user"), 1), End::InGroup(1));
}

#[test]
fn a_story_says_what_decided_and_what_stages_made() {
    let query = "error | parse \"user=*,\" as user nodrop\n| where user = \"ann\" or user = \"eve\"";
    let story = &trace(query, &Wanted::Number(5)).messages[0];
    let (verdict, beside) = story.decision().and_then(|verdict| verdict.decider_among()).unwrap();
    let leaf = verdict.leaf().unwrap();
    assert_eq!((leaf.text.as_str(), leaf.differs_in_case, beside, verdict.line), ("user = \"ann\"", true, 2, 2));
    assert_eq!(verdict.span.of(query), "user = \"ann\"");
    assert_eq!(leaf.fields[0].1.to_string(), "Ann");
    assert_eq!(story.stages[0].text, "parse \"user=*,\" as user nodrop");
    assert_eq!(story.stages[0].rows[0].made[0].0, "user");
    let missed = &trace(query, &Wanted::Number(4)).messages[0];
    assert!(missed.why_null("User").is_some_and(|why| why.contains("user=")), "{missed:?}");
    let passed = &trace(query, &Wanted::Number(1)).messages[0];
    let texts: Vec<&str> =
        passed.let_through().iter().filter_map(|of| of.leaf()).map(|leaf| leaf.text.as_str()).collect();
    assert_eq!(texts, ["user = \"ann\""]);
}

#[test]
fn places_are_those_of_the_text_as_written() {
    let query = "error | parse \"user=*,\" as user\n| where {{what}} and user = \"x\"";
    let value = Parameter::read("what:any=user != \"a\"").unwrap();
    let query = Engine::default().prepare_with(query, &[value]).unwrap();
    let story = query.trace(&Input::lines(LINES), &Wanted::Number(1), 1).unwrap().messages.remove(0);
    let stage = &story.stages[1];
    assert_eq!(stage.span.of(query.text()), "where {{what}} and user = \"x\"");
    assert_eq!(stage.text, "where user != \"a\" and user = \"x\"");
}

#[test]
fn some_messages_of_many_are_told_and_all_is_serialisable() {
    let found = trace("error | count by n", &Wanted::Containing("error".into()));
    assert_eq!((found.messages.len(), found.more, found.partial), (2, 2, None));
    let json = serde_json::to_value(&found).unwrap();
    let first = &json["messages"][0];
    assert_eq!((&first["number"], &first["scope"]["value"]), (&1.into(), &true.into()));
    assert_eq!(first["end"]["inGroup"], 1);
    assert_eq!(json["messages"][1]["stages"][0]["groups"][0]["n"], serde_json::Value::Null);
    assert!(trace("error", &Wanted::Number(9)).messages.is_empty());
}
