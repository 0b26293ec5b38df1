//! How far a search of the linear engine looks: to the place behind its match from which on nothing can change it.

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use std::sync::{Mutex, OnceLock};

/// A pattern as automata whose steps can be counted.
pub struct Reach {
    pattern: String,
    exact: Option<Counter>,
    /// Automata have no words beyond ASCII: for texts with other letters, the pattern without their edges. Few searches end
    /// elsewhere for that.
    rough: OnceLock<Option<Counter>>,
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reach").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}

impl Reach {
    /// For a pattern of the linear engine.
    pub fn new(pattern: &str) -> Reach {
        Reach { pattern: pattern.to_string(), exact: Counter::new(pattern), rough: OnceLock::new() }
    }

    /// How many bytes a search from a place on looks at; all that are left where that can't be told.
    pub fn of(&self, text: &str, at: usize) -> u64 {
        let rough = || {
            let pattern = || self.pattern.replace(r"(?:\b)", "(?:)").replace(r"(?:\B)", "(?:)");
            self.rough.get_or_init(|| Counter::new(&pattern())).as_ref()?.count(text, at)
        };
        let counted = self.exact.as_ref().and_then(|exact| exact.count(text, at)).or_else(rough);
        counted.unwrap_or(text.len() - at) as u64
    }
}

struct Counter {
    automaton: DFA,
    cache: Mutex<Cache>,
}

impl Counter {
    fn new(pattern: &str) -> Option<Counter> {
        let config = Config::new().unicode_word_boundary(true);
        let automaton = DFA::builder().configure(config).build(pattern).ok()?;
        let cache = Mutex::new(automaton.create_cache());
        Some(Counter { automaton, cache })
    }

    /// `None` where the automaton does not know how to go on.
    fn count(&self, text: &str, at: usize) -> Option<usize> {
        let mut cache = self.cache.lock().ok()?;
        let mut state = self.automaton.start_state_forward(&mut cache, &Input::new(text).range(at..)).ok()?;
        let rest = &text.as_bytes()[at..];
        for (looked, byte) in rest.iter().enumerate() {
            state = self.automaton.next_state(&mut cache, state, *byte).ok()?;
            if state.is_dead() {
                return Some(looked + 1);
            }
            if state.is_quit() {
                return None;
            }
        }
        Some(rest.len())
    }
}
