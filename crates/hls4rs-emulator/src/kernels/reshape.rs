//! Changes of shape.

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// There is no kernel: a reshaped tensor is another name for the input's memory, or becomes a `Repack`.
///
/// **Source:** `InplaceParallelReshape`, `InplaceStreamFlatten`, `ReshapeStream` of `hls4ml.backends.fpga.passes`. hls4ml
/// has no template for layers of this kind.
pub(crate) fn build(_context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    Err(KernelError::unsupported(
        "hls4ml generates no code for changes of shape that have an output of their own; convert the model for its backend first",
    ))
}
