//! The simple path: what a plan does without its shortcuts. Tests hold the two equal; it is not on offer to users.
//!
//! | shortcut | without it |
//! |---|---|
//! | cells are computed when read | all cells of a batch are computed before its first step |
//! | words of the scope are looked for in whole chunks | all messages are cut and tested |
//! | the scope's answer for a whole input, from its metadata | each message is asked |
//! | a regular expression is tried where its literal is | it is tried everywhere |
//! | patterns on the same field are one test | each is a test of its own, by the general matcher |
//! | a list of texts is compared byte by byte | each item is compared as a value |
//! | anchors near by are found 16 bytes at a time | one plain search after the other |
//! | JSON by its skeleton | the general walk |
//! | timestamps of access logs at one look; the last one remembered | the general search |
//! | `limit` joins the stage that orders | all rows are ordered, then the first are taken |

use super::Planner;
use super::expression::compile;
use crate::diagnostics::{Diagnostic, Span};
use crate::program::batch::ColumnSource;
use crate::program::matching::glob::Glob;
use crate::program::plan::{Branch, Segment, Step};
use sumoql_java::regex::Pattern;

impl Planner<'_> {
    /// Compiles a regular expression of the query.
    pub fn compile(&self, regex: &str, span: Span) -> Result<Pattern, Diagnostic> {
        compile(regex, span).map(|pattern| if self.simple { pattern.everywhere() } else { pattern })
    }

    /// Prepares a pattern of `matches`.
    pub(super) fn glob(&self, pattern: &str) -> Glob {
        if self.simple { Glob::general(pattern) } else { Glob::new(pattern) }
    }

    /// Takes out of the planned segments what only shortcuts need, if they are to be left out.
    pub(super) fn simplify(&mut self) {
        if !self.simple {
            return;
        }
        for segment in &mut self.segments {
            // The copies that rows become have some cells of their own: what is computed of them before is wrong.
            segment.program.eager = !copies(segment);
        }
        let program = &mut self.segments[0].program;
        if let Some(time) = program.time {
            let definition = program.slots[time].definition as usize;
            program.definitions[definition].how = ColumnSource::Computed(super::built_in_fields::searched_time());
        }
    }
}

/// Whether a segment makes several rows of one.
fn copies(segment: &Segment) -> bool {
    fn any(steps: &[Step], branches: &[Branch]) -> bool {
        steps.iter().any(|step| matches!(step, Step::Expand(_)))
            || branches.iter().any(|branch| any(&branch.steps, &branch.branches))
    }
    any(&segment.steps, &segment.branches)
}
