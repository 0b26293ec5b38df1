//! Words that other query languages, and published queries, have where Sumo Logic has something else: one table, for the
//! help of diagnostics and for the page of the guide.
//!
//! A row is data: where the word stands, whose it is, what to write instead, and an example in both languages. A test
//! prepares both examples: the first has to bring up the help, the second has to be free of errors.

mod functions;
mod inside;
mod stages;

use crate::diagnostics::{Diagnostic, Span};

/// A language whose words people bring along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Splunk's SPL.
    Splunk,
    /// Kusto, of Microsoft Sentinel and Azure.
    Kql,
    /// SQL.
    Sql,
    /// Lucene, of Elasticsearch and OpenSearch.
    Lucene,
    /// LogQL, of Grafana Loki.
    LogQl,
    /// The class `Math` of Java and other names that published queries have.
    Published,
}

impl Language {
    /// All that have a section in the guide.
    pub const GUIDE: [Language; 5] =
        [Language::Splunk, Language::Kql, Language::Sql, Language::Lucene, Language::LogQl];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Language::Splunk => "Splunk",
            Language::Kql => "KQL",
            Language::Sql => "SQL",
            Language::Lucene => "Lucene",
            Language::LogQl => "LogQL",
            Language::Published => "published queries",
        }
    }
}

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// At the beginning of a stage.
    Stage,
    /// Inside a stage, where an operator, `by` or the next stage could stand.
    Inside,
    /// Before the parentheses of a call.
    Function,
    /// In the scope.
    Scope,
}

/// A word of another language.
#[derive(Debug)]
pub struct ForeignWord {
    /// The word and others that mean the same, in lower case.
    pub words: &'static [&'static str],
    /// Where it stands.
    pub position: Position,
    /// Whose it is.
    pub languages: &'static [Language],
    /// What to write instead; starts with a verb.
    pub help: &'static str,
    /// What can take its place where that is all there is to change. With `{}` it takes the place of the text behind the word
    /// too, which comes into the braces.
    pub exchange: Option<&'static str>,
    /// How the other language writes it: a query without its scope, or in a scope the scope.
    pub foreign: &'static str,
    /// The same in Sumo Logic.
    pub sumo: &'static str,
}

impl ForeignWord {
    const fn exchange(self, exchange: &'static str) -> ForeignWord {
        ForeignWord { exchange: Some(exchange), ..self }
    }

    /// Whose it is, as a phrase.
    pub fn origin(&self) -> String {
        let names: Vec<&str> = self.languages.iter().map(|language| language.name()).collect();
        names.join(" and ")
    }

    /// A diagnostic with the help, and with the replacement of what stands at a place, if a plain exchange does it.
    pub fn explain(&self, diagnostic: Diagnostic, span: Span, source: &str) -> Diagnostic {
        let diagnostic = diagnostic.help(self.help);
        match self.exchange {
            None => diagnostic,
            Some(exchange) if !exchange.contains("{}") => diagnostic.replace(span, exchange),
            Some(exchange) => match quoted_after(source.get(span.end..).unwrap_or("")) {
                Some((text, length)) => {
                    let whole = Span::new(span.start, span.end + length);
                    diagnostic.replace(whole, exchange.replace("{}", text.trim_matches('%')))
                }
                None => diagnostic,
            },
        }
    }
}

/// The quoted text that follows, without its quotes, and the length up to its end.
fn quoted_after(rest: &str) -> Option<(&str, usize)> {
    let body = rest.trim_start().strip_prefix('"')?;
    let end = body.find('"')?;
    let text = &body[..end];
    (!text.contains(['\\', '*'])).then_some((text, rest.len() - body.len() + end + 1))
}

/// What a row is made of, for the lists.
const fn row(
    (position, languages): (Position, &'static [Language]),
    words: &'static [&'static str],
    help: &'static str,
    (foreign, sumo): (&'static str, &'static str),
) -> ForeignWord {
    ForeignWord { words, position, languages, help, exchange: None, foreign, sumo }
}

/// All rows, in the order of the guide.
pub fn all() -> impl Iterator<Item = &'static ForeignWord> {
    [stages::ROWS, inside::ROWS, functions::ROWS].into_iter().flatten()
}

/// The row of a word that stands at a position, letter case aside.
pub fn find(word: &str, position: Position) -> Option<&'static ForeignWord> {
    let same = |known: &&str| known.eq_ignore_ascii_case(word);
    all().find(|row| row.position == position && row.words.iter().any(same))
}

/// What Sumo Logic has instead of a function of this name; nothing when its manual has the name.
pub fn function(name: &str) -> Option<&'static ForeignWord> {
    // `p95`, `perc95`: percentiles with their number in the name.
    let digits = name
        .to_lowercase()
        .trim_start_matches('p')
        .trim_start_matches("erc")
        .trim_start_matches("ercentile")
        .to_string();
    let numbered =
        name.to_lowercase().starts_with('p') && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    find(if numbered { "p95" } else { name }, Position::Function)
}

/// Aggregates of the manual, with names that published queries have for them.
const AGGREGATES: &[(&str, &[&str])] = &[("count_distinct", &["dcount"])];

/// The names that published queries have for an aggregate.
pub fn aliases(aggregate: &str) -> &'static [&'static str] {
    AGGREGATES.iter().find(|(name, _)| *name == aggregate).map_or(&[], |(_, aliases)| aliases)
}

/// What Sumo Logic has instead of an aggregate of this name; nothing when its manual has the name.
pub fn aggregate(name: &str) -> Option<String> {
    let known = |aliases: &[&str]| aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name));
    let (own, _) = AGGREGATES.iter().find(|(_, aliases)| known(aliases))?;
    Some(format!("write `{own}(x)`"))
}
