//! Precisions: how many bits a number has, and what happens to values that do not fit.

mod exponent;
mod fixed;
mod float;
mod integer;
mod parse;
mod rounding;
mod saturation;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use exponent::ExponentPrecision;
pub use fixed::FixedPrecision;
pub use float::{FloatPrecision, StandardFloatPrecision};
pub use integer::IntegerPrecision;
pub use parse::ParsePrecisionError;
pub use rounding::RoundingMode;
pub use saturation::SaturationMode;

/// The precision of a number: one of hls4ml's seven precision types.
///
/// The serde form is the one of the archive: `{"class_name": "hls4ml.model.types.…", "state": {…}}`.
/// The text form ([`std::str::FromStr`] and [`fmt::Display`]) is the one of hls4ml's configuration.
///
/// **Source:** `hls4ml.model.types.PrecisionType` and its subclasses, hls4ml 1.3.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "class_name", content = "state")]
pub enum Precision {
    /// An integer, `int<W>` or `uint<W>`.
    #[serde(rename = "hls4ml.model.types.IntegerPrecisionType")]
    Integer(IntegerPrecision),
    /// A fixed-point number, `fixed<W,I,…>` or `ufixed<W,I,…>`.
    #[serde(rename = "hls4ml.model.types.FixedPrecisionType")]
    Fixed(FixedPrecision),
    /// The one-bit number of binary networks, where 0 stands for −1. Its text form is `uint<1>`, as hls4ml's is.
    #[serde(rename = "hls4ml.model.types.XnorPrecisionType", with = "xnor_state")]
    Xnor,
    /// The exponent of a power of two. Its text form is the one of an integer, as hls4ml's is.
    #[serde(rename = "hls4ml.model.types.ExponentPrecisionType")]
    Exponent(ExponentPrecision),
    /// The floating-point number of the `ac_float` library.
    #[serde(rename = "hls4ml.model.types.FloatPrecisionType")]
    Float(FloatPrecision),
    /// An IEEE-like floating-point number: `float`, `double`, `half`, `bfloat16` or `std_float<W,E>`.
    #[serde(rename = "hls4ml.model.types.StandardFloatPrecisionType")]
    StandardFloat(StandardFloatPrecision),
    /// Not decided yet, `auto`: the conversion derives it.
    #[serde(rename = "hls4ml.model.types.UnspecifiedPrecisionType", with = "unspecified_state")]
    Unspecified,
}

impl Precision {
    /// Signed fixed point with `width` bits, `integer` of them (sign included) left of the point, truncating and
    /// wrapping.
    #[must_use]
    pub fn fixed(width: u32, integer: i32) -> Self {
        Self::Fixed(FixedPrecision::new(width, integer, true))
    }

    /// Unsigned fixed point with `width` bits, `integer` of them left of the point, truncating and wrapping.
    #[must_use]
    pub fn ufixed(width: u32, integer: i32) -> Self {
        Self::Fixed(FixedPrecision::new(width, integer, false))
    }

    /// Signed integer with `width` bits.
    #[must_use]
    pub fn int(width: u32) -> Self {
        Self::Integer(IntegerPrecision { width, signed: true })
    }

    /// Unsigned integer with `width` bits.
    #[must_use]
    pub fn uint(width: u32) -> Self {
        Self::Integer(IntegerPrecision { width, signed: false })
    }

    /// Total number of bits; 0 where it is not decided yet.
    #[must_use]
    pub fn width(&self) -> u32 {
        match self {
            Self::Integer(p) => p.width,
            Self::Fixed(p) => p.width,
            Self::Xnor => 1,
            Self::Exponent(p) => p.width,
            Self::Float(p) => p.width,
            Self::StandardFloat(p) => p.width,
            Self::Unspecified => 0,
        }
    }

    /// Whether negative values exist.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        match self {
            Self::Integer(p) => p.signed,
            Self::Fixed(p) => p.signed,
            Self::Exponent(p) => p.signed,
            Self::Float(_) | Self::StandardFloat(_) => true,
            Self::Xnor | Self::Unspecified => false,
        }
    }

    /// The fixed-point precision, if it is one.
    #[must_use]
    pub fn as_fixed(&self) -> Option<&FixedPrecision> {
        match self {
            Self::Fixed(p) => Some(p),
            _ => None,
        }
    }

    /// Whether the conversion has yet to decide (`auto`).
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        matches!(self, Self::Unspecified)
    }

    /// The number seen as fixed point, where it is a fixed-point number or an integer: integers have as many integer
    /// bits as bits, truncate and wrap.
    #[must_use]
    pub fn to_fixed(&self) -> Option<FixedPrecision> {
        match self {
            Self::Fixed(p) => Some(*p),
            Self::Integer(p) => {
                let integer = i32::try_from(p.width).unwrap_or(i32::MAX);
                Some(FixedPrecision::new(p.width, integer, p.signed))
            }
            Self::Xnor => Some(FixedPrecision::new(1, 1, false)),
            _ => None,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(p) => p.fmt(f),
            Self::Fixed(p) => p.fmt(f),
            Self::Xnor => f.write_str("uint<1>"),
            Self::Exponent(p) => p.fmt(f),
            Self::Float(p) => p.fmt(f),
            Self::StandardFloat(p) => p.fmt(f),
            Self::Unspecified => f.write_str("auto"),
        }
    }
}

/// The state of a type that has no choices: hls4ml writes a width and a sign, and refuses them for Xnor when it reads.
mod xnor_state {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Both forms are read: the full state that hls4ml 1.3.0 writes, and the empty one that it can load.
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct State {
        #[serde(default = "one")]
        width: u32,
        #[serde(default)]
        signed: bool,
    }

    fn one() -> u32 {
        1
    }

    pub(super) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        State { width: 1, signed: false }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        let state = State::deserialize(deserializer)?;
        if state.width == 1 && !state.signed {
            return Ok(());
        }
        Err(serde::de::Error::custom("an Xnor precision is one unsigned bit"))
    }
}

/// hls4ml's state of an unspecified precision: zero bits, unsigned.
mod unspecified_state {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct State {
        #[serde(default)]
        width: u32,
        #[serde(default)]
        signed: bool,
    }

    pub(super) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        State { width: 0, signed: false }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        let state = State::deserialize(deserializer)?;
        if state.width == 0 && !state.signed {
            return Ok(());
        }
        Err(serde::de::Error::custom("an unspecified precision has no bits and no sign"))
    }
}
