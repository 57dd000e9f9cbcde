//! Contractions with a constant tensor.

use hls4rs_fixed::Fixed;

use super::contraction::{Sizes, check_target};
use super::distributed_arithmetic;
use super::permutation::{permuted, scattered};
use super::product::{FinalCast, Product, Weight};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};
use crate::logic::{self, Logic};

/// A contraction of the input with weights over any axes.
///
/// **Formula:** `y[i, l0, l1] = bias[i, l0, l1] + Σ_c x[i, l0, c] · weight[i, c, l1]` after the input was transposed; the
/// output is transposed back.
///
/// **Precision:** as in `Dense` with the latency strategy. With distributed arithmetic, the sum of products is exact; it is
/// assigned to `accum_t`, then with the bias once more.
///
/// **Source:** `nnet_einsum_dense.h`, `hls4ml.backends.vivado.passes.einsum_dense`, `DistributedArithmeticEinsumCodegen`
/// of `hls4ml.backends.vivado.passes.distributed_arithmetic`.
///
/// **Limits:** Vivado and Vitis only, with `io_parallel`.
#[derive(Debug)]
struct EinsumDense {
    sizes: Sizes,
    origins: Vec<usize>,
    places: Vec<usize>,
    bias: Vec<Fixed>,
    sums: Sums,
    accum: Slot,
    result: Slot,
}

/// How sums of products are made.
#[derive(Debug)]
enum Sums {
    Products {
        weight: Vec<Weight>,
        product: Product,
        final_cast: FinalCast,
    },
    /// By distributed arithmetic, for each step along the axes that both operands keep.
    Logic(Vec<Logic>),
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_target(context, &["latency", "distributed_arithmetic"])?;
    let input = context.input()?.clone();
    let state = context.state();
    let sizes = Sizes::of(context, ["n_free_data", "n_free_kernel"])?;
    let origins = permuted(&state.shape("inp_shape")?, state.list("inp_tpose_idxs")?)?;
    let places = scattered(&state.shape("out_interpert_shape")?, state.list("out_tpose_idxs")?)?;
    let bias = context.weight("bias")?;
    let [n_in, n_weight, n_out] = sizes.lens();
    let expected = [n_in, n_in, n_out, n_out, n_out];
    let found = [input.len(), origins.len(), bias.len(), places.len(), context.output()?.len()];
    if expected != found {
        let reason = format!("expected tensors of {expected:?} elements, found {found:?}");
        return Err(KernelError::unsupported(reason));
    }
    let sums = if distributed_arithmetic::is_used(context) {
        Sums::Logic(distributed_arithmetic::contraction(context, sizes)?)
    } else {
        products(context, n_weight, sizes.n_contract)?
    };
    let (accum, result) = (context.type_slot("accum_t")?, context.result_slot()?);
    Ok(Box::new(EinsumDense { sizes, origins, places, bias, sums, accum, result }))
}

/// Sums of products one after the other.
fn products(context: &Context<'_>, n_weight: usize, n_contract: usize) -> Result<Sums, KernelError> {
    let input = context.input()?;
    let weight = context.weights("weight")?;
    if weight.len() != n_weight {
        let reason = format!("`weight`: expected {n_weight} elements, found {}", weight.len());
        return Err(KernelError::unsupported(reason));
    }
    let precision = context.weight_variable("weight")?.ty.precision;
    let format = weight.first().map_or(input.format, |weight| weight.value.format());
    Ok(Sums::Products {
        weight,
        product: Product::select(context.vendor(), (&input.precision, input.format), &precision),
        final_cast: FinalCast::new(context.vendor(), input.format, format, n_contract),
    })
}

impl EinsumDense {
    /// The outputs of a row before they are assigned to the result.
    fn row(&self, row: usize, io: &mut Io<'_>, sums: &mut [Fixed], log: &mut Log) {
        let Sizes { n_free0, n_free1, n_contract, .. } = self.sizes;
        let input = io.input();
        let mut data = io.scratch.zeros(input.format(), n_contract);
        for (c, place) in data.iter_mut().enumerate() {
            *place = input.get(self.origins[row * n_contract + c]);
        }
        let bias = &self.bias[row * n_free1..][..n_free1];
        match &self.sums {
            Sums::Logic(logic) => {
                let mut values = io.scratch.zeros(logic::ANY, 0);
                logic[row / n_free0].run(&data, &mut values, sums, log);
                for (sum, &bias) in sums.iter_mut().zip(bias) {
                    *sum = self.accum.assign(self.accum.assign(*sum, log) + bias, log);
                }
                io.scratch.give_back(values);
            }
            Sums::Products { weight, product, final_cast } => {
                for (l1, (sum, &bias)) in sums.iter_mut().zip(bias).enumerate() {
                    *sum = self.accum.assign(bias, log);
                    for (c, &value) in data.iter().enumerate() {
                        let weight = weight[(row / n_free0 * n_contract + c) * n_free1 + l1];
                        let product = self.accum.assign(product.of(value, weight), log);
                        *sum = self.accum.assign(*sum + product, log);
                    }
                    *sum = final_cast.of(*sum);
                }
            }
        }
        io.scratch.give_back(data);
    }
}

impl Kernel for EinsumDense {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let n_free1 = self.sizes.n_free1;
        let mut sums = io.scratch.zeros(logic::ANY, n_free1);
        for row in 0..self.sizes.n_inplace * self.sizes.n_free0 {
            self.row(row, io, &mut sums, log);
            for (&place, &sum) in self.places[row * n_free1..].iter().zip(&sums) {
                io.outputs[0].set(place, self.result.assign(sum, log));
            }
        }
        io.scratch.give_back(sums);
    }
}
