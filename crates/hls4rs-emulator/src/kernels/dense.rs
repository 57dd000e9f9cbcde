//! Fully connected layers.

use hls4rs_fixed::Fixed;

use super::product::{FinalCast, Product};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// A matrix product over the last dimension.
///
/// **Formula:** `y[j] = bias[j] + Σ_i x[i] · weight[i, j]`.
///
/// **Precision:** every product is assigned to `accum_t`, and every sum.
///
/// **Source:** `nnet_dense_latency.h`, `nnet_dense_resource.h`.
#[derive(Debug)]
struct Dense {
    n_in: usize,
    n_out: usize,
    weight: Vec<Fixed>,
    bias: Vec<Fixed>,
    product: Product,
    final_cast: FinalCast,
    accum: Slot,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let (n_in, n_out) = (context.size("n_in")?, context.size("n_out")?);
    let input = context.input()?.clone();
    let weight = context.weight_variable("weight")?;
    let product = Product::select(&input.precision, &weight.ty.precision)?;
    let weight = context.weight("weight")?;
    let weight_format = weight.first().map_or(input.format, Fixed::format);
    Ok(Box::new(Dense {
        n_in,
        n_out,
        weight,
        bias: context.weight("bias")?,
        product,
        final_cast: FinalCast::new(input.format, weight_format, n_in),
        accum: context.type_slot("accum_t")?,
        result: context.result_slot()?,
    }))
}

impl Kernel for Dense {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        for row in 0..input.len() / self.n_in {
            for j in 0..self.n_out {
                let mut sum = self.accum.assign(self.bias[j], log);
                for i in 0..self.n_in {
                    let product =
                        self.product.of(input.get(row * self.n_in + i), self.weight[i * self.n_out + j]);
                    let product = self.accum.assign(product, log);
                    sum = self.accum.assign(sum + product, log);
                }
                let result = self.result.assign(self.final_cast.of(sum), log);
                io.outputs[0].set(row * self.n_out + j, result);
            }
        }
    }
}
