//! Convolutions along one axis.

use super::convolution::{self, Kind};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::conv_1d_cl`.
///
/// **Formula:** `y[o, f] = bias[f] + Σ_{k, c} x[o · stride_width + k − pad_left, c] · weight[k, c, f]`, where x is zero outside
/// of the input. Dilations are taken for 1.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    convolution::build_1d(context, Kind::Full)
}
