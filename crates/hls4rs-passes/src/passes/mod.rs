//! The passes, a file each.

mod eliminate_linear_activation;
mod infer_precision_types;
mod merge_linear_activation;
mod remove_nop_batch_norm;

pub(crate) use eliminate_linear_activation::EliminateLinearActivation;
pub use infer_precision_types::InferPrecisionTypes;
pub(crate) use merge_linear_activation::MergeLinearActivation;
pub(crate) use remove_nop_batch_norm::RemoveNopBatchNorm;
