//! The backend for Vitis HLS: configuration, attributes, flows.

mod backend;
pub mod flows;
mod templates;

pub use backend::Vitis;
