//! The passes that backends share, a file each. A backend lists them in its flows under its own name.

mod clone_output;
mod fix_softmax_table_size;
mod inplace;
mod inplace_parallel_reshape;
mod inplace_stream_flatten;
mod keep_xnor_in_pooling;
mod register_bram_weights;
mod remove_final_reshape;
mod repack_stream;
mod skip_softmax;
#[cfg(test)]
mod testing;

pub use clone_output::CloneOutput;
pub use fix_softmax_table_size::FixSoftmaxTableSize;
pub use inplace_parallel_reshape::InplaceParallelReshape;
pub use inplace_stream_flatten::InplaceStreamFlatten;
pub use keep_xnor_in_pooling::KeepXnorInPooling;
pub use register_bram_weights::RegisterBramWeights;
pub use remove_final_reshape::RemoveFinalReshape;
pub use repack_stream::RepackStream;
pub use skip_softmax::SkipSoftmax;
