//! Convolutions along two axes with filters of one pixel.

use super::convolution::{self, Kind};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::pointwise_conv_2d_cl`.
///
/// **Formula:** `y[o, p, f] = bias[f] + Σ_c x[o · stride_height, p · stride_width, c] · weight[0, 0, c, f]`.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    convolution::build_2d(context, Kind::Pointwise)
}
