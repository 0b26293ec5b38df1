//! Messages on a terminal: a line with time, source and level, the text below it, and the fields that stages made.

use super::message_text::{Laid, lay_out};
use super::styled_text::{Style, StyledText, paint};
use super::{Look, View, Wrap, cell};
use crate::plan::built_in_fields::SHOWN_METADATA;
use crate::program::matching::terms::Term;
use crate::program::plan::OutputColumn;
use crate::run::row_lines::{Line, Lines};
use crate::run::scan::log_level::level;
use bumpalo::Bump;
use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::Range;
use sumoql_data::value::Value;
use unicode_width::UnicodeWidthStr;

/// The most lines of a message that are shown.
const LINES: usize = 6;
/// The most lines of fields that are shown.
const FIELD_LINES: usize = 3;
/// What stands before each line below the first.
const INDENT: &str = "  ";
/// The same for a message that was found, where others stand around it.
const FOUND: &str = "> ";
/// So much of a text is its beginning.
const BEGINNING: usize = 60;
/// The widest that the source may be is this part of the width.
const SOURCE_SHARE: usize = 3;
/// The widest that a level may be, which a message may name as it likes.
const LEVEL_WIDTH: usize = 12;

/// Where the parts of messages are among the columns of a result.
#[derive(Clone, Debug)]
pub struct Messages {
    time: Option<usize>,
    raw: usize,
    source: Option<usize>,
    /// The fields that stages made: their columns, and their names.
    fields: Vec<(usize, String)>,
    /// The columns that are times.
    times: Vec<usize>,
    zone: chrono_tz::Tz,
    /// What was searched for.
    terms: Vec<Term>,
    /// The column that is 0 for messages that were found, where others stand around them.
    distance: Option<usize>,
}

/// What is known of a column of messages.
#[derive(Clone, Copy, Debug)]
pub struct MessageColumn<'c> {
    /// Its name.
    pub name: &'c str,
    /// Whether it is shown only where some row has a value.
    pub optional: bool,
    /// Whether its values are times.
    pub time: bool,
}

impl Messages {
    /// For rows with these columns; `None` where the text of the messages is not among them. Without `sources` the
    /// source is not shown.
    pub fn new<'c>(
        columns: impl Iterator<Item = MessageColumn<'c>>,
        terms: Vec<Term>,
        zone: chrono_tz::Tz,
        sources: bool,
    ) -> Option<Messages> {
        let (mut time, mut raw, mut source) = (None, None, None);
        let (mut fields, mut times) = (Vec::new(), Vec::new());
        for (at, column) in columns.enumerate() {
            match column.name.to_lowercase().as_str() {
                "_raw" => raw = Some(at),
                "_messagetime" => time = Some(at),
                "_sourcename" if column.optional => source = Some(at),
                name if column.optional && SHOWN_METADATA.iter().any(|known| name.eq_ignore_ascii_case(known)) => {}
                _ => {
                    let mut name = String::new();
                    cell::escape_for_terminal(column.name, &mut name);
                    fields.push((at, name));
                }
            }
            if column.time {
                times.push(at);
            }
        }
        let source = source.filter(|_| sources);
        Some(Messages { time, raw: raw?, source, fields, times, zone, terms, distance: None })
    }

    /// For a view; the source is shown where there are several.
    pub fn of_view(view: &View<'_>, terms: Vec<Term>) -> Option<Messages> {
        let columns = view.columns.iter();
        let columns = columns.map(|c| MessageColumn { name: c.name, optional: c.optional, time: c.time });
        let mut messages = Messages::new(columns, terms, view.zone, true)?;
        if let Some(at) = messages.source {
            let mut seen = HashSet::new();
            for row in view.rows() {
                let mut name = String::new();
                row.get(at).write(&mut name);
                seen.insert(name);
                if seen.len() > 1 {
                    break;
                }
            }
            messages.source = messages.source.filter(|_| seen.len() > 1);
        }
        Some(messages)
    }

    /// With messages around those that were found, which have 0 in the column of this name.
    pub fn around(mut self, view: &View<'_>, name: &str) -> Messages {
        self.distance = view.position(name);
        self.fields.retain(|(at, _)| Some(*at) != self.distance);
        self
    }

    /// Adds a message; `value` gives the value of the column at a place.
    pub fn message<'m>(&self, value: &dyn Fn(usize) -> Value<'m>, look: Look, out: &mut String) {
        let width = look.width.unwrap_or(usize::MAX);
        let mut raw = String::new();
        value(self.raw).write(&mut raw);
        let Laid { mut text, is_event } = lay_out(&raw);
        let found = self.distance.map(|at| value(at).integer() == Some(0));
        if found != Some(false) {
            text.highlight(&self.terms);
        }
        let indent = if found == Some(true) { FOUND } else { INDENT };
        let alone = look.wrap == Wrap::Off;
        let head = self.head(value, (&raw, is_event), (width, alone));
        let fields = self.made(value);
        if alone {
            return one_line([&head, &fields, &text], width, look.colour, out);
        }
        let inner = width.saturating_sub(INDENT.len()).max(1);
        if !head.is_empty() {
            lines(&head, &head.lines(width), "", look.colour, out);
        }
        let all = text.lines(inner);
        match look.wrap {
            Wrap::Whole => lines(&text, &all, indent, look.colour, out),
            _ => some_lines(&text, &all, (LINES, indent), look.colour, out),
        }
        let all = fields.lines(inner);
        match look.wrap {
            Wrap::Whole => lines(&fields, &all, indent, look.colour, out),
            _ => some_lines(&fields, &all, (FIELD_LINES, indent), look.colour, out),
        }
    }

    /// Time, source and level; with `short`, time and level only where the text does not begin with them.
    fn head<'m>(
        &self,
        value: &dyn Fn(usize) -> Value<'m>,
        (raw, is_event): (&str, bool),
        (width, short): (usize, bool),
    ) -> StyledText {
        let begins = |part: &str| {
            let end = raw.char_indices().nth(BEGINNING).map_or(raw.len(), |(at, _)| at);
            short && raw[..end].to_lowercase().contains(&part.to_lowercase())
        };
        let mut head = StyledText::default();
        let gap = |head: &mut StyledText| {
            if !head.is_empty() {
                head.push("  ", Style::Dim);
            }
        };
        if let Some(at) = self.time.filter(|at| !value(*at).is_null()) {
            let mut time = String::new();
            cell::plain(value(at), self.times.contains(&at), self.zone, &mut time);
            // The time of the day, which most formats write in the same way.
            if !time.get(11..19).is_some_and(begins) {
                head.push(&time, Style::Dim);
            }
        }
        if let Some(at) = self.source.filter(|at| !value(*at).is_null()) {
            let (mut written, mut source) = (String::new(), String::new());
            value(at).write(&mut written);
            cell::escape_for_terminal(&written, &mut source);
            gap(&mut head);
            head.push(&tail(&source, (width / SOURCE_SHARE).max(LEVEL_WIDTH)), Style::Dim);
        }
        // The words in an event say nothing about it.
        let arena = Bump::new();
        if let Value::Text(level) = if is_event { Value::Null } else { level(raw, &arena) }
            && !begins(level)
        {
            gap(&mut head);
            let style = match level {
                "ERROR" | "FATAL" | "CRITICAL" | "ALERT" | "EMERGENCY" => Style::Bad,
                "WARN" | "WARNING" => Style::Doubtful,
                _ => Style::Dim,
            };
            let mut shown = String::new();
            cell::escape_for_terminal(level, &mut shown);
            head.push(&shown.chars().take(LEVEL_WIDTH).collect::<String>(), style);
        }
        head
    }

    /// The fields that stages made, as far as they have values.
    fn made<'m>(&self, value: &dyn Fn(usize) -> Value<'m>) -> StyledText {
        let mut made = StyledText::default();
        for (at, name) in &self.fields {
            let value = value(*at);
            if value.is_null() {
                continue;
            }
            if !made.is_empty() {
                made.push("  ", Style::Plain);
                made.may_break();
            }
            made.push(name, Style::Key);
            made.push("=", Style::Key);
            let mut shown = String::new();
            match value {
                Value::Text(text) => cell::escape_for_terminal(text, &mut shown),
                value => cell::plain(value, self.times.contains(at), self.zone, &mut shown),
            }
            match shown.is_empty() || shown.contains([' ', '"']) {
                true => made.push(&format!("\"{}\"", shown.replace('"', "\\\"")), Style::Plain),
                false => made.push(&shown, Style::Plain),
            }
        }
        made
    }
}

/// Messages as they come.
pub struct Streamed {
    /// The columns that a plan names.
    pub output: Vec<OutputColumn>,
    /// What was searched for.
    pub terms: Vec<Term>,
    /// The zone in which times are shown.
    pub zone: chrono_tz::Tz,
    /// Whether the source of each is shown.
    pub sources: bool,
    /// How they look.
    pub look: Look,
}

impl Lines for Streamed {
    fn start(&self, columns: &[String]) -> Box<dyn Line> {
        let column = |name: &String| {
            let planned = self.output.iter().find(|column| column.name == *name);
            let (optional, time) = planned.map_or((false, false), |column| (column.optional, column.time));
            (name.clone(), optional, time)
        };
        let columns: Vec<(String, bool, bool)> = columns.iter().map(column).collect();
        let columns =
            columns.iter().map(|(name, optional, time)| MessageColumn { name, optional: *optional, time: *time });
        let messages = Messages::new(columns, self.terms.clone(), self.zone, self.sources);
        Box::new(StreamedLine { messages, look: self.look })
    }
}

/// Writes messages of the same columns.
struct StreamedLine {
    messages: Option<Messages>,
    look: Look,
}

impl Line for StreamedLine {
    fn write<'m>(&mut self, value: &dyn Fn(usize) -> Value<'m>, out: &mut Vec<u8>) {
        let mut text = String::new();
        if let Some(messages) = &self.messages {
            messages.message(value, self.look, &mut text);
        }
        out.extend_from_slice(text.as_bytes());
    }
}

/// Writes messages, and their number. A line stands before those at `gaps`.
pub fn write(view: &View<'_>, messages: &Messages, gaps: &[usize], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    let mut number = 0;
    view.each(|row| {
        text.clear();
        if gaps.binary_search(&number).is_ok() {
            paint("--", Style::Dim, look.colour, &mut text);
            text.push('\n');
        }
        number += 1;
        messages.message(&|at| row.get(at), look, &mut text);
        out.write_all(text.as_bytes())
    })?;
    text.clear();
    let noun = if view.len() == 1 { "message" } else { "messages" };
    paint(&format!("{} {noun}", view.len()), Style::Dim, look.colour, &mut text);
    writeln!(out, "{text}")
}

/// The end of a text that fits into a width.
fn tail(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_string();
    }
    let from = text.char_indices().map(|(at, _)| at).find(|at| text[*at..].width() < width);
    format!("…{}", &text[from.unwrap_or(text.len())..])
}

/// Writes lines of a text.
fn lines(text: &StyledText, lines: &[Range<usize>], indent: &str, colour: bool, out: &mut String) {
    for line in lines {
        out.push_str(indent);
        text.paint(line.clone(), colour, out);
        out.push('\n');
    }
}

/// Writes the first lines of a text, at most so many, and says how many more there are. Where what was searched for is in
/// none of them, the line with it is the last that is shown.
fn some_lines(text: &StyledText, all: &[Range<usize>], (most, indent): (usize, &str), colour: bool, out: &mut String) {
    // A line that says that there is one more has that one's place.
    if all.len() <= most + 1 {
        return lines(text, all, indent, colour, out);
    }
    let (first, rest) = all.split_at(most);
    let hit = match first.iter().any(|line| text.has_hit(line)) {
        true => None,
        false => rest.iter().position(|line| text.has_hit(line)),
    };
    let note = |note: &str, out: &mut String| {
        out.push_str(indent);
        paint(note, Style::Dim, colour, out);
        out.push('\n');
    };
    let after = match hit {
        None => {
            lines(text, first, indent, colour, out);
            rest
        }
        Some(hit) => {
            lines(text, &first[..most - 2], indent, colour, out);
            note("…", out);
            lines(text, &rest[hit..hit + 1], indent, colour, out);
            &rest[hit + 1..]
        }
    };
    match after.len() {
        0 => {}
        1 => lines(text, after, indent, colour, out),
        more => note(&format!("… {more} more lines"), out),
    }
}

/// Writes parts of a message as one line, as much of it as there is room for.
fn one_line(parts: [&StyledText; 3], width: usize, colour: bool, out: &mut String) {
    let mut line = StyledText::default();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push("  ", Style::Plain);
        }
        line.append(part);
    }
    line.flatten();
    let end = line.text().len();
    if line.text().width() <= width {
        line.paint(0..end, colour, out);
    } else {
        let stop = line.cut(width.saturating_sub(1));
        line.paint(0..stop, colour, out);
        out.push('…');
    }
    out.push('\n');
}
