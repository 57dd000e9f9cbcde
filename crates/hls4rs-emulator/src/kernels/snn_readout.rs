//! Decisions from spikes, or from potentials.

use hls4rs_fixed::Fixed;

use super::spiking::{UNSIGNED, Window, check_target, check_vector, number};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// The class that spiked most so far, or the one with the highest potential.
///
/// **Formula:** with `spike`, `c ← c + 1` for each input that is not zero, and `y` is the class of the largest `c`, or, with
/// a rule that has a threshold, the first class whose `c` reaches it, if one does. With `membrane`, `m ← beta · m + x`, and
/// `y` is the class of the largest `m`. Of equal classes the first one counts. With `binary_logit`, `y` is the difference of
/// the second class and the first one. After every `window_size` samples all `c` and `m` are 0.
///
/// **Precision:** `beta` in `membrane_t`, `beta · m` and `x` cast to it, and their sum.
///
/// **Source:** `snn_readout` in `nnet_snn.h` and `nnet_snn_stream.h` of hls4ml's development branch, 2026-06.
///
/// **Limits:** `io_stream` only: without, C++ asks the type of the result for the type of its elements, and does not compile.
/// `state_reset_policy` has no effect.
#[derive(Debug)]
struct Readout {
    n_classes: usize,
    counts: Counts,
    is_difference: bool,
    window: Window,
    result: Slot,
}

/// What is counted for each class.
#[derive(Debug)]
enum Counts {
    /// Spikes; the number that decides, if there is one.
    Spikes(Option<u32>),
    /// The sum of inputs, of which a share is kept from sample to sample.
    Potentials(Fixed, Slot),
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    check_target(context)?;
    if !context.is_stream() {
        return Err(KernelError::unsupported(
            "hls4ml cannot compile this layer with io_parallel: its function wants a result that is a packet",
        ));
    }
    let n_classes = context.size("n_classes")?;
    check_vector(context, n_classes)?;
    let rule = context.text("decision_rule", "argmax_spike_count");
    let is_difference = rule == "binary_logit";
    if context.output()?.len() != 1 || n_classes == 0 || is_difference && n_classes < 2 {
        return Err(KernelError::unsupported(format!(
            "expected classes to decide between and one output, found {n_classes} and the shape {:?}",
            context.output()?.shape
        )));
    }
    let counts = match context.text("output_mode", "spike").as_str() {
        "spike" => Counts::Spikes(threshold(context, &rule)?),
        "membrane" => {
            let membrane = context.type_slot("membrane_t")?;
            Counts::Potentials(Fixed::from_f32(number(context, "beta")?, membrane.format), membrane)
        }
        other => {
            return Err(KernelError::unsupported(format!(
                "`output_mode`: expected `spike` or `membrane`, found `{other}`"
            )));
        }
    };
    let window = Window::of(context, 1);
    Ok(Box::new(Readout { n_classes, counts, is_difference, window, result: context.result_slot()? }))
}

/// The number of spikes that decides, if the rule has one.
fn threshold(context: &Context<'_>, rule: &str) -> Result<Option<u32>, KernelError> {
    match rule {
        "argmax_spike_count" | "binary_logit" | "argmax_membrane" => Ok(None),
        "first_to_threshold" | "threshold_then_argmax" => {
            Ok(Some(u32::try_from(context.size_or("class_threshold", 1)).unwrap_or(u32::MAX)))
        }
        other => Err(KernelError::unsupported(format!("`decision_rule`: no rule is known as `{other}`"))),
    }
}

impl Counts {
    /// What a class has at first.
    fn zero(&self) -> Fixed {
        match self {
            Self::Spikes(_) => Fixed::zero(UNSIGNED),
            Self::Potentials(_, membrane) => Fixed::zero(membrane.format),
        }
    }

    /// What a class has after one more input.
    fn add(&self, count: Fixed, input: Fixed, log: &mut Log) -> Fixed {
        match self {
            Self::Spikes(_) if input.is_zero() => count,
            Self::Spikes(_) => Fixed::from_raw(count.raw() + 1, UNSIGNED),
            Self::Potentials(beta, membrane) => {
                let kept = membrane.assign(*beta * count, log);
                let added = membrane.assign(input, log);
                membrane.assign(kept + added, log)
            }
        }
    }
}

impl Readout {
    /// The class that has most, or the first that has enough.
    fn decide(&self, counts: &[Fixed]) -> u32 {
        let enough = match self.counts {
            Counts::Spikes(Some(threshold)) => {
                counts.iter().position(|count| count.raw().as_u32() >= threshold)
            }
            _ => None,
        };
        let most = || {
            let mut best = 0;
            for (class, count) in counts.iter().enumerate() {
                if *count > counts[best] {
                    best = class;
                }
            }
            best
        };
        u32::try_from(enough.unwrap_or_else(most)).unwrap_or(u32::MAX)
    }
}

impl Kernel for Readout {
    fn state(&self) -> Vec<Fixed> {
        let mut state = vec![self.counts.zero(); self.n_classes];
        state.push(Fixed::zero(UNSIGNED));
        state
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        let Some((samples, counts)) = io.state.split_last_mut() else { return };
        for (class, count) in counts.iter_mut().enumerate() {
            *count = self.counts.add(*count, input.get(class), log);
        }
        let decision = match counts {
            [first, second, ..] if self.is_difference => *second - *first,
            _ => Fixed::uint(self.decide(counts)),
        };
        io.outputs[0].set(0, self.result.assign(decision, log));
        if self.window.ends(samples) {
            counts.fill(self.counts.zero());
        }
    }
}
