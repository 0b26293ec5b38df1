//! What a plan asks of tables, and the answers, which are there when the run starts.
//!
//! A stage holds the number of its request; each row finds the answer by it in its [`Env`](super::batch::Env).

use super::addresses::{Addresses, Kind};
use super::index::Index;
use super::memory::{Budget, OverBudget};
use super::table::Table;
use super::tables::{Absent, TableName, Tables};
use super::value::Value;
use crate::diagnostics::{Diagnostic, Span, codes};
use std::sync::Arc;

/// Something asked of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The table.
    pub name: TableName,
    /// What is asked.
    pub what: What,
    /// Where the query names the table.
    pub span: Span,
}

/// What is asked of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Its rows, by the columns `keys`, and the values that they have in `columns`.
    Match {
        /// The columns that make the key.
        keys: Vec<String>,
        /// The columns that are wanted.
        columns: Vec<String>,
        /// Whether letter case does not count in keys.
        folded: bool,
        /// Whether a column that the table does not have is no mistake.
        lenient: bool,
    },
    /// All its rows. Without them the query can't run.
    Rows,
    /// What is known of IP addresses: the columns with these numbers.
    Addresses(Kind),
    /// Nothing that could be here: only Sumo Logic's service knows it.
    Service,
    /// That it is there: rows will be saved to it.
    Exists,
}

/// The answer to a request.
pub enum Answer {
    /// There is nothing: null.
    Nothing,
    /// Rows by key.
    Match(Matched),
    /// All rows.
    Rows(Arc<Table>),
    /// IP addresses.
    Addresses(Arc<dyn Addresses>),
}

/// Rows by key, with the columns that are wanted.
pub struct Matched {
    /// The rows by key.
    pub index: Arc<Index>,
    /// Where the table has the columns.
    pub columns: Vec<Option<usize>>,
}

impl Matched {
    /// A wanted column of a row.
    pub fn value(&self, row: usize, column: usize) -> Value<'_> {
        let place = self.columns.get(column).copied().flatten();
        place.and_then(|at| self.index.table().rows[row].get(at)).map(|cell| cell.borrow()).unwrap_or_default()
    }
}

/// The answers of a run, by the numbers of the requests.
#[derive(Default)]
pub struct Answers(Vec<Answer>);

impl Answers {
    /// The answer to a request.
    pub fn get(&self, number: usize) -> &Answer {
        self.0.get(number).unwrap_or(&Answer::Nothing)
    }

    /// Rows by key.
    pub fn matched(&self, number: usize) -> Option<&Matched> {
        match self.get(number) {
            Answer::Match(matched) => Some(matched),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} answers", self.0.len())
    }
}

/// What came of asking.
#[derive(Default)]
pub(super) struct Asked {
    pub answers: Answers,
    /// What the user should know.
    pub notices: Vec<Diagnostic>,
    /// Why the query can't run.
    pub refused: Option<Diagnostic>,
    pub over: Option<OverBudget>,
    /// The memory that was set aside.
    pub bytes: usize,
}

/// Asks for everything that a plan wants to know of tables. Their memory is set aside.
pub(super) fn ask(requests: &[Request], tables: &dyn Tables, budget: &Budget) -> Asked {
    let mut asking = Asking { tables, budget, known: Vec::new(), indexes: Vec::new(), asked: Asked::default() };
    for request in requests {
        let answer = asking.answer(request);
        asking.asked.answers.0.push(answer);
    }
    asking.asked
}

struct Asking<'t> {
    tables: &'t dyn Tables,
    budget: &'t Budget,
    /// Tables that were asked for: each only once.
    known: Vec<(TableName, Result<Arc<Table>, Absent>)>,
    indexes: Vec<(TableName, Vec<usize>, bool, Arc<Index>)>,
    asked: Asked,
}

impl Asking<'_> {
    fn answer(&mut self, request: &Request) -> Answer {
        match &request.what {
            What::Rows => match self.table(&request.name) {
                Ok(table) => Answer::Rows(table),
                Err(absent) => self.refuse(request, &absent),
            },
            What::Service => {
                let message = "only Sumo Logic's service can answer this: the rows pass unchanged";
                self.tell(Diagnostic::warning(&codes::ELSEWHERE, request.span, message));
                Answer::Nothing
            }
            What::Exists => match self.tables.schema(&request.name) {
                Ok(_) => Answer::Nothing,
                Err(absent) => self.refuse(request, &absent),
            },
            What::Addresses(kind) => match self.tables.addresses(*kind) {
                Ok(addresses) => Answer::Addresses(addresses),
                Err(absent) => self.without(request, &absent),
            },
            What::Match { keys, columns, folded, lenient } => match self.table(&request.name) {
                Ok(table) => self.matched(request, table, (keys, columns), *folded, *lenient),
                Err(absent) => self.without(request, &absent),
            },
        }
    }

    fn table(&mut self, name: &TableName) -> Result<Arc<Table>, Absent> {
        if let Some((_, found)) = self.known.iter().find(|(known, _)| known == name) {
            return found.clone();
        }
        let room = self.budget.limit().saturating_sub(self.budget.used());
        let found = self.tables.table(name, room);
        if let Ok(table) = &found {
            self.set_aside(table.size());
        }
        self.known.push((name.clone(), found.clone()));
        found
    }

    fn set_aside(&mut self, bytes: usize) {
        self.asked.bytes += bytes;
        if let Err(over) = self.budget.set_aside(bytes) {
            self.asked.over = Some(over);
        }
    }

    fn matched(
        &mut self,
        request: &Request,
        table: Arc<Table>,
        (keys, columns): (&[String], &[String]),
        folded: bool,
        lenient: bool,
    ) -> Answer {
        let mut places = Vec::new();
        for key in keys {
            match table.column(key) {
                Some(place) => places.push(place),
                None => return self.without(request, &Absent::Unreadable(format!("it has no column `{key}`"))),
            }
        }
        let columns: Vec<_> = columns.iter().map(|column| (column, table.column(column))).collect();
        if let Some((column, _)) = columns.iter().find(|(_, place)| place.is_none() && !lenient) {
            self.tell(unreadable(request, &format!("it has no column `{column}`")));
        }
        let columns = columns.into_iter().map(|(_, place)| place).collect();
        let known = self
            .indexes
            .iter()
            .find(|(name, keys, fold, _)| *name == request.name && *keys == places && *fold == folded);
        if let Some((.., index)) = known {
            return Answer::Match(Matched { index: Arc::clone(index), columns });
        }
        let index = Arc::new(Index::new(table, places.clone(), folded));
        self.set_aside(index.size());
        if index.has_duplicates() && !request.name.is_modern() && request.name.scheme() != "sumo" {
            let message =
                format!("several rows of the table `{}` have the same key: the last one is used", request.name);
            self.tell(Diagnostic::warning(&codes::DUPLICATE_KEYS, request.span, message));
        }
        self.indexes.push((request.name.clone(), places, folded, Arc::clone(&index)));
        Answer::Match(Matched { index, columns })
    }

    /// Says something, once.
    fn tell(&mut self, notice: Diagnostic) {
        if self.asked.notices.iter().all(|told| told.code != notice.code || told.message != notice.message) {
            self.asked.notices.push(notice);
        }
    }

    /// The query runs without the table.
    fn without(&mut self, request: &Request, absent: &Absent) -> Answer {
        match absent {
            Absent::Missing => {
                let message = match request.what {
                    What::Addresses(Kind::Location) => "no geolocation database was given: the columns are null".into(),
                    What::Addresses(Kind::Network) => "no ASN database was given: the columns are null".into(),
                    _ => format!("there is no file for the table `{}`: its columns are null", request.name),
                };
                self.tell(Diagnostic::warning(&codes::NO_TABLE, request.span, message).help(option(request)));
            }
            Absent::Unreadable(reason) => self.tell(unreadable(request, reason)),
            Absent::TooLarge => self.asked.over = Some(OverBudget { limit: self.budget.limit() }),
        }
        Answer::Nothing
    }

    /// The query can't run without the table.
    fn refuse(&mut self, request: &Request, absent: &Absent) -> Answer {
        let refused = match absent {
            Absent::Missing => {
                let message = match request.what {
                    What::Exists => format!("there is no table `{}`, and `save` can't create it", request.name),
                    _ => format!("there is no file for the table `{}`", request.name),
                };
                Diagnostic::error(&codes::TABLE_NEEDED, request.span, message).help(option(request))
            }
            Absent::Unreadable(reason) => unreadable(request, reason),
            Absent::TooLarge => return self.without(request, absent),
        };
        self.asked.refused.get_or_insert(refused);
        Answer::Nothing
    }
}

fn unreadable(request: &Request, reason: &str) -> Diagnostic {
    let message = format!("the table `{}` can't be used: {reason}", request.name);
    Diagnostic::error(&codes::TABLE, request.span, message)
}

/// The option that would help.
fn option(request: &Request) -> String {
    match request.what {
        What::Addresses(Kind::Location) => "name a database with `--geoip FILE.mmdb`".into(),
        What::Addresses(Kind::Network) => "name a database with `--asn FILE.mmdb`".into(),
        _ if request.name.path().contains(' ') => {
            format!("name a file with `--lookup '{}=FILE'`", request.name.path())
        }
        _ => format!("name a file with `--lookup {}=FILE`", request.name.path()),
    }
}
