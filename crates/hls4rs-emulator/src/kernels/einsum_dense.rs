//! Contractions with a constant tensor.

use hls4rs_fixed::Fixed;

use super::contraction::{Sizes, check_target};
use super::permutation::{permuted, scattered};
use super::product::{FinalCast, Product, Weight};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// A contraction of the input with weights over any axes.
///
/// **Formula:** `y[i, l0, l1] = bias[i, l0, l1] + Σ_c x[i, l0, c] · weight[i, c, l1]` after the input was transposed; the
/// output is transposed back.
///
/// **Precision:** as in `Dense` with the latency strategy. With distributed arithmetic, the sum of products is exact, of
/// weights that are not rounded to their type; it is assigned to `accum_t`, then with the bias once more.
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
    weight: Vec<Weight>,
    bias: Vec<Fixed>,
    product: Product,
    final_cast: FinalCast,
    is_exact: bool,
    accum: Slot,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_target(context, &["latency", "distributed_arithmetic"])?;
    let is_exact = context.text("strategy", "latency") == "distributed_arithmetic";
    let input = context.input()?.clone();
    let state = context.state();
    let sizes = Sizes::of(context, ["n_free_data", "n_free_kernel"])?;
    let origins = permuted(&state.shape("inp_shape")?, state.list("inp_tpose_idxs")?)?;
    let places = scattered(&state.shape("out_interpert_shape")?, state.list("out_tpose_idxs")?)?;
    let weight = if is_exact { exact_weights(context)? } else { context.weights("weight")? };
    let bias = context.weight("bias")?;
    let [n_in, n_weight, n_out] = sizes.lens();
    let expected = [n_in, n_in, n_weight, n_out, n_out, n_out];
    let found = [input.len(), origins.len(), weight.len(), bias.len(), places.len(), context.output()?.len()];
    if expected != found {
        let reason = format!("expected tensors of {expected:?} elements, found {found:?}");
        return Err(KernelError::unsupported(reason));
    }
    let precision = context.state().weight("weight")?.ty.precision;
    let weight_format = weight.first().map_or(input.format, |weight| weight.value.format());
    Ok(Box::new(EinsumDense {
        sizes,
        origins,
        places,
        weight,
        bias,
        product: if is_exact {
            Product::Mult
        } else {
            Product::select(context.vendor(), (&input.precision, input.format), &precision)
        },
        final_cast: FinalCast::new(context.vendor(), input.format, weight_format, sizes.n_contract),
        is_exact,
        accum: context.type_slot("accum_t")?,
        result: context.result_slot()?,
    }))
}

/// The weights as they are in the graph, which da4ml computes with.
fn exact_weights(context: &Context<'_>) -> Result<Vec<Weight>, KernelError> {
    let data = &context.weight_variable("weight")?.data;
    let exactly = |weight: f64| if weight == 0.0 { Fixed::int(0) } else { Fixed::exactly(weight) };
    Ok(data.iter_f64()?.map(|weight| Weight::from(exactly(weight))).collect())
}

impl EinsumDense {
    fn sum(&self, row: usize, l1: usize, io: &Io<'_>, log: &mut Log) -> Fixed {
        let Sizes { n_free0, n_free1, n_contract, .. } = self.sizes;
        let input = io.input();
        let bias = self.bias[row * n_free1 + l1];
        let product = |c: usize| {
            let weight = self.weight[(row / n_free0 * n_contract + c) * n_free1 + l1];
            self.product.of(input.get(self.origins[row * n_contract + c]), weight)
        };
        if self.is_exact {
            let sum = (0..n_contract).map(product).fold(Fixed::int(0), |sum, product| sum + product);
            let sum = self.accum.assign(sum, log);
            return self.accum.assign(sum + bias, log);
        }
        let mut sum = self.accum.assign(bias, log);
        for c in 0..n_contract {
            let product = self.accum.assign(product(c), log);
            sum = self.accum.assign(sum + product, log);
        }
        self.final_cast.of(sum)
    }
}

impl Kernel for EinsumDense {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for row in 0..self.sizes.n_inplace * self.sizes.n_free0 {
            for l1 in 0..self.sizes.n_free1 {
                let sum = self.sum(row, l1, io, log);
                let place = self.places[row * self.sizes.n_free1 + l1];
                io.outputs[0].set(place, self.result.assign(sum, log));
            }
        }
    }
}
