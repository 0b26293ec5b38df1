//! Stages to segments. An operator's `plan` function gets a [`Planner`] and says what it needs: fields it reads, fields
//! it makes, rows it drops, or that it must see all rows.

use super::arguments::missing_parameter;
use super::auto::{Auto, Origin};
use super::definitions::Catalogue;
use super::effects::{AllEffects, Gone};
use super::lookups::TableRequests;
use super::rows_now::RowsNow;
use super::traced::Tracer;
use crate::diagnostics::{Diagnostic, Edit, Fix, Span, codes};
use crate::program::aggregate::Aggregate;
use crate::program::batch::{ColumnSource, Extractor, Slot};
use crate::program::expression::{Checked, CompiledExpr, Computed};
use crate::program::plan::{Expand, Plan, Ranges, Save, Segment, Step, Subquery};
use crate::program::scope::CompiledScope;
use crate::program::split::fingerprint;
use crate::program::watched::WatchedField;
use crate::run::order::sort::SortSpec;
use crate::syntax::other_languages::{self, Position};
use crate::syntax::stage::first_word;
use crate::syntax::tree::{Args, BinaryOp, Expr, ExprKind, Name, Query, Stage, StageKind};
use std::sync::Arc;
use sumoql_data::table_resolver::Tables;

/// An operator as written.
pub struct OperatorCall<'a> {
    /// Its arguments.
    pub args: &'a Args,
    /// The whole stage.
    pub span: Span,
}

/// An aggregate in the plan: the names of its result columns, and what computes them.
pub struct AggregatePlan {
    /// One or more names.
    pub columns: Vec<String>,
    /// The states.
    pub aggregate: Arc<dyn Aggregate>,
}

/// A plan in the making.
pub struct Planner<'c> {
    /// The language on offer.
    pub catalogue: &'c Catalogue,
    /// What stages ask of tables.
    pub tables: TableRequests<'c>,
    pub(super) segments: Vec<Segment>,
    /// The ordering gather of the segment before, as long as nothing has happened since: a limit can join it.
    pub(super) ordering: Option<SortSpec>,
    /// Names, in lower case, that were there before the last stage that took any away, and that stage.
    pub(super) gone: Vec<(String, Gone)>,
    /// Every name the query mentions anywhere, as written where it comes first.
    pub(super) referenced: Vec<String>,
    /// What is known of the rows at this point of the query.
    pub rows: RowsNow,
    pub(super) stage: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What stages did so far.
    pub(super) facts: AllEffects,
    needs_range: bool,
    /// The scope.
    pub(super) search: CompiledScope,
    /// The subqueries, by number.
    pub(super) subqueries: Vec<Subquery>,
    /// How many subqueries this one stands in.
    pub(super) depth: usize,
    /// The part of the query that runs over several time ranges.
    pub(super) ranges: Option<Box<Ranges>>,
    /// How many pipelines in brackets are being planned.
    pub(super) nested: usize,
    /// The whole query.
    pub(super) text: String,
    /// Where the rows go; stages after that are left out.
    pub(super) save: Option<(Save, Span)>,
    pub(super) reads_messages: bool,
    /// Width of the last `timeslice`, in milliseconds, when it has a fixed one: groups by it keep it.
    pub slice: Option<i64>,
    /// What is noted of the stages, where somebody wants to follow rows through them.
    pub(super) trace: Option<Tracer>,
    /// Fields that are watched: the same numbers in the whole query.
    pub(super) watched: Vec<WatchedField>,
    /// The query tests whether what is being planned is null.
    pub(super) tests_null: bool,
    /// Fields of messages from the JSON in them.
    pub(super) auto: Auto,
    /// Whether shortcuts are left out: see `plan::without_shortcuts`.
    pub simple: bool,
}

/// Plans a query.
pub(super) fn plan(
    text: &str,
    query: &Query,
    catalogue: &Catalogue,
    (tables, origin, simple): (&dyn Tables, Origin, bool),
) -> (Option<Plan>, Vec<Diagnostic>) {
    let mut planner = Planner::new(text, super::referenced::names(query), catalogue, tables);
    (planner.auto.origin, planner.simple) = (origin, simple);
    planner.diagnostics = super::undocumented::undocumented(query, text, catalogue);
    planner.search = planner.search(&query.search);
    planner.stages(&query.stages);
    finish(planner, query, text)
}

/// The plan of a whole query whose stages are planned.
pub(super) fn finish(mut planner: Planner<'_>, query: &Query, text: &str) -> (Option<Plan>, Vec<Diagnostic>) {
    let mut plan = planner.take();
    plan.requests = std::mem::take(&mut planner.tables.requests);
    plan.watched = std::mem::take(&mut planner.watched);
    plan.facts = std::mem::take(&mut planner.facts.done);
    let optional = |span| plan.facts.iter().any(|facts| facts.optional && facts.span == span);
    plan.nodrop = (1..).zip(&query.stages).filter(|(_, stage)| optional(stage.span)).map(|(at, _)| at).collect();
    plan.subqueries = std::mem::take(&mut planner.subqueries);
    super::misread::misread(query, text, &mut planner.diagnostics);
    plan.stages = query.stages.iter().map(|stage| stage.span.of(text).to_string()).collect();
    let diagnostics = std::mem::take(&mut planner.diagnostics);
    (diagnostics.iter().all(|d| !d.is_error()).then_some(plan), diagnostics)
}

impl<'c> Planner<'c> {
    /// A plan of nothing yet. `referenced` are the names that the query mentions.
    pub(super) fn new(text: &str, referenced: Vec<String>, catalogue: &'c Catalogue, tables: &'c dyn Tables) -> Self {
        let mut planner = Planner {
            catalogue,
            tables: TableRequests::new(tables),
            segments: vec![Segment::default()],
            ordering: None,
            gone: Vec::new(),
            referenced,
            rows: RowsNow { messages: true, ..RowsNow::default() },
            stage: 0,
            diagnostics: Vec::new(),
            facts: AllEffects::default(),
            needs_range: false,
            search: CompiledScope::All,
            subqueries: Vec::new(),
            depth: 0,
            ranges: None,
            nested: 0,
            text: text.to_string(),
            save: None,
            reads_messages: true,
            slice: None,
            trace: None,
            watched: Vec::new(),
            tests_null: false,
            auto: Auto::default(),
            simple: false,
        };
        let time = planner.field_slot("_messageTime");
        planner.segments[0].program.time = Some(time);
        planner
    }

    /// Plans another query over the same messages, with a scope of its own, and what `finish` adds to it. For
    /// [`Planner::over_ranges`].
    pub fn other_query(
        &mut self,
        query: &Query,
        finish: impl FnOnce(&mut Planner<'_>) -> Result<(), Diagnostic>,
    ) -> Result<Plan, Diagnostic> {
        let mut other = Planner::new(&self.text, self.referenced.clone(), self.catalogue, self.tables.tables);
        (other.stage, other.nested, other.depth, other.simple) = (self.stage, self.nested + 1, self.depth, self.simple);
        other.auto.origin = self.auto.origin;
        // One numbering for all of a query that runs at the same time.
        other.tables.requests = std::mem::take(&mut self.tables.requests);
        other.subqueries = std::mem::take(&mut self.subqueries);
        other.tables.saved.clone_from(&self.tables.saved);
        other.watched = std::mem::take(&mut self.watched);
        other.search = other.search(&query.search);
        let planned = query.stages.iter().try_for_each(|stage| other.stage(&stage.kind, stage.span));
        let finished = planned.and_then(|()| finish(&mut other));
        self.tables.requests = std::mem::take(&mut other.tables.requests);
        self.tables.saved = std::mem::take(&mut other.tables.saved);
        self.diagnostics.append(&mut other.diagnostics);
        self.facts.take_from(std::mem::take(&mut other.facts));
        self.needs_range |= other.needs_range;
        self.subqueries = std::mem::take(&mut other.subqueries);
        self.watched = std::mem::take(&mut other.watched);
        finished.map(|()| other.take())
    }
}

impl Planner<'_> {
    /// The plan of all stages so far; nothing of them is left here.
    pub(super) fn take(&mut self) -> Plan {
        let raw = self.segments.len() == 1 && self.ranges.is_none();
        if raw {
            self.gather_rows(SortSpec::all(Vec::new()));
        }
        self.settle();
        let output = self.output();
        let bags_at = self.bags_at(&output);
        let bags = std::mem::take(&mut self.rows.bags).into_iter().map(|at| self.bring(at)).collect();
        self.simplify();
        Plan {
            search: std::mem::replace(&mut self.search, CompiledScope::All),
            segments: std::mem::replace(&mut self.segments, vec![Segment::default()]),
            output,
            bags,
            bags_at,
            hidden: std::mem::take(&mut self.rows.hidden),
            stages: Vec::new(),
            facts: Vec::new(),
            nodrop: Vec::new(),
            watched: Vec::new(),
            subqueries: Vec::new(),
            ranges: self.ranges.take(),
            raw: raw && self.save.is_none(),
            requests: Vec::new(),
            save: self.save.take().map(|(save, _)| save),
            reads_messages: self.reads_messages,
            needs_range: self.needs_range,
            fingerprint: fingerprint(&self.text),
            simple: self.simple,
        }
    }

    /// A piece of the query as it is written.
    pub fn written(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    /// Says something about the query that does not stop it.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes something that runs here and that Sumo Logic does not document, with what it has instead.
    pub fn undocumented(&mut self, span: Span, what: &str, instead: &str) {
        let message = format!("Sumo Logic does not document {what}");
        let warning = Diagnostic::warning(&codes::UNDOCUMENTED, span, message).help(instead);
        let word = first_word(span.of(&self.text));
        // Where the help is that of the table, the exchange is too.
        let row = other_languages::find(word, Position::Stage).filter(|row| row.help == instead);
        let word = Span::new(span.start, span.start + word.len());
        let warning = match row {
            Some(row) => row.explain(warning, word, &self.text),
            None => warning,
        };
        self.report(warning);
    }

    /// Adds to what was noted last the edits after which it is written in Sumo Logic's way and gives the same rows.
    pub fn fix_undocumented(&mut self, edits: Vec<Edit>) {
        if let Some(last) = self.diagnostics.last_mut().filter(|last| last.code == &codes::UNDOCUMENTED) {
            last.fix = last.help.clone().map(|help| Box::new(Fix::new(help, edits).same_rows()));
        }
    }

    /// Asks that the query's time range be known when it runs.
    pub fn needs_range(&mut self) {
        self.needs_range = true;
    }

    /// Plans the stages of a query. What is wrong with one is reported, and the next is planned.
    pub(super) fn stages(&mut self, stages: &[Stage]) {
        for (number, stage) in stages.iter().enumerate() {
            self.stage = number + 1;
            self.trace_begin(stage.span);
            if let Err(diagnostic) = self.stage(&stage.kind, stage.span) {
                self.diagnostics.push(diagnostic);
            }
            self.trace_end();
        }
    }

    pub(super) fn stage(&mut self, stage: &StageKind, span: Span) -> Result<(), Diagnostic> {
        self.facts.enter(span);
        let planned = self.stage_of(stage, span);
        self.note_labels();
        self.facts.leave();
        planned
    }

    fn stage_of(&mut self, stage: &StageKind, span: Span) -> Result<(), Diagnostic> {
        if self.save.is_some() && !self.goes_on(span)? {
            return Ok(());
        }
        match stage {
            StageKind::Operator { def, args } => {
                if let Some(instead) = def.dialect {
                    self.undocumented(span, &format!("`{}`", def.name), instead);
                }
                (self.catalogue.operator_def(def, span)?.plan)(&OperatorCall { args, span }, self)
            }
            StageKind::Aggregate { items, by } => self.aggregate_stage(items, by),
            StageKind::Expression { value, alias } => self.expression_stage(value, alias.as_ref()),
            StageKind::Parameter(name) => Err(missing_parameter(name, span)),
            StageKind::Broken => Ok(()),
        }
    }

    // ---- steps --------------------------------------------------------------------------------------------------

    pub(super) fn here(&self) -> usize {
        self.segments.len() - 1
    }

    pub(super) fn current(&mut self) -> &mut Segment {
        let here = self.here();
        &mut self.segments[here]
    }

    /// Adds a definition that fills `count` slots; the answer is the first. With `counted`, rows that reach the stage
    /// and rows it matches are counted.
    pub fn define(&mut self, how: Box<dyn Extractor>, count: usize, counted: bool) -> Slot {
        let stage = counted.then_some(self.stage);
        let slot = self.current().define(ColumnSource::Computed(how), count, stage);
        if counted {
            let definition = self.current().program.slots[slot].definition as usize;
            self.current().steps.push(Step::Reach(definition));
        }
        slot
    }

    /// Adds a definition whose first slot says whether it matched and whose others are fields with these names; the
    /// answer is the first. With `counted`, rows that reach the stage and rows it matches are counted.
    pub fn define_fields<N: AsRef<str>>(&mut self, how: Box<dyn Extractor>, names: &[N], counted: bool) -> Slot {
        let matched = self.define(how, 1 + names.len(), counted);
        for (number, name) in names.iter().enumerate() {
            self.bind(name.as_ref(), matched + 1 + number);
        }
        matched
    }

    /// Notes a parse stage: without `nodrop` it drops the rows that neither it nor an earlier parse stage with `nodrop`
    /// has matched (manual page `parse-nodrop-option`: a chain of them means OR). `matched` says whether it did.
    pub fn parsed(&mut self, matched: Slot, nodrop: bool) {
        let here = self.here();
        if nodrop {
            self.facts.note(|stage| stage.optional = true);
            self.rows.optional_parses.push((here, matched));
            return;
        }
        let mut either = vec![CompiledExpr::Slot(matched)];
        either.extend(self.earlier_optional_parses().into_iter().map(CompiledExpr::Slot));
        self.keep(if either.len() == 1 { either.remove(0) } else { CompiledExpr::Or(either) });
    }

    /// The slots that say whether earlier parse stages with `nodrop` have matched.
    pub fn earlier_optional_parses(&mut self) -> Vec<Slot> {
        let optional = self.rows.optional_parses.clone();
        self.facts.note(|stage| stage.asks_optional |= !optional.is_empty());
        optional.into_iter().map(|at| self.bring(at)).collect()
    }

    /// Keeps only the rows for which a condition holds.
    pub fn keep(&mut self, condition: CompiledExpr) {
        self.facts.note(|stage| stage.drops = true);
        let condition = if condition.may_fail() { CompiledExpr::Strict(Box::new(condition)) } else { condition };
        self.current().steps.push(Step::Keep(condition));
        self.settle();
    }

    /// Makes several rows of one.
    pub fn expand(&mut self, expand: Box<dyn Expand>) {
        self.facts.note(|stage| stage.copies = true);
        self.current().steps.push(Step::Expand(expand));
        self.settle();
    }

    // ---- expressions ---------------------------------------------------------------------------------------------

    fn expression_stage(&mut self, value: &Expr, alias: Option<&Name>) -> Result<(), Diagnostic> {
        match alias {
            Some(name) => self.assign(name, value),
            None => match &value.kind {
                ExprKind::Call { name, args } => {
                    let def = self.catalogue.function(&name.text);
                    match (args.as_slice(), def) {
                        // A function over one field, without a name for the result, rewrites the field.
                        ([Expr { kind: ExprKind::Field(field), .. }], Some(def)) if !def.alias_needed => {
                            self.assign(field, value)
                        }
                        (_, Some(def)) if !def.alias_needed => {
                            let column = format!("_{}", def.name.to_lowercase());
                            self.assign(&Name { text: column, span: name.span }, value)
                        }
                        _ => {
                            self.expression(value)?;
                            let message = format!("the result of `{}` needs a name", name.text);
                            Err(Diagnostic::error(&codes::ALIAS_NEEDED, value.span, message).help("add `as name`"))
                        }
                    }
                }
                // A single word that no field has: more likely a mistyped operator than a field.
                ExprKind::Field(name) if !name.parameter() && self.known(name).is_none() => {
                    let word = name.text.as_str();
                    if self.catalogue.operators_starting(word).next().is_some() {
                        let message = format!("`{word}` needs arguments");
                        return Err(Diagnostic::error(&codes::ARGUMENT_COUNT, name.span, message)
                            .help(format!("write `{}`", self.catalogue.usage(word))));
                    }
                    let catalogue = self.catalogue;
                    if name.key() == "if" || catalogue.function(word).is_some() || catalogue.aggregate(word).is_some() {
                        let message = format!("`{word}` needs its arguments in parentheses");
                        return Err(Diagnostic::error(&codes::ARGUMENT_COUNT, name.span, message)
                            .help(format!("write `{word}(…) as name`")));
                    }
                    Err(self.catalogue.unknown_operator(&name.text, name.span))
                }
                _ => Err(self.without_name(value)?),
            },
        }
    }

    /// Says that the result of an expression needs a name.
    fn without_name(&mut self, value: &Expr) -> Result<Diagnostic, Diagnostic> {
        let unnamed = |message: &str| Diagnostic::error(&codes::ALIAS_NEEDED, value.span, message);
        let message = "the result of an expression needs a name";
        if let ExprKind::Binary { op, left, right } = &value.kind
            && let ExprKind::Field(name) = &left.kind
        {
            let word = name.text.as_str();
            // `where = 1`: what is compared is missing.
            if self.catalogue.operators_starting(word).next().is_some() && self.known(name).is_none() {
                let message = format!("`{word}` needs its arguments before `{}`", op.sign());
                return Ok(Diagnostic::error(&codes::ARGUMENT_COUNT, name.span, message)
                    .help(format!("write `{}`", self.catalogue.usage(word))));
            }
            if *op == BinaryOp::Equal {
                self.expression(right)?;
                let (condition, new) = (value.span.of(&self.text), right.span.of(&self.text));
                let help = format!("to set the field, write `{new} as {word}`; to filter, `where {condition}`");
                return Ok(unnamed(message).help(help));
            }
        }
        self.expression(value)?;
        Ok(unnamed(message).help("add `as name`, or `where` before a condition"))
    }

    /// Makes a field from an expression.
    pub fn assign(&mut self, name: &Name, value: &Expr) -> Result<(), Diagnostic> {
        if name.parameter() {
            self.field(name)?;
        }
        if let ExprKind::Field(source) = &value.kind {
            // A copy is only a second name.
            let slot = self.field(source)?;
            let time = self.rows.names.iter().any(|binding| binding.time && binding.key == source.key());
            self.bind_kind(&name.text, slot, time);
            return Ok(());
        }
        let value = self.expression(value)?;
        if value.may_fail() {
            let slot = self.define(Box::new(Checked(value)), 2, false);
            self.keep(CompiledExpr::Slot(slot + 1));
            self.bind(&name.text, slot);
            self.unwatched(&name.text);
            return Ok(());
        }
        let computes = value.computes();
        let slot = self.define(Box::new(Computed(value)), 1, false);
        self.bind(&name.text, slot);
        if computes {
            self.unwatched(&name.text);
        }
        Ok(())
    }
}
