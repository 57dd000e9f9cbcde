//! The passes, a file each.

mod eliminate_linear_activation;
mod extract_ternary_threshold;
mod fuse_batch_norm;
mod fuse_consecutive_batch_norm;
mod infer_precision_types;
mod merge_linear_activation;
mod remove_nop_batch_norm;

pub(crate) use eliminate_linear_activation::EliminateLinearActivation;
pub(crate) use extract_ternary_threshold::ExtractTernaryThreshold;
pub(crate) use fuse_batch_norm::FuseBatchNorm;
pub use fuse_consecutive_batch_norm::FuseConsecutiveBatchNorm;
pub use infer_precision_types::InferPrecisionTypes;
pub(crate) use merge_linear_activation::MergeLinearActivation;
pub(crate) use remove_nop_batch_norm::RemoveNopBatchNorm;
