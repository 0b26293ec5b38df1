//! What subqueries have answered: rows of values, made ready to be asked about message by message.
//!
//! A question costs a look-up for each column, however many rows there are: the values of a column have numbers, and the
//! rows are a trie over these.

use super::codec::{Corrupt, Reader, Writer};
use super::matching::keywords::Keywords;
use super::plan::Plan;
use hashbrown::HashMap;
use sumoql_data::value::{Owned, Value, parse_number};

/// A row of composed values, as texts.
pub type Texts = Box<[Box<str>]>;

/// What the values of a subquery are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedWith {
    /// Fields of the rows, as `=` compares them with a quoted text.
    Fields,
    /// Metadata, letter case aside.
    Metadata,
    /// The text of the message, as phrases.
    Keywords,
}

/// The answers of a plan's subqueries, by their numbers.
#[derive(Debug, Default)]
pub struct SubqueryResults {
    list: Vec<Option<SubqueryResult>>,
}

/// The answer of one subquery.
#[derive(Debug)]
pub struct SubqueryResult {
    rows: Vec<Texts>,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Values(ValueTrie),
    Keywords(Keywords),
}

impl SubqueryResults {
    /// Results by number; none for a subquery that nobody asks.
    pub fn new(list: Vec<Option<SubqueryResult>>) -> SubqueryResults {
        SubqueryResults { list }
    }

    /// Whether a row of the subquery has these values. `value` gives that of a column.
    pub fn fits<'v>(&self, number: usize, value: impl Fn(usize) -> Value<'v>) -> bool {
        match self.get(number) {
            Some(SubqueryResult { test: Test::Values(rows), .. }) => rows.hold(0, 0, &value),
            _ => false,
        }
    }

    /// Whether a message fits a row of a subquery in the scope: by its text, or by its metadata.
    pub fn found<'v>(&self, number: usize, raw: &str, value: impl Fn(usize) -> Value<'v>) -> bool {
        match self.get(number) {
            Some(SubqueryResult { test: Test::Keywords(keywords), .. }) => keywords.are_in(raw),
            _ => self.fits(number, value),
        }
    }

    /// The same for all messages of an input, where its metadata alone decide.
    pub fn verdict<'v>(&self, number: usize, value: impl Fn(usize) -> Value<'v>) -> Option<bool> {
        match self.get(number) {
            Some(SubqueryResult { test: Test::Keywords(_), rows }) if !rows.is_empty() => None,
            _ => Some(self.fits(number, value)),
        }
    }

    /// About the bytes that they take.
    pub fn size(&self) -> usize {
        self.list.iter().flatten().map(SubqueryResult::size).sum()
    }

    fn get(&self, number: usize) -> Option<&SubqueryResult> {
        self.list.get(number).and_then(Option::as_ref)
    }

    /// The answers as bytes, for runs over parts of the input elsewhere.
    pub fn encode(&self, plan: &Plan) -> Vec<u8> {
        let mut out = Writer::default();
        out.unsigned(plan.fingerprint);
        out.unsigned(self.list.len() as u64);
        for answer in &self.list {
            out.unsigned(u64::from(answer.is_some()));
            let rows = answer.as_ref().map_or(&[][..], |answer| &answer.rows);
            out.unsigned(rows.len() as u64);
            rows.iter().flat_map(|row| row.iter()).for_each(|text| out.slice(text.as_bytes()));
        }
        out.bytes
    }

    /// Results from the bytes that [`SubqueryResults::encode`] made for the same query. Anything else is refused.
    pub fn decode(plan: &Plan, bytes: &[u8]) -> Result<SubqueryResults, Corrupt> {
        let mut reader = Reader::new(bytes);
        if reader.unsigned()? != plan.fingerprint || reader.count()? != plan.subqueries.len() {
            return Err(Corrupt);
        }
        let mut list = Vec::new();
        for subquery in &plan.subqueries {
            let asked = reader.unsigned()? != 0;
            let columns = subquery.columns.len();
            let mut rows = Vec::new();
            for _ in 0..reader.count()? {
                let text = |_| Ok(std::str::from_utf8(reader.slice()?).map_err(|_| Corrupt)?.into());
                rows.push((0..columns).map(text).collect::<Result<Texts, Corrupt>>()?);
            }
            list.push(asked.then(|| SubqueryResult::new(subquery.kind, columns, rows)));
        }
        if reader.is_empty() { Ok(SubqueryResults { list }) } else { Err(Corrupt) }
    }
}

impl SubqueryResult {
    /// An answer of these rows, each with so many columns.
    pub fn new(kind: ComparedWith, columns: usize, rows: Vec<Texts>) -> SubqueryResult {
        let test = match kind {
            ComparedWith::Keywords => Test::Keywords(Keywords::new(&rows)),
            ComparedWith::Fields | ComparedWith::Metadata => {
                Test::Values(ValueTrie::new(kind == ComparedWith::Metadata, columns, &rows))
            }
        };
        SubqueryResult { rows, test }
    }

    /// About the bytes that it takes.
    pub fn size(&self) -> usize {
        self.rows.iter().map(|row| size(row)).sum()
    }
}

/// About the bytes that a row of an answer takes. The texts are there twice: as rows, and in the index over them.
pub(crate) fn size(row: &[Box<str>]) -> usize {
    row.iter().map(|text| 2 * (text.len() + size_of::<[usize; 4]>())).sum()
}

/// Rows of values, as a trie.
#[derive(Debug)]
struct ValueTrie {
    columns: Vec<Column>,
    /// From a node, by the number of the next column's value, to the next node. Node 0 is where all rows begin.
    next: HashMap<(u32, u32), u32>,
}

/// The values of a column, by number.
#[derive(Debug, Default)]
struct Column {
    /// Letter case aside; then the texts are lower case.
    folded: bool,
    texts: HashMap<Box<str>, u32>,
    /// The texts that read as numbers: by the number's bits.
    numbers: HashMap<u64, Vec<u32>>,
    /// The texts that read as false, and as true.
    bools: [Vec<u32>; 2],
}

impl ValueTrie {
    fn new(folded: bool, columns: usize, rows: &[Texts]) -> ValueTrie {
        let column = || Column { folded, ..Column::default() };
        let mut out = ValueTrie { columns: (0..columns).map(|_| column()).collect(), next: HashMap::new() };
        let mut nodes = 0;
        for row in rows {
            let mut node = 0;
            for (column, text) in out.columns.iter_mut().zip(row) {
                let value = column.add(text);
                node = *out.next.entry((node, value)).or_insert_with(|| {
                    nodes += 1;
                    nodes
                });
            }
        }
        out
    }

    /// Whether a row goes on from this node with the values from this column on.
    fn hold<'v>(&self, node: u32, at: usize, value: &impl Fn(usize) -> Value<'v>) -> bool {
        let Some(column) = self.columns.get(at) else { return at > 0 };
        if self.next.is_empty() {
            return false;
        }
        let goes_on = |number: &u32| match self.next.get(&(node, *number)) {
            Some(node) => self.hold(*node, at + 1, value),
            None => false,
        };
        match value(at) {
            Value::Null => false,
            Value::Text(text) => column.text(text).is_some_and(|number| goes_on(&number)),
            Value::Bool(value) => column.bools[usize::from(value)].iter().any(goes_on),
            // These equal the words that they are written as, and no number.
            Value::Double(n) if !n.is_finite() => {
                column.text(&Owned::Double(n).to_string()).is_some_and(|number| goes_on(&number))
            }
            number => {
                let numbers = number.number().and_then(|number| column.numbers.get(&bits(number)));
                numbers.is_some_and(|numbers| numbers.iter().any(goes_on))
            }
        }
    }
}

/// The same for numbers that are equal.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

impl Column {
    /// The number of a value, a new one when it is new.
    fn add(&mut self, text: &str) -> u32 {
        let text: Box<str> = if self.folded { text.to_lowercase().into() } else { text.into() };
        let new = self.texts.len() as u32;
        let number = *self.texts.entry(text.clone()).or_insert(new);
        if number == new {
            if let Some(value) = parse_number(&text).filter(|value| value.is_finite()) {
                self.numbers.entry(bits(value)).or_default().push(number);
            }
            for (value, word) in [(0, "false"), (1, "true")] {
                if text.eq_ignore_ascii_case(word) {
                    self.bools[value].push(number);
                }
            }
        }
        number
    }

    fn text(&self, text: &str) -> Option<u32> {
        match self.folded {
            true => self.texts.get(text.to_lowercase().as_str()).copied(),
            false => self.texts.get(text).copied(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sumoql_data::value::equal;

    fn answer(kind: ComparedWith, rows: &[&[&str]]) -> SubqueryResults {
        let columns = rows.first().map_or(1, |row| row.len());
        let texts = |row: &&[&str]| row.iter().map(|text| Box::from(*text)).collect();
        SubqueryResults::new(vec![Some(SubqueryResult::new(kind, columns, rows.iter().map(texts).collect()))])
    }

    #[test]
    fn rows_fit_as_a_whole() {
        let answers = answer(ComparedWith::Fields, &[&["1", "x"], &["2", "y"]]);
        let fits = |values: [Value<'static>; 2]| answers.fits(0, |at| values[at]);
        assert!(fits([Value::Text("2"), Value::Text("y")]) && fits([Value::Int(1), Value::Text("x")]));
        assert!(!fits([Value::Text("1"), Value::Text("y")]) && !fits([Value::Text("2"), Value::Text("Y")]));
        assert!(!fits([Value::Null, Value::Text("x")]));
        assert!(!answers.fits(1, |_| Value::Text("x")), "a subquery that was not asked");
    }

    #[test]
    fn letter_case_does_not_count_for_metadata() {
        let answers = answer(ComparedWith::Metadata, &[&["Prod/ÄB"]]);
        assert_eq!(answers.verdict(0, |_| Value::Text("pROD/äb")), Some(true));
        assert_eq!(answers.verdict(0, |_| Value::Text("prod")), Some(false));
        assert_eq!(answers.verdict(0, |_| Value::Null), Some(false));
    }

    #[test]
    fn no_rows_hold_never() {
        for kind in [ComparedWith::Fields, ComparedWith::Metadata, ComparedWith::Keywords] {
            let answers = answer(kind, &[]);
            assert!(!answers.found(0, "any text", |_| Value::Text("")));
            assert_eq!(answers.verdict(0, |_| Value::Null), Some(false));
        }
    }

    /// A value of a row.
    fn value() -> impl Strategy<Value = Value<'static>> {
        let texts =
            ["", "a", "A", "5", "5.0", "05", " 5", "true", "TRUE", "-0", "0", "1e2", "NaN", "Infinity", "1e999", "100"];
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-3i64..8).prop_map(Value::Int),
            prop::sample::select(vec![5.0, 0.0, -0.0, 100.0, 0.5, f64::NAN, f64::INFINITY]).prop_map(Value::Double),
            prop::sample::select(texts.to_vec()).prop_map(Value::Text),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        #[test]
        fn an_answer_is_the_conditions_written_out(
            rows in prop::collection::vec([value(), value()], 0..6),
            asked in [value(), value()],
        ) {
            let text = |value: &Value<'_>| value.owned().to_string();
            let texts: Vec<[String; 2]> = rows.iter().map(|row| [text(&row[0]), text(&row[1])]).collect();
            let made = texts.iter().map(|row| row.iter().map(|text| text.as_str().into()).collect()).collect();
            let answers = SubqueryResults::new(vec![Some(SubqueryResult::new(ComparedWith::Fields, 2, made))]);
            let wanted = texts.iter().any(|row| (0..2).all(|at| equal(asked[at], Value::Text(&row[at]))));
            prop_assert_eq!(answers.fits(0, |at| asked[at]), wanted);
        }
    }
}
