//! Arguments that several commands share: where the query comes from, inputs, times, and how their texts are read.

use super::query_text::Text;
use super::{Exit, Failure};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use sumoql::plan::parameters::Parameter;
use sumoql_data::ip_addresses::AddressField;
use sumoql_data::time::parse_moment::parse_moment;
use sumoql_input::tables::{Files, Saving};
use sumoql_input::{EvtxAs, Format};

/// Values for the parameters of a query.
#[derive(Args, Default)]
pub(super) struct QueryArgs {
    /// Set the search template parameter {{NAME}}; may be repeated. NAME:TYPE=VALUE sets its type: number, string, any or
    /// keyword. Without a type, a value is a string where one is allowed, unless it is a number or a field
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = Parameter::read)]
    pub params: Vec<Parameter>,
    /// Reject what Sumo Logic does not document
    #[arg(long)]
    pub strict: bool,
}

/// What is known of the inputs.
#[derive(Args, Default)]
pub(super) struct InputArgs {
    /// Format of the inputs: auto, text, json, csv, xml, evtx or messages
    #[arg(long, value_name = "FORMAT", default_value = "auto", help_heading = "Input")]
    pub format: Format,
    /// Form of the records of event logs (EVTX): xml, as Windows renders them, or json, as Sumo Logic's Windows source
    /// sends them [default: xml]
    #[arg(long, value_name = "FORM", help_heading = "Input")]
    pub evtx_as: Option<EvtxAs>,
    /// Character set of text that is not UTF-8, such as windows-1252, latin1 or utf-16le. A byte order mark takes
    /// precedence; UTF-16 is usually recognised without either
    #[arg(long, value_name = "NAME", value_parser = sumoql_input::encoding, help_heading = "Input")]
    pub encoding: Option<&'static sumoql_input::Encoding>,
    /// Regular expression for the start of a text message; '' makes each line a message [default: a timestamp, if the
    /// first lines have one]
    #[arg(long, value_name = "REGEX", help_heading = "Input")]
    pub multiline: Option<regex::Regex>,
    /// Set metadata of every message, such as _sourceCategory=prod/web; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, help_heading = "Input")]
    pub set: Vec<(String, String)>,
    /// Auto parse mode: make the fields of JSON messages available without a parse stage, also in the scope
    #[arg(long, help_heading = "Input")]
    pub auto_parse: bool,
    /// Use this sources.toml instead of the one beside the inputs
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub sources: Option<PathBuf>,
    /// Time zone of timestamps that have none, and of displayed times [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = zone, help_heading = "Input")]
    pub timezone: Option<chrono_tz::Tz>,
    /// Start of the time range: ISO 8601, milliseconds since 1970, -15m, now [default: the span of the data]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Input")]
    pub from: Option<String>,
    /// End of the time range, exclusive
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Input")]
    pub to: Option<String>,
    /// Number of bytes processed at a time
    #[arg(long, hide = true, default_value_t = 0)]
    pub chunk: usize,
}

/// The tables that a query may use.
#[derive(Args, Default)]
pub(super) struct TableArgs {
    /// Use this file for a lookup table; may be repeated [default: the file with the table's name beside the query]
    #[arg(long, value_name = "NAME=FILE", value_parser = table, help_heading = "Tables")]
    pub lookup: Vec<(String, String)>,
    /// Geolocation database, for geo://location and geoip
    #[arg(long, value_name = "FILE.mmdb", help_heading = "Tables")]
    pub geoip: Option<PathBuf>,
    /// ASN database, for asn://default
    #[arg(long, value_name = "FILE.mmdb", help_heading = "Tables")]
    pub asn: Option<PathBuf>,
}

/// What `save` may write.
#[derive(Args, Default)]
pub(super) struct SaveArgs {
    /// Let `save` overwrite tables that it did not write, or that were changed since
    #[arg(long, help_heading = "Tables")]
    save_over: bool,
    /// Reject queries that save rows: nothing is written
    #[arg(long, help_heading = "Tables", conflicts_with = "save_over")]
    no_save: bool,
}

impl SaveArgs {
    /// What is allowed.
    pub fn saving(&self) -> Saving {
        match (self.no_save, self.save_over) {
            (true, _) => Saving::Off,
            (false, true) => Saving::AllTables,
            (false, false) => Saving::OwnTables,
        }
    }
}

impl TableArgs {
    /// Whether one of them is given.
    pub fn any(&self) -> bool {
        !self.lookup.is_empty() || self.geoip.is_some() || self.asn.is_some()
    }

    /// The tables for a query in a file, or on the command line. Nothing is saved to them.
    pub fn tables(&self, query: Option<&str>) -> Result<Arc<Files>, Failure> {
        self.saved_tables(query, Saving::Off)
    }

    /// The same for a command that saves rows.
    pub fn saved_tables(&self, query: Option<&str>, saving: Saving) -> Result<Arc<Files>, Failure> {
        let folder = query.filter(|file| *file != "-").and_then(|file| Path::new(file).parent());
        let mut files = Files::new(folder.unwrap_or(Path::new(".")), &self.lookup).with_saving(saving);
        for (kind, file) in [(AddressField::Location, &self.geoip), (AddressField::Network, &self.asn)] {
            if let Some(file) = file {
                files = files.with_addresses(kind, file).map_err(|error| Failure::Say(Exit::Input, error))?;
            }
        }
        Ok(Arc::new(files))
    }
}

impl InputArgs {
    /// Whether one of them is given.
    pub fn any(&self) -> bool {
        let texts = [&self.from, &self.to].iter().any(|text| text.is_some());
        let reading = self.format != Format::default() || self.evtx_as.is_some() || self.encoding.is_some();
        let source = self.multiline.is_some() || !self.set.is_empty() || self.auto_parse || self.sources.is_some();
        texts || reading || source || self.timezone.is_some()
    }

    /// The zone of the query.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.timezone.unwrap_or(chrono_tz::UTC)
    }

    /// What to open.
    pub fn request(&self, paths: Vec<String>, now: i64) -> sumoql_input::InputRequest {
        sumoql_input::InputRequest {
            paths,
            format: self.format,
            encoding: self.encoding,
            message_start: self.multiline.clone(),
            evtx_as: self.evtx_as,
            set: self.set.clone(),
            auto_parse: self.auto_parse,
            sources: self.sources.clone(),
            zone: self.zone(),
            now,
            stop: None,
            growing: false,
            chunk: self.chunk,
            compile: std::sync::Arc::new(sumoql::extraction),
        }
    }

    /// The time range: `None` when neither end is given. An end that is not given is open.
    pub fn range(&self, now: i64) -> Result<Option<(i64, i64)>, Failure> {
        let read = |option: &str, text: &Option<String>| match text {
            Some(text) => parse_moment(text, now, self.zone())
                .map(Some)
                .map_err(|message| Failure::wrong(format!("{option}: {message}"))),
            None => Ok(None),
        };
        let (from, to) = (read("--from", &self.from)?, read("--to", &self.to)?);
        match (from, to) {
            (None, None) => Ok(None),
            (Some(from), Some(to)) if from >= to => {
                Err(Failure::wrong("the time range is empty: --from must be earlier than --to"))
            }
            (from, to) => Ok(Some((from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX)))),
        }
    }
}

/// The query and the paths among the words of the command line: with a file every word is a path, without one the
/// first is the query.
pub(super) fn query_and_paths(
    file: Option<&str>,
    mut words: Vec<String>,
    params: &[Parameter],
) -> Result<(Text, Vec<String>), Failure> {
    if let Some(file) = file {
        if file == "-" && (words.is_empty() || words.iter().any(|word| word == "-")) {
            return Err(Failure::wrong("standard input can't be both the query and the messages"));
        }
        return Ok((Text::of_file(file, params)?, words));
    }
    if words.is_empty() {
        return Err(Failure::wrong("no query: write it as the first argument, or name a file with -f"));
    }
    let query = words.remove(0);
    if query.ends_with(".sumo") && std::path::Path::new(&query).is_file() {
        return Err(Failure::wrong(format!(
            "`{query}` is a file, not a query: to run the query in it, write -f {query}"
        )));
    }
    // A word can be a query and the name of a file, but one with such characters hardly is meant as a query.
    if query.contains(['.', '/', std::path::MAIN_SEPARATOR]) && std::path::Path::new(&query).exists() {
        let message = format!(
            "`{query}` is an input, and the query is missing: write the query first, such as '*' for all messages"
        );
        return Err(Failure::wrong(message));
    }
    Ok((Text::new("query", query, params), words))
}

/// The present, in milliseconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_string(), value.to_string())),
        _ => Err("expected NAME=VALUE".to_string()),
    }
}

/// `NAME=FILE`; the name may be an address with a `=` of its own.
pub(super) fn table(text: &str) -> Result<(String, String), String> {
    let split = if text.contains('?') { text.rsplit_once('=') } else { text.split_once('=') };
    match split {
        Some((name, file)) if !name.trim().is_empty() && !file.is_empty() => {
            Ok((name.trim().to_string(), file.to_string()))
        }
        _ => Err("expected NAME=FILE".to_string()),
    }
}

/// A time zone by its name, letter case aside.
pub(super) fn zone(text: &str) -> Result<chrono_tz::Tz, String> {
    let known = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(text));
    known.copied().ok_or_else(|| {
        let near = sumoql::diagnostics::nearest(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        format!("unknown time zone{near}; expected a name such as Europe/Berlin or UTC")
    })
}
