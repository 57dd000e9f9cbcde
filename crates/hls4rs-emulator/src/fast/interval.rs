//! Intervals of raw integers.

use hls4rs_fixed::{Fixed, Format};

/// Smallest and largest raw integer of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) low: i128,
    pub(crate) high: i128,
}

impl Interval {
    /// All raw integers of a format, if it has at most 64 bits.
    pub(crate) fn of(format: Format) -> Option<Self> {
        (format.width <= 64).then(|| Self {
            low: Fixed::min(format).raw().as_i128(),
            high: Fixed::max(format).raw().as_i128(),
        })
    }

    /// The interval that holds both.
    pub(crate) fn join(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Whether it holds the other.
    pub(crate) fn holds(self, other: Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }

    /// The largest magnitude.
    pub(crate) fn magnitude(self) -> i128 {
        self.high.max(-self.low)
    }

    /// Products with a number.
    pub(crate) fn times(self, factor: i128) -> Option<Self> {
        let (a, b) = (self.low.checked_mul(factor)?, self.high.checked_mul(factor)?);
        Some(Self { low: a.min(b), high: a.max(b) })
    }

    /// Sums with another interval.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        Some(Self { low: self.low.checked_add(other.low)?, high: self.high.checked_add(other.high)? })
    }

    /// A single number.
    pub(crate) fn at(value: i128) -> Self {
        Self { low: value, high: value }
    }
}
