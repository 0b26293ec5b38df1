//! Patterns and zones as arguments: made ready once where they are constant.

use crate::program::expression::{CallCx, CompiledExpr};
use sumoql_data::value::{Owned, Value};
use sumoql_java::date_format::{Pattern, Zone};

/// An argument.
pub enum Given<T> {
    /// Left out.
    Missing,
    /// Null, so that the result is null.
    Null,
    /// The same for all rows.
    Constant(T),
    /// Another one for each row: the number of the argument.
    PerRow(usize),
}

impl<T> Given<T> {
    /// Looks at an argument.
    pub fn new(args: &[CompiledExpr], at: usize, read: impl Fn(&str) -> Result<T, String>) -> Result<Given<T>, String> {
        Ok(match args.get(at) {
            None => Given::Missing,
            Some(CompiledExpr::Constant(Owned::Null)) => Given::Null,
            Some(CompiledExpr::Constant(value)) => Given::Constant(read(&value.to_string())?),
            Some(_) => Given::PerRow(at),
        })
    }
}

/// The pattern at a place among the arguments.
pub fn pattern(args: &[CompiledExpr], at: usize) -> Result<Given<Pattern>, String> {
    Given::new(args, at, Pattern::new)
}

/// The zone at a place among the arguments.
pub fn zone(args: &[CompiledExpr], at: usize) -> Result<Given<Zone>, String> {
    Given::new(args, at, |name| {
        Zone::find(name).ok_or_else(|| format!("unknown time zone `{name}`: see the tz database"))
    })
}

impl Given<Pattern> {
    /// Uses the pattern of a row, if there is one. `default` stands for one that was left out.
    pub fn with<'m, R>(
        &self,
        (args, cx): (&[Value<'m>], &CallCx<'m>),
        default: &str,
        go: impl FnOnce(&Pattern) -> Option<R>,
    ) -> Option<R> {
        match self {
            Given::Constant(pattern) => go(pattern),
            Given::Null => None,
            Given::Missing => go(&Pattern::new(default).ok()?),
            Given::PerRow(at) => go(&Pattern::new(args[*at].text(cx.arena)?).ok()?),
        }
    }
}

impl Given<Zone> {
    /// The zone for a row: that of the query where none was given.
    pub fn of<'m>(&self, args: &[Value<'m>], cx: &CallCx<'m>) -> Option<Zone> {
        match self {
            Given::Constant(zone) => Some(*zone),
            Given::Null => None,
            Given::Missing => Some(Zone::Named(cx.env.zone)),
            Given::PerRow(at) => Zone::find(args[*at].text(cx.arena)?),
        }
    }
}
