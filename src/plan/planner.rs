//! Stages to segments. An operator's `plan` function gets a [`Planner`] and says what it needs: fields it reads, fields
//! it makes, rows it drops, or that it must see all rows.

use super::fields::{BUILT_IN, Binding, SHOWN_METADATA, message_field};
use super::{Expand, OutputColumn, Plan, Segment, Step};
use crate::catalogue::Catalogue;
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::run::aggregate::Aggregate;
use crate::run::batch::{Define, How, Slot};
use crate::run::evaluator::{Checked, Computed, Eval};
use crate::run::gather::Gather;
use crate::run::group::Group;
use crate::run::ranges::{Combine, Ranges};
use crate::run::rows::Rows;
use crate::run::search::Search;
use crate::run::value::Owned;
use crate::syntax::tree::{ArgValue, Args, Expr, ExprKind, Name, Query, StageKind};
use std::sync::Arc;

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
    pub(super) segments: Vec<Segment>,
    /// The ordering gather of the segment before, as long as nothing has happened since: a limit can join it.
    ordering: Option<Rows>,
    pub(super) names: Vec<Binding>,
    /// Whether rows are still messages: metadata and `_raw` are there.
    pub(super) messages: bool,
    /// Every name the query mentions anywhere, as written where it comes first.
    pub(super) mentioned: Vec<String>,
    /// The segment whose rows have columns that only the data name.
    pub(super) open_table: Option<usize>,
    /// Slots with fields that only the data name, as JSON objects.
    pub(super) bags: Vec<(usize, Slot)>,
    /// The names, in lower case, after which the columns of the bags are shown; without any they come last.
    pub(super) bags_after: Vec<String>,
    /// Names that no bag may bring back.
    pub(super) hidden: Vec<String>,
    /// Whether `fields` has said which columns to show and in what order.
    pub(super) listed: bool,
    /// Whether `transpose` made the rows: what is missing in them is null.
    pub(super) transposed: bool,
    stage: usize,
    /// For each parse stage with `nodrop` so far, the slot that says whether it matched.
    pub(super) optional_parses: Vec<(usize, Slot)>,
    diagnostics: Vec<Diagnostic>,
    needs_range: bool,
    /// The scope.
    search: Search,
    /// The part of the query that runs over several time ranges.
    ranges: Option<Box<Ranges>>,
    /// How many pipelines in brackets are being planned.
    pub(super) nested: usize,
    /// The fields, in lower case, that tell the rows of the last aggregate apart.
    pub(super) group_keys: Vec<String>,
    /// The whole query.
    text: String,
    /// Width of the last `timeslice`, in milliseconds, when it has a fixed one.
    slice: Option<i64>,
}

/// Plans a query.
pub fn plan(text: &str, query: &Query, catalogue: &Catalogue) -> (Option<Plan>, Vec<Diagnostic>) {
    let mut planner = Planner {
        catalogue,
        segments: vec![Segment::default()],
        ordering: None,
        names: Vec::new(),
        messages: true,
        mentioned: super::mentioned::names(query),
        open_table: None,
        bags: Vec::new(),
        bags_after: Vec::new(),
        hidden: Vec::new(),
        listed: false,
        transposed: false,
        stage: 0,
        optional_parses: Vec::new(),
        diagnostics: Vec::new(),
        needs_range: false,
        search: Search::All,
        ranges: None,
        nested: 0,
        group_keys: Vec::new(),
        text: text.to_string(),
        slice: None,
    };
    let time = planner.field_slot("_messageTime");
    planner.segments[0].program.time = Some(time);
    planner.search = planner.search(&query.search);
    for (number, stage) in query.stages.iter().enumerate() {
        planner.stage = number + 1;
        if let Err(diagnostic) = planner.stage(&stage.kind, stage.span) {
            planner.diagnostics.push(diagnostic);
        }
    }
    let mut plan = planner.take();
    plan.stages = query.stages.iter().map(|stage| stage.span.of(text).to_string()).collect();
    let diagnostics = std::mem::take(&mut planner.diagnostics);
    (diagnostics.iter().all(|d| !d.is_error()).then_some(plan), diagnostics)
}

/// FNV-1a: stable across machines and versions, which the standard hasher does not promise.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

impl Planner<'_> {
    /// The plan of all stages so far; nothing of them is left here.
    fn take(&mut self) -> Plan {
        let raw = self.segments.len() == 1 && self.ranges.is_none();
        if raw {
            self.gather_rows(Rows::all(Vec::new()));
        }
        self.settle();
        let output = self.output();
        let bags_at = self.bags_at(&output);
        let bags = std::mem::take(&mut self.bags).into_iter().map(|at| self.bring(at)).collect();
        Plan {
            search: std::mem::replace(&mut self.search, Search::All),
            segments: std::mem::replace(&mut self.segments, vec![Segment::default()]),
            output,
            bags,
            bags_at,
            hidden: std::mem::take(&mut self.hidden),
            stages: Vec::new(),
            ranges: self.ranges.take(),
            raw,
            needs_range: self.needs_range,
            fingerprint: fingerprint(&self.text),
        }
    }

    /// Ends a part of the query that runs over several time ranges: its own, and others that lie so far back, in
    /// milliseconds. `combine` makes one table of the results; what stages see of it are its columns by name, those that
    /// are shown now first. Only after an aggregate, once, and not in brackets.
    pub fn over_ranges(&mut self, back: Vec<i64>, combine: Box<Combine>, span: Span) -> Result<(), Diagnostic> {
        let refuse = |message: &str| Err(Diagnostic::error(&codes::MISPLACED, span, message));
        if self.nested > 0 {
            return refuse("this can't stand inside brackets");
        }
        if self.ranges.is_some() {
            return refuse("a query can look at other time ranges only once");
        }
        if self.messages {
            return refuse("this needs an aggregate before it");
        }
        self.needs_range();
        let first = self.shown();
        let times: Vec<bool> = first.iter().map(|name| self.is_time(name)).collect();
        let (transposed, keys) = (self.transposed, std::mem::take(&mut self.group_keys));
        let plan = self.take();
        self.ranges = Some(Box::new(Ranges { plan, back: std::iter::once(0).chain(back).collect(), combine }));
        self.names.clear();
        self.forget_rows();
        self.open(&first);
        for (name, _) in first.iter().zip(times).filter(|(_, time)| *time) {
            let slot = self.field_slot(name);
            self.bind_time(name, slot);
        }
        self.transposed = transposed;
        self.group_keys = keys;
        Ok(())
    }

    /// The fields, in lower case, that tell the rows of the last aggregate apart.
    pub fn group_keys(&self) -> &[String] {
        &self.group_keys
    }

    /// Says which fields tell the rows apart, for stages that group by themselves.
    pub fn set_group_keys(&mut self, names: &[String]) {
        self.group_keys = names.iter().map(|name| name.to_lowercase()).collect();
    }

    /// What a place in the query reads.
    pub fn text_of(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    /// Says something about the query that does not stop it.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether rows are still messages, not yet groups.
    pub fn has_messages(&self) -> bool {
        self.messages
    }

    /// Notes the width of a `timeslice`, in milliseconds; `None` when it depends on the query's time range.
    pub fn set_slice(&mut self, width: Option<i64>) {
        self.slice = width;
    }

    /// The width of the last `timeslice`, when it has a fixed one.
    pub fn slice(&self) -> Option<i64> {
        self.slice
    }

    /// Notes that `transpose` made the rows: what is missing in them is null.
    pub fn set_transposed(&mut self) {
        self.transposed = true;
    }

    /// Whether `transpose` made the rows.
    pub fn is_transposed(&self) -> bool {
        self.transposed
    }

    /// Asks that the query's time range be known when it runs.
    pub fn needs_range(&mut self) {
        self.needs_range = true;
    }

    pub(super) fn stage(&mut self, stage: &StageKind, span: Span) -> Result<(), Diagnostic> {
        match stage {
            StageKind::Operator { def, args } => {
                if let Some(instead) = def.dialect {
                    let message = format!("Sumo Logic does not document `{}`", def.name);
                    self.report(Diagnostic::warning(&codes::UNDOCUMENTED, span, message).help(instead));
                }
                (def.plan)(&OperatorCall { args, span }, self)
            }
            StageKind::Aggregate { items, by } => self.aggregate_stage(items, by),
            StageKind::Expression { value, alias } => self.expression_stage(value, alias.as_ref()),
            StageKind::Broken => Ok(()),
        }
    }

    // ---- fields -------------------------------------------------------------------------------------------------

    pub(super) fn here(&self) -> usize {
        self.segments.len() - 1
    }

    pub(super) fn current(&mut self) -> &mut Segment {
        let here = self.here();
        &mut self.segments[here]
    }

    /// The slot of a field that the query mentions.
    pub fn field(&mut self, name: &Name) -> Result<Slot, Diagnostic> {
        if name.parameter() {
            let message = format!("no value for the parameter {}", name.text);
            let help = "give it with --param NAME=VALUE";
            return Err(Diagnostic::error(&codes::PARAMETER, name.span, message).help(help));
        }
        let known = self.open_table.is_some() || self.names.iter().any(|b| b.key == name.key());
        let built_in = self.messages && BUILT_IN.iter().any(|builtin| builtin.eq_ignore_ascii_case(&name.text));
        if !known && !built_in {
            let message = match self.messages {
                true => {
                    format!("no stage makes the field `{}`: it is read from the metadata of the message", name.text)
                }
                false => format!("the field `{}` is not there after the aggregate: it is null", name.text),
            };
            let names = self.names.iter().map(|b| b.name.as_str()).chain(BUILT_IN.iter().copied());
            let help = crate::diagnostics::nearest(&name.text, names).map(|near| format!("did you mean `{near}`?"));
            self.report(Diagnostic::warning(&codes::UNKNOWN_FIELD, name.span, message).maybe_help(help));
        }
        Ok(self.field_slot(&name.text))
    }

    /// The slot of a field, whether a stage makes it or the message has it.
    pub fn field_slot(&mut self, name: &str) -> Slot {
        let key = name.to_lowercase();
        if let Some(at) = self.names.iter().position(|binding| binding.key == key) {
            let slot = self.bring(self.names[at].at);
            self.names[at].at = (self.here(), slot);
            return slot;
        }
        let at = match self.messages {
            _ if self.open_table.is_some() => {
                let segment = self.open_table.unwrap_or_default();
                (segment, self.segments[segment].define(How::Named(name.to_string()), 1, None))
            }
            true => (0, self.segments[0].define(message_field(&key), 1, None)),
            false => (
                self.here(),
                self.current().define(How::Computed(Box::new(Computed(Eval::Constant(Owned::Null)))), 1, None),
            ),
        };
        let slot = self.bring(at);
        let spelling = BUILT_IN.iter().find(|builtin| builtin.eq_ignore_ascii_case(name)).unwrap_or(&name);
        let time = matches!(key.as_str(), "_messagetime" | "_receipttime");
        self.names.push(Binding {
            name: spelling.to_string(),
            key,
            at: (self.here(), slot),
            shown: false,
            time,
            maybe: false,
        });
        slot
    }

    /// The slot that a name has now, if a stage has made it.
    pub fn known(&mut self, name: &Name) -> Option<Slot> {
        let found = self.names.iter().any(|binding| binding.key == name.key());
        found.then(|| self.field_slot(&name.text))
    }

    /// Carries a value from an earlier segment to the current one.
    fn bring(&mut self, (segment, slot): (usize, Slot)) -> Slot {
        let mut slot = slot;
        for at in segment..self.here() {
            let before = &mut self.segments[at];
            let position = before.carry.iter().position(|carried| *carried == slot).unwrap_or_else(|| {
                before.carry.push(slot);
                before.carry.len() - 1
            });
            let column = before.own + position;
            slot = self.segments[at + 1].define(How::Column(column), 1, None);
        }
        slot
    }

    /// Gives a name to a slot of the current segment. What had the name before is not reachable any more.
    pub fn bind(&mut self, name: &str, slot: Slot) {
        self.bind_kind(name, slot, false);
    }

    /// Gives a name to a slot that holds times.
    pub fn bind_time(&mut self, name: &str, slot: Slot) {
        self.bind_kind(name, slot, true);
    }

    fn bind_kind(&mut self, name: &str, slot: Slot, time: bool) {
        let key = name.to_lowercase();
        let binding = Binding { name: name.to_string(), key, at: (self.here(), slot), shown: true, time, maybe: false };
        match self.names.iter_mut().find(|old| old.key == binding.key) {
            Some(old) => *old = binding,
            None => self.names.push(binding),
        }
    }

    /// Adds a definition that fills `count` slots; the answer is the first. With `counted`, rows that reach the stage
    /// and rows it matches are counted.
    pub fn define(&mut self, how: Box<dyn Define>, count: usize, counted: bool) -> Slot {
        let stage = counted.then_some(self.stage);
        let slot = self.current().define(How::Computed(how), count, stage);
        if counted {
            let definition = self.current().program.slots[slot];
            self.current().steps.push(Step::Reach(definition));
        }
        slot
    }

    /// Notes a parse stage: without `nodrop` it drops the rows that neither it nor an earlier parse stage with `nodrop`
    /// has matched (manual page `parse-nodrop-option`: a chain of them means OR). `matched` says whether it did.
    pub fn parsed(&mut self, matched: Slot, nodrop: bool) {
        let here = self.here();
        if nodrop {
            self.optional_parses.push((here, matched));
            return;
        }
        let mut either = vec![Eval::Slot(matched)];
        for at in self.optional_parses.clone() {
            either.push(Eval::Slot(self.bring(at)));
        }
        self.keep(if either.len() == 1 { either.remove(0) } else { Eval::Or(either) });
    }

    /// The slots that say whether earlier parse stages with `nodrop` have matched.
    pub fn earlier_optional_parses(&mut self) -> Vec<Slot> {
        self.optional_parses.clone().into_iter().map(|at| self.bring(at)).collect()
    }

    /// Keeps only the rows for which a condition holds.
    pub fn keep(&mut self, condition: Eval) {
        let condition = if condition.may_fail() { Eval::Strict(Box::new(condition)) } else { condition };
        self.current().steps.push(Step::Keep(condition));
        self.ordering = None;
    }

    /// Makes several rows of one.
    pub fn expand(&mut self, expand: Box<dyn Expand>) {
        self.current().steps.push(Step::Expand(expand));
        self.ordering = None;
    }

    /// Names listed by `fields`: only these are shown, in this order.
    pub fn show_only(&mut self, names: &[&Name]) -> Result<(), Diagnostic> {
        let mut kept = Vec::new();
        for name in names {
            self.field(name)?;
            if let Some(at) = self.names.iter().position(|binding| binding.key == name.key()) {
                kept.push(Binding { shown: true, ..self.names.remove(at) });
            }
        }
        // System fields stay usable, unseen; user fields that are not listed are gone.
        self.bags.clear();
        let system = self.names.drain(..).filter(|binding| binding.key.starts_with('_'));
        kept.extend(system.map(|binding| Binding { shown: false, ..binding }).collect::<Vec<_>>());
        self.names = kept;
        self.listed = true;
        Ok(())
    }

    /// Names removed by `fields -`.
    pub fn hide(&mut self, names: &[&Name]) {
        self.hidden.extend(names.iter().map(|name| name.key()));
        self.names.retain(|binding| names.iter().all(|name| name.key() != binding.key));
    }

    // ---- stages that see all rows --------------------------------------------------------------------------------

    /// Ends the segment with a stage that keeps rows whole. Names stay; their values are carried on demand.
    pub(super) fn gather_rows(&mut self, rows: Rows) {
        self.settle();
        self.ordering = Some(rows);
        self.segments.push(Segment::default());
    }

    /// Puts the ordering stage that a limit could still have joined into its place.
    pub(super) fn settle(&mut self) {
        if let Some(rows) = self.ordering.take() {
            let before = self.here() - 1;
            self.segments[before].gather = Some(Box::new(rows));
        }
    }

    /// Orders the rows; the second of a key says whether ascending. Equal rows keep their order.
    pub fn order(&mut self, keys: Vec<(Slot, bool)>) {
        self.gather_rows(Rows::all(keys));
    }

    /// Keeps the first rows.
    pub fn limit(&mut self, count: usize) {
        match &mut self.ordering {
            Some(rows) if self.segments.last().is_some_and(|s| s.steps.is_empty()) => {
                rows.limit = Some(rows.limit.map_or(count, |limit| limit.min(count)));
            }
            _ => self.gather_rows(Rows { limit: Some(count), ..Rows::all(Vec::new()) }),
        }
    }

    /// Ends the segment with a stage that makes new rows with these columns; nothing else is left.
    pub fn gather(&mut self, gather: Box<dyn Gather>, columns: &[String]) {
        self.close(gather, columns.len());
        let before = std::mem::take(&mut self.names);
        self.forget_rows();
        for (number, column) in columns.iter().enumerate() {
            let slot = self.current().define(How::Column(number), 1, None);
            let time = before.iter().any(|b| b.time && b.key == column.to_lowercase());
            self.bind_kind(column, slot, time);
        }
    }

    /// Ends the segment with a stage that makes new rows whose columns only the data name, but for the first ones.
    pub fn gather_open(&mut self, gather: Box<dyn Gather>, first: &[String]) {
        self.close(gather, 0);
        let before = std::mem::take(&mut self.names);
        self.forget_rows();
        self.open(first);
        for name in first.iter().filter(|name| before.iter().any(|b| b.time && b.key == name.to_lowercase())) {
            let slot = self.field_slot(name);
            self.bind_time(name, slot);
        }
    }

    /// The rows that are here now have columns that only the data name, but for the first ones.
    fn open(&mut self, first: &[String]) {
        self.open_table = Some(self.here());
        let bag = self.current().define(How::Bag, 1, None);
        self.bags.push((self.here(), bag));
        for name in first {
            let slot = self.field_slot(name);
            self.bind(name, slot);
        }
        self.bags_after = first.iter().map(|name| name.to_lowercase()).collect();
    }

    /// Puts messages in their order, newest first, unless they are in one already. To be called before a stage that goes
    /// over rows in their order asks for its fields.
    pub fn in_order(&mut self) {
        if self.here() == 0 {
            self.gather_rows(Rows::all(Vec::new()));
        }
    }

    /// Keeps the first rows because Sumo Logic handles no more, and says so when there are more.
    pub fn cap(&mut self, count: usize, notice: Diagnostic) {
        self.gather_rows(Rows { limit: Some(count), notice: Some(notice), ..Rows::all(Vec::new()) });
    }

    /// Ends the segment with a stage that goes over the rows in their order, keeps (some of) them whole and adds
    /// columns of its own. [`Planner::in_order`] comes first.
    pub fn gather_in_order(&mut self, gather: Box<dyn Gather>, columns: &[String]) {
        self.in_order();
        self.close(gather, columns.len());
        for (number, column) in columns.iter().enumerate() {
            let slot = self.current().define(How::Column(number), 1, None);
            self.bind(column, slot);
        }
    }

    fn close(&mut self, gather: Box<dyn Gather>, own: usize) {
        self.settle();
        self.current().gather = Some(gather);
        self.current().own = own;
        self.segments.push(Segment::default());
    }

    /// The rows from here on are new ones.
    fn forget_rows(&mut self) {
        self.messages = false;
        self.listed = false;
        self.transposed = false;
        self.open_table = None;
        self.bags.clear();
        self.bags_after.clear();
        self.hidden.clear();
        self.optional_parses.clear();
        self.group_keys.clear();
    }

    /// The names, in lower case, that the query mentions anywhere and that a stage may find in the data. A stage that
    /// makes fields of whatever it finds extracts these, and puts all others into a bag.
    pub fn mentioned(&self) -> Vec<String> {
        self.mentioned.iter().filter(|name| !name.starts_with('_')).map(|name| name.to_lowercase()).collect()
    }

    /// The names of [`Planner::mentioned`] in the spelling in which they come first, for stages that show them, and with
    /// them those that start with `_` and that neither a message nor a stage so far has.
    pub fn mentioned_as_written(&self) -> Vec<String> {
        let own = |name: &String| {
            !name.starts_with('_')
                || (!BUILT_IN.iter().any(|builtin| builtin.eq_ignore_ascii_case(name))
                    && self.names.iter().all(|binding| binding.key != name.to_lowercase()))
        };
        self.mentioned.iter().filter(|name| own(name)).cloned().collect()
    }

    /// Gives a name to a slot that may turn out to have no value anywhere: then it is not shown.
    pub fn bind_maybe(&mut self, name: &str, slot: Slot) {
        self.bind(name, slot);
        if let Some(binding) = self.names.iter_mut().find(|binding| binding.key == name.to_lowercase()) {
            binding.maybe = true;
        }
    }

    /// A slot of the current segment that holds fields found in the data, as a JSON object: they become columns of the
    /// result unless a later stage says what is shown. Computed only if it comes to that.
    pub fn bag(&mut self, slot: Slot) {
        self.bags.push((self.here(), slot));
    }

    /// Groups rows by fields.
    pub fn group(&mut self, by: &[&Name], aggregates: Vec<AggregatePlan>) -> Result<(), Diagnostic> {
        let mut keys = Vec::new();
        let mut columns = Vec::new();
        for name in by {
            keys.push(self.field(name)?);
            let binding = self.names.iter().find(|binding| binding.key == name.key());
            columns.push(binding.map_or(name.text.clone(), |binding| binding.name.clone()));
        }
        columns.extend(aggregates.iter().flat_map(|aggregate| aggregate.columns.iter().cloned()));
        let aggregates = aggregates.into_iter().map(|aggregate| aggregate.aggregate).collect();
        let group = Group { keys, aggregates, columns: columns.clone() };
        self.gather(Box::new(group), &columns);
        self.set_group_keys(&columns[..by.len()]);
        Ok(())
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
                    let near = crate::diagnostics::nearest(&name.text, self.catalogue.stage_words());
                    Err(Diagnostic::error(
                        &codes::UNKNOWN_OPERATOR,
                        name.span,
                        format!("unknown operator `{}`", name.text),
                    )
                    .maybe_help(near.map(|near| format!("did you mean `{near}`?"))))
                }
                _ => {
                    self.expression(value)?;
                    let message = "the result of an expression needs a name";
                    Err(Diagnostic::error(&codes::ALIAS_NEEDED, value.span, message)
                        .help("add `as name`, or `where` before a condition"))
                }
            },
        }
    }

    /// Makes a field from an expression.
    pub fn assign(&mut self, name: &Name, value: &Expr) -> Result<(), Diagnostic> {
        if name.parameter() {
            self.field(name)?;
        }
        if let ExprKind::Field(source) = &value.kind {
            // A copy is only a second name.
            let slot = self.field(source)?;
            let time = self.names.iter().any(|binding| binding.time && binding.key == source.key());
            self.bind_kind(&name.text, slot, time);
            return Ok(());
        }
        let value = self.expression(value)?;
        if value.may_fail() {
            let slot = self.define(Box::new(Checked(value)), 2, false);
            self.keep(Eval::Slot(slot + 1));
            self.bind(&name.text, slot);
            return Ok(());
        }
        let slot = self.define(Box::new(Computed(value)), 1, false);
        self.bind(&name.text, slot);
        Ok(())
    }

    // ---- the result ----------------------------------------------------------------------------------------------

    /// How many columns of the result stand before those that only the data name.
    fn bags_at(&self, output: &[OutputColumn]) -> usize {
        let after = |column: &OutputColumn| self.bags_after.contains(&column.name.to_lowercase());
        match self.bags_after.is_empty() {
            true => output.len(),
            false => output.iter().rposition(after).map_or(0, |last| last + 1),
        }
    }

    /// The columns of the result. Messages: time, fields by name, the text, metadata that are there. After `fields`:
    /// what it lists. Groups: what the aggregate made.
    fn output(&mut self) -> Vec<OutputColumn> {
        let mut names: Vec<(String, bool)> = self
            .names
            .iter()
            .filter(|binding| binding.shown)
            .map(|binding| (binding.name.clone(), binding.maybe))
            .collect();
        if self.messages && !self.listed {
            names.sort_by_key(|(name, _)| name.to_lowercase());
            names.retain(|(name, _)| !matches!(name.to_lowercase().as_str(), "_raw" | "_messagetime"));
            names.insert(0, ("_messageTime".to_string(), false));
            for metadata in SHOWN_METADATA {
                if !names.iter().any(|(name, _)| name.eq_ignore_ascii_case(metadata)) {
                    names.push((metadata.to_string(), true));
                }
            }
            names.push(("_raw".to_string(), false));
        }
        names
            .into_iter()
            .map(|(name, optional)| {
                let slot = self.field_slot(&name);
                let time = self.names.iter().any(|b| b.time && b.key == name.to_lowercase());
                OutputColumn { name, slot, optional, time }
            })
            .collect()
    }
}

/// What operators need of their arguments.
impl Planner<'_> {
    /// A whole number that an operator was given, within bounds; `None` when it was left out.
    pub fn count_argument(
        &self,
        args: &Args,
        label: &str,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Diagnostic> {
        let Some(arg) = args.get(label) else { return Ok(None) };
        match &arg.value {
            ArgValue::Integer(n) if bounds.contains(n) => Ok(Some(*n)),
            ArgValue::Parameter(text) => Err(self.missing_parameter(text, arg.span)),
            _ => {
                let message = format!("this number must be {} to {}", bounds.start(), bounds.end());
                Err(Diagnostic::error(&codes::LIMIT_RANGE, arg.span, message))
            }
        }
    }

    /// The error for a template parameter that has no value.
    pub fn missing_parameter(&self, text: &str, span: Span) -> Diagnostic {
        Diagnostic::error(&codes::PARAMETER, span, format!("no value for the parameter {text}"))
            .help("give it with --param NAME=VALUE")
    }

    /// Refuses a name that is a template parameter without a value.
    pub fn check_name(&self, name: &Name) -> Result<(), Diagnostic> {
        if name.parameter() { Err(self.missing_parameter(&name.text, name.span)) } else { Ok(()) }
    }

    /// The field that an operator was given under a label.
    pub fn field_argument<'a>(&self, call: &OperatorCall<'a>, label: &str) -> Result<&'a Name, Diagnostic> {
        let missing = || Diagnostic::error(&codes::UNEXPECTED, call.span, "a field is missing here");
        call.args.field(label).ok_or_else(missing)
    }

    /// The name that an operator was given for its result, or the default one.
    pub fn alias_argument(&self, call: &OperatorCall<'_>, default: &str) -> Result<String, Diagnostic> {
        let Some(name) = call.args.field("alias") else { return Ok(default.to_string()) };
        self.check_name(name)?;
        Ok(name.text.clone())
    }

    /// The slots of some fields that the query mentions.
    pub fn all_fields(&mut self, names: &[&Name]) -> Result<Vec<Slot>, Diagnostic> {
        names.iter().map(|name| self.field(name)).collect()
    }

    /// Whether a name's values are times.
    pub fn is_time(&self, name: &str) -> bool {
        self.names.iter().any(|binding| binding.time && binding.key == name.to_lowercase())
    }

    /// Whether a stage has made a field, or the data may have.
    pub fn has(&self, name: &str) -> bool {
        self.open_table.is_some() || self.names.iter().any(|binding| binding.key == name.to_lowercase())
    }

    /// The names that are shown, in their order.
    pub fn shown(&self) -> Vec<String> {
        self.names.iter().filter(|binding| binding.shown).map(|binding| binding.name.clone()).collect()
    }

    /// The slots, here, that hold fields found in the data.
    pub fn bag_slots(&mut self) -> Vec<Slot> {
        self.bags.clone().into_iter().map(|at| self.bring(at)).collect()
    }

    /// Takes a column out of the result; later stages still know its name.
    pub fn unshow(&mut self, name: &str) {
        for binding in self.names.iter_mut().filter(|binding| binding.key == name.to_lowercase()) {
            binding.shown = false;
        }
    }

    /// All names that stages have made, in their order, and whether they are shown.
    pub fn made(&self) -> Vec<(String, bool)> {
        self.names.iter().map(|binding| (binding.name.clone(), binding.shown)).collect()
    }

    /// The slot of a row's time: `_messageTime` where it is known. Without it rows count as already in order.
    pub fn time_slot(&mut self) -> Slot {
        self.field_slot("_messageTime")
    }

    /// Shows a column before all others.
    pub fn show_first(&mut self, name: &str) {
        if let Some(at) = self.names.iter().position(|binding| binding.key == name.to_lowercase()) {
            let binding = self.names.remove(at);
            self.names.insert(0, binding);
        }
    }

    /// The slot that a name has now, if a stage has made it.
    pub fn known_field(&mut self, name: &str) -> Option<Slot> {
        self.known(&Name { text: name.to_string(), span: Span::default() })
    }
}
