//! @NAME@ layers.

use super::support;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// What the layer computes.
///
/// **Formula:** `y[i] = x[i]`.
///
/// **Precision:** elements are assigned to the result.
///
/// **Source:** function and file of hls4ml's templates, hls4ml 1.3.0.
#[derive(Debug)]
struct @NAME@ {
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    support::templates(context)?;
    let len = context.input()?.len();
    support::check_sizes(context, len, len)?;
    Ok(Box::new(@NAME@ { result: context.result_slot()? }))
}

impl Kernel for @NAME@ {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        for index in 0..input.len() {
            io.outputs[0].set(index, self.result.assign(input.get(index), log));
        }
    }
}
