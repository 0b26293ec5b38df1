//! The scope of a query, ready to run.

use super::batch::{Row, Slot};
use super::expression::CompiledExpr;
use super::matching::terms::Term;
use super::subquery_results::SubqueryResults;
use bumpalo::Bump;
use sumoql_data::message::{Message, Source};
use sumoql_data::value::Value;
use wildmatch::WildMatchPattern;

/// A search expression.
pub enum CompiledScope {
    /// Every message.
    All,
    /// A keyword or phrase in the text, or in what the slot says: all fields of the message, if it is one where they count.
    Term(Term, Option<Slot>),
    /// A comparison with metadata.
    Pair(Pair),
    /// A comparison of a field that is computed.
    Field(Slot, PairTest),
    /// A condition.
    Test(CompiledExpr),
    /// One of the rows that a subquery answered fits: its keywords are in the text, or its values are those of the
    /// message. First the subquery's number; last a slot as for a term.
    Subquery(usize, Vec<Compared>, Option<Slot>),
    /// All must hold.
    And(Vec<CompiledScope>),
    /// One must hold.
    Or(Vec<CompiledScope>),
    /// The opposite.
    Not(Box<CompiledScope>),
}

impl CompiledScope {
    /// The terms that make a message part of the scope, for highlighting: none that must be absent.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            CompiledScope::Term(term, _) => vec![term],
            CompiledScope::And(terms) | CompiledScope::Or(terms) => {
                terms.iter().flat_map(CompiledScope::terms).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a partition that a message does not name is called, if the search asks for partitions.
    pub fn default_partition(&self) -> Option<&'static str> {
        match self {
            CompiledScope::Pair(pair) => pair.absent,
            CompiledScope::Subquery(_, columns, _) => columns.iter().find_map(|column| match column {
                Compared::Metadata { absent, .. } => *absent,
                Compared::Computed(_) => None,
            }),
            CompiledScope::And(terms) | CompiledScope::Or(terms) => {
                terms.iter().find_map(CompiledScope::default_partition)
            }
            CompiledScope::Not(inner) => inner.default_partition(),
            CompiledScope::All | CompiledScope::Term(..) | CompiledScope::Field(..) | CompiledScope::Test(_) => None,
        }
    }
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
    /// The slot of the field from the JSON in the message.
    pub auto: Option<Slot>,
}

/// Another name of a metadata field: a partition is named by either.
pub fn other_name(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "_view" => Some("_index"),
        "_index" => Some("_view"),
        _ => None,
    }
}

/// What a column of a subquery is compared with.
#[derive(Debug)]
pub enum Compared {
    /// A metadata field.
    Metadata {
        /// The field.
        name: String,
        /// What a message without the field counts as.
        absent: Option<&'static str>,
        /// The slot of the field from the JSON in the message.
        auto: Option<Slot>,
    },
    /// A field that is computed.
    Computed(Slot),
}

impl Compared {
    fn value_of<'m>(&self, row: Row<'_, 'm>, message: &Message<'m>) -> Value<'m> {
        let text = match self {
            Compared::Metadata { name, absent, auto } => parsed(name, *auto, row, message).or(*absent),
            Compared::Computed(slot) => row.get(*slot).text(row.arena()),
        };
        text.map_or(Value::Null, Value::Text)
    }

    fn value_in<'s>(&self, source: &'s Source) -> Value<'s> {
        match self {
            Compared::Metadata { name, absent, .. } => {
                value_in(name, source).or(*absent).map_or(Value::Null, Value::Text)
            }
            Compared::Computed(_) => Value::Null,
        }
    }

    /// Whether the metadata of an input alone say what it is for its messages.
    fn is_of(&self, source: &Source) -> bool {
        match self {
            Compared::Metadata { name, auto, .. } => settled(name, *auto, source),
            Compared::Computed(_) => false,
        }
    }
}

/// The value that a message has for a metadata field, or for the field of its JSON that the slot has.
fn parsed<'m>(name: &str, auto: Option<Slot>, row: Row<'_, 'm>, message: &Message<'m>) -> Option<&'m str> {
    let value = value_of(name, message, row.arena());
    match (value, auto) {
        (None | Some(""), Some(slot)) if message.is_auto_parsed() => row.get(slot).text(row.arena()).or(value),
        _ => value,
    }
}

/// Whether the metadata of an input say what a field is for all of its messages.
fn settled(name: &str, auto: Option<Slot>, source: &Source) -> bool {
    let empty = || value_in(name, source).is_none_or(str::is_empty);
    !(source.own_metadata() || (auto.is_some() && source.may_auto_parse() && empty()))
}

/// The value that a message has for a metadata field.
fn value_of<'m>(name: &str, message: &Message<'m>, arena: &'m Bump) -> Option<&'m str> {
    let names = [Some(name), other_name(name)];
    names.into_iter().flatten().find_map(|name| {
        let own = message.own.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        match own {
            Some((_, value)) => value.text(arena),
            None => message.source.get(name),
        }
    })
}

/// The value that an input's metadata have for a field.
fn value_in<'s>(name: &str, source: &'s Source) -> Option<&'s str> {
    source.get(name).or_else(|| other_name(name).and_then(|name| source.get(name)))
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

/// All that words are looked for in, beside the text of the message.
fn fields<'m>(all: Option<Slot>, row: Row<'_, 'm>) -> Option<&'m str> {
    let slot = all.filter(|_| row.message().is_some_and(Message::is_security))?;
    row.get(slot).text(row.arena())
}

impl CompiledScope {
    /// Whether a message is in the scope.
    pub fn test<'m>(&'m self, row: Row<'_, 'm>) -> bool {
        let Some(message) = row.message() else { return false };
        match self {
            CompiledScope::All => true,
            CompiledScope::Term(term, all) => {
                term.is_in(message.raw) || fields(*all, row).is_some_and(|text| term.is_in(text))
            }
            CompiledScope::Pair(pair) => pair.holds(parsed(&pair.name, pair.auto, row, message)),
            CompiledScope::Field(slot, value) => value.holds(row.get(*slot).text(row.arena())),
            CompiledScope::Subquery(number, columns, all) => {
                let value = |at: usize| columns[at].value_of(row, message);
                row.env().subqueries.found(*number, fields(*all, row).unwrap_or(message.raw), value)
            }
            CompiledScope::Test(condition) => condition.test(row),
            CompiledScope::And(terms) => terms.iter().all(|term| term.test(row)),
            CompiledScope::Or(terms) => terms.iter().any(|term| term.test(row)),
            CompiledScope::Not(inner) => !inner.test(row),
        }
    }

    /// The same of a message alone. `None` where more is needed to tell: what is [plain](Search::is_plain) can be told.
    pub fn holds<'m>(&self, message: &Message<'m>, arena: &'m Bump) -> Option<bool> {
        Some(match self {
            CompiledScope::All => true,
            CompiledScope::Term(term, _) => term.is_in(message.raw),
            CompiledScope::Pair(pair) => pair.holds(value_of(&pair.name, message, arena)),
            CompiledScope::Field(..) | CompiledScope::Test(_) | CompiledScope::Subquery(..) => return None,
            CompiledScope::And(terms) => terms
                .iter()
                .map(|term| term.holds(message, arena))
                .collect::<Option<Vec<_>>>()?
                .iter()
                .all(|held| *held),
            CompiledScope::Or(terms) => {
                terms.iter().map(|term| term.holds(message, arena)).collect::<Option<Vec<_>>>()?.contains(&true)
            }
            CompiledScope::Not(inner) => !inner.holds(message, arena)?,
        })
    }

    /// Whether it asks for nothing but metadata and words.
    pub fn is_plain(&self) -> bool {
        match self {
            CompiledScope::All | CompiledScope::Term(..) | CompiledScope::Pair(_) => true,
            CompiledScope::Field(..) | CompiledScope::Test(_) | CompiledScope::Subquery(..) => false,
            CompiledScope::And(terms) | CompiledScope::Or(terms) => terms.iter().all(CompiledScope::is_plain),
            CompiledScope::Not(inner) => inner.is_plain(),
        }
    }

    /// A pattern, letter case aside, of text that is in every message in the scope, if there is one: the longest that is
    /// known.
    pub fn needle(&self) -> Option<String> {
        match self {
            CompiledScope::Term(term, _) => term.needle().map(str::to_string),
            CompiledScope::And(terms) => terms.iter().filter_map(CompiledScope::needle).max_by_key(String::len),
            CompiledScope::Or(terms) => {
                let needles: Option<Vec<String>> = terms.iter().map(CompiledScope::needle).collect();
                needles.map(|needles| needles.join("|"))
            }
            _ => None,
        }
    }

    /// The answer for all messages of an input, where its metadata alone decide. `answers` are those of the subqueries.
    pub fn verdict(&self, source: &Source, answers: &SubqueryResults) -> Option<bool> {
        match self {
            CompiledScope::All => Some(true),
            CompiledScope::Term(..) | CompiledScope::Field(..) | CompiledScope::Test(_) => None,
            CompiledScope::Pair(pair) if !settled(&pair.name, pair.auto, source) => None,
            CompiledScope::Pair(pair) => Some(pair.holds(value_in(&pair.name, source))),
            CompiledScope::Subquery(_, columns, _) if columns.iter().any(|column| !column.is_of(source)) => None,
            CompiledScope::Subquery(number, columns, _) => answers.verdict(*number, |at| columns[at].value_in(source)),
            CompiledScope::And(terms) => {
                let verdicts: Vec<_> = terms.iter().map(|term| term.verdict(source, answers)).collect();
                if verdicts.contains(&Some(false)) {
                    Some(false)
                } else {
                    verdicts.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            CompiledScope::Or(terms) => {
                let verdicts: Vec<_> = terms.iter().map(|term| term.verdict(source, answers)).collect();
                if verdicts.contains(&Some(true)) {
                    Some(true)
                } else {
                    verdicts.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            CompiledScope::Not(inner) => inner.verdict(source, answers).map(|verdict| !verdict),
        }
    }
}
