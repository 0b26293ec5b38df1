//! `save`: gives the rows to a table.

use crate::diagnostics::{Diagnostic, codes};
use crate::plan::arguments::table_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};

pub static DEF: OperatorDef = OperatorSignature {
    name: "save",
    group: Group::Join,
    form: "'save' ('view' view:field | 'append'? table:path)",
    summary: "Saves the rows to a table, and shows them.",
    doc: "Saves the columns that are shown; choose them with `fields`. Later stages are ignored, except in a \
          subquery. Only a complete result is saved, and only by `run` and `repl`: `check`, which says what is \
          written, `test` and `explain` write nothing.\n\n\
          | table | without `append` | with `append` |\n\
          |---|---|---|\n\
          | `path://\"/Library/…\"` | replaces all rows | replaces the row with the same key, or adds a row |\n\
          | `dir/table` | creates or overwrites the file | adds rows; they must have the columns of the table |\n\n\
          A table of the library must already exist, and keeps its columns: other columns are dropped, and a missing \
          one is an error. Its key is in a file beside it (for `users.csv`, `users.csv.toml` with `key = [\"id\"]`); \
          without this file, rows are only added. Files are written only in the folder of the query, except for a \
          file that you name with `--lookup NAME=FILE`.\n\n\
          A file that is written ends in `.csv`, `.tsv`, `.json` or `.jsonl`, and no part of its path begins with a \
          dot. A file that `save` did not write, or that was changed since, is not overwritten unless you run the \
          query with `--save-over`; rows can be added to it. With `--no-save`, a query that saves rows is refused. A \
          new table can be read only by its owner; an existing one keeps its owner and its permissions.",
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
            title: "Later stages are ignored; nulls are saved as nulls",
            query: "* | parse \"u=*;\" as u nodrop | count by u | save append shared/seen | where _count > 1",
            messages: &["u=a;", "none"],
            expect: Expect::Rows(&["u", "_count"], &[&["", "1"], &["a", "1"]]),
        },
        Example {
            title: "In a subquery, later stages get the rows",
            query: "* | parse \"u=*;\" as u | where [subquery: * | parse \"u=*;\" as u | count by u \
                    | save shared/seen | where _count > 1 | compose u] | count by u",
            messages: &["u=a;", "u=b;", "u=a;"],
            expect: Expect::Rows(&["u", "_count"], &[&["a", "2"]]),
        },
        Example {
            title: "Views are not supported",
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
    ..OperatorSignature::BASE
}
.planned_by(plan);

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if let Some(view) = call.args.field("view") {
        let message = "`save view` needs Sumo Logic's service: there are no views here";
        return Err(Diagnostic::error(&codes::NOT_LOCAL, view.span, message)
            .help("remove the stage to see the rows, or save them to a file with `save dir/table`"));
    }
    let (table, span) = table_argument(call, "table")?;
    planner.save(table, call.args.has("append"), span)
}
