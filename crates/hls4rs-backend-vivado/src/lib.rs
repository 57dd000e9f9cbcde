//! The backend for Vivado HLS and its accelerator cards: configuration, attributes, flows.

mod backend;
pub mod flows;

pub use backend::Vivado;
