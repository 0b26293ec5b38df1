//! Spellings of stages over one field that published queries have and Sumo Logic's manual has not.

use crate::diagnostics::Edit;
use crate::plan::{OperatorCall, Planner};
use crate::syntax::tree::{ArgValue, Args};

/// Tells of `accum(x)` and of `accum x by y as z`. The operator is called `name`.
pub(super) fn report(call: &OperatorCall<'_>, planner: &mut Planner<'_>, name: &str) {
    if call.args.has("(") {
        let what = format!("parentheses after `{name}`");
        planner.undocumented(call.span, &what, &format!("write `{name} FIELD as NAME by FIELD, …`"));
        planner.fix_undocumented(without_parentheses(call.args));
    }
    let by = call.args.0.iter().position(|arg| matches!(arg.value, ArgValue::Word("by")));
    let alias = call.args.0.iter().position(|arg| arg.label == "alias");
    if let (Some(by), Some(alias)) = (by, alias)
        && by < alias
    {
        let what = format!("a name after the `by` of `{name}`");
        planner.undocumented(call.span, &what, &format!("write `{name} FIELD as NAME by FIELD, …`"));
    }
}

/// Takes the parentheses around arguments away. A blank stays in their place: a name may follow at once.
pub(super) fn without_parentheses(args: &Args) -> Vec<Edit> {
    let signs = args.0.iter().filter(|arg| matches!(arg.value, ArgValue::Word("(" | ")")));
    signs.map(|arg| Edit { span: arg.span, text: " ".into() }).collect()
}
