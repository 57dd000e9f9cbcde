//! The backend for Vitis HLS: configuration, attributes, flows.

mod backend;
pub mod flows;

pub use backend::Vitis;
