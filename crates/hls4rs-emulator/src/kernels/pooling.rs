//! What all poolings have in common.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;

use super::reduce::{Place, Reduce};
use super::support;
use super::windows::{Axis, Windows};
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{Form, MaxPool};
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// The maximum or the mean over windows, channel by channel.
///
/// **Precision:** see [`Reduce::select`].
///
/// With arrays, Quartus and Catapult divide the sum by the size of the window. Then they multiply the result with the quotient
/// of the size, computed in the type of the data, and of the number of pixels that count. Where that type does not hold the
/// size, means are wrong, also without padding.
///
/// **Source:** `nnet_pooling.h`, `nnet_pooling_stream.h`.
#[derive(Debug)]
struct Pooling {
    windows: Windows,
    n_filt: usize,
    is_first: bool,
    padding: Fixed,
    reduce: Reduce,
    /// Per window, what the sum is divided by.
    divisors: Vec<u32>,
    /// Per window, what the result is multiplied with.
    factors: Option<Vec<Fixed>>,
    result: Slot,
}

/// Makes the kernel of a pooling over windows.
pub(crate) fn build_windows(
    context: &mut Context<'_>,
    rows: Axis,
    columns: Axis,
) -> Result<Box<dyn Kernel>, KernelError> {
    let vendor = support::templates(context)?;
    Axis::check_both(rows, columns)?;
    let n_filt = context.size("n_filt")?;
    support::check_sizes(
        context,
        rows.input * columns.input * n_filt,
        rows.output * columns.output * n_filt,
    )?;
    let is_1d = rows == Axis::NONE;
    let is_first = support::is_channels_first(context);
    if is_first && (is_1d || context.is_stream() || vendor == Vendor::Quartus) {
        return Err(KernelError::unsupported("hls4ml's C++ has no such pooling with channels first"));
    }
    let is_odd = is_first && support::is_like_vivado(vendor);
    for axis in [rows, columns] {
        check_axis(axis, is_odd)?;
    }
    if context.is_stream() {
        check_stream(context, vendor, [rows, columns], is_1d)?;
    }
    let windows = Windows::regular(rows, columns);
    let place = if context.is_stream() { Place::StreamWindow } else { Place::Array };
    let reduce = Reduce::select(context, place, windows.size())?;
    let counted = counted(context, &windows);
    if reduce.is_mean() && counted.contains(&0) {
        return Err(KernelError::unsupported("a window has no pixel of the input"));
    }
    let size = u32::try_from(windows.size()).unwrap_or(u32::MAX);
    let is_rescaled =
        place == Place::Array && reduce.is_mean() && (is_odd || !support::is_like_vivado(vendor));
    let factors = is_rescaled.then(|| {
        let sizes = if is_1d { vec![columns.kernel] } else { vec![rows.kernel, columns.kernel] };
        factors(context, vendor, &sizes, &counted)
    });
    let divisors = if place == Place::Array && !is_rescaled { counted } else { vec![size; windows.len()] };
    finish(context, Pooled { windows, n_filt, is_first, reduce, divisors, factors })
}

/// Makes the kernel of a pooling over all pixels.
pub(crate) fn build_global(context: &mut Context<'_>, pixels: usize) -> Result<Box<dyn Kernel>, KernelError> {
    let n_filt = context.size("n_filt")?;
    support::check_sizes(context, pixels * n_filt, n_filt)?;
    if support::is_channels_first(context) {
        return Err(KernelError::unsupported("hls4ml's C++ has no such pooling with channels first"));
    }
    if pixels == 0 {
        return Err(KernelError::unsupported("expected at least one pixel, found none"));
    }
    let place = if context.is_stream() { Place::WholeStream } else { Place::Array };
    let reduce = Reduce::select(context, place, pixels)?;
    let divisors = vec![u32::try_from(pixels).unwrap_or(u32::MAX)];
    let windows = Windows::whole(pixels);
    finish(context, Pooled { windows, n_filt, is_first: false, reduce, divisors, factors: None })
}

/// What a kernel is made from.
struct Pooled {
    windows: Windows,
    n_filt: usize,
    is_first: bool,
    reduce: Reduce,
    divisors: Vec<u32>,
    factors: Option<Vec<Fixed>>,
}

fn finish(context: &mut Context<'_>, pooled: Pooled) -> Result<Box<dyn Kernel>, KernelError> {
    let Pooled { windows, n_filt, is_first, reduce, divisors, factors } = pooled;
    let padding = reduce.padding(context.input()?.format);
    let result = context.result_slot()?;
    Ok(Box::new(Pooling { windows, n_filt, is_first, padding, reduce, divisors, factors, result }))
}

/// An error unless the pixels of the output are the windows that fit in the padded input.
///
/// Vivado and Vitis take the strides for the sizes of windows where channels are first.
fn check_axis(axis: Axis, is_odd: bool) -> Result<(), KernelError> {
    let windows = if is_odd { (axis.input + axis.before + axis.after) / axis.stride } else { axis.fitting() };
    if windows != axis.output {
        return Err(KernelError::unsupported(format!(
            "expected as many pixels as windows fit in the input, {windows}, found {}",
            axis.output
        )));
    }
    if is_odd && axis.stride != axis.kernel {
        return Err(KernelError::unsupported(
            "hls4ml's C++ with channels first wants strides as large as windows",
        ));
    }
    Ok(())
}

/// An error where C++ stops.
fn check_stream(
    context: &Context<'_>,
    vendor: Vendor,
    axes: [Axis; 2],
    is_1d: bool,
) -> Result<(), KernelError> {
    if axes.iter().any(|axis| axis.is_padded()) {
        return Err(KernelError::unsupported("hls4ml's C++ stops where a pooling of a stream has padding"));
    }
    let is_encoded = match context.text("implementation", "linebuffer").as_str() {
        "linebuffer" => false,
        "encoded" if vendor != Vendor::Vitis => true,
        _ if vendor == Vendor::Quartus => false,
        other => {
            return Err(KernelError::unsupported(format!(
                "no kernel is known for the implementation `{other}`"
            )));
        }
    };
    let may_overlap = is_1d && !is_encoded && vendor != Vendor::Quartus;
    if !may_overlap && axes.iter().any(|axis| axis.stride != axis.kernel) {
        return Err(KernelError::unsupported(
            "hls4ml's C++ stops where strides of a stream are not as large as windows",
        ));
    }
    Ok(())
}

/// Per window, the number of pixels that count.
fn counted(context: &Context<'_>, windows: &Windows) -> Vec<u32> {
    let counts_padding = context.state().bool("count_pad").unwrap_or(false);
    (0..windows.len())
        .map(|window| if counts_padding { windows.size() } else { windows.overlap(window) })
        .map(|count| u32::try_from(count).unwrap_or(u32::MAX))
        .collect()
}

/// Per window, the size divided by the number of pixels that count. Quartus does not assign the quotient to the data's type.
fn factors(context: &mut Context<'_>, vendor: Vendor, sizes: &[usize], counted: &[u32]) -> Vec<Fixed> {
    let Ok(data) = context.input().map(|input| input.format) else { return Vec::new() };
    let size = |&size: &usize| Fixed::uint(u32::try_from(size).unwrap_or(u32::MAX)).cast(data);
    let product = sizes.iter().map(size).reduce(|first, second| first * second).unwrap_or(Fixed::zero(data));
    let factor = |&count: &u32| {
        let quotient = product / Fixed::uint(count);
        if vendor == Vendor::Quartus { quotient } else { quotient.cast(data) }
    };
    counted.iter().map(factor).collect()
}

impl Kernel for Pooling {
    fn form(&self) -> Form<'_> {
        let is_plain = !self.is_first && self.factors.is_none() && !self.windows.has_padding();
        match (self.windows.form(self.n_filt), self.reduce.only_type()) {
            (Some(windows), Some(accum)) if is_plain => {
                Form::MaxPool(MaxPool { windows, accum, result: self.result.format })
            }
            _ => Form::Other,
        }
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        let pixels = input.len() / self.n_filt.max(1);
        let mut values = io.scratch.zeros(input.format(), self.windows.size());
        for window in 0..self.windows.len() {
            for channel in 0..self.n_filt {
                for (value, pixel) in values.iter_mut().zip(self.windows.of(window)) {
                    *value = pixel.map_or(self.padding, |pixel| {
                        input.get(if self.is_first {
                            channel * pixels + pixel
                        } else {
                            pixel * self.n_filt + channel
                        })
                    });
                }
                let value = self.reduce.of(&values, self.divisors[window], log);
                let mut result = self.result.assign(value, log);
                if let Some(factors) = &self.factors {
                    result = self.result.assign(result * factors[window], log);
                }
                let index = if self.is_first {
                    channel * self.windows.len() + window
                } else {
                    window * self.n_filt + channel
                };
                io.outputs[0].set(index, result);
            }
        }
        io.scratch.give_back(values);
    }
}
