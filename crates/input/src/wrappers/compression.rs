//! Which compression bytes are in.

use super::super::magic::is_tar;

/// A way of compressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// Frames of lz4.
    Lz4,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
}

impl Compression {
    /// Whether there are members in it.
    pub fn is_archive(self) -> bool {
        matches!(self, Compression::Zip | Compression::Tar)
    }

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
            Compression::Lz4 => "lz4",
            Compression::Zip => "zip",
            Compression::Tar => "tar",
        }
    }
}

/// The compression of an input that begins with these bytes.
pub fn compression_of(head: &[u8]) -> Option<Compression> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    if starts(b"\x1F\x8B\x08") {
        Some(Compression::Gzip)
    } else if is_bzip2(head) {
        Some(Compression::Bzip2)
    } else if starts(b"\xFD7zXZ\0") {
        Some(Compression::Xz)
    } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06\0\0\0\0") {
        Some(Compression::Zip)
    } else if is_tar(head) {
        Some(Compression::Tar)
    } else {
        framed(head)
    }
}

/// The magic of bzip2 and that of its first block or of its end, as texts may begin with `BZh` as well.
fn is_bzip2(head: &[u8]) -> bool {
    let Some(block) = head.strip_prefix(b"BZh").filter(|rest| matches!(rest.first(), Some(b'1'..=b'9'))) else {
        return false;
    };
    let same = |magic: &[u8]| block[1..].iter().zip(magic).all(|(byte, magic)| byte == magic) && block.len() > 1;
    same(b"1AY&SY") || same(b"\x17\x72\x45\x38\x50\x90")
}

/// Frames to be skipped look the same in zstd and lz4: the first that is none decides.
fn framed(mut head: &[u8]) -> Option<Compression> {
    let mut skipped = false;
    loop {
        match head {
            [0x28, 0xB5, 0x2F, 0xFD, ..] => return Some(Compression::Zstd),
            [0x04, 0x22, 0x4D, 0x18, ..] => return Some(Compression::Lz4),
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d, rest @ ..] => {
                skipped = true;
                let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
                head = rest.get(size..).unwrap_or_default();
            }
            _ => return skipped.then_some(Compression::Zstd),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide() {
        let cases: [(&[u8], Option<Compression>); 13] = [
            (b"\x1F\x8B\x08", Some(Compression::Gzip)),
            (b"\x1F\x8B", None),
            (b"\x28\xB5\x2F\xFD", Some(Compression::Zstd)),
            (b"\x50\x2A\x4D\x18\x01\0\0\0x\x04\x22\x4D\x18", Some(Compression::Lz4)),
            (b"\x5F\x2A\x4D\x18\x01\0\0\0x\x28\xB5\x2F\xFD", Some(Compression::Zstd)),
            (b"\x5F\x2A\x4D\x18\xFF\xFF\0\0x", Some(Compression::Zstd)),
            (b"BZh91AY&SY", Some(Compression::Bzip2)),
            (b"BZh9\x17\x72\x45\x38\x50\x90", Some(Compression::Bzip2)),
            (b"BZh9 is how it begins", None),
            (b"\xFD7zXZ\0", Some(Compression::Xz)),
            (b"PK\x03\x04", Some(Compression::Zip)),
            (b"PK\x05\x06\0\0\0\0", Some(Compression::Zip)),
            (b"PK", None),
        ];
        for (head, expected) in cases {
            assert_eq!(compression_of(head), expected, "{head:?}");
        }
    }
}
