//! What the stages of a query are made of, for those who tell how single rows went through them: where each stage lies in
//! the plan, the fields that it makes, and its conditions as trees with a test for every leaf.
//!
//! A traced plan gives the same rows as any other. It differs in three ways: every leaf of a condition has an evaluator of
//! its own, a limit has a gather of its own, and rows carry a name by which they are found again behind a gather.

use super::definitions::Catalogue;
use super::planner;
use super::planner::Planner;
use crate::diagnostics::{Diagnostic, Span};
use crate::plan::built_in_fields::message_field;
use crate::program::batch::{ColumnSource, Extractor, Row, Slot};
use crate::program::expression::CompiledExpr;
use crate::program::matching::glob::Glob;
use crate::program::plan::Plan;
use crate::program::scope::CompiledScope;
use crate::syntax::parameters::{Expansion, expand};
use crate::syntax::tree;
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, Name, Query, SearchKind};
use sumoql_data::table_resolver::Tables;
use sumoql_data::value::{Owned, Value};
use sumoql_java::regex::Pattern;
use sumoql_java::regex::effort::Watch;

/// A plan with what its stages are made of.
pub struct Traced {
    /// The plan.
    pub plan: Plan,
    /// The scope.
    pub scope: Node,
    /// The stages, in order.
    pub stages: Vec<StageTrace>,
    /// The slot of the first segment that names a message.
    pub place: Slot,
    /// The text that spans speak of.
    pub text: String,
    /// The query as written, without the values of parameters.
    pub written: String,
    /// Where the parts of the text stand as written.
    pub origin: Expansion,
}

impl Traced {
    /// The place as written, and the line, counted from 1, in which it begins.
    pub fn place_of(&self, span: Span) -> (Span, usize) {
        let place = self.origin.origin(span);
        let before = self.written.bytes().take(place.start);
        (place, before.filter(|byte| *byte == b'\n').count() + 1)
    }
}

/// A place in a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Behind the part that runs over several time ranges ([`Plan::ranges`]): segments count anew there.
    pub ranged: bool,
    /// The segment.
    pub segment: usize,
    /// So many of its steps lie before.
    pub steps: usize,
    /// So many of its definitions lie before.
    pub definitions: usize,
}

/// One stage.
#[derive(Default)]
pub struct StageTrace {
    /// Where it stands.
    pub span: Span,
    /// Where its part of the plan begins.
    pub begin: Point,
    /// Where it ends. Each segment that lies between is ended by a gather of this stage.
    pub end: Point,
    /// The fields that it makes, with their slots in the segment where it ends.
    pub made: Vec<(String, Slot)>,
    /// Its expressions that decide something, with the segment that their slots belong to.
    pub expressions: Vec<(Point, Node)>,
    /// The fields by which it groups, with their slots in the segment that it ends. `None`: it does not group.
    pub keys: Option<(Point, Vec<(String, Slot)>)>,
    /// Nothing but what it makes is left of the rows.
    pub renews: bool,
    /// The slot, in the segment where it ends, that names a row.
    pub place: Slot,
}

/// A condition, or a choice between values.
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of node.
pub enum NodeKind {
    /// All must hold.
    All(Vec<Node>),
    /// One must hold.
    Any(Vec<Node>),
    /// The opposite.
    Not(Box<Node>),
    /// A condition, the value when it holds, and the other.
    Choice(Box<(Node, Node, Node)>),
    /// Nothing that can be taken apart.
    Leaf(Box<Leaf>),
}

/// A part of an expression that is not taken apart.
pub struct Leaf {
    /// Its value.
    pub what: What,
    /// The fields that it reads.
    pub fields: Vec<(String, Slot)>,
    /// The same without regard to letter case, on the first field.
    pub loose: Option<Loose>,
}

/// How a leaf gets its value.
pub enum What {
    /// A condition or value.
    Expression(CompiledExpr),
    /// A part of the scope.
    Scope(CompiledScope),
}

/// A comparison with constants, letter case aside.
pub enum Loose {
    /// With a pattern, in lower case.
    Glob(Glob),
    /// With a regular expression.
    Regex(Pattern),
    /// With one of these texts, in lower case.
    Texts(Vec<String>),
}

impl Loose {
    /// Whether a text fits.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Loose::Glob(glob) => glob.matches(&text.to_lowercase()),
            Loose::Regex(pattern) => pattern.is_match(text, &Watch::default()),
            Loose::Texts(texts) => texts.contains(&text.to_lowercase()),
        }
    }
}

impl Node {
    /// Every leaf, in the order of the text.
    pub fn leaves(&self) -> Vec<&Node> {
        match &self.kind {
            NodeKind::All(list) | NodeKind::Any(list) => list.iter().flat_map(Node::leaves).collect(),
            NodeKind::Not(inner) => inner.leaves(),
            NodeKind::Choice(parts) => [&parts.0, &parts.1, &parts.2].into_iter().flat_map(Node::leaves).collect(),
            NodeKind::Leaf(_) => vec![self],
        }
    }
}

/// What a planner notes for a traced plan.
#[derive(Default)]
pub(super) struct Tracer {
    done: Vec<StageTrace>,
    now: StageTrace,
    /// Whether the expression that is being planned is a part of another, or not of a stage.
    inside: bool,
    /// The slot that names a row, with its segment.
    place: (usize, Slot),
}

/// Plans a query so that rows can be followed through it. `None` where it can't be planned.
pub fn traced(text: &str, query: &Query, catalogue: &Catalogue, tables: &dyn Tables) -> Option<Traced> {
    let mut planner = Planner::new(text, super::referenced::names(query), catalogue, tables);
    let place = planner.current().define(ColumnSource::Computed(Box::new(LeafPlaceholder)), 1, None);
    planner.trace = Some(Tracer { inside: true, place: (0, place), ..Tracer::default() });
    planner.search = planner.search(&query.search);
    let scope = planner.scope_node(&query.search);
    planner.inside(false);
    planner.stages(&query.stages);
    planner.inside(true);
    let stages = planner.trace.take().unwrap_or_default().done;
    let (plan, _) = planner::finish(planner, query, text);
    let (text, origin) = (text.to_string(), expand(text, |_, _| None));
    Some(Traced { plan: plan?, scope, stages, place, written: text.clone(), text, origin })
}

impl Planner<'_> {
    fn point(&self) -> Point {
        let segment = self.here();
        let (steps, definitions) =
            self.segments.last().map_or((0, 0), |last| (last.steps.len(), last.program.definitions.len()));
        Point { ranged: self.ranges.is_some(), segment, steps, definitions }
    }

    /// A stage of the query itself begins.
    pub(super) fn trace_begin(&mut self, span: Span) {
        let begin = self.point();
        if let Some(trace) = &mut self.trace {
            trace.now = StageTrace { span, begin, ..StageTrace::default() };
        }
    }

    /// It ends.
    pub(super) fn trace_end(&mut self) {
        if self.trace.is_none() {
            return;
        }
        // A limit that comes next has a place of its own.
        self.settle();
        let (makes, renews) =
            self.facts.done.last().map_or((Vec::new(), false), |facts| (facts.makes.clone(), facts.renews));
        let here = self.here();
        let bound: Vec<_> = makes
            .iter()
            .filter_map(|key| self.rows.names.iter().find(|binding| binding.key == *key))
            .map(|binding| (binding.name.clone(), binding.at))
            .collect();
        let made = bound.into_iter().map(|(name, at)| (name, self.bring(at))).collect();
        let before = self.trace.as_ref().map_or((0, 0), |trace| trace.place);
        let ranged = self.ranges.is_some() && self.trace.as_ref().is_some_and(|trace| !trace.now.begin.ranged);
        let place = match renews || ranged {
            true => self.current().define(ColumnSource::Computed(Box::new(LeafPlaceholder)), 1, None),
            false => self.bring(before),
        };
        let end = self.point();
        if let Some(trace) = &mut self.trace {
            trace.place = (here, place);
            let now = std::mem::take(&mut trace.now);
            trace.done.push(StageTrace { end, made, renews, place, ..now });
        }
    }

    /// The stage groups by these fields.
    pub(super) fn trace_keys(&mut self, names: &[String], slots: &[Slot]) {
        if self.nested > 0 {
            return;
        }
        let point = self.point();
        if let Some(trace) = &mut self.trace {
            trace.now.keys = Some((point, names.iter().cloned().zip(slots.iter().copied()).collect()));
        }
    }

    fn inside(&mut self, inside: bool) -> bool {
        self.trace.as_mut().is_some_and(|trace| std::mem::replace(&mut trace.inside, inside))
    }

    /// Prepares an expression, and notes it if it is a whole one of a stage that decides something.
    pub(super) fn trace_expression(&mut self, expr: &Expr) -> Result<CompiledExpr, Diagnostic> {
        if self.inside(true) {
            return self.prepared(expr);
        }
        if self.nested == 0 && decides(expr) {
            let point = self.point();
            let node = self.node(expr);
            if let Some(trace) = &mut self.trace {
                trace.now.expressions.push((point, node));
            }
        }
        let planned = self.prepared(expr);
        self.inside(false);
        planned
    }

    /// Plans something that will be planned again: what it adds to the plan but slots is taken back.
    fn beforehand<T>(&mut self, plan: impl FnOnce(&mut Self) -> T) -> T {
        let (diagnostics, subqueries) = (self.diagnostics.len(), self.subqueries.len());
        let (requests, saved) = (self.tables.requests.len(), self.tables.saved.len());
        let planned = plan(self);
        self.diagnostics.truncate(diagnostics);
        self.subqueries.truncate(subqueries);
        self.tables.requests.truncate(requests);
        self.tables.saved.truncate(saved);
        planned
    }

    fn node(&mut self, expr: &Expr) -> Node {
        let kind = match &expr.kind {
            ExprKind::And(terms) => NodeKind::All(terms.iter().map(|term| self.node(term)).collect()),
            ExprKind::Or(terms) => NodeKind::Any(terms.iter().map(|term| self.node(term)).collect()),
            ExprKind::Not(inner) => NodeKind::Not(Box::new(self.node(inner))),
            _ => match choice(expr) {
                Some((condition, then, otherwise)) => {
                    NodeKind::Choice(Box::new((self.node(condition), self.node(then), self.node(otherwise))))
                }
                None => NodeKind::Leaf(Box::new(self.leaf(expr))),
            },
        };
        Node { span: expr.span, kind }
    }

    fn leaf(&mut self, expr: &Expr) -> Leaf {
        let what = self.beforehand(|planner| planner.prepared(expr));
        // What can't be planned is reported when it is planned in earnest.
        let what = what.unwrap_or(CompiledExpr::Constant(Owned::Null));
        let what = if what.may_fail() { CompiledExpr::Strict(Box::new(what)) } else { what };
        let mut names = Vec::new();
        fields_of(expr, &mut names);
        let fields = names.into_iter().map(|name| (name.text.clone(), self.field_slot(&name.text))).collect();
        Leaf { what: What::Expression(what), fields, loose: loose(expr) }
    }

    fn scope_node(&mut self, search: &tree::Search) -> Node {
        let kind = match &search.kind {
            SearchKind::And(terms) => NodeKind::All(terms.iter().map(|term| self.scope_node(term)).collect()),
            SearchKind::Or(terms) => NodeKind::Any(terms.iter().map(|term| self.scope_node(term)).collect()),
            SearchKind::Not(inner) => NodeKind::Not(Box::new(self.scope_node(inner))),
            SearchKind::Test(condition) => self.node(condition).kind,
            other => {
                let name = match other {
                    SearchKind::Pair { name, .. } => Some(name),
                    _ => None,
                };
                // A definition without a name: names that the query does not have could change what later stages mean.
                let slot = |name: &Name| {
                    let auto = self.auto_slot(&name.key());
                    (name.text.clone(), message_field(&mut self.segments[0], &name.key(), auto, None))
                };
                let fields = name.map(slot).into_iter().collect();
                let what = What::Scope(self.beforehand(|planner| planner.search(search)));
                NodeKind::Leaf(Box::new(Leaf { what, fields, loose: None }))
            }
        };
        Node { span: search.span, kind }
    }
}

/// The parts of a choice, however it is written.
fn choice(expr: &Expr) -> Option<(&Expr, &Expr, &Expr)> {
    match &expr.kind {
        ExprKind::If { condition, then, otherwise } => Some((condition, then, otherwise)),
        ExprKind::Call { name, args } if name.key() == "if" => match args.as_slice() {
            [condition, then, otherwise] => Some((condition, then, otherwise)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is a condition or a choice.
fn decides(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Not(_)
        | ExprKind::In { .. }
        | ExprKind::Matches { .. }
        | ExprKind::Subquery(_) => true,
        ExprKind::Binary { op, .. } => op.compares(),
        _ => choice(expr).is_some(),
    }
}

/// The fields that an expression reads, each once.
fn fields_of<'e>(expr: &'e Expr, out: &mut Vec<&'e Name>) {
    expr.walk(&mut |expr| {
        if let ExprKind::Field(name) = &expr.kind
            && !name.parameter()
            && out.iter().all(|known| known.key() != name.key())
        {
            out.push(name);
        }
    });
}

/// The comparison of a field with constants without regard to letter case.
fn loose(expr: &Expr) -> Option<Loose> {
    let lower = |expr: &Expr| match &expr.kind {
        ExprKind::Text(text) => Some(text.value().to_lowercase()),
        _ => None,
    };
    let (value, loose) = match &expr.kind {
        ExprKind::Matches { value, pattern, .. } => match &pattern.kind {
            ExprKind::Regex(regex) => (value, Loose::Regex(Pattern::new(&format!("(?i){regex}")).ok()?)),
            _ => (value, Loose::Glob(Glob::new(&lower(pattern)?))),
        },
        ExprKind::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, left, right } => {
            (left, Loose::Texts(vec![lower(right)?]))
        }
        ExprKind::In { value, list, .. } => (value, Loose::Texts(list.iter().filter_map(lower).collect())),
        _ => return None,
    };
    matches!(value.kind, ExprKind::Field(_)).then_some(loose)
}

/// Names a row: the copies of one have the name of it.
struct LeafPlaceholder;

impl Extractor for LeafPlaceholder {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let name = match row.message() {
            Some(message) => message_place(message.source.index, message.offset),
            None => format!("#{}", row.rank().offset),
        };
        row.set(first, Value::Text(row.arena().alloc_str(&name)));
        true
    }
}

/// The name of a message, by the number of its input and its offset there.
pub fn message_place(source: u32, offset: u64) -> String {
    format!("{source}:{offset}")
}

impl Leaf {
    /// A leaf that is always the same.
    pub fn is_constant(&self) -> bool {
        matches!(&self.what, What::Expression(eval) if eval.constant().is_some())
    }
}
