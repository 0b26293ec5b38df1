//! `getCIDRPrefix`, `compareCIDRPrefix`, `maskFromCIDR`.

use super::address::{ipv4, written};
use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

const PAGE: &str = "search/search-query-language/search-operators/cidr";

/// The mask of a prefix length, 0 to 32.
fn mask(length: Value<'_>) -> Option<u32> {
    match length.integer()? {
        0 => Some(0),
        bits @ 1..=32 => Some(u32::MAX << (32 - bits)),
        _ => None,
    }
}

pub static GET_CIDR_PREFIX: FunctionDef = FunctionSignature {
    name: "getCIDRPrefix",
    group: Group::Network,
    params: &[Param::new("ip", Type::Text), Param::new("length", Type::Any)],
    returns: Type::Text,
    summary: "Returns the network of an IPv4 address.",
    doc: "The result is the address with all bits after the prefix set to zero. The prefix length is a string or a \
          number from 0 to 32. Null, and an invalid address or length, give null.",
    page: PAGE,
    also: &["subnet", "network", "prefix", "netmask"],
    examples: &[
        Example {
            title: "Messages per network",
            query: "* | parse \"ip=*;\" as ip | getCIDRPrefix(ip, \"27\") as net | count by net | sort by net",
            messages: &["ip=10.10.1.35;", "ip=10.10.1.63;", "ip=10.10.1.64;"],
            expect: Expect::Rows(&["net", "_count"], &[&["10.10.1.64", "1"], &["10.10.1.32", "2"]]),
        },
        Example {
            title: "An invalid address or length gives null",
            query: "* | parse \"ip=*/*;\" as ip, n nodrop | getCIDRPrefix(ip, n) as net | fields net",
            messages: &["ip=10.0.0.1/33;", "ip=10.0.0/8;", "ip=fe80::1/8;", "ip=1.2.3.4/0;", "none"],
            expect: Expect::Rows(&["net"], &[&[""], &[""], &[""], &["0.0.0.0"], &[""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| match (ipv4(args[0], cx), mask(args[1])) {
    (Some(ip), Some(mask)) => written(ip & mask, cx),
    _ => Value::Null,
}));

pub static COMPARE_CIDR_PREFIX: FunctionDef = FunctionSignature {
    name: "compareCIDRPrefix",
    group: Group::Network,
    params: &[Param::new("ip", Type::Text), Param::new("other", Type::Text), Param::new("length", Type::Any)],
    returns: Type::Bool,
    summary: "Tests whether two IPv4 addresses are in the same network.",
    doc: "Compares the first bits of the addresses. The prefix length is a string or a number from 0 to 32. Null, and \
          an invalid address or length, give false.",
    page: PAGE,
    also: &["subnet", "network", "prefix", "range"],
    examples: &[
        Example {
            title: "Addresses of one network",
            query: "* | parse \"ip=*;\" as ip | where compareCIDRPrefix(\"10.4.8.64\", ip, toInt(26)) | fields ip",
            messages: &["ip=10.4.8.65;", "ip=10.4.8.127;", "ip=10.4.8.128;"],
            expect: Expect::Rows(&["ip"], &[&["10.4.8.65"], &["10.4.8.127"]]),
        },
        Example {
            title: "An invalid address is in no network",
            query: "* | parse \"ip=*;\" as ip nodrop | compareCIDRPrefix(ip, ip, \"8\") as same | fields same",
            messages: &["ip=1.2.3.4;", "ip=1.2.3.400;", "none"],
            expect: Expect::Rows(&["same"], &[&["true"], &["false"], &["false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| {
    Value::Bool(match (ipv4(args[0], cx), ipv4(args[1], cx), mask(args[2])) {
        (Some(a), Some(b), Some(mask)) => a & mask == b & mask,
        _ => false,
    })
}));

pub static MASK_FROM_CIDR: FunctionDef = FunctionSignature {
    name: "maskFromCIDR",
    group: Group::Network,
    params: &[Param::new("length", Type::Any)],
    returns: Type::Text,
    summary: "Returns the network mask of a prefix length.",
    doc: "The prefix length is a string or a number from 0 to 32; anything else gives null.",
    page: PAGE,
    also: &["subnet", "netmask", "prefix"],
    examples: &[
        Example {
            title: "Constants",
            query: "* | maskFromCIDR(\"29\") as a | maskFromCIDR(0) as b | fields a, b",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b"], &[&["255.255.255.248", "0.0.0.0"]]),
        },
        Example {
            title: "Out of range",
            query: "* | maskFromCIDR(33) as a | maskFromCIDR(null) as b | fields a, b",
            messages: &["x"],
            expect: Expect::Rows(&["a", "b"], &[&["", ""]]),
        },
    ],
    ..BASE
}
.made_by(Make::Pure(|args, cx| mask(args[0]).map_or(Value::Null, |mask| written(mask, cx))));
