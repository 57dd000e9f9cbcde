//! Formats: what the raw integer of a number stands for.

use std::fmt;

use hls4rs_types::{FixedPrecision, Precision, RoundingMode, SaturationMode};

/// Widest number of bits that can be computed with.
///
/// **Limits:** results of operators may be wider than any type of a model. Numbers wider than this are marked
/// ([`crate::Fixed::is_too_wide`]), never wrong unnoticed.
pub const MAX_WIDTH: u32 = 255;

/// The library of number types. What differs between them is said where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Family {
    /// `ap_fixed`, `ap_int`.
    #[default]
    Ap,
    /// `ac_fixed`, `ac_int`.
    Ac,
}

/// The type of a number: `ap_fixed<W,I,Q,O,N>`, `ap_int<W>`, their unsigned forms, or the `ac_` types of the same name.
///
/// A raw integer `n` stands for `n · 2^(I−W)`. An integer type differs from a fixed-point type without fractional bits
/// in one thing: values are truncated towards zero where they lose their fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Format {
    /// Number of bits, sign included.
    pub width: u32,
    /// Number of bits left of the point, sign included.
    pub integer: i32,
    /// Whether negative values exist.
    pub signed: bool,
    /// Whether it is an integer type (`ap_int`), not a fixed-point type.
    pub is_int: bool,
    /// What happens to bits right of the last one.
    pub rounding: RoundingMode,
    /// What happens to values that are too large or too small.
    pub saturation: SaturationMode,
    /// Number of saturated bits in the wrap-around mode; none in [`Family::Ac`].
    pub saturation_bits: u32,
    /// The library.
    pub family: Family,
}

impl Format {
    /// `ap_fixed<width, integer>`.
    #[must_use]
    pub const fn fixed(width: u32, integer: i32) -> Self {
        Self::new(width, integer, true)
    }

    /// `ap_ufixed<width, integer>`.
    #[must_use]
    pub const fn ufixed(width: u32, integer: i32) -> Self {
        Self::new(width, integer, false)
    }

    /// `ap_int<width>`.
    #[must_use]
    pub const fn int(width: u32) -> Self {
        Self { is_int: true, ..Self::new(width, width.cast_signed(), true) }
    }

    /// `ap_uint<width>`.
    #[must_use]
    pub const fn uint(width: u32) -> Self {
        Self { is_int: true, ..Self::new(width, width.cast_signed(), false) }
    }

    /// A fixed-point format that truncates and wraps.
    #[must_use]
    pub const fn new(width: u32, integer: i32, signed: bool) -> Self {
        Self {
            width,
            integer,
            signed,
            is_int: false,
            rounding: RoundingMode::Trn,
            saturation: SaturationMode::Wrap,
            saturation_bits: 0,
            family: Family::Ap,
        }
    }

    /// The same in this library.
    #[must_use]
    pub const fn with_family(self, family: Family) -> Self {
        Self { family, ..self }
    }

    /// The same with these modes.
    #[must_use]
    pub const fn with_modes(self, rounding: RoundingMode, saturation: SaturationMode) -> Self {
        Self { rounding, saturation, ..self }
    }

    /// The format of a precision in [`Family::Ap`], if its numbers are fixed-point numbers or integers of at most [`MAX_WIDTH`] bits.
    #[must_use]
    pub fn of(precision: &Precision) -> Option<Self> {
        let format = match precision {
            Precision::Fixed(FixedPrecision {
                width,
                signed,
                integer,
                rounding_mode,
                saturation_mode,
                saturation_bits,
            }) => Self {
                width: *width,
                integer: *integer,
                signed: *signed,
                is_int: false,
                rounding: *rounding_mode,
                saturation: *saturation_mode,
                saturation_bits: *saturation_bits,
                family: Family::Ap,
            },
            Precision::Integer(integer) if integer.signed => Self::int(integer.width),
            Precision::Integer(integer) => Self::uint(integer.width),
            Precision::Xnor => Self::uint(1),
            _ => return None,
        };
        (1..=MAX_WIDTH).contains(&format.width).then_some(format)
    }

    /// Number of bits right of the point; negative where the last bit is worth more than 1.
    #[must_use]
    #[inline]
    pub const fn fractional(&self) -> i32 {
        self.width.cast_signed() - self.integer
    }

    /// Whether it is `ap_uint<1>`, which stands for −1 and 1 in binary networks.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        *self == Self::uint(1).with_family(self.family)
    }

    /// Whether more bits are needed than can be computed with.
    #[must_use]
    pub const fn is_too_wide(&self) -> bool {
        self.width > MAX_WIDTH
    }

    /// Format of a product.
    #[must_use]
    #[inline]
    pub fn product(self, other: Self) -> Self {
        let width = self.width.saturating_add(other.width);
        self.result(other, width, self.integer + other.integer, self.signed || other.signed)
    }

    /// Format of a sum.
    #[must_use]
    #[inline]
    pub fn sum(self, other: Self) -> Self {
        let integer = self.common_integer(other) + 1;
        let width = integer + self.fractional().max(other.fractional());
        self.result(other, width.cast_unsigned(), integer, self.signed || other.signed)
    }

    /// Format of a difference, which is always signed.
    #[must_use]
    #[inline]
    pub fn difference(self, other: Self) -> Self {
        Self { signed: true, ..self.sum(other) }
    }

    /// Format of a quotient.
    #[must_use]
    pub fn quotient(self, other: Self) -> Self {
        let sign = i32::from(other.signed);
        let width = sign + self.width.cast_signed() + other.fractional().max(0);
        let integer = sign + self.integer + other.fractional();
        self.result(other, width.cast_unsigned(), integer, self.signed || other.signed)
    }

    /// Format of a number with the other sign.
    ///
    /// An `ap_int` is subtracted from an unsigned one of one bit, so that the result of a signed one of one bit has three.
    #[must_use]
    pub fn negated(self) -> Self {
        match (self.is_int, self.family) {
            (true, Family::Ap) => Self::uint(1).difference(self),
            (true, Family::Ac) => Self::int(self.width + 1).with_family(self.family),
            (false, _) => Self::fixed(self.width + 1, self.integer + 1).with_family(self.family),
        }
    }

    /// Integer bits that hold the values of both, sign included if one has one.
    #[inline]
    fn common_integer(self, other: Self) -> i32 {
        let own = self.integer + i32::from(other.signed && !self.signed);
        own.max(other.integer + i32::from(self.signed && !other.signed))
    }

    #[inline]
    fn result(self, other: Self, width: u32, integer: i32, signed: bool) -> Self {
        // numbers of C++ have no library of their own
        let family = if other.family == Family::Ac { other.family } else { self.family };
        Self { is_int: self.is_int && other.is_int, family, ..Self::new(width, integer, signed) }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.signed { "" } else { "u" };
        let Self { width, integer, rounding, saturation, saturation_bits, .. } = self;
        if self.is_int {
            write!(f, "{prefix}int<{width}>")
        } else if *self == Self::new(*width, *integer, self.signed).with_family(self.family) {
            write!(f, "{prefix}fixed<{width},{integer}>")
        } else {
            write!(f, "{prefix}fixed<{width},{integer},{rounding},{saturation},{saturation_bits}>")
        }
    }
}
