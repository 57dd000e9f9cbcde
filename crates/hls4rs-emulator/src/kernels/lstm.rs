//! Long short-term memory.

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format};

use super::accumulate::MultiplyAccumulate;
use super::functions::Function;
use super::lstm_quartus;
use super::recurrent::{self, Cell, State, Sums, activation, same_type, same_weight_type};
use crate::context::Context;
use crate::error::KernelError;
use crate::fast::cells::Update;
use crate::fast::lookup::Lookup;
use crate::fast::recipe::Parts;
use crate::fast::recurrent::Recipe;
use crate::kernel::Kernel;
use crate::log::{Log, Slot};

/// A step of a long short-term memory of Vivado, Vitis and Catapult.
///
/// **Formula:** with `z = x · weight + bias + h · recurrent_weight + recurrent_bias` in four parts, `i = g(z_i)`,
/// `f = g(z_f)`, `o = g(z_o)`, `c̃ = a(z_c)`: `c = c̃ · i + c · f`, `h = o · a(c)`.
///
/// **Precision:** both products, `z`, gates and `a(c)` in `accum_t`, both states in the result.
///
/// **Source:** `lstm`, `lstm_static` in `nnet_recurrent.h`, which compute the same.
#[derive(Debug)]
pub(crate) struct Lstm {
    pub(crate) n_state: usize,
    pub(crate) of_input: MultiplyAccumulate,
    pub(crate) of_state: MultiplyAccumulate,
    pub(crate) gate: Box<dyn Function>,
    pub(crate) candidate: Box<dyn Function>,
    pub(crate) output: Box<dyn Function>,
    pub(crate) accum: Slot,
    pub(crate) result: Slot,
}

/// Makes the kernel.
///
/// **Limits:** input, result and accumulator must have the same type: C++ compiles the function without static states
/// even where it does not call it, and that mixes them up. Catapult wants the weights to have this type, too. Its
/// template needs `return_sequences`.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    if context.vendor() == Vendor::Quartus {
        return lstm_quartus::build(context);
    }
    check_target(context)?;
    let types = [("the input", context.input()?.format), ("the result", context.output()?.format)];
    same_type(&[types[0], types[1], ("`accum_t`", context.format("accum_t")?)])?;
    if context.vendor() == Vendor::Catapult {
        same_type(&[types[0], ("`weight_t`", context.format("weight_t")?)])?;
    }
    // Catapult ignores initial states
    let n_initial = if context.vendor() == Vendor::Catapult { 0 } else { recurrent::n_initial(context, 2)? };
    if context.vendor() == Vendor::Catapult || n_initial > 0 {
        same_weight_type(context, ["weight", "recurrent_weight"])?;
        same_weight_type(context, ["bias", "recurrent_bias"])?;
    }
    let n_state = context.size("n_out")?;
    let factor = context.size_or("reuse_factor", 1);
    let recurrent_factor = context.size_or("recurrent_reuse_factor", factor);
    let factors = [factor, factor, recurrent_factor, factor];
    let cell = Lstm::new(context, "", n_state, factors)?;
    recurrent::build(context, Box::new(cell), n_initial)
}

/// An error if hls4ml has no LSTM and GRU for the target.
pub(crate) fn check_target(context: &Context<'_>) -> Result<(), KernelError> {
    match context.vendor() {
        Vendor::Catapult if !context.state().is_set("return_sequences") => Err(KernelError::unsupported(
            "hls4ml cannot generate code for Catapult where recurrent layers do not return sequences",
        )),
        Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis | Vendor::Catapult | Vendor::Quartus => {
            Ok(())
        }
        vendor => Err(KernelError::unsupported(format!("no recurrent layers are known for {vendor}"))),
    }
}

impl Lstm {
    /// The cell of attributes that begin with a prefix; `factors` are the reuse factors of both products, each followed
    /// by the one that its function is chosen by.
    pub(crate) fn new(
        context: &mut Context<'_>,
        prefix: &str,
        n_state: usize,
        factors: [usize; 4],
    ) -> Result<Self, KernelError> {
        let (input, result) = (context.input()?.clone(), context.result_slot()?);
        let accum = context.type_slot("accum_t")?;
        let [reuse_factor, choosing_factor, ..] = factors;
        let sums = Sums {
            weight: &format!("{prefix}weight"),
            bias: &format!("{prefix}bias"),
            n_in: input.shape.last().copied().unwrap_or_default(),
            n_out: 4 * n_state,
            data: input.format,
            reuse_factor,
            choosing_factor,
            accum,
        };
        let of_input = sums.build(context)?;
        let names = [format!("{prefix}recurrent_weight"), format!("{prefix}recurrent_bias")];
        let sums = sums.of_states([&names[0], &names[1]], (n_state, result.format), [factors[2], factors[3]]);
        let of_state = sums.build(context)?;
        let function = |attribute: &str, input: Format| {
            activation(context, &format!("{prefix}{attribute}"), (input, accum))
        };
        Ok(Self {
            n_state,
            of_input,
            of_state,
            gate: function("recurrent_activation", accum.format)?,
            candidate: function("activation", accum.format)?,
            output: function("activation", result.format)?,
            accum,
            result,
        })
    }
}

impl Cell for Lstm {
    fn n_state(&self) -> usize {
        self.n_state
    }

    fn n_gates(&self) -> usize {
        4
    }

    fn step(&self, x: &[Fixed], state: &mut State, log: &mut Log) {
        let State { hidden, cell, of_input, of_state } = state;
        for j in 0..4 * self.n_state {
            of_input[j] = self.of_input.of(j, x, log);
            of_state[j] = self.of_state.of(j, hidden, log);
        }
        for k in 0..self.n_state {
            let part = |number: usize, log: &mut Log| {
                let j = number * self.n_state + k;
                self.accum.assign(of_input[j] + of_state[j], log)
            };
            let [i, f, c, o] = [0, 1, 2, 3].map(|number| part(number, log));
            let [i, f, o] = [i, f, o].map(|z| self.gate.of(z, log));
            let candidate = self.candidate.of(c, log);
            cell[k] = self.result.assign(candidate * i + cell[k] * f, log);
            hidden[k] = self.result.assign(o * self.output.of(cell[k], log), log);
        }
    }

    fn recipe(&self, data: Format, n_in: usize) -> Option<Recipe> {
        let (n, accum, result) = (self.n_state, self.accum.format, self.result.format);
        let all = (4 * n, &[(0, 0)][..]);
        let of_input = Parts::new(&self.of_input, (data, accum), (n_in, 4 * n), all)?;
        let of_state = Parts::new(&self.of_state, (result, accum), (n, 4 * n), all)?;
        let mut bias = vec![0; 4 * n];
        of_input.add_bias(&mut bias);
        of_state.add_bias(&mut bias);
        let gate = Lookup::of(&*self.gate, accum)?;
        let candidate = Lookup::of(&*self.candidate, accum)?;
        Some(Recipe {
            n_state: n,
            accum,
            result,
            of_input: of_input.weights,
            of_state: of_state.weights,
            bias,
            gates: vec![(0..2 * n, gate.clone()), (2 * n..3 * n, candidate), (3 * n..4 * n, gate)],
            update: Update::Lstm(Lookup::of(&*self.output, result)?),
        })
    }
}
