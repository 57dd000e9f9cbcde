//! The passes, a file each.

mod derive_bit_exact_precisions;
mod enforce_proxy_config;
mod fix_input_precision;
mod fuse_fixed_point_quantizer;
mod remove_nop_batch_norm;
mod set_rounding_and_saturation;

pub(crate) use derive_bit_exact_precisions::DeriveBitExactPrecisions;
pub(crate) use enforce_proxy_config::EnforceProxyConfig;
pub(crate) use fix_input_precision::FixInputPrecision;
pub(crate) use fuse_fixed_point_quantizer::FuseFixedPointQuantizer;
pub(crate) use remove_nop_batch_norm::RemoveNopBatchNorm;
pub use set_rounding_and_saturation::SetRoundingAndSaturation;
