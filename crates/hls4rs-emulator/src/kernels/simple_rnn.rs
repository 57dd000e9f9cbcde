//! Simple recurrent layers.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;

use super::accumulate::{Arithmetic, Matrix, MultiplyAccumulate, check_length};
use super::functions::Function;
use super::product::{FinalCast, Product};
use super::recurrent::{self, Cell, State, activation, same_type, same_weight_type};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;
use crate::log::{Log, Slot};

/// A step of a fully connected recurrent layer of Quartus.
///
/// **Formula:** `h = f(x · weight + bias + h · recurrent_weight + recurrent_bias)`; the second bias is PyTorch's alone.
///
/// **Precision:** all sums in `accum_t`, products exact; the state in the result, which must have the type of the input.
///
/// **Source:** `simple_rnn_cell`, `simple_rnn_pytorch_cell` in `nnet_recurrent.h` of Quartus.
#[derive(Debug)]
struct SimpleRnn {
    n_state: usize,
    of_input: MultiplyAccumulate,
    of_state: MultiplyAccumulate,
    bias: Vec<Fixed>,
    recurrent_bias: Option<Vec<Fixed>>,
    activation: Box<dyn Function>,
    accum: Slot,
}

/// Makes the kernel.
///
/// **Limits:** the other backends have no template for this kind of layer. Initial states are read for PyTorch's layers
/// alone.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    if context.vendor() != Vendor::Quartus || context.is_stream() {
        let target = context.specialized.target;
        return Err(KernelError::unsupported(format!("hls4ml has no simple recurrent layers for {target}")));
    }
    same_type(&[("the input", context.input()?.format), ("the result", context.output()?.format)])?;
    same_weight_type(context, ["weight", "recurrent_weight"])?;
    let is_pytorch = context.state().is_set("pytorch");
    let n_initial = if is_pytorch { recurrent::n_initial(context, 1)? } else { 0 };
    let n_state = context.size("n_out")?;
    let n_in = context.input()?.shape.last().copied().unwrap_or_default();
    let (accum, result) = (context.type_slot("accum_t")?, context.result_slot()?);
    let recurrent_bias = if is_pytorch {
        same_weight_type(context, ["bias", "recurrent_bias"])?;
        Some(context.weight("recurrent_bias")?)
    } else {
        None
    };
    let bias = context.weight("bias")?;
    check_length("bias", n_state, bias.len())?;
    check_length("recurrent_bias", n_state, recurrent_bias.as_ref().map_or(n_state, Vec::len))?;
    let cell = SimpleRnn {
        n_state,
        of_input: plain_sums(context, "weight", [n_in, n_state], accum)?,
        of_state: plain_sums(context, "recurrent_weight", [n_state, n_state], accum)?,
        bias,
        recurrent_bias,
        activation: activation(context, "activation", (accum.format, result))?,
        accum,
    };
    recurrent::build(context, Box::new(cell), n_initial)
}

/// Sums of ordinary products that begin with zero; products are exact, and weights are stored output by output.
///
/// **Source:** `multiply_W`, `multiply_U` in `nnet_recurrent.h` of Quartus.
pub(super) fn plain_sums(
    context: &Context<'_>,
    weight: &str,
    [n_in, n_out]: [usize; 2],
    accum: Slot,
) -> Result<MultiplyAccumulate, KernelError> {
    let matrix =
        Matrix { n_in, n_out, is_depthwise: false, is_transposed: true, step: 1, skips_zeros: false };
    let arithmetic = Arithmetic {
        product: Product::Mult,
        final_cast: FinalCast::default(),
        rounds_products: false,
        accum,
        result: accum,
    };
    MultiplyAccumulate::of_weight(context, weight, vec![Fixed::int(0); n_out], (matrix, arithmetic))
}

impl Cell for SimpleRnn {
    fn n_state(&self) -> usize {
        self.n_state
    }

    fn n_gates(&self) -> usize {
        1
    }

    fn step(&self, x: &[Fixed], state: &mut State, log: &mut Log) {
        let State { hidden, of_state, .. } = state;
        for k in 0..self.n_state {
            let of_input = self.of_input.of(k, x, log);
            let of_input = self.accum.assign(of_input + self.bias[k], log);
            let mut sum = self.of_state.of(k, hidden, log);
            if let Some(bias) = &self.recurrent_bias {
                sum = self.accum.assign(sum + bias[k], log);
            }
            of_state[k] = self.accum.assign(of_input + sum, log);
        }
        for (hidden, &value) in hidden.iter_mut().zip(of_state.iter()) {
            *hidden = self.activation.of(value, log);
        }
    }
}
