//! Assignment: rounding, saturation, wrap-around.

use ethnum::I256;
use hls4rs_types::{RoundingMode, SaturationMode};

use crate::number::{MAX_SHIFT, max_raw, min_raw, sign_fill, wrap};
use crate::{Fixed, Format};

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
    /// Integer types truncate towards zero and wrap.
    ///
    /// **Source:** `ap_fixed_base::operator=`, `quantization_adjust`, `overflow_adjust` and `to_ap_int_base` in
    /// `ap_fixed_base.h`; `ac_fixed`'s constructor in `ac_fixed.h`.
    #[must_use]
    #[inline]
    pub fn cast(self, to: Format) -> Self {
        self.cast_noting(to).0
    }

    /// [`Fixed::cast`], and what was lost.
    #[must_use]
    pub fn cast_noting(self, to: Format) -> (Self, Loss) {
        let mut loss = Loss::default();
        let shift = to.fractional() - self.format.fractional();
        let raw = if shift >= 0 {
            match shift_left(self.raw, shift.unsigned_abs()) {
                Some(raw) => raw,
                None => return (beyond(self.raw, shift.unsigned_abs(), to, &mut loss), loss),
            }
        } else {
            round(self.raw, shift.unsigned_abs(), rounding_of(to), &mut loss)
        };
        (Self { raw: fit(raw, self.is_negative(), to, &mut loss), format: to }, loss)
    }
}

fn rounding_of(format: Format) -> RoundingMode {
    if format.is_int { RoundingMode::TrnZero } else { format.rounding }
}

/// The raw integer with zeros appended, if it has room.
fn shift_left(raw: I256, shift: u32) -> Option<I256> {
    if shift == 0 || raw == I256::ZERO {
        return Some(raw);
    }
    let unused = if raw < I256::ZERO { (!raw).leading_zeros() } else { raw.leading_zeros() };
    (shift < unused).then(|| raw << shift)
}

/// A value that is too large for any computation: it cannot fit.
fn beyond(raw: I256, shift: u32, to: Format, loss: &mut Loss) -> Fixed {
    let low = if shift > MAX_SHIFT { I256::ZERO } else { raw << shift };
    let is_negative = raw < I256::ZERO;
    Fixed { raw: overflow(low, is_negative, to, loss), format: to }
}

/// The raw integer without its last bits.
fn round(raw: I256, shift: u32, mode: RoundingMode, loss: &mut Loss) -> I256 {
    let is_negative = raw < I256::ZERO;
    let (floor, half, rest) = if shift > MAX_SHIFT {
        (sign_fill(raw), is_negative, raw != I256::ZERO)
    } else {
        let below_half = (I256::ONE << (shift - 1)) - I256::ONE;
        (raw >> shift, (raw >> (shift - 1)) & I256::ONE == I256::ONE, raw & below_half != I256::ZERO)
    };
    loss.rounded = half || rest;
    let up = match mode {
        RoundingMode::Trn => false,
        RoundingMode::TrnZero => is_negative && (half || rest),
        RoundingMode::Rnd => half,
        RoundingMode::RndZero => half && (is_negative || rest),
        RoundingMode::RndInf => half && (!is_negative || rest),
        RoundingMode::RndMinInf => half && rest,
        RoundingMode::RndConv => half && (rest || floor & I256::ONE == I256::ONE),
    };
    if up { floor + I256::ONE } else { floor }
}

/// The raw integer in the range of the format.
#[inline]
fn fit(raw: I256, is_negative: bool, to: Format, loss: &mut Loss) -> I256 {
    let is_least_of_symmetric =
        !to.is_int && to.saturation == SaturationMode::SatSym && to.signed && raw == min_raw(to);
    if raw >= min_raw(to) && raw <= max_raw(to) && !is_least_of_symmetric {
        return raw;
    }
    overflow(raw, is_negative, to, loss)
}

/// What becomes of a raw integer that is not in the range of the format.
fn overflow(raw: I256, is_negative: bool, to: Format, loss: &mut Loss) -> I256 {
    let saturation = if to.is_int { SaturationMode::Wrap } else { to.saturation };
    if saturation == SaturationMode::Wrap {
        loss.wrapped = true;
        return wrap_saturating(wrap(raw, to), is_negative, to);
    }
    loss.saturated = true;
    match saturation {
        SaturationMode::SatZero => I256::ZERO,
        _ if !is_negative => max_raw(to),
        SaturationMode::SatSym if to.signed => -max_raw(to),
        _ => min_raw(to),
    }
}

/// Wrap-around with saturated bits: the highest `N` bits are set to what the largest or smallest value has there.
fn wrap_saturating(wrapped: I256, is_negative: bool, to: Format) -> I256 {
    let n_bits = to.saturation_bits.min(to.width);
    if n_bits == 0 || to.is_int {
        return wrapped;
    }
    let low_bits = to.width - n_bits;
    let low_mask = (I256::ONE << low_bits) - I256::ONE;
    let high = match (to.signed, is_negative) {
        // sign bit 0, the others 1
        (true, false) => max_raw(to) & !low_mask,
        // sign bit 1, the others 0
        (true, true) => min_raw(to),
        (false, _) => max_raw(to) & !low_mask,
    };
    high | (wrapped & low_mask)
}
