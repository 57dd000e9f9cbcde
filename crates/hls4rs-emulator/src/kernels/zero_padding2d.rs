//! Zeros put around an input, along two axes.

use hls4rs_backend::Vendor;

use super::image::{self, Image};
use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::zeropad2d_cl` or `nnet::zeropad2d_cf`.
///
/// **Formula:** `y[o, p, c] = x[o − pad_top, p − pad_left, c]`, where x is zero outside of the input.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let rows = (context.size("in_height")?, context.size("pad_top")?, context.size("pad_bottom")?);
    let columns = (context.size("in_width")?, context.size("pad_left")?, context.size("pad_right")?);
    let output = (context.size("out_height")?, context.size("out_width")?);
    pad(context, rows, columns, output)
}

/// The kernel for sizes of the input with padding before and after it, and sizes of the output.
pub(super) fn pad(
    context: &mut Context<'_>,
    rows: (usize, usize, usize),
    columns: (usize, usize, usize),
    output: (usize, usize),
) -> Result<Box<dyn Kernel>, KernelError> {
    let vendor = support::templates(context)?;
    let is_first = support::is_channels_first(context);
    if is_first {
        if context.is_stream() || vendor == Vendor::Quartus {
            return Err(KernelError::unsupported("hls4ml's C++ has no such padding with channels first"));
        }
        image::check_same_type(context)?;
    }
    let padded = |(input, before, after): (usize, usize, usize)| input + before + after;
    if (padded(rows), padded(columns)) != output {
        return Err(KernelError::unsupported(format!(
            "expected an output of {} by {} pixels, found {} by {}",
            padded(rows),
            padded(columns),
            output.0,
            output.1
        )));
    }
    let n_chan = context.size("n_chan")?;
    let from = Image { height: rows.0, width: columns.0, n_chan, is_first };
    let to = Image { height: output.0, width: output.1, n_chan, is_first };
    let inside = |(input, before, _): (usize, usize, usize), at: usize| {
        at.checked_sub(before).filter(|&at| at < input)
    };
    image::build(context, from, to, |row, column| inside(rows, row).zip(inside(columns, column)))
}
