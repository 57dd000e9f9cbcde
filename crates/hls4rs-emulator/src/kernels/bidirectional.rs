//! Two recurrent layers that read a sequence from both ends.

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format};

use super::gru::Gru;
use super::lstm::Lstm;
use super::recurrent::{Cell, Sizes, State, same_type};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{FastKernel, Io, Kernel};
use crate::log::Log;

/// Two recurrent layers, one of which reads the sequence backward; the outputs of every step are joined.
///
/// **Source:** `bidirectional_stack` in `nnet_recurrent.h`, `BidirectionalConfigTemplate` of
/// `hls4ml.backends.vivado.passes.recurrent_templates`.
#[derive(Debug)]
struct Bidirectional {
    sizes: Sizes,
    /// Forward and backward.
    cells: [Box<dyn Cell>; 2],
    result: Format,
}

/// Makes the kernel.
///
/// **Limits:** Vivado and Vitis only, with `io_parallel`. hls4ml ignores `merge_mode`: where it is not `concat`, C++ writes
/// beyond the output. An LSTM that is not static needs one type for input, result and accumulator.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let is_vivado = matches!(context.vendor(), Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis);
    if !is_vivado || context.is_stream() {
        let target = context.specialized.target;
        return Err(KernelError::unsupported(format!("hls4ml has no bidirectional layers for {target}")));
    }
    if context.state().is_set("pass_initial_states") {
        return Err(KernelError::unsupported("hls4ml has no initial states for bidirectional layers"));
    }
    let cells = [cell(context, "forward")?, cell(context, "backward")?];
    let n_out = cells.iter().map(|cell| cell.n_state()).sum();
    let sizes = Sizes::of(context, n_out)?;
    Ok(Box::new(Bidirectional { sizes, cells, result: context.output()?.format }))
}

/// The cell of a direction.
///
/// The first product has the reuse factor of the whole layer, but its function is chosen by that of the direction.
fn cell(context: &mut Context<'_>, direction: &str) -> Result<Box<dyn Cell>, KernelError> {
    let class = context.state().str(&format!("{direction}_class_name"))?;
    let n_state = context.size(&format!("{direction}_n_states"))?;
    let prefix = format!("{direction}_");
    let factor = context.size_or("reuse_factor", 1);
    let choosing_factor = context.size_or(&format!("{prefix}reuse_factor"), factor);
    let recurrent_factor = context.size_or(&format!("{prefix}recurrent_reuse_factor"), factor);
    let factors = [factor, choosing_factor, recurrent_factor, recurrent_factor];
    if context.text("strategy", "latency") == "resource_unrolled" {
        return Err(KernelError::unsupported("hls4ml cannot unroll bidirectional layers"));
    }
    match class {
        "LSTM" => {
            if !context.state().is_set("static") {
                let types =
                    [("the input", context.input()?.format), ("the result", context.output()?.format)];
                same_type(&[types[0], types[1], ("`accum_t`", context.format("accum_t")?)])?;
            }
            Ok(Box::new(Lstm::new(context, &prefix, n_state, factors)?))
        }
        "GRU" => Ok(Box::new(Gru::new(context, &prefix, n_state, factors)?)),
        _ => {
            Err(KernelError::unsupported(format!("hls4ml has no bidirectional layers of the kind `{class}`")))
        }
    }
}

impl Kernel for Bidirectional {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let Sizes { n_steps, n_in, has_sequence } = self.sizes;
        let input = io.inputs.get(0);
        let mut x: Vec<Fixed> = io.scratch.zeros(input.format(), n_in);
        let n_out: usize = self.cells.iter().map(|cell| cell.n_state()).sum();
        let mut first = 0;
        for (direction, cell) in self.cells.iter().enumerate() {
            let mut state = State::new(&**cell, self.result, io.scratch);
            for step in 0..n_steps {
                let step = if direction == 0 { step } else { n_steps - 1 - step };
                for (j, place) in x.iter_mut().enumerate() {
                    *place = input.get(step * n_in + j);
                }
                cell.step(&x, &mut state, log);
                // without a sequence, the last step is what remains
                let begin = if has_sequence { step * n_out } else { 0 };
                for (j, &value) in state.hidden.iter().enumerate() {
                    io.outputs[0].set(begin + first + j, value);
                }
            }
            first += cell.n_state();
            state.give_back(io.scratch);
        }
        io.scratch.give_back(x);
    }

    fn fast(&self, inputs: &[Format]) -> Option<Box<dyn FastKernel>> {
        let [forward, backward] = &self.cells;
        self.sizes.fast(*inputs.first()?, &[&**forward, &**backward])
    }
}
