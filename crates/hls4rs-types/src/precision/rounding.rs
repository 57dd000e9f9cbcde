//! Rounding modes: what happens to the bits right of the last one that is kept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a value is brought to fewer fractional bits.
///
/// **Source:** `hls4ml.model.types.RoundingMode`; the modes of `ap_fixed` and `ac_fixed` of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoundingMode {
    /// Towards minus infinity: the bits are dropped.
    #[default]
    Trn,
    /// Towards zero.
    TrnZero,
    /// To nearest, ties towards plus infinity.
    Rnd,
    /// To nearest, ties towards zero.
    RndZero,
    /// To nearest, ties away from zero.
    RndInf,
    /// To nearest, ties towards minus infinity.
    RndMinInf,
    /// To nearest, ties to even.
    RndConv,
}

impl RoundingMode {
    /// All modes, in hls4ml's order.
    pub const ALL: [Self; 7] =
        [Self::Trn, Self::TrnZero, Self::Rnd, Self::RndZero, Self::RndInf, Self::RndMinInf, Self::RndConv];

    /// The name in hls4ml's notation, without the `AP_` or `AC_` of the vendors.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trn => "TRN",
            Self::TrnZero => "TRN_ZERO",
            Self::Rnd => "RND",
            Self::RndZero => "RND_ZERO",
            Self::RndInf => "RND_INF",
            Self::RndMinInf => "RND_MIN_INF",
            Self::RndConv => "RND_CONV",
        }
    }

    /// The mode of that name, in any case, with or without `AP_` or `AC_`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = super::parse::without_vendor_prefix(name);
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

impl fmt::Display for RoundingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
