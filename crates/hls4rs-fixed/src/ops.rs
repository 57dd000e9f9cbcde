//! Operators. Results have C++'s formats, in which nothing is lost.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

use ethnum::I256;

use crate::int::{Int, sign_fill, signed_bits, wrap};
use crate::{Family, Fixed, Format};

impl Fixed {
    /// The number with this raw integer, or zero where the format is too wide to compute with.
    #[inline]
    fn in_format(format: Format, raw: impl FnOnce() -> I256) -> Self {
        Self { raw: if format.is_too_wide() { I256::ZERO } else { raw() }, format }
    }

    /// The result of an operator on numbers of which one is too wide.
    #[inline]
    fn too_wide(self, other: Self) -> Option<Self> {
        let format = Format { width: u32::MAX / 4, ..self.format };
        (self.is_too_wide() || other.is_too_wide()).then_some(Self { raw: I256::ZERO, format })
    }

    /// The raw integers of two numbers with the same number of fractional bits, for which there must be room.
    #[inline]
    fn aligned<T: Int>(self, other: Self) -> (T, T) {
        let shift = self.format.fractional() - other.format.fractional();
        let (left, right) = (T::low(self.raw), T::low(other.raw));
        match shift {
            0 => (left, right),
            1.. => (left, right << shift.unsigned_abs()),
            _ => (left << shift.unsigned_abs(), right),
        }
    }

    /// The operator on aligned raw integers, in the narrowest integers that hold the result.
    #[inline]
    fn on_aligned(
        self,
        other: Self,
        format: Format,
        narrow: impl FnOnce(i64, i64) -> i64,
        wide: impl FnOnce(i128, i128) -> i128,
        widest: impl FnOnce(I256, I256) -> I256,
    ) -> Self {
        let raw = match signed_bits(format) {
            ..=64 => {
                let (left, right) = self.aligned(other);
                narrow(left, right).into()
            }
            65..=128 => {
                let (left, right) = self.aligned(other);
                wide(left, right).into()
            }
            _ if format.is_too_wide() => I256::ZERO,
            _ => {
                let (left, right) = self.aligned(other);
                widest(left, right)
            }
        };
        Self { raw, format }
    }

    /// The bits moved to the left within the same format; what leaves it is lost. Negative shifts move to the right.
    ///
    /// **Source:** `ap_fixed_base::operator<<`, `ac_fixed::operator<<`.
    #[must_use]
    pub fn shift_left(self, shift: i32) -> Self {
        let raw = if shift >= 0 {
            if shift.unsigned_abs() > I256::MAX_SHIFT { I256::ZERO } else { self.raw << shift.unsigned_abs() }
        } else if shift.unsigned_abs() > I256::MAX_SHIFT {
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

    #[inline]
    fn add(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        self.on_aligned(other, self.format.sum(other.format), Add::add, Add::add, Add::add)
    }
}

impl Sub for Fixed {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        self.on_aligned(other, self.format.difference(other.format), Sub::sub, Sub::sub, Sub::sub)
    }
}

impl Mul for Fixed {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        let format = self.format.product(other.format);
        Self::in_format(format, || match signed_bits(format) {
            ..=64 => (self.raw.as_i64() * other.raw.as_i64()).into(),
            65..=128 => (self.raw.as_i128() * other.raw.as_i128()).into(),
            _ => self.raw * other.raw,
        })
    }
}

impl Neg for Fixed {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self::in_format(self.format.negated(), || -self.raw)
    }
}

/// Division truncates towards zero. A division by zero, which C++ leaves undefined, gives zero.
///
/// Two quotients of `ap_` numbers are not those of the values. That of the least number and minus the smallest step is
/// wrapped to the least number. If an `ap_int` and an `ap_uint` that is wider divide each other, the signed one is taken
/// without its sign, in one bit more than the wider one has.
///
/// **Source:** `operator/` of `ap_fixed_base`, `ap_private`, `ac_fixed` and `ac_int`.
///
/// **Limits:** A C++ `int` divided by an `ap_` number is assigned to the format of the number divided by the `int`
/// (`AF_BIN_OP_WITH_INT` in `ap_fixed_base.h`). Kernels have to do this themselves.
impl Div for Fixed {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        if let Some(result) = self.too_wide(other) {
            return result;
        }
        let format = self.format.quotient(other.format);
        Self::in_format(format, || {
            if other.is_zero() {
                return I256::ZERO;
            }
            let raw = match (format.family, format.is_int) {
                (Family::Ac, _) => self.dividend(other) / other.raw,
                (Family::Ap, false) => {
                    wrap(self.dividend(other) / other.raw, dividend_format(self.format, other.format))
                }
                (Family::Ap, true) => ap_int_quotient(self, other),
            };
            wrap(raw, format)
        })
    }
}

impl Fixed {
    /// The raw integer with as many zeros as the divisor has fractional bits.
    fn dividend(self, divisor: Self) -> I256 {
        self.raw << divisor.format.fractional().max(0).unsigned_abs()
    }
}

/// The format in which raw integers of `ap_fixed` are divided.
fn dividend_format(dividend: Format, divisor: Format) -> Format {
    let gets_sign = u32::from(divisor.signed && !dividend.signed);
    let width = dividend.width + divisor.fractional().max(0).unsigned_abs() + gets_sign;
    let divisor_width = divisor.width + u32::from(dividend.signed && !divisor.signed);
    Format::new(width.max(divisor_width), 0, dividend.signed || divisor.signed)
}

/// The quotient of raw integers of `ap_int`.
fn ap_int_quotient(dividend: Fixed, divisor: Fixed) -> I256 {
    let wider = if dividend.format.width >= divisor.format.width { dividend.format } else { divisor.format };
    let is_mixed = dividend.format.signed != divisor.format.signed;
    if !is_mixed || wider.signed || dividend.format.width == divisor.format.width {
        return dividend.raw / divisor.raw;
    }
    let common = Format::uint(wider.width + 1);
    wrap(dividend.raw, common) / wrap(divisor.raw, common)
}

impl PartialEq for Fixed {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fixed {}

impl PartialOrd for Fixed {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fixed {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let sum = self.format.sum(other.format);
        match signed_bits(sum) {
            ..=64 => compare::<i64>(*self, *other),
            65..=128 => compare::<i128>(*self, *other),
            _ if sum.is_too_wide() => compare_far(*self, *other),
            _ => compare::<I256>(*self, *other),
        }
    }
}

#[inline]
fn compare<T: Int>(left: Fixed, right: Fixed) -> Ordering {
    let (left, right) = left.aligned::<T>(right);
    left.cmp(&right)
}

/// Compares numbers whose bits are so far from each other that they can not be aligned.
fn compare_far(left: Fixed, right: Fixed) -> Ordering {
    let signs = left.raw.signum().cmp(&right.raw.signum());
    let (exponent_of_left, exponent_of_right) = (leading(left), leading(right));
    signs
        .then_with(|| {
            let magnitudes = exponent_of_left.cmp(&exponent_of_right);
            if left.is_negative() { magnitudes.reverse() } else { magnitudes }
        })
        .then_with(|| {
            // of the same magnitude: the wider one, moved to the right, can not lose more than the narrower one has
            let shift = left.format.fractional() - right.format.fractional();
            let by = shift.unsigned_abs().min(I256::MAX_SHIFT);
            if shift >= 0 {
                (left.raw >> by)
                    .cmp(&right.raw)
                    .then((left.raw & !(!I256::ZERO << by) != I256::ZERO).cmp(&false))
            } else {
                left.raw
                    .cmp(&(right.raw >> by))
                    .then(false.cmp(&(right.raw & !(!I256::ZERO << by) != I256::ZERO)))
            }
        })
}

/// The place of the highest bit that differs from the sign, relative to the point.
fn leading(number: Fixed) -> i32 {
    let magnitude = if number.is_negative() { !number.raw } else { number.raw };
    256 - magnitude.leading_zeros().cast_signed() - number.format.fractional()
}
