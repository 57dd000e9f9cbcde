//! Operators. Results have C++'s formats, in which nothing is lost.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

use ethnum::I256;

use crate::number::{MAX_SHIFT, sign_fill, wrap};
use crate::{Fixed, Format};

impl Fixed {
    /// The number with this raw integer, or zero where the format is too wide to compute with.
    fn in_format(format: Format, raw: impl FnOnce() -> I256) -> Self {
        Self { raw: if format.is_too_wide() { I256::ZERO } else { raw() }, format }
    }

    /// The result of an operator on numbers of which one is too wide.
    fn too_wide(self, other: Self) -> Option<Self> {
        let format = Format { width: u32::MAX / 4, ..self.format };
        (self.is_too_wide() || other.is_too_wide()).then_some(Self { raw: I256::ZERO, format })
    }

    /// The raw integers of two numbers with the same number of fractional bits.
    fn aligned(self, other: Self) -> (I256, I256) {
        let shift = self.format.fractional() - other.format.fractional();
        if shift >= 0 {
            (self.raw, other.raw << shift.unsigned_abs())
        } else {
            (self.raw << shift.unsigned_abs(), other.raw)
        }
    }

    /// The bits moved to the left within the same format; what leaves it is lost. Negative shifts move to the right.
    ///
    /// **Source:** `ap_fixed_base::operator<<`, `ac_fixed::operator<<`.
    #[must_use]
    pub fn shift_left(self, shift: i32) -> Self {
        let raw = if shift >= 0 {
            if shift.unsigned_abs() > MAX_SHIFT { I256::ZERO } else { self.raw << shift.unsigned_abs() }
        } else if shift.unsigned_abs() > MAX_SHIFT {
            sign_fill(self.raw)
        } else {
            self.raw >> shift.unsigned_abs()
        };
        Self { raw: wrap(raw, self.format), format: self.format }
    }

    /// The bits moved to the right within the same format, without rounding.
    #[must_use]
    pub fn shift_right(self, shift: i32) -> Self {
        self.shift_left(-shift)
    }

    /// The larger of two numbers of one format; the first, if they are equal.
    #[must_use]
    pub fn larger(self, other: Self) -> Self {
        if self >= other { self } else { other }
    }

    /// The smaller of two numbers of one format; the first, if they are equal.
    #[must_use]
    pub fn smaller(self, other: Self) -> Self {
        if self <= other { self } else { other }
    }
}

impl Add for Fixed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        Self::in_format(self.format.sum(other.format), || {
            let (left, right) = self.aligned(other);
            left + right
        })
    }
}

impl Sub for Fixed {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        Self::in_format(self.format.difference(other.format), || {
            let (left, right) = self.aligned(other);
            left - right
        })
    }
}

impl Mul for Fixed {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        Self::in_format(self.format.product(other.format), || self.raw * other.raw)
    }
}

impl Neg for Fixed {
    type Output = Self;

    fn neg(self) -> Self {
        Self::in_format(self.format.negated(), || -self.raw)
    }
}

/// Division truncates towards zero. A division by zero, which C++ leaves undefined, gives zero.
impl Div for Fixed {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        let format = self.format.quotient(other.format);
        Self::in_format(format, || {
            let dividend = self.raw << other.format.fractional().max(0).unsigned_abs();
            if other.is_zero() { I256::ZERO } else { wrap(dividend / other.raw, format) }
        })
    }
}

impl PartialEq for Fixed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fixed {}

impl PartialOrd for Fixed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fixed {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = self.aligned(*other);
        left.cmp(&right)
    }
}
