//! The backend for Intel HLS: configuration, attributes, flows.

mod backend;
pub mod flows;
mod options;
mod templates;

pub use backend::Quartus;
