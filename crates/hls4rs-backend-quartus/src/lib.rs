//! The backend for Intel HLS: configuration, attributes, flows.

mod backend;
pub mod flows;

pub use backend::Quartus;
