//! The backend for Intel oneAPI: configuration, attributes, flows.

mod backend;
pub mod flows;
mod options;
mod validate_ac_types;
mod templates;

pub use backend::OneApi;
