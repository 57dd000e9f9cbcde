//! The backend for Vitis HLS: configuration, attributes, checks, flows.

mod backend;
pub mod flows;
mod options;
pub mod passes;
mod templates;

pub use backend::Vitis;
