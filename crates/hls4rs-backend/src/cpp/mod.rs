//! The text of types in generated C++.

mod named_type;
mod precision;

use hls4rs_types::Precision;

use crate::Vendor;

pub(crate) use named_type::definition;
pub(crate) use precision::precision;

/// The library of numbers that generated C++ is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `ap_fixed` and `ap_int` of Vivado and Vitis.
    Ap,
    /// `ac_fixed` and `ac_int` of Intel HLS and Catapult.
    Ac,
    /// `ac_fixed` and `ac_int` with pairs of the standard library, for oneAPI.
    OneApi,
    /// `hls::ap_fixpt` and `hls::ap_int` of SmartHLS.
    SmartHls,
}

impl Dialect {
    /// The one of a backend.
    #[must_use]
    pub fn of(vendor: Vendor) -> Self {
        match vendor {
            Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis => Self::Ap,
            Vendor::Quartus | Vendor::Catapult => Self::Ac,
            Vendor::OneApi => Self::OneApi,
            Vendor::Libero => Self::SmartHls,
        }
    }

    /// Whether the backend takes the precision, so that hls4ml gives it the backend's class.
    ///
    /// **Source:** `FPGAPrecisionConverter.convert` and its `type_map`s, hls4ml 1.3.0. Where `ap_` has no text for a
    /// floating-point precision that it takes, the error comes when the project is written.
    #[must_use]
    pub fn knows(self, precision: &Precision) -> bool {
        match precision {
            Precision::Unspecified => false,
            Precision::Float(_) | Precision::StandardFloat(_) => self != Self::SmartHls,
            _ => true,
        }
    }
}
