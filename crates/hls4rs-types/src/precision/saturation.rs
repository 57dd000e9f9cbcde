//! Saturation modes: what happens to a value beyond the largest or smallest that fits.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a value is brought to fewer integer bits.
///
/// **Source:** `hls4ml.model.types.SaturationMode`; the overflow modes of `ap_fixed` and `ac_fixed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SaturationMode {
    /// The upper bits are dropped.
    #[default]
    Wrap,
    /// The nearest value that fits.
    Sat,
    /// Zero.
    SatZero,
    /// The nearest value that fits; for signed types the smallest is minus the largest.
    SatSym,
}

impl SaturationMode {
    /// All modes, in hls4ml's order.
    pub const ALL: [Self; 4] = [Self::Wrap, Self::Sat, Self::SatZero, Self::SatSym];

    /// The name in hls4ml's notation, without the `AP_` or `AC_` of the vendors.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrap => "WRAP",
            Self::Sat => "SAT",
            Self::SatZero => "SAT_ZERO",
            Self::SatSym => "SAT_SYM",
        }
    }

    /// The mode of that name, in any case, with or without `AP_` or `AC_`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = super::parse::without_vendor_prefix(name);
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

impl fmt::Display for SaturationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
