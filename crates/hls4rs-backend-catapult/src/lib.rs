//! The backend for Siemens Catapult: configuration, attributes, flows.

mod backend;
pub mod flows;
mod init;
mod options;
mod templates;

pub use backend::Catapult;
