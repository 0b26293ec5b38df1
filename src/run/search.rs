//! The scope of a query, ready to run.

use super::batch::Row;
use super::evaluator::Eval;
use super::message::Source;
use super::terms::Term;
use wildmatch::WildMatchPattern;

/// A search expression.
pub enum Search {
    /// Every message.
    All,
    /// A keyword or phrase in the text.
    Term(Term),
    /// A comparison with metadata.
    Pair(Pair),
    /// A condition.
    Test(Eval),
    /// All must hold.
    And(Vec<Search>),
    /// One must hold.
    Or(Vec<Search>),
    /// The opposite.
    Not(Box<Search>),
}

/// A comparison of a metadata field, letter case aside.
#[derive(Debug)]
pub struct Pair {
    /// The field.
    pub name: String,
    /// What it must be.
    pub value: PairTest,
    /// What a message without the field counts as.
    pub absent: Option<&'static str>,
}

impl Pair {
    fn holds(&self, value: Option<&str>) -> bool {
        self.value.holds(value.or(self.absent))
    }
}

/// What a metadata field must be.
#[derive(Debug)]
pub enum PairTest {
    /// Anything but null.
    Present,
    /// This, lower case.
    Equal(String),
    /// A value that fits the pattern.
    Wild(WildMatchPattern<'*', '?'>),
}

impl PairTest {
    /// An unquoted value: `*` and `?` are wildcards.
    pub fn word(text: &str) -> PairTest {
        match text {
            "*" => PairTest::Present,
            _ if text.contains(['*', '?']) => {
                PairTest::Wild(WildMatchPattern::new_case_insensitive(&text.to_lowercase()))
            }
            _ => PairTest::Equal(text.to_lowercase()),
        }
    }

    /// A quoted value: every character stands for itself.
    pub fn text(text: &str) -> PairTest {
        PairTest::Equal(text.to_lowercase())
    }

    fn holds(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (_, None) => false,
            (PairTest::Present, Some(_)) => true,
            (PairTest::Equal(wanted), Some(value)) => value.to_lowercase() == *wanted,
            (PairTest::Wild(wild), Some(value)) => wild.matches(&value.to_lowercase()),
        }
    }
}

impl Search {
    /// Whether a message is in the scope.
    pub fn test<'m>(&'m self, row: Row<'_, 'm>) -> bool {
        let Some(message) = row.message() else { return false };
        match self {
            Search::All => true,
            Search::Term(term) => term.is_in(message.raw),
            Search::Pair(pair) => {
                let own = message.own.iter().find(|(name, _)| name.eq_ignore_ascii_case(&pair.name));
                match own {
                    Some((_, value)) => pair.holds(value.text(row.arena())),
                    None => pair.holds(message.source.get(&pair.name)),
                }
            }
            Search::Test(condition) => condition.test(row),
            Search::And(terms) => terms.iter().all(|term| term.test(row)),
            Search::Or(terms) => terms.iter().any(|term| term.test(row)),
            Search::Not(inner) => !inner.test(row),
        }
    }

    /// The answer for all messages of an input, where its metadata alone decide.
    pub fn verdict(&self, source: &Source) -> Option<bool> {
        match self {
            Search::All => Some(true),
            Search::Term(_) | Search::Test(_) => None,
            Search::Pair(_) if source.framing.own_metadata() => None,
            Search::Pair(pair) => Some(pair.holds(source.get(&pair.name))),
            Search::And(terms) => {
                let verdicts: Vec<_> = terms.iter().map(|term| term.verdict(source)).collect();
                if verdicts.contains(&Some(false)) {
                    Some(false)
                } else {
                    verdicts.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            Search::Or(terms) => {
                let verdicts: Vec<_> = terms.iter().map(|term| term.verdict(source)).collect();
                if verdicts.contains(&Some(true)) {
                    Some(true)
                } else {
                    verdicts.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            Search::Not(inner) => inner.verdict(source).map(|verdict| !verdict),
        }
    }
}
