//! Gated recurrent units.

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format};

use super::accumulate::MultiplyAccumulate;
use super::functions::Function;
use super::lstm::check_target;
use super::recurrent::{self, Cell, State, Sums, activation, same_type, same_weight_type};
use crate::context::Context;
use crate::error::KernelError;
use crate::fast::cells::Update;
use crate::fast::lookup::{BLOCK, Lookup};
use crate::fast::recipe::Parts;
use crate::fast::recurrent::Recipe;
use crate::kernel::Kernel;
use crate::log::{Log, Slot};

/// A step of a layer of gated recurrent units.
///
/// **Formula:** with `u = x · weight + bias` and `v = h · recurrent_weight + recurrent_bias` in three parts,
/// `z = g(u_z + v_z)`, `r = g(u_r + v_r)`, `h̃ = a(u_h + r · v_h)`: `h = h̃ · (1 − z) + h · z`.
///
/// **Precision:** both products, all sums and `r · v_h` in `accum_t`; the state in the result.
///
/// **Source:** `gru`, `gru_static` in `nnet_recurrent.h`, which compute the same; `gru_cell` of Quartus.
///
/// **Limits:** hls4ml ignores `apply_reset_gate`: the gate is always applied after the product.
#[derive(Debug)]
pub(crate) struct Gru {
    pub(crate) n_state: usize,
    /// PyTorch's order of parts: `r`, `z`, `h`, not `z`, `r`, `h`.
    pub(crate) is_pytorch: bool,
    pub(crate) of_input: MultiplyAccumulate,
    pub(crate) of_state: MultiplyAccumulate,
    pub(crate) gate: Box<dyn Function>,
    pub(crate) candidate: Box<dyn Function>,
    pub(crate) accum: Slot,
    pub(crate) result: Slot,
}

/// Makes the kernel.
///
/// **Limits:** Quartus and Catapult take both weights as numbers of one type, and both biases; Catapult takes its
/// accumulator as a number of `weight_t`, too, and ignores initial states and PyTorch's order. Quartus has a single reuse
/// factor for both products.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_target(context)?;
    let vendor = context.vendor();
    if vendor == Vendor::Catapult {
        same_type(&[("`accum_t`", context.format("accum_t")?), ("`weight_t`", context.format("weight_t")?)])?;
    }
    let n_initial = if vendor == Vendor::Catapult { 0 } else { recurrent::n_initial(context, 1)? };
    if matches!(vendor, Vendor::Catapult | Vendor::Quartus) || n_initial > 0 {
        same_weight_type(context, ["weight", "recurrent_weight"])?;
        same_weight_type(context, ["bias", "recurrent_bias"])?;
    }
    let n_state = context.size("n_out")?;
    let factor = context.size_or("reuse_factor", 1);
    let recurrent_factor = match vendor {
        Vendor::Quartus => factor,
        _ => context.size_or("recurrent_reuse_factor", factor),
    };
    let cell = Gru::new(context, "", n_state, [factor, factor, recurrent_factor, factor])?;
    recurrent::build(context, Box::new(cell), n_initial)
}

impl Gru {
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
        let names =
            ["weight", "bias", "recurrent_weight", "recurrent_bias"].map(|name| format!("{prefix}{name}"));
        for bias in [&names[1], &names[3]] {
            check_bias(context, bias)?;
        }
        let sums = Sums {
            weight: &names[0],
            bias: &names[1],
            n_in: input.shape.last().copied().unwrap_or_default(),
            n_out: 3 * n_state,
            data: input.format,
            reuse_factor: factors[0],
            choosing_factor: factors[1],
            accum,
        };
        let of_states =
            sums.of_states([&names[2], &names[3]], (n_state, result.format), [factors[2], factors[3]]);
        let function =
            |attribute: &str| activation(context, &format!("{prefix}{attribute}"), (accum.format, accum));
        Ok(Self {
            n_state,
            is_pytorch: context.vendor() != Vendor::Catapult && context.state().is_set("pytorch"),
            of_input: sums.build(context)?,
            of_state: of_states.build(context)?,
            gate: function("recurrent_activation")?,
            candidate: function("activation")?,
            accum,
            result,
        })
    }
}

/// An error where hls4ml took a single number of the biases for all of them.
///
/// **Source:** `parse_rnn_layer` of `hls4ml.converters.keras.recurrent`.
fn check_bias(context: &Context<'_>, name: &str) -> Result<(), KernelError> {
    if context.weight_variable(name)?.data.rank() > 0 {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "`{name}`: expected an array, found a number: hls4ml loses the biases of layers with `reset_after=False`, and its C++ \
         reads memory beside this number"
    )))
}

impl Cell for Gru {
    fn n_state(&self) -> usize {
        self.n_state
    }

    fn n_gates(&self) -> usize {
        3
    }

    fn step(&self, x: &[Fixed], state: &mut State, log: &mut Log) {
        let State { hidden, of_input, of_state, .. } = state;
        for j in 0..3 * self.n_state {
            of_input[j] = self.of_input.of(j, x, log);
            of_state[j] = self.of_state.of(j, hidden, log);
        }
        for (k, state) in hidden.iter_mut().enumerate() {
            let [first, second] = [k, self.n_state + k].map(|j| {
                let sum = self.accum.assign(of_input[j] + of_state[j], log);
                self.gate.of(sum, log)
            });
            let (update, reset) = if self.is_pytorch { (second, first) } else { (first, second) };
            let last = 2 * self.n_state + k;
            let kept = self.accum.assign(reset * of_state[last], log);
            let candidate = self.accum.assign(of_input[last] + kept, log);
            let candidate = self.candidate.of(candidate, log);
            let mixed = candidate * (Fixed::int(1) - update) + *state * update;
            *state = self.result.assign(mixed, log);
        }
    }

    fn recipe(&self, data: Format, n_in: usize) -> Option<Recipe> {
        let (n, accum, result) = (self.n_state, self.accum.format, self.result.format);
        // sums of both gates, of the candidate's products of states, and of those of inputs, read in blocks
        let n_sums = 3 * n + n.next_multiple_of(BLOCK);
        let [first, second] = if self.is_pytorch { [n, 0] } else { [0, n] };
        let place = |last: usize| [(0, first), (n, second), (2 * n, last)];
        let of_input = Parts::new(&self.of_input, (data, accum), (n_in, n_sums), (n, &place(3 * n)))?;
        let of_state = Parts::new(&self.of_state, (result, accum), (n, 3 * n), (n, &place(2 * n)))?;
        let mut bias = vec![0; n_sums];
        of_input.add_bias(&mut bias);
        of_state.add_bias(&mut bias);
        Some(Recipe {
            n_state: n,
            accum,
            result,
            of_input: of_input.weights,
            of_state: of_state.weights,
            bias,
            gates: vec![(0..2 * n, Lookup::of(&*self.gate, accum)?)],
            update: Update::Gru(Lookup::of(&*self.candidate, accum)?),
        })
    }
}
