//! Forms that this program takes because published queries have them, and that Sumo Logic's manual does not: each is a
//! warning that names the manual's own form, and an error with `--strict`.
//!
//! Here are the forms of the grammar itself; what single operators take beyond the manual they tell themselves, with
//! [`super::Planner::undocumented`]. `docs/dialect.md` lists all.

use crate::diagnostics::{Diagnostic, Span, codes};
use crate::syntax::foreign_functions;
use crate::syntax::lexical::{QUOTES, blank, parameter_end};
use crate::syntax::tree::{
    AggregateItem, Arg, ArgValue, Args, BinaryOp, Expr, ExprKind, Name, PairValue, Query, Search, SearchKind, Stage,
    StageKind, Text,
};

/// The undocumented forms in a query.
pub(super) fn undocumented(query: &Query, text: &str) -> Vec<Diagnostic> {
    let mut walk = Walk { text, found: Vec::new() };
    walk.query(query);
    walk.found
}

struct Walk<'t> {
    text: &'t str,
    found: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn report(&mut self, span: Span, what: &str, instead: impl Into<String>) {
        let message = format!("Sumo Logic does not document {what}");
        self.found.push(Diagnostic::warning(&codes::UNDOCUMENTED, span, message).help(instead));
    }

    /// What stands from one place up to another, without leading blanks and comments.
    fn between(&self, from: usize, to: usize) -> &str {
        blank(self.text.get(from..to).unwrap_or(""))
    }

    fn query(&mut self, query: &Query) {
        self.search(&query.search);
        query.stages.iter().for_each(|stage| self.stage(stage));
    }

    // ---- the scope -----------------------------------------------------------------------------------------------

    fn search(&mut self, search: &Search) {
        match &search.kind {
            SearchKind::All => {}
            SearchKind::Word(word) => self.word(word, search.span),
            SearchKind::Phrase(text) => {
                if text.raw.is_empty() {
                    self.report(text.span, "an empty phrase", "to write a quote inside a phrase, use `\\\"`");
                }
                self.quotes(text);
            }
            SearchKind::Pair { name, negated, value } => self.pair(name, *negated, value, search.span),
            SearchKind::Test(call) => {
                let call_text = call.span.of(self.text).to_string();
                self.report(call.span, "a function in the scope", format!("use a stage: `| where {call_text}`"));
                self.expr(call);
            }
            SearchKind::Subquery(subquery) => self.args(&subquery.args),
            SearchKind::And(terms) | SearchKind::Or(terms) => terms.iter().for_each(|term| self.search(term)),
            SearchKind::Not(inner) => self.search(inner),
        }
    }

    fn pair(&mut self, name: &Name, negated: bool, value: &PairValue, span: Span) {
        let (key, sign) = (name.span.of(self.text).to_string(), self.between(name.span.end, span.end));
        if negated {
            self.report(span, "`!=` in the scope", format!("write `NOT {key}=…`"));
        } else if sign.starts_with("==") {
            self.report(span, "`==` in the scope", format!("write `{key}=…`"));
        }
        match value {
            PairValue::Text(text) if text.span.start == text.span.end => {
                self.report(span, "metadata without a value", format!("for an empty value, write `{key}=\"\"`"));
            }
            PairValue::Text(text) => self.quotes(text),
            PairValue::Word(word) if word.contains('<') => {
                self.report(span, "a placeholder", "replace it with your own value, as in `_sourceCategory=prod/web`");
            }
            PairValue::Word(word) => self.word(word, span),
        }
    }

    /// A word without quotes (manual page `keyword-search-expressions`).
    fn word(&mut self, word: &str, span: Span) {
        let mut rest = word;
        while let Some(c) = rest.chars().next() {
            rest = match parameter_end(rest) {
                Some(after) => after,
                None if c.is_alphanumeric() || "-_:/.+@#$%^*?".contains(c) => &rest[c.len_utf8()..],
                None => {
                    let what = format!("`{c}` in an unquoted word");
                    return self.report(
                        span,
                        &what,
                        format!("put quotes around it: `\"{}\"`", word.replace('"', "\\\"")),
                    );
                }
            };
        }
    }

    // ---- stages --------------------------------------------------------------------------------------------------

    fn stage(&mut self, stage: &Stage) {
        match &stage.kind {
            StageKind::Operator { args, .. } => self.args(args),
            StageKind::Aggregate { items, by } => {
                if let Some(first) = items.first().filter(|first| first.span.start > stage.span.start) {
                    let written = Span::new(first.span.start, stage.span.end).of(self.text);
                    let span = Span::new(stage.span.start, stage.span.start + "stats".len());
                    self.report(span, "`stats`", format!("write `| {written}`"));
                }
                self.aggregate(items, by);
            }
            StageKind::Expression { value, alias } => {
                self.expr(value);
                alias.iter().for_each(|name| self.name(name));
            }
            StageKind::Parameter(_) | StageKind::Broken => {}
        }
    }

    fn aggregate(&mut self, items: &[AggregateItem], by: &[Name]) {
        for item in items {
            let name = item.def.name;
            let late =
                item.alias.as_ref().filter(|alias| by.last().is_some_and(|last| last.span.end < alias.span.start));
            match late {
                // Only the page of `values` has it.
                Some(alias) if name != "values" => {
                    let instead = format!("name it before `by`: `{name}(…) as {} by …`", alias.text);
                    self.report(alias.span, "the name of the result after `by`", instead);
                }
                _ => {}
            }
            if name == "count_distinct" && item.args.len() > 1 {
                let instead = "combine the fields first: `| concat(a, \",\", b) as ab | count_distinct(ab)`";
                self.report(item.span, "`count_distinct` of several fields", instead);
            }
            if let Some(instead) = foreign_functions::aggregate(&item.name.text) {
                self.report(item.name.span, &format!("`{}`", item.name.text), instead);
            }
            item.args.iter().for_each(|arg| self.expr(arg));
            item.alias.iter().for_each(|name| self.name(name));
        }
        // Only after a count (manual page `search-cse-records-in-sumo`).
        if let (Some(last), Some(first)) = (items.last().filter(|last| !last.def.shorthand), by.first())
            && self.between(last.span.end, first.span.start).is_empty()
            && last.span.end < first.span.start
        {
            let written = last.span.of(self.text);
            let instead = format!("write `{written} by {}`", first.span.of(self.text));
            self.report(first.span, "group fields without `by`", instead);
        }
        by.iter().for_each(|name| self.name(name));
    }

    fn args(&mut self, args: &Args) {
        args.0.iter().for_each(|arg| self.arg(arg));
    }

    fn arg(&mut self, arg: &Arg) {
        match &arg.value {
            ArgValue::Field(name) => self.name(name),
            ArgValue::Expr(expr) => self.expr(expr),
            ArgValue::Text(text) => self.quotes(text),
            ArgValue::Regex(_) => self.regex(arg.span),
            ArgValue::Interval(_) => {
                let written = arg.span.of(self.text);
                if written.ends_with("ms") {
                    let instead = "use `w`, `d`, `h`, `m` or `s`, as in `1s`";
                    self.report(arg.span, "milliseconds as a unit of time", instead);
                }
                if written.contains(char::is_whitespace) {
                    let tight: String = written.split_whitespace().collect();
                    self.report(arg.span, "a space before a unit of time", format!("write `{tight}`"));
                }
            }
            ArgValue::Group(args) => self.args(args),
            ArgValue::Pipeline(stages) => stages.iter().for_each(|stage| self.stage(stage)),
            ArgValue::Query(query) => self.query(query),
            _ => {}
        }
    }

    // ---- expressions ---------------------------------------------------------------------------------------------

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Path(_) => {}
            ExprKind::Number(_) => self.number(expr.span),
            ExprKind::Text(text) => self.quotes(text),
            ExprKind::Regex(_) => self.regex(expr.span),
            ExprKind::Field(name) => self.name(name),
            ExprKind::Call { name, .. } => {
                if let Some(instead) = foreign_functions::function(&name.text) {
                    self.report(name.span, &format!("`{}`", name.text), instead);
                }
            }
            ExprKind::Not(inner) => {
                let head = opened(expr.span.of(self.text));
                if !head.starts_with('!') {
                    let written = inner.span.of(self.text);
                    let instead = match written.starts_with('(') {
                        true => format!("write `!{written}`"),
                        false => format!("write `!({written})`"),
                    };
                    self.report(expr.span, "`not` before a condition", instead);
                }
            }
            ExprKind::Binary { op, left, right } => {
                let sides = [left, right];
                if let (BinaryOp::Equal | BinaryOp::NotEqual, Some(null)) =
                    (op, sides.iter().position(|side| matches!(side.kind, ExprKind::Null)))
                {
                    let sign = if *op == BinaryOp::NotEqual { "!" } else { "" };
                    let instead = format!("write `{sign}isNull({})`", sides[1 - null].span.of(self.text));
                    self.report(expr.span, "a comparison with null", instead);
                }
            }
            ExprKind::And(terms) | ExprKind::Or(terms) => self.terms(terms),
            ExprKind::Matches { value, pattern, negated } => {
                if let Some((what, regex)) = self.borrowed(value, pattern) {
                    let value = value.span.of(self.text);
                    let instead = match negated {
                        false => format!("write `{value} matches {regex}`"),
                        true => format!("write `!({value} matches {regex})`"),
                    };
                    self.report(expr.span, what, instead);
                } else if *negated {
                    let (value, pattern) = (value.span.of(self.text), pattern.span.of(self.text));
                    let instead = format!("write `!({value} matches {pattern})`");
                    self.report(expr.span, "`not matches`", instead);
                }
            }
            ExprKind::Subquery(subquery) => self.args(&subquery.args),
            ExprKind::Negative(_) | ExprKind::If { .. } | ExprKind::In { .. } => {}
        }
        expr.parts().for_each(|part| self.expr(part));
    }

    fn terms(&mut self, terms: &[Expr]) {
        for term in terms {
            if let ExprKind::Text(text) = &term.kind {
                let instead = format!("a string is never true: write `FIELD matches \"{}\"`", text.raw);
                self.report(term.span, "a string as a condition", instead);
            }
        }
    }

    /// How another language writes a condition with a regular expression, if it is written so, and the expression between
    /// slashes.
    fn borrowed(&self, value: &Expr, pattern: &Expr) -> Option<(&'static str, String)> {
        let between = self.between(value.span.end, pattern.span.start);
        let what = match between.get(..1)? {
            "=" => "`=~`",
            "!" => "`!~`",
            "," => "`matches` as a function",
            _ => return None,
        };
        match &pattern.kind {
            ExprKind::Regex(regex) => Some((what, format!("/{}/", regex.replace('/', "\\/")))),
            _ => None,
        }
    }

    /// Only exponents with a sign are documented (manual page `field-expressions`).
    fn number(&mut self, span: Span) {
        let written = opened(span.of(self.text));
        let digits = written.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or("");
        let unit = written[digits.len()..].split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let typed = unit.starts_with(['f', 'F', 'D', 'l', 'L']);
        if digits.ends_with('.') || typed {
            let what = if typed { "a type suffix on a number" } else { "a decimal point without digits after it" };
            let plain = format!("{}{}", digits.trim_end_matches('.'), if typed { "" } else { unit });
            self.report(span, what, format!("write `{plain}`"));
        }
        let after = written.split_once(['e', 'E']).map_or("", |(_, after)| after);
        if after.starts_with(|c: char| c.is_ascii_digit()) {
            self.report(span, "an exponent without a sign", "write `1e+3` or `1e-3`");
        }
    }

    fn regex(&mut self, span: Span) {
        let written = span.of(self.text);
        if written.ends_with("/i") {
            self.report(span, "the flag `i` after a regular expression", "write `(?i)` at the start: `/(?i)…/`");
        }
        let body = written.trim_end_matches('i').get(1..).and_then(|body| body.strip_suffix('/')).unwrap_or("");
        let mut chars = body.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '/' => {
                    self.report(span, "an unescaped slash in a regular expression", "write `\\/`");
                    break;
                }
                _ => {}
            }
        }
    }

    fn name(&mut self, name: &Name) {
        let written = name.span.of(self.text);
        if written.ends_with(']') && !written.starts_with('%') && written != name.text {
            let instead = format!("in a log search, write `%\"{}\"`", name.text);
            self.report(name.span, "`fields['…']`", instead);
        }
        let escaped = written.strip_prefix('%').unwrap_or("");
        if escaped.starts_with(|c: char| c.is_whitespace() || c == '/') {
            self.report(name.span, "a space after `%`", format!("write `%{}`", blank(escaped)));
        }
        if blank(escaped).starts_with(&QUOTES[1..]) {
            self.report(name.span, "typographic quotes", "write straight quotes: `\"`");
        }
    }

    fn quotes(&mut self, text: &Text) {
        if text.span.of(self.text).starts_with(&QUOTES[1..]) {
            self.report(text.span, "typographic quotes", "write straight quotes: `\"`");
        }
        if text.raw.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1 {
            let what = "a backslash before the closing quote of a string";
            self.report(text.span, what, format!("double a backslash at the end: `\"{}\\\"`", text.raw));
        }
    }
}

/// What stands behind the brackets that a text begins with.
fn opened(text: &str) -> &str {
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('(') {
        rest = blank(inner);
    }
    rest
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_what_to_write_instead() {
        for (text, place, instead) in [
            ("\"\"", "\"\"", "to write a quote inside a phrase, use `\\\"`"),
            ("_sourceHost!=x", "_sourceHost!=x", "write `NOT _sourceHost=…`"),
            ("_sourceHost==x", "_sourceHost==x", "write `_sourceHost=…`"),
            ("(_sourceHost=)", "(_sourceHost=)", "for an empty value, write `_sourceHost=\"\"`"),
            ("a,b", "a,b", "put quotes around it: `\"a,b\"`"),
            ("* | stats count by a", "stats", "write `| count by a`"),
            ("* | sum(a) by b as c", "c", "name it before `by`: `sum(…) as c by …`"),
            ("* | sum(a) b", "b", "write `sum(a) by b`"),
            ("* | where a not in (\"x\") and not b = \"y\"", "not b = \"y\"", "write `!(b = \"y\")`"),
        ] {
            let (query, errors) = crate::syntax::parse(text, &crate::catalogue());
            assert!(errors.is_empty(), "{text}: {errors:?}");
            let found = super::undocumented(&query, text);
            let said: Vec<_> = found.iter().map(|d| (d.span.of(text), d.help.as_deref().unwrap_or_default())).collect();
            assert!(found.iter().all(|d| d.code.id == codes::UNDOCUMENTED.id));
            assert_eq!(said, [(place, instead)], "{text}");
        }
    }

    #[test]
    fn the_manuals_own_forms() {
        for text in [
            "error NOT (fail* or \"x y\") _sourceHost=a*b c-d:e/f.g",
            "* | count by a | sum(b) as c by d | values(e) by f as g | count a",
            "* | where !(a in (\"x\")) and b matches \"y*\" or !isNull(c)",
            "* | where a = 1.5k | timeslice 5m | parse regex \"(?<x>a)\" | if(a > 1, \"b\", \"c\") as d",
        ] {
            let (query, errors) = crate::syntax::parse(text, &crate::catalogue());
            assert!(errors.is_empty(), "{text}: {errors:?}");
            assert_eq!(
                super::undocumented(&query, text).iter().map(|d| &d.message).collect::<Vec<_>>(),
                [""; 0],
                "{text}"
            );
        }
    }
}
