//! A record as Sumo Logic's Windows event sources send it when they collect JSON.
//!
//! The model is the sample message of the manual's page on the Windows JSON app (integrations/microsoft-azure/windows-json).
//! The text of the message (`Message`) is a part of Windows and its programs, not of the log: only forwarded events bring
//! it along.

use crate::json_string::{PLACEHOLDER, PLACEHOLDER_LENGTH, UNSUPPORTED, number, string};
use crate::xml_elements::{Element, Elements};
use std::borrow::Cow;

/// Appends the event of this XML, which is as Windows renders it, as one line of JSON. False if it is none; what
/// was appended then is of no use.
pub fn write(xml: &str, out: &mut Vec<u8>) -> bool {
    let Some(elements) = Elements::read(xml) else { return false };
    Message { elements: &elements }.write(out);
    true
}

/// What becomes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text = b't' as isize,
    /// A number, where it is one.
    Number = b'n' as isize,
    /// The name of a level.
    Level = b'l' as isize,
    /// The name of an opcode.
    Opcode = b'o' as isize,
    /// The names of keywords.
    Keywords = b'k' as isize,
}

impl Form {
    /// The one with this letter.
    pub fn of(letter: u8) -> Option<Form> {
        let all = [Form::Text, Form::Number, Form::Level, Form::Opcode, Form::Keywords];
        all.into_iter().find(|form| *form as u8 == letter)
    }

    /// Appends a text, which is as the XML has it, in this form. That of a placeholder stands beside it.
    pub fn write(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Form::Text => string(text, out),
            _ if text.contains(PLACEHOLDER) => match text.len() {
                PLACEHOLDER_LENGTH => {
                    out.extend_from_slice(&[PLACEHOLDER as u8, self as u8]);
                    out.extend_from_slice(&text.as_bytes()[1..]);
                }
                _ => out.extend_from_slice(UNSUPPORTED),
            },
            Form::Number => number(text, out),
            Form::Level => string(level(text), out),
            Form::Opcode => string(opcode(text), out),
            Form::Keywords => string(&keywords(text), out),
        }
    }
}

struct Message<'x> {
    elements: &'x Elements<'x>,
}

/// A member of an object: its name as the XML has it, and what it holds.
type Member<'x> = (&'x str, Holds<'x>);

/// What a member holds.
#[derive(Clone, Copy)]
enum Holds<'x> {
    /// A text, as the XML has it.
    Text(&'x str),
    /// An element.
    Element(&'x Element<'x>),
    /// An element whose name is that in its attribute `Name`.
    Named(&'x Element<'x>),
}

impl<'x> Message<'x> {
    /// The members in the order of the manual's sample.
    fn write(&self, out: &mut Vec<u8>) {
        let event = self.elements.top();
        let (system, rendered) = (self.child(event, "System"), self.child(event, "RenderingInfo"));
        let part = |name: &str| system.and_then(|system| self.child(system, name));
        let text = |name: &str| part(name).map_or("", |part| &*part.text);
        let named = |name: &str, form: Form, out: &mut Vec<u8>| {
            match rendered.and_then(|rendered| self.child(rendered, name)).map_or("", |child| &*child.text) {
                "" => form.write(text(name), out),
                // Whether there is a text depends on the value.
                rendered if rendered.contains(PLACEHOLDER) => out.extend_from_slice(UNSUPPORTED),
                rendered => string(rendered, out),
            }
        };
        let time = part("TimeCreated").and_then(|time| self.attribute(time, "SystemTime"));
        let key = |name: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(if name == "TimeCreated" { b"{\"" } else { b",\"" });
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":");
        };
        key("TimeCreated", out);
        string(time.unwrap_or(""), out);
        key("EventID", out);
        string(text("EventID"), out);
        key("Task", out);
        Form::Number.write(text("Task"), out);
        key("Correlation", out);
        self.attributes(part("Correlation"), &[], Form::Text, out);
        key("Keywords", out);
        match rendered.and_then(|rendered| self.child(rendered, "Keywords")) {
            Some(listed) => {
                string(&self.children(listed).map(|child| &*child.text).collect::<Vec<_>>().join(", "), out)
            }
            None => Form::Keywords.write(text("Keywords"), out),
        }
        key("Channel", out);
        string(text("Channel"), out);
        key("Opcode", out);
        named("Opcode", Form::Opcode, out);
        key("Security", out);
        self.attributes(part("Security"), &[], Form::Text, out);
        key("Provider", out);
        self.attributes(part("Provider"), &["Guid", "Name"], Form::Text, out);
        key("EventRecordID", out);
        Form::Number.write(text("EventRecordID"), out);
        key("Execution", out);
        self.attributes(part("Execution"), &["ThreadID", "ProcessID"], Form::Number, out);
        key("Version", out);
        Form::Number.write(text("Version"), out);
        key("Computer", out);
        string(text("Computer"), out);
        key("Level", out);
        named("Level", Form::Level, out);
        key("EventData", out);
        let data = self.child(event, "EventData").map_or_else(Vec::new, |data| self.data(data));
        out.push(b'{');
        self.members(&data, out);
        out.push(b'}');
        let known = ["System", "RenderingInfo", "EventData"];
        let others = self.children(event).filter(|child| !known.contains(&child.name));
        let others: Vec<Member<'_>> = others.map(|child| (child.name, Holds::Element(child))).collect();
        if !others.is_empty() {
            out.push(b',');
            self.members(&others, out);
        }
        if let Some(message) = rendered.and_then(|rendered| self.child(rendered, "Message")) {
            key("Message", out);
            string(&message.text, out);
        }
        out.push(b'}');
    }

    fn children(&self, element: &Element<'x>) -> impl Iterator<Item = &'x Element<'x>> {
        self.elements.children(element)
    }

    fn child(&self, element: &Element<'x>, name: &str) -> Option<&'x Element<'x>> {
        self.children(element).find(|child| child.name == name)
    }

    fn attribute(&self, element: &Element<'x>, name: &str) -> Option<&'x str> {
        self.elements.attributes(element).iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// The attributes of an element, those named first before the others. Without any: an empty text.
    fn attributes(&self, element: Option<&Element<'x>>, first: &[&str], form: Form, out: &mut Vec<u8>) {
        let all = element.map_or(&[][..], |element| self.elements.attributes(element));
        if all.is_empty() {
            return string("", out);
        }
        let ahead = first.iter().filter_map(|name| all.iter().find(|(key, _)| key == name));
        let others = all.iter().filter(|(key, _)| !first.contains(key));
        let mut separator = b'{';
        for (name, text) in ahead.chain(others) {
            out.push(separator);
            separator = b',';
            string(name, out);
            out.push(b':');
            form.write(text, out);
        }
        out.push(b'}');
    }

    /// The values of `EventData` by their names. Those of old providers have none: they are called `Data`.
    fn data(&self, element: &Element<'x>) -> Vec<Member<'x>> {
        let member = |child: &'x Element<'x>| match self.attribute(child, "Name") {
            Some(name) if child.name == "Data" => (name, Holds::Named(child)),
            _ => (child.name, Holds::Element(child)),
        };
        let mut data = Vec::with_capacity(32);
        data.extend(self.children(element).map(member));
        data
    }

    /// Members of an object; those of one name become a list.
    fn members(&self, members: &[Member<'x>], out: &mut Vec<u8>) {
        if names_differ(members) {
            for (n, (name, holds)) in members.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                member(name, out);
                self.holds(*holds, out);
            }
            return;
        }
        let mut separated = true;
        for (n, (name, holds)) in members.iter().enumerate() {
            if members[..n].iter().any(|(before, _)| before == name) {
                continue;
            }
            if !separated {
                out.push(b',');
            }
            separated = false;
            member(name, out);
            let mut more = members[n + 1..].iter().filter(|(other, _)| other == name).peekable();
            let list = more.peek().is_some();
            if list {
                out.push(b'[');
            }
            self.holds(*holds, out);
            for (_, holds) in more {
                out.push(b',');
                self.holds(*holds, out);
            }
            if list {
                out.push(b']');
            }
        }
    }

    /// A text, or an object if there is more to an element.
    fn holds(&self, holds: Holds<'x>, out: &mut Vec<u8>) {
        let (element, named) = match holds {
            Holds::Text(text) => return string(text, out),
            Holds::Element(element) => (element, false),
            Holds::Named(element) => (element, true),
        };
        let attributes = self.elements.attributes(element);
        let plain = self.children(element).next().is_none() && attributes.len() == usize::from(named);
        if plain {
            return string(&element.text, out);
        }
        let attributes = attributes.iter().filter(|(name, _)| !(named && *name == "Name"));
        let mut members: Vec<Member<'x>> = attributes.map(|(name, value)| (*name, Holds::Text(value))).collect();
        members.extend(self.children(element).map(|child| (child.name, Holds::Element(child))));
        if !element.text.trim().is_empty() {
            // Whether there is a text depends on the value.
            if element.text.contains(PLACEHOLDER) {
                out.extend_from_slice(UNSUPPORTED);
            }
            members.push(("#text", Holds::Text(&element.text)));
        }
        out.push(b'{');
        self.members(&members, out);
        out.push(b'}');
    }
}

/// Appends the name of a member.
fn member(name: &str, out: &mut Vec<u8>) {
    // Whether members have one name depends on the value.
    if name.contains(PLACEHOLDER) {
        out.extend_from_slice(UNSUPPORTED);
    }
    string(name, out);
    out.push(b':');
}

/// Whether no two members have one name. Names are compared only where their lengths and some of their bytes give the same
/// bit.
fn names_differ(members: &[Member<'_>]) -> bool {
    let mut seen = [0_u64; 8];
    members.iter().enumerate().all(|(n, (name, _))| {
        let bytes = name.as_bytes();
        let byte = |at: usize| bytes.get(at).map_or(0, |byte| usize::from(*byte));
        let last = bytes.len().saturating_sub(1);
        let hash =
            bytes.len() * 5 + byte(0) * 7 + byte(last / 2) * 11 + byte(last) * 31 + byte(last.saturating_sub(3)) * 3;
        let (word, bit) = (hash / 64 % seen.len(), 1 << (hash % 64));
        let new = seen[word] & bit == 0;
        seen[word] |= bit;
        new || members[..n].iter().all(|(before, _)| before != name)
    })
}

/// The name of a level that every provider shares.
fn level(text: &str) -> &str {
    match text {
        "0" | "4" => "Information",
        "1" => "Critical",
        "2" => "Error",
        "3" => "Warning",
        "5" => "Verbose",
        other => other,
    }
}

/// The name of an opcode that every provider shares.
fn opcode(text: &str) -> &str {
    match text {
        "0" => "Info",
        "1" => "Start",
        "2" => "Stop",
        "3" => "DCStart",
        "4" => "DCStop",
        "5" => "Extension",
        "6" => "Reply",
        "7" => "Resume",
        "8" => "Suspend",
        "9" => "Send",
        other => other,
    }
}

/// The names of the keywords that every provider shares; the number if there are none among them.
fn keywords(text: &str) -> Cow<'_, str> {
    const NAMES: [(u32, &str); 8] = [
        (48, "Response Time"),
        (49, "WDI Context"),
        (50, "WDI Diag"),
        (51, "SQM"),
        (52, "Audit Failure"),
        (53, "Audit Success"),
        (54, "Correlation Hint"),
        (55, "Classic"),
    ];
    let bits = text.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0);
    let mut names = NAMES.iter().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, name)| *name);
    let Some(first) = names.next() else { return text.into() };
    names.fold(first.into(), |all, name| all + ", " + name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written(xml: &str) -> String {
        let mut out = Vec::new();
        assert!(write(xml, &mut out), "{xml}");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn as_in_the_manual() {
        let xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
                   <Provider Name='Microsoft-Windows-Eventlog' Guid='{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}'/>\
                   <EventID>1102</EventID><Version>0</Version><Level>4</Level><Task>104</Task><Opcode>0</Opcode>\
                   <Keywords>0x4020000000000000</Keywords><TimeCreated SystemTime='2020-10-12T07:31:14.000039800Z'/>\
                   <EventRecordID>101802</EventRecordID><Correlation/><Execution ProcessID='908' ThreadID='2896'/>\
                   <Channel>Security</Channel><Computer>WIN</Computer><Security/></System><UserData>\
                   <LogFileCleared xmlns='http://x'><SubjectUserName>A &amp; &quot;b&quot; \"c\"\n&#233;</SubjectUserName>\
                   <SubjectLogonId>0x1971888</SubjectLogonId></LogFileCleared></UserData></Event>";
        let json = "{\"TimeCreated\":\"2020-10-12T07:31:14.000039800Z\",\"EventID\":\"1102\",\"Task\":104,\
                    \"Correlation\":\"\",\"Keywords\":\"Audit Success\",\"Channel\":\"Security\",\"Opcode\":\"Info\",\
                    \"Security\":\"\",\"Provider\":{\"Guid\":\"{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}\",\
                    \"Name\":\"Microsoft-Windows-Eventlog\"},\"EventRecordID\":101802,\
                    \"Execution\":{\"ThreadID\":2896,\"ProcessID\":908},\"Version\":0,\"Computer\":\"WIN\",\
                    \"Level\":\"Information\",\"EventData\":{},\"UserData\":{\"LogFileCleared\":{\"xmlns\":\"http://x\",\
                    \"SubjectUserName\":\"A & \\\"b\\\" \\\"c\\\"\\né\",\"SubjectLogonId\":\"0x1971888\"}}}";
        assert_eq!(written(xml), json);
    }

    #[test]
    fn data_with_names_and_without() {
        let event = |inner: &str| {
            let system = "<System><EventID Qualifiers='0'>7</EventID><Keywords>0x80000000000000</Keywords>\
                          <Security UserID='S-1-5-18'/><Correlation ActivityID='{1}'/></System>";
            serde_json::from_str::<Value>(&written(&format!("<Event>{system}{inner}</Event>"))).unwrap()
        };
        let found = event(
            "<EventData><Data Name='A'>1</Data><Data Name='B'></Data><Data Name='A'>2</Data><Data Name='A'>3</Data></EventData>",
        );
        assert_eq!(found["EventData"], json!({"A": ["1", "2", "3"], "B": ""}));
        assert_eq!(found["EventID"], json!("7"));
        assert_eq!(found["Keywords"], json!("Classic"));
        assert_eq!(found["Security"], json!({"UserID": "S-1-5-18"}));
        assert_eq!(found["Correlation"], json!({"ActivityID": "{1}"}));
        let found = event("<EventData><Data>x</Data><Data>y</Data><Binary>00</Binary></EventData>");
        assert_eq!(found["EventData"], json!({"Data": ["x", "y"], "Binary": "00"}));
        assert_eq!(event("<EventData><Data>x</Data></EventData>")["EventData"], json!({"Data": "x"}));
        let found = event(
            "<EventData/><RenderingInfo Culture='en-US'><Message>m</Message><Level>Informational</Level><Opcode/>\
             <Keywords><Keyword>a</Keyword><Keyword>b</Keyword></Keywords></RenderingInfo>",
        );
        assert_eq!(found["Message"], json!("m"));
        assert_eq!(found["Level"], json!("Informational"));
        assert_eq!(found["Keywords"], json!("a, b"));
        assert_eq!(found.get("RenderingInfo"), None);
    }

    #[test]
    fn what_has_no_name_keeps_its_number() {
        assert_eq!(keywords("0x8000000000000000"), "0x8000000000000000");
        assert_eq!(keywords("0x8090000000000000"), "Audit Failure, Classic");
        assert_eq!((opcode("11"), level("17")), ("11", "17"));
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for text in ["", "x", "<a>", "<a/><b/>", "</a>", "<a></b>", "<a b>", "<a b='", "<a"] {
            assert!(!write(text, &mut Vec::new()), "{text}");
        }
    }
}
