//! Subqueries: their queries run before the one around them, over the same input, and become [`SubqueryResults`].

use super::execute::{Options, Outcome, Partiality, Progress, execute, given_range};
use super::saved_tables::{Saved, WithSaved};
use crate::diagnostics::{Diagnostic, codes};
use crate::program::batch::EvalContext;
use crate::program::budget::Budget;
use crate::program::matching::terms::is_space;
use crate::program::plan::{Plan, Subquery};
use crate::program::subquery_results::{ComparedWith, SubqueryResult, SubqueryResults, Texts, size};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use sumoql_data::message::Input;
use sumoql_data::table::Table;
use sumoql_data::table_resolver::Tables;
use sumoql_data::time::parse_moment::parse_moment;
use sumoql_data::value::Owned;

/// The most text of an answer that Sumo Logic uses, in bytes.
const MAX_ANSWER_BYTES: usize = 100 << 20;

/// What the subqueries of a plan have come to.
#[derive(Default)]
pub struct AnsweredSubqueries {
    /// The answers.
    pub answers: Arc<SubqueryResults>,
    /// The tables as the query sees them, where subqueries have saved rows.
    pub tables: Option<Arc<dyn Tables>>,
    /// What they have saved.
    pub saved: Vec<Saved>,
    /// Why one of them is only a part, if one is.
    pub partial: Option<Partiality>,
    /// What else the user should know of them.
    pub notices: Vec<Diagnostic>,
    /// Why one of them could not run at all; then the query can't.
    pub refused: Option<Diagnostic>,
    /// The memory that was set aside for the answers.
    pub(super) bytes: usize,
}

/// Why an answer lacks rows.
#[derive(Debug)]
pub enum LeftOut {
    /// There was no memory for them.
    Memory,
    /// Sumo Logic's own limits; what to say about it.
    Limit(Diagnostic),
}

impl AnsweredSubqueries {
    /// Results that are given. `None` when they are needed and are not.
    pub(super) fn before(plan: &Plan, options: &Options) -> Option<AnsweredSubqueries> {
        match &options.subqueries {
            Some(answers) => {
                let bytes = answers.size();
                let over = options.budget.set_aside(bytes).err();
                let partial = over.map(|over| Partiality::Memory(over.limit));
                Some(AnsweredSubqueries { answers: answers.clone(), bytes, partial, ..AnsweredSubqueries::default() })
            }
            None => (!plan.asks()).then(AnsweredSubqueries::default),
        }
    }
}

/// Runs the subqueries of a plan over the whole input, for runs of [`super::execute::map`] over parts of it elsewhere:
/// what it gives is for [`Options::subqueries`] and, where they save rows, for [`Options::tables`]. The input is then at
/// its beginning again. `None` when a subquery's time range depends on that of the query, and none is given.
pub fn answers(plan: &Plan, input: &dyn Input, options: &Options, progress: &Progress) -> Option<AnsweredSubqueries> {
    let range = given_range(plan, options)?;
    let mut asked = ask(plan, input, options, progress, (range, options.range));
    options.budget.put_back(std::mem::take(&mut asked.bytes));
    Some(asked)
}

/// Runs the subqueries of a plan, unless their answers are given. The first range is that of the query, the second the one
/// that its messages are chosen by.
pub(super) fn ask(
    plan: &Plan,
    input: &dyn Input,
    options: &Options,
    progress: &Progress,
    (range, given): ((i64, i64), Option<(i64, i64)>),
) -> AnsweredSubqueries {
    if let Some(asked) = AnsweredSubqueries::before(plan, options) {
        return asked;
    }
    let mut asked = AnsweredSubqueries::default();
    let env = EvalContext {
        from: range.0,
        to: range.1,
        now: options.now.clone(),
        zone: options.zone,
        ..EvalContext::default()
    };
    let mut list = Vec::new();
    for subquery in &plan.subqueries {
        if !subquery.needed {
            list.push(None);
            continue;
        }
        let mut inner = Options { range: subquery.range(&env, given), ..options.with_fresh_budget() };
        if let Some(tables) = &asked.tables {
            inner.tables = Arc::clone(tables);
        }
        progress.asking.fetch_add(1, Ordering::Relaxed);
        let mut outcome = execute(&subquery.plan, input, &inner, progress);
        progress.asking.fetch_sub(1, Ordering::Relaxed);
        asked.notices.extend(subquery.notices(&outcome, progress, inner.range.is_some()));
        progress.next_pass();
        asked.partial = asked.partial.or(outcome.partial);
        asked.refused = asked.refused.or(outcome.refused.take());
        if !outcome.saved.is_empty() {
            asked.saved.append(&mut outcome.saved);
            asked.tables = Some(Arc::new(WithSaved::new(Arc::clone(&options.tables), asked.saved.clone())));
        }
        let answer = asked.answer(subquery, &outcome, &options.budget);
        list.push(Some(answer));
        if !input.restart() {
            asked.partial = Some(Partiality::NotRepeatable);
        }
        if asked.refused.is_some() || asked.partial == Some(Partiality::NotRepeatable) {
            break;
        }
    }
    asked.answers = Arc::new(SubqueryResults::new(list));
    asked
}

impl AnsweredSubqueries {
    /// The answer of a subquery that has run; memory is set aside for it.
    fn answer(&mut self, subquery: &Subquery, outcome: &Outcome, budget: &Budget) -> SubqueryResult {
        // The query itself needs memory too.
        let memory = budget.limit().saturating_sub(budget.aside()) / 2;
        let (answer, left_out) = subquery.answer(&outcome.table, memory);
        let set_aside = budget.set_aside(answer.size());
        self.bytes += answer.size();
        match left_out {
            Some(LeftOut::Limit(notice)) => self.notices.push(notice),
            Some(LeftOut::Memory) => self.partial = self.partial.or(Some(Partiality::Memory(budget.limit()))),
            None => {}
        }
        if let Err(over) = set_aside {
            self.partial = self.partial.or(Some(Partiality::Memory(over.limit)));
        }
        answer
    }
}

impl Subquery {
    /// Its time range, in the environment of the query around it, whose messages are chosen by `given`.
    fn range(&self, env: &EvalContext, given: Option<(i64, i64)>) -> Option<(i64, i64)> {
        if self.from.is_none() && self.to.is_none() {
            return given;
        }
        let (from, to) = given.unwrap_or((i64::MIN, i64::MAX));
        // Logs are read long after they were written: what is relative counts from the end of what is looked at.
        let now = if to == i64::MAX { env.now.get() } else { to };
        // The plan has read the moments once: they can be read.
        let moment = |text: &Option<String>, or: i64| {
            text.as_ref().map_or(or, |text| parse_moment(text, now, env.zone).unwrap_or(or))
        };
        Some((moment(&self.from, from), moment(&self.to, to)))
    }

    /// The answer that a result is, in so many bytes at most, and why rows had to be left out if they had to.
    pub fn answer(&self, table: &Table, memory: usize) -> (SubqueryResult, Option<LeftOut>) {
        let mut seen: HashSet<Texts> = HashSet::new();
        let mut rows: Vec<Texts> = Vec::new();
        let (mut bytes, mut length) = (0, 0);
        let mut left_out = None;
        let places: Vec<Option<usize>> = self.columns.iter().map(|name| table.column(name)).collect();
        for row in &table.rows {
            let Some(texts) = self.texts(row, &places) else { continue };
            if seen.contains(&texts) {
                continue;
            }
            bytes += size(&texts);
            if bytes > memory {
                left_out = Some(LeftOut::Memory);
                break;
            }
            length += texts.iter().map(|text| text.len()).sum::<usize>();
            if rows.len() == self.most || length > MAX_ANSWER_BYTES {
                let limit = if length > MAX_ANSWER_BYTES { "100 MB".to_string() } else { rows_told(self.most) };
                let message = format!("this subquery returns more than {limit}: the rest are left out");
                let help = "raise the limit with `compose … maxresults=N`, up to 10000, or narrow the subquery";
                left_out = Some(LeftOut::Limit(Diagnostic::warning(&codes::LIMITED, self.span, message).help(help)));
                break;
            }
            seen.insert(texts.clone());
            rows.push(texts);
        }
        (SubqueryResult::new(self.kind, self.columns.len(), rows), left_out)
    }

    /// A row's values. None when one is missing: null equals nothing, and there is nothing to look for in an empty text.
    fn texts(&self, row: &[Owned], places: &[Option<usize>]) -> Option<Texts> {
        let text = |place: &Option<usize>| match row.get((*place)?)? {
            Owned::Null => None,
            cell => {
                let text = cell.to_string();
                (self.kind != ComparedWith::Keywords || !text.trim_matches(is_space).is_empty())
                    .then(|| text.into_boxed_str())
            }
        };
        places.iter().map(text).collect()
    }

    /// What its run has to say: the counters are those of its last pass over the input.
    fn notices(&self, outcome: &Outcome, progress: &Progress, ranged: bool) -> Vec<Diagnostic> {
        let mut out = outcome.notices.clone();
        let messages = progress.all_messages();
        let noun = |n: u64| if n == 1 { "message" } else { "messages" };
        if messages != Some(0) && progress.in_scope.load(Ordering::Relaxed) == 0 && outcome.partial.is_none() {
            let what = if ranged { "the scope and the time range match" } else { "the scope matches" };
            let of = messages.map_or("the messages".into(), |n| format!("{n} {}", noun(n)));
            let message = format!("in this subquery, {what} none of {of}");
            out.push(Diagnostic::warning(&codes::EMPTY_SCOPE, self.scope, message));
        }
        if outcome.failed > 0 {
            let rows = rows_told(usize::try_from(outcome.failed).unwrap_or(usize::MAX));
            let message = format!("a function dropped {rows} of this subquery: it can't handle their values");
            let help = "filter them first with `where isValidIPv4(x)` or `where isNumeric(x)`";
            out.push(Diagnostic::warning(&codes::FAILED_ROWS, self.span, message).help(help));
        }
        if outcome.texts > 0 {
            let message = "in this subquery, arithmetic on strings that are not numbers gave null".to_string();
            let help = "to join strings, use `concat(…)`; to drop rows without a number, `where isNumeric(x)`";
            out.push(Diagnostic::warning(&codes::TEXTS_COMPUTED, self.span, message).help(help));
        }
        for (stage, reached, matched) in &outcome.parses {
            if *reached > 0
                && !matched
                && let Some(span) = stage.checked_sub(1).and_then(|at| self.stages.get(at))
            {
                let message = format!("this stage of a subquery matched 0 of {reached} {}", noun(*reached));
                out.push(Diagnostic::warning(&codes::NO_MATCH, *span, message));
            }
        }
        out
    }
}

fn rows_told(rows: usize) -> String {
    if rows == 1 { "1 row".to_string() } else { format!("{rows} rows") }
}
