//! Changes of shape of a stream.

use super::{gather, stream};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel.
///
/// **Formula:** `y[i] = x[i]`.
///
/// **Source:** `repack_stream` in `nnet_stream.h`.
///
/// **Limits:** of two packet sizes, one must be a multiple of the other; else hls4ml loses elements.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let made = context.output()?.shape.last().copied().unwrap_or(1).max(1);
    let read = stream::packet(context, 0)?;
    if context.is_stream() && read % made != 0 && made % read != 0 {
        return Err(KernelError::unsupported(format!(
            "hls4ml loses elements where packets of {read} elements become packets of {made}"
        )));
    }
    let len = context.output()?.len();
    gather::build(context, gather::of_first_input(0..len))
}
