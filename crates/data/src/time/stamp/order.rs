//! The order of day, month and year in dates of numbers: `05/06/24` can be read in three ways, and all dates of an input
//! are to be read in one.

use super::{AHEAD, Known};
use crate::time::civil::{DAY, days};

/// What comes first in the dates of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Nothing tells: the manual's forms hold.
    #[default]
    Unknown,
    /// Year, month, day, where the year has two digits.
    YearFirst,
    /// Month, day, year.
    MonthFirst,
    /// Day, month, year.
    DayFirst,
}

/// The orders that dates can have.
const ORDERS: [Order; 3] = [Order::YearFirst, Order::MonthFirst, Order::DayFirst];

/// What is not certain about the time of a message, as bits.
pub mod doubts {
    /// Its year is not written.
    pub const YEAR: u8 = 1;
    /// Its date could be read in several orders, and none is known: it was read in the usual one.
    pub const ORDER: u8 = 2;
    /// Its date can only be read in the usual order.
    pub const USUAL: u8 = 4;
    /// Its date can't be read in the order of the other dates of the input, or in the usual one.
    pub const OTHER: u8 = 8;
    /// The order of the other dates of the input is known.
    pub const KNOWN: u8 = 16;
}

/// Numbers of a date whose order is not plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// Three of up to two digits.
    Short([u32; 3]),
    /// Two, and a year behind them.
    Long([u32; 2], i32),
    /// Two without a year.
    Yearless([u32; 2]),
}

/// Year, month and day.
pub type Parts = (Option<i32>, u32, u32);

impl Numbers {
    /// What the numbers are in this order, if there is such a date.
    pub fn read(self, order: Order) -> Option<Parts> {
        let (year, month, day) = match (self, order) {
            (Numbers::Short([year, month, day]), Order::YearFirst)
            | (Numbers::Short([month, day, year]), Order::MonthFirst)
            | (Numbers::Short([day, month, year]), Order::DayFirst) => (Some(century(year)), month, day),
            (Numbers::Long([month, day], year), Order::MonthFirst)
            | (Numbers::Long([day, month], year), Order::DayFirst) => (Some(year), month, day),
            (Numbers::Yearless([month, day]), Order::MonthFirst)
            | (Numbers::Yearless([day, month]), Order::DayFirst) => (None, month, day),
            _ => return None,
        };
        // Without a year, it may be a leap year.
        days(year.unwrap_or(2000), month, day).map(|_| (year, month, day))
    }

    /// The same, unless it would be later than the receipt.
    fn likely(self, order: Order, receipt: i64) -> Option<Parts> {
        let past = |year: i32, month, day| {
            days(year, month, day).is_some_and(|day| day * DAY <= receipt.saturating_add(AHEAD))
        };
        self.read(order).filter(|(year, month, day)| year.is_none_or(|year| past(year, *month, *day)))
    }

    /// The date, and what is not certain about it. `usual`: the orders in which it is tried where none is known; `sure`:
    /// none of them is so usual that it would do for a date that can be read in several.
    pub fn choose(self, usual: &[Order], sure: bool, known: &Known) -> Option<(Parts, u8)> {
        if let Some(parts) = self.read(known.order) {
            return Some((parts, 0));
        }
        let mut likely = usual.iter().filter_map(|order| Some((*order, self.likely(*order, known.receipt)?)));
        let Some((order, parts)) = likely.next() else {
            let (order, parts) = usual.iter().find_map(|order| Some((*order, self.read(*order)?)))?;
            return Some((parts, if usual.first() == Some(&order) { 0 } else { doubts::OTHER }));
        };
        let several = likely.any(|(_, other)| other != parts);
        match () {
            () if known.order != Order::Unknown && self.is_told(known.order) => {
                Some((parts, doubts::OTHER | doubts::KNOWN))
            }
            () if several && sure => None,
            () if several => Some((parts, doubts::ORDER)),
            () if usual.first() == Some(&order) => Some((parts, doubts::USUAL)),
            () => Some((parts, doubts::OTHER)),
        }
    }

    /// Whether dates of the kind can have this order.
    fn is_told(self, order: Order) -> bool {
        order != Order::YearFirst || matches!(self, Numbers::Short(_))
    }
}

/// How many times further apart dates must lie by another order than by the right one.
const FAR: i64 = 4;

/// What the dates of an input tell about their order.
#[derive(Debug, Default)]
pub struct Evidence {
    /// How many dates can be read in each of the orders.
    fits: [u32; ORDERS.len()],
    /// The first and the last day of those with three short numbers, in each of the orders.
    spans: [Option<(i64, i64)>; ORDERS.len()],
}

impl Evidence {
    /// Takes a date into account.
    pub fn add(&mut self, numbers: Numbers, receipt: i64) {
        for (at, order) in ORDERS.into_iter().enumerate() {
            let Some((year, month, day)) = numbers.likely(order, receipt) else { continue };
            self.fits[at] += 1;
            if let (Numbers::Short(_), Some(day)) = (numbers, year.and_then(|year| days(year, month, day))) {
                let (first, last) = self.spans[at].unwrap_or((day, day));
                self.spans[at] = Some((first.min(day), last.max(day)));
            }
        }
    }

    /// Whether there was no date yet that it takes evidence for.
    pub fn is_empty(&self) -> bool {
        self.fits == [0; ORDERS.len()]
    }

    /// The order in which more dates can be read than in each of the others. Of several, the one by which the dates lie
    /// closest together, if they are far apart by the others: a wrong order of three numbers scatters them over years.
    pub fn order(&self) -> Order {
        let most = self.fits.iter().copied().max().unwrap_or(0);
        let best = (0..ORDERS.len()).filter(|at| most > 0 && self.fits[*at] == most);
        let mut best: Vec<(i64, Order)> =
            best.map(|at| (self.spans[at].map_or(0, |(first, last)| last - first), ORDERS[at])).collect();
        best.sort_by_key(|(span, _)| *span);
        match best[..] {
            [(_, order)] => order,
            [(nearest, order), (next, _), ..] if next > FAR * (nearest + 1) => order,
            _ => Order::Unknown,
        }
    }
}

/// The year that two digits mean.
pub fn century(year: u32) -> i32 {
    let year = year as i32;
    if year < 70 { 2000 + year } else { 1900 + year }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-06-01T00:00:00Z.
    const RECEIPT: i64 = 1_780_272_000_000;

    fn order(dates: &[Numbers]) -> Order {
        let mut evidence = Evidence::default();
        dates.iter().for_each(|date| evidence.add(*date, RECEIPT));
        evidence.order()
    }

    #[test]
    fn one_date_tells_for_all() {
        let long = |day, month| Numbers::Long([day, month], 2024);
        assert_eq!(order(&[long(6, 5), long(13, 5), long(1, 6)]), Order::DayFirst);
        assert_eq!(order(&[long(5, 6), long(5, 14), long(6, 1)]), Order::MonthFirst);
        assert_eq!(order(&[long(5, 6), long(6, 1)]), Order::Unknown);
        assert_eq!(order(&[long(13, 5), long(5, 13)]), Order::Unknown, "they contradict each other");
        assert_eq!(order(&[Numbers::Long([6, 12], 2026), Numbers::Long([1, 2], 2026)]), Order::Unknown);
        assert_eq!(
            order(&[Numbers::Long([3, 12], 2026), Numbers::Long([1, 2], 2026)]),
            Order::MonthFirst,
            "not to come"
        );
        assert_eq!(order(&[]), Order::Unknown);
    }

    #[test]
    fn years_of_two_digits() {
        let short = Numbers::Short;
        assert_eq!(order(&[short([5, 6, 24]), short([5, 14, 24])]), Order::MonthFirst);
        assert_eq!(order(&[short([24, 5, 6]), short([24, 5, 31])]), Order::YearFirst, "2031 is to come");
        assert_eq!(order(&[short([6, 5, 24]), short([31, 5, 24])]), Order::DayFirst);
        assert_eq!(order(&[short([5, 6, 24]), short([5, 7, 24]), short([5, 9, 24])]), Order::MonthFirst, "days apart");
        assert_eq!(order(&[short([24, 5, 6]), short([24, 5, 7])]), Order::YearFirst, "days apart, not years");
        assert_eq!(order(&[short([17, 6, 9])]), Order::Unknown, "the 17th of June 2009, or the 9th of 2017");
    }
}
