//! Convolutions along one axis with filters for each channel.

use super::convolution::{self, Kind};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::depthwise_conv_1d_cl`.
///
/// **Formula:** `y[o, c] = bias[c] + Σ_k x[o · stride_width + k − pad_left, c] · weight[k, c, 0]`, where x is zero outside of
/// the input.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    convolution::build_1d(context, Kind::Depthwise)
}
