//! Copies of a stream.

use super::{gather, stream};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel.
///
/// **Formula:** `y_1 = y_2 = … = x`.
///
/// **Source:** `clone_stream` in `nnet_stream.h`.
///
/// **Limits:** hls4ml copies flattened streams wrongly, for the copies have longer packets than the stream.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    if context.is_stream() {
        let packet = context.output()?.shape.last().copied().unwrap_or(1);
        stream::expect_packet(context, 0, packet)?;
    }
    let len = context.input()?.len();
    gather::build(context, gather::of_first_input(0..len))
}
