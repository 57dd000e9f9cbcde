//! The backend for Microchip Libero SmartHLS: configuration, attributes, flows.

mod backend;
pub mod flows;

pub use backend::Libero;
