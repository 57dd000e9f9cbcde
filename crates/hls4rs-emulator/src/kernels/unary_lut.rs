//! Functions of one number by table.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;

use super::activation::check_sizes;
use super::assignment;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// **Formula:** `y[i] = table[bits of x[i], read as an unsigned number]`.
///
/// **Precision:** entries in `table_t`, then the result.
///
/// **Source:** `unary_lut` in `nnet_activation.h`, `nnet_activation_stream.h` of Vivado; the other backends have none.
#[derive(Debug)]
struct UnaryLut {
    table: Vec<Fixed>,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_sizes(context)?;
    let vendor = context.vendor();
    if !matches!(vendor, Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis) {
        return Err(KernelError::unsupported(format!("hls4ml has no function `unary_lut` for {vendor}")));
    }
    let table = context.weight("table")?;
    let width = context.input()?.format.width;
    let n_patterns = 1usize.checked_shl(width).unwrap_or(usize::MAX);
    if table.len() < n_patterns {
        return Err(KernelError::unsupported(format!(
            "`table`: expected an entry for each of the 2^{width} bit patterns of the input, found {}",
            table.len()
        )));
    }
    let result = context.result_slot()?;
    if let Some(first) = table.first() {
        assignment::check(context.family(), first.format(), result.format)?;
    }
    Ok(Box::new(UnaryLut { table, result }))
}

impl Kernel for UnaryLut {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for (index, x) in io.input().iter().enumerate() {
            let pattern = x.bits(0, x.format().width).raw().as_usize();
            io.outputs[0].set(index, self.result.assign(self.table[pattern], log));
        }
    }
}
