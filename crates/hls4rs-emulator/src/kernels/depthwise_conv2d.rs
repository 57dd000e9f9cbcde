//! Convolutions along two axes with filters for each channel.

use super::convolution::{self, Kind};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::depthwise_conv_2d_cl`.
///
/// **Formula:** `y[o, p, c] = bias[c] + Σ_{k, l} x[o · stride_height + k − pad_top, p · stride_width + l − pad_left, c] ·
/// weight[k, l, c, 0]`, where x is zero outside of the input.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    convolution::build_2d(context, Kind::Depthwise)
}
