//! An input without its margins, along two axes.

use super::image::{self, Image};
use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::cropping2d_cl` or `nnet::cropping2d_cf`.
///
/// **Formula:** `y[o, p, c] = x[o + crop_top, p + crop_left, c]`.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let rows = [context.size("in_height")?, context.size("crop_top")?, context.size("crop_bottom")?];
    let columns = [context.size("in_width")?, context.size("crop_left")?, context.size("crop_right")?];
    let output = (context.size("out_height")?, context.size("out_width")?);
    let is_first = support::is_channels_first(context);
    crop(context, [rows, columns], output, is_first)
}

/// The kernel for sizes of the input with margins before and after it, and sizes of the output.
pub(super) fn crop(
    context: &mut Context<'_>,
    [rows, columns]: [[usize; 3]; 2],
    output: (usize, usize),
    is_first: bool,
) -> Result<Box<dyn Kernel>, KernelError> {
    let vendor = support::templates(context)?;
    if !support::is_like_vivado(vendor) {
        return Err(KernelError::unsupported(format!("hls4ml has no such layer for {vendor}")));
    }
    if is_first && context.is_stream() {
        return Err(KernelError::unsupported("hls4ml's C++ cannot crop streams with channels first"));
    }
    let cropped = |[input, before, after]: [usize; 3]| input.checked_sub(before + after);
    if (cropped(rows), cropped(columns)) != (Some(output.0), Some(output.1)) {
        return Err(KernelError::unsupported(format!(
            "expected what is left of {} by {} pixels, found {} by {}",
            rows[0], columns[0], output.0, output.1
        )));
    }
    let n_chan = context.size("n_chan")?;
    let from = Image { height: rows[0], width: columns[0], n_chan, is_first };
    let to = Image { height: output.0, width: output.1, n_chan, is_first };
    image::build(context, from, to, |row, column| Some((row + rows[1], column + columns[1])))
}
