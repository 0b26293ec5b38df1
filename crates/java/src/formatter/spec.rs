//! Format texts as `java.util.Formatter` reads them: `%[index$][flags][width][.precision]conversion`.

/// A format text, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub enum FormatPart {
    /// Stands for itself.
    Text(String),
    /// Replaced by an argument, or by what the conversion stands for.
    Spec(Spec),
}

/// One conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// What to do.
    pub kind: Conversion,
    /// The argument's number, from 0; of no meaning where none is taken.
    pub arg: usize,
    /// Which flags stand there.
    pub flags: Flags,
    /// The least number of characters.
    pub width: usize,
    /// The precision, if one stands there.
    pub precision: Option<usize>,
    /// Upper case.
    pub upper: bool,
}

/// The conversions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Conversion {
    Text,
    Bool,
    Char,
    Hash,
    Decimal,
    Octal,
    Hex,
    Fixed,
    Scientific,
    General,
    HexFloat,
    /// `%tY` and so on.
    Date(char),
    Percent,
    Newline,
}

/// The flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

const FLAGS: &str = "-#+ 0,(";
/// Widths and precisions are limited: a format could ask for gigabytes.
const MAX_WIDTH: usize = 10_000;

impl Flags {
    /// Whether a flag is there.
    pub fn has(self, flag: char) -> bool {
        FLAGS.find(flag).is_some_and(|at| self.0 & (1 << at) != 0)
    }

    fn any(self, flags: &str) -> Option<char> {
        flags.chars().find(|flag| self.has(*flag))
    }
}

/// Takes a format text apart. The error is one that Java gives as well, for whatever arguments; `args` is their number.
pub fn parts(text: &str, args: usize) -> Result<Vec<FormatPart>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    let (mut next, mut last) = (0, None);
    while let Some(at) = rest.find('%') {
        if at > 0 {
            parts.push(FormatPart::Text(rest[..at].into()));
        }
        let mut reader = Reader { rest: &rest[at + 1..] };
        let spec = reader.spec(&mut next, &mut last, args);
        let written = &rest[at..rest.len() - reader.rest.len()];
        parts.push(FormatPart::Spec(spec.map_err(|why| format!("`{written}` in the format: {why}"))?));
        rest = reader.rest;
    }
    if !rest.is_empty() {
        parts.push(FormatPart::Text(rest.into()));
    }
    Ok(parts)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn char(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A number that does not start with 0, if there is one.
    fn number(&mut self) -> Option<&str> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(count);
        if count == 0 || digits.starts_with('0') {
            return None;
        }
        self.rest = rest;
        Some(digits)
    }

    fn spec(&mut self, next: &mut usize, last: &mut Option<usize>, args: usize) -> Result<Spec, String> {
        // `2$` or `<` says which argument.
        let before = self.rest;
        let index = self.number().and_then(|digits| digits.parse::<usize>().ok());
        let index = if index.is_some() && self.eat('$') {
            index
        } else {
            self.rest = before;
            None
        };
        let again = index.is_none() && self.eat('<');
        let mut flags = Flags::default();
        while let Some(at) = self.rest.chars().next().and_then(|c| FLAGS.find(c)) {
            if flags.0 & (1 << at) != 0 {
                return Err("a flag is repeated".into());
            }
            flags.0 |= 1 << at;
            self.char();
        }
        let width = self.number().map(bounded).transpose()?;
        let precision = if self.eat('.') { Some(self.precision()?) } else { None };
        let letter = self.char().ok_or("the conversion is missing; for a percent sign, write `%%`")?;
        let kind = match letter {
            't' | 'T' => Conversion::Date(self.char().ok_or("the letter for the part of the date is missing")?),
            letter => {
                kind(letter).ok_or_else(|| format!("unknown conversion `{letter}`; for a percent sign, write `%%`"))?
            }
        };
        let upper = letter.is_ascii_uppercase();
        let mut spec = Spec { kind, arg: 0, flags, width: width.unwrap_or(0), precision, upper };
        check(&spec, width.is_some())?;
        if !matches!(kind, Conversion::Percent | Conversion::Newline) {
            spec.arg = match (index, again) {
                (Some(index), _) => index - 1,
                (None, true) => last.ok_or("there is no argument before it")?,
                (None, false) => {
                    *next += 1;
                    *next - 1
                }
            };
            *last = Some(spec.arg);
            if spec.arg >= args {
                return Err(format!("there is no argument {}", spec.arg + 1));
            }
        }
        Ok(spec)
    }

    fn precision(&mut self) -> Result<usize, String> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(count);
        if count == 0 {
            return Err("the number after the point is missing".into());
        }
        self.rest = rest;
        bounded(digits)
    }
}

fn bounded(digits: &str) -> Result<usize, String> {
    let number = digits.parse().ok().filter(|n| *n <= MAX_WIDTH);
    number.ok_or_else(|| format!("width and precision can be at most {MAX_WIDTH}"))
}

fn kind(letter: char) -> Option<Conversion> {
    Some(match letter {
        's' | 'S' => Conversion::Text,
        'b' | 'B' => Conversion::Bool,
        'c' | 'C' => Conversion::Char,
        'h' | 'H' => Conversion::Hash,
        'd' => Conversion::Decimal,
        'o' => Conversion::Octal,
        'x' | 'X' => Conversion::Hex,
        'f' => Conversion::Fixed,
        'e' | 'E' => Conversion::Scientific,
        'g' | 'G' => Conversion::General,
        'a' | 'A' => Conversion::HexFloat,
        '%' => Conversion::Percent,
        'n' => Conversion::Newline,
        _ => return None,
    })
}

/// What Java refuses whatever the argument.
fn check(spec: &Spec, width: bool) -> Result<(), String> {
    let flags = spec.flags;
    let (allowed, precision) = match spec.kind {
        Conversion::Text | Conversion::Bool | Conversion::Hash => ("-", true),
        Conversion::Char | Conversion::Date(_) | Conversion::Percent => ("-", false),
        Conversion::Newline => ("", false),
        Conversion::Decimal => ("-+ 0,(", false),
        Conversion::Octal | Conversion::Hex => ("-#0", false),
        Conversion::Fixed => (FLAGS, true),
        Conversion::Scientific => ("-#+ 0(", true),
        Conversion::General => ("-+ 0,(", true),
        Conversion::HexFloat => ("-#+ 0", true),
    };
    let refused: String = FLAGS.chars().filter(|flag| !allowed.contains(*flag)).collect();
    if let Some(flag) = flags.any(&refused) {
        return Err(format!("the flag `{flag}` is not allowed with this conversion"));
    }
    if spec.precision.is_some() && !precision {
        return Err("this conversion takes no precision".into());
    }
    if spec.kind == Conversion::Newline && width {
        return Err("this conversion takes no width".into());
    }
    if flags.any("-0").is_some() && !width {
        return Err("the flags `-` and `0` need a width".into());
    }
    if (flags.has('-') && flags.has('0')) || (flags.has('+') && flags.has(' ')) {
        return Err("two flags contradict each other".into());
    }
    if let Conversion::Date(letter) = spec.kind
        && !super::date::LETTERS.contains(letter)
    {
        return Err(format!("unknown part of a date `{letter}`"));
    }
    Ok(())
}
