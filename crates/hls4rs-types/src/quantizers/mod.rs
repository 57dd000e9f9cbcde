//! The quantizers of hls4ml 1.3.0, a file each.

mod binary;
mod qkeras;
mod qkeras_binary;
mod qkeras_po2;
mod quant_node;
mod ternary;

pub use binary::BinaryQuantizer;
pub use qkeras::QKerasQuantizer;
pub(crate) use qkeras::{inner, qkeras_class};
pub use qkeras_binary::QKerasBinaryQuantizer;
pub use qkeras_po2::QKerasPo2Quantizer;
pub use quant_node::QuantNodeQuantizer;
pub use ternary::TernaryQuantizer;
