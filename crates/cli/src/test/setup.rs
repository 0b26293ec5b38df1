//! What a case sets up: the text of its query, its tables, its times and its inputs.

use super::CaseFile;
use super::case::Case;
use super::runner::{problems_text, read};
use crate::Failure;
use crate::arguments::{TableArgs, zone};
use crate::query_text::Text;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use sumoql::run::execute::Options;
use sumoql_data::message::Stop;
use sumoql_data::time::parse_moment::parse_moment;
use sumoql_input::InputSet;
use sumoql_input::tables::Files;

/// The present of a case that does not name one: 2024-05-01T00:00:00Z.
const NOW: i64 = 1_714_521_600_000;

/// A case with its settings read.
pub(crate) struct Setup {
    pub case: Case,
    /// The file of the case.
    pub file: PathBuf,
    /// The folder of the case, where its paths lie.
    folder: PathBuf,
    pub tables: Arc<Files>,
    /// The time range, in milliseconds since 1970, end exclusive.
    pub range: Option<(i64, i64)>,
    now: i64,
    pub zone: chrono_tz::Tz,
}

impl Setup {
    /// Reads a case.
    pub fn read(found: &CaseFile) -> Result<(Setup, Text), String> {
        let text = read(&found.case)?;
        let case = Case::read(&text).map_err(|error| format!("{}: {error}", found.case.display()))?;
        Setup::new(found, case)
    }

    /// The settings of a case, and its query.
    pub fn new(found: &CaseFile, case: Case) -> Result<(Setup, Text), String> {
        let query = Text::new(&found.query.display().to_string(), read(&found.query)?, &case.params);
        let query = query.auto_parse(case.auto_parse);
        let folder = found.case.parent().map(Path::to_path_buf).unwrap_or_default();
        let beside = |path: &String| folder.join(path).to_string_lossy().into_owned();
        let lookup = case.lookup.iter().map(|(name, file)| (name.clone(), beside(file))).collect();
        let file = |path: &Option<String>| path.as_ref().map(|path| folder.join(path));
        let tables = TableArgs { lookup, geoip: file(&case.geoip), asn: file(&case.asn) };
        let tables = tables.tables(found.query.to_str()).map_err(|failure| match failure {
            Failure::Say(_, message) => message,
            _ => "can't read the tables".to_string(),
        })?;
        let zone = case.timezone.as_deref().map_or(Ok(chrono_tz::UTC), zone)?;
        let moment = |text: &Option<String>, now: i64, default: i64| match text {
            Some(text) => parse_moment(text, now, zone),
            None => Ok(default),
        };
        let now = moment(&case.now, NOW, NOW)?;
        let range = (moment(&case.from, now, i64::MIN)?, moment(&case.to, now, i64::MAX)?);
        let range = (range != (i64::MIN, i64::MAX)).then_some(range);
        Ok((Setup { case, file: found.case.clone(), folder, tables, range, now, zone }, query))
    }

    /// The inputs, opened anew. `chunk`: bytes worked on at a time; 0: as is good.
    pub fn open(&self, chunk: usize, stop: Option<Stop>) -> Result<InputSet, String> {
        let beside = |path: &String| self.folder.join(path).to_string_lossy().into_owned();
        let request = sumoql_input::InputRequest {
            paths: self.case.inputs.iter().map(beside).collect(),
            format: self.case.format,
            encoding: self.case.encoding,
            message_start: self.case.multiline.clone(),
            evtx_as: self.case.evtx_as,
            set: self.case.set.clone(),
            auto_parse: self.case.auto_parse,
            sources: self.case.sources.as_ref().map(|path| self.folder.join(path)),
            zone: self.zone,
            now: self.now,
            stop,
            growing: false,
            chunk,
            compile: Arc::new(sumoql::extraction),
        };
        let opened = match &self.case.messages {
            Some(text) => {
                let reader = std::io::Cursor::new(text.clone().into_bytes());
                InputSet::of_reader("messages", Box::new(reader), &request, None).map_err(|problem| vec![problem])
            }
            None => sumoql_input::open(&request),
        };
        let opened = opened.map_err(|problems| problems_text(&problems))?;
        opened.keep_in_memory();
        Ok(opened)
    }

    /// These settings in place of those of a run.
    pub fn options(&self, options: Options) -> Options {
        Options { range: self.range, now: self.now.into(), zone: self.zone, tables: self.tables.clone(), ..options }
    }
}
