//! From and to floating-point numbers.

use ethnum::I256;

use crate::{Fixed, Format};

/// Bits of the mantissa of an `f64`, without the hidden one.
const MANTISSA_BITS: u32 = 52;
/// Exponent of the least `f64`, as a power of two of the mantissa's last bit.
const LEAST_EXPONENT: i32 = -1074;

impl Fixed {
    /// A number from an `f64`: first rounded, then saturated or wrapped, as the format says. Infinite numbers are very large
    /// ones; NaN is one, too, as in C++.
    ///
    /// **Source:** `ap_fixed_base(double)`, `ap_int_base(double)`, `ac_fixed(double)`.
    #[must_use]
    pub fn from_f64(value: f64, format: Format) -> Self {
        Self::exactly(value).cast(format)
    }

    /// A number from an `f32`, as [`Fixed::from_f64`].
    #[must_use]
    pub fn from_f32(value: f32, format: Format) -> Self {
        Self::from_f64(value.into(), format)
    }

    /// The value itself, in a format that holds it.
    #[must_use]
    pub fn exactly(value: f64) -> Self {
        let bits = value.to_bits();
        let biased = i32::try_from((bits >> MANTISSA_BITS) & 0x7ff).unwrap_or_default();
        let fraction = bits & ((1 << MANTISSA_BITS) - 1);
        let mantissa = if biased == 0 { fraction } else { fraction | (1 << MANTISSA_BITS) };
        let magnitude = I256::from(mantissa);
        let raw = if value.is_sign_negative() { -magnitude } else { magnitude };
        let exponent = LEAST_EXPONENT + (biased - 1).max(0);
        let width = MANTISSA_BITS + 2;
        Self { raw, format: Format::fixed(width, width.cast_signed() + exponent) }
    }

    /// The nearest `f64`, ties to even.
    ///
    /// **Source:** `ap_fixed_base::to_double`, `ac_fixed::to_double`.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        let (magnitude, exponent) = rounded(self.raw.unsigned_abs().as_i256(), MANTISSA_BITS + 1);
        let value = magnitude as f64 * power_of_two(exponent - self.format.fractional());
        if self.is_negative() { -value } else { value }
    }

    /// The nearest `f32`, ties to even.
    ///
    /// **Source:** `ap_fixed_base::to_float`.
    #[must_use]
    pub fn to_f32(&self) -> f32 {
        let (magnitude, exponent) = rounded(self.raw.unsigned_abs().as_i256(), f32::MANTISSA_DIGITS);
        let value = magnitude as f64 * power_of_two(exponent - self.format.fractional());
        (if self.is_negative() { -value } else { value }) as f32
    }

    /// The value without its fraction, truncated towards zero, as a C++ `int`: the low 32 bits.
    ///
    /// **Source:** `ap_fixed_base::to_int`, `ap_int_base::to_int`.
    #[must_use]
    pub fn to_int(&self) -> i32 {
        self.cast(Format::int(32)).raw.as_i32()
    }
}

/// A magnitude rounded to that many bits, ties to even, and the power of two it is to be multiplied with.
fn rounded(magnitude: I256, bits: u32) -> (u64, i32) {
    let used = 256 - magnitude.leading_zeros();
    let Some(shift) = used.checked_sub(bits).filter(|&shift| shift > 0) else {
        return (magnitude.as_u64(), 0);
    };
    let floor = (magnitude >> shift).as_u64();
    let half = (magnitude >> (shift - 1)) & I256::ONE == I256::ONE;
    let rest = magnitude & ((I256::ONE << (shift - 1)) - I256::ONE) != I256::ZERO;
    (floor + u64::from(half && (rest || floor & 1 == 1)), shift.cast_signed())
}

/// Two to the power of an exponent, exactly; very large and small ones by two factors.
fn power_of_two(exponent: i32) -> f64 {
    2f64.powi(exponent)
}
