//! What recurrent layers share: the loop over steps, sums of products, and types that C++ wants to be equal.

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{Attribute, SaturationMode};

use super::accumulate::{Arithmetic, Matrix, MultiplyAccumulate};
use super::functions::{Function, Signature, function};
use super::product::{FinalCast, Product};
use super::stream;
use crate::context::Context;
use crate::error::KernelError;
use crate::fast::{self, recurrent::Recipe};
use crate::kernel::{FastKernel, Io, Kernel};
use crate::log::{Log, Slot};
use crate::scratch::Scratch;

/// One step of a recurrent layer.
pub(crate) trait Cell: std::fmt::Debug + Send + Sync {
    /// Number of states.
    fn n_state(&self) -> usize;

    /// Sums per state, of inputs and of states.
    fn n_gates(&self) -> usize;

    /// Computes the state from the last one.
    fn step(&self, x: &[Fixed], state: &mut State, log: &mut Log);

    /// What the cell computes from data of a format, for a fast form, if there is one.
    fn recipe(&self, _data: Format, _n_in: usize) -> Option<Recipe> {
        None
    }
}

/// The state of a layer, and memory for the sums of a step.
#[derive(Debug)]
pub(crate) struct State {
    /// The hidden state.
    pub(crate) hidden: Vec<Fixed>,
    /// The state of cells, for layers that have one.
    pub(crate) cell: Vec<Fixed>,
    /// Sums of products of inputs.
    pub(crate) of_input: Vec<Fixed>,
    /// Sums of products of states.
    pub(crate) of_state: Vec<Fixed>,
}

impl State {
    /// States of zero.
    pub(crate) fn new(cell: &dyn Cell, format: Format, scratch: &mut Scratch) -> Self {
        let (n_state, n_sums) = (cell.n_state(), cell.n_state() * cell.n_gates());
        Self {
            hidden: scratch.zeros(format, n_state),
            cell: scratch.zeros(format, n_state),
            of_input: scratch.zeros(format, n_sums),
            of_state: scratch.zeros(format, n_sums),
        }
    }

    /// Gives the memory back.
    pub(crate) fn give_back(self, scratch: &mut Scratch) {
        for numbers in [self.hidden, self.cell, self.of_input, self.of_state] {
            scratch.give_back(numbers);
        }
    }
}

/// A layer that reads its sequence forward.
///
/// hls4ml ignores `direction`.
///
/// **Source:** `lstm_stack`, `gru_stack` in `nnet_recurrent.h`; `lstm`, `gru`, `simple_rnn` of Quartus.
#[derive(Debug)]
struct Recurrent {
    sizes: Sizes,
    cell: Box<dyn Cell>,
    /// Number of states that are inputs.
    n_initial: usize,
    result: Format,
}

/// The sizes of a sequence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) n_steps: usize,
    pub(crate) n_in: usize,
    /// Whether the output has all steps.
    pub(crate) has_sequence: bool,
}

impl Sizes {
    /// The sizes of a layer whose output has `n_out` elements per step.
    pub(crate) fn of(context: &Context<'_>, n_out: usize) -> Result<Self, KernelError> {
        let (input, output) = (context.input()?, context.output()?);
        let &[n_steps, n_in] = &input.shape[..] else {
            return Err(unequal(
                "an input of steps and their elements",
                format!("the shape {:?}", input.shape),
            ));
        };
        let has_sequence = context.state().is_set("return_sequences");
        let expected = if has_sequence { vec![n_steps, n_out] } else { vec![n_out] };
        if output.shape != expected {
            return Err(unequal(
                &format!("an output of the shape {expected:?}"),
                format!("{:?}", output.shape),
            ));
        }
        if context.outputs.len() != 1 {
            return Err(KernelError::unsupported("hls4ml does not compute final states as outputs"));
        }
        if context.is_stream() {
            stream::expect_packet(context, 0, n_in)?;
        }
        Ok(Self { n_steps, n_in, has_sequence })
    }
}

impl Sizes {
    /// The fast form of cells that read the sequence forward and backward.
    pub(crate) fn fast(self, data: Format, cells: &[&dyn Cell]) -> Option<Box<dyn FastKernel>> {
        let recipes = cells.iter().map(|cell| cell.recipe(data, self.n_in));
        fast::recurrent::kernel(self, data, &recipes.collect::<Option<Vec<_>>>()?)
    }
}

fn unequal(expected: &str, found: String) -> KernelError {
    KernelError::unsupported(format!("expected {expected}, found {found}"))
}

/// Makes the kernel of a layer with one cell.
pub(crate) fn build(
    context: &Context<'_>,
    cell: Box<dyn Cell>,
    n_initial: usize,
) -> Result<Box<dyn Kernel>, KernelError> {
    let sizes = Sizes::of(context, cell.n_state())?;
    let result = context.output()?.format;
    for number in 1..=n_initial {
        check_initial_state(context, number, (cell.n_state(), result))?;
    }
    Ok(Box::new(Recurrent { sizes, cell, n_initial, result }))
}

/// The kernel of a cell, without initial states.
#[cfg(test)]
pub(crate) fn forward(sizes: Sizes, cell: Box<dyn Cell>, result: Format) -> Box<dyn Kernel> {
    Box::new(Recurrent { sizes, cell, n_initial: 0, result })
}

/// Number of states that are inputs, if the backend reads them.
pub(crate) fn n_initial(context: &Context<'_>, n_states: usize) -> Result<usize, KernelError> {
    if !context.state().is_set("pass_initial_states") {
        return Ok(0);
    }
    if context.is_stream() {
        let target = context.specialized.target;
        return Err(KernelError::unsupported(format!("hls4ml has no initial states for {target}")));
    }
    Ok(n_states)
}

/// C++ computes in the memory of initial states, which nobody else must read.
fn check_initial_state(
    context: &Context<'_>,
    number: usize,
    (n_state, format): (usize, Format),
) -> Result<(), KernelError> {
    let missing = || KernelError::unsupported("expected initial states as inputs, found none");
    let state = context.inputs.get(number).ok_or_else(missing)?;
    let name = context.state().inputs.get(number).ok_or_else(missing)?;
    if state.len() != n_state {
        return Err(unequal(
            &format!("an initial state of {n_state} elements"),
            format!("{:?}", state.shape),
        ));
    }
    same_type(&[("the result", format), ("an initial state", state.format)])?;
    let graph = context.specialized.graph;
    let reads = context.state().inputs.iter().filter(|input| *input == name).count();
    if graph.consumers(name).count() > 1 || reads > 1 || graph.outputs().contains(name) {
        return Err(KernelError::unsupported("hls4ml overwrites initial states, which others read, too"));
    }
    Ok(())
}

impl Kernel for Recurrent {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let Sizes { n_steps, n_in, has_sequence } = self.sizes;
        let input = io.inputs.get(0);
        let n_state = self.cell.n_state();
        let mut x = io.scratch.zeros(input.format(), n_in);
        let mut state = State::new(&*self.cell, self.result, io.scratch);
        for (number, initial) in
            [&mut state.hidden, &mut state.cell].into_iter().take(self.n_initial).enumerate()
        {
            initial.clear();
            initial.extend(io.inputs.get(number + 1).iter());
        }
        for step in 0..n_steps {
            for (j, place) in x.iter_mut().enumerate() {
                *place = input.get(step * n_in + j);
            }
            self.cell.step(&x, &mut state, log);
            if has_sequence || step + 1 == n_steps {
                let begin = if has_sequence { step * n_state } else { 0 };
                for (j, &value) in state.hidden.iter().enumerate() {
                    io.outputs[0].set(begin + j, value);
                }
            }
        }
        state.give_back(io.scratch);
        io.scratch.give_back(x);
    }

    fn fast(&self, inputs: &[Format]) -> Option<Box<dyn FastKernel>> {
        match inputs {
            [data] => self.sizes.fast(*data, &[&*self.cell]),
            _ => None,
        }
    }
}

/// An error if C++ types that a function wants to be equal are not.
pub(crate) fn same_type(types: &[(&str, Format)]) -> Result<(), KernelError> {
    if types.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        return Ok(());
    }
    let found: Vec<String> = types.iter().map(|(name, format)| format!("{name}: `{format}`")).collect();
    let found = found.join(", ");
    Err(KernelError::unsupported(format!(
        "hls4ml cannot compile this layer unless these types are equal: {found}"
    )))
}

/// An error if the types of two weights are not equal, where C++ takes both as the first one.
pub(crate) fn same_weight_type(context: &Context<'_>, weights: [&str; 2]) -> Result<(), KernelError> {
    let precision = |weight: &str| -> Result<_, KernelError> {
        Ok(context.specialized.types.precision(&context.weight_variable(weight)?.ty))
    };
    let (first, second) = (precision(weights[0])?, precision(weights[1])?);
    if first == second {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "hls4ml cannot compile this layer unless `{}` and `{}` have the same type, found `{first}` and `{second}`",
        weights[0], weights[1]
    )))
}

/// A function that recurrent layers apply: `relu`, `sigmoid` or `tanh`.
///
/// **Source:** `nnet_recr_activations.h`, `nnet_recurrent_activation.h` of Quartus.
pub(crate) fn activation(
    context: &Context<'_>,
    attribute: &str,
    (input, result): (Format, Slot),
) -> Result<Box<dyn Function>, KernelError> {
    let name = context.state().get(attribute).and_then(Attribute::as_str).unwrap_or_default();
    let name = match (name, context.vendor()) {
        ("tanh", Vendor::Quartus) => "dense_tanh",
        ("relu" | "sigmoid" | "tanh", _) => name,
        _ => {
            let expected = "`relu`, `sigmoid` or `tanh`";
            let reason = format!("`{attribute}`: hls4ml has {expected} for recurrent layers, found `{name}`");
            return Err(KernelError::unsupported(reason));
        }
    };
    function(name, &Signature::new(context, input, result)?.for_arrays())
}

/// What a matrix product of a recurrent layer is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sums<'n> {
    /// Name of the weights.
    pub(crate) weight: &'n str,
    /// Name of the bias, which the sums begin with.
    pub(crate) bias: &'n str,
    pub(crate) n_in: usize,
    pub(crate) n_out: usize,
    /// Type of what is multiplied by the weights.
    pub(crate) data: Format,
    /// The reuse factor that the function computes with.
    pub(crate) reuse_factor: usize,
    /// The reuse factor that the function is chosen by.
    pub(crate) choosing_factor: usize,
    pub(crate) accum: Slot,
}

impl Sums<'_> {
    /// The product as `nnet::dense` computes it.
    ///
    /// The product function is selected by the type of the layer's input, also for products of states.
    ///
    /// **Source:** `RecurrentConfigTemplate` of `recurrent_templates` of Vivado and Catapult, `GRUConfigTemplate` of
    /// Quartus.
    pub(crate) fn build(self, context: &Context<'_>) -> Result<MultiplyAccumulate, KernelError> {
        let vendor = context.vendor();
        let weight = context.weight_variable(self.weight)?;
        let input = &context.input()?.precision;
        let product = Product::select(vendor, (input, self.data), &weight.ty.precision);
        let weight_format =
            context.weights(self.weight)?.first().map_or(self.data, |weight| weight.value.format());
        let arithmetic = Arithmetic {
            product,
            final_cast: FinalCast::new(vendor, self.data, weight_format, self.n_in),
            rounds_products: true,
            accum: self.accum,
            result: self.accum,
        };
        let matrix = self.matrix(context)?;
        MultiplyAccumulate::of_weight(context, self.weight, context.weight(self.bias)?, (matrix, arithmetic))
    }

    fn matrix(&self, context: &Context<'_>) -> Result<Matrix, KernelError> {
        let strategy = if context.vendor() == Vendor::Quartus {
            "resource".to_owned()
        } else {
            context.text("strategy", "latency")
        };
        let natural = Matrix {
            n_in: self.n_in,
            n_out: self.n_out,
            is_depthwise: false,
            is_transposed: false,
            step: 1,
            skips_zeros: false,
        };
        match strategy.as_str() {
            "latency" => Ok(natural),
            "resource" => Ok(Matrix { is_transposed: true, step: self.step(context)?, ..natural }),
            "resource_unrolled" => {
                let step = self.step(context)?;
                Ok(Matrix { is_transposed: true, step, skips_zeros: true, ..natural })
            }
            _ => Err(KernelError::unsupported(format!(
                "hls4ml has no recurrent layers with the strategy `{strategy}`"
            ))),
        }
    }

    /// The distance of inputs whose products are added one after the other.
    fn step(&self, context: &Context<'_>) -> Result<usize, KernelError> {
        let (reuse_factor, n_in) = (self.reuse_factor.max(1), self.n_in.max(1));
        let is_small = reuse_factor <= n_in;
        let is_chosen_small = self.choosing_factor <= n_in;
        let is_vivado = !matches!(context.vendor(), Vendor::Quartus | Vendor::Catapult);
        let fits = match is_small {
            true => n_in % reuse_factor == 0,
            // other functions of Quartus and Catapult add in another order, which matters where sums saturate
            false => {
                reuse_factor % n_in == 0 || !is_vivado && self.accum.format.saturation == SaturationMode::Wrap
            }
        };
        if !fits || is_vivado && is_small != is_chosen_small {
            let (weight, n_out) = (self.weight, self.n_out);
            return Err(KernelError::unsupported(format!(
                "`{weight}`: hls4ml cannot multiply a matrix of {n_in} by {n_out} with the reuse factor {reuse_factor}"
            )));
        }
        Ok(if is_small { reuse_factor } else { 1 })
    }
}

impl<'n> Sums<'n> {
    /// The product of states that belongs to a product of inputs, with other weights and reuse factors.
    pub(crate) fn of_states(
        self,
        [weight, bias]: [&'n str; 2],
        (n_state, data): (usize, Format),
        [reuse_factor, choosing_factor]: [usize; 2],
    ) -> Self {
        Self { weight, bias, n_in: n_state, data, reuse_factor, choosing_factor, ..self }
    }
}
