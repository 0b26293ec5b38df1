//! What kinds of words there are: some look like values of a field, some like parts of a sentence.

/// What a word looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looks {
    /// Says what happened or how: `opened`, `running`, `unable`. Two messages that differ in such a word say
    /// different things.
    pub tells: bool,
    /// A name in capitals: a state, a constant, a table.
    pub capitals: bool,
    /// Letters alone. Dots, slashes and the like inside a word are signs of an identifier.
    pub letters: bool,
    /// Names what follows: the word after `user` or `host` is a name.
    pub introduces: bool,
}

/// Words that a name follows.
const INTRODUCING: &[&str] = &["user", "users", "username", "login", "account", "host", "hostname"];

/// Ends of words that tell something.
const TELLING: &[&str] = &["ed", "ing", "able", "tion", "ly"];

impl Looks {
    /// Looks at a word.
    pub fn of(word: &str) -> Looks {
        let telling = |end: &&str| word.strip_suffix(*end).is_some_and(|stem| stem.chars().nth(1).is_some());
        Looks {
            tells: TELLING.iter().any(telling),
            capitals: word.chars().nth(2).is_some()
                && word.chars().any(char::is_uppercase)
                && !word.chars().any(char::is_lowercase),
            letters: word.chars().all(char::is_alphabetic),
            introduces: INTRODUCING.iter().any(|introducing| introducing.eq_ignore_ascii_case(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let looks = |word| {
            let Looks { tells, capitals, letters, .. } = Looks::of(word);
            (tells, capitals, letters)
        };
        assert_eq!(looks("opened"), (true, false, true));
        assert_eq!(looks("red"), (false, false, true));
        assert_eq!(looks("TASK_DONE"), (false, true, false));
        assert_eq!(looks("OK"), (false, false, true));
        assert_eq!(looks("java.lang"), (false, false, false));
        assert_eq!(looks("größe"), (false, false, true));
        assert!(Looks::of("User").introduces && !Looks::of("Use").introduces);
    }
}
