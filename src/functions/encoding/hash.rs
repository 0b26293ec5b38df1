//! `hash`.

use crate::functions::BASE;
use crate::plan::definitions::{FunctionDef, Make};
use crate::program::expression::{CallCx, CompiledExpr, Function};
use crate::syntax::signature::{Example, Expect, FunctionSignature, Group, Param, Type};
use sha2::Digest;
use std::fmt::Write;
use sumoql_data::value::{Owned, Value};

pub static HASH: FunctionDef = FunctionSignature {
    name: "hash",
    group: Group::Conversion,
    params: &[Param::new("value", Type::Any), Param::optional("algorithm", Type::Text)],
    returns: Type::Text,
    summary: "Returns the hash of a string, in hexadecimal.",
    doc: "The algorithm is `md5` (the default), `sha1`, `sha2_256` or `murmur3_128`. It hashes the UTF-8 bytes of the \
          string. Null gives null.",
    page: "search/search-query-language/search-operators/hash",
    also: &["md5", "sha1", "sha256", "murmur", "digest", "checksum", "anonymize", "obfuscate"],
    examples: &[
        Example {
            title: "MD5 by default",
            query: "* | hash(_raw) as h | fields h",
            messages: &["mia"],
            expect: Expect::Rows(&["h"], &[&["5102ecd3d47f6561de70979017b87a80"]]),
        },
        Example {
            title: "The other algorithms",
            query: "* | parse \"*\" as u | hash(u, \"sha1\") as a | hash(u, \"sha2_256\") as b | hash(u, \"murmur3_128\") as c \
                    | fields a, b, c",
            messages: &["hello"],
            expect: Expect::Rows(
                &["a", "b", "c"],
                &[&[
                    "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
                    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                    "029bbd41b3a7d8cb191dae486a901e5b",
                ]],
            ),
        },
        Example {
            title: "Null gives null, the empty string does not",
            query: "* | parse \"u=*;\" as u nodrop | hash(u) as h | fields h",
            messages: &["u=;", "none"],
            expect: Expect::Rows(&["h"], &[&["d41d8cd98f00b204e9800998ecf8427e"], &[""]]),
        },
        Example {
            title: "An unknown algorithm",
            query: "* | hash(_raw, \"crc32\") as h",
            messages: &[],
            expect: Expect::Error("E203"),
        },
    ],
    ..BASE
}
.made_by(Make::Prepared(|args| {
    Ok(Box::new(match args.get(1) {
        None => Hash(Some(Algorithm::Md5)),
        Some(CompiledExpr::Constant(Owned::Text(name))) => {
            let unknown = || format!("unknown hash algorithm `{name}`; expected md5, sha1, sha2_256 or murmur3_128");
            Hash(Some(Algorithm::find(name).ok_or_else(unknown)?))
        }
        Some(_) => Hash(None),
    }))
}));

#[derive(Clone, Copy)]
enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Murmur,
}

impl Algorithm {
    fn find(name: &str) -> Option<Algorithm> {
        Some(match name.to_ascii_lowercase().as_str() {
            "md5" => Algorithm::Md5,
            "sha1" => Algorithm::Sha1,
            // The manual has both spellings.
            "sha2_256" | "sha_256" => Algorithm::Sha256,
            "murmur3_128" => Algorithm::Murmur,
            _ => return None,
        })
    }

    fn hash(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => hex(&md5::Md5::digest(text)),
            Algorithm::Sha1 => hex(&sha1::Sha1::digest(text)),
            Algorithm::Sha256 => hex(&sha2::Sha256::digest(text)),
            // Reading from memory can't fail. The lowest byte comes first.
            Algorithm::Murmur => {
                let hash = murmur3::murmur3_x64_128(&mut text.as_bytes(), 0).unwrap_or_default();
                hex(&hash.to_le_bytes())
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// With the algorithm, if it is constant.
struct Hash(Option<Algorithm>);

impl Function for Hash {
    fn call<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Value<'m> {
        let named = || args.get(1).and_then(|name| Algorithm::find(name.text(cx.arena)?));
        match (args[0].text(cx.arena), self.0.or_else(named)) {
            (Some(text), Some(algorithm)) => cx.text(&algorithm.hash(text)),
            _ => Value::Null,
        }
    }
}
