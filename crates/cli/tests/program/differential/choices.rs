//! Decisions of a generator, taken from a list of numbers: a shorter list with smaller numbers makes a simpler case.

/// The numbers, and which comes next.
pub struct Choices<'n> {
    numbers: &'n [u32],
    at: usize,
}

impl<'n> Choices<'n> {
    pub fn new(numbers: &'n [u32]) -> Choices<'n> {
        Choices { numbers, at: 0 }
    }

    fn next(&mut self) -> u32 {
        self.at += 1;
        self.numbers.get(self.at - 1).copied().unwrap_or_default()
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end.max(1)
    }

    /// One of these.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// True once in so many times; never when the list is at its end.
    pub fn rarely(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}
