//! SVG as text: elements with escaped texts, and numbers of one form.

use quick_xml::escape::escape;
use std::fmt::Write;

/// A document in the making.
pub(super) struct Svg {
    out: String,
}

/// A length or a place: one digit behind the point, if it is not zero.
pub(super) fn number(value: f64) -> String {
    let text = crate::numbers::trimmed(format!("{value:.1}"));
    if text == "-0" { "0".to_string() } else { text }
}

/// A text as XML takes it: what XML does not know at all is left out.
fn text(text: &str) -> String {
    let known = |c: &char| !matches!(c, '\u{fffe}' | '\u{ffff}') && (!c.is_control() || matches!(c, '\n' | '\t'));
    escape(text.chars().filter(known).collect::<String>()).into_owned()
}

impl Svg {
    /// A white page.
    pub fn new(width: f64, height: f64, title: &str) -> Svg {
        let (width, height) = (number(width), number(height));
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">\n\
             <title>{}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
            text(title)
        );
        Svg { out }
    }

    /// A text at a place.
    pub fn text(&mut self, at: (f64, f64), content: &str, attributes: &[(&str, &str)]) {
        let _ = write!(self.out, "<text x=\"{}\" y=\"{}\"", number(at.0), number(at.1));
        for (name, value) in attributes {
            let _ = write!(self.out, " {name}=\"{}\"", text(value));
        }
        let _ = writeln!(self.out, ">{}</text>", text(content));
    }

    /// A line from place to place.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        let (x1, y1, x2, y2) = (number(from.0), number(from.1), number(to.0), number(to.1));
        let _ = writeln!(self.out, "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{colour}\"/>");
    }

    /// A filled rectangle: left, top, width, height. `about` is shown where the pointer rests.
    pub fn rect(&mut self, (x, y, width, height): (f64, f64, f64, f64), colour: &str, about: &str) {
        let (x, y, width, height) = (number(x), number(y), number(width), number(height));
        let _ = write!(self.out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{colour}\"");
        self.about(about, "rect");
    }

    /// A line through places.
    pub fn path(&mut self, places: &[(f64, f64)], colour: &str) {
        let _ = writeln!(
            self.out,
            "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>",
            through(places)
        );
    }

    /// A filled shape around places.
    pub fn shape(&mut self, places: &[(f64, f64)], colour: &str, opacity: &str) {
        let _ = writeln!(
            self.out,
            "<path d=\"{}Z\" fill=\"{colour}\" fill-opacity=\"{opacity}\" stroke=\"{colour}\" stroke-width=\"1\"/>",
            through(places)
        );
    }

    /// A filled shape by the commands of its path.
    pub fn slice(&mut self, commands: &str, colour: &str, about: &str) {
        let _ = write!(self.out, "<path d=\"{commands}\" fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"1.5\"");
        self.about(about, "path");
    }

    /// A dot.
    pub fn dot(&mut self, at: (f64, f64), colour: &str, about: &str) {
        let _ = write!(self.out, "<circle cx=\"{}\" cy=\"{}\" r=\"3\" fill=\"{colour}\"", number(at.0), number(at.1));
        self.about(about, "circle");
    }

    fn about(&mut self, about: &str, element: &str) {
        let _ = match about {
            "" => writeln!(self.out, "/>"),
            about => writeln!(self.out, "><title>{}</title></{element}>", text(about)),
        };
    }

    /// The whole document.
    pub fn end(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }
}

fn through(places: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (at, (x, y)) in places.iter().enumerate() {
        let command = if at == 0 { 'M' } else { 'L' };
        let _ = write!(out, "{command}{} {}", number(*x), number(*y));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_numbers_have_one_form() {
        assert_eq!(text("<a b=\"c\">&\u{1}\u{ffff}"), "&lt;a b=&quot;c&quot;&gt;&amp;");
        assert_eq!([number(-0.04), number(10.0), number(1.25)], ["0", "10", "1.2"]);
    }
}
