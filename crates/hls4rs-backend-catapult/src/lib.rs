//! The backend for Siemens Catapult: configuration, attributes, flows.

mod backend;
mod diagnostics;
pub mod flows;
mod init;
mod options;
mod templates;

pub use backend::Catapult;
