//! Names of fields that stages make.

use super::Lint;
use crate::diagnostics::{Diagnostic, Span, codes};
use crate::plan::built_in_fields::BUILT_IN;
use crate::syntax::signature::{Group, OperatorRole};
use crate::syntax::tree::{ArgValue, Args, Name, Stage, StageKind};

impl Lint<'_> {
    /// Checks the names that a stage gives.
    pub(super) fn names(&mut self, stage: &Stage) {
        match &stage.kind {
            StageKind::Expression { alias, .. } => alias.iter().for_each(|name| self.made_name(name, false)),
            StageKind::Aggregate { items, .. } => {
                items.iter().filter_map(|item| item.alias.as_ref()).for_each(|name| self.made_name(name, false));
            }
            StageKind::Operator { def, args } => {
                // Published apps name fields of JSON `_rawlog`, and results `_count`; what text is cut into has the manual's rule.
                let parses = def.group == Group::Parse && !def.name.starts_with("json");
                let mut names = Vec::new();
                made(args, &mut names);
                names.iter().flatten().for_each(|name| self.made_name(name, parses));
                if def.group == Group::Parse {
                    names.iter().for_each(|list| self.listed_twice(list));
                }
                if def.role == OperatorRole::RegexParse {
                    self.group_names(args);
                }
            }
            StageKind::Parameter(_) | StageKind::Broken => {}
        }
    }

    /// A name begins and ends with a letter or digit (manual page `parse-variable-patterns-using-regex`).
    fn made_name(&mut self, name: &Name, parses: bool) {
        self.name_ends(&name.text, name.span, parses);
    }

    fn name_ends(&mut self, name: &str, span: Span, parses: bool) {
        let bare = name.trim_matches('_');
        let built_in = BUILT_IN.iter().any(|known| known.eq_ignore_ascii_case(name));
        let unusual = name.ends_with('_') || (parses && name.starts_with('_') && !built_in);
        // `_` alone passes a column over.
        if bare.is_empty() || !unusual || self.parametric(span) {
            return;
        }
        let message = format!("field names in Sumo Logic begin and end with a letter or digit: `{name}` does not");
        self.warn(&codes::FIELD_NAME, span, message, &format!("write `{bare}`"));
    }

    /// The names of groups in regular expressions.
    fn group_names(&mut self, args: &Args) {
        for pattern in args.all("pattern") {
            let written = pattern.span.of(&self.expansion.text).to_string();
            for (at, _) in written.match_indices("(?") {
                let rest = &written[at + 2..];
                let Some(name) = rest.strip_prefix("P<").or_else(|| rest.strip_prefix('<')) else { continue };
                let start = pattern.span.start + written.len() - name.len();
                let Some((name, _)) = name.split_once('>').filter(|(name, _)| !name.starts_with(['=', '!'])) else {
                    continue;
                };
                self.name_ends(name, Span::new(start, start + name.len()), true);
            }
        }
    }

    /// A stage that lists a name twice fills it once.
    fn listed_twice(&mut self, names: &[&Name]) {
        for (at, name) in names.iter().enumerate() {
            let Some(first) = names[..at].iter().find(|first| first.key() == name.key()) else { continue };
            if name.text == "_" || self.parametric(name.span) || self.parametric(first.span) {
                continue;
            }
            let message = format!("`{}` is listed twice: only one of the two values is kept", name.text);
            let warning = Diagnostic::warning(&codes::NAME_TWICE, name.span, message)
                .label(first.span, "first listed here")
                .help("give each field its own name");
            self.say(warning);
        }
    }
}

/// The names that a stage's arguments give, list by list: those of one pattern are one.
fn made<'a>(args: &'a Args, lists: &mut Vec<Vec<&'a Name>>) {
    let mut own = Vec::new();
    for arg in &args.0 {
        match &arg.value {
            ArgValue::Field(name) if matches!(arg.label, "name" | "alias") => own.push(name),
            // Columns by number: `1 as a, 3 as c`.
            ArgValue::Group(inner) if arg.label == "target" => own.extend(inner.fields("name")),
            ArgValue::Group(inner) => made(inner, lists),
            _ => {}
        }
    }
    lists.push(own);
}
