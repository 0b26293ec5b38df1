//! Single comparisons: what the types and the history of a value, or a condition that must hold as well, make impossible.

use super::constant::flipped;
use super::facts::{Known, ValueFacts, ValueKind};
use super::predicate::{Predicate, Values, is_special};
use super::{Lint, pattern};
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::expression::{comparison, constant_call};
use crate::program::expression::Comparison;
use crate::syntax::tree::{Expr, ExprKind};
use sumoql_data::value::{Owned, Value};

impl Lint<'_> {
    /// Checks one comparison, `in`, `matches`, or a question about null.
    pub(super) fn atom(&mut self, expr: &Expr, known: &Known) {
        let found = match &expr.kind {
            ExprKind::Binary { op, left, right } => match comparison(*op) {
                Some(op) => self.comparison(op, [left, right], expr.span, known),
                None => true,
            },
            ExprKind::In { value, list, negated } => {
                let starred = self.literal_stars(value, list, *negated);
                self.membership(value, list, known) || starred
            }
            ExprKind::Matches { value, pattern, .. } => self.matching(value, pattern, known),
            ExprKind::Call { name, args } => self.question(&name.text, args, expr.span, known),
            _ => true,
        };
        if !found {
            self.contradiction(expr, known);
        }
    }

    /// What a condition, when it holds, says of a value that no parameter has a part in.
    pub(super) fn claim<'e>(&self, expr: &'e Expr) -> Option<(&'e Expr, Predicate)> {
        let one = |value, typed| Values { list: vec![value], typed };
        let turn = |claim: Predicate, negated: bool| if negated { claim.opposite() } else { Some(claim) };
        match &expr.kind {
            ExprKind::Not(inner) => {
                let (subject, claim) = self.claim(inner)?;
                Some((subject, claim.opposite()?))
            }
            ExprKind::Binary { op, left, right } => {
                let op = comparison(*op)?;
                let (subject, op, value) = match (self.constant(left), self.constant(right)) {
                    (None, Some(value)) => (left, op, value),
                    (Some(value), None) => (right, flipped(op), value),
                    _ => return None,
                };
                let claim = match (op, &value) {
                    (Comparison::Equal, Owned::Null) => Predicate::Null,
                    (Comparison::NotEqual, Owned::Null) => Predicate::Present,
                    (_, Owned::Null) => return None,
                    (Comparison::Equal, _) => Predicate::OneOf(one(value, false)),
                    (Comparison::NotEqual, _) => Predicate::NoneOf(one(value, false)),
                    (op, Owned::Int(n)) => Predicate::Order(op, *n as f64),
                    (op, Owned::Double(n)) if !n.is_nan() => Predicate::Order(op, *n),
                    _ => return None,
                };
                Some((subject, claim))
            }
            ExprKind::In { value, list, negated } => {
                let list = list.iter().map(|item| self.constant(item)).collect::<Option<Vec<_>>>()?;
                Some((value, turn(Predicate::OneOf(Values { list, typed: true }), *negated)?))
            }
            ExprKind::Matches { value, pattern, negated } => {
                let pattern = self.constant_text(pattern)?;
                Some((value, turn(Predicate::Like(pattern), *negated)?))
            }
            ExprKind::Call { name, args } => {
                let [subject] = args.as_slice() else { return None };
                let claim = match self.catalogue.function(&name.text)?.name {
                    "isNull" => Predicate::Null,
                    "isEmpty" => Predicate::Empty,
                    "isBlank" => Predicate::Blank,
                    _ => return None,
                };
                Some((subject, claim))
            }
            _ => None,
        }
    }

    /// Whether another condition that must hold makes this one impossible.
    fn contradiction(&mut self, expr: &Expr, known: &Known) {
        // A negated `in` or `matches` is asked as it stands inside its negation.
        let Some((subject, claim)) = self.claim(expr) else { return };
        let claim = match &expr.kind {
            ExprKind::In { negated: true, .. } | ExprKind::Matches { negated: true, .. } => claim.opposite(),
            _ => Some(claim),
        };
        let (Some(claim), Some(key)) = (claim, self.subject(subject)) else { return };
        let kind = self.fact(subject, known).kind;
        // Each value of a list may be ruled out by another condition.
        let parts = match claim {
            Predicate::OneOf(Values { list, typed }) => {
                list.into_iter().map(|value| Predicate::OneOf(Values { list: vec![value], typed })).collect()
            }
            claim => vec![claim],
        };
        let against = |claim: &Predicate| known.claims(&key).find(|entry| entry.claim.conflicts(claim, kind));
        let reasons: Option<Vec<_>> = parts.iter().map(against).collect();
        if let Some(entry) = reasons.as_deref().and_then(<[_]>::first) {
            let (span, origin) = (entry.span, entry.origin);
            self.never(expr.span, span, origin);
        }
    }

    fn comparison(&mut self, op: Comparison, sides: [&Expr; 2], span: Span, known: &Known) -> bool {
        let [left, right] = sides;
        if let Some(null) = sides.iter().find(|side| matches!(side.kind, ExprKind::Null)) {
            // Whether there is a value; that the manual asks otherwise is told elsewhere.
            let asks = matches!(op, Comparison::Equal | Comparison::NotEqual);
            if !asks && !self.parametric(null.span) {
                let other = if std::ptr::eq(*null, left) { right } else { left };
                self.null(span, other);
            }
            return !asks;
        }
        let (subject, op, value) = match (self.constant(left), self.constant(right)) {
            (None, Some(value)) => (left, op, value),
            (Some(value), None) => (right, flipped(op), value),
            (Some(_), Some(_)) => return true,
            (None, None) => return self.itself(op, sides, span),
        };
        if self.parametric(span) {
            return false;
        }
        let fact = self.fact(subject, known);
        if let (Comparison::Equal | Comparison::NotEqual, Owned::Text(text)) = (op, &value) {
            let constant = if std::ptr::eq(subject, left) { right } else { left };
            if self.literal_star(subject, text, op == Comparison::NotEqual, span, constant.span) {
                return true;
            }
        }
        self.other_type(op, subject, &fact, &value, span)
            || self.below_zero(op, subject, &fact, &value, span)
            || self.other_image(op, subject, &fact, &value, span)
    }

    /// `x = x`.
    fn itself(&mut self, op: Comparison, [left, right]: [&Expr; 2], span: Span) -> bool {
        let (Some(a), Some(b)) = (self.subject(left), self.subject(right)) else { return true };
        if a != b {
            return true;
        }
        let text = self.text(span);
        match op {
            Comparison::Equal | Comparison::LessEqual | Comparison::GreaterEqual => {
                let message = format!("`{text}` is true for every value except null: both sides are the same");
                self.warn(&codes::ALWAYS, span, message, "compare with something else, or write `!isNull(…)`");
            }
            Comparison::NotEqual => {
                let message = format!("`{text}` is true only for null: both sides are the same");
                self.warn(&codes::NEVER, span, message, "compare with something else, or write `isNull(…)`");
            }
            Comparison::Less | Comparison::Greater => {
                let message = format!("`{text}` is never true: both sides are the same");
                self.warn(&codes::NEVER, span, message, "compare with something else");
            }
        }
        true
    }

    /// Whether something is less or more than null.
    fn null(&mut self, span: Span, other: &Expr) {
        let message = format!("`{}` is never true: nothing is less or greater than null", self.text(span));
        let help = format!("write `isNull({})`", self.text(other.span));
        self.warn(&codes::NULL_COMPARED, span, message, &help);
    }

    /// Says that a comparison never holds or, when it asks for a difference, always; an order leaves null out.
    fn never_or_always(&mut self, op: Comparison, span: Span, why: &str, made: Option<Span>, help: &str) -> bool {
        let text = self.text(span);
        let warning = match op {
            Comparison::NotEqual => {
                Diagnostic::warning(&codes::ALWAYS, span, format!("`{text}` is always true: {why}"))
            }
            Comparison::Greater | Comparison::GreaterEqual => {
                let message = format!("`{text}` is true for every value except null: {why}");
                Diagnostic::warning(&codes::ALWAYS, span, message)
            }
            _ => Diagnostic::warning(&codes::NEVER, span, format!("`{text}` is never true: {why}")),
        };
        let warning = warning.help(help);
        self.say(match made {
            Some(made) if made.end <= span.start || made.start >= span.end => warning.label(made, "set here"),
            _ => warning,
        });
        true
    }

    fn other_type(&mut self, op: Comparison, subject: &Expr, fact: &ValueFacts, value: &Owned, span: Span) -> bool {
        let text = self.text(subject.span);
        let word = |value: Value<'_>| matches!(value, Value::Text(text) if !["true", "false"].contains(&text.to_lowercase().as_str()));
        let value = value.borrow();
        let why = match fact.kind {
            ValueKind::Number if matches!(value, Value::Text(text) if value.number().is_none() && !is_special(text)) => {
                format!("`{text}` is a number")
            }
            ValueKind::Bool if value.is_number() && !matches!(value.number(), Some(0.0 | 1.0)) || word(value) => {
                format!("`{text}` is true or false")
            }
            _ => return false,
        };
        let help = match value {
            // Sumo Logic has no literal dates.
            Value::Text(text) if looks_like_date(text) => {
                "times are numbers of milliseconds: compare with `parseDate(\"…\", \"yyyy-MM-dd\")`"
            }
            _ => "compare with a value that can occur",
        };
        let op = if op == Comparison::NotEqual { op } else { Comparison::Equal };
        self.never_or_always(op, span, &why, fact.made, help)
    }

    /// A length, or a count, compared with what lies below zero.
    fn below_zero(&mut self, op: Comparison, subject: &Expr, fact: &ValueFacts, value: &Owned, span: Span) -> bool {
        let (true, Some(n)) = (fact.natural, value.borrow().number()) else { return false };
        let why = format!("`{}` is never below 0", self.text(subject.span));
        let help = "compare with a value that can occur";
        match op {
            Comparison::Less if n <= 0.0 => self.never_or_always(op, span, &why, fact.made, help),
            Comparison::LessEqual | Comparison::Equal | Comparison::NotEqual if n < 0.0 => {
                self.never_or_always(op, span, &why, fact.made, help)
            }
            Comparison::GreaterEqual if n <= 0.0 => self.never_or_always(op, span, &why, fact.made, help),
            Comparison::Greater if n < 0.0 => self.never_or_always(op, span, &why, fact.made, help),
            _ => false,
        }
    }

    /// A text with capitals compared with what `toLowerCase` has made, and the like.
    fn other_image(&mut self, op: Comparison, subject: &Expr, fact: &ValueFacts, value: &Owned, span: Span) -> bool {
        let (Comparison::Equal | Comparison::NotEqual, Owned::Text(text)) = (op, value) else { return false };
        let Some((function, possible)) = image(fact, text) else { return false };
        let why = format!("`{}` is the result of `{function}`", self.text(subject.span));
        self.never_or_always(op, span, &why, fact.made, &format!("compare with `\"{}\"`", shown(&possible)))
    }

    fn membership(&mut self, value: &Expr, list: &[Expr], known: &Known) -> bool {
        let fact = self.fact(value, known);
        let mut found = false;
        let mut seen: Vec<(String, Span)> = Vec::new();
        let mut foreign: Vec<Span> = Vec::new();
        for item in list {
            let Some(key) = self.same(item) else { continue };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == key) {
                let first = *first;
                let message = format!("`{}` is listed twice", self.text(item.span));
                let warning = Diagnostic::warning(&codes::REPEATED, item.span, message)
                    .label(first, "first listed here")
                    .help("remove one of the two, or correct it");
                self.say(warning);
                continue;
            }
            seen.push((key, item.span));
            if matches!(item.kind, ExprKind::Null) {
                let message = "`in` never finds null: null equals nothing".to_string();
                let help = format!("write `isNull({})`", self.text(value.span));
                self.warn(&codes::NULL_COMPARED, item.span, message, &help);
                found = true;
                continue;
            }
            match (fact.kind, self.constant(item)) {
                (ValueKind::Text, Some(Owned::Int(_) | Owned::Double(_)))
                | (ValueKind::Number, Some(Owned::Text(_))) => {
                    foreign.push(item.span);
                }
                (_, Some(Owned::Text(text))) => {
                    if let Some((function, possible)) = image(&fact, &text) {
                        let why = format!("`{}` is the result of `{function}`", self.text(value.span));
                        let help = format!("write `\"{}\"`", shown(&possible));
                        found = self.never_or_always(Comparison::Equal, item.span, &why, fact.made, &help);
                    }
                }
                _ => {}
            }
        }
        if let (Some(first), Some(last)) = (foreign.first(), foreign.last()) {
            self.foreign_items(value, &fact, first.to(*last));
            found = true;
        }
        found
    }

    /// `in` with numbers for a text, or texts for a number.
    fn foreign_items(&mut self, value: &Expr, fact: &ValueFacts, span: Span) {
        let text = self.text(value.span);
        let (is, among, help) = match fact.kind {
            ValueKind::Number => ("a number", "strings", "write the numbers without quotes".to_string()),
            _ => ("a string", "numbers", format!("put the numbers in quotes, or cast the field: `num({text}) in (…)`")),
        };
        let message = format!("`{text}` is {is}: `in` never finds it in a list of {among}");
        let warning = Diagnostic::warning(&codes::FOREIGN_LIST, span, message).help(help);
        self.say(match fact.made {
            Some(made) => warning.label(made, format!("it becomes {is} here")),
            None => warning,
        });
    }

    fn matching(&mut self, value: &Expr, pattern: &Expr, known: &Known) -> bool {
        if self.parametric(pattern.span) {
            return true;
        }
        if let ExprKind::Regex(regex) = &pattern.kind {
            return self.matching_regex(value, pattern.span, regex, known);
        }
        let Some(text) = self.constant_text(pattern) else { return true };
        let fact = self.fact(value, known);
        let pieces = || text.split('*').filter(|piece| !piece.is_empty());
        if let Some((function, possible)) = pieces().find_map(|piece| case_image(&fact, piece)) {
            let why = format!("`{}` is the result of `{function}`", self.text(value.span));
            let help = format!("write `{possible}` in the pattern");
            return self.never_or_always(Comparison::Equal, pattern.span, &why, fact.made, &help);
        }
        if pattern::looks_like_regex(&text) {
            self.quoted_regex(value, pattern.span, &text);
        } else if !text.contains('*') {
            self.no_wildcard(value, pattern.span, &text);
        }
        false
    }

    /// A regular expression where only `*` has a meaning.
    fn quoted_regex(&mut self, value: &Expr, span: Span, text: &str) {
        let message = "this looks like a regular expression, but in quotes only `*` is special".to_string();
        let regex = pattern::as_regex(text).unwrap_or("…".into());
        let help = format!("write it between slashes: `{} matches /{regex}/`", self.text(value.span));
        self.warn(&codes::QUOTED_REGEX, span, message, &help);
    }

    /// A pattern without a star: the whole value must be it. That is what is meant of a field that has few values, as the
    /// manual's own examples show, and hardly of a whole message, nor with a `?` among the letters.
    fn no_wildcard(&mut self, value: &Expr, span: Span, pattern: &str) {
        let message = matches!(&value.kind, ExprKind::Field(name) if name.key() == "_raw");
        let between = |(at, _): (usize, &str)| {
            let (before, after) = (&pattern[..at], &pattern[at + 1..]);
            before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric) && !after.contains('=')
        };
        let marked = pattern.match_indices('?').any(between);
        if pattern.is_empty() || !(message || marked) {
            return;
        }
        let message = "this pattern has no `*`, so it matches only a value that is equal to it".to_string();
        let (value, written) = (self.text(value.span), self.text(span));
        let mark = if marked { "; `?` is not a wildcard here" } else { "" };
        let help = format!("write `{value} = {written}`, or put a `*` wherever other text may appear{mark}");
        self.warn(&codes::NO_WILDCARD, span, message, &help);
    }

    fn matching_regex(&mut self, value: &Expr, span: Span, regex: &str, known: &Known) -> bool {
        if pattern::finds_everything(regex) {
            let message =
                format!("`{}` matches every string: this is true for every value except null", self.text(span));
            let help = format!("write `!isNull({})`, or a pattern that not every value matches", self.text(value.span));
            self.warn(&codes::ALWAYS, span, message, &help);
            return true;
        }
        self.regex(regex, span, false);
        let fact = self.fact(value, known);
        let letters = pattern::needed(regex);
        let mut one = [0; 4];
        let found =
            letters.iter().find_map(|letter| case_image(&fact, letter.encode_utf8(&mut one)).map(|(name, _)| name));
        let Some(function) = found else { return false };
        let why = format!("`{}` is the result of `{function}`", self.text(value.span));
        let help = format!("write the letters in the case that `{function}` gives, or start the pattern with `(?i)`");
        self.never_or_always(Comparison::Equal, span, &why, fact.made, &help)
    }

    /// Whether a condition asks for null, or for the empty or a blank text, of a value of which another says that it is not.
    pub(super) fn claimed_present(&self, expr: &Expr, known: &Known) -> bool {
        let Some((subject, claim @ (Predicate::Null | Predicate::Empty | Predicate::Blank))) = self.claim(expr) else {
            return false;
        };
        let kind = self.fact(subject, known).kind;
        let key = self.subject(subject);
        key.is_some_and(|key| known.claims(&key).any(|entry| entry.claim.conflicts(&claim, kind)))
    }

    /// `isNull(x)` and its kin over what always has a value.
    fn question(&mut self, name: &str, args: &[Expr], span: Span, known: &Known) -> bool {
        let ([subject], Some("isNull")) = (args, self.catalogue.function(name).map(|def| def.name)) else {
            return false;
        };
        let Some(key) = self.subject(subject) else { return true };
        let fact = self.fact(subject, known);
        let claimed = known.claims(&key).any(|entry| entry.claim.conflicts(&Predicate::Null, fact.kind));
        if !fact.present || claimed {
            return false;
        }
        let why = format!("`{}` always has a value", self.text(subject.span));
        self.never_or_always(Comparison::Equal, span, &why, fact.made, "remove this condition")
    }
}

/// What the function that a value has gone through makes of a text, when that is another text: the value is never this one.
fn image(fact: &ValueFacts, text: &str) -> Option<(&'static str, String)> {
    let def = fact.image?;
    match constant_call(def, &[Owned::Text(text.into())])? {
        Owned::Text(made) if *made != *text => Some((def.signature.name, made.into())),
        _ => None,
    }
}

/// The same for a part of a text, where only letter case can be told.
fn case_image(fact: &ValueFacts, part: &str) -> Option<(&'static str, String)> {
    image(fact, part).filter(|(name, _)| *name != "trim")
}

/// Whether a text begins as dates do.
fn looks_like_date(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=4).contains(&digits) && text[digits..].starts_with(['-', '/', '.'])
}

/// A text as it is written between quotes.
fn shown(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
