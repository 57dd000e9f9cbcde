//! Floating-point precisions: the one of `ac_float`, and the standard ones.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::RoundingMode;

/// A floating-point number of the `ac_float` library: `float<W,I,E,rounding>` with `W` bits of mantissa.
///
/// **Source:** `hls4ml.model.types.FloatPrecisionType`; `ac_float`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloatPrecision {
    /// Total number of bits: mantissa and exponent. The text form shows the mantissa's bits alone.
    pub width: u32,
    /// Always true; hls4ml writes it, and cannot read it.
    #[serde(default = "always")]
    pub signed: bool,
    /// Number of mantissa bits left of the point, sign included.
    pub integer: i32,
    /// Number of bits of the exponent.
    pub exponent: u32,
    /// What happens to bits right of the last one.
    #[serde(default)]
    pub rounding_mode: RoundingMode,
}

impl FloatPrecision {
    /// Number of bits of the mantissa, sign included.
    #[must_use]
    pub fn mantissa(&self) -> u32 {
        self.width.saturating_sub(self.exponent)
    }
}

impl fmt::Display for FloatPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "float<{},{},{},{}>", self.mantissa(), self.integer, self.exponent, self.rounding_mode)
    }
}

/// A floating-point number as in IEEE 754: `float`, `double`, `half`, `bfloat16` or `std_float<W,E>`.
///
/// **Source:** `hls4ml.model.types.StandardFloatPrecisionType`; C++ types, `ap_float`, `ac_std_float`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandardFloatPrecision {
    /// Total number of bits.
    pub width: u32,
    /// Always true; hls4ml writes it, and cannot read it.
    #[serde(default = "always")]
    pub signed: bool,
    /// Number of bits of the exponent.
    pub exponent: u32,
    /// Whether the C++ type is used where there is one, rather than the library's class.
    pub use_cpp_type: bool,
}

impl StandardFloatPrecision {
    /// A standard floating-point number that uses the C++ type where there is one.
    #[must_use]
    pub fn new(width: u32, exponent: u32) -> Self {
        Self { width, signed: true, exponent, use_cpp_type: true }
    }
}

impl fmt::Display for StandardFloatPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.use_cpp_type, self.width, self.exponent) {
            (true, 32, 8) => f.write_str("float"),
            (true, 64, 11) => f.write_str("double"),
            (true, 16, 5) => f.write_str("half"),
            (true, 16, 8) => f.write_str("bfloat16"),
            (_, width, exponent) => write!(f, "std_float<{width},{exponent}>"),
        }
    }
}

fn always() -> bool {
    true
}
