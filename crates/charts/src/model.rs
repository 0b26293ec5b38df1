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
