//! The passes that backends share, a file each. A backend lists them in its flows under its own name.

mod broadcast_stream;
mod clone_output;
mod fix_softmax_table_size;
mod inplace;
mod inplace_parallel_reshape;
mod inplace_stream_flatten;
mod insert_zero_padding;
mod keep_xnor_in_pooling;
mod merge_batch_norm_quantized_tanh;
mod optimize_pointwise_conv;
mod process_fixed_point_quantizer;
mod quantize_dense_output;
mod register_bram_weights;
mod remove_final_reshape;
mod repack_stream;
mod skip_softmax;
#[cfg(test)]
pub(crate) mod testing;

pub use broadcast_stream::BroadcastStream;
pub use clone_output::CloneOutput;
pub use fix_softmax_table_size::FixSoftmaxTableSize;
pub use inplace_parallel_reshape::InplaceParallelReshape;
pub use inplace_stream_flatten::InplaceStreamFlatten;
pub use insert_zero_padding::{InsertZeroPaddingBeforeConv1D, InsertZeroPaddingBeforeConv2D};
pub use keep_xnor_in_pooling::KeepXnorInPooling;
pub use merge_batch_norm_quantized_tanh::MergeBatchNormQuantizedTanh;
pub use optimize_pointwise_conv::{OptimizePointwiseConv, PointwiseStrategy};
pub use process_fixed_point_quantizer::ProcessFixedPointQuantizer;
pub use quantize_dense_output::QuantizeDenseOutput;
pub use register_bram_weights::RegisterBramWeights;
pub use remove_final_reshape::RemoveFinalReshape;
pub use repack_stream::RepackStream;
pub use skip_softmax::SkipSoftmax;
