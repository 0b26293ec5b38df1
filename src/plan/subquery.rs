//! Subqueries: planned as queries of their own, to be answered before the query around them runs.

use super::arguments::{check_name, count_argument, missing_parameter};
use super::built_in_fields::COMPUTED;
use super::scope::DEFAULT_PARTITION;
use super::{Planner, referenced};
use crate::diagnostics::{Diagnostic, Span, codes, nearest};
use crate::program::batch::Slot;
use crate::program::expression::CompiledExpr;
use crate::program::plan::Subquery;
use crate::program::scope::{Compared, CompiledScope};
use crate::program::subquery_results::ComparedWith;
use crate::syntax::signature::OperatorRole;
use crate::syntax::tree;
use crate::syntax::tree::{ArgValue, Args, Name, Query, Stage, StageKind};
use std::ops::Range;
use sumoql_data::time::parse_moment::parse_moment;

/// How many rows of a subquery are used when it does not say.
pub const USUAL: i64 = 2_500;

/// The most rows of a subquery that Sumo Logic uses.
pub const MAX_ROWS: i64 = 10_000;

/// How deep subqueries may stand in each other. Each level reads the input once more.
const MAX_DEPTH: usize = 10;

/// A subquery as written.
struct Written<'s> {
    span: Span,
    args: &'s Args,
    query: &'s Query,
    /// Without `compose`.
    stages: &'s [Stage],
    compose: &'s Args,
    /// Where `compose` stands.
    ends: Span,
    fields: Vec<&'s Name>,
    /// Where `keywords` stands, if it does.
    keywords: Option<Span>,
}

impl<'s> Written<'s> {
    fn of(subquery: &'s tree::Subquery) -> Result<Self, Diagnostic> {
        let span = subquery.span;
        let missing = || {
            let end = Span::new(span.end.saturating_sub(1), span.end);
            Diagnostic::error(&codes::UNEXPECTED, end, "a subquery must end in `| compose FIELD`")
                .help("`compose` names the fields whose values are compared")
        };
        let query = subquery.query().ok_or_else(missing)?;
        let (last, stages) = query.stages.split_last().ok_or_else(missing)?;
        let compose = match &last.kind {
            StageKind::Operator { def, args } if def.role == OperatorRole::Compose => args,
            _ => return Err(missing()),
        };
        let keyword = |arg: &&tree::Arg| matches!(arg.value, ArgValue::Word("keywords"));
        let keywords = compose.0.iter().find(keyword).map(|arg| arg.span);
        let fields = compose.fields("field");
        for (at, name) in fields.iter().enumerate() {
            if fields[..at].iter().any(|before| before.key() == name.key()) {
                let message = format!("`{}` is listed twice", name.text);
                return Err(Diagnostic::error(&codes::DUPLICATE_FIELD, name.span, message));
            }
        }
        Ok(Written { span, args: &subquery.args, query, stages, compose, ends: last.span, fields, keywords })
    }
}

impl Planner<'_> {
    /// Plans a subquery that stands in an expression.
    pub(super) fn subquery_condition(&mut self, subquery: &tree::Subquery) -> Result<CompiledExpr, Diagnostic> {
        let written = Written::of(subquery)?;
        if let Some(span) = written.keywords {
            let message = "`keywords` is allowed only in the scope";
            return Err(Diagnostic::error(&codes::MISPLACED, span, message)
                .help("without it, the fields are compared with the fields of the same name here"));
        }
        let number = self.subquery(&written, ComparedWith::Fields)?;
        let slots = written.fields.iter().map(|name| self.compared(name)).collect::<Result<Box<[Slot]>, _>>()?;
        Ok(CompiledExpr::Subquery(number, slots))
    }

    /// Plans a subquery that stands in the scope.
    pub(super) fn subquery_search(&mut self, subquery: &tree::Subquery) -> Result<CompiledScope, Diagnostic> {
        let written = Written::of(subquery)?;
        let kind = if written.keywords.is_some() { ComparedWith::Keywords } else { ComparedWith::Metadata };
        let number = self.subquery(&written, kind)?;
        Ok(match kind {
            ComparedWith::Keywords => CompiledScope::Subquery(number, Vec::new(), self.all_text()),
            _ => CompiledScope::Subquery(number, written.fields.iter().map(|name| self.metadata(name)).collect(), None),
        })
    }

    /// What a column is compared with in the scope.
    fn metadata(&mut self, name: &Name) -> Compared {
        match name.key().as_str() {
            // A partition is named by either.
            "_index" | "_view" => {
                Compared::Metadata { name: "_view".into(), absent: Some(DEFAULT_PARTITION), auto: None }
            }
            key if COMPUTED.contains(&key) => Compared::Computed(self.field_slot(key)),
            key => Compared::Metadata { name: key.to_string(), absent: None, auto: self.auto_slot(key) },
        }
    }

    /// Plans the query in the brackets; the answer is the subquery's number.
    fn subquery(&mut self, written: &Written<'_>, kind: ComparedWith) -> Result<usize, Diagnostic> {
        if self.depth >= MAX_DEPTH {
            let message = format!("subqueries can be nested at most {MAX_DEPTH} deep");
            return Err(Diagnostic::error(&codes::TOO_DEEP, written.span, message));
        }
        let most = count_argument(written.compose, "most", 1..=MAX_ROWS)?.unwrap_or(USUAL);
        let (from, to) = self.range(written)?;

        let mut inner = Planner::new(&self.text, referenced::names(written.query), self.catalogue, self.tables.tables);
        (inner.depth, inner.simple) = (self.depth + 1, self.simple);
        inner.auto.origin = self.auto.origin;
        // It sees what other subqueries have saved, and others what it saves.
        inner.tables.saved = std::mem::take(&mut self.tables.saved);
        inner.search = inner.search(&written.query.search);
        inner.stages(written.stages);
        inner.facts.enter(written.ends);
        if let Err(diagnostic) = inner.compose(&written.fields) {
            inner.report(diagnostic);
        }
        inner.facts.leave();
        self.facts.done.append(&mut inner.facts.done);
        self.tables.saved = std::mem::take(&mut inner.tables.saved);
        let mut found = std::mem::take(&mut inner.diagnostics);
        // The stage around it fails with one of the errors; the others are told as they are.
        let failed = found.iter().rposition(Diagnostic::is_error).map(|at| found.remove(at));
        self.diagnostics.append(&mut found);
        if let Some(failed) = failed {
            return Err(failed);
        }
        let mut plan = inner.take();
        plan.stages = written.stages.iter().map(|stage| stage.span.of(&self.text).to_string()).collect();
        plan.subqueries = std::mem::take(&mut inner.subqueries);
        plan.requests = std::mem::take(&mut inner.tables.requests);
        let stages = written.stages.iter().map(|stage| stage.span).collect();
        let (span, scope) = (written.span, written.query.search.span);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let columns = written.fields.iter().map(|name| name.text.clone()).collect();
        self.subqueries.push(Subquery { plan, columns, kind, from, to, most, needed: true, span, scope, stages });
        Ok(self.subqueries.len() - 1)
    }

    /// Ends a subquery's plan: its columns are the composed fields, and what it saves.
    fn compose(&mut self, fields: &[&Name]) -> Result<(), Diagnostic> {
        for name in fields {
            check_name(name)?;
            if self.certainly_missing(name) {
                return Err(self.missing(name, "the subquery has no field"));
            }
            self.facts.reads(&name.key());
        }
        if self.save.is_some() {
            let shown = self.output_names();
            let open = self.rows.open_table.is_some() || !self.rows.bags.is_empty();
            let is_shown = |name: &Name| shown.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name.text));
            return match fields.iter().find(|name| !open && !is_shown(name)) {
                Some(name) => Err(self.missing(name, "the rows that the subquery saves have no field")),
                None => Ok(()),
            };
        }
        if self.here() == 0 && self.ranges.is_none() {
            // Of messages in no order of their own, only their different values need to be kept.
            self.group(fields, Vec::new())?;
        }
        self.show_only(fields)
    }

    /// The slot of a field of the query around a subquery, with which one of its own is compared.
    fn compared(&mut self, name: &Name) -> Result<Slot, Diagnostic> {
        if self.certainly_missing(name) {
            return Err(self.missing(name, "the subquery is compared with a field that does not exist here:"));
        }
        let known = self.rows.has(&name.text) || self.has_auto_fields();
        if !known && !super::built_in_fields::BUILT_IN.iter().any(|own| own.eq_ignore_ascii_case(&name.text)) {
            let message = format!(
                "the subquery is compared with `{}`, which no earlier stage creates: it is read from the metadata of \
                 the message",
                name.text
            );
            self.report(Diagnostic::warning(&codes::UNKNOWN_FIELD, name.span, message));
        }
        Ok(self.field_slot(&name.text))
    }

    /// Whether a field is neither made by a stage nor can be in the data.
    fn certainly_missing(&self, name: &Name) -> bool {
        !self.rows.messages && !self.rows.has(&name.text)
    }

    fn missing(&self, name: &Name, what: &str) -> Diagnostic {
        let shown = self.rows.shown();
        Diagnostic::error(&codes::MISSING_FIELD, name.span, format!("{what} `{}`", name.text))
            .help(format!("available fields: {}", shown.join(", ")))
            .maybe_meant(name.span, nearest(&name.text, shown.iter().map(String::as_str)))
    }

    /// The ends of a subquery's time range, where they are given.
    fn range(&mut self, written: &Written<'_>) -> Result<(Option<String>, Option<String>), Diagnostic> {
        let (from, to) = (self.moment(written.args, "from")?, self.moment(written.args, "to")?);
        let relative = |text: &String| text.starts_with(['-', '+']) || text.eq_ignore_ascii_case("now");
        if [&from, &to].into_iter().flatten().any(relative) {
            // They count from the end of the range of the query around it.
            self.needs_range();
        }
        if let (Some(from), Some(to)) = (&from, &to)
            && relative(from) == relative(to)
            && let (Ok(from), Ok(to)) = (parse_moment(from, 0, chrono_tz::UTC), parse_moment(to, 0, chrono_tz::UTC))
            && from >= to
        {
            let message = "this time range is empty: `from` must be earlier than `to`";
            let span = written.args.get("from").map_or(written.span, |arg| arg.span);
            return Err(Diagnostic::error(&codes::LIMIT_RANGE, span, message));
        }
        Ok((from, to))
    }

    fn moment(&self, args: &Args, label: &str) -> Result<Option<String>, Diagnostic> {
        let Some(arg) = args.get(label) else { return Ok(None) };
        let text = match &arg.value {
            ArgValue::Moment(text) => text,
            ArgValue::Parameter(text) => return Err(missing_parameter(text, arg.span)),
            _ => return Ok(None),
        };
        match parse_moment(text, 0, chrono_tz::UTC) {
            Ok(_) => Ok(Some(text.clone())),
            Err(reason) => Err(Diagnostic::error(&codes::ARGUMENT_KIND, arg.span, reason)),
        }
    }

    /// Notes that the conditions that these subqueries stand in turned out constant: nobody will ask for their answers.
    pub(super) fn unneeded(&mut self, numbers: Range<usize>) {
        for subquery in self.subqueries.get_mut(numbers).into_iter().flatten() {
            subquery.needed = subquery.plan.saves();
        }
    }
}
