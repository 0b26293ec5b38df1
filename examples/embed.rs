//! The language inside another program: a query over lines in memory, with a table of its own.
//!
//! ```sh
//! cargo run --example embed
//! ```

use std::error::Error;
use std::sync::Arc;
use sumoql::data::ip_addresses::{AddressField, Addresses};
use sumoql::data::table::Table;
use sumoql::data::table_resolver::{Absent, Schema, TableName, Tables};
use sumoql::{Engine, Input, OwnedValue};

/// One table, `owners`: which team owns which host.
struct Owners;

impl Tables for Owners {
    fn schema(&self, name: &TableName) -> Result<Schema, Absent> {
        match name.path() {
            "owners" => {
                Ok(Schema { columns: vec!["host".into(), "team".into()], key: vec!["host".into()], open: false })
            }
            _ => Err(Absent::Missing),
        }
    }

    fn table(&self, name: &TableName, _most_bytes: usize) -> Result<Arc<Table>, Absent> {
        let schema = self.schema(name)?;
        let row = |host: &str, team: &str| Box::from([host, team].map(|text| OwnedValue::Text(text.into())));
        Ok(Arc::new(Table { columns: schema.columns, rows: vec![row("web-1", "shop"), row("db-1", "data")] }))
    }

    fn addresses(&self, _kind: AddressField) -> Result<Arc<dyn Addresses>, Absent> {
        Err(Absent::Missing)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::builder().tables(Arc::new(Owners)).build();
    let query = engine.prepare(
        "error | parse \"host=*,\" as host | lookup team from owners on host | count by team | sort by team asc",
    )?;
    for warning in query.warnings() {
        eprintln!("{}", warning.message);
    }
    let answer = query.run(Input::lines("error host=web-1, down\nerror host=db-1, full\nerror host=web-1, up\n"))?;
    for row in answer.rows() {
        println!("{}: {}", row["team"], row["_count"]);
    }
    println!("{} messages in the scope", answer.summary().in_scope);
    Ok(())
}
