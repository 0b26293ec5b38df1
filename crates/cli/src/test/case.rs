//! The file of a case.
//!
//! ```text
//! # What the case shows.
//! inputs: events/*.xml 'a b.log'              files, folders or patterns, beside the case; may be given often
//! format: evtx                                how messages are cut, as for `run`; evtx-as, encoding, multiline too
//! set: _sourceCategory=windows/sysmon         metadata for every message; may be given often
//! auto-parse: yes                             fields of JSON without a stage, as with `run --auto-parse`
//! from: 2024-05-01T00:00:00Z                  time range, as for `run`: from, to, timezone
//! param: user=ann                             value of {{user}}; `user:string=ann` says what it is; may be given often
//! values: user=ann, bob, "a, b"               the values that it can have: without a `param`, the case holds for each
//! default: user=*                             its value where nothing else says one
//! lookup: shared/users=users.csv              the file of a lookup table; may be given often
//! geoip: places.mmdb                          the database of places; asn: that of networks
//! matches: cmd.exe /c whoami   # why          the messages that contain this text give a row
//! does not match: msiexec.exe  # why          they give none
//! order: any                                  the order of rows does not matter
//! --- messages
//! messages instead of inputs, one a line, or whole XML events
//! --- expect
//! | user | _count |
//! |------|--------|
//! | ann  | 2      |
//! ```
//!
//! Only the columns named in the table are compared. An empty cell stands for null and for the empty text.

use super::super::arguments;
use crate::shell_words;
use sumoql::plan::parameters::Parameter;
use sumoql_evtx::UnknownRendering;
use sumoql_input::{Encoding, EvtxAs, Format};

/// A case, read.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// Inputs beside the case.
    pub inputs: Vec<String>,
    /// Messages in the file itself.
    pub messages: Option<String>,
    /// Metadata for every message.
    pub set: Vec<(String, String)>,
    /// Auto parse mode.
    pub auto_parse: bool,
    /// Values of parameters.
    pub params: Vec<Parameter>,
    /// Parameters of which several values are to be tried, the first of which is among `params`.
    tried: Vec<Vec<Parameter>>,
    /// The `sources.toml` to use.
    pub sources: Option<String>,
    /// Files of lookup tables, by the tables' names.
    pub lookup: Vec<(String, String)>,
    /// The database of places.
    pub geoip: Option<String>,
    /// The database of networks.
    pub asn: Option<String>,
    /// How messages are cut.
    pub format: Format,
    /// What becomes of the records of event logs.
    pub evtx_as: Option<EvtxAs>,
    /// The character set of text that is not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What the first line of a message begins with.
    pub multiline: Option<regex::Regex>,
    /// Start of the time range.
    pub from: Option<String>,
    /// End of the time range.
    pub to: Option<String>,
    /// The present.
    pub now: Option<String>,
    /// The zone.
    pub timezone: Option<String>,
    /// Whether rows may come in any order.
    pub any_order: bool,
    /// What must and must not match.
    pub matches: Vec<Match>,
    /// The rows that must come out.
    pub expect: Option<ExpectedRows>,
}

/// How many combinations of values are tried.
const MAX_TRIED: usize = 1_000;

/// What lines say of parameters beside their values.
#[derive(Default)]
struct Lists {
    values: Vec<Vec<Parameter>>,
    defaults: Vec<Parameter>,
}

/// `NAME=VALUE, VALUE`; quotes around a value keep a comma in it.
fn listed(text: &str) -> Result<Vec<Parameter>, String> {
    let (name, values) = text.split_once('=').ok_or("expected NAME=VALUE, VALUE or NAME:TYPE=VALUE, VALUE")?;
    let mut quoted = false;
    let value = |value: &str| {
        let value = value.trim();
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        Parameter::read(&format!("{name}={}", inner.unwrap_or(value)))
    };
    let comma = |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    };
    values.split(comma).map(value).collect()
}

/// An expectation of some messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The messages that contain this text.
    pub text: String,
    /// Must give a row, or must not.
    pub wanted: bool,
    /// Why.
    pub reason: String,
}

/// Rows as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectedRows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The cells of each row.
    pub rows: Vec<Vec<String>>,
}

impl Case {
    /// Reads a case. The error names the line.
    pub fn read(text: &str) -> Result<Case, String> {
        let mut case = Case::default();
        let mut part = "";
        let mut table = Vec::new();
        let mut lists = Lists::default();
        for (number, line) in text.lines().enumerate() {
            let wrong = |message: String| format!("line {}: {message}", number + 1);
            if let Some(name) = line.strip_prefix("--- ") {
                part = name.trim();
                match part {
                    "messages" => case.messages = Some(String::new()),
                    "expect" => case.expect = Some(ExpectedRows::default()),
                    _ => return Err(wrong(format!("unknown part `{part}`; expected `messages` or `expect`"))),
                }
                continue;
            }
            match part {
                "messages" => {
                    let messages = case.messages.get_or_insert_default();
                    messages.push_str(line);
                    messages.push('\n');
                }
                "expect" if line.trim().is_empty() => {}
                "expect" => {
                    table.push(cells(line).ok_or_else(|| wrong("expected a row such as `| a | b |`".to_string()))?)
                }
                _ => case.key(line, &mut lists).map_err(wrong)?,
            }
        }
        if let (Some(expect), [header, rows @ ..]) = (&mut case.expect, table.as_slice()) {
            expect.columns = header.clone();
            let rule =
                |row: &&Vec<String>| !row.iter().all(|cell| cell.len() > 1 && cell.chars().all(|c| "-:".contains(c)));
            expect.rows = rows.iter().filter(rule).cloned().collect();
            if let Some(row) = expect.rows.iter().find(|row| row.len() != header.len()) {
                return Err(format!("the row `{}` has {} cells, not {}", row.join(" | "), row.len(), header.len()));
            }
        }
        case.settle(lists)?;
        match (case.inputs.is_empty(), &case.messages) {
            (true, None) => Err("the case has no messages: add an `inputs:` line or a `--- messages` part".into()),
            (false, Some(_)) => Err("the case has both `inputs:` and a `--- messages` part: remove one of them".into()),
            _ => Ok(case),
        }
    }

    /// What its lines say of a parameter beside its value.
    fn settle(&mut self, lists: Lists) -> Result<(), String> {
        let named = |list: &[Parameter], name: &str| list.iter().rev().find(|known| known.name == name).cloned();
        for values in lists.values {
            let Some(first) = values.first() else { continue };
            let given = named(&self.params, &first.name);
            let default = named(&lists.defaults, &first.name);
            for chosen in [&given, &default].into_iter().flatten() {
                if values.iter().all(|known| known.value != chosen.value) {
                    return Err(format!("`{}` is not one of the values of `{}`", chosen.value, chosen.name));
                }
            }
            if given.is_none() {
                self.params.push(default.unwrap_or_else(|| first.clone()));
                self.tried.push(values);
            }
        }
        for default in lists.defaults {
            if named(&self.params, &default.name).is_none() {
                self.params.push(default);
            }
        }
        match self.tried.iter().map(Vec::len).product::<usize>() {
            0..=MAX_TRIED => Ok(()),
            many => Err(format!("the values have {many} combinations, more than {MAX_TRIED}")),
        }
    }

    /// The case with each combination of values that are to be tried, and how these are called.
    pub fn variants(&self) -> Vec<(String, Case)> {
        let mut variants = vec![Vec::new()];
        for values in &self.tried {
            let with = |chosen: &Vec<Parameter>, value: &Parameter| [chosen.clone(), vec![value.clone()]].concat();
            variants = variants.iter().flat_map(|chosen| values.iter().map(move |value| with(chosen, value))).collect();
        }
        let case = |chosen: Vec<Parameter>| {
            let name = chosen.iter().map(Parameter::to_string).collect::<Vec<_>>().join(", ");
            let params = [self.params.clone(), chosen].concat();
            (name, Case { params, tried: Vec::new(), ..self.clone() })
        };
        variants.into_iter().map(case).collect()
    }

    fn key(&mut self, line: &str, lists: &mut Lists) -> Result<(), String> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let Some((key, value)) = line.split_once(':') else {
            return Err("expected `key: value`, a `#` comment, or a `---` part".into());
        };
        let (value, reason) = match value.split_once(" # ") {
            Some((value, reason)) => (value.trim(), reason.trim()),
            None => (value.trim(), ""),
        };
        let pair = || arguments::pair(value);
        match key.trim() {
            "inputs" | "input" => self.inputs.extend(shell_words::split(value)?),
            "set" => self.set.push(pair()?),
            "param" => self.params.push(Parameter::read(value)?),
            "values" => lists.values.push(listed(value)?),
            "default" => lists.defaults.push(Parameter::read(value)?),
            "lookup" => self.lookup.push(arguments::table(value)?),
            "geoip" => self.geoip = Some(value.into()),
            "asn" => self.asn = Some(value.into()),
            "sources" => self.sources = Some(value.into()),
            "format" => self.format = value.parse()?,
            "evtx-as" => self.evtx_as = Some(value.parse().map_err(|error: UnknownRendering| error.to_string())?),
            "encoding" => self.encoding = Some(sumoql_input::encoding(value)?),
            "multiline" => self.multiline = Some(regex::Regex::new(value).map_err(|error| error.to_string())?),
            "from" => self.from = Some(value.into()),
            "to" => self.to = Some(value.into()),
            "now" => self.now = Some(value.into()),
            "timezone" => self.timezone = Some(value.into()),
            "order" if value == "any" => self.any_order = true,
            "auto-parse" if matches!(value, "yes" | "no") => self.auto_parse = value == "yes",
            key @ ("matches" | "does not match") if !value.is_empty() => {
                let wanted = key == "matches";
                self.matches.push(Match { text: value.into(), wanted, reason: reason.into() });
            }
            key => {
                return Err(format!(
                    "unknown key or value in `{key}: {value}`; the keys are inputs, set, param, values, default, \
                     lookup, geoip, asn, sources, format, evtx-as, encoding, multiline, from, to, now, timezone, \
                     `auto-parse: yes`, `order: any`, matches, does not match"
                ));
            }
        }
        Ok(())
    }
}

/// The cells of `| a | b |`; `\|` is a bar inside a cell and stays written so.
pub fn cells(line: &str) -> Option<Vec<String>> {
    let body = line.trim().strip_prefix('|')?;
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in body.chars() {
        match c {
            '|' if !escaped => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
        escaped = c == '\\';
    }
    let last = cells.pop()?;
    (last.trim().is_empty() && !cells.is_empty()).then(|| cells.iter().map(|cell| cell.trim().to_string()).collect())
}

impl ExpectedRows {
    /// The table as it stands in a case, columns aligned.
    pub fn written(&self) -> String {
        let lines = || std::iter::once(&self.columns).chain(&self.rows);
        let width = |at: usize| lines().filter_map(|l| l.get(at)).map(|c| c.chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut out = String::new();
        for (number, line) in lines().enumerate() {
            let padded = line.iter().zip(&widths).map(|(cell, width)| format!("| {cell:width$} "));
            out.push_str(&padded.collect::<String>());
            out.push_str("|\n");
            if number == 0 {
                out.push_str(&widths.iter().map(|width| format!("|{}", "-".repeat(width + 2))).collect::<String>());
                out.push_str("|\n");
            }
        }
        out
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_case_reads_as_written() {
        let case = Case::read(
            "# Shows this\ninputs: a/*.xml 'b c.log'\nencoding: latin1\nmultiline: ^\\d\nevtx-as: json\nset: _sourceCategory=x=y\norder: any\nmatches: a b # why\n\
             does not match: c:\\d\n--- expect\n| a | b |\n|---|---|\n| x\\|y |  |\n",
        )
        .unwrap();
        assert_eq!(case.inputs, ["a/*.xml", "b c.log"]);
        assert_eq!(case.encoding.map(Encoding::name), Some("windows-1252"));
        assert_eq!(case.multiline.map(|regex| regex.to_string()).as_deref(), Some("^\\d"));
        assert_eq!(case.evtx_as, Some(EvtxAs::Json));
        assert_eq!(case.set, [("_sourceCategory".to_string(), "x=y".to_string())]);
        assert!(case.any_order);
        assert_eq!(case.matches[0], Match { text: "a b".into(), wanted: true, reason: "why".into() });
        assert_eq!(case.matches[1].text, "c:\\d");
        let rows = case.expect.unwrap();
        assert_eq!(rows.rows, [["x\\|y", ""]]);
        assert_eq!(rows.written(), "| a    | b |\n|------|---|\n| x\\|y |   |\n");
    }

    #[test]
    fn values_of_parameters() {
        let text = "inputs: a\nparam: n:number=5\nvalues: user:string=*, ann,\"a, b\"\nvalues: n=5, 6\ndefault: x=1\ndefault: n=6";
        let case = Case::read(text).unwrap();
        let names = |case: &Case| case.params.iter().map(Parameter::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(names(&case), "n:number=5 user:string=* x=1");
        let variants = case.variants();
        let called: Vec<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(called, ["user:string=*", "user:string=ann", "user:string=a, b"]);
        assert_eq!(names(&variants[1].1), "n:number=5 user:string=* x=1 user:string=ann");
        let both = Case::read("inputs: a\nvalues: a=1, 2\nvalues: b=3, 4\ndefault: b=4").unwrap();
        assert_eq!((both.variants().len(), names(&both)), (4, "a=1 b=4".to_string()));
        assert_eq!(Case::read("inputs: a").unwrap().variants()[0].0, "");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, part) in [
            ("matches: x", "add an `inputs:` line"),
            ("inputs: a\nfoo: bar", "line 2: unknown key or value in `foo: bar`"),
            ("inputs: 'a", "line 1: unclosed quote '"),
            ("inputs: a\nencoding: klingon", "line 2: "),
            ("inputs: a\nparam: n:number=x", "line 2: the value `x` of the parameter `n` is not a number"),
            ("inputs: a\nvalues: n:number=1, x", "line 2: the value `x`"),
            ("inputs: a\nparam: n:text=x", "line 2: unknown parameter type `text`"),
            ("inputs: a\nparam: n=x\nvalues: n=y, z", "`x` is not one of the values of `n`"),
            ("inputs: a\nauto-parse: maybe", "line 2: unknown key or value in `auto-parse: maybe`"),
            ("inputs: a\n--- expct", "line 2: unknown part `expct`"),
            ("inputs: a\n--- expect\n| a |\n| x | y |", "has 2 cells, not 1"),
            ("inputs: a\n--- expect\nx", "line 3: expected a row"),
            ("inputs: a\n--- messages\nx", "remove one of them"),
        ] {
            let error = Case::read(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
