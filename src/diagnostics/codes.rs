//! The stable codes: 1xx syntax, 2xx plan, 3xx run. A number is never used for a second meaning.
//!
//! Every code has a page `docs/errors/CODE.md` whose sample query makes it appear (a test runs them).

/// A stable code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `E101`, `W201` …
    pub id: &'static str,
    /// What it means, a few words.
    pub title: &'static str,
}

impl Code {
    /// Its page, as a path in this repository.
    pub fn page(&self) -> String {
        format!("docs/errors/{}.md", self.id)
    }
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal;)*) => {
        $(#[doc = $title] pub static $name: Code = Code { id: $id, title: $title };)*
        /// All codes, in order.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNEXPECTED = "E101", "syntax error";
    UNKNOWN_OPERATOR = "E102", "unknown operator";
    OPEN_QUOTE = "E103", "unclosed quote";
    OPEN_COMMENT = "E104", "unclosed comment";
    TOO_LONG = "E105", "query or search term too long";
    TOO_DEEP = "E106", "nesting too deep";
    STRAY_STAGE = "E107", "operator inside another stage";
    PARAMETER = "E108", "template parameter without a value";
    NO_OPTION = "E109", "option not supported by the stage";
    SEVERAL = "E110", "more than one query";
    UNKNOWN_FUNCTION = "E201", "unknown function";
    ARGUMENT_COUNT = "E202", "wrong number of arguments";
    ARGUMENT_KIND = "E203", "wrong kind of argument";
    PATTERN_NAMES = "E204", "different number of patterns and names";
    BAD_PATTERN = "E205", "invalid parse pattern";
    BAD_REGEX = "E206", "invalid regular expression";
    GROUPS = "E207", "invalid capturing group";
    DUPLICATE_FIELD = "E208", "duplicate field";
    ALIAS_NEEDED = "E209", "missing name for a result";
    LIMIT_RANGE = "E210", "number out of range";
    AGGREGATE_ARGUMENT = "E211", "expression in an aggregate";
    NOT_BOOLEAN = "E212", "value in place of a condition";
    MIXED_BRANCHES = "E213", "branches of different types";
    NOT_LOCAL = "E214", "not available locally";
    MISPLACED = "E215", "misplaced operator";
    UNKNOWN_COLUMN = "E216", "unknown column of a table";
    KEY_COLUMNS = "E217", "wrong key columns in a lookup";
    SAVED_COLUMNS = "E218", "rows do not fit the table";
    MISSING_FIELD = "E219", "missing field in a subquery";
    TEXT_IN_ARITHMETIC = "E220", "string in arithmetic";
    UNDOCUMENTED = "W201", "not documented by Sumo Logic";
    UNKNOWN_FIELD = "W202", "unknown field";
    AFTER_SAVE = "W203", "stages after `save`";
    NO_KEYS = "W204", "no keys left for the schema";
    NEVER = "W210", "condition that is never true";
    ALWAYS = "W211", "condition that is always true";
    NULL_COMPARED = "W212", "comparison with null";
    FOREIGN_LIST = "W213", "list of values of another type";
    NO_WILDCARD = "W214", "pattern without a wildcard";
    REPEATED = "W215", "repeated condition";
    SAME_RESULTS = "W216", "same result in both branches";
    UNUSED = "W217", "unused fields";
    OVERWRITTEN = "W218", "field overwritten before it is read";
    LOST_ORDER = "W219", "sort order that is lost";
    VALUE_LEFT_OUT = "W220", "ignored value of a parameter";
    NO_VALUE = "W221", "template parameter checked without a value";
    EVERYTHING = "W222", "term that matches every message";
    SLOW_REGEX = "W223", "regular expression that may be slow";
    DATE_ARGUMENT = "W224", "date that is not a whole number";
    DATE_PATTERN = "W225", "wrong letter in a date pattern";
    QUOTED_WILDCARD = "W226", "wildcard in quotes";
    PARTIAL_WILDCARD = "W227", "wildcard for part of a term in a phrase";
    LITERAL_STAR = "W228", "literal star in a comparison";
    QUOTED_REGEX = "W229", "regular expression in quotes";
    AUTO_KEYS = "W230", "key that `keyvalue auto` does not name";
    FIELD_NAME = "W231", "field name that begins or ends with `_`";
    NAME_TWICE = "W232", "duplicate name in a parse stage";
    SLICE_ALIAS = "W233", "renamed `_timeslice` before `compare`";
    SHIFT_TOO_FAR = "W234", "shift of more than 40 days";
    FORMAT_OF_TEXT = "W235", "string where `format` needs a number";
    TRANSPOSE_JOIN = "W236", "`transpose` before `join`";
    LOST_FIELD = "W237", "field removed by an earlier stage";
    FOREIGN_SCOPE = "W238", "scope in the form of another language";
    MISSING_PIPE = "W239", "stage without a pipe before it";
    NO_MATCH = "W301", "parse stage matched no message";
    LIMITED = "W302", "rows left out by a limit of Sumo Logic";
    EMPTY_SCOPE = "W303", "scope matched no message";
    FILLED = "W304", "rows added for missing time slices";
    NO_TABLE = "W305", "lookup table not found";
    DUPLICATE_KEYS = "W306", "duplicate keys in a lookup table";
    FAILED_ROWS = "W307", "rows dropped by a function";
    ELSEWHERE = "W308", "available only in Sumo Logic's service";
    TEXTS_COMPUTED = "W309", "arithmetic on strings that are not numbers";
    WEAK_MODEL = "W311", "model with too little data";
    COMPOSED = "W312", "subquery run on its own";
    NULL_FIELD = "W313", "field that is null in every row";
    MEMORY = "E301", "memory limit reached";
    INPUT = "E302", "input could not be read";
    TABLE = "E303", "table can't be used";
    TABLE_NEEDED = "E304", "required table not found";
    NOT_SAVED = "E305", "rows could not be saved";
    TOO_MANY = "E306", "too many rows for Sumo Logic";
    GAVE_UP = "E307", "regular expression took too long";
}
