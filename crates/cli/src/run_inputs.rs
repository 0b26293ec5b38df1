//! What a run reads: inputs as they are, or inputs that are followed.

use super::screen::Screen;
use super::{Exit, Failure, report};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use sumoql::program::plan::Plan;
use sumoql_data::message::{Input, Source, Stop};
use sumoql_input::{Followed, InputRequest, InputSet, Notice, Problem};

/// What a run reads.
pub(super) enum Inputs {
    /// As it is now.
    Opened(InputSet),
    /// As it grows.
    Followed(Box<Followed>),
}

impl Inputs {
    /// Opens what a plan needs. What is wrong with inputs to be followed is told at once; without them, nothing is, and
    /// the run ends.
    pub fn open(request: InputRequest, plan: &Plan, follow: Option<&Stop>, screen: &Screen) -> Result<Inputs, Failure> {
        let opened = match follow {
            _ if !plan.needs_input() => Ok(Inputs::Opened(InputSet::nothing(&request))),
            None => sumoql_input::open(&request).map(Inputs::Opened),
            Some(stop) => {
                let to = screen.clone();
                let reporter = move |notice: Notice<'_>| match notice {
                    Notice::Problem(problem) => report::problems(to.above_progress(), std::slice::from_ref(problem)),
                    Notice::Note(note) => to.above_progress().note(&note.to_string(), None),
                };
                let followed = Followed::open(request, stop.clone(), Box::new(reporter));
                followed.map(|followed| Inputs::Followed(Box::new(followed)))
            }
        };
        opened.map_err(|problems| {
            report::problems(screen, &problems);
            Failure::Silent(Exit::Input)
        })
    }

    /// For the run.
    pub fn input(&self) -> &dyn Input {
        match self {
            Inputs::Opened(opened) => opened,
            Inputs::Followed(followed) => followed.as_ref(),
        }
    }

    /// How many bytes there are, if that is known, and how many were read.
    pub fn bytes(&self) -> (Option<u64>, Arc<AtomicU64>) {
        match self {
            Inputs::Opened(opened) => (opened.total_bytes(), opened.consumed()),
            Inputs::Followed(followed) => (None, followed.consumed()),
        }
    }

    /// The inputs.
    pub fn sources(&self) -> Vec<Arc<Source>> {
        match self {
            Inputs::Opened(opened) => opened.sources().to_vec(),
            Inputs::Followed(followed) => followed.sources(),
        }
    }

    /// Tells what could not be read, but for what was told before, and what is odd. The answer is whether all could be
    /// read.
    pub fn report(&self, screen: &Screen) -> bool {
        let (problems, told, notes) = match self {
            Inputs::Opened(opened) => (opened.problems(), Vec::new(), opened.notes()),
            Inputs::Followed(followed) => (followed.problems(), followed.reported(), followed.notes()),
        };
        let new: Vec<Problem> = problems.iter().filter(|problem| !told.contains(problem)).cloned().collect();
        report::problems(screen, &new);
        for note in notes.into_iter().filter(|note| !told.contains(note)) {
            screen.note(&note.to_string(), None);
        }
        report::times(screen, &self.sources());
        report::beyond(screen, &self.sources());
        problems.is_empty()
    }
}
