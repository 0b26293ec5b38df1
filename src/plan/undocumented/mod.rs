//! Forms that this program takes because published queries have them, and that Sumo Logic's manual does not: each is a
//! warning that names the manual's own form, and an error with `--strict`.
//!
//! Here are the forms of the grammar itself; what single operators take beyond the manual they tell themselves, with
//! [`super::Planner::undocumented`]. `docs/dialect.md` lists all.

mod fixes;

use crate::diagnostics::{Diagnostic, Edit, Fix, Span, codes};
use crate::syntax::lexical::{QUOTES, blank, parameter_end};
use crate::syntax::other_languages;
use crate::syntax::signatures::Signatures;
use crate::syntax::tree::{
    AggregateItem, Arg, ArgValue, Args, BinaryOp, Expr, ExprKind, Name, PairValue, Query, Search, SearchKind, Stage,
    StageKind, Text,
};

/// The undocumented forms in a query.
pub(super) fn undocumented(query: &Query, text: &str, signatures: &Signatures) -> Vec<Diagnostic> {
    let mut walk = Walk { text, signatures, found: Vec::new() };
    walk.query(query);
    walk.found
}

struct Walk<'t> {
    text: &'t str,
    signatures: &'t Signatures,
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
            let at = Span::new(span.end - sign.len(), span.end - sign.len() + "!=".len());
            let starts = sign.starts_with("!=");
            self.report(span, "`!=` in the scope", format!("write `NOT {key}=…`"));
            if starts {
                let edit = |span, text: &str| Edit { span, text: text.into() };
                let edits = vec![edit(Span::new(span.start, span.start), "NOT "), edit(at, "=")];
                self.fix(Fix::new(format!("write `NOT {key}=…`"), edits).same_rows());
            }
        } else if sign.starts_with("==") {
            let at = Span::new(span.end - sign.len(), span.end - sign.len() + "==".len());
            self.report(span, "`==` in the scope", format!("write `{key}=…`"));
            self.exchange(at, "=");
        }
        match value {
            PairValue::Text(text) if text.span.start == text.span.end => {
                self.report(span, "metadata without a value", format!("for an empty value, write `{key}=\"\"`"));
                self.exchange(text.span, "\"\"");
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
                    let quoted = format!("\"{}\"", word.replace('"', "\\\""));
                    self.report(span, &what, format!("put quotes around it: `{quoted}`"));
                    // Between quotes, a wildcard and a backslash are something else.
                    let end = Span::new(span.end.saturating_sub(word.len()), span.end);
                    if end.of(self.text) == word && !word.contains(['*', '?', '\\']) {
                        self.exchange(end, quoted);
                    }
                    return;
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
                    let start = first.span.start;
                    let row = other_languages::find("stats", other_languages::Position::Stage);
                    let help = row.map_or("", |row| row.help);
                    self.report(span, "`stats`", format!("{help}: `| {written}`"));
                    let edit = Edit { span: Span::new(stage.span.start, start), text: String::new() };
                    self.fix(Fix::new("remove `stats`", vec![edit]).same_rows());
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
                    let title = format!("write `as {}` before `by`", alias.text);
                    self.report(alias.span, "the name of the result after `by`", instead);
                    if let Some(last) = by.last() {
                        let written = alias.span.of(self.text);
                        let early = Span::new(item.span.end, item.span.end);
                        let edits = vec![
                            Edit { span: early, text: format!(" as {written}") },
                            Edit { span: Span::new(last.span.end, alias.span.end), text: String::new() },
                        ];
                        self.fix(Fix::new(title, edits).same_rows());
                    }
                }
                _ => {}
            }
            if name == "count_distinct" && item.args.len() > 1 {
                let instead = "combine the fields first: `| concat(a, \",\", b) as ab | count_distinct(ab)`";
                self.report(item.span, "`count_distinct` of several fields", instead);
            }
            if let Some(instead) = other_languages::aggregate(&item.name.text) {
                self.report(item.name.span, &format!("`{}`", item.name.text), instead);
                self.exchange(item.name.span, name);
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
            self.fix(Fix::insert(first.span.start, "by ").same_rows());
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
                    self.exchange(arg.span, tight);
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
                let known = self.signatures.function(&name.text).is_some();
                if let Some(row) = other_languages::function(&name.text).filter(|_| known) {
                    self.report(name.span, &format!("`{}`", name.text), row.help);
                    self.renamed(name, row.help);
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
                    let not = expr.span.end - head.len();
                    let edit = |start, end, text: &str| Edit { span: Span::new(start, end), text: text.into() };
                    let edits = match written.starts_with('(') {
                        true => vec![edit(not, inner.span.start, "!")],
                        false => {
                            let end = inner.span.end;
                            vec![edit(not, inner.span.start, "!("), edit(end, end, ")")]
                        }
                    };
                    let fix = Fix::new(instead.clone(), edits).same_rows();
                    let comment = !Span::new(not + "not".len(), inner.span.start).of(self.text).trim().is_empty();
                    self.report(expr.span, "`not` before a condition", instead);
                    if !comment {
                        self.fix(fix);
                    }
                }
            }
            ExprKind::Binary { op, left, right } => {
                let sides = [left, right];
                if let (BinaryOp::Equal | BinaryOp::NotEqual, Some(null)) =
                    (op, sides.iter().position(|side| matches!(side.kind, ExprKind::Null)))
                {
                    let sign = if *op == BinaryOp::NotEqual { "!" } else { "" };
                    let new = format!("{sign}isNull({})", sides[1 - null].span.of(self.text));
                    self.report(expr.span, "a comparison with null", format!("write `{new}`"));
                    self.exchange_expression(expr.span, new);
                }
            }
            ExprKind::And(terms) | ExprKind::Or(terms) => self.terms(terms),
            ExprKind::Matches { value, pattern, negated } => {
                if let Some((what, regex)) = self.borrowed(value, pattern) {
                    let value = value.span.of(self.text);
                    let new = match negated {
                        false => format!("{value} matches {regex}"),
                        true => format!("!({value} matches {regex})"),
                    };
                    self.report(expr.span, what, format!("write `{new}`"));
                    // A call binds tighter than a comparison.
                    match what.contains("function") {
                        true => self.exchange(expr.span, format!("({new})")),
                        false => self.exchange_expression(expr.span, new),
                    }
                } else if *negated {
                    let (value, pattern) = (value.span.of(self.text), pattern.span.of(self.text));
                    let new = format!("!({value} matches {pattern})");
                    self.report(expr.span, "`not matches`", format!("write `{new}`"));
                    self.exchange_expression(expr.span, new);
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
            let number = Span::new(span.end - written.len(), span.end - written.len() + digits.len() + unit.len());
            self.report(span, what, format!("write `{plain}`"));
            self.exchange(number, plain);
        }
        let after = written.split_once(['e', 'E']).map_or("", |(_, after)| after);
        if after.starts_with(|c: char| c.is_ascii_digit()) {
            let at = span.end - after.len();
            self.report(span, "an exponent without a sign", "write `1e+3` or `1e-3`");
            self.exchange(Span::new(at, at), "+");
        }
    }

    fn regex(&mut self, span: Span) {
        let written = span.of(self.text);
        if written.ends_with("/i") {
            self.report(span, "the flag `i` after a regular expression", "write `(?i)` at the start: `/(?i)…/`");
            let (start, flag) = (span.start + 1, span.end - 1);
            if !written[1..].starts_with(['*', '+', '?', '{']) {
                let edits = vec![
                    Edit { span: Span::new(start, start), text: "(?i)".into() },
                    Edit { span: Span::new(flag, span.end), text: String::new() },
                ];
                self.fix(Fix::new("write `(?i)` at the start", edits).same_rows());
            }
        }
        let body = written.trim_end_matches('i').get(1..).and_then(|body| body.strip_suffix('/')).unwrap_or("");
        let mut bare = Vec::new();
        let mut chars = body.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '/' => bare.push(span.start + 1 + at),
                _ => {}
            }
        }
        if !bare.is_empty() {
            self.report(span, "an unescaped slash in a regular expression", "write `\\/`");
            let edit = |at: &usize| Edit { span: Span::new(*at, *at), text: "\\".into() };
            self.fix(Fix::new("write `\\/`", bare.iter().map(edit).collect()).same_rows());
        }
    }

    fn name(&mut self, name: &Name) {
        let written = name.span.of(self.text);
        if written.ends_with(']') && !written.starts_with('%') && written != name.text {
            let quoted = format!("%\"{}\"", name.text);
            self.report(name.span, "`fields['…']`", format!("in a log search, write `{quoted}`"));
            if !name.text.contains(['"', '\\']) {
                self.exchange(name.span, quoted);
            }
        }
        let escaped = written.strip_prefix('%').unwrap_or("");
        if escaped.starts_with(|c: char| c.is_whitespace() || c == '/') {
            self.report(name.span, "a space after `%`", format!("write `%{}`", blank(escaped)));
            self.exchange(name.span, format!("%{}", blank(escaped)));
        }
        if blank(escaped).starts_with(&QUOTES[1..]) {
            let quoted = Span::new(name.span.end - blank(escaped).len(), name.span.end);
            self.typographic(name.span, quoted);
        }
    }

    fn quotes(&mut self, text: &Text) {
        if text.span.of(self.text).starts_with(&QUOTES[1..]) {
            self.typographic(text.span, text.span);
        }
        if text.raw.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1 {
            let what = "a backslash before the closing quote of a string";
            self.report(text.span, what, format!("double a backslash at the end: `\"{}\\\"`", text.raw));
            let closing = text.span.of(self.text).chars().next_back().map_or(0, char::len_utf8);
            let at = text.span.end - closing;
            self.exchange(Span::new(at, at), "\\");
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
mod tests;
