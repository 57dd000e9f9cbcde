//! Streams repeated to the shape of another one.

use super::{gather, stream};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel, also of Catapult's class of the same name.
///
/// **Formula:** `y[h, w, c] = x[0, 0, c]` where the input is one pixel with the output's channels, else
/// `y[h, w, c] = x[h, w, 0]`.
///
/// **Source:** `broadcast_stream` in `nnet_stream.h`.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let (input, output) = (context.input()?.shape.clone(), context.output()?.shape.clone());
    let (&[in_height, in_width, in_channels], &[height, width, channels]) = (&input[..], &output[..]) else {
        let reason =
            format!("expected tensors of three dimensions, found the shapes {input:?} and {output:?}");
        return Err(KernelError::unsupported(reason));
    };
    stream::expect_packet(context, 0, in_channels)?;
    let indices = 0..height * width * channels;
    let origins = if [in_height, in_width] == [1, 1] && in_channels == channels {
        gather::of_first_input(indices.map(|index| index % channels))
    } else if in_channels == 1 && [in_height, in_width] == [height, width] {
        gather::of_first_input(indices.map(|index| index / channels))
    } else {
        let reason = format!("hls4ml cannot repeat a stream of the shape {input:?} to the shape {output:?}");
        return Err(KernelError::unsupported(reason));
    };
    gather::build(context, origins)
}
