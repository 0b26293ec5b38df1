//! `haversine`: the distance between two places.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

/// The radius of the Earth that gives the manual's figures, in kilometres.
const RADIUS: f64 = 6372.8;

pub static HAVERSINE: FunctionDef = FunctionSignature {
    name: "haversine",
    group: Group::Network,
    params: &[
        Param::new("latitude1", Type::Number),
        Param::new("longitude1", Type::Number),
        Param::new("latitude2", Type::Number),
        Param::new("longitude2", Type::Number),
    ],
    returns: Type::Number,
    summary: "Returns the distance between two points on Earth, in kilometres.",
    doc: "Latitudes and longitudes are in degrees; south and west are negative. Null and strings that are not numbers \
          give null.",
    page: "search/search-query-language/search-operators/haversine",
    also: &["distance", "geo", "kilometers", "impossible travel", "land speed"],
    examples: &[
        Example {
            title: "Between two data centres",
            query: "* | round(haversine(39.04380, -77.48790, 45.73723, -119.81143), 2) as km | fields km",
            messages: &["x"],
            expect: Expect::Rows(&["km"], &[&["3512.71"]]),
        },
        Example {
            title: "A missing point",
            query: "* | parse \"at=*,*;\" as a, b nodrop | haversine(a, b, 0, 0) as km | fields km",
            messages: &["at=0,0;", "at=x,1;", "nowhere"],
            expect: Expect::Rows(&["km"], &[&["0"], &[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, _| {
    let degrees: Option<Vec<f64>> = args.iter().map(|arg| arg.number().map(f64::to_radians)).collect();
    let Some([lat1, lon1, lat2, lon2]) = degrees.as_deref() else { return Value::Null };
    let half = |a: f64, b: f64| ((b - a) / 2.0).sin().powi(2);
    let chord = half(*lat1, *lat2) + lat1.cos() * lat2.cos() * half(*lon1, *lon2);
    Value::from_number(2.0 * RADIUS * chord.sqrt().min(1.0).asin())
}));
