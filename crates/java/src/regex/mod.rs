//! Regular expressions in Java's dialect: fast linear ones where possible, backtracking where a pattern needs look-around or
//! back-references. The work on one text has a limit ([`effort`]); a text on which it is reached is told.
//!
//! `program` and `machine` are what backtracks.
//!
//! `translate` turns a pattern into what the two engines know, by way of `class`, `escape` and `property`. What `$` and `^` mean
//! before the last line end of a text takes look-around, so it is left to a second, exact form of the pattern that only
//! texts with such an end see.

mod class;
pub mod effort;
mod escape;
mod machine;
pub mod mismatch;
pub mod pieces;
mod program;
mod property;
mod reach;

mod required_literal;
mod suggestion;
mod translate;
#[cfg(test)]
mod vectors;

use effort::{Effort, GaveUp, Watch};
use memchr::memmem::Finder;
use program::Program;
use reach::Reach;
use std::sync::{Arc, OnceLock};
pub use suggestion::mended;
use translate::{Form, Java};

/// So many bytes may be looked at in searches for one match after the other, each taken to go to the end of the text, before
/// it is measured how far they really go: in short texts it never is.
const UNMEASURED: u64 = 1 << 23;

/// Searches in shorter texts are so quick that none asks whether the run was stopped.
const LONG: usize = 1 << 12;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    engine: Engine,
    exact: Option<Box<Exact>>,
    /// Texts without this one don't match.
    needle: Option<Box<Finder<'static>>>,
    /// How far the linear engine looks; made when the first text needs it.
    reach: OnceLock<Arc<Reach>>,
}

#[derive(Clone, Debug)]
enum Engine {
    /// Linear time.
    Linear(regex::Regex),
    /// Look-around, back-references, possessive quantifiers.
    Backtracking(Arc<Program>),
}

/// The exact form of a pattern whose linear form is not right for every text.
#[derive(Clone, Debug)]
struct Exact {
    text: String,
    /// Ends and starts of lines are looked for, not only the end of the text.
    lines: bool,
    /// Compiled when the first text needs it.
    engine: OnceLock<Option<Engine>>,
}

/// One match.
enum MatchSpans<'t> {
    Linear(regex::Captures<'t>),
    Backtracked(machine::Places, &'t str),
}

impl<'t> MatchSpans<'t> {
    fn group(&self, group: usize) -> Option<&'t str> {
        match self {
            MatchSpans::Linear(captures) => captures.get(group).map(|m| m.as_str()),
            MatchSpans::Backtracked(places, text) => machine::group(places, text, group),
        }
    }

    fn range(&self) -> Option<std::ops::Range<usize>> {
        match self {
            MatchSpans::Linear(captures) => captures.get(0).map(|m| m.range()),
            MatchSpans::Backtracked(places, _) => Some(*places.first()?..*places.get(1)?),
        }
    }
}

impl Pattern {
    /// Compiles a pattern in Java's or RE2's dialect. The error is a text for the user.
    pub fn new(pattern: &str) -> Result<Pattern, String> {
        let Java { text, anchors, .. } = self::translate::translate(pattern, Form::Linear)?;
        let error = match regex::RegexBuilder::new(&text).size_limit(32 << 20).build() {
            Ok(regex) => {
                let exact = match anchors.ends || anchors.lines {
                    true => {
                        let text = self::translate::translate(pattern, Form::Exact)?.text;
                        Some(Box::new(Exact { text, lines: anchors.lines, engine: OnceLock::new() }))
                    }
                    false => None,
                };
                let needle = finder(self::required_literal::needle(&text));
                return Ok(Pattern { engine: Engine::Linear(regex), exact, needle, reach: OnceLock::new() });
            }
            Err(error) => error,
        };
        let exact = self::translate::translate(pattern, Form::Exact)?.text;
        let program = Program::new(&exact).map_err(|exact| reason(&error, &exact))?;
        let needle = finder(program.needle.clone());
        Ok(Pattern { engine: Engine::Backtracking(Arc::new(program)), exact: None, needle, reach: OnceLock::new() })
    }

    /// The same, tried on every text, whether or not what all matches contain is there.
    pub fn everywhere(self) -> Pattern {
        Pattern { needle: None, ..self }
    }

    /// The engine for a text.
    #[inline]
    fn engine(&self, text: &str) -> &Engine {
        match &self.exact {
            Some(exact) if exact.needed(text) => {
                let compiled = || Program::new(&exact.text).ok().map(|program| Engine::Backtracking(Arc::new(program)));
                exact.engine.get_or_init(compiled).as_ref().unwrap_or(&self.engine)
            }
            _ => &self.engine,
        }
    }

    /// Whether the pattern occurs in the text.
    pub fn is_match(&self, text: &str, watch: &Watch) -> bool {
        self.may_match(text) && self.matches(text, watch)
    }

    /// Whether there is in the text what all matches contain.
    #[inline]
    fn may_match(&self, text: &str) -> bool {
        self.needle.as_ref().is_none_or(|needle| needle.find(text.as_bytes()).is_some())
    }

    fn matches(&self, text: &str, watch: &Watch) -> bool {
        match self.engine(text) {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(program) => {
                machine::find(program, text, 0, &mut Effort::new(watch)).is_ok_and(|found| found.is_some())
            }
        }
    }

    /// The names of the groups; the first is the whole match.
    pub fn groups(&self) -> Vec<Option<&str>> {
        match &self.engine {
            Engine::Linear(regex) => regex.capture_names().collect(),
            Engine::Backtracking(program) => program.groups.iter().map(Option::as_deref).collect(),
        }
    }

    /// Every match, in order: for each, the texts of the groups asked for.
    pub fn each<'t>(
        &self,
        text: &'t str,
        groups: &[usize],
        watch: &Watch,
        mut found: impl FnMut(&mut dyn Iterator<Item = Option<&'t str>>) -> bool,
    ) {
        self.all(text, watch, |captures, _| found(&mut groups.iter().map(|group| captures.group(*group))));
    }

    /// The text with every match replaced by what `write` writes for it, given the match's groups; `None` when nothing
    /// matches.
    pub fn replace_all<'t>(
        &self,
        text: &'t str,
        watch: &Watch,
        mut write: impl FnMut(&dyn Fn(usize) -> Option<&'t str>, &mut String),
    ) -> Option<String> {
        let (mut out, mut copied) = (String::new(), None);
        self.all(text, watch, |captures, range| {
            out.push_str(text.get(copied.unwrap_or(0)..range.start).unwrap_or_default());
            write(&|group| captures.group(group), &mut out);
            copied = Some(range.end);
            true
        });
        out.push_str(text.get(copied?..).unwrap_or_default());
        Some(out)
    }

    /// Every match, in order, as long as the answer is true and the work is not too much. As in Java an empty match may
    /// follow right after another, which the engines' own iterators leave out.
    fn all<'t>(
        &self,
        text: &'t str,
        watch: &Watch,
        mut each: impl FnMut(&MatchSpans<'t>, std::ops::Range<usize>) -> bool,
    ) {
        if !self.may_match(text) {
            return;
        }
        let mut search =
            Searcher { pattern: self, engine: self.engine(text), effort: Effort::new(watch), unmeasured: 0 };
        let mut at = 0;
        while at <= text.len() {
            let Ok(Some(found)) = search.next(text, at) else { return };
            let Some(range) = found.range() else { return };
            let next = || text[range.end..].chars().next().map_or(1, char::len_utf8);
            at = if range.is_empty() { range.end + next() } else { range.end };
            if !each(&found, range) {
                return;
            }
        }
    }
}

/// One search after the other in a text.
struct Searcher<'p, 'w> {
    pattern: &'p Pattern,
    engine: &'p Engine,
    effort: Effort<'w>,
    /// How many bytes the searches of the linear engine may have looked at that were not measured.
    unmeasured: u64,
}

impl Searcher<'_, '_> {
    fn next<'t>(&mut self, text: &'t str, at: usize) -> Result<Option<MatchSpans<'t>>, GaveUp> {
        match self.engine {
            Engine::Linear(regex) => {
                self.unmeasured += (text.len() - at) as u64;
                if text.len() > LONG {
                    self.effort.ask()?;
                }
                if self.unmeasured > UNMEASURED {
                    // Each search takes time in proportion to how far it looks; a search for each match in turn need not.
                    let reach = self.pattern.reach.get_or_init(|| Arc::new(Reach::new(regex.as_str())));
                    self.effort.spend(1 + reach.of(text, at))?;
                }
                Ok(regex.captures_at(text, at).map(MatchSpans::Linear))
            }
            Engine::Backtracking(program) => {
                let places = machine::find(program, text, at, &mut self.effort)?;
                Ok(places.map(|places| MatchSpans::Backtracked(places, text)))
            }
        }
    }
}

/// Looks for a text that all matches contain.
fn finder(needle: Option<Vec<u8>>) -> Option<Box<Finder<'static>>> {
    needle.map(|needle| Box::new(Finder::new(&needle).into_owned()))
}

impl Exact {
    /// Whether the linear form would be wrong about a text: one that ends with a line end, or, where lines are looked
    /// for, has line ends that the linear engine does not know.
    #[inline]
    fn needed(&self, text: &str) -> bool {
        let end = |c: char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        match text.as_bytes().last() {
            None => self.lines,
            // The last byte of U+0085, U+2028 or U+2029.
            Some(b'\n' | b'\r' | 0x85 | 0xa8 | 0xa9) if text.ends_with(end) => true,
            _ => self.lines && text.contains(['\u{85}', '\u{2028}', '\u{2029}']),
        }
    }
}

/// Why a pattern is none. The linear engine calls all that it does not have an error: there, what is wrong for the other
/// engine, which has it, counts.
fn reason(linear: &regex::Error, exact: &str) -> String {
    let linear = last_line(&linear.to_string());
    if !linear.contains("not supported") && !linear.contains("unrecognized escape") {
        return linear;
    }
    let exact = exact.rsplit(": ").next().unwrap_or(exact);
    match exact {
        "Target of repeat operator is invalid" => "an assertion, such as `(?=…)` or `\\G`, can't be repeated".into(),
        "Invalid back reference" => "a back reference to a group that is not there".into(),
        other => other.to_string(),
    }
}

/// The last line of a compiler's message: the reason, without the drawing.
fn last_line(message: &str) -> String {
    let line = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or(message);
    line.trim().trim_start_matches("error: ").to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn finds(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}")).is_match(text, &Watch::default())
    }

    #[test]
    fn dialects() {
        assert!(finds(r#"\"a\'b\:"#, "\"a'b:"));
        assert!(finds(r"(?<user_name>\w+)@", "bo@x") && finds(r"(?P<user_name>\w+)@", "bo@x"));
        assert!(finds(r"[^]]+\]", "abc]"));
        // What Java refuses and RE2 takes as it stands.
        assert!(finds(r"{x}", "{x}") && finds(r"^x{,3}$", "x{,3}") && finds(r"^[a[b]+$", "a[b"));
        assert!(finds(r"^[[:alpha:]]+$", "aZ") && !finds(r"[[:^digit:]]", "12"));
        assert!(finds(r"a{2}", "aa") && !finds(r"^a{2}$", "a{2}"));
        assert!(finds(r"end\Z", "end\n"));
        assert!(finds(r"(?<=id=)\d+(?!x)", "id=7"));
        assert!(finds(r"^[\w-_ .]+$", "a-b _.") && finds(r"^[\w-]+$", "a-b"));
        assert!(finds("\\<a\\>", "<a>"));
    }

    #[test]
    fn the_reason_is_that_of_the_engine_that_has_it() {
        let reason = |pattern: &str| Pattern::new(pattern).expect_err(pattern);
        assert!(reason(r"(?=(x)\1)*y").contains("can't be repeated"));
        assert!(reason(r"(?<!a)+y").contains("can't be repeated"));
        assert!(reason(r"\G*x").contains("can't be repeated"));
        assert!(reason(r"(?<a>\k<b>)").contains("back reference"));
    }

    #[test]
    fn what_no_dialect_has_is_refused() {
        for wrong in [
            "(",
            ")",
            "a)",
            "*a",
            "a**",
            "[a",
            "[]",
            "[b-a]",
            r"\y",
            r"\p{Nothing}",
            "(?z)",
            r"a\",
            "(?<1>a)",
            "a{3,2}",
        ] {
            assert!(Pattern::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_needs_it_backtracks() {
        let linear = |pattern: &str| matches!(Pattern::new(pattern).unwrap().engine, Engine::Linear(_));
        for pattern in [r"^a.*\b(?<x>\w+)\s*$", r"(?im)^x$", r"[a-z&&[^b]]", r"a\Rb\h", r"\p{Punct}\Q.*\E", r"x\Z"] {
            assert!(linear(pattern), "{pattern}");
        }
        assert!(!linear(r"(?<=a)b") && !linear(r"(a)\1") && !linear("a++b"));
    }

    /// How often a pattern gives a text up, and how many matches it finds before.
    fn given_up(pattern: &str, text: &str) -> (u64, usize) {
        let (pattern, watch, mut found) = (Pattern::new(pattern).unwrap(), Watch::default(), 0);
        pattern.each(text, &[0], &watch, |_| {
            found += 1;
            true
        });
        (watch.given_up(), found)
    }

    #[test]
    fn no_text_takes_more_than_its_share() {
        let long = "ab ".repeat(22_000);
        // Each search for the next match would go to the end of the text.
        assert_eq!(given_up(r"a.*?z|b", &long).0, 1);
        assert_eq!(given_up(r"(?=a.*z)a|(?<=q)b", &long).0, 1);
        assert_eq!(given_up(r"^(?:(?:a|b| )+)+(?!.)z", &long).0, 1);
        assert_eq!(given_up(r"(a+)+(?=b)c", &"a".repeat(60)).0, 1);
        // Those that only find much are left alone.
        assert_eq!(given_up(r"\b\w+\b", &long), (0, 22_000));
        assert_eq!(given_up(r"(?<=a)b(?= )", &long), (0, 22_000));
        assert_eq!(given_up(r"\p{L}+", &"ъ ".repeat(22_000)), (0, 22_000));
        assert_eq!(given_up(r"\b\p{L}", &"ъ ".repeat(22_000)), (0, 22_000));
        assert_eq!(given_up(r"(?m)^.*$", &"line\n".repeat(13_000)), (0, 13_000));
        assert_eq!(given_up(r"^(?!.*error).*b", &long), (0, 1));
    }

    #[test]
    fn a_run_that_was_stopped_does_no_more_work() {
        let (stop, given_up) = (Arc::new(std::sync::atomic::AtomicBool::new(true)), Arc::default());
        let watch = Watch::new(&stop, &given_up);
        let pattern = Pattern::new("(a+)+(?=b)c").unwrap();
        assert!(!pattern.is_match(&"a".repeat(60), &watch));
        assert_eq!(watch.given_up(), 0, "it was not too much, it was not wanted");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_compiled_or_refused(pattern in r"([a-c0-9é\\\[\](){}<>^$.*+?|&:=!,\-#\n QEpPkuxdwR]|\(\?[imsx<=!:>]|\[\^|&&|\\[QEbZR0-9]){0,12}", text in "[a-c0-9é\r\n ]{0,8}") {
            if let Ok(pattern) = Pattern::new(&pattern) {
                pattern.is_match(&text, &Watch::default());
                pattern.each(&text, &[0], &Watch::default(), |_| true);
            }
        }
    }
}
