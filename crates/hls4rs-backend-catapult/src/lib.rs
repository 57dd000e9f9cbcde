//! The backend for Siemens Catapult: configuration, attributes, flows.

mod backend;
pub mod flows;
mod init;

pub use backend::Catapult;
