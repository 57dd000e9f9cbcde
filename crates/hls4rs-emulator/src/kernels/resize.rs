//! Changes of an image's size.

use super::image::{self, Image};
use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::resize_nearest`.
///
/// **Formula:** `y[o, p, c] = x[⌊o · in_height / out_height⌋, ⌊p · in_width / out_width⌋, c]`, the ratios rounded up to
/// multiples of 2^−16. Streams repeat pixels and rows.
///
/// Channels are last, whatever `data_format` says.
///
/// **Source:** `nnet_image.h`, `nnet_image_stream.h`; `nnet_resize.h`, `nnet_resize_stream.h` of Quartus.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    support::templates(context)?;
    let algorithm = context.text("algorithm", "nearest");
    if algorithm != "nearest" {
        return Err(KernelError::unsupported(format!(
            "hls4ml's C++ knows `nearest` only, found `{algorithm}`"
        )));
    }
    image::check_same_type(context)?;
    let (in_height, in_width) = (context.size("in_height")?, context.size("in_width")?);
    let (out_height, out_width) = (context.size("out_height")?, context.size("out_width")?);
    let n_chan = context.size("n_chan")?;
    let is_stream = context.is_stream();
    if is_stream && !(out_height.is_multiple_of(in_height) && out_width.is_multiple_of(in_width)) {
        return Err(KernelError::unsupported(
            "hls4ml's C++ stops where a stream is not resized by whole numbers",
        ));
    }
    if is_stream && context.input()?.shape.last() != Some(&n_chan) {
        return Err(KernelError::unsupported("hls4ml's C++ cannot resize streams with channels first"));
    }
    let (row, column) = (Ratio::new(in_height, out_height)?, Ratio::new(in_width, out_width)?);
    let source =
        |ratio: &Ratio, at: usize| if is_stream { at / (ratio.output / ratio.input) } else { ratio.of(at) };
    let from = Image { height: in_height, width: in_width, n_chan, is_first: false };
    let to = Image { height: out_height, width: out_width, n_chan, is_first: false };
    image::build(context, from, to, |at_row, at_column| {
        Some((source(&row, at_row), source(&column, at_column)))
    })
}

/// The size of the input divided by that of the output.
struct Ratio {
    input: usize,
    output: usize,
    fixed: usize,
}

impl Ratio {
    fn new(input: usize, output: usize) -> Result<Self, KernelError> {
        let fixed = (input << 16).checked_div(output).unwrap_or(0) + 1;
        // computed with C++ integers of 32 bits
        let is_small = input < 1 << 15 && output.checked_mul(fixed).is_some_and(|largest| largest < 1 << 31);
        if input == 0 || output == 0 || !is_small {
            return Err(KernelError::unsupported(format!(
                "an axis of {input} pixels cannot be resized to {output}"
            )));
        }
        Ok(Self { input, output, fixed })
    }

    fn of(&self, at: usize) -> usize {
        (at * self.fixed) >> 16
    }
}
