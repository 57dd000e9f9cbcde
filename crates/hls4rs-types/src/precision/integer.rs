//! Integer precision.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An integer of any width: `int<W>`, `uint<W>`.
///
/// **Source:** `hls4ml.model.types.IntegerPrecisionType`; `ap_int`, `ap_uint`, `ac_int`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegerPrecision {
    /// Number of bits, sign included.
    pub width: u32,
    /// Whether negative values exist.
    pub signed: bool,
}

impl fmt::Display for IntegerPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}int<{}>", if self.signed { "" } else { "u" }, self.width)
    }
}
