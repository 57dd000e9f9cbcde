//! Piecewise linear sigmoid and hyperbolic tangent.

use hls4rs_fixed::Fixed;

use super::activation::{elementwise, signature};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;

/// Makes the kernel: `hard_sigmoid` or `hard_tanh`, element by element.
///
/// **Precision:** the slope in `slope_t`, the shift in `shift_t`.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let name = context.text("activation", "");
    let constant = |name: &str| -> Result<Fixed, KernelError> {
        Ok(Fixed::from_f64(context.state().float(name)?, context.format(&format!("{name}_t"))?))
    };
    let line = (constant("slope")?, constant("shift")?);
    let mut signature = signature(context)?;
    signature.line = Some(line);
    elementwise(&name, &signature)
}
