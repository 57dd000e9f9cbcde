//! An input without its margins, along one axis.

use super::cropping2d::crop;
use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::cropping1d_cl`.
///
/// **Formula:** `y[o, c] = x[o + crop_left, c]`.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    if support::is_channels_first(context) {
        return Err(KernelError::unsupported("hls4ml's C++ cannot crop one axis with channels first"));
    }
    let columns = [context.size("in_width")?, context.size("crop_left")?, context.size("crop_right")?];
    let output = (1, context.size("out_width")?);
    crop(context, [[1, 0, 0], columns], output, false)
}
