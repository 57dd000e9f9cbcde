//! Leaky ReLU with a slope per element.

use hls4rs_fixed::Fixed;

use super::activation::check_sizes;
use super::assignment;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// **Formula:** `y[i] = x[i] if x[i] > 0 else param[i] · x[i]`.
///
/// **Precision:** products are not rounded before they are assigned to the result.
///
/// **Source:** `prelu` in `nnet_activation.h`, `nnet_activation_stream.h`.
#[derive(Debug)]
struct PRelu {
    param: Vec<Fixed>,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_sizes(context)?;
    let param = context.weight("param")?;
    let n_in = context.input()?.len();
    if param.len() < n_in {
        return Err(KernelError::unsupported(format!(
            "`param`: expected {n_in} slopes, which C++ reads, found {}",
            param.len()
        )));
    }
    let result = context.result_slot()?;
    let x = Fixed::zero(context.input()?.format);
    for y in param.first().map(|&param| param * x).into_iter().chain([x]) {
        assignment::check(context.family(), y.format(), result.format)?;
    }
    Ok(Box::new(PRelu { param, result }))
}

impl Kernel for PRelu {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for (index, x) in io.input().iter().enumerate() {
            let y = if x > Fixed::int(0) { x } else { self.param[index] * x };
            io.outputs[0].set(index, self.result.assign(y, log));
        }
    }
}
