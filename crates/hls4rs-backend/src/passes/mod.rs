//! The passes that several backends share, a file each.

mod broadcast_stream;
mod insert_zero_padding;
mod merge_batch_norm_quantized_tanh;
mod optimize_pointwise_conv;
mod quantize_dense_output;

pub use broadcast_stream::BroadcastStream;
pub use insert_zero_padding::{
    INSERT_ZERO_PADDING_BEFORE_CONV1D, INSERT_ZERO_PADDING_BEFORE_CONV2D, InsertZeroPadding,
};
pub use merge_batch_norm_quantized_tanh::MergeBatchNormQuantizedTanh;
pub use optimize_pointwise_conv::{OptimizePointwiseConv, PointwiseStrategy};
pub use quantize_dense_output::QuantizeDenseOutput;
