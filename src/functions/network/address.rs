//! IPv4 addresses as arguments.

use crate::program::expression::CallCx;
use sumoql_data::value::Value;

/// The 32 bits of an address in the usual form of four decimal numbers.
pub fn ipv4<'m>(value: Value<'m>, cx: &CallCx<'m>) -> Option<u32> {
    let text = value.text(cx.arena)?;
    text.parse::<std::net::Ipv4Addr>().ok().map(u32::from)
}

/// An address of 32 bits in the usual form.
pub fn written<'m>(bits: u32, cx: &CallCx<'m>) -> Value<'m> {
    cx.text(&std::net::Ipv4Addr::from(bits).to_string())
}
