//! What is drawn: series of numbers over times or names.

/// The shape that is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// There is no row.
    #[default]
    Nothing,
    /// One number.
    Number,
    /// Horizontal bars.
    Bar,
    /// Vertical columns.
    Column,
    /// Lines.
    Line,
    /// Filled areas.
    Area,
    /// Shares of a circle.
    Pie,
}

/// What the values stand over.
#[derive(Clone, Debug)]
pub enum Along {
    /// Moments in milliseconds since 1970, ascending, each once.
    Times(Vec<i64>),
    /// Names.
    Names(Vec<String>),
}

/// One row of numbers.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// A number for each place, or a gap.
    pub values: Vec<Option<f64>>,
    /// It stands for what is not drawn on its own.
    pub rest: bool,
}

/// What is to be drawn.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What it shows, in a line.
    pub title: String,
    /// What is drawn; a [`Chart`](crate::Chart) chooses it by the kind that is asked for.
    pub shape: Shape,
    /// What the values stand over.
    pub along: Along,
    /// The numbers.
    pub series: Vec<Series>,
    /// The values may be added up: counts and sums.
    pub additive: bool,
    /// The series are the values of one field, so that together they are a whole.
    pub split: bool,
    /// The zone in which times are written.
    pub zone: chrono_tz::Tz,
    /// The last name stands for what is not drawn on its own.
    pub rest: bool,
    /// What the reader should know: what was left out or put together.
    pub notes: Vec<String>,
}

impl Default for Along {
    fn default() -> Along {
        Along::Names(Vec::new())
    }
}

impl Along {
    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        match self {
            Along::Times(times) => times.len(),
            Along::Names(names) => names.len(),
        }
    }
}

impl Series {
    /// The sum of its numbers.
    pub fn total(&self) -> f64 {
        self.values.iter().flatten().sum()
    }
}

impl Model {
    /// All numbers.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| series.values.iter().flatten().copied())
    }

    /// All numbers but those of the last place.
    pub fn values_but_last(&self) -> impl Iterator<Item = f64> {
        let most = self.series.iter().map(|series| series.values.len()).max().unwrap_or(0).saturating_sub(1);
        self.series.iter().flat_map(move |series| series.values.iter().take(most).flatten().copied())
    }

    /// Whether the series are put on top of each other.
    pub fn stacked(&self) -> bool {
        let stacks = matches!(self.shape, Shape::Bar | Shape::Column | Shape::Area);
        stacks && self.split && self.additive && self.series.len() > 1 && self.values().all(|value| value >= 0.0)
    }

    /// Whether a value's height or length counts from zero.
    pub fn starts_at_zero(&self) -> bool {
        self.shape != Shape::Line
    }

    /// The lowest and the highest value that the axis must show.
    pub fn extent(&self) -> (f64, f64) {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut see = |value: f64| (low, high) = (low.min(value), high.max(value));
        match self.stacked() {
            true => (0..self.along.len()).for_each(|at| see(self.series.iter().filter_map(|s| s.values[at]).sum())),
            false => self.values().for_each(&mut see),
        }
        if low > high {
            return (0.0, 1.0);
        }
        // A line may leave out the zero where all its movement is far from it.
        if self.starts_at_zero() || low <= 0.0 || high - low >= high / 4.0 {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if low == high { (low - f64::from(u8::from(low != 0.0)), high + 1.0) } else { (low, high) }
    }

    /// The usual distance of times: the shortest. With one time or none, a minute.
    pub fn step(&self) -> i64 {
        let Along::Times(times) = &self.along else { return 1 };
        times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(60_000)
    }

    /// The runs of a series without a gap, as places. Between times, a gap is also where a slice is missing.
    pub fn runs(&self, series: &Series) -> Vec<Vec<usize>> {
        let step = self.step();
        let mut runs: Vec<Vec<usize>> = Vec::new();
        let mut last = None;
        for at in (0..series.values.len()).filter(|at| series.values[*at].is_some()) {
            let next = last.is_some_and(|last| {
                let near = match &self.along {
                    Along::Times(times) => times[at] - times[last] <= step + step / 2,
                    Along::Names(_) => true,
                };
                last + 1 == at && near
            });
            match runs.last_mut().filter(|_| next) {
                Some(run) => run.push(at),
                None => runs.push(vec![at]),
            }
            last = Some(at);
        }
        runs
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn model(shape: Shape, times: &[i64], series: &[&[Option<f64>]]) -> Model {
        let series = series.iter().map(|values| Series { name: String::new(), values: values.to_vec(), rest: false });
        let along = Along::Times(times.to_vec());
        Model { shape, along, series: series.collect(), additive: true, split: true, ..Model::default() }
    }

    #[test]
    fn what_the_axis_shows() {
        let one = |shape, values: &[f64]| {
            let values: Vec<_> = values.iter().copied().map(Some).collect();
            model(shape, &[0, 1, 2][..values.len()], &[&values]).extent()
        };
        for (shape, values, wanted) in [
            (Shape::Bar, &[5.0, 9.0] as &[f64], (0.0, 9.0)),
            (Shape::Bar, &[-5.0, 9.0], (-5.0, 9.0)),
            (Shape::Bar, &[-5.0, -1.0], (-5.0, 0.0)),
            (Shape::Line, &[5.0, 9.0], (0.0, 9.0)),
            // All its movement is far from zero.
            (Shape::Line, &[100.0, 101.0], (100.0, 101.0)),
            (Shape::Line, &[7.0, 7.0], (6.0, 8.0)),
            (Shape::Bar, &[0.0], (0.0, 1.0)),
            (Shape::Bar, &[], (0.0, 1.0)),
        ] {
            assert_eq!(one(shape, values), wanted, "{shape:?} {values:?}");
        }
        let two: [&[Option<f64>]; 2] = [&[Some(1.0), Some(4.0)], &[Some(2.0), None]];
        assert_eq!(model(Shape::Area, &[0, 1], &two).extent(), (0.0, 4.0), "on top of each other: 3 and 4");
        assert_eq!(model(Shape::Line, &[0, 1], &two).extent(), (0.0, 4.0));
        assert!(model(Shape::Area, &[0, 1], &two).stacked() && !model(Shape::Line, &[0, 1], &two).stacked());
        let averages = Model { additive: false, ..model(Shape::Area, &[0, 1], &two) };
        let negative = model(Shape::Area, &[0, 1], &[&[Some(1.0), Some(-1.0)], &[Some(2.0), None]]);
        assert!(!averages.stacked() && !negative.stacked());
    }

    #[test]
    fn gaps_end_runs() {
        for (times, values, wanted) in [
            ([0_i64, 10, 20].as_slice(), [Some(1.0), Some(1.0), Some(1.0)].as_slice(), vec![vec![0, 1, 2]]),
            (&[0, 10, 20], &[Some(1.0), None, Some(1.0)], vec![vec![0], vec![2]]),
            // A slice is missing between them.
            (&[0, 10, 30], &[Some(1.0), Some(1.0), Some(1.0)], vec![vec![0, 1], vec![2]]),
            (&[0], &[None], vec![]),
        ] {
            let model = model(Shape::Line, times, &[values]);
            assert_eq!(model.runs(&model.series[0]), wanted, "{times:?} {values:?}");
        }
        assert_eq!(model(Shape::Line, &[0, 60, 90], &[]).step(), 30);
        assert_eq!(model(Shape::Line, &[0], &[]).step(), 60_000);
    }
}
