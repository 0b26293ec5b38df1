//! `isPrivateIP`, `isPublicIP`, `isReservedIP`.

use super::address::ipv4;
use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, Function};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sumoql_data::value::Value;

/// Networks: address and prefix length.
type Ranges = &'static [([u8; 4], u32)];

const PRIVATE: Ranges = &[([10, 0, 0, 0], 8), ([172, 16, 0, 0], 12), ([192, 168, 0, 0], 16)];

/// RFC 5735, which has the private ones as well.
const RESERVED: Ranges = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // 224/4 for groups, 240/4 for the future.
    ([224, 0, 0, 0], 3),
];

/// Whether an address is in one of the networks, or the opposite; drops rows whose value is no IPv4 address.
struct Within(Ranges, bool);

impl Function for Within {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let Some(ip) = ipv4(args[0], cx) else { return cx.fail() };
        let within = self.0.iter().any(|(net, bits)| (ip ^ u32::from_be_bytes(*net)) >> (32 - bits) == 0);
        Value::Bool(within == self.1)
    }

    fn may_fail(&self) -> bool {
        true
    }
}

const PARAMS: &[Param] = &[Param::new("ip", Type::Text)];

pub static IS_PRIVATE_IP: FunctionDef = FunctionSignature {
    name: "isPrivateIP",
    group: Group::Network,
    params: PARAMS,
    returns: Type::Bool,
    summary: "Tests whether an IPv4 address is private.",
    doc: "Private addresses are 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16. A row in which the value is not an IPv4 \
          address (including IPv6 addresses and null) is dropped, wherever the function appears. To avoid that, call \
          `isValidIPv4` first, as in `where isValidIPv4(ip) and isPrivateIP(ip)`.",
    page: "search/search-query-language/search-operators/isprivateip",
    also: &["internal", "rfc 1918", "lan"],
    examples: &[
        Example {
            title: "Private addresses and others",
            query: "* | parse \"ip=*;\" as ip | isPrivateIP(ip) as p | fields ip, p",
            messages: &["ip=172.31.255.255;", "ip=172.32.0.0;", "ip=127.0.0.1;"],
            expect: Expect::Rows(
                &["ip", "p"],
                &[&["172.31.255.255", "true"], &["172.32.0.0", "false"], &["127.0.0.1", "false"]],
            ),
        },
        Example {
            title: "A value that is not an IPv4 address drops the row",
            query: "* | parse \"ip=*;\" as ip nodrop | where !isPrivateIP(ip) | fields ip",
            messages: &["ip=8.8.8.8;", "ip=10.1.1.1;", "ip=fe80::1;", "ip=host;", "none"],
            expect: Expect::Rows(&["ip"], &[&["8.8.8.8"]]),
        },
        Example {
            title: "`if` calls the function only for valid addresses",
            query: "* | parse \"ip=*;\" as ip | if(isValidIPv4(ip), isPrivateIP(ip), false) as p | fields ip, p",
            messages: &["ip=10.1.1.1;", "ip=fe80::1;"],
            expect: Expect::Rows(&["ip", "p"], &[&["10.1.1.1", "true"], &["fe80::1", "false"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(|_| Ok(Box::new(Within(PRIVATE, true)))));

pub static IS_PUBLIC_IP: FunctionDef = FunctionSignature {
    name: "isPublicIP",
    group: Group::Network,
    params: PARAMS,
    returns: Type::Bool,
    summary: "Tests whether an IPv4 address is public.",
    doc: "Public addresses are those that are neither private nor reserved. A row in which the value is not an IPv4 \
          address (including IPv6 addresses and null) is dropped, wherever the function appears.",
    page: "search/search-query-language/search-operators/ispublicip",
    also: &["external", "internet"],
    examples: &[
        Example {
            title: "Public addresses and others",
            query: "* | parse \"ip=*;\" as ip | isPublicIP(ip) as p | fields ip, p",
            messages: &["ip=8.8.8.8;", "ip=10.255.255.255;", "ip=127.0.0.1;"],
            expect: Expect::Rows(
                &["ip", "p"],
                &[&["8.8.8.8", "true"], &["10.255.255.255", "false"], &["127.0.0.1", "false"]],
            ),
        },
        Example {
            title: "A value that is not an IPv4 address drops the row",
            query: "* | parse \"ip=*;\" as ip nodrop | if(isPublicIP(ip), 1, 0) as p | fields ip, p",
            messages: &["ip=1.1.1.1;", "ip=8.8.8;", "none"],
            expect: Expect::Rows(&["ip", "p"], &[&["1.1.1.1", "1"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(|_| Ok(Box::new(Within(RESERVED, false)))));

pub static IS_RESERVED_IP: FunctionDef = FunctionSignature {
    name: "isReservedIP",
    group: Group::Network,
    params: PARAMS,
    returns: Type::Bool,
    summary: "Tests whether an IPv4 address is reserved for a special use.",
    doc: "Reserved addresses are those that RFC 5735 lists: this network, loopback, link-local, documentation, \
          benchmarks, 6to4 relays, multicast, future use, and the private networks. A row in which the value is not \
          an IPv4 address (including IPv6 addresses and null) is dropped, wherever the function appears.",
    page: "search/search-query-language/search-operators/isreservedip",
    also: &["loopback", "link-local", "multicast", "bogon"],
    examples: &[
        Example {
            title: "Reserved addresses and others",
            query: "* | parse \"ip=*;\" as ip | isReservedIP(ip) as r | fields ip, r",
            messages: &["ip=127.0.0.1;", "ip=192.0.1.0;", "ip=239.1.2.3;", "ip=223.255.255.255;"],
            expect: Expect::Rows(
                &["ip", "r"],
                &[
                    &["127.0.0.1", "true"],
                    &["192.0.1.0", "false"],
                    &["239.1.2.3", "true"],
                    &["223.255.255.255", "false"],
                ],
            ),
        },
        Example {
            title: "A value that is not an IPv4 address drops the row",
            query: "* | parse \"ip=*;\" as ip nodrop | isReservedIP(ip) as r | fields ip, r",
            messages: &["ip=127.0.0.300;", "none", "ip=169.254.0.0;"],
            expect: Expect::Rows(&["ip", "r"], &[&["169.254.0.0", "true"]]),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(|_| Ok(Box::new(Within(RESERVED, true)))));
