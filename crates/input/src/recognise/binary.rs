//! Names what is no text and holds no messages: captures, databases, archives that are not read, programs, images.

/// What files of a kind begin with, where, what they are, and what helps.
struct BinaryFormat {
    at: usize,
    magic: &'static [u8],
    what: &'static str,
    hint: Option<&'static str>,
}

const fn kind(at: usize, magic: &'static [u8], what: &'static str) -> BinaryFormat {
    BinaryFormat { at, magic, what, hint: None }
}

const fn helped(at: usize, magic: &'static [u8], what: &'static str, hint: &'static str) -> BinaryFormat {
    BinaryFormat { at, magic, what, hint: Some(hint) }
}

const UNPACK_HINT: &str = "unpack it to have its members read";
const PACKETS_HINT: &str = "`tshark -T ek -r FILE` makes JSON of the packets";
const EVT_HINT: &str = "`wevtutil epl OLD.evt NEW.evtx /lf:true` on Windows makes EVTX of it";
const JOURNAL_HINT: &str = "`journalctl --file FILE -o json` gives its messages as JSON";
const ROWS_HINT: &str = "export the table with the messages as CSV or JSON";

/// The kinds. Of two that fit, the first counts.
const KINDS: &[BinaryFormat] = &[
    // Captures of networks.
    helped(0, b"\xD4\xC3\xB2\xA1", "a packet capture (pcap)", PACKETS_HINT),
    helped(0, b"\xA1\xB2\xC3\xD4", "a packet capture (pcap)", PACKETS_HINT),
    helped(0, b"\x4D\x3C\xB2\xA1", "a packet capture (pcap)", PACKETS_HINT),
    helped(0, b"\xA1\xB2\x3C\x4D", "a packet capture (pcap)", PACKETS_HINT),
    helped(0, b"\x0A\x0D\x0D\x0A", "a packet capture (pcapng)", PACKETS_HINT),
    helped(0, b"snoop\0\0\0", "a packet capture (snoop)", PACKETS_HINT),
    helped(0, b"GMBU", "a packet capture (Network Monitor)", PACKETS_HINT),
    kind(0, b"\x0C\xA5", "a capture of flows (nfdump)"),
    kind(0, b"\xA5\x0C", "a capture of flows (nfdump)"),
    // Logs of other forms.
    helped(4, b"LfLe", "an event log of Windows XP or older (EVT)", EVT_HINT),
    helped(0, b"LPKSHHRH", "a journal of systemd", JOURNAL_HINT),
    kind(0, b"ASL DB\0", "a log database of macOS (ASL)"),
    kind(0, b"\x00\x10\x00\x00\x11\x00\x00\x00", "a unified log of macOS (tracev3)"),
    kind(0, b"\xFEbin", "a binary log of MySQL"),
    kind(0, b"FLR\0", "a recording of Java Flight Recorder"),
    // Archives and compressions that are not read.
    helped(0, b"7z\xBC\xAF\x27\x1C", "a 7z archive (7-Zip)", UNPACK_HINT),
    helped(0, b"Rar!\x1A\x07", "a RAR archive", UNPACK_HINT),
    helped(0, b"MSCF\0\0\0\0", "a cabinet archive (CAB)", UNPACK_HINT),
    helped(0, b"!<arch>\n", "an ar archive or a Debian package", UNPACK_HINT),
    helped(0, b"\xED\xAB\xEE\xDB", "an RPM package", UNPACK_HINT),
    helped(0, b"xar!", "a xar archive", UNPACK_HINT),
    helped(0, b"070701", "a cpio archive", UNPACK_HINT),
    helped(0, b"070707", "a cpio archive", UNPACK_HINT),
    helped(0, b"\xC7\x71", "a cpio archive", UNPACK_HINT),
    helped(0, b"LZIP", "lzip data", UNPACK_HINT),
    helped(0, b"\x1F\x9D", "data of `compress` (.Z)", UNPACK_HINT),
    helped(0, b"\x1F\xA0", "data of `compress` (.Z)", UNPACK_HINT),
    helped(0, b"\x5D\x00\x00", "LZMA data", UNPACK_HINT),
    helped(0, b"\x89LZO\0\r\n\x1A\n", "LZO data", UNPACK_HINT),
    helped(0, b"\xFF\x06\x00\x00sNaPpY", "snappy data", UNPACK_HINT),
    helped(0, b"MAM\x04", "compressed data of Windows (MAM)", UNPACK_HINT),
    kind(32_769, b"CD001", "a disk image of a CD (ISO 9660)"),
    kind(0, b"QFI\xFB", "a disk image (QCOW)"),
    kind(0, b"KDMV", "a disk image (VMDK)"),
    kind(0, b"vhdxfile", "a disk image (VHDX)"),
    kind(0, b"conectix", "a disk image (VHD)"),
    kind(0, b"EVF\x09\x0D\x0A\xFF\x00", "a disk image (EnCase)"),
    kind(0, b"LUKS\xBA\xBE", "an encrypted disk (LUKS)"),
    kind(0, b"hsqs", "a file system (SquashFS)"),
    // Databases and tables.
    helped(0, b"SQLite format 3\0", "an SQLite database", ROWS_HINT),
    helped(4, b"\xEF\xCD\xAB\x89", "an ESE database of Windows (EDB)", ROWS_HINT),
    helped(0, b"\x00\x01\x00\x00Standard ", "an Access database", ROWS_HINT),
    helped(0, b"REDIS0", "a database of Redis (RDB)", ROWS_HINT),
    helped(0, b"GDBM", "a GDBM database", ROWS_HINT),
    helped(0, b"\xCE\x9A\x57\x13", "a GDBM database", ROWS_HINT),
    helped(12, b"\x61\x15\x06\x00", "a Berkeley DB database", ROWS_HINT),
    helped(12, b"\x62\x31\x05\x00", "a Berkeley DB database", ROWS_HINT),
    helped(0, b"PGDMP", "a dump of PostgreSQL", ROWS_HINT),
    helped(0, b"Obj\x01", "an Avro file", ROWS_HINT),
    helped(0, b"ORC\x12", "an ORC file", ROWS_HINT),
    helped(0, b"ORC\x08", "an ORC file", ROWS_HINT),
    helped(0, b"ARROW1\0\0", "an Arrow file", ROWS_HINT),
    helped(0, b"\x89HDF\r\n\x1A\n", "an HDF5 file", ROWS_HINT),
    helped(16, b"\xDE\xC0\xEF\xBE", "an LMDB database", ROWS_HINT),
    kind(0, b"\x3F\xD7\x6C\x17", "an index of Lucene"),
    kind(0, b"regf", "a registry hive of Windows"),
    kind(0, b"!BDN", "a mailbox of Outlook (PST)"),
    kind(0, b"bplist0", "a property list of macOS"),
    kind(0, b"\x00\x00\x00\x01Bud1", "a folder's settings of macOS (.DS_Store)"),
    // Programs, and what they leave.
    kind(0, b"\x7FELF", "an ELF executable, library or core dump"),
    kind(0, b"MZ", "an executable of Windows (PE)"),
    kind(0, b"\xCF\xFA\xED\xFE", "a Mach-O executable of macOS"),
    kind(0, b"\xCE\xFA\xED\xFE", "a Mach-O executable of macOS"),
    kind(0, b"\xFE\xED\xFA\xCF", "a Mach-O executable of macOS"),
    kind(0, b"\xFE\xED\xFA\xCE", "a Mach-O executable of macOS"),
    kind(0, b"\xCA\xFE\xBA\xBE", "a Java class or a Mach-O executable"),
    kind(0, b"\xCA\xFE\xD0\x0D", "packed Java classes"),
    kind(0, b"\x00asm", "a WebAssembly module"),
    kind(0, b"dex\n0", "an executable of Android (DEX)"),
    kind(0, b"BC\xC0\xDE", "LLVM bitcode"),
    kind(0, b"JAVA PROFILE 1.0", "a heap dump of Java (HPROF)"),
    kind(0, b"\xAC\xED\x00\x05", "serialized objects of Java"),
    kind(0, b"MDMP", "a minidump of Windows"),
    kind(0, b"PAGEDU", "a crash dump of Windows"),
    kind(4, b"SCCA", "a prefetch file of Windows"),
    kind(0, b"\x4C\0\0\0\x01\x14\x02\0", "a shortcut of Windows (LNK)"),
    kind(0, b"ITSF", "a help file of Windows (CHM)"),
    kind(0, b"\x80\x02}", "a pickle of Python"),
    kind(0, b"\x80\x03}", "a pickle of Python"),
    kind(0, b"\x80\x04\x95", "a pickle of Python"),
    kind(0, b"DIRC\0\0\0", "an index of Git"),
    kind(0, b"PACK\0\0\0\x02", "a pack of Git"),
    // Documents.
    kind(0, b"%PDF-", "a PDF document"),
    kind(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an Office document or installer of Windows (OLE)"),
    // Images, audio, video, fonts.
    kind(0, b"\x89PNG\r\n\x1A\n", "an image (PNG)"),
    kind(0, b"\xFF\xD8\xFF", "an image (JPEG)"),
    kind(0, b"GIF87a", "an image (GIF)"),
    kind(0, b"GIF89a", "an image (GIF)"),
    kind(0, b"II*\0", "an image (TIFF)"),
    kind(0, b"MM\0*", "an image (TIFF)"),
    kind(0, b"BM", "an image (BMP)"),
    kind(0, b"8BPS\0", "an image (Photoshop)"),
    kind(0, b"\0\0\x01\0", "an image (ICO)"),
    kind(8, b"WEBP", "an image (WebP)"),
    kind(8, b"AVI ", "a video (AVI)"),
    kind(8, b"WAVE", "audio (WAV)"),
    kind(4, b"ftyp", "video, audio or an image (MP4, HEIF)"),
    kind(0, b"\x1A\x45\xDF\xA3", "a video (Matroska, WebM)"),
    kind(0, b"\0\0\x01\xBA", "a video (MPEG)"),
    kind(0, b"FLV\x01", "a video (Flash)"),
    kind(0, b"OggS\0", "audio or video (Ogg)"),
    kind(0, b"fLaC", "audio (FLAC)"),
    kind(0, b"ID3", "audio (MP3)"),
    kind(0, b"wOFF", "a font"),
    kind(0, b"wOF2", "a font"),
    kind(0, b"OTTO", "a font"),
    kind(0, b"\0\x01\0\0\0", "a font, or a database of Access"),
];

/// Lists of logins, which are known by their records.
const UTMP: BinaryFormat =
    helped(0, b"", "a list of logins (utmp, wtmp)", "`last --time-format iso --file FILE` shows it as lines");

/// Whether there are records of logins, of 384 bytes each, which begin with the number of their kind.
fn is_utmp(head: &[u8]) -> bool {
    const RECORD: usize = 384;
    let record = |bytes: &[u8]| matches!(bytes, [1..=9, 0, 0, 0, ..]);
    let mut records = head.chunks_exact(RECORD).take(9);
    (head.len() == RECORD || head.len() >= 2 * RECORD) && records.all(record)
}

/// How much is searched for bytes that text does not have.
const MAX_NOISE_SEARCH_BYTES: usize = 4 << 10;

/// What the input is that begins like this, if it is of a kind that holds no messages, and why it is not read.
pub fn named(head: &[u8]) -> Option<String> {
    let look = &head[..head.len().min(MAX_NOISE_SEARCH_BYTES)];
    let control_chars = controls(look);
    // A text may begin with the letters of any kind, but it has few such bytes.
    if control_chars == 0 && !head.starts_with(b"%PDF-") && !head.starts_with(b"!<arch>\n") {
        return None;
    }
    let letters = |kind: &BinaryFormat| kind.magic.len() <= 4 && kind.magic.iter().all(u8::is_ascii_graphic);
    let fits = |kind: &&BinaryFormat| {
        let begins = head.get(kind.at..).is_some_and(|head| head.starts_with(kind.magic));
        begins && (!letters(kind) || 32 * control_chars >= look.len())
    };
    let utmp = || is_utmp(head).then_some(&UTMP);
    let kind = KINDS.iter().find(fits).or_else(utmp)?;
    let hint = kind.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    Some(format!("it is {}, a binary file, and not read{hint}", kind.what))
}

/// That the input that begins like this is no text of any kind, and is not read.
pub fn noise(head: &[u8]) -> Option<String> {
    let look = &head[..head.len().min(MAX_NOISE_SEARCH_BYTES)];
    is_noise(look).then(|| "it is binary data of an unknown kind, and not read; --format text reads it as text".into())
}

/// How many control characters there are that text hardly has.
fn controls(look: &[u8]) -> usize {
    look.iter().filter(|byte| matches!(byte, 0..=6 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F)).count()
}

/// Whether bytes are text in no character set: one in sixteen is a control character, those NULs aside that stand at the
/// beginning where a log was truncated, and they are no UTF-8; or they are fields of fixed length.
fn is_noise(look: &[u8]) -> bool {
    let look = &look[look.iter().take_while(|byte| **byte == 0).count()..];
    let invalid = std::str::from_utf8(look).is_err_and(|error| error.error_len().is_some());
    // Fields of fixed length are filled up with NULs; a hole where a log was truncated is but one run of them.
    let nuls = look.iter().filter(|byte| **byte == 0).count();
    let runs = look.windows(2).filter(|pair| pair[0] != 0 && pair[1] == 0).count();
    let fields = 3 * nuls >= look.len() && 64 * runs >= look.len();
    look.len() >= 64 && ((16 * controls(look) >= look.len() && invalid) || fields)
}

/// What a zip archive is that begins like this, if it is a document or a program rather than an archive of logs.
pub fn zipped(head: &[u8]) -> Option<&'static str> {
    let name = head.strip_prefix(b"PK\x03\x04")?.get(26..)?;
    let begins = |text: &[u8]| name.starts_with(text);
    if begins(b"[Content_Types].xml") || begins(b"_rels/.rels") || begins(b"docProps/") {
        Some("it is an Office document, and not read; save its table as CSV")
    } else if begins(b"mimetypeapplication/") {
        Some("it is an OpenDocument or EPUB document, and not read; save its table as CSV")
    } else if begins(b"META-INF/") || begins(b"AndroidManifest.xml") {
        Some("it is a Java or Android archive, and not read; unzip it to have its members read")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named() {
        let binary = |head: &[u8]| named(head).or_else(|| noise(head));
        for (head, name) in [
            (&b"\xD4\xC3\xB2\xA1\x02\0\x04\0"[..], "pcap"),
            (b"\x0A\x0D\x0D\x0A\x1C\0\0\0\x4D\x3C\x2B\x1A", "pcapng"),
            (b"7z\xBC\xAF\x27\x1C\0\x04", "7z"),
            (b"Rar!\x1A\x07\x01\0", "RAR"),
            (b"SQLite format 3\0\x10\0", "SQLite"),
            (b"LPKSHHRH\0\0\0\0", "journal"),
            (b"\x30\0\0\0LfLe\x01\0", "EVT"),
            (b"\x7FELF\x02\x01\x01\0", "ELF"),
            (b"MZ\x90\0\x03\0", "PE"),
            (b"\xCF\xFA\xED\xFE\x07\0", "Mach-O"),
            (b"\xCA\xFE\xBA\xBE\0\0\0\x34", "Java class"),
            (b"%PDF-1.7\n1 0 obj\n", "PDF"),
            (b"\x89PNG\r\n\x1A\n\0\0", "PNG"),
            (b"regf\x01\0\0\0", "registry"),
            (b"\0\0\0\0\xEF\xCD\xAB\x89", "ESE"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        ] {
            assert!(binary(head).is_some_and(|told| told.contains(name) && told.contains("not read")), "{name}");
        }
        let noise: Vec<u8> = (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(binary(&noise).is_some_and(|told| told.contains("unknown kind")));
        let fields = [&b"\x20\0\0\0user\0\0\0\0\0\0\0\0host\0\0\0\0"[..]; 20].concat();
        assert!(binary(&fields).is_some_and(|told| told.contains("unknown kind")));
        let login = [&b"\x07\0\0\0\x2A\0\0\0tty1"[..], &[0; 372]].concat();
        assert!(binary(&login.repeat(2)).is_some_and(|told| told.contains("wtmp")));
    }

    #[test]
    fn text_is_none_whatever_it_begins_with() {
        let binary = |head: &[u8]| named(head).or_else(|| noise(head));
        for head in [
            &b""[..],
            b"MZ is how it begins",
            b"BM caf\xE9 2024-05-14 09:12:01 text and a bell, or another of these: \x01\n",
            b"ID3,ID4\n1,2\n",
            b"regf is a word",
            b"070701 9:12 text",
            b"II* text",
            b"one\0two\0three\0",
            b"caf\xE9 \xE8\xE8\n",
            b"\x1b[31mred\x1b[0m\x07\x08\n",
            b"MDB text",
        ] {
            assert_eq!(binary(head), None, "{head:?}");
        }
        let hole = [&b"2024-05-14 a\n".repeat(40)[..], &[0; 3000], b"2024-05-14 b\n"].concat();
        assert_eq!(binary(&hole), None);
        let truncated = [&[0; 3000][..], b"2024-05-14 caf\xE9\n"].concat();
        assert_eq!(binary(&truncated), None);
    }

    #[test]
    fn documents_that_are_archives() {
        let zip = |name: &str| [&b"PK\x03\x04"[..], &[0; 26], name.as_bytes()].concat();
        for (name, kind) in
            [("[Content_Types].xml", "Office"), ("mimetypeapplication/epub+zip", "EPUB"), ("META-INF/", "Java")]
        {
            assert!(zipped(&zip(name)).is_some_and(|told| told.contains(kind)), "{name}");
        }
        assert_eq!((zipped(&zip("logs/a.log")), zipped(b"PK\x03\x04")), (None, None));
    }
}
