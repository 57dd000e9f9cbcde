//! Convolutions along two axes.

use super::convolution::{self, Kind};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::conv_2d_cl`, with Catapult also `nnet::conv_2d_cf`.
///
/// **Formula:** `y[o, p, f] = bias[f] + Σ_{k, l, c} x[o · stride_height + k − pad_top, p · stride_width + l − pad_left, c] ·
/// weight[k, l, c, f]`, where x is zero outside of the input. Dilations are taken for 1.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    convolution::build_2d(context, Kind::Full)
}
