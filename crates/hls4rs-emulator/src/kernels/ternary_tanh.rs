//! The step function of ternary networks.

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Refuses the layer: hls4ml generates code for it only after it was merged with a batch normalization.
///
/// Otherwise hls4ml generates nothing, so that the output is memory that nobody set.
///
/// **Source:** `Template.match` of `hls4ml.backends.template`, which compares the names of kinds, and does not know
/// `TernaryTanh`, hls4ml 1.3.0.
pub(crate) fn build(_: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    Err(KernelError::unsupported(
        "hls4ml generates no code for a ternary step function without a batch normalization before it",
    ))
}
