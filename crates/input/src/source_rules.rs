//! Which of the `sources.toml` files says something of an input.

use super::candidate::Candidate;
use super::places::Place;
use super::problem::Problem;
use super::request::InputRequest;
use super::sources_toml::{Compile, FILE_NAME, Rule, Sources};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The `sources.toml` files seen so far.
pub struct SourceRules {
    given: Option<Sources>,
    beside: HashMap<PathBuf, Option<Sources>>,
    compile: Compile,
}

impl SourceRules {
    /// Those that a request names. The error is what is wrong with one.
    pub fn of(request: &InputRequest) -> Result<SourceRules, Vec<Problem>> {
        let given = match &request.sources {
            Some(path) => Some(Sources::read(path, &request.compile).map_err(|problem| vec![problem])?),
            None => None,
        };
        Ok(SourceRules { given, beside: HashMap::new(), compile: request.compile.clone() })
    }

    /// The rule for a candidate, or else for what it lies in.
    pub fn rule_of(&mut self, candidate: &Candidate) -> Result<Option<&Rule>, Problem> {
        let mut found = None;
        for place in candidate.places() {
            if self.rule(place)?.is_some() {
                found = Some(place);
                break;
            }
        }
        found.map_or(Ok(None), |place| self.rule(place))
    }

    /// The rule for a file: of the `sources.toml` given, else by the nearest one in its folder or above, as far up
    /// as what was given for input, that has something to say.
    fn rule(&mut self, place: &Place) -> Result<Option<&Rule>, Problem> {
        if let Some(given) = &self.given {
            return Ok(given.rule(&place.name, place.path.as_deref()));
        }
        let Some(path) = place.path.as_deref() else { return Ok(None) };
        let folders: Vec<&Path> = path.ancestors().skip(1).take(place.depth + 1).collect();
        for folder in &folders {
            if !self.beside.contains_key(*folder) {
                let file = folder.join(FILE_NAME);
                let sources = if file.is_file() { Some(Sources::read(&file, &self.compile)?) } else { None };
                self.beside.insert(folder.to_path_buf(), sources);
            }
        }
        let near = |folder: &&Path| self.beside.get(*folder)?.as_ref()?.rule(&place.name, Some(path));
        Ok(folders.iter().find_map(near))
    }
}
