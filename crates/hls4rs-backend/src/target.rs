//! Backends, and what they have in common.

use std::fmt;
use std::str::FromStr;

use hls4rs_fixed::Family;
use hls4rs_graph::Config;

use crate::SpecializeError;

/// A backend of hls4ml that generates C++.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// Vivado HLS.
    Vivado,
    /// Vivado HLS, with an interface for accelerator cards.
    VivadoAccelerator,
    /// Vitis HLS.
    Vitis,
    /// Intel HLS.
    Quartus,
    /// Intel oneAPI.
    OneApi,
    /// Siemens Catapult.
    Catapult,
    /// Microchip Libero SmartHLS.
    Libero,
}

/// How layers pass data to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IoType {
    /// Arrays.
    Parallel,
    /// Streams of groups of numbers.
    Stream,
}

/// A backend and a way of passing data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The backend.
    pub vendor: Vendor,
    /// How layers pass data to each other.
    pub io_type: IoType,
}

impl Target {
    /// The one of a configuration.
    ///
    /// # Errors
    /// If the configuration names an unknown backend or way of passing data.
    pub fn of(config: &Config) -> Result<Self, SpecializeError> {
        Ok(Self { vendor: config.backend().parse()?, io_type: config.io_type().parse()? })
    }
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Vivado,
        Self::VivadoAccelerator,
        Self::Vitis,
        Self::Quartus,
        Self::OneApi,
        Self::Catapult,
        Self::Libero,
    ];

    /// The name in hls4ml's configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vivado => "Vivado",
            Self::VivadoAccelerator => "VivadoAccelerator",
            Self::Vitis => "Vitis",
            Self::Quartus => "Quartus",
            Self::OneApi => "oneAPI",
            Self::Catapult => "Catapult",
            Self::Libero => "Libero",
        }
    }

    /// The number types of its C++.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Vivado | Self::VivadoAccelerator | Self::Vitis | Self::Libero => Family::Ap,
            Self::Quartus | Self::OneApi | Self::Catapult => Family::Ac,
        }
    }
}

impl FromStr for Vendor {
    type Err = SpecializeError;

    /// By hls4ml's name, in any case.
    fn from_str(name: &str) -> Result<Self, SpecializeError> {
        let found = Self::ALL.into_iter().find(|vendor| vendor.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| SpecializeError::UnknownBackend {
            expected: Self::ALL.map(|vendor| format!("`{}`", vendor.name())).join(", "),
            found: name.to_owned(),
        })
    }
}

impl FromStr for IoType {
    type Err = SpecializeError;

    fn from_str(name: &str) -> Result<Self, SpecializeError> {
        match name {
            "io_parallel" => Ok(Self::Parallel),
            "io_stream" => Ok(Self::Stream),
            _ => Err(SpecializeError::UnknownIoType { found: name.to_owned() }),
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for IoType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parallel => "io_parallel",
            Self::Stream => "io_stream",
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.vendor, self.io_type)
    }
}
