//! The passes that several backends share, a file each.

mod merge_batch_norm_quantized_tanh;
mod optimize_pointwise_conv;
mod quantize_dense_output;

pub use merge_batch_norm_quantized_tanh::MergeBatchNormQuantizedTanh;
pub use optimize_pointwise_conv::OptimizePointwiseConv;
pub use quantize_dense_output::QuantizeDenseOutput;
