//! An operator from outside: `mask FIELD` hides all but the last four characters of a field.
//!
//! ```sh
//! cargo run --example own_operator
//! ```

use std::error::Error;
use sumoql::data::value::Value;
use sumoql::operator::{
    Diagnostic, Example, Expect, Extractor, Group, OperatorCall, OperatorDef, OperatorSignature, Planner, Row, Slot,
};
use sumoql::{Engine, Input};

/// How it is written, its documents, and what it does. The parser, completion and help read the signature.
static MASK: OperatorDef = OperatorSignature {
    name: "mask",
    group: Group::Field,
    form: "'mask' name:field",
    summary: "Hides all but the last four characters of a field.",
    doc: "Null stays null.",
    page: "",
    also: &["hide", "redact"],
    examples: &[Example {
        title: "A card number",
        query: "* | parse \"card=*;\" as card | mask card | fields card",
        messages: &["card=4111111111111111;"],
        expect: Expect::Rows(&["card"], &[&["************1111"]]),
    }],
    dialect: Some("it is an operator of this program"),
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// Puts the operator into the plan: a new slot under the name of the field, computed when somebody reads it.
fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    if let Some(name) = call.args.field("name") {
        let value = planner.field(name)?;
        let slot = planner.define(Box::new(Mask { value }), 1, false);
        planner.bind(&name.text, slot);
    }
    Ok(())
}

struct Mask {
    value: Slot,
}

impl Extractor for Mask {
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool {
        let masked = match row.get(self.value).text(row.arena()) {
            Some(text) => {
                let hidden = text.chars().count().saturating_sub(4);
                let each = text.chars().enumerate().map(|(at, c)| if at < hidden { '*' } else { c });
                Value::Text(row.arena().alloc_str(&each.collect::<String>()))
            }
            None => Value::Null,
        };
        row.set(first, masked);
        true
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::builder().operator(&MASK).build();
    let query = engine.prepare("* | parse \"card=*;\" as card | mask card | count by card")?;
    for row in query.run(Input::lines("card=4111111111111111;\ncard=4000000000000002;\n"))?.rows() {
        println!("{}", row["card"]);
    }
    Ok(())
}
