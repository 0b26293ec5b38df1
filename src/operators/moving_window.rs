//! The last so many numbers of a column: their mean, and their sample deviation.

use crate::diagnostics::Diagnostic;
use crate::plan::arguments::{alias_argument, count_argument, field_argument};
use crate::plan::{OperatorCall, Planner};
use crate::run::order::in_order::{InOrder, Own};
use crate::run::order::state_by_key::Keyed;
use std::collections::VecDeque;
use sumoql_data::value::{Owned, Value};

/// The longest window.
const MAX_WINDOW: i64 = 1000;

/// The window when none is given.
const USUAL: i64 = 10;

/// At most so many numbers; a new one pushes the oldest out.
#[derive(Default)]
pub(super) struct Window {
    numbers: VecDeque<f64>,
}

impl Window {
    /// Takes in a number.
    pub(super) fn push(&mut self, n: f64, size: usize) {
        if self.numbers.len() >= size {
            self.numbers.pop_front();
        }
        self.numbers.push_back(n);
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The mean; of nothing it is zero.
    pub(super) fn mean(&self) -> f64 {
        self.numbers.iter().sum::<f64>() / self.numbers.len().max(1) as f64
    }

    /// The sample deviation; of fewer than two numbers it is zero.
    pub(super) fn deviation(&self) -> f64 {
        if self.numbers.len() < 2 {
            return 0.0;
        }
        let mean = self.mean();
        let squares: f64 = self.numbers.iter().map(|n| (n - mean) * (n - mean)).sum();
        (squares / (self.numbers.len() - 1) as f64).sqrt()
    }
}

/// Plans a stage that gives each row a figure of the window that ends with it. Rows without a number get null.
pub(super) fn plan(
    call: &OperatorCall<'_>,
    planner: &mut Planner<'_>,
    default_name: &str,
    figure: fn(&Window) -> f64,
) -> Result<(), Diagnostic> {
    if call.args.has("(") {
        let name = default_name.trim_start_matches('_');
        let instead = format!("write `{name} FIELD, N by FIELD, …`");
        planner.undocumented(call.span, &format!("parentheses after `{name}`"), &instead);
        planner.fix_undocumented(super::undocumented_spelling::without_parentheses(call.args));
    }
    let mut breaker = planner.breaker();
    let size = count_argument(call.args, "size", 1..=MAX_WINDOW)?.unwrap_or(USUAL) as usize;
    let field = breaker.field(field_argument(call, "name")?)?;
    let by = breaker.fields(&call.args.fields("by"))?;
    let alias = alias_argument(call, default_name)?;
    let gather = InOrder(move || {
        let mut windows: Keyed<Window> = Keyed::new(&by);
        Box::new(move |row, out: &mut Own| {
            let value = match row.get(field).number() {
                Some(n) => {
                    let window = windows.of(row, out);
                    if window.len() < size {
                        out.keep(size_of::<f64>());
                    }
                    window.push(n, size);
                    Value::from_number(figure(window)).owned()
                }
                None => Owned::Null,
            };
            out.push(value);
            true
        })
    });
    breaker.add(gather, &[alias]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_number_leaves() {
        let mut window = Window::default();
        [2.0, 4.0, 4.0, 10.0].into_iter().for_each(|n| window.push(n, 3));
        assert_eq!((window.len(), window.mean()), (3, 6.0));
        assert!((window.deviation() - 12f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn one_number_does_not_deviate() {
        let mut window = Window::default();
        window.push(7.0, 10);
        assert_eq!((window.mean(), window.deviation()), (7.0, 0.0));
    }
}
