//! Records as JSON without XML in between.
//!
//! Records of one shape differ in nothing but their values: the same steps of the same templates are taken, so their XML has
//! the same tags, and their JSON the same members. For the first record of a shape, XML with placeholders instead of values
//! is made into JSON with placeholders; the others get their values put in. What depends on more than that (a name that is
//! a value, for instance) is not written here, but by way of XML.

use crate::chunk::is_bare;
use crate::json::{self, Form};
use crate::json_string::{FORM_LENGTH, PLACEHOLDER, PLACEHOLDER_LENGTH};
use crate::template::Template;
use crate::template_instance::{Instances, Sink};
use crate::value::{Escape, write};
use memchr::memchr_iter;
use std::ops::Range;
use std::rc::Rc;

/// The most templates that are kept. Each template of a chunk is compared with them.
const MAX_TEMPLATES: usize = 1024;

/// About the most bytes of all templates and shapes that are kept.
const MAX_BYTES: usize = 16 << 20;

/// The most shapes that are kept of records with the same first template. Each record is compared with them.
const MAX_SHAPES: usize = 64;

/// The most values of a record: their numbers have four digits.
const MAX_VALUES: usize = 0xFFFF;

/// How many bytes a value may become for each that it has, and besides.
const BYTES_EACH: usize = 6;
const BYTES_BESIDES: usize = 64;

/// The shapes of records that were met, in all chunks: they have the same templates, each at a place of its own.
#[derive(Debug, Default)]
pub struct Shapes {
    templates: Vec<Known>,
    /// About how many bytes all of them have.
    bytes: usize,
    /// A value as XML.
    xml: Vec<u8>,
}

/// A template, and the shapes of records that begin with it.
#[derive(Debug)]
struct Known {
    template: Template,
    shapes: Vec<Shape>,
}

/// What records of one shape have in common.
#[derive(Debug)]
struct Shape {
    /// The way through the templates.
    path: Vec<u32>,
    /// Nothing if they are not to be written here.
    pattern: Option<Pattern>,
}

/// JSON with room for values: texts, each with the number and form of the value that follows, and the text at the end.
#[derive(Debug)]
struct Pattern {
    json: Vec<u8>,
    steps: Vec<(Range<usize>, usize, Form)>,
    end: usize,
}

impl Shapes {
    /// Appends the JSON of a record, which is between these places of the chunk. False, and nothing is appended, if that
    /// has to be made by way of XML.
    pub fn write<'c>(
        &mut self,
        instances: &mut Instances<'c>,
        walk: &mut Walk<'c>,
        (from, to): (usize, usize),
        out: &mut Vec<u8>,
    ) -> bool {
        walk.clear();
        if instances.record(from, to, walk).is_err() {
            return false;
        }
        let Some(first) = self.name_templates(walk) else { return false };
        let shapes = &self.templates[first].shapes;
        let known = match shapes.iter().position(|shape| shape.path == walk.path) {
            Some(known) => known,
            None if shapes.len() == MAX_SHAPES || self.bytes > MAX_BYTES => return false,
            None => {
                let pattern = Pattern::of(instances, from, to);
                self.bytes += 4 * walk.path.len() + pattern.as_ref().map_or(0, Pattern::bytes);
                let shapes = &mut self.templates[first].shapes;
                shapes.push(Shape { path: walk.path.clone(), pattern });
                shapes.len() - 1
            }
        };
        let Some(pattern) = &self.templates[first].shapes[known].pattern else { return false };
        for (text, value, form) in &pattern.steps {
            out.extend_from_slice(&pattern.json[text.clone()]);
            let Some((kind, bytes)) = walk.values.get(*value) else { continue };
            if *form == Form::Text {
                write(*kind, bytes, Escape::Json, out);
                continue;
            }
            self.xml.clear();
            write(*kind, bytes, Escape::Text, &mut self.xml);
            form.write(std::str::from_utf8(&self.xml).unwrap_or_default(), out);
        }
        out.extend_from_slice(&pattern.json[pattern.end..]);
        true
    }

    /// Puts the numbers of templates into the path of a record. The answer is that of the first; nothing if the record can't
    /// be told by its path.
    fn name_templates(&mut self, walk: &mut Walk<'_>) -> Option<usize> {
        if !walk.comparable {
            return None;
        }
        let mut first = None;
        for (at, place, template) in walk.begins.drain(..) {
            let known = walk.known.iter().find(|(known, _)| *known == place).map(|(_, number)| *number);
            let number = match known {
                Some(number) => number?,
                None => {
                    let number = self.number(&template);
                    walk.known.push((place, number));
                    number?
                }
            };
            walk.path[at] = number as u32;
            first.get_or_insert(number);
        }
        first
    }

    /// The number of a template; nothing if too many are known.
    fn number(&mut self, template: &Template) -> Option<usize> {
        let known = self.templates.iter().position(|known| known.template == *template);
        if known.is_none() && self.templates.len() < MAX_TEMPLATES && self.bytes <= MAX_BYTES {
            self.bytes += template.text.len() + size_of_val(&template.steps[..]);
            self.templates.push(Known { template: template.clone(), shapes: Vec::new() });
            return Some(self.templates.len() - 1);
        }
        known
    }
}

impl Pattern {
    fn bytes(&self) -> usize {
        self.json.len() + size_of_val(&self.steps[..])
    }

    /// That of a record's shape.
    fn of(instances: &mut Instances<'_>, from: usize, to: usize) -> Option<Pattern> {
        let mut skeleton = Skeleton::default();
        instances.record(from, to, &mut skeleton).ok()?;
        // Without its values: they decide then whether there is anything in it.
        let mut texts = skeleton.xml.split(|byte| char::from(*byte) == PLACEHOLDER);
        let mut empty = texts.next().unwrap_or_default().to_vec();
        texts.for_each(|text| empty.extend_from_slice(text.get(PLACEHOLDER_LENGTH - 1..).unwrap_or_default()));
        if is_bare(&empty) {
            return None;
        }
        let mut json = Vec::new();
        if !json::write(std::str::from_utf8(&skeleton.xml).ok()?, &mut json) {
            return None;
        }
        let (mut steps, mut end) = (Vec::new(), 0);
        for at in memchr_iter(PLACEHOLDER as u8, &json) {
            let digits = std::str::from_utf8(json.get(at + 2..at + FORM_LENGTH)?).ok()?;
            steps.push((end..at, usize::from_str_radix(digits, 16).ok()?, Form::of(json[at + 1])?));
            end = at + FORM_LENGTH;
        }
        Some(Pattern { json, steps, end })
    }
}

/// The way through the templates of a record, and the values that are met.
#[derive(Default)]
pub struct Walk<'c> {
    /// Templates by their numbers and texts by their places, with marks for values, and for where templates begin and end.
    path: Vec<u32>,
    /// Where in the path templates begin, with their places in the chunk.
    begins: Vec<(usize, u32, Rc<Template>)>,
    /// The numbers of the chunk's templates by their places.
    known: Vec<(u32, Option<usize>)>,
    values: Vec<(u8, &'c [u8])>,
    /// Not less than the length of the record's XML.
    length: usize,
    /// Whether the path says all there is to know.
    comparable: bool,
}

/// Marks in a path: no template and no text is so long.
const VALUE: u32 = u32::MAX;
const BEGIN: u32 = u32::MAX - 1;
const END: u32 = u32::MAX - 2;

impl Walk<'_> {
    fn clear(&mut self) {
        self.path.clear();
        self.begins.clear();
        self.values.clear();
        (self.length, self.comparable) = (0, true);
    }
}

impl<'c> Sink<'c> for Walk<'c> {
    fn length(&self) -> usize {
        self.length
    }

    fn begin(&mut self, template: Option<(u32, &Rc<Template>)>) {
        match template {
            Some((place, template)) => self.begins.push((self.path.len() + 1, place, Rc::clone(template))),
            None => self.comparable = false,
        }
        self.path.extend([BEGIN, END]);
        self.length += BYTES_BESIDES;
    }

    fn end(&mut self) {
        self.path.push(END);
    }

    fn text(&mut self, text: &[u8], at: usize) {
        self.path.push(at as u32);
        self.length += text.len();
    }

    fn value(&mut self, kind: u8, bytes: &'c [u8], _: bool) {
        self.path.push(VALUE);
        self.values.push((kind, bytes));
        self.comparable &= self.values.len() <= MAX_VALUES;
        self.length += bytes.len() * BYTES_EACH + BYTES_BESIDES;
    }
}

/// XML with placeholders for values.
#[derive(Default)]
struct Skeleton {
    xml: Vec<u8>,
    values: usize,
}

impl<'c> Sink<'c> for Skeleton {
    fn length(&self) -> usize {
        self.xml.len()
    }

    fn begin(&mut self, _: Option<(u32, &Rc<Template>)>) {}

    fn end(&mut self) {}

    fn text(&mut self, text: &[u8], _: usize) {
        self.xml.extend_from_slice(text);
    }

    fn value(&mut self, _: u8, _: &'c [u8], _: bool) {
        self.xml.extend_from_slice(format!("{PLACEHOLDER}{:04x}", self.values).as_bytes());
        self.values += 1;
    }
}
