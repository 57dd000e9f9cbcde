//! Spiking neurons, which keep their potentials from one sample to the next.

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::Attribute;

use super::accumulate::check_length;
use super::stream;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// Neurons that add their inputs up, and spike where the sum reaches a threshold.
///
/// **Formula:** `m ← beta · m + x`; where `m ≥ threshold`, `y = 1`, and `m` becomes 0, or `m − threshold`; else `y = 0`.
/// After every `window_size` samples all `m` are 0, with 0 never.
///
/// **Precision:** `beta · m` and `x` are cast to `membrane_t`; so are their sum and `m − threshold`. The comparison is exact.
///
/// **Source:** `if_neuron` and `lif_neuron` in `nnet_snn.h` and `nnet_snn_stream.h` of hls4ml's development branch, 2026-06.
#[derive(Debug)]
struct Neurons {
    /// The share of its potential that each neuron keeps, where they leak.
    beta: Option<Vec<Fixed>>,
    threshold: Vec<Fixed>,
    subtracts: bool,
    window: Window,
    membrane: Slot,
    result: Slot,
}

/// Samples after which the state is zero again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window(pub(super) u32);

/// The format of counters.
pub(super) const UNSIGNED: Format = Format::uint(32);

/// Makes the kernel of neurons that leak.
pub(crate) fn leaky(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let beta = parameter(context, "beta")?;
    build(context, Some(beta))
}

/// Makes the kernel of neurons that do not leak.
pub(crate) fn plain(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    build(context, None)
}

fn build(context: &mut Context<'_>, beta: Option<Vec<Fixed>>) -> Result<Box<dyn Kernel>, KernelError> {
    check_target(context)?;
    let n_out = context.size("n_out")?;
    check_vector(context, n_out)?;
    if context.output()?.len() != n_out {
        return Err(KernelError::unsupported(format!(
            "expected {n_out} outputs, found the shape {:?}",
            context.output()?.shape
        )));
    }
    let subtracts = match context.text("reset_mechanism", "subtract").as_str() {
        "subtract" => true,
        "zero" => false,
        other => {
            return Err(KernelError::unsupported(format!(
                "`reset_mechanism`: expected `subtract` or `zero`, found `{other}`"
            )));
        }
    };
    Ok(Box::new(Neurons {
        beta,
        threshold: parameter(context, "threshold")?,
        subtracts,
        window: Window::of(context, 0),
        membrane: context.type_slot("membrane_t")?,
        result: context.result_slot()?,
    }))
}

/// An error unless hls4ml has spiking neurons for the backend.
pub(super) fn check_target(context: &Context<'_>) -> Result<(), KernelError> {
    if matches!(context.vendor(), Vendor::Vivado | Vendor::Vitis) {
        return Ok(());
    }
    let vendor = context.vendor();
    Err(KernelError::unsupported(format!("hls4ml has no spiking neurons for {vendor}")))
}

/// An error unless the input is one vector, of a stream one packet.
pub(super) fn check_vector(context: &Context<'_>, len: usize) -> Result<(), KernelError> {
    let input = context.input()?;
    if input.len() != len {
        return Err(KernelError::unsupported(format!(
            "expected {len} inputs, found the shape {:?}",
            input.shape
        )));
    }
    if context.is_stream() { stream::expect_packet(context, 0, len) } else { Ok(()) }
}

/// A parameter per neuron: its own, or the same number for all, which C++ has as a `float`.
fn parameter(context: &Context<'_>, name: &str) -> Result<Vec<Fixed>, KernelError> {
    let n_out = context.size("n_out")?;
    if context.text(&format!("{name}_mode"), "scalar") == "vector" {
        let vector = format!("{name}_vec");
        let values = context.weight(&vector)?;
        check_length(&vector, n_out, values.len())?;
        return Ok(values);
    }
    let format = context.format(&format!("{name}_t"))?;
    Ok(vec![Fixed::from_f32(number(context, name)?, format); n_out])
}

/// A number that C++ has as a `float`.
pub(super) fn number(context: &Context<'_>, name: &str) -> Result<f32, KernelError> {
    match context.state().get(name) {
        Some(Attribute::Float(number)) => Ok(*number as f32),
        Some(Attribute::Int(number)) => Ok(*number as f32),
        other => {
            let found = other.map_or("none", Attribute::describe);
            Err(KernelError::unsupported(format!("attribute `{name}`: expected a number, found {found}")))
        }
    }
}

impl Window {
    pub(super) fn of(context: &Context<'_>, default: usize) -> Self {
        Self(u32::try_from(context.size_or("window_size", default)).unwrap_or(u32::MAX))
    }

    /// Counts a sample, and says whether the window ends with it.
    pub(super) fn ends(self, samples: &mut Fixed) -> bool {
        let count = samples.raw().as_u32().wrapping_add(1);
        let ends = count >= self.0;
        *samples = Fixed::from_raw(if ends { 0 } else { count }, UNSIGNED);
        ends
    }
}

impl Kernel for Neurons {
    fn state(&self) -> Vec<Fixed> {
        let mut state = vec![Fixed::zero(self.membrane.format); self.threshold.len()];
        state.push(Fixed::zero(UNSIGNED));
        state
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        let Some((samples, potentials)) = io.state.split_last_mut() else { return };
        for (i, potential) in potentials.iter_mut().enumerate() {
            let kept = match &self.beta {
                Some(beta) => self.membrane.assign(beta[i] * *potential, log),
                None => *potential,
            };
            let added = self.membrane.assign(input.get(i), log);
            let mut sum = self.membrane.assign(kept + added, log);
            let spikes = sum >= self.threshold[i];
            if spikes && self.subtracts {
                sum = self.membrane.assign(sum - self.threshold[i], log);
            } else if spikes {
                sum = Fixed::zero(self.membrane.format);
            }
            *potential = sum;
            io.outputs[0].set(i, self.result.assign(Fixed::int(i32::from(spikes)), log));
        }
        if self.window.0 > 0 && self.window.ends(samples) {
            potentials.fill(Fixed::zero(self.membrane.format));
        }
    }
}
