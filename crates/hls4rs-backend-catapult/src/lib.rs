//! The backend for Siemens Catapult: configuration, attributes, flows.

mod backend;
pub mod flows;

pub use backend::Catapult;
