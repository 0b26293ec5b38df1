//! Events of Windows: channel, number and computer on a line, and below it the data that are not empty.

use super::{Style, StyledText};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape::unescape};
use std::borrow::Cow;

/// The parts of an event that are shown.
#[derive(Default)]
struct Parts {
    provider: String,
    channel: String,
    id: String,
    computer: String,
    /// The data, with their names.
    data: Vec<(String, String)>,
}

/// Lays out an event as XML; `None` for anything else.
pub(super) fn lay_out(message: &str) -> Option<StyledText> {
    let parts = read(message)?;
    let mut text = StyledText::default();
    let channel = if parts.channel.is_empty() { &parts.provider } else { &parts.channel };
    text.push(channel, Style::Plain);
    text.push(if channel.is_empty() { "EventID " } else { "  EventID " }, Style::Key);
    text.push(&parts.id, Style::Plain);
    if !parts.computer.is_empty() {
        text.push("  ", Style::Plain);
        text.push(&parts.computer, Style::Plain);
    }
    text.new_line();
    for (number, (name, value)) in parts.data.iter().enumerate() {
        if number > 0 {
            text.push("  ", Style::Plain);
            text.may_break();
        }
        text.push(name, Style::Key);
        text.push(" = ", Style::Plain);
        text.push(&value.replace(['\r', '\n'], " "), Style::Plain);
    }
    Some(text)
}

/// Reads an event; `None` if the text is no event or is damaged.
fn read(message: &str) -> Option<Parts> {
    let text = message.trim();
    if !text.starts_with('<') || !text.ends_with("Event>") {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let mut parts = Parts::default();
    // The open elements: their names, where their content begins, and whether it has elements in it.
    let mut open: Vec<(String, usize, bool)> = Vec::new();
    loop {
        let start = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let end = usize::try_from(reader.buffer_position()).ok()?;
        match event {
            Event::Start(tag) => {
                if let Some((_, _, has_elements)) = open.last_mut() {
                    *has_elements = true;
                }
                let name = tag.local_name().as_ref().to_string();
                if open.is_empty() && name != "Event" {
                    return None;
                }
                let name = if name == "Data" { attribute(&tag, "Name").unwrap_or(name) } else { name };
                open.push((name, end, false));
            }
            Event::Empty(tag) if tag.local_name().as_ref() == "Provider" => {
                parts.provider = attribute(&tag, "Name").unwrap_or_default();
            }
            Event::End(_) => {
                let (name, from, has_elements) = open.pop()?;
                if !has_elements {
                    let section = open.get(1).map_or("", |(section, ..)| section.as_str());
                    parts.add(section, name, content(text.get(from..start)?));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (open.is_empty() && !parts.id.is_empty()).then_some(parts)
}

impl Parts {
    /// Adds an element without elements in it.
    fn add(&mut self, section: &str, name: String, value: Cow<'_, str>) {
        let value = value.trim();
        match (section, name.as_str()) {
            ("System", "EventID") => self.id = value.to_string(),
            ("System", "Channel") => self.channel = value.to_string(),
            ("System", "Computer") => self.computer = value.to_string(),
            // Windows writes `-` for what is empty.
            ("EventData" | "UserData" | "ProcessingErrorData", _) if !matches!(value, "" | "-") => {
                self.data.push((name, value.to_string()));
            }
            _ => {}
        }
    }
}

/// The text of markup without elements.
fn content(markup: &str) -> Cow<'_, str> {
    match markup.trim().strip_prefix("<![CDATA[").and_then(|inner| inner.strip_suffix("]]>")) {
        Some(inner) => Cow::Borrowed(inner),
        None => unescape(markup).unwrap_or(Cow::Borrowed(markup)),
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.0 == name)?;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::super::wrapped;

    #[test]
    fn the_data_that_are_not_empty_are_shown() {
        let event = "<Event xmlns='e'><System><Provider Name='Sysmon' Guid='g'/><EventID>1</EventID><Level>4</Level>\
                     <Channel>Sysmon/Operational</Channel><Computer>pc1</Computer></System><EventData>\
                     <Data Name='RuleName'></Data><Data Name='User'>-</Data><Data Name='Image'>C:\\a &amp; b.exe</Data>\
                     <Data>bare</Data><Data Name='Empty'/><Data Name='Args'>\n x\ny </Data></EventData></Event>";
        assert_eq!(
            wrapped(event, 80),
            ["Sysmon/Operational  EventID 1  pc1", "Image = C:\\a & b.exe  Data = bare  Args = x y"]
        );
        assert_eq!(wrapped(event, 25)[2..], ["Image = C:\\a & b.exe", "Data = bare  Args = x y"]);
    }

    #[test]
    fn user_data_are_data_too() {
        let event = "<Event><System><Provider Name='P'/><EventID Qualifiers='0'>1102</EventID></System><UserData>\
                     <LogFileCleared><SubjectUserName>ann</SubjectUserName></LogFileCleared></UserData></Event>";
        assert_eq!(wrapped(event, 80), ["P  EventID 1102", "SubjectUserName = ann"]);
    }

    #[test]
    fn other_xml_stays() {
        for text in ["<Event><System>", "<Events><EventID>1</EventID></Events>", "<a>Event></a>"] {
            assert_eq!(wrapped(text, 80), [text]);
        }
    }
}
