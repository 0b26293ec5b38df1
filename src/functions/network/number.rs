//! `ipv4ToNumber`.

use super::address::ipv4;
use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

pub static IPV4_TO_NUMBER: FunctionDef = FunctionSignature {
    name: "ipv4ToNumber",
    group: Group::Network,
    params: &[Param::new("ip", Type::Text)],
    returns: Type::Number,
    summary: "Converts an IPv4 address to a number.",
    doc: "The result is from 0 to 4294967295. Use it to sort addresses, or to compute the distance between them. \
          Null, and a value that is not an IPv4 address, give null.",
    page: "search/search-query-language/search-operators/ipv4tonumber",
    also: &["decimal", "inet_aton", "range"],
    examples: &[
        Example {
            title: "From the lowest to the highest",
            query: "* | parse \"ip=*;\" as ip | ipv4ToNumber(ip) as n | fields n",
            messages: &["ip=0.0.0.0;", "ip=192.168.10.254;", "ip=255.255.255.255;"],
            expect: Expect::Rows(&["n"], &[&["0"], &["3232238334"], &["4294967295"]]),
        },
        Example {
            title: "An invalid address gives null",
            query: "* | parse \"ip=*;\" as ip nodrop | ipv4ToNumber(ip) as n | fields n",
            messages: &["ip=::1;", "ip=1.2.3;", "none"],
            expect: Expect::Rows(&["n"], &[&[""], &[""], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| ipv4(args[0], cx).map_or(Value::Null, |ip| Value::Int(ip.into()))));
