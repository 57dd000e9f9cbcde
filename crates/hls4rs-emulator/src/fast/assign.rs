//! Assignments of raw integers of at most 62 bits.

use hls4rs_fixed::Format;
use hls4rs_types::{RoundingMode, SaturationMode};

use super::interval::Interval;

/// The assignment from one format to another, on raw integers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assign {
    /// Bits to the right; negative for bits to the left.
    shift: i32,
    rounding: RoundingMode,
    low: i64,
    high: i64,
    overflow: Overflow,
}

/// What becomes of numbers that are out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overflow {
    /// There are none.
    Never,
    /// The low bits stay; the unused ones are filled with the sign, or with zeros.
    Wrap {
        unused: u32,
        is_signed: bool,
    },
    Clamp,
    Zero,
}

/// Most bits of a number on the way.
const MAX_BITS: i64 = 62;

impl Assign {
    /// The assignment, if every number on the way fits.
    pub(crate) fn new(from: Format, to: Format) -> Option<Self> {
        let shift = from.fractional() - to.fractional();
        let needed = i64::from(from.width) + i64::from((-shift).max(0)) + 1;
        let is_simple = !to.is_int && !from.is_int && to.saturation_bits == 0;
        if !is_simple || needed > MAX_BITS || i64::from(to.width) > MAX_BITS || shift > 62 {
            return None;
        }
        let (range, source) = (Interval::of(to)?, Interval::of(from)?);
        let is_symmetric = to.saturation == SaturationMode::SatSym && to.signed && to.width > 1;
        let low = if is_symmetric { -range.high } else { range.low };
        let moved = |raw: i128| if shift >= 0 { raw >> shift } else { raw << -shift };
        let fits = low <= moved(source.low) && moved(source.high) < range.high;
        let overflow = match to.saturation {
            _ if fits => Overflow::Never,
            SaturationMode::Wrap => Overflow::Wrap { unused: 64 - to.width, is_signed: to.signed },
            SaturationMode::SatZero => Overflow::Zero,
            SaturationMode::Sat | SaturationMode::SatSym => Overflow::Clamp,
        };
        let (low, high) = (i64::try_from(low).ok()?, i64::try_from(range.high).ok()?);
        Some(Self { shift, rounding: to.rounding, low, high, overflow })
    }

    /// The raw integer in the new format.
    #[inline(always)]
    pub(crate) fn of(&self, raw: i64) -> i64 {
        let raw = if self.shift > 0 { self.rounded(raw) } else { raw << -self.shift };
        match self.overflow {
            Overflow::Never => raw,
            Overflow::Wrap { unused, is_signed: true } => raw << unused >> unused,
            Overflow::Wrap { unused, is_signed: false } => {
                (raw.cast_unsigned() << unused >> unused).cast_signed()
            }
            Overflow::Clamp => raw.clamp(self.low, self.high),
            Overflow::Zero if raw < self.low || raw > self.high => 0,
            Overflow::Zero => raw,
        }
    }

    #[inline(always)]
    fn rounded(&self, raw: i64) -> i64 {
        let floor = raw >> self.shift;
        let half = raw >> (self.shift - 1) & 1;
        let rest = || i64::from(raw & ((1 << (self.shift - 1)) - 1) != 0);
        let is_negative = i64::from(raw < 0);
        floor
            + match self.rounding {
                RoundingMode::Trn => 0,
                RoundingMode::TrnZero => is_negative & (half | rest()),
                RoundingMode::Rnd => half,
                RoundingMode::RndZero => half & (is_negative | rest()),
                RoundingMode::RndInf => half & ((1 - is_negative) | rest()),
                RoundingMode::RndMinInf => half & rest(),
                RoundingMode::RndConv => half & (floor | rest()),
            }
    }
}

#[cfg(test)]
mod tests {
    use hls4rs_fixed::Fixed;

    use super::*;

    #[test]
    fn equal_to_the_assignment_of_numbers() {
        let mut compared = 0;
        for rounding in RoundingMode::ALL {
            for saturation in SaturationMode::ALL {
                for (width, integer, signed) in
                    [(8, 3, true), (5, 5, false), (3, 4, true), (1, 1, true), (9, -2, false), (12, 6, true)]
                {
                    for (from_width, from_integer, from_signed) in
                        [(10, 4, true), (9, 3, false), (4, 2, true)]
                    {
                        let from = Format::new(from_width, from_integer, from_signed);
                        let to = Format::new(width, integer, signed).with_modes(rounding, saturation);
                        let Some(assign) = Assign::new(from, to) else { continue };
                        let Interval { low, high } = Interval::of(from).unwrap();
                        for raw in low..=high {
                            let raw = i64::try_from(raw).unwrap();
                            let expected = Fixed::from_raw(raw, from).cast(to).raw_i64();
                            assert_eq!(assign.of(raw), expected, "{raw}: {from} to {to}");
                            compared += 1;
                        }
                    }
                }
            }
        }
        assert!(compared > 100_000, "{compared}");
    }
}
