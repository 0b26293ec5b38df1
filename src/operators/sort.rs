//! `sort`, also `order`: puts rows in order.

use crate::diagnostics::Diagnostic;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "sort",
    group: Group::Table,
    form: "('sort' | 'order') ('by'? key:(('+' | '-')? name:field ('asc' | 'desc')?),+)?",
    summary: "Sorts the rows, by default in descending order.",
    doc: "Each key has its own direction: descending by default, ascending with a leading `+` or a trailing `asc`. \
          Numbers are sorted as numbers, and strings by code point, even if they look like numbers: cast them first \
          with `num(x)`. Null is the smallest value. Rows with equal keys keep their order.\n\n\
          Without a key, which the manual does not document, rows are sorted by the columns that are not group \
          fields, in their order; messages are not sorted.",
    page: "search/search-query-language/search-operators/sort",
    also: &["order", "rank", "arrange", "descending", "ascending"],
    examples: &[
        Example {
            title: "Descending by default",
            query: "* | parse \"u=*;\" as u | count by u | sort by _count",
            messages: &["u=a;", "u=b;", "u=b;"],
            expect: Expect::Rows(&["u", "_count"], &[&["b", "2"], &["a", "1"]]),
        },
        Example {
            title: "A direction for each key",
            query: "* | parse \"g=* v=*;\" as g, v | count by g, v | sort by +g, v | fields g, v",
            messages: &["g=x v=a;", "g=y v=a;", "g=x v=b;"],
            expect: Expect::Rows(&["g", "v"], &[&["x", "b"], &["x", "a"], &["y", "a"]]),
        },
        Example {
            title: "A condition after the sort keeps the order",
            query: "* | parse \"u=*;\" as u | count by u | sort by _count | where _count < 3",
            messages: &["u=a;", "u=b;", "u=b;", "u=c;", "u=c;", "u=c;"],
            expect: Expect::Rows(&["u", "_count"], &[&["b", "2"], &["a", "1"]]),
        },
        Example {
            title: "Strings are not cast, and null comes last in descending order",
            query: "* | parse \"v=*;\" as v nodrop | sort by v | fields v",
            messages: &["none", "v=100;", "v=9;"],
            expect: Expect::Rows(&["v"], &[&["9"], &["100"], &[""]]),
        },
        Example {
            title: "Without a key, by the aggregate",
            query: "* | parse \"u=*;\" as u | count by u | sort",
            messages: &["u=a;", "u=b;", "u=b;"],
            expect: Expect::Rows(&["u", "_count"], &[&["b", "2"], &["a", "1"]]),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let mut keys = Vec::new();
    for (key, _) in call.args.groups("key") {
        if let Some(name) = key.field("name") {
            keys.push((planner.field(name)?, key.has("asc") || (key.has("+") && !key.has("desc"))));
        }
    }
    if keys.is_empty() {
        planner.undocumented(call.span, "`sort` without a field", "name the field, as in `sort by _count`");
        if planner.rows.messages {
            return Ok(());
        }
        let grouped = planner.rows.group_keys().unwrap_or_default().to_vec();
        for name in planner.rows.shown().iter().filter(|name| !grouped.contains(&name.to_lowercase())) {
            keys.push((planner.field_slot(name), false));
        }
    }
    planner.order(keys);
    Ok(())
}
