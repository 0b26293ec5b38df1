//! What tells a message from all others: its number in its input, a number of its own, and how its time was read.

use crate::program::batch::Row;
use sumoql_data::message::Message;
use sumoql_data::time::stamp::{Stamp, locate};
use sumoql_data::value::Value;

/// `_messageCount`: how many messages of its input there are up to this one.
pub fn number<'m>(row: Row<'_, 'm>) -> Value<'m> {
    row.number().map_or(Value::Null, |number| Value::Int(number as i64))
}

/// `_messageid`: a number that no other message has, made of the name of the input and of the place in it, and so the same
/// in every run. The copies of a message have that of the message.
pub fn id<'m>(row: Row<'_, 'm>) -> Value<'m> {
    row.message().map_or(Value::Null, |message| {
        // FNV-1a.
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let input = message.source.name.bytes().fold(0xcbf2_9ce4_8422_2325, hash);
        Value::Int(mixed(input.wrapping_add(message.offset)) as i64)
    })
}

/// Another number for each number (the last steps of SplitMix64): places that are near each other give numbers that
/// are not.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// `_format`: how the time was found, where it stands, how long it is, and its pattern (manual page `time-reference`).
pub fn format<'m>(row: Row<'_, 'm>) -> Value<'m> {
    row.message().map_or(Value::Null, |message| Value::Text(row.arena().alloc_str(&described(message))))
}

fn described(message: &Message<'_>) -> String {
    let (source, text) = (message.source, message.raw);
    if message.own.iter().any(|(name, time)| name.eq_ignore_ascii_case("_messageTime") && !time.is_null()) {
        return "t:none,o:0,l:0,p:millisSinceEpoch".to_string();
    }
    let given = source.stamps.iter().find_map(|form| form.locate(text, source.zone, source.receipt));
    let (kind, stamp) = match given {
        Some(stamp) => ("def", Some(stamp)),
        None => ("full", locate(text, &source.known())),
    };
    match stamp {
        Some(stamp) => {
            let count = |text: Option<&str>| text.map_or(0, |text| text.chars().count());
            let Stamp { place, .. } = &stamp;
            let (offset, length) = (count(text.get(..place.start)), count(text.get(place.clone())));
            format!("t:{kind},o:{offset},l:{length},p:{}", stamp.in_tokens(text))
        }
        None => "t:fail,o:-1,l:0,p:null".to_string(),
    }
}
