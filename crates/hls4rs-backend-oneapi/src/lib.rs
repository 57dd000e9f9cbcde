//! The backend for Intel oneAPI: configuration, attributes, flows.

mod backend;
pub mod flows;
mod templates;

pub use backend::OneApi;
