//! The backend for Intel oneAPI: configuration, attributes, flows.

mod backend;
pub mod flows;
mod options;
mod templates;
mod validate_ac_types;

pub use backend::OneApi;
