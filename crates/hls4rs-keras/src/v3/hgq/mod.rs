//! Quantizers of HGQ2, and what layers that have some share.

mod config;
mod fixed_point;
mod functions;
mod layer;
mod minifloat;
mod quantizer;

pub(crate) use config::QuantizerConfig;
pub(crate) use functions::{function, is_exact};
pub(crate) use layer::{QLayer, counts, own, quantized};
pub(crate) use quantizer::{Quantizer, floats, precision};
