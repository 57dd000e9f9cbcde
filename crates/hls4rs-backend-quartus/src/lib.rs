//! The backend for Intel HLS: configuration, attributes, flows.

mod backend;
pub mod flows;
mod options;

pub use backend::Quartus;
