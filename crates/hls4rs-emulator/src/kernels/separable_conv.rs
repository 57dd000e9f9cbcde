//! Convolutions in two parts.

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Always an error: hls4ml makes two layers of such a convolution before it generates code, and has no complete templates for
/// the one layer.
///
/// **Source:** `SeparableToDepthwiseAndConv` of `hls4ml.model.optimizer.passes.seperable_to_dw_conv`.
pub(crate) fn build(_: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    Err(KernelError::unsupported(
        "hls4ml splits separable convolutions into a depthwise and a pointwise one before it generates code",
    ))
}
