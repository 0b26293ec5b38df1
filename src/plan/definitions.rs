//! What the language offers: signatures, and beside each what it does. The parser sees the signatures alone.
//!
//! The catalogue is an argument of the planner; the core does not know what is in it.

use super::planner::{AggregatePlan, OperatorCall, Planner};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::program::batch::Slot;
use crate::program::expression::{CompiledExpr, Function, Plain};
use crate::syntax::signature::{AggregateSignature, FunctionSignature, OperatorSignature, SubquerySignature};
use crate::syntax::signatures::Signatures;
use crate::syntax::tree::Expr;
use std::ops::Deref;
use std::sync::Arc;

/// Puts an operator's stage into the plan.
pub type PlanStage = fn(&OperatorCall<'_>, &mut Planner<'_>) -> Result<(), Diagnostic>;

/// Puts an aggregate into the plan.
pub type PlanAggregate = fn(&AggregateCall<'_>) -> Result<AggregatePlan, Diagnostic>;

/// An operator: `| name …`.
#[derive(Debug)]
pub struct OperatorDef {
    /// How it is written.
    pub signature: OperatorSignature,
    /// Puts it into the plan.
    pub plan: PlanStage,
}

/// A function: `f(a, b)` in any expression, or as a stage.
#[derive(Debug)]
pub struct FunctionDef {
    /// How it is written.
    pub signature: FunctionSignature,
    /// How it runs.
    pub make: Make,
}

/// An aggregate: `name(field) as alias`, in an aggregate stage.
#[derive(Debug)]
pub struct AggregateDef {
    /// How it is written.
    pub signature: AggregateSignature,
    /// Puts it into the plan.
    pub plan: PlanAggregate,
}

impl OperatorSignature {
    /// The operator of this signature that is planned so.
    pub const fn planned_by(self, plan: PlanStage) -> OperatorDef {
        OperatorDef { signature: self, plan }
    }
}

impl FunctionSignature {
    /// The function of this signature that runs so.
    pub const fn made_by(self, make: Make) -> FunctionDef {
        FunctionDef { signature: self, make }
    }
}

impl AggregateSignature {
    /// The aggregate of this signature that is planned so.
    pub const fn planned_by(self, plan: PlanAggregate) -> AggregateDef {
        AggregateDef { signature: self, plan }
    }
}

/// Makes a function ready for the arguments of one call.
pub type Prepare = fn(&[CompiledExpr]) -> Result<Box<dyn Function>, String>;

/// Puts a function into the plan by its arguments as they are written.
pub type PlanCall = fn(&[Expr], &mut Planner<'_>, Span) -> Result<CompiledExpr, Diagnostic>;

/// How a function is made ready.
pub enum Make {
    /// Plain; depends on its arguments alone, so a call with constants is computed once.
    Pure(Plain),
    /// Plain, but depends on time, range or zone.
    Plain(Plain),
    /// Prepares itself by its constant arguments. The error is a text for the user.
    Prepared(Prepare),
    /// Reads its arguments by itself: they are no plain values.
    Planned(PlanCall),
}

impl std::fmt::Debug for Make {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Make::Pure(_) => "Pure",
            Make::Plain(_) => "Plain",
            Make::Prepared(_) => "Prepared",
            Make::Planned(_) => "Planned",
        })
    }
}

/// An aggregate as written, with its field resolved.
pub struct AggregateCall<'a> {
    /// The field's name, where one was given.
    pub field: Option<&'a str>,
    /// Its slot.
    pub slot: Option<Slot>,
    /// The arguments after the field.
    pub rest: &'a [Expr],
    /// For each of the rest, its slot if it is a field.
    pub rest_slots: &'a [Option<Slot>],
    /// The alias.
    pub alias: Option<&'a str>,
    /// Where it stands.
    pub span: Span,
}

impl AggregateCall<'_> {
    /// The alias, or the default name.
    pub fn name(&self, default: &str) -> String {
        self.alias.unwrap_or(default).to_string()
    }

    /// The slots of the arguments after the first, which must all be fields.
    pub fn more_slots(&self) -> Result<Arc<[Slot]>, Diagnostic> {
        let slots = self.rest.iter().zip(self.rest_slots).map(|(expr, slot)| {
            slot.ok_or_else(|| {
                let message = "expected a field name, found an expression";
                Diagnostic::error(&codes::AGGREGATE_ARGUMENT, expr.span, message)
                    .help("compute the value in an earlier stage: `| expression as name`")
            })
        });
        slots.collect()
    }
}

/// All that the language offers. Where the signatures are enough, it is read as these. What belongs to a signature is found by
/// its identity, not by its name: two operators may share one.
pub struct Catalogue {
    signatures: Signatures,
    operators: Vec<&'static OperatorDef>,
    functions: Vec<&'static FunctionDef>,
    aggregates: Vec<&'static AggregateDef>,
}

impl Deref for Catalogue {
    type Target = Signatures;

    fn deref(&self) -> &Signatures {
        &self.signatures
    }
}

impl Catalogue {
    /// A catalogue of these.
    pub fn new(
        operators: &[&'static OperatorDef],
        functions: &[&'static FunctionDef],
        aggregates: &[&'static AggregateDef],
    ) -> Catalogue {
        let signatures = Signatures::new(
            &operators.iter().map(|def| &def.signature).collect::<Vec<_>>(),
            &functions.iter().map(|def| &def.signature).collect::<Vec<_>>(),
            &aggregates.iter().map(|def| &def.signature).collect::<Vec<_>>(),
        );
        Catalogue {
            signatures,
            operators: operators.to_vec(),
            functions: functions.to_vec(),
            aggregates: aggregates.to_vec(),
        }
    }

    /// The same, with operators that stand at the beginning of a query, in the place of its scope.
    pub fn with_heads(mut self, heads: &[&'static OperatorDef]) -> Catalogue {
        self.operators.extend(heads);
        let signatures: Vec<_> = heads.iter().map(|def| &def.signature).collect();
        Catalogue { signatures: self.signatures.with_heads(&signatures), ..self }
    }

    /// The same, with subqueries.
    pub fn with_subquery(self, signature: &'static SubquerySignature) -> Catalogue {
        Catalogue { signatures: self.signatures.with_subquery(signature), ..self }
    }

    /// What puts an operator into the plan.
    pub fn operator_def(&self, signature: &OperatorSignature, span: Span) -> Result<&'static OperatorDef, Diagnostic> {
        let def = self.operators.iter().find(|def| std::ptr::eq(&def.signature, signature));
        def.copied().ok_or_else(|| not_offered("operator", signature.name, span))
    }

    /// A function by any of its names, with how it runs.
    pub fn function_def(&self, name: &str) -> Option<&'static FunctionDef> {
        let signature = self.signatures.function(name)?;
        self.functions.iter().find(|def| std::ptr::eq(&def.signature, signature)).copied()
    }

    /// An aggregate by any of its names, with what puts it into the plan.
    pub fn aggregate_def(&self, name: &str, span: Span) -> Result<&'static AggregateDef, Diagnostic> {
        let signature = self.signatures.aggregate(name);
        let is_its = |def: &&&AggregateDef| signature.is_some_and(|signature| std::ptr::eq(&def.signature, signature));
        self.aggregates.iter().find(is_its).copied().ok_or_else(|| not_offered("aggregate", name, span))
    }
}

/// A tree can come from a larger language than the one it is planned in.
fn not_offered(kind: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(&codes::NOT_LOCAL, span, format!("this needs the {kind} `{name}`, which is not available"))
}
