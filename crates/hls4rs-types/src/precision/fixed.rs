//! Fixed-point precision.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{RoundingMode, SaturationMode};

/// A fixed-point number: `fixed<W,I,rounding,saturation,saturation bits>` or `ufixed<…>`.
///
/// A stored integer `n` stands for the value `n · 2^(I−W)`.
///
/// **Source:** `hls4ml.model.types.FixedPrecisionType`; `ap_fixed`, `ap_ufixed`, `ac_fixed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedPrecision {
    /// Total number of bits, sign included.
    pub width: u32,
    /// Whether negative values exist.
    pub signed: bool,
    /// Number of bits left of the point, sign included; may be negative or larger than the width.
    pub integer: i32,
    /// What happens to bits right of the last one.
    #[serde(default)]
    pub rounding_mode: RoundingMode,
    /// What happens to values that are too large or too small.
    #[serde(default)]
    pub saturation_mode: SaturationMode,
    /// Number of saturated guard bits in the wrap-around mode.
    #[serde(default)]
    pub saturation_bits: u32,
}

impl FixedPrecision {
    /// A precision that truncates and wraps.
    #[must_use]
    pub fn new(width: u32, integer: i32, signed: bool) -> Self {
        Self {
            width,
            signed,
            integer,
            rounding_mode: RoundingMode::Trn,
            saturation_mode: SaturationMode::Wrap,
            saturation_bits: 0,
        }
    }

    /// The same precision with another rounding mode.
    #[must_use]
    pub fn with_rounding_mode(self, rounding_mode: RoundingMode) -> Self {
        Self { rounding_mode, ..self }
    }

    /// The same precision with another saturation mode.
    #[must_use]
    pub fn with_saturation_mode(self, saturation_mode: SaturationMode) -> Self {
        Self { saturation_mode, ..self }
    }

    /// Number of bits right of the point; negative where the last bit is worth more than 1.
    #[must_use]
    pub fn fractional(&self) -> i32 {
        i32::try_from(self.width).unwrap_or(i32::MAX).saturating_sub(self.integer)
    }
}

impl fmt::Display for FixedPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, signed, integer, rounding_mode, saturation_mode, saturation_bits } = self;
        let prefix = if *signed { "" } else { "u" };
        write!(f, "{prefix}fixed<{width},{integer},{rounding_mode},{saturation_mode},{saturation_bits}>")
    }
}
