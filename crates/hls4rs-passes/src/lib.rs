//! The passes that every backend shares, and the flows `parse_qonnx`, `convert` and `optimize`.
//!
//! A pass is a file of `passes/`, and a line in one of the flows.
//!
//! ```
//! use hls4rs_passes::{CONVERT, OPTIMIZE};
//!
//! assert_eq!(OPTIMIZE.requires[0].name, CONVERT.name);
//! ```

mod bit_exact;
mod diagnostics;
mod flows;
mod inserting;
pub mod interval;
mod passes;
mod precisions;
mod qonnx;
mod scales;
mod shared_config;
#[cfg(test)]
mod testing;
mod weights;

pub use bit_exact::{Mask, quantizer_mask};
pub use diagnostics::DIAGNOSTICS;
pub use flows::{CONVERT, FLOWS, OPTIMIZE, PARSE_QONNX};
pub use passes::{FuseConsecutiveBatchNorm, InferPrecisionTypes, SetRoundingAndSaturation};
