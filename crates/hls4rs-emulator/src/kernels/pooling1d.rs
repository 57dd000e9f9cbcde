//! Maximum or mean over windows along one axis.

use super::pooling;
use super::windows::Axis;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::pooling1d_cl`.
///
/// **Formula:** `y[o, c] = max_k x[o · stride_width + k − pad_left, c]`, or the mean instead of the maximum.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let columns = Axis::columns(context, "pool")?;
    pooling::build_windows(context, Axis::NONE, columns)
}
