//! The file of a case.
//!
//! ```text
//! # What the case shows.
//! inputs: events/*.xml 'a b.log'              files, folders or patterns, beside the case; may be given often
//! format: evtx                                how messages are cut, as for `run`; evtx-as, encoding, multiline too
//! set: _sourceCategory=windows/sysmon         metadata for every message; may be given often
//! from: 2024-05-01T00:00:00Z                  time range, as for `run`: from, to, timezone
//! param: user=ann                             value of {{user}}; may be given often
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

use super::super::{arguments, words};
use crate::input::{self, Encoding, EvtxAs, Format};

/// A case, read.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// Inputs beside the case.
    pub inputs: Vec<String>,
    /// Messages in the file itself.
    pub messages: Option<String>,
    /// Metadata for every message.
    pub set: Vec<(String, String)>,
    /// Values of parameters.
    pub params: Vec<(String, String)>,
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
    pub expect: Option<Rows>,
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
pub struct Rows {
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
        for (number, line) in text.lines().enumerate() {
            let wrong = |message: String| format!("line {}: {message}", number + 1);
            if let Some(name) = line.strip_prefix("--- ") {
                part = name.trim();
                match part {
                    "messages" => case.messages = Some(String::new()),
                    "expect" => case.expect = Some(Rows::default()),
                    _ => return Err(wrong(format!("no part is called `{part}`; there are `messages` and `expect`"))),
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
                "expect" => table.push(cells(line).ok_or_else(|| wrong("a row is written `| a | b |`".to_string()))?),
                _ => case.key(line).map_err(wrong)?,
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
        match (case.inputs.is_empty(), &case.messages) {
            (true, None) => Err("there is no `inputs:` line and no `--- messages` part".into()),
            (false, Some(_)) => Err("there are `inputs:` and a `--- messages` part: only one of them can be".into()),
            _ => Ok(case),
        }
    }

    fn key(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let Some((key, value)) = line.split_once(':') else {
            return Err("this must be `key: value`, a `#` comment, or a `---` part".into());
        };
        let (value, reason) = match value.split_once(" # ") {
            Some((value, reason)) => (value.trim(), reason.trim()),
            None => (value.trim(), ""),
        };
        let pair = || arguments::pair(value);
        match key.trim() {
            "inputs" | "input" => self.inputs.extend(words::split(value)?),
            "set" => self.set.push(pair()?),
            "param" => self.params.push(pair()?),
            "lookup" => self.lookup.push(arguments::table(value)?),
            "geoip" => self.geoip = Some(value.into()),
            "asn" => self.asn = Some(value.into()),
            "sources" => self.sources = Some(value.into()),
            "format" => self.format = value.parse()?,
            "evtx-as" => self.evtx_as = Some(value.parse()?),
            "encoding" => self.encoding = Some(input::encoding(value)?),
            "multiline" => self.multiline = Some(regex::Regex::new(value).map_err(|error| error.to_string())?),
            "from" => self.from = Some(value.into()),
            "to" => self.to = Some(value.into()),
            "now" => self.now = Some(value.into()),
            "timezone" => self.timezone = Some(value.into()),
            "order" if value == "any" => self.any_order = true,
            key @ ("matches" | "does not match") if !value.is_empty() => {
                let wanted = key == "matches";
                self.matches.push(Match { text: value.into(), wanted, reason: reason.into() });
            }
            key => {
                return Err(format!(
                    "`{key}: {value}` is not understood; keys are inputs, set, param, lookup, geoip, asn, sources, format, \
                     evtx-as, encoding, multiline, from, to, now, timezone, `order: any`, matches, does not match"
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

impl Rows {
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
    fn mistakes_are_named_with_their_line() {
        for (text, part) in [
            ("matches: x", "no `inputs:`"),
            ("inputs: a\nfoo: bar", "line 2: `foo: bar` is not understood"),
            ("inputs: 'a", "line 1: the quote ' is not closed"),
            ("inputs: a\nencoding: klingon", "line 2: "),
            ("inputs: a\n--- expct", "line 2: no part is called `expct`"),
            ("inputs: a\n--- expect\n| a |\n| x | y |", "has 2 cells, not 1"),
            ("inputs: a\n--- expect\nx", "line 3: a row is written"),
            ("inputs: a\n--- messages\nx", "only one of them"),
        ] {
            let error = Case::read(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
