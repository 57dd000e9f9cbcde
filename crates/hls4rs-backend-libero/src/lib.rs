//! The backend for Microchip Libero SmartHLS: configuration, attributes, flows.

mod backend;
pub mod flows;
mod init;

pub use backend::Libero;
