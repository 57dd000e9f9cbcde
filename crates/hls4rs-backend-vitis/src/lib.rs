//! The backend for Vitis HLS: configuration, attributes, checks, flows.

mod backend;
mod diagnostics;
pub mod flows;
mod options;
pub mod passes;

pub use backend::Vitis;
