//! What each stage did with names and rows, as the planner saw it: for checks that come after planning.

use crate::diagnostics::Span;
use crate::program::stage_effects::StageEffects;

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
pub(super) struct AllEffects {
    /// The stage that is being planned, after those around it.
    open: Vec<StageEffects>,
    /// Stages that are planned.
    pub done: Vec<StageEffects>,
    /// Names, in lower case, of fields that the scope asks for: whoever wrote it knows that messages have them.
    pub scope: Vec<String>,
    /// The aggregates so far, in lower case, each with its first column.
    pub results: Vec<(String, String)>,
}

impl AllEffects {
    /// A stage begins.
    pub fn enter(&mut self, span: Span) {
        self.open.push(StageEffects { span, ..StageEffects::default() });
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
    pub fn current(&self) -> Option<&StageEffects> {
        self.open.last()
    }

    /// The stage did something.
    pub fn note(&mut self, what: impl FnOnce(&mut StageEffects)) {
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
    pub fn take_from(&mut self, other: AllEffects) {
        other.done.iter().flat_map(|stage| &stage.reads).for_each(|name| self.reads(name));
        self.done.extend(other.done);
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_string());
    }
}
