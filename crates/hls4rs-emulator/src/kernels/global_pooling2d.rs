//! Maximum or mean over the whole height and width.

use super::pooling;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::global_pooling2d_cl`.
///
/// **Formula:** `y[c] = max_{i, j} x[i, j, c]`, or the mean instead of the maximum.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let pixels = context.size("in_height")? * context.size("in_width")?;
    pooling::build_global(context, pixels)
}
