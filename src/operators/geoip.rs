//! `geoip`: where an IP address is.

use super::lookup::AtAddress;
use crate::diagnostics::Diagnostic;
use crate::plan::arguments::field_argument;
use crate::plan::definitions::OperatorDef;
use crate::plan::lookups::address_columns;
use crate::plan::{OperatorCall, Planner};
use crate::program::lookup::results::What;
use crate::syntax::signature::{Example, Expect, Group, OperatorSignature};
use sumoql_data::ip_addresses::{AddressField, LOCATION};
use sumoql_data::table_resolver::TableName;

pub static DEF: OperatorDef = OperatorSignature {
    name: "geoip",
    group: Group::Join,
    form: "'geoip' field:field (','? column:field)*",
    summary: "Adds the location of an IP address.",
    doc: "Adds the columns latitude, longitude, country_code, country_name, city and state, and these if they are \
          listed: region, continent, postal_code, connection_type, country_cf, state_cf, city_cf. Later stages can \
          use the latter without listing them. If nothing is known about the address, the columns are null. It needs \
          a database: `--geoip FILE.mmdb`.",
    page: "search/search-query-language/search-operators/geoip",
    also: &["geo", "location", "country", "city", "latitude", "longitude", "map"],
    examples: &[
        Example {
            title: "Country and city",
            query: "* | parse \"ip=*;\" as ip | geoip ip | fields ip, country_code, city",
            messages: &["ip=203.0.113.9;"],
            expect: Expect::Rows(&["ip", "country_code", "city"], &[&["203.0.113.9", "NZ", "Auckland"]]),
        },
        Example {
            title: "Grouping by a column that is not listed",
            query: "* | parse \"ip=*;\" as ip | geoip ip | count by continent",
            messages: &["ip=203.0.113.9;"],
            expect: Expect::Rows(&["continent", "_count"], &[&["Oceania", "1"]]),
        },
        Example {
            title: "Internal addresses, invalid addresses and null have no location",
            query: "* | parse \"ip=*;\" as ip nodrop | geoip ip continent | fields ip, latitude, continent",
            messages: &["ip=192.168.0.7;", "ip=x;", "none"],
            expect: Expect::Rows(
                &["ip", "latitude", "continent"],
                &[&["192.168.0.7", "", ""], &["x", "", ""], &["", "", ""]],
            ),
        },
    ],
    ..OperatorSignature::BASE
}
.planned_by(plan);

/// How many of [`LOCATION`] are shown without being listed.
const SHOWN: usize = 6;

fn plan(call: &OperatorCall<'_>, planner: &mut Planner<'_>) -> Result<(), Diagnostic> {
    let name = field_argument(call, "field")?;
    let key = planner.field(name)?;
    let listed = address_columns(AddressField::Location, &call.args.fields("column"))?;
    let referenced = planner.referenced();
    // A field of the user that happens to have the name of a column that nobody asked for stays what it is.
    let wanted = |planner: &Planner<'_>, column: usize| {
        let name = LOCATION[column];
        column < SHOWN || listed.contains(&column) || (referenced.iter().any(|m| m == name) && !planner.rows.has(name))
    };
    let columns: Vec<usize> = (0..LOCATION.len()).filter(|column| wanted(planner, *column)).collect();
    let table = TableName::read("geo://location");
    let number = planner.tables.request(&table, What::Addresses(AddressField::Location), call.span);
    let first = planner.define(Box::new(AtAddress { number, key, columns: columns.clone() }), columns.len(), false);
    for (at, column) in columns.into_iter().enumerate() {
        planner.bind(LOCATION[column], first + at);
        if column >= SHOWN && !listed.contains(&column) {
            planner.rows.unshow(LOCATION[column]);
        }
    }
    Ok(())
}
