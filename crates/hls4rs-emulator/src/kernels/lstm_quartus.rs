//! Long short-term memory of Quartus.

use hls4rs_fixed::Fixed;

use super::accumulate::{MultiplyAccumulate, check_length};
use super::functions::Function;
use super::recurrent::{self, Cell, State, activation, same_type, same_weight_type};
use super::simple_rnn::plain_sums;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::Kernel;
use crate::log::{Log, Slot};

/// The parts of the weights, by the letters in their names.
const PARTS: [&str; 4] = ["i", "f", "c", "o"];

/// A step of a long short-term memory of Quartus.
///
/// **Formula:** that of the other backends, without the second bias, which hls4ml ignores here.
///
/// **Precision:** everything in `accum_t`, which must be the type of the result and of the input; sums of products begin
/// with zero, the bias is added to them.
///
/// **Source:** `lstm_cell` in `nnet_recurrent.h` of Quartus.
#[derive(Debug)]
struct Lstm {
    n_state: usize,
    of_input: [MultiplyAccumulate; 4],
    of_state: [MultiplyAccumulate; 4],
    bias: [Vec<Fixed>; 4],
    gate: Box<dyn Function>,
    activation: Box<dyn Function>,
    accum: Slot,
    result: Slot,
}

/// Makes the kernel.
pub(super) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    if context.is_stream() {
        return Err(KernelError::unsupported("hls4ml has no LSTM for streams of Quartus"));
    }
    same_type(&[
        ("the input", context.input()?.format),
        ("the result", context.output()?.format),
        ("`accum_t`", context.format("accum_t")?),
    ])?;
    for part in PARTS {
        same_weight_type(context, ["weight", &format!("weight_{part}")])?;
        same_weight_type(context, ["weight", &format!("recurrent_weight_{part}")])?;
        same_weight_type(context, ["bias", &format!("bias_{part}")])?;
    }
    let n_initial = recurrent::n_initial(context, 2)?;
    let cell = Lstm::new(context)?;
    recurrent::build(context, Box::new(cell), n_initial)
}

impl Lstm {
    fn new(context: &mut Context<'_>) -> Result<Self, KernelError> {
        let n_state = context.size("n_out")?;
        let n_in = context.input()?.shape.last().copied().unwrap_or_default();
        let (accum, result) = (context.type_slot("accum_t")?, context.result_slot()?);
        let sums = |kind: &str, part: &str, n_in: usize| {
            plain_sums(context, &format!("{kind}_{part}"), [n_in, n_state], accum)
        };
        let [i, f, c, o] = PARTS;
        let bias = |part: &str| -> Result<Vec<Fixed>, KernelError> {
            let name = format!("bias_{part}");
            let bias = context.weight(&name)?;
            check_length(&name, n_state, bias.len())?;
            Ok(bias)
        };
        let function = |attribute: &str| activation(context, attribute, (accum.format, accum));
        let (input, state) = (("weight", n_in), ("recurrent_weight", n_state));
        let four = |(kind, n_in): (&str, usize)| -> Result<[MultiplyAccumulate; 4], KernelError> {
            Ok([sums(kind, i, n_in)?, sums(kind, f, n_in)?, sums(kind, c, n_in)?, sums(kind, o, n_in)?])
        };
        Ok(Self {
            n_state,
            of_input: four(input)?,
            of_state: four(state)?,
            bias: [bias(i)?, bias(f)?, bias(c)?, bias(o)?],
            gate: function("recurrent_activation")?,
            activation: function("activation")?,
            accum,
            result,
        })
    }

    /// The argument of the function of a part.
    fn part(&self, part: usize, k: usize, (x, hidden): (&[Fixed], &[Fixed]), log: &mut Log) -> Fixed {
        let of_input = self.of_input[part].of(k, x, log);
        let of_input = self.accum.assign(of_input + self.bias[part][k], log);
        let of_state = self.of_state[part].of(k, hidden, log);
        self.accum.assign(of_input + of_state, log)
    }
}

impl Cell for Lstm {
    fn n_state(&self) -> usize {
        self.n_state
    }

    fn n_gates(&self) -> usize {
        1
    }

    fn step(&self, x: &[Fixed], state: &mut State, log: &mut Log) {
        let State { hidden, cell, of_state, .. } = state;
        for k in 0..self.n_state {
            let [i, f, c, o] = [0, 1, 2, 3].map(|part| self.part(part, k, (x, hidden), log));
            let [i, f, o] = [i, f, o].map(|z| self.gate.of(z, log));
            let added = self.accum.assign(i * self.activation.of(c, log), log);
            let kept = self.accum.assign(f * cell[k], log);
            let sum = self.accum.assign(added + kept, log);
            cell[k] = self.result.assign(sum, log);
            // the old state is read until all parts are computed
            of_state[k] = self.accum.assign(o * self.activation.of(sum, log), log);
        }
        for (hidden, &value) in hidden.iter_mut().zip(of_state.iter()) {
            *hidden = self.result.assign(value, log);
        }
    }
}
