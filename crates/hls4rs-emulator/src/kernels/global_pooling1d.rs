//! Maximum or mean over the whole width.

use super::pooling;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::global_pooling1d_cl`.
///
/// **Formula:** `y[c] = max_i x[i, c]`, or the mean instead of the maximum.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let pixels = context.size("n_in")?;
    pooling::build_global(context, pixels)
}
