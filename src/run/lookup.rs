//! What a plan asks of tables, and the answers, which are there when the run starts.
//!
//! A stage holds the number of its request; each row finds the answer by it in its [`EvalContext`](crate::program::batch::EvalContext).

use crate::diagnostics::{Diagnostic, codes};
use crate::program::budget::{Budget, OverBudget};
use crate::program::lookup::results::{LookupRequest, LookupResult, LookupResults, Matched, What};
use crate::program::lookup::table_index::Index;
use std::sync::Arc;
use sumoql_data::ip_addresses::AddressField;
use sumoql_data::table::Table;
use sumoql_data::table_resolver::{Absent, TableName, Tables};

/// What came of asking.
#[derive(Default)]
pub(super) struct FetchedLookups {
    pub answers: LookupResults,
    /// What the user should know.
    pub notices: Vec<Diagnostic>,
    /// Why the query can't run.
    pub refused: Option<Diagnostic>,
    pub over: Option<OverBudget>,
    /// The memory that was set aside.
    pub bytes: usize,
}

/// Asks for everything that a plan wants to know of tables. Their memory is set aside.
pub(super) fn ask(requests: &[LookupRequest], tables: &dyn Tables, budget: &Budget) -> FetchedLookups {
    let mut fetch =
        LookupFetch { tables, budget, known: Vec::new(), indexes: Vec::new(), fetched: FetchedLookups::default() };
    for request in requests {
        let answer = fetch.answer(request);
        fetch.fetched.answers.0.push(answer);
    }
    fetch.fetched
}

struct LookupFetch<'t> {
    tables: &'t dyn Tables,
    budget: &'t Budget,
    /// Tables that were asked for: each only once.
    known: Vec<(TableName, Result<Arc<Table>, Absent>)>,
    indexes: Vec<(TableName, Vec<usize>, bool, Arc<Index>)>,
    fetched: FetchedLookups,
}

impl LookupFetch<'_> {
    fn answer(&mut self, request: &LookupRequest) -> LookupResult {
        match &request.what {
            What::Rows => match self.table(&request.name) {
                Ok(table) => LookupResult::Rows(table),
                Err(absent) => self.refuse(request, &absent),
            },
            What::Service => {
                let message = "only Sumo Logic's service can answer this: the rows pass unchanged";
                self.report(Diagnostic::warning(&codes::ELSEWHERE, request.span, message));
                LookupResult::Nothing
            }
            What::Exists => match self.tables.schema(&request.name) {
                Ok(_) => LookupResult::Nothing,
                Err(absent) => self.refuse(request, &absent),
            },
            What::Addresses(kind) => match self.tables.addresses(*kind) {
                Ok(addresses) => LookupResult::Addresses(addresses),
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
        let memory = self.budget.limit().saturating_sub(self.budget.used());
        let found = self.tables.table(name, memory);
        if let Ok(table) = &found {
            self.set_aside(table.size());
        }
        self.known.push((name.clone(), found.clone()));
        found
    }

    fn set_aside(&mut self, bytes: usize) {
        self.fetched.bytes += bytes;
        if let Err(over) = self.budget.set_aside(bytes) {
            self.fetched.over = Some(over);
        }
    }

    fn matched(
        &mut self,
        request: &LookupRequest,
        table: Arc<Table>,
        (keys, columns): (&[String], &[String]),
        folded: bool,
        lenient: bool,
    ) -> LookupResult {
        let mut places = Vec::new();
        for key in keys {
            match table.column(key) {
                Some(place) => places.push(place),
                None => return self.without(request, &Absent::Unreadable(format!("it has no column `{key}`"))),
            }
        }
        let columns: Vec<_> = columns.iter().map(|column| (column, table.column(column))).collect();
        if let Some((column, _)) = columns.iter().find(|(_, place)| place.is_none() && !lenient) {
            self.report(unreadable(request, &format!("it has no column `{column}`")));
        }
        let columns = columns.into_iter().map(|(_, place)| place).collect();
        let known = self
            .indexes
            .iter()
            .find(|(name, keys, fold, _)| *name == request.name && *keys == places && *fold == folded);
        if let Some((.., index)) = known {
            return LookupResult::Match(Matched { index: Arc::clone(index), columns });
        }
        let index = Arc::new(Index::new(table, places.clone(), folded));
        self.set_aside(index.size());
        if index.has_duplicates() && !request.name.is_modern() && request.name.scheme() != "sumo" {
            let message =
                format!("several rows of the table `{}` have the same key: the last one is used", request.name);
            self.report(Diagnostic::warning(&codes::DUPLICATE_KEYS, request.span, message));
        }
        self.indexes.push((request.name.clone(), places, folded, Arc::clone(&index)));
        LookupResult::Match(Matched { index, columns })
    }

    /// Says something, once.
    fn report(&mut self, notice: Diagnostic) {
        if self.fetched.notices.iter().all(|earlier| earlier.code != notice.code || earlier.message != notice.message) {
            self.fetched.notices.push(notice);
        }
    }

    /// The query runs without the table.
    fn without(&mut self, request: &LookupRequest, absent: &Absent) -> LookupResult {
        match absent {
            Absent::Missing => {
                let message = match request.what {
                    What::Addresses(AddressField::Location) => {
                        "no geolocation database was given: the columns are null".into()
                    }
                    What::Addresses(AddressField::Network) => "no ASN database was given: the columns are null".into(),
                    _ => format!("there is no file for the table `{}`: its columns are null", request.name),
                };
                self.report(Diagnostic::warning(&codes::NO_TABLE, request.span, message).help(option(request)));
            }
            Absent::Unreadable(reason) => self.report(unreadable(request, reason)),
            Absent::TooLarge => self.fetched.over = Some(OverBudget { limit: self.budget.limit() }),
        }
        LookupResult::Nothing
    }

    /// The query can't run without the table.
    fn refuse(&mut self, request: &LookupRequest, absent: &Absent) -> LookupResult {
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
        self.fetched.refused.get_or_insert(refused);
        LookupResult::Nothing
    }
}

fn unreadable(request: &LookupRequest, reason: &str) -> Diagnostic {
    let message = format!("the table `{}` can't be used: {reason}", request.name);
    Diagnostic::error(&codes::TABLE, request.span, message)
}

/// The option that would help.
fn option(request: &LookupRequest) -> String {
    match request.what {
        What::Addresses(AddressField::Location) => "name a database with `--geoip FILE.mmdb`".into(),
        What::Addresses(AddressField::Network) => "name a database with `--asn FILE.mmdb`".into(),
        _ if request.name.path().contains(' ') => {
            format!("name a file with `--lookup '{}=FILE'`", request.name.path())
        }
        _ => format!("name a file with `--lookup {}=FILE`", request.name.path()),
    }
}
