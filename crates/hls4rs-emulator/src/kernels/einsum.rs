//! Contractions of two tensors.

use hls4rs_fixed::Fixed;

use super::contraction::{Sizes, check_target};
use super::permutation::{permuted, scattered};
use super::product::{Product, Weight};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// A contraction of two tensors over any axes.
///
/// **Formula:** `y[i, l0, l1] = Σ_c a[i, l0, c] · b[i, l1, c]` after both inputs were transposed; the output is transposed
/// back.
///
/// **Precision:** every sum is assigned to `accum_t`, products are not; then the result.
///
/// **Source:** `nnet_einsum.h`, `EinsumConfigTemplate` of `hls4ml.backends.vivado.passes.einsum`.
///
/// **Limits:** Vivado and Vitis only, with `io_parallel` and the latency strategy.
#[derive(Debug)]
struct Einsum {
    sizes: Sizes,
    /// Elements of both inputs in the order of the contraction.
    origins: [Vec<usize>; 2],
    /// Where elements of the contraction go.
    places: Vec<usize>,
    product: Product,
    accum: Slot,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_target(context, &["latency"])?;
    let [first, second] = &context.inputs[..] else {
        return Err(KernelError::unsupported(format!("expected two inputs, found {}", context.inputs.len())));
    };
    let state = context.state();
    let sizes = Sizes::of(context, ["n_free0", "n_free1"])?;
    let [n_first, n_second, n_out] = sizes.lens();
    let shapes = [state.shape("inp0_shape")?, state.shape("inp1_shape")?];
    let origins = [
        permuted(&shapes[0], state.list("inp0_tpose_idxs")?)?,
        permuted(&shapes[1], state.list("inp1_tpose_idxs")?)?,
    ];
    let places = scattered(&state.shape("out_interpert_shape")?, state.list("out_tpose_idxs")?)?;
    let expected = [n_first, n_second, n_out];
    let found = [origins[0].len(), origins[1].len(), places.len()];
    let tensors = [first.len(), second.len(), context.output()?.len()];
    if expected != found || expected != tensors {
        let reason = format!("expected tensors of {expected:?} elements, found {found:?} and {tensors:?}");
        return Err(KernelError::unsupported(reason));
    }
    let product = Product::select(context.vendor(), (&first.precision, first.format), &second.precision);
    let (accum, result) = (context.type_slot("accum_t")?, context.result_slot()?);
    Ok(Box::new(Einsum { sizes, origins, places, product, accum, result }))
}

impl Kernel for Einsum {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let (first, second) = (io.inputs.get(0), io.inputs.get(1));
        let Sizes { n_free0, n_free1, n_contract, n_inplace } = self.sizes;
        for row in 0..n_inplace * n_free0 {
            for l1 in 0..n_free1 {
                let column = row / n_free0 * n_free1 + l1;
                let mut sum = self.accum.assign(Fixed::int(0), log);
                for c in 0..n_contract {
                    let a = first.get(self.origins[0][row * n_contract + c]);
                    let b = second.get(self.origins[1][column * n_contract + c]);
                    sum = self.accum.assign(sum + self.product.of(a, Weight::from(b)), log);
                }
                io.outputs[0].set(self.places[row * n_free1 + l1], self.result.assign(sum, log));
            }
        }
    }
}
