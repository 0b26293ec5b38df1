//! `isValidIP`, `isValidIPv4`, `isValidIPv6`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::CallCx;
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use sumoql_data::value::Value;

const PAGE: &str = "search/search-query-language/search-operators/isvalidip";
const PARAMS: &[Param] = &[Param::new("ip", Type::Text)];

fn reads_as<'m, T: FromStr>(args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
    Value::Bool(args[0].text(cx.arena).is_some_and(|text| text.parse::<T>().is_ok()))
}

pub static IS_VALID_IP: FunctionDef = FunctionSignature {
    name: "isValidIP",
    group: Group::Network,
    params: PARAMS,
    returns: Type::Bool,
    summary: "Tests whether a string is an IPv4 or IPv6 address.",
    doc: "Only a plain address is valid, without a port, prefix length or brackets. Null and anything else give \
          false; no rows are dropped.",
    page: PAGE,
    also: &["check", "address"],
    examples: &[
        Example {
            title: "Both versions",
            query: "* | parse \"ip=<*>\" as ip | isValidIP(ip) as v | fields v",
            messages: &["ip=<10.255.255.255>", "ip=<127.0.500.1>", "ip=<2001:db8::1>", "ip=<1.2.3.4/8>"],
            expect: Expect::Rows(&["v"], &[&["true"], &["false"], &["true"], &["false"]]),
        },
        Example {
            title: "Null and the empty string",
            query: "* | parse \"ip=<*>\" as ip nodrop | isValidIP(ip) as v | fields v",
            messages: &["ip=<>", "none"],
            expect: Expect::Rows(&["v"], &[&["false"], &["false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(reads_as::<IpAddr>));

pub static IS_VALID_IPV4: FunctionDef = FunctionSignature {
    name: "isValidIPv4",
    group: Group::Network,
    params: PARAMS,
    returns: Type::Bool,
    summary: "Tests whether a string is an IPv4 address.",
    doc: "An address is four decimal numbers from 0 to 255, separated by points, without leading zeros. Null and \
          anything else give false; no rows are dropped.",
    page: PAGE,
    also: &["check", "address"],
    examples: &[
        Example {
            title: "Addresses and other strings",
            query: "* | parse \"ip=<*>\" as ip | isValidIPv4(ip) as v | fields v",
            messages: &["ip=<192.168.0.1>", "ip=<192.168.0>", "ip=<fe80::1>"],
            expect: Expect::Rows(&["v"], &[&["true"], &["false"], &["false"]]),
        },
        Example {
            title: "Null",
            query: "* | isValidIPv4(null) as v | fields v",
            messages: &["x"],
            expect: Expect::Rows(&["v"], &[&["false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(reads_as::<Ipv4Addr>));

pub static IS_VALID_IPV6: FunctionDef = FunctionSignature {
    name: "isValidIPv6",
    group: Group::Network,
    params: PARAMS,
    returns: Type::Bool,
    summary: "Tests whether a string is an IPv6 address.",
    doc: "Addresses have the forms of RFC 4291: groups of hexadecimal digits, with one run of zeros as `::`, or an \
          IPv4 address at the end. Null and anything else give false; no rows are dropped.",
    page: PAGE,
    also: &["check", "address"],
    examples: &[
        Example {
            title: "Addresses and other strings",
            query: "* | parse \"ip=<*>\" as ip | isValidIPv6(ip) as v | fields v",
            messages: &["ip=<fe80::1>", "ip=<::ffff:10.0.0.1>", "ip=<1::2::3>", "ip=<10.0.0.1>"],
            expect: Expect::Rows(&["v"], &[&["true"], &["true"], &["false"], &["false"]]),
        },
        Example {
            title: "Null",
            query: "* | isValidIPv6(null) as v | fields v",
            messages: &["x"],
            expect: Expect::Rows(&["v"], &[&["false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(reads_as::<Ipv6Addr>));
