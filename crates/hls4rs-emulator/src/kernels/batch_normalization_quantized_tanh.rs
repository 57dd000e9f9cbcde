//! Batch normalization and step function in one.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;

use super::batch_normalization::Channels;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// **Formula:** with `quantize` 2, `y = 1 if x ≥ threshold else 0`, where 0 stands for −1; with 3,
/// `y = 1 if x > threshold_hi, −1 if x ≤ threshold_lo, else 0`.
///
/// **Source:** `normalize_binary_tanh`, `normalize_ternary_tanh` in `nnet_batchnorm.h`, `nnet_batchnorm_stream.h`.
#[derive(Debug)]
struct Step {
    thresholds: Thresholds,
    channels: Channels,
    result: Slot,
}

#[derive(Debug)]
enum Thresholds {
    Binary(Vec<Fixed>),
    Ternary { high: Vec<Fixed>, low: Vec<Fixed> },
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let channels = Channels::of(context)?;
    check_streams(context, channels)?;
    let thresholds = match context.size_or("quantize", 0) {
        2 => Thresholds::Binary(weight(context, channels, "threshold")?),
        3 => Thresholds::Ternary {
            high: weight(context, channels, "threshold_hi")?,
            low: weight(context, channels, "threshold_lo")?,
        },
        found => {
            return Err(KernelError::unsupported(format!("`quantize`: expected 2 or 3, found {found}")));
        }
    };
    Ok(Box::new(Step { thresholds, channels, result: context.result_slot()? }))
}

/// Thresholds, which C++ takes in the type of the input alone.
fn weight(context: &Context<'_>, channels: Channels, name: &str) -> Result<Vec<Fixed>, KernelError> {
    let values = context.weight(name)?;
    channels.check(name, values.len())?;
    let input = context.input()?.format;
    match values.first() {
        Some(first) if first.format() != input => Err(KernelError::unsupported(format!(
            "`{name}`: expected the type of the input, `{input}`, found `{}`",
            first.format()
        ))),
        _ => Ok(values),
    }
}

/// The streams of these functions pass as many numbers at once as there are thresholds; on Catapult, all of them.
fn check_streams(context: &Context<'_>, channels: Channels) -> Result<(), KernelError> {
    if !context.is_stream() {
        return Ok(());
    }
    let is_whole = channels.n_pack() == context.input()?.len();
    if channels.n_pack() == channels.len() && (is_whole || context.vendor() != Vendor::Catapult) {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "hls4ml cannot compile thresholds for streams that pass {} numbers at once for {}",
        channels.n_pack(),
        context.vendor()
    )))
}

impl Step {
    fn value(&self, x: Fixed, channel: usize) -> i32 {
        match &self.thresholds {
            Thresholds::Binary(threshold) => i32::from(x >= threshold[channel]),
            Thresholds::Ternary { high, .. } if x > high[channel] => 1,
            Thresholds::Ternary { low, .. } if x <= low[channel] => -1,
            Thresholds::Ternary { .. } => 0,
        }
    }
}

impl Kernel for Step {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        for (index, x) in io.input().iter().enumerate() {
            let y = self.value(x, self.channels.of_element(index));
            io.outputs[0].set(index, self.result.assign(Fixed::int(y), log));
        }
    }
}
