//! Names of properties, `\p{name}`, as Java has them: the classes of POSIX are of ASCII unless a flag says otherwise.

/// The inside of a class with the characters that have a property; the error is a text for the user. `unicode` is the
/// flag `(?U)`.
pub fn property(name: &str, unicode: bool) -> Result<String, String> {
    if let Some((key, value)) = name.split_once('=') {
        return match key.to_ascii_lowercase().as_str() {
            "sc" | "script" => known(name, &format!("sc={value}")),
            "gc" | "general_category" => known(name, &format!("gc={value}")),
            "blk" | "block" => block(value).ok_or_else(|| unknown(name)),
            _ => Err(unknown(name)),
        };
    }
    if let Some(posix) = posix(name) {
        return Ok(if unicode { of_unicode(name).unwrap_or(posix) } else { posix }.to_string());
    }
    if let Some(java) = name.strip_prefix("java") {
        return of_character(java).map(str::to_string).ok_or_else(|| unknown(name));
    }
    if let Some(name) = name.strip_prefix("In")
        && let Some(block) = block(name)
    {
        return Ok(block);
    }
    match name {
        "L1" => return Ok(r"\x{0}-\x{ff}".into()),
        "all" => return Ok(r"\x{0}-\x{10ffff}".into()),
        "LD" => return Ok(r"\p{L}\p{Nd}".into()),
        _ => {}
    }
    match name.strip_prefix("Is") {
        Some("Punctuation") => Ok(r"\p{P}".into()),
        Some("Digit") => Ok(r"\p{Nd}".into()),
        Some("Letter") => Ok(r"\p{L}".into()),
        Some("Control") => Ok(r"\p{Cc}".into()),
        Some("Assigned") => Ok(r"\P{Cn}".into()),
        Some("Noncharacter_Code_Point") => Ok(r"\p{nchar}".into()),
        Some(rest) => known(name, rest).or_else(|_| known(name, name)),
        None => known(name, name),
    }
}

/// A property that the engines know by this name.
fn known(name: &str, theirs: &str) -> Result<String, String> {
    let sound = !theirs.is_empty() && theirs.chars().all(|c| c.is_ascii_alphanumeric() || "_=- &".contains(c));
    let class = format!(r"\p{{{theirs}}}");
    match sound && regex::Regex::new(&class).is_ok() {
        true => Ok(class),
        false => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> String {
    format!("unknown character property `{name}`")
}

fn posix(name: &str) -> Option<&'static str> {
    Some(match name {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x{0}-\x{7f}",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => r"\x{21}-\x{2f}\x{3a}-\x{40}\x{5b}-\x{60}\x{7b}-\x{7e}",
        "Graph" => r"\x{21}-\x{7e}",
        "Print" => r"\x{20}-\x{7e}",
        "Blank" => r"\x{20}\x{9}",
        "Cntrl" => r"\x{0}-\x{1f}\x{7f}",
        "XDigit" => "0-9a-fA-F",
        "Space" => r"\x{20}\x{9}-\x{d}",
        _ => return None,
    })
}

fn of_unicode(name: &str) -> Option<&'static str> {
    Some(match name {
        "Lower" => r"\p{Lowercase}",
        "Upper" => r"\p{Uppercase}",
        "Alpha" => r"\p{Alphabetic}",
        "Digit" => r"\p{Nd}",
        "Alnum" => r"\p{Alphabetic}\p{Nd}",
        "Punct" => r"\p{P}",
        "Blank" => r"\p{Zs}\x{9}",
        "Cntrl" => r"\p{Cc}",
        "XDigit" => r"\p{Nd}\p{Hex_Digit}",
        "Space" => r"\p{White_Space}",
        _ => return None,
    })
}

/// Methods of Java's `Character`.
fn of_character(method: &str) -> Option<&'static str> {
    Some(match method {
        "LowerCase" => r"\p{Lowercase}",
        "UpperCase" => r"\p{Uppercase}",
        "TitleCase" => r"\p{Lt}",
        "Alphabetic" => r"\p{Alphabetic}",
        "Ideographic" => r"\p{Ideographic}",
        "Digit" => r"\p{Nd}",
        "Letter" => r"\p{L}",
        "LetterOrDigit" => r"\p{L}\p{Nd}",
        "SpaceChar" => r"\p{Z}",
        "Whitespace" => r"[\p{Z}&&[^\x{a0}\x{2007}\x{202f}]]\x{9}-\x{d}\x{1c}-\x{1f}",
        "ISOControl" => r"\p{Cc}",
        "Defined" => r"\P{Cn}",
        _ => return None,
    })
}

/// Blocks of Unicode, those that come up in logs.
fn block(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !" _-".contains(*c)).flat_map(char::to_lowercase).collect();
    let (first, last) = match name.as_str() {
        "basiclatin" => (0, 0x7f),
        "latin1supplement" => (0x80, 0xff),
        "latinextendeda" => (0x100, 0x17f),
        "latinextendedb" => (0x180, 0x24f),
        "combiningdiacriticalmarks" => (0x300, 0x36f),
        "greek" | "greekandcoptic" => (0x370, 0x3ff),
        "cyrillic" => (0x400, 0x4ff),
        "armenian" => (0x530, 0x58f),
        "hebrew" => (0x590, 0x5ff),
        "arabic" => (0x600, 0x6ff),
        "devanagari" => (0x900, 0x97f),
        "thai" => (0xe00, 0xe7f),
        "generalpunctuation" => (0x2000, 0x206f),
        "currencysymbols" => (0x20a0, 0x20cf),
        "arrows" => (0x2190, 0x21ff),
        "mathematicaloperators" => (0x2200, 0x22ff),
        "boxdrawing" => (0x2500, 0x257f),
        "hiragana" => (0x3040, 0x309f),
        "katakana" => (0x30a0, 0x30ff),
        "cjkunifiedideographs" => (0x4e00, 0x9fff),
        "hangulsyllables" => (0xac00, 0xd7af),
        _ => return None,
    };
    Some(format!(r"\x{{{first:x}}}-\x{{{last:x}}}"))
}
