//! Answers for editors: about finished queries, and about every half of one.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sumoql::diagnostics::Span;
use sumoql::syntax::signature::Example;
use sumoql::{Engine, Language, SymbolKind, Token, TokenKind};

/// The queries of all examples in the reference.
fn examples() -> Vec<&'static str> {
    let catalogue = sumoql::catalogue();
    let query = |example: &'static Example| example.query;
    catalogue.entries().iter().flat_map(|entry| entry.examples.iter().map(query)).collect()
}

/// Everything that can be asked about a text.
fn ask(language: &Language, text: &str, offset: usize) {
    let offered = language.complete(text, offset, &["seen by me".into(), "é".into()]);
    assert!(offered.span.end <= text.len().min(offset) && text.get(offered.span.start..offered.span.end).is_some());
    let hover = language.hover(text, offset);
    assert!(hover.as_ref().is_none_or(|hover| text.get(hover.span.start..hover.span.end).is_some()));
    let tokens = language.tokens(text);
    covers(text, &tokens);
    let symbols = language.symbols(text);
    let actions = language.code_actions(text, Span::new(0, text.len()));
    for found in &actions {
        language.tokens(&found.fix.as_ref().unwrap().apply(text));
    }
    let help = language.signature_help(text, offset);
    let formatted = language.format(text).ok();
    let all = (offered, hover, tokens, symbols, actions, help, formatted);
    assert!(serde_json::to_string(&all).is_ok());
}

/// Tokens are in order, and only blanks lie between them.
fn covers(text: &str, tokens: &[Token]) {
    let mut at = 0;
    for token in tokens {
        let between = text.get(at..token.span.start);
        assert!(
            between.is_some_and(|text| text.trim_matches(['\u{feff}', ' ', '\n', '\t', '\r']).trim().is_empty()),
            "{token:?} in {text:?}"
        );
        assert!(
            text.get(token.span.start..token.span.end).is_some_and(|text| !text.is_empty()),
            "{token:?} in {text:?}"
        );
        at = token.span.end;
    }
    assert_eq!(text[at..].trim_matches('\u{feff}').trim(), "", "{text:?}");
}

#[test]
fn half_typed_queries_get_answers() {
    let (examples, language) = (examples(), Engine::default().language());
    let noise = prop::sample::select(vec!["", "é", "😀", "|", "\"", "(", "/*", "{{x}}", "İ", "%", " by ", "\u{feff}"]);
    let cut = (prop::sample::select(examples), any::<prop::sample::Index>(), any::<prop::sample::Index>(), noise);
    let config = Config { cases: 1500, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() };
    let run = TestRunner::new(config).run(&cut, |(query, end, offset, noise)| {
        let mut end = end.index(query.len() + 1);
        while !query.is_char_boundary(end) {
            end -= 1;
        }
        let text = format!("{}{noise}", &query[..end]);
        // Inside a character and behind the end, too.
        ask(&language, &text, offset.index(text.len() + 3));
        Ok(())
    });
    run.unwrap();
}

#[test]
fn whole_queries_have_tokens_without_gaps() {
    let language = Engine::default().language();
    for query in examples() {
        let tokens = language.tokens(query);
        covers(query, &tokens);
        let word = |token: &&Token| token.span.of(query).starts_with(char::is_alphabetic);
        let sign = tokens.iter().filter(word).find(|token| token.kind == TokenKind::Sign);
        assert_eq!(sign, None, "{query}");
    }
}

#[test]
fn every_entry_of_the_reference_is_told_where_it_stands() {
    let language = Engine::default().language();
    let catalogue = sumoql::catalogue();
    let mut missing = Vec::new();
    for entry in catalogue.entries() {
        let told = entry.examples.iter().any(|example| {
            let tokens = language.tokens(example.query);
            let mut hovers = tokens.iter().filter_map(|token| language.hover(example.query, token.span.start));
            hovers.any(|hover| hover.name == entry.name && hover.kind == entry.kind.name())
        });
        if !told {
            missing.push(format!("{} {}", entry.kind.name(), entry.name));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn fields_of_earlier_stages_are_offered_even_behind_a_mistake() {
    let language = Engine::default().language();
    let offered = |text: &str| -> Vec<String> {
        language.complete(text, text.len(), &["from data".into()]).items.into_iter().map(|item| item.text).collect()
    };
    assert!(offered("* | parse \"u=*,\" as user_name | where us").contains(&"user_name".to_string()));
    assert!(offered("* | parse \"u=*,\" as user_name | wher x | where us").contains(&"user_name".to_string()));
    assert!(offered("* | count by ").contains(&"%\"from data\"".to_string()));
    let middle = "* | parse \"u=*,\" as user | where us = 1 | count";
    assert!(language.complete(middle, 34, &[]).items.iter().any(|item| item.text == "user"));
}

#[test]
fn symbols_are_the_parts_of_a_query() {
    let language = Engine::default().language();
    let text = "error [subquery: fatal | count by host | compose host]\n| parse \"u=*\" as User\n| count as n by User";
    let symbols = language.symbols(text);
    let kinds: Vec<_> = symbols.iter().map(|symbol| (symbol.kind, symbol.children.len())).collect();
    assert_eq!(kinds, [(SymbolKind::Scope, 1), (SymbolKind::Stage, 1), (SymbolKind::Stage, 2)]);
    assert_eq!(symbols[1].children[0].name, "User");
    assert_eq!(symbols[1].children[0].span.of(text), "User");
    assert_eq!(symbols[0].children[0].children.len(), 3, "{symbols:#?}");
    let broken = language.symbols("* | parse \"u=*\" as user | wher x");
    assert_eq!((broken.len(), broken[1].children.len()), (3, 1));
}

#[test]
fn code_actions_are_the_fixes_at_a_place() {
    let language = Engine::default().language();
    let text = "* | wher x = 1 | where not (y = 2)";
    let at = |start, end| -> Vec<String> {
        let found = language.code_actions(text, Span::new(start, end));
        found.iter().filter_map(|found| found.fix.as_ref()).map(|fix| fix.apply(text)).collect()
    };
    assert_eq!(at(5, 5), ["* | where x = 1 | where not (y = 2)"]);
    assert_eq!(at(25, 25), ["* | wher x = 1 | where !(y = 2)"]);
    assert_eq!(at(0, text.len()).len(), 2);
}
