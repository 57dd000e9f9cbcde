//! Exponent precision, of weights that are powers of two.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The exponent of a power of two: a weight of this precision is a sign and `W` bits of exponent.
///
/// **Source:** `hls4ml.model.types.ExponentPrecisionType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExponentPrecision {
    /// Number of bits of the exponent, its sign included.
    pub width: u32,
    /// Whether negative exponents exist.
    pub signed: bool,
}

impl fmt::Display for ExponentPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}int<{}>", if self.signed { "" } else { "u" }, self.width)
    }
}
