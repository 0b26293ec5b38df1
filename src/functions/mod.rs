//! The functions, one folder for each group of the reference; one-line functions of a kind share a file.

use crate::plan::definitions::FunctionDef;
use crate::syntax::signature::{FunctionSignature, Group, Type};

mod check;
mod conversion;
mod date;
mod encoding;
mod format;
mod json;
mod math;
mod network;
mod table;
mod text;
mod time;

/// All functions, by name.
pub static ALL: &[&FunctionDef] = &[
    &self::math::abs_min_max::ABS,
    &math::trigonometry::ACOS,
    &math::trigonometry::ASIN,
    &math::trigonometry::ATAN,
    &math::trigonometry::ATAN2,
    &encoding::base64::BASE64_DECODE,
    &encoding::base64::BASE64_ENCODE,
    &math::power::CBRT,
    &math::rounding::CEIL,
    &network::cidr::COMPARE_CIDR_PREFIX,
    &text::concat::CONCAT,
    &text::contains::CONTAINS,
    &math::java::COPY_SIGN,
    &math::trigonometry::COS,
    &math::trigonometry::COSH,
    &conversion::hex::DEC_TO_HEX,
    &math::power::EXP,
    &math::power::EXPM1,
    &math::rounding::FLOOR,
    &format::FORMAT,
    &date::write_date::FORMAT_DATE,
    &date::epoch::FROM_MILLIS,
    &date::epoch::FROM_SECONDS,
    &network::cidr::GET_CIDR_PREFIX,
    &math::java::GET_EXPONENT,
    &encoding::hash::HASH,
    &network::haversine::HAVERSINE,
    &conversion::hex::HEX_TO_ASCII,
    &conversion::hex::HEX_TO_DEC,
    &math::power::HYPOT,
    &math::java::IEEE_REMAINDER,
    &network::number::IPV4_TO_NUMBER,
    &check::empty::IS_BLANK,
    &check::empty::IS_EMPTY,
    &check::numeric::IS_INFINITY,
    &check::numeric::IS_NAN,
    &check::empty::IS_NULL,
    &check::numeric::IS_NUMERIC,
    &network::range::IS_PRIVATE_IP,
    &network::range::IS_PUBLIC_IP,
    &network::range::IS_RESERVED_IP,
    &network::valid::IS_VALID_IP,
    &network::valid::IS_VALID_IPV4,
    &network::valid::IS_VALID_IPV6,
    &json::array::JSON_ARRAY_CONTAINS,
    &json::array::JSON_ARRAY_SIZE,
    &text::length::LENGTH,
    &math::power::LOG,
    &math::power::LOG10,
    &math::power::LOG1P,
    &table::LOOKUP_CONTAINS,
    &check::luhn::LUHN,
    &network::cidr::MASK_FROM_CIDR,
    &self::math::abs_min_max::MAX,
    &self::math::abs_min_max::MIN,
    &math::java::NEXT_AFTER,
    &math::java::NEXT_UP,
    &time::clock::NOW,
    &conversion::number::NUM,
    &date::parse_date::PARSE_DATE,
    &conversion::hex::PARSE_HEX,
    &math::power::POW,
    &time::clock::QUERY_END_TIME,
    &time::clock::QUERY_START_TIME,
    &time::clock::QUERY_TIME_RANGE,
    &text::replace::REPLACE,
    &math::java::RINT,
    &math::rounding::ROUND,
    &math::java::SCALB,
    &math::java::SIGNUM,
    &math::trigonometry::SIN,
    &math::trigonometry::SINH,
    &math::power::SQRT,
    &text::substring::SUBSTRING,
    &math::trigonometry::TAN,
    &math::trigonometry::TANH,
    &math::trigonometry::TO_DEGREES,
    &conversion::number::TO_INT,
    &conversion::number::TO_LONG,
    &text::case::TO_LOWER_CASE,
    &date::epoch::TO_MILLIS,
    &math::trigonometry::TO_RADIANS,
    &conversion::text::TO_STRING,
    &text::case::TO_UPPER_CASE,
    &self::encoding::tourl::TO_URL,
    &text::trim::TRIM,
    &math::java::ULP,
    &encoding::url::URL_DECODE,
    &encoding::url::URL_ENCODE,
];

/// What most definitions leave as it is: `FunctionSignature { name: …, ..BASE }`.
const BASE: FunctionSignature = FunctionSignature {
    name: "",
    aliases: &[],
    group: Group::Text,
    params: &[],
    returns: Type::Any,
    summary: "",
    doc: "",
    page: "",
    also: &[],
    examples: &[],
    needs_range: false,
    alias_needed: false,
};

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_function_has_documents_and_examples() {
        for def in ALL.iter().map(|def| &def.signature) {
            assert!(!def.name.is_empty() && !def.summary.is_empty(), "{}", def.name);
            assert!(def.examples.len() >= 2, "{}: a normal example and one of null or bad input", def.name);
        }
    }

    #[test]
    fn the_list_is_in_order_and_names_are_unique() {
        let names: Vec<String> = ALL.iter().map(|def| def.signature.name.to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        let mut all: Vec<String> = ALL
            .iter()
            .flat_map(|def| std::iter::once(&def.signature.name).chain(def.signature.aliases))
            .map(|n| n.to_lowercase())
            .collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
