//! The passes, a file each.

mod derive_bit_exact_precisions;
mod eliminate_linear_activation;
mod enforce_proxy_config;
mod extract_ternary_threshold;
mod factorize_qkeras_alpha;
mod fix_input_precision;
mod fuse_batch_norm;
mod fuse_consecutive_batch_norm;
mod fuse_fixed_point_quantizer;
mod infer_precision_types;
mod merge_linear_activation;
mod remove_nop_batch_norm;
mod set_rounding_and_saturation;

pub(crate) use derive_bit_exact_precisions::DeriveBitExactPrecisions;
pub(crate) use eliminate_linear_activation::EliminateLinearActivation;
pub(crate) use enforce_proxy_config::EnforceProxyConfig;
pub(crate) use extract_ternary_threshold::ExtractTernaryThreshold;
pub(crate) use factorize_qkeras_alpha::FactorizeQKerasAlpha;
pub(crate) use fix_input_precision::FixInputPrecision;
pub(crate) use fuse_batch_norm::FuseBatchNorm;
pub use fuse_consecutive_batch_norm::FuseConsecutiveBatchNorm;
pub(crate) use fuse_fixed_point_quantizer::FuseFixedPointQuantizer;
pub use infer_precision_types::InferPrecisionTypes;
pub(crate) use merge_linear_activation::MergeLinearActivation;
pub(crate) use remove_nop_batch_norm::RemoveNopBatchNorm;
pub use set_rounding_and_saturation::SetRoundingAndSaturation;
