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

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal;)*) => {
        $(#[doc = $title] pub static $name: Code = Code { id: $id, title: $title };)*
        /// All codes, in order.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNEXPECTED = "E101", "something else was expected here";
    UNKNOWN_OPERATOR = "E102", "unknown operator";
    OPEN_QUOTE = "E103", "a quote that is never closed";
    OPEN_COMMENT = "E104", "a comment that is never closed";
    TOO_LONG = "E105", "the query, or a word in it, is too long";
    TOO_DEEP = "E106", "nested too deeply";
    STRAY_STAGE = "E107", "an operator inside another stage";
    PARAMETER = "E108", "a template parameter without a value";
    NO_OPTION = "E109", "an option that the stage does not have";
    SEVERAL = "E110", "a second query in the text";
    UNKNOWN_FUNCTION = "E201", "unknown function";
    ARGUMENT_COUNT = "E202", "wrong number of arguments";
    ARGUMENT_KIND = "E203", "an argument of the wrong kind";
    PATTERN_NAMES = "E204", "number of patterns and of names differ";
    BAD_PATTERN = "E205", "a parse pattern that can't work";
    BAD_REGEX = "E206", "a regular expression that can't be compiled";
    GROUPS = "E207", "capturing groups must be named";
    DUPLICATE_FIELD = "E208", "a field listed twice";
    ALIAS_NEEDED = "E209", "the result needs a name";
    LIMIT_RANGE = "E210", "a number out of range";
    AGGREGATE_ARGUMENT = "E211", "an aggregate takes a field";
    NOT_BOOLEAN = "E212", "a condition is needed here";
    MIXED_BRANCHES = "E213", "the branches have different types";
    NOT_LOCAL = "E214", "not available here";
    MISPLACED = "E215", "an operator in a place where it can't be";
    UNKNOWN_COLUMN = "E216", "the table has no such column";
    KEY_COLUMNS = "E217", "the columns that rows are looked up by";
    SAVED_COLUMNS = "E218", "the rows do not fit the table";
    MISSING_FIELD = "E219", "a field that is not there";
    TEXT_IN_ARITHMETIC = "E220", "a text in arithmetic";
    UNDOCUMENTED = "W201", "not documented by Sumo Logic";
    UNKNOWN_FIELD = "W202", "no stage makes this field";
    AFTER_SAVE = "W203", "stages that are left out";
    NO_KEYS = "W204", "no key is left for the schema";
    NEVER = "W210", "a condition that never holds";
    ALWAYS = "W211", "a condition that always holds";
    NULL_COMPARED = "W212", "a comparison with null";
    FOREIGN_LIST = "W213", "a list of values of another type";
    NO_WILDCARD = "W214", "a pattern without a wildcard";
    REPEATED = "W215", "a condition that is there twice";
    SAME_RESULTS = "W216", "both results of an `if` are the same";
    UNUSED = "W217", "nothing uses what a stage makes";
    OVERWRITTEN = "W218", "overwritten before it was read";
    LOST_ORDER = "W219", "an order that is lost";
    VALUE_LEFT_OUT = "W220", "a parameter's value that is left out";
    NO_VALUE = "W221", "a template parameter without a value, checked without it";
    EVERYTHING = "W222", "a term that finds every message";
    SLOW_REGEX = "W223", "a regular expression that may be slow";
    DATE_ARGUMENT = "W224", "a date that is no whole number";
    DATE_PATTERN = "W225", "letters of a date pattern that mean something else";
    QUOTED_WILDCARD = "W226", "a wildcard between quotes";
    PARTIAL_WILDCARD = "W227", "a wildcard for a part of a term in a phrase";
    LITERAL_STAR = "W228", "a star that is compared as it is";
    QUOTED_REGEX = "W229", "a regular expression between quotes";
    AUTO_KEYS = "W230", "keys that `keyvalue auto` does not name";
    FIELD_NAME = "W231", "a name that begins or ends with `_`";
    NAME_TWICE = "W232", "one name for two fields of a stage";
    SLICE_ALIAS = "W233", "a renamed `_timeslice` before `compare`";
    SHIFT_TOO_FAR = "W234", "a shift of more than 40 days";
    FORMAT_OF_TEXT = "W235", "a text where `format` needs a number";
    TRANSPOSE_JOIN = "W236", "`transpose` before `join`";
    LOST_FIELD = "W237", "a field that is not there any more";
    NO_MATCH = "W301", "a parse stage matched no message";
    LIMITED = "W302", "a limit of Sumo Logic left rows out";
    EMPTY_SCOPE = "W303", "the scope matched no message";
    FILLED = "W304", "rows were made up for missing slices";
    NO_TABLE = "W305", "a table is not here";
    DUPLICATE_KEYS = "W306", "several rows with the same key";
    FAILED_ROWS = "W307", "rows that a function can't work with are left out";
    ELSEWHERE = "W308", "known only to Sumo Logic's service";
    TEXTS_COMPUTED = "W309", "arithmetic over texts that are no numbers";
    WEAK_MODEL = "W311", "a model that may be poor";
    COMPOSED = "W312", "a subquery by itself";
    MEMORY = "E301", "the memory limit was reached";
    INPUT = "E302", "an input could not be read";
    TABLE = "E303", "a table can't be used";
    TABLE_NEEDED = "E304", "the query can't run without a table";
    NOT_SAVED = "E305", "rows could not be saved";
    TOO_MANY = "E306", "more rows than Sumo Logic takes";
    GAVE_UP = "E307", "a regular expression that took too long";
}
