//! Convolutions along one axis with filters of one pixel.

use super::convolution::{self, Kind};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::pointwise_conv_1d_cl`.
///
/// **Formula:** `y[o, f] = bias[f] + Σ_c x[o · stride_width, c] · weight[0, c, f]`.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    convolution::build_1d(context, Kind::Pointwise)
}
