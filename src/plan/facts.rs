//! What each stage did with names and rows, as the planner saw it: for checks that come after planning.

use crate::diagnostics::Span;

/// What one stage did. Names are in lower case.
#[derive(Clone, Debug, Default)]
pub struct StageFacts {
    /// The stage.
    pub span: Span,
    /// Names whose values it reads, those of pipelines inside it included; a name that it has made itself is none.
    pub reads: Vec<String>,
    /// Names that it makes, also over earlier ones.
    pub makes: Vec<String>,
    /// Names that are gone after it.
    pub hides: Vec<String>,
    /// It may let rows go.
    pub drops: bool,
    /// It puts rows in order.
    pub sorts: bool,
    /// What it does depends on the order of the rows that reach it.
    pub ordered: bool,
    /// It makes several rows of one.
    pub copies: bool,
    /// It sees all rows and may change or add some.
    pub gathers: bool,
    /// Nothing but what it makes is left.
    pub renews: bool,
    /// It is a parse stage with `nodrop`: whether it matched may count later.
    pub optional: bool,
    /// It asks whether earlier parse stages with `nodrop` have matched.
    pub asks_optional: bool,
    /// It makes fields that only the data name.
    pub bags: bool,
}

/// How a name was lost.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gone {
    /// `fields` at this place took it away.
    Hidden(Span),
    /// The stage at this place made new rows without it.
    Renewed(Span),
}

/// The facts of all stages.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The stage that is being planned, after those around it.
    open: Vec<StageFacts>,
    /// Stages that are planned.
    pub done: Vec<StageFacts>,
    /// Names, in lower case, of fields that the scope asks for: whoever wrote it knows that messages have them.
    pub scope: Vec<String>,
    /// The aggregates so far, in lower case, each with its first column.
    pub results: Vec<(String, String)>,
}

impl Facts {
    /// A stage begins.
    pub fn enter(&mut self, span: Span) {
        self.open.push(StageFacts { span, ..StageFacts::default() });
    }

    /// The stage that began last ends.
    pub fn leave(&mut self) {
        let Some(stage) = self.open.pop() else { return };
        stage.reads.iter().for_each(|name| self.reads(name));
        self.done.push(stage);
    }

    /// The stage that is being planned.
    pub fn here(&self) -> Span {
        self.open.last().map(|stage| stage.span).unwrap_or_default()
    }

    /// What the stage that is being planned has done so far.
    pub fn current(&self) -> Option<&StageFacts> {
        self.open.last()
    }

    /// The stage did something.
    pub fn note(&mut self, what: impl FnOnce(&mut StageFacts)) {
        if let Some(stage) = self.open.last_mut() {
            what(stage);
        }
    }

    /// The stage reads a name, in lower case.
    pub fn reads(&mut self, name: &str) {
        self.note(|stage| {
            if !stage.makes.iter().any(|known| known == name) {
                add(&mut stage.reads, name);
            }
        });
    }

    /// The stage makes a name, in lower case.
    pub fn makes(&mut self, name: &str) {
        self.note(|stage| add(&mut stage.makes, name));
    }

    /// Takes over what another planner saw inside the stage that is being planned here.
    pub fn take_from(&mut self, other: Facts) {
        other.done.iter().flat_map(|stage| &stage.reads).for_each(|name| self.reads(name));
        self.done.extend(other.done);
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_string());
    }
}
