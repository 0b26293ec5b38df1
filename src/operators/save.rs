//! `save`: gives the rows to a table.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::OperatorSignature;
use crate::syntax::signature::{Example, Expect, Group};

pub static DEF: OperatorDef = OperatorSignature {
    name: "save",
    group: Group::Join,
    form: "'save' ('view' view:field | 'append'? table:path)",
    summary: "Saves the rows to a table, and shows them.",
    doc: "The columns that are shown are saved; `fields` before it says which. Later stages are left out, but in a subquery \
          the rows go on to them. Only a whole result is saved, and only by `run` and `repl`: `check` and `test` write nothing.\n\n\
          | table | without `append` | with `append` |\n\
          |---|---|---|\n\
          | `path://\"/Library/…\"` | all rows are replaced | a row replaces the one with its key, or is added |\n\
          | `dir/table` | the file is made or overwritten | rows are added; their columns must be those of the table |\n\n\
          A table of the library must be there already and keeps its columns: others are dropped, a missing one is an \
          error. Its key stands in a file beside it (`users.csv.toml` for `users.csv`, with `key = [\"id\"]`); without one, \
          rows are only added. What is written lies in the folder of the query, or is the file that `--lookup NAME=FILE` \
          says.",
    page: "search/search-query-language/search-operators/save",
    also: &["store", "write", "export", "append", "lookup table"],
    examples: &[
        Example {
            title: "The rows are shown as well",
            query: "* | parse \"u=*;\" as u | count by u | save shared/seen",
            messages: &["u=a;", "u=b;", "u=a;"],
            expect: Expect::Rows(&["u", "_count"], &[&["a", "2"], &["b", "1"]]),
        },
        Example {
            title: "Later stages are left out; nulls are saved as nulls",
            query: "* | parse \"u=*;\" as u nodrop | count by u | save append shared/seen | where _count > 1",
            messages: &["u=a;", "none"],
            expect: Expect::Rows(&["u", "_count"], &[&["", "1"], &["a", "1"]]),
        },
        Example {
            title: "In a subquery the rows go on",
            query: "* | parse \"u=*;\" as u | where [subquery: * | parse \"u=*;\" as u | count by u \
                    | save shared/seen | where _count > 1 | compose u] | count by u",
            messages: &["u=a;", "u=b;", "u=a;"],
            expect: Expect::Rows(&["u", "_count"], &[&["a", "2"]]),
        },
        Example {
            title: "There are no views here",
            query: "* | count by _sourceHost | save view hosts",
            messages: &[],
            expect: Expect::Error("E214"),
        },
        Example {
            title: "A column of the table that the rows lack",
            query: "* | parse \"u=*;\" as id | count by id | save path://\"samples/users\"",
            messages: &[],
            expect: Expect::Error("E218"),
        },
    ],
    dialect: None,
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if let Some(view) = call.args.field("view") {
        let message = "`save view` fills a view of Sumo Logic's service: there is none here";
        return Err(Diagnostic::error(&codes::NOT_LOCAL, view.span, message)
            .help("leave the stage out to see the rows, or keep them in a file with `save dir/table`"));
    }
    let (table, span) = planner.table_argument(call, "table")?;
    planner.save(table, call.args.has("append"), span)
}
