//! From and to floating-point numbers.

use ethnum::I256;

use crate::int::{Int, signed_bits};
use crate::{Family, Fixed, Format};

/// Bits of the mantissa of an `f64`, without the hidden one.
const MANTISSA_BITS: u32 = 52;
/// Exponent of the least `f64`, as a power of two of the mantissa's last bit.
const LEAST_EXPONENT: i32 = -1074;

impl Fixed {
    /// A number from an `f64`: first rounded, then saturated or wrapped, as the format says. Infinite numbers are very large
    /// ones; NaN is one, too, as in C++.
    ///
    /// Integer types truncate as [`Fixed::cast`] says, except that an `ap_int` made from a number between −0.5 and 0 is 1: it
    /// is shifted to −1 and negated then.
    ///
    /// **Source:** `ap_fixed_base(double)`, `ap_int_base(double)`, `ac_fixed(double)`, `ac_int(double)`.
    #[must_use]
    pub fn from_f64(value: f64, format: Format) -> Self {
        if format.is_int && format.family == Family::Ap && value > -0.5 && value < 0.0 {
            return Self::from_raw(I256::ONE, format);
        }
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

    /// The value as an `f64`: the nearest, ties to even.
    ///
    /// Of `ac_fixed` and `ac_int` with more than 64 bits, words of 32 bits are added up from the first on, which may round more
    /// than once. An `ap_int` with more than 64 bits is cut to these first.
    ///
    /// **Source:** `ap_fixed_base::to_double`, `ap_int_base::operator RetType`, `iv::to_double` in `ac_int.h`.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match (self.format.family, self.format.is_int) {
            (Family::Ap, true) if self.format.signed => self.raw_i64() as f64,
            (Family::Ap, true) => self.raw.as_u64() as f64,
            (Family::Ap, false) => {
                let (magnitude, exponent) = self.rounded(f64::MANTISSA_DIGITS);
                f64::from_bits(self.assembled(magnitude, exponent, MANTISSA_BITS, 11))
            }
            (Family::Ac, _) if signed_bits(self.format) <= 64 => {
                scaled(self.raw_i64() as f64, -self.format.fractional())
            }
            (Family::Ac, _) => scaled(self.sum_of_words(), -self.format.fractional()),
        }
    }

    /// The value as an `f32`: the nearest, ties to even; of `ac_fixed` and `ac_int`, what [`Fixed::to_f64`] gives is rounded
    /// once more.
    ///
    /// **Source:** `ap_fixed_base::to_float`, `ap_int_base::operator RetType`; `convert_data` in the `nnet_helpers.h` of Quartus
    /// and Catapult.
    ///
    /// **Limits:** Catapult rounds an `ac_int` of more than 53 bits once only.
    #[must_use]
    pub fn to_f32(&self) -> f32 {
        match (self.format.family, self.format.is_int) {
            (Family::Ap, true) if self.format.signed => self.raw_i64() as f32,
            (Family::Ap, true) => self.raw.as_u64() as f32,
            (Family::Ap, false) => {
                let (magnitude, exponent) = self.rounded(f32::MANTISSA_DIGITS);
                let bits = self.assembled(magnitude, exponent, f32::MANTISSA_DIGITS - 1, 8);
                f32::from_bits(u32::try_from(bits).unwrap_or_default())
            }
            (Family::Ac, _) => self.to_f64() as f32,
        }
    }

    /// The value without its fraction as a C++ `int`: the low 32 bits. It is truncated as [`Fixed::cast`] does it for
    /// integer types of its family.
    ///
    /// **Source:** `ap_fixed_base::to_int`, `ap_int_base::to_int`, `ac_fixed::to_int`, `ac_int::to_int`.
    #[must_use]
    pub fn to_int(&self) -> i32 {
        self.cast(Format::int(32).with_family(self.format.family)).raw.as_i32()
    }

    /// The magnitude of the raw integer, rounded to that many bits, ties to even, and the power of two it is to be
    /// multiplied with. It has exactly as many bits, unless it is zero.
    fn rounded(&self, n_bits: u32) -> (u64, i32) {
        let magnitude = self.raw.unsigned_abs().as_i256();
        let shift = (256 - magnitude.leading_zeros()).cast_signed() - n_bits.cast_signed();
        let by = shift.unsigned_abs();
        if shift <= 0 {
            return (if magnitude == I256::ZERO { 0 } else { magnitude.as_u64() << by }, shift);
        }
        let floor = (magnitude >> by).as_u64();
        let half = (magnitude >> (by - 1)) & I256::ONE == I256::ONE;
        let rest = magnitude.low_bits(by - 1) != I256::ZERO;
        let rounded = floor + u64::from(half && (rest || floor & 1 == 1));
        if rounded >> n_bits == 0 { (rounded, shift) } else { (rounded >> 1, shift + 1) }
    }

    /// The bits of a floating-point number with these fields. Exponents that are too large or too small lose their high bits.
    fn assembled(&self, magnitude: u64, exponent: i32, mantissa_bits: u32, exponent_bits: u32) -> u64 {
        if magnitude == 0 {
            return 0;
        }
        let bias = (1 << (exponent_bits - 1)) - 1;
        let field = exponent - self.format.fractional() + mantissa_bits.cast_signed() + bias;
        let exponent = u64::from(field.cast_unsigned()) & ((1 << exponent_bits) - 1);
        let sign = u64::from(self.is_negative()) << (mantissa_bits + exponent_bits);
        sign | exponent << mantissa_bits | magnitude & ((1 << mantissa_bits) - 1)
    }

    /// The raw integer, added up from words of 32 bits.
    fn sum_of_words(&self) -> f64 {
        let n_words = signed_bits(self.format).div_ceil(32);
        let word = |index: u32| (self.raw >> (32 * index).min(255)).as_u32();
        let first = f64::from(word(n_words - 1).cast_signed());
        (0..n_words - 1).rev().fold(first, |sum, index| sum * WORD + f64::from(word(index)))
    }
}

/// Two to the power of a word's bits.
const WORD: f64 = 4_294_967_296.0;

/// The value times a power of two, in two steps so that the power is neither too large nor too small.
fn scaled(value: f64, exponent: i32) -> f64 {
    let half = exponent / 2;
    value * 2f64.powi(half) * 2f64.powi(exponent - half)
}
