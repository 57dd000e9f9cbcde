//! Assignment: rounding, saturation, wrap-around.

use ethnum::I256;
use hls4rs_types::{RoundingMode, SaturationMode};

use crate::int::{Int, max_raw, min_raw, sign_fill, signed_bits, wrap};
use crate::{Family, Fixed, Format};

/// What a value lost when it was assigned to another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loss {
    /// Bits right of the last one were not all zero.
    pub rounded: bool,
    /// The value did not fit, and was replaced as the saturation mode says.
    pub saturated: bool,
    /// The value did not fit, and its high bits were dropped.
    pub wrapped: bool,
}

impl Fixed {
    /// The value assigned to a variable of another type: first rounded, then saturated or wrapped.
    ///
    /// Integer types wrap. They truncate towards zero where they are `ap_int`, and downwards where they are `ac_int`, which
    /// takes what `to_ac_int` gives.
    ///
    /// **Source:** `ap_fixed_base::operator=`, `quantization_adjust`, `overflow_adjust` and `to_ap_int_base` in
    /// `ap_fixed_base.h`; `ac_fixed`'s constructor and `to_ac_int` in `ac_fixed.h`. Peculiarities that are kept:
    ///
    /// - `AP_WRAP` with saturated bits sets the high bits of unsigned numbers to 1, for negative values, too.
    /// - The least value of symmetric types of one bit is −1, as in other signed types of one bit.
    /// - A negative `ap_fixed` without integer bits becomes the `ap_int` −1, though it is truncated towards zero otherwise:
    ///   1 is added to an integer of one bit.
    ///
    /// **Limits:** `ap_fixed` ends the program if it is to round off more bits than the operand has, by an assertion in
    /// `ap_private.h`, and an `ap_fixed` with negative integer bits becomes an `ap_int` of any value. Here the values are
    /// what the modes say. A number of a symmetric type whose raw integer is the least of the width is no value of
    /// this type; it stays as it is when it is assigned to the same type.
    #[must_use]
    #[inline]
    pub fn cast(self, to: Format) -> Self {
        self.cast_noting(to).0
    }

    /// [`Fixed::cast`], and what was lost.
    #[must_use]
    #[inline]
    pub fn cast_noting(self, to: Format) -> (Self, Loss) {
        if self.format == to {
            return (self, Loss::default());
        }
        let shift = to.fractional() - self.format.fractional();
        let needed_bits =
            signed_bits(self.format).saturating_add(shift.max(0).unsigned_abs()).max(signed_bits(to));
        let mut loss = Loss::default();
        // one bit for the carry
        let raw = match needed_bits {
            ..=63 => assign::<i64>(self, shift, to, &mut loss),
            64..=127 => assign::<i128>(self, shift, to, &mut loss),
            _ => assign::<I256>(self, shift, to, &mut loss),
        };
        (Self { raw, format: to }, loss)
    }
}

/// The raw integer of the value in the format. All steps fit into `T` unless it is the widest.
#[inline]
fn assign<T: Int>(number: Fixed, shift: i32, to: Format, loss: &mut Loss) -> I256 {
    let raw = T::low(number.raw);
    if to.is_int && becomes_minus_one(number.format, raw) {
        loss.rounded = true;
        return wrap(-T::ONE, to).wide();
    }
    let is_negative = raw < T::ZERO;
    let by = shift.unsigned_abs();
    let rounded = match shift {
        0 => raw,
        1.. => match shift_left(raw, by) {
            Some(raw) => raw,
            None => {
                let low = if by > T::MAX_SHIFT { T::ZERO } else { raw << by };
                return overflow(low, is_negative, to, loss).wide();
            }
        },
        _ => round(raw, by, rounding_of(to), loss),
    };
    fit(rounded, is_negative, to, loss).wide()
}

/// Whether the number is one of `ap_fixed` without integer bits, which `to_ap_int_base` does not truncate.
#[inline]
fn becomes_minus_one<T: Int>(from: Format, raw: T) -> bool {
    from.integer == 0 && from.family == Family::Ap && !from.is_int && raw < T::ZERO
}

#[inline]
fn rounding_of(format: Format) -> RoundingMode {
    match (format.is_int, format.family) {
        (true, Family::Ap) => RoundingMode::TrnZero,
        (true, Family::Ac) => RoundingMode::Trn,
        (false, _) => format.rounding,
    }
}

/// The raw integer with zeros appended, if it has room.
#[inline]
fn shift_left<T: Int>(raw: T, shift: u32) -> Option<T> {
    if shift >= T::MAX_SHIFT {
        return (raw == T::ZERO).then_some(raw);
    }
    let shifted = raw << shift;
    (shifted >> shift == raw).then_some(shifted)
}

/// The raw integer without its last bits.
#[inline]
fn round<T: Int>(raw: T, shift: u32, mode: RoundingMode, loss: &mut Loss) -> T {
    let is_negative = raw < T::ZERO;
    let (floor, half, rest) = if shift > T::MAX_SHIFT {
        (sign_fill(raw), is_negative, raw != T::ZERO)
    } else {
        let below_half = !(sign_of_ones::<T>() << (shift - 1));
        (raw >> shift, (raw >> (shift - 1)) & T::ONE == T::ONE, raw & below_half != T::ZERO)
    };
    loss.rounded = half || rest;
    let up = match mode {
        RoundingMode::Trn => false,
        RoundingMode::TrnZero => is_negative && (half || rest),
        RoundingMode::Rnd => half,
        RoundingMode::RndZero => half && (is_negative || rest),
        RoundingMode::RndInf => half && (!is_negative || rest),
        RoundingMode::RndMinInf => half && rest,
        RoundingMode::RndConv => half && (rest || floor & T::ONE == T::ONE),
    };
    if up { floor + T::ONE } else { floor }
}

/// All bits set.
#[inline]
fn sign_of_ones<T: Int>() -> T {
    !T::ZERO
}

/// The raw integer in the range of the format.
#[inline]
fn fit<T: Int>(raw: T, is_negative: bool, to: Format, loss: &mut Loss) -> T {
    let (min, max) = (min_raw::<T>(to), max_raw::<T>(to));
    let is_symmetric = to.saturation == SaturationMode::SatSym && to.signed && !to.is_int;
    if raw >= min && raw <= max && !(is_symmetric && raw == min) {
        return raw;
    }
    overflow(raw, is_negative, to, loss)
}

/// What becomes of a raw integer that is not in the range of the format.
fn overflow<T: Int>(raw: T, is_negative: bool, to: Format, loss: &mut Loss) -> T {
    let saturation = if to.is_int { SaturationMode::Wrap } else { to.saturation };
    if saturation == SaturationMode::Wrap {
        loss.wrapped = true;
        return wrap_saturating(wrap(raw, to), is_negative, to);
    }
    loss.saturated = true;
    match saturation {
        SaturationMode::SatZero => T::ZERO,
        _ if !is_negative => max_raw(to),
        SaturationMode::SatSym if to.signed && to.width > 1 => -max_raw::<T>(to),
        _ => min_raw(to),
    }
}

/// Wrap-around with saturated bits: the highest `N` bits are set to what the largest or smallest value has there.
fn wrap_saturating<T: Int>(wrapped: T, is_negative: bool, to: Format) -> T {
    let n_bits = to.saturation_bits.min(to.width);
    if n_bits == 0 || to.is_int || to.family == Family::Ac {
        return wrapped;
    }
    let high_mask = sign_of_ones::<T>() << (to.width - n_bits);
    let high = if to.signed && is_negative {
        // the sign bit alone
        min_raw::<T>(to)
    } else {
        max_raw::<T>(to) & high_mask
    };
    high | (wrapped & !high_mask)
}
