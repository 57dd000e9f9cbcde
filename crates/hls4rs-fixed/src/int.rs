//! Integers of several widths that raw integers are computed with: the narrowest that holds every step is the fastest.

use std::ops::{Add, BitAnd, BitOr, Neg, Not, Shl, Shr, Sub};

use ethnum::I256;

use crate::Format;

/// A signed integer that raw integers are computed with.
pub(crate) trait Int:
    Copy
    + Ord
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + Not<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    /// Shifts by more bits are not defined.
    const MAX_SHIFT: u32;

    /// The low bits of a wide integer.
    fn low(raw: I256) -> Self;
    /// The integer in the widest form.
    fn wide(self) -> I256;
    /// The low bits, as many as asked for, of a number without a sign. All of them are less than [`Int::MAX_SHIFT`].
    fn low_bits(self, n_bits: u32) -> Self {
        self & ((Self::ONE << n_bits) - Self::ONE)
    }
}

macro_rules! int {
    ($($int:ty, $low:expr;)*) => {$(
        impl Int for $int {
            const ZERO: Self = 0;
            const ONE: Self = 1;
            const MAX_SHIFT: u32 = Self::BITS - 1;

            #[inline]
            fn low(raw: I256) -> Self {
                $low(raw)
            }

            #[inline]
            fn wide(self) -> I256 {
                I256::from(self)
            }
        }
    )*};
}

int! {
    i64, |raw: I256| raw.as_i64();
    i128, |raw: I256| raw.as_i128();
}

impl Int for I256 {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;
    const MAX_SHIFT: u32 = 255;

    #[inline]
    fn low(raw: I256) -> Self {
        raw
    }

    #[inline]
    fn wide(self) -> I256 {
        self
    }
}

/// −1 for negative numbers, else 0.
#[inline]
pub(crate) fn sign_fill<T: Int>(raw: T) -> T {
    raw >> T::MAX_SHIFT
}

/// The largest raw integer of a format.
#[inline]
pub(crate) fn max_raw<T: Int>(format: Format) -> T {
    let n_bits = format.width - u32::from(format.signed);
    if n_bits >= T::MAX_SHIFT { !(T::ONE << T::MAX_SHIFT) } else { (T::ONE << n_bits) - T::ONE }
}

/// The smallest raw integer of a format.
#[inline]
pub(crate) fn min_raw<T: Int>(format: Format) -> T {
    if format.signed { -(T::ONE << (format.width - 1).min(T::MAX_SHIFT - 1)) } else { T::ZERO }
}

/// The low bits of a raw integer, as many as the format has, with its sign. Too wide formats keep it as it is.
#[inline]
pub(crate) fn wrap<T: Int>(raw: T, format: Format) -> T {
    if format.width > T::MAX_SHIFT {
        return raw;
    }
    if format.signed {
        let unused = T::MAX_SHIFT + 1 - format.width;
        raw << unused >> unused
    } else if format.width == T::MAX_SHIFT {
        raw & !(T::ONE << T::MAX_SHIFT)
    } else {
        raw.low_bits(format.width)
    }
}

/// Bits of a signed integer that holds all values of the format.
#[inline]
pub(crate) fn signed_bits(format: Format) -> u32 {
    format.width.saturating_add(u32::from(!format.signed))
}
