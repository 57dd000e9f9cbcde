//! The backend for Intel HLS: configuration, attributes, flows.

mod backend;
pub mod flows;
mod init;

pub use backend::Quartus;
