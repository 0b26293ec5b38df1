//! Shapes: the words of a layout, and where between them something varies. Punctuation does not count, so lists of any
//! length, optional brackets and optional values have the same words.

use super::mask::{DATE, URL, VARIES, WORDS, core, run_end};

/// How much varies at one place between two words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    #[default]
    None,
    /// A value that is attached to a word: `id=7`, `core(7)`.
    Attached,
    /// A value that stands alone.
    Alone,
}

/// The words of a layout.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shape<'t> {
    /// The words.
    pub words: Vec<&'t str>,
    /// What is before each word, and after the last: one more than there are words.
    pub gaps: Vec<Gap>,
}

/// A part of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShapePart<'t> {
    /// A word that counts.
    Word(&'t str),
    /// A mark.
    Mark(char),
    /// Blanks and punctuation.
    Rest(&'t str),
}

/// Goes over the parts of a layout.
pub(super) fn parts<'t>(layout: &'t str, mut each: impl FnMut(ShapePart<'t>)) {
    let bytes = layout.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = run_end(bytes, at);
        if end == at {
            match char::from(bytes[at]) {
                mark @ (VARIES | DATE | URL) => each(ShapePart::Mark(mark)),
                _ => each(ShapePart::Rest(&layout[at..at + 1])),
            }
            at += 1;
            continue;
        }
        let run = &layout[at..end];
        match core(run) {
            Some((lead, core)) => {
                for part in
                    [ShapePart::Rest(&run[..lead]), ShapePart::Word(core), ShapePart::Rest(&run[lead + core.len()..])]
                {
                    if part != ShapePart::Rest("") {
                        each(part);
                    }
                }
            }
            None => each(ShapePart::Rest(run)),
        }
        at = end;
    }
}

impl<'t> Shape<'t> {
    /// The shape of a layout. One without words and marks is a word by itself.
    pub fn of(layout: &'t str) -> Shape<'t> {
        let mut shape = Shape { words: Vec::new(), gaps: vec![Gap::None] };
        for token in layout.split(' ').filter(|token| !token.is_empty()) {
            let mut alone = true;
            let first = shape.gaps.len() - 1;
            parts(token, |part| match part {
                ShapePart::Word(word) => {
                    alone = false;
                    if shape.words.len() < WORDS {
                        shape.words.push(word);
                        shape.gaps.push(Gap::None);
                    }
                }
                ShapePart::Mark(_) => {
                    let last = shape.gaps.len() - 1;
                    shape.gaps[last] = shape.gaps[last].max(Gap::Attached);
                }
                ShapePart::Rest(_) => {}
            });
            if alone && shape.gaps[first] > Gap::None && token.contains([VARIES, DATE, URL]) {
                shape.gaps[first] = Gap::Alone;
            }
        }
        if shape.words.is_empty() && shape.gaps[0] == Gap::None {
            shape = Shape { words: vec![layout], gaps: vec![Gap::None; 2] };
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask::mask;
    use super::*;

    fn shape(text: &str) -> (String, Vec<Gap>) {
        let mut layout = String::new();
        mask(text, &mut layout);
        let shape = Shape::of(&layout);
        (shape.words.join(" "), shape.gaps)
    }

    #[test]
    fn words_and_gaps_are_found() {
        use Gap::{Alone, Attached, None};
        assert_eq!(
            shape("sent 5 bytes (id=7) to ann."),
            ("sent id to ann".into(), vec![None, Alone, Attached, None, None])
        );
        assert_eq!(shape("core(7), -x- 3"), ("core x".into(), vec![None, Attached, Alone]));
        assert_eq!(shape("1, 2"), (String::new(), vec![Alone]));
        assert_eq!(shape("-----"), ("-----".into(), vec![None, None]));
        // Lists of any length, and what is or isn't in brackets, have the same words.
        assert_eq!(shape("fans 1 2 3").0, shape("fans 1, 2 (3) 4").0);
        assert_eq!(shape("from 1.2.3.4 ()").0, shape("from 1.2.3.4 (a.example.com)").0);
    }
}
