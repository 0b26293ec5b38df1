//! Patterns of dates, as Java's `SimpleDateFormat` reads them: letters that mean something else than what was meant.

/// What is wrong with a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slips {
    /// What the letters mean, each as it stands there: `YYYY` is …
    pub meanings: Vec<String>,
    /// The pattern that is meant.
    pub meant: String,
}

/// A run of the same letter.
struct Run {
    letter: char,
    count: usize,
    /// Where it stands, in bytes.
    at: usize,
}

/// The letters that were hardly meant as they are read; none in most patterns.
pub(super) fn slips(pattern: &str) -> Option<Slips> {
    let runs = runs(pattern);
    let near =
        |at: usize, step: isize| at.checked_add_signed(step).and_then(|at| runs.get(at)).map_or(' ', |r| r.letter);
    // The month right behind the hour, or right before the seconds, is where minutes belong.
    let minutes = |at: usize| {
        let run = &runs[at];
        run.letter == 'M' && run.count <= 2 && ("HhKk".contains(near(at, -1)) || near(at, 1) == 's')
    };
    let month = |at: usize| {
        let (before, after) = (near(at, -1), near(at, 1));
        let dates = "yYudDL";
        runs[at].letter == 'm'
            && !"HhKk".contains(before)
            && !"sS".contains(after)
            && (dates.contains(before) || dates.contains(after))
    };
    let any = |letter: char| runs.iter().any(|run| run.letter == letter);
    let months = (0..runs.len()).any(|at| month(at) || (runs[at].letter == 'M' && !minutes(at)));
    let mut out = Slips { meanings: Vec::new(), meant: pattern.to_string() };
    for (at, run) in runs.iter().enumerate() {
        let (means, letter) = match run.letter {
            'Y' if !any('w') => ("the week year", 'y'),
            'D' if run.count == 2 || (run.count == 1 && months) => ("the day of the year", 'd'),
            'm' if month(at) => ("minutes", 'M'),
            'M' if minutes(at) => ("the month", 'm'),
            'S' if run.count <= 2 && near(at, -1) == 'm' && !any('s') => ("milliseconds", 's'),
            _ => continue,
        };
        let end = run.at + run.count;
        out.meanings.push(format!("`{}` is {means}", &pattern[run.at..end]));
        out.meant.replace_range(run.at..end, &letter.to_string().repeat(run.count));
    }
    (!out.meanings.is_empty()).then_some(out)
}

/// The runs of letters outside quotes.
fn runs(pattern: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut quoted = false;
    for (at, c) in pattern.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            c if quoted || !c.is_ascii_alphabetic() => {}
            c => match runs.last_mut() {
                Some(run) if run.letter == c && run.at + run.count == at => run.count += 1,
                _ => runs.push(Run { letter: c, count: 1, at }),
            },
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::slips;

    #[test]
    fn letters_that_mean_something_else() {
        for (pattern, meant) in [
            ("YYYY-MM-DD", "yyyy-MM-dd"),
            ("YYYY/MM/dd", "yyyy/MM/dd"),
            ("yyyy-mm-dd", "yyyy-MM-dd"),
            ("mm/dd/yyyy HH:mm", "MM/dd/yyyy HH:mm"),
            ("dd.mm.yy", "dd.MM.yy"),
            ("yyyymmdd", "yyyyMMdd"),
            ("yyyy-mm", "yyyy-MM"),
            ("yyyy-MM-DD'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss"),
            ("yyyy-MM-dd HH:MM:ss", "yyyy-MM-dd HH:mm:ss"),
            ("yyyy-mm-dd HH:MM", "yyyy-MM-dd HH:mm"),
            ("HH:mm:SS", "HH:mm:ss"),
            ("D MMM yyyy", "d MMM yyyy"),
        ] {
            assert_eq!(slips(pattern).map(|slips| slips.meant).as_deref(), Some(meant), "{pattern}");
        }
    }

    #[test]
    fn letters_that_are_meant() {
        for pattern in [
            "yyyy-MM-dd HH:mm:ss.SSS",
            "yyyy-MM-dd'T'HH:mm:ss'Z'",
            "dd/MM/yyyy hh:mm a (Z)",
            "HH:mm dd/MM/yyyy",
            "yyyyMMddHHmmss",
            "EEE MMM dd HH:mm:ss zzz yyyy",
            "YYYY-'W'ww",
            "yyyyDDD",
            "yyyy-DDD HH",
            "mm:ss",
            "HH:mm:ss:SSS",
            "MM-dd-yyyyHH:mm:ss",
            "'YYYY-DD' yyyy",
            "é yyyy",
            "",
        ] {
            assert_eq!(slips(pattern), None, "{pattern}");
        }
    }
}
