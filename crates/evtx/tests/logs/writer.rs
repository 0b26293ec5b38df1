//! Writes event logs of Windows (EVTX), as far as tests need them: a template for `Event` and `System`, and for `EventData`,
//! which is a value of it, further templates or plain elements.

use std::collections::HashMap;

const HEADER: usize = 4096;
const CHUNK: usize = 64 << 10;
const CHUNK_HEADER: usize = 512;

/// 100 ns from 1601 to 1970.
const EPOCH: u64 = 116_444_736_000_000_000;

/// The types of values.
const TEXT: u8 = 0x01;
const U8: u8 = 0x04;
const U16: u8 = 0x06;
const U32: u8 = 0x08;
const U64: u8 = 0x0A;
const GUID: u8 = 0x0F;
const TIME: u8 = 0x11;
const SID: u8 = 0x13;
const HEX: u8 = 0x15;
const XML: u8 = 0x21;
const TEXTS: u8 = 0x81;
const NULL: u8 = 0x00;

/// An event, and what a record of it holds.
#[derive(Clone, Debug)]
pub struct Event {
    pub provider: String,
    pub guid: [u8; 16],
    pub id: u16,
    pub version: u8,
    pub level: u8,
    pub task: u16,
    pub opcode: u8,
    pub keywords: u64,
    /// 100 ns since 1970.
    pub time: u64,
    pub record: u64,
    pub process: u32,
    pub thread: u32,
    pub channel: String,
    pub computer: String,
    /// The last part of S-1-5-…, if there is a user.
    pub user: Option<u32>,
    pub data: Vec<(String, String)>,
    /// Values without names, as programs have them that know no templates.
    pub texts: Vec<String>,
    /// Whether `EventData` is made of elements rather than of a template.
    pub plain: bool,
}

impl Event {
    /// A Sysmon event.
    pub fn new(record: u64, id: u16, data: &[(&str, &str)]) -> Event {
        Event {
            provider: "Microsoft-Windows-Sysmon".into(),
            guid: *b"\x5F\x38\x70\x57\x2A\xC2\xE0\x43\xBF\x4C\x06\xF5\x69\x8F\xFB\xD9",
            id,
            version: 5,
            level: 4,
            task: id,
            opcode: 0,
            keywords: 0x8000_0000_0000_0000,
            time: 17_415_000_000_000_000 + record * 10_000_019,
            record,
            process: 3012,
            thread: 4460,
            channel: "Microsoft-Windows-Sysmon/Operational".into(),
            computer: "web01.corp.example".into(),
            user: Some(18),
            data: data.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            texts: Vec::new(),
            plain: false,
        }
    }

    /// The XML that Windows renders.
    pub fn xml(&self) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let turned = |bytes: &[u8]| hex(&bytes.iter().rev().copied().collect::<Vec<_>>());
        let g = &self.guid;
        let guid = format!(
            "{{{}-{}-{}-{}-{}}}",
            turned(&g[..4]),
            turned(&g[4..6]),
            turned(&g[6..8]),
            hex(&g[8..10]),
            hex(&g[10..])
        );
        let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let data = self
            .data
            .iter()
            .map(|(name, value)| format!("<Data Name='{}'>{}</Data>", text(name).replace('\'', "&apos;"), text(value)));
        let time =
            chrono::DateTime::from_timestamp((self.time / 10_000_000) as i64, (self.time % 10_000_000) as u32 * 100);
        let security = self.user.map_or("<Security/>".into(), |user| format!("<Security UserID='S-1-5-{user}'/>"));
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}' Guid='{guid}'/>\
             <EventID>{}</EventID><Version>{}</Version><Level>{}</Level><Task>{}</Task><Opcode>{}</Opcode>\
             <Keywords>{:#x}</Keywords><TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID><Correlation/>\
             <Execution ProcessID='{}' ThreadID='{}'/><Channel>{}</Channel><Computer>{}</Computer>{security}</System>\
             <EventData>{}</EventData></Event>",
            self.provider,
            self.id,
            self.version,
            self.level,
            self.task,
            self.opcode,
            self.keywords,
            time.unwrap().format("%Y-%m-%dT%H:%M:%S.%9fZ"),
            self.record,
            self.process,
            self.thread,
            self.channel,
            self.computer,
            data.chain(self.texts.iter().map(|value| format!("<Data>{}</Data>", text(value)))).collect::<String>()
        )
    }
}

/// A log with these events.
pub fn log(events: &[Event]) -> Vec<u8> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for event in events {
        let fits = chunks.last_mut().is_some_and(|chunk| chunk.add(event));
        if !fits {
            let mut chunk = Chunk::new();
            assert!(chunk.add(event), "the event is too long");
            chunks.push(chunk);
        }
    }
    let mut out = b"ElfFile\0".to_vec();
    out.extend(0u64.to_le_bytes());
    out.extend((chunks.len().max(1) as u64 - 1).to_le_bytes());
    out.extend((events.last().map_or(0, |event| event.record) + 1).to_le_bytes());
    out.extend(128u32.to_le_bytes());
    for part in [1u16, 3, 4096, chunks.len() as u16] {
        out.extend(part.to_le_bytes());
    }
    out.resize(124, 0);
    out.extend(crc(&out[..120]).to_le_bytes());
    out.resize(HEADER, 0);
    for chunk in chunks {
        out.extend(chunk.finish());
    }
    out
}

/// The checksum that logs have.
pub fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

/// A chunk, and where in it names and templates stand.
struct Chunk {
    bytes: Vec<u8>,
    names: HashMap<String, usize>,
    templates: HashMap<String, usize>,
    records: Vec<(usize, u64)>,
}

/// What an attribute or an element holds.
enum Holds<'v> {
    Text(&'v str),
    /// The value of this number and type; optional.
    Value(u16, u8, bool),
}

/// A value of an instance.
enum Value<'v> {
    Bytes(u8, Vec<u8>),
    Xml(&'v dyn Fn(&mut Chunk)),
}

/// What an element says of the value that it depends on: in a template, none or its number; elsewhere it says nothing.
#[derive(Clone, Copy)]
enum Depends {
    Silent,
    None,
    On(u16),
}

/// The same text as UTF-16.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

impl Chunk {
    fn new() -> Chunk {
        let (names, templates) = (HashMap::new(), HashMap::new());
        Chunk { bytes: vec![0; CHUNK_HEADER], names, templates, records: Vec::new() }
    }

    fn u16(&mut self, value: u16) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn set(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// Fills a length that was left open with the bytes from after it to here.
    fn close(&mut self, at: usize) {
        self.set(at, (self.bytes.len() - at - 4) as u32);
    }

    /// Refers to a name, which is put here when it is new.
    fn name(&mut self, name: &str) {
        if let Some(at) = self.names.get(name) {
            return self.u32(*at as u32);
        }
        let at = self.bytes.len() + 4;
        self.u32(at as u32);
        self.names.insert(name.to_string(), at);
        self.u32(0);
        let hash = name.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(65599).wrapping_add(u32::from(unit)));
        self.u16(hash as u16);
        self.u16(name.encode_utf16().count() as u16);
        self.bytes.extend(wide(name));
        self.u16(0);
    }

    fn holds(&mut self, what: &Holds<'_>) {
        match *what {
            Holds::Text("") => {}
            Holds::Text(text) => {
                self.bytes.extend([0x05, TEXT]);
                self.u16(text.encode_utf16().count() as u16);
                self.bytes.extend(wide(text));
            }
            Holds::Value(number, kind, optional) => {
                self.bytes.push(if optional { 0x0E } else { 0x0D });
                self.u16(number);
                self.bytes.push(kind);
            }
        }
    }

    /// An element; what is in it is for `inner` to write. Without that it closes itself.
    fn element(
        &mut self,
        depends: Depends,
        name: &str,
        attributes: &[(&str, Holds<'_>)],
        inner: Option<&dyn Fn(&mut Chunk)>,
    ) {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        match depends {
            Depends::Silent => {}
            Depends::None => self.u16(0xFFFF),
            Depends::On(value) => self.u16(value),
        }
        let length = self.bytes.len();
        self.u32(0);
        self.name(name);
        if !attributes.is_empty() {
            let list = self.bytes.len();
            self.u32(0);
            for (n, (name, value)) in attributes.iter().enumerate() {
                self.bytes.push(if n + 1 < attributes.len() { 0x46 } else { 0x06 });
                self.name(name);
                self.holds(value);
            }
            self.close(list);
        }
        match inner {
            None => self.bytes.push(0x03),
            Some(inner) => {
                self.bytes.push(0x02);
                inner(self);
                self.bytes.push(0x04);
            }
        }
        self.close(length);
    }

    /// An instance of the template that `key` stands for.
    fn instance(&mut self, key: &str, template: &dyn Fn(&mut Chunk), values: &[Value<'_>]) {
        self.bytes.extend([0x0F, 1, 1, 0, 0x0C, 1]);
        self.u32(7);
        match self.templates.get(key) {
            Some(at) => self.u32(*at as u32),
            None => {
                let at = self.bytes.len() + 4;
                self.u32(at as u32);
                self.templates.insert(key.to_string(), at);
                self.u32(0);
                self.bytes.extend(*b"sumoql template.");
                let length = self.bytes.len();
                self.u32(0);
                self.bytes.extend([0x0F, 1, 1, 0]);
                template(self);
                self.bytes.push(0);
                self.close(length);
            }
        }
        self.u32(values.len() as u32);
        let descriptors = self.bytes.len();
        for value in values {
            let kind = if let Value::Bytes(kind, _) = value { *kind } else { XML };
            self.bytes.extend([0, 0, kind, 0]);
        }
        for (number, value) in values.iter().enumerate() {
            let from = self.bytes.len();
            match value {
                Value::Bytes(_, bytes) => self.bytes.extend(bytes),
                Value::Xml(write) => write(self),
            }
            let length = (self.bytes.len() - from).min(usize::from(u16::MAX)) as u16;
            self.bytes[descriptors + 4 * number..descriptors + 4 * number + 2].copy_from_slice(&length.to_le_bytes());
        }
        self.bytes.push(0);
    }

    /// The template of all events.
    fn event(&mut self) {
        let space = [("xmlns", Holds::Text("http://schemas.microsoft.com/win/2004/08/events/event"))];
        let inner = |chunk: &mut Chunk| {
            chunk.element(Depends::None, "System", &[], Some(&Chunk::system));
            chunk.holds(&Holds::Value(15, XML, true));
        };
        self.element(Depends::None, "Event", &space, Some(&inner));
    }

    fn system(&mut self) {
        let value = |number: u16, kind: u8| move |chunk: &mut Chunk| chunk.holds(&Holds::Value(number, kind, false));
        let provider = [("Name", Holds::Value(0, TEXT, false)), ("Guid", Holds::Value(1, GUID, false))];
        self.element(Depends::None, "Provider", &provider, None);
        let plain =
            [("EventID", U16), ("Version", U8), ("Level", U8), ("Task", U16), ("Opcode", U8), ("Keywords", HEX)];
        for ((name, kind), number) in plain.into_iter().zip(2..) {
            self.element(Depends::On(number), name, &[], Some(&value(number, kind)));
        }
        self.element(Depends::None, "TimeCreated", &[("SystemTime", Holds::Value(8, TIME, false))], None);
        self.element(Depends::None, "EventRecordID", &[], Some(&value(9, U64)));
        self.element(Depends::None, "Correlation", &[("ActivityID", Holds::Value(16, GUID, true))], None);
        let execution = [("ProcessID", Holds::Value(10, U32, false)), ("ThreadID", Holds::Value(11, U32, false))];
        self.element(Depends::None, "Execution", &execution, None);
        self.element(Depends::None, "Channel", &[], Some(&value(12, TEXT)));
        self.element(Depends::None, "Computer", &[], Some(&value(13, TEXT)));
        self.element(Depends::None, "Security", &[("UserID", Holds::Value(14, SID, true))], None);
    }

    fn event_data(&mut self, event: &Event) {
        let names: Vec<&str> = event.data.iter().map(|(name, _)| name.as_str()).collect();
        let data = |chunk: &mut Chunk, depends: Depends, holds: &dyn Fn(usize) -> Holds<'static>| {
            for (n, name) in names.iter().enumerate() {
                chunk.element(depends, "Data", &[("Name", Holds::Text(name))], Some(&|chunk| chunk.holds(&holds(n))));
            }
        };
        if event.plain {
            self.bytes.extend([0x0F, 1, 1, 0]);
            let elements = |chunk: &mut Chunk| {
                for (name, value) in &event.data {
                    let inner = |chunk: &mut Chunk| chunk.holds(&Holds::Text(value));
                    chunk.element(Depends::Silent, "Data", &[("Name", Holds::Text(name))], Some(&inner));
                }
            };
            self.element(Depends::Silent, "EventData", &[], Some(&elements));
            return self.bytes.push(0);
        }
        let count = names.len() as u16;
        let template = |chunk: &mut Chunk| {
            let inner = |chunk: &mut Chunk| {
                data(chunk, Depends::None, &|n| Holds::Value(n as u16, TEXT, false));
                let texts = |chunk: &mut Chunk| chunk.holds(&Holds::Value(count, TEXTS, false));
                chunk.element(Depends::On(count), "Data", &[], Some(&texts));
                let none = |chunk: &mut Chunk| chunk.holds(&Holds::Value(count + 1, TEXT, false));
                chunk.element(Depends::On(count + 1), "Binary", &[("a", Holds::Text("b"))], Some(&none));
            };
            chunk.element(Depends::None, "EventData", &[], Some(&inner));
        };
        let mut values: Vec<_> = event.data.iter().map(|(_, value)| Value::Bytes(TEXT, wide(value))).collect();
        let texts: Vec<u8> = event.texts.iter().flat_map(|text| wide(&format!("{text}\0"))).collect();
        values.push(if texts.is_empty() { Value::Bytes(NULL, texts) } else { Value::Bytes(TEXTS, texts) });
        values.push(Value::Bytes(NULL, Vec::new()));
        self.instance(&format!("data {}", names.join("\n")), &template, &values);
    }

    /// Adds a record, if there is room for it.
    fn add(&mut self, event: &Event) -> bool {
        let before = (self.bytes.len(), self.names.clone(), self.templates.clone());
        let start = self.bytes.len();
        self.bytes.extend(b"**\0\0\0\0\0\0");
        self.bytes.extend(event.record.to_le_bytes());
        self.bytes.extend((event.time + EPOCH).to_le_bytes());
        let bytes = |kind: u8, bytes: &[u8]| Value::Bytes(kind, bytes.to_vec());
        let sid = |user: u32| [&[1, 1, 0, 0, 0, 0, 0, 5][..], &user.to_le_bytes()].concat();
        let values = [
            bytes(TEXT, &wide(&event.provider)),
            bytes(GUID, &event.guid),
            bytes(U16, &event.id.to_le_bytes()),
            bytes(U8, &[event.version]),
            bytes(U8, &[event.level]),
            bytes(U16, &event.task.to_le_bytes()),
            bytes(U8, &[event.opcode]),
            bytes(HEX, &event.keywords.to_le_bytes()),
            bytes(TIME, &(event.time + EPOCH).to_le_bytes()),
            bytes(U64, &event.record.to_le_bytes()),
            bytes(U32, &event.process.to_le_bytes()),
            bytes(U32, &event.thread.to_le_bytes()),
            bytes(TEXT, &wide(&event.channel)),
            bytes(TEXT, &wide(&event.computer)),
            event.user.map_or(Value::Bytes(NULL, Vec::new()), |user| Value::Bytes(SID, sid(user))),
            Value::Xml(&|chunk| chunk.event_data(event)),
            bytes(NULL, &[]),
        ];
        self.instance("event", &Chunk::event, &values);
        while !(self.bytes.len() + 4).is_multiple_of(8) {
            self.bytes.push(0);
        }
        let size = (self.bytes.len() + 4 - start) as u32;
        self.u32(size);
        self.set(start + 4, size);
        if self.bytes.len() > CHUNK {
            self.bytes.truncate(before.0);
            (self.names, self.templates) = (before.1, before.2);
            return false;
        }
        self.records.push((start, event.record));
        true
    }

    fn finish(mut self) -> Vec<u8> {
        let (free, (last, last_number)) = (self.bytes.len(), *self.records.last().unwrap());
        let mut header = b"ElfChnk\0".to_vec();
        for number in [self.records[0].1, last_number, self.records[0].1, last_number] {
            header.extend(number.to_le_bytes());
        }
        for part in [128, last as u32, free as u32, crc(&self.bytes[CHUNK_HEADER..])] {
            header.extend(part.to_le_bytes());
        }
        header.resize(CHUNK_HEADER, 0);
        let sum = crc(&[&header[..120], &header[128..]].concat());
        header[124..128].copy_from_slice(&sum.to_le_bytes());
        self.bytes[..CHUNK_HEADER].copy_from_slice(&header);
        self.bytes.resize(CHUNK, 0);
        self.bytes
    }
}
