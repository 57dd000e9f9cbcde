//! The backend for Microchip Libero SmartHLS: configuration, attributes, flows.

mod backend;
pub mod flows;
mod init;
mod options;
mod templates;

pub use backend::Libero;
