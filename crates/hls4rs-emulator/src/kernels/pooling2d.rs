//! Maximum or mean over windows along two axes.

use super::pooling;
use super::windows::Axis;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::pooling2d_cl` or `nnet::pooling2d_cf`.
///
/// **Formula:** `y[o, p, c] = max_{k, l} x[o · stride_height + k − pad_top, p · stride_width + l − pad_left, c]`, or the mean
/// instead of the maximum.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let (rows, columns) = (Axis::rows(context, "pool")?, Axis::columns(context, "pool")?);
    pooling::build_windows(context, rows, columns)
}
