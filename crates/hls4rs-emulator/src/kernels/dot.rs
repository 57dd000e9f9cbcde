//! Scalar products.

use hls4rs_backend::Vendor;

use super::product::{Product, Weight};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// The scalar product of two vectors.
///
/// **Formula:** `y = Σ_i a[i] · b[i]`.
///
/// **Precision:** every product is assigned to `accum_t`, and every sum.
///
/// **Source:** `dot1d` in `nnet_merge.h`.
///
/// **Limits:** not in streams; a binary first input compiles for Quartus only, and its result is not scaled there.
#[derive(Debug)]
struct Dot {
    product: Product,
    accum: Slot,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let operation = context.text("op", "dot1d");
    if context.is_stream() || operation != "dot1d" {
        let target = context.specialized.target;
        return Err(KernelError::unsupported(format!("hls4ml has no function `{operation}` for {target}")));
    }
    let [first, second] = &context.inputs[..] else {
        return Err(KernelError::unsupported(format!("expected two inputs, found {}", context.inputs.len())));
    };
    if first.len() != second.len() || first.shape.len() != 1 || context.output()?.len() != 1 {
        let reason =
            format!("expected vectors of one length, found {:?} and {:?}", first.shape, second.shape);
        return Err(KernelError::unsupported(reason));
    }
    if first.format.is_binary() && context.vendor() != Vendor::Quartus {
        let reason =
            format!("hls4ml cannot compile scalar products of binary numbers for {}", context.vendor());
        return Err(KernelError::unsupported(reason));
    }
    let product = Product::select(context.vendor(), (&first.precision, first.format), &second.precision);
    Ok(Box::new(Dot { product, accum: context.type_slot("accum_t")?, result: context.result_slot()? }))
}

impl Kernel for Dot {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let (first, second) = (io.inputs.get(0), io.inputs.get(1));
        let mut sum = self.accum.assign(hls4rs_fixed::Fixed::int(0), log);
        for (a, b) in first.iter().zip(second.iter()) {
            let product = self.accum.assign(self.product.of(a, Weight::from(b)), log);
            sum = self.accum.assign(sum + product, log);
        }
        io.outputs[0].set(0, self.result.assign(sum, log));
    }
}
