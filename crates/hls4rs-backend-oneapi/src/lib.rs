//! The backend for Intel oneAPI: configuration, attributes, flows.

mod backend;
pub mod flows;

pub use backend::OneApi;
