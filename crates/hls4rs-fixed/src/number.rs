//! Numbers.

use ethnum::I256;

use crate::Format;
use crate::int::{Int, max_raw, min_raw, sign_fill, wrap};

/// A number of a [`Format`].
///
/// Operators take numbers of any formats and never lose anything: the result has the format that C++ gives it.
/// Comparisons compare values, whatever the formats.
#[derive(Debug, Clone, Copy)]
pub struct Fixed {
    pub(crate) raw: I256,
    pub(crate) format: Format,
}

impl Fixed {
    /// The number with this raw integer, of which the bits beyond the format's width are dropped.
    #[must_use]
    pub fn from_raw(raw: impl Into<I256>, format: Format) -> Self {
        Self { raw: wrap(raw.into(), format), format }
    }

    /// The number with this raw integer, which must be in the format's range.
    #[must_use]
    pub fn from_raw_in_range(raw: I256, format: Format) -> Self {
        debug_assert_eq!(raw, wrap(raw, format));
        Self { raw, format }
    }

    /// Zero.
    #[must_use]
    pub fn zero(format: Format) -> Self {
        Self { raw: I256::ZERO, format }
    }

    /// A C++ `int`.
    #[must_use]
    pub fn int(value: i32) -> Self {
        Self { raw: value.into(), format: Format::int(32) }
    }

    /// A C++ `unsigned int`.
    #[must_use]
    pub fn uint(value: u32) -> Self {
        Self { raw: value.into(), format: Format::uint(32) }
    }

    /// The largest value of the format.
    #[must_use]
    pub fn max(format: Format) -> Self {
        Self { raw: max_raw(format), format }
    }

    /// The smallest value of the format.
    #[must_use]
    pub fn min(format: Format) -> Self {
        Self { raw: min_raw(format), format }
    }

    /// The raw integer.
    #[must_use]
    pub fn raw(&self) -> I256 {
        self.raw
    }

    /// The low 64 bits of the raw integer, all of it for formats of at most 64 bits (63, if not signed).
    #[must_use]
    pub fn raw_i64(&self) -> i64 {
        self.raw.as_i64()
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether the value is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.raw == I256::ZERO
    }

    /// Whether the value is negative.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.raw < I256::ZERO
    }

    /// Whether an operator needed more than [`crate::MAX_WIDTH`] bits, so that the value is not to be trusted.
    #[must_use]
    pub fn is_too_wide(&self) -> bool {
        self.format.is_too_wide()
    }

    /// The same raw integer seen as another format of the same width (C++ `range()` and `slc`).
    #[must_use]
    pub fn reinterpret(self, format: Format) -> Self {
        Self::from_raw(self.raw, format)
    }

    /// `width` bits from bit `low` on, as an unsigned integer (C++ `range(low + width − 1, low)`).
    #[must_use]
    pub fn bits(self, low: u32, width: u32) -> Self {
        let raw = if low > I256::MAX_SHIFT { sign_fill(self.raw) } else { self.raw >> low };
        Self::from_raw(raw, Format::uint(width))
    }

    /// Whether the bit is set; bits beyond the width repeat the sign.
    #[must_use]
    pub fn bit(&self, index: u32) -> bool {
        let raw = if index > I256::MAX_SHIFT { sign_fill(self.raw) } else { self.raw >> index };
        raw & I256::ONE == I256::ONE
    }
}
