//! Zeros put around an input, along one axis.

use super::zero_padding2d::pad;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `nnet::zeropad1d_cl` or `nnet::zeropad1d_cf`.
///
/// **Formula:** `y[o, c] = x[o − pad_left, c]`, where x is zero outside of the input.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let columns = (context.size("in_width")?, context.size("pad_left")?, context.size("pad_right")?);
    let output = (1, context.size("out_width")?);
    pad(context, (1, 0, 0), columns, output)
}
