//! Softmax.

mod ap;
mod catapult;
mod quartus;

use std::fmt::Debug;

use hls4rs_backend::Vendor;
use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::Attribute;

use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{FastKernel, Io, Kernel};
use crate::log::{Log, Slot};

/// **Formula:** `y[i] = exp(x[i]) / Σ_j exp(x[j])` over slices of the tensor, by one of the implementations:
/// `latency` reads `exp` and the reciprocal of the sum from tables, `stable` takes the largest element from `x` before,
/// `legacy` sums `exp(x[j] − x[i])` for each `i`, `argmax` gives 1 to the first of the largest elements and 0 to the others.
///
/// For arrays of several dimensions the slices are what `n_outer` and `n_inner` say (all elements are one slice where
/// neither is set), for streams the last dimension.
///
/// **Source:** `nnet_activation.h`, `nnet_activation_stream.h`, `SoftmaxConfigTemplate` of the backends, hls4ml 1.3.0.
#[derive(Debug)]
struct Softmax {
    slices: Slices,
    normalizer: Box<dyn Normalizer>,
}

/// The softmax of one slice.
trait Normalizer: Debug + Send + Sync {
    /// Computes `y`, which has the length of `x`.
    fn run(&self, x: &[Fixed], y: &mut [Fixed], log: &mut Log);

    /// A faster form for all slices of a tensor of the format, if there is one.
    fn fast(&self, _slices: Slices, _input: Format) -> Option<Box<dyn FastKernel>> {
        None
    }
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    super::activation::check_sizes(context)?;
    let vendor = context.vendor();
    let slices = Slices::of(context)?;
    let normalizer = match vendor {
        Vendor::Quartus => quartus::normalizer(context, slices)?,
        Vendor::Catapult => catapult::normalizer(context, slices)?,
        Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis => ap::normalizer(context)?,
        Vendor::OneApi | Vendor::Libero => return Err(super::support::unknown(vendor)),
    };
    Ok(Box::new(Softmax { slices, normalizer }))
}

impl Kernel for Softmax {
    fn fast(&self, inputs: &[Format]) -> Option<Box<dyn FastKernel>> {
        self.normalizer.fast(self.slices, *inputs.first()?)
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        let Slices { n_outer, n_slice, n_inner } = self.slices;
        let mut x = io.scratch.zeros(input.format(), n_slice);
        let mut y = io.scratch.zeros(io.outputs[0].format, n_slice);
        for outer in 0..n_outer {
            for inner in 0..n_inner {
                let place = |j: usize| (outer * n_slice + j) * n_inner + inner;
                x.iter_mut().enumerate().for_each(|(j, x)| *x = input.get(place(j)));
                self.normalizer.run(&x, &mut y, log);
                y.iter().enumerate().for_each(|(j, &y)| io.outputs[0].set(place(j), y));
            }
        }
        io.scratch.give_back(x);
        io.scratch.give_back(y);
    }
}

/// How the tensor is cut: `[n_outer, n_slice, n_inner]`.
#[derive(Debug, Clone, Copy)]
struct Slices {
    n_outer: usize,
    n_slice: usize,
    n_inner: usize,
}

impl Slices {
    fn of(context: &Context<'_>) -> Result<Self, KernelError> {
        let input = context.input()?;
        let n_in = input.len();
        let slices = if context.is_stream() {
            let n_slice = input.shape.last().copied().unwrap_or(1);
            Self { n_outer: n_in / n_slice.max(1), n_slice, n_inner: 1 }
        } else if matches!(context.vendor(), Vendor::Quartus | Vendor::Catapult) {
            Self { n_outer: 1, n_slice: n_in, n_inner: 1 }
        } else {
            let (n_outer, n_inner) = (context.size_or("n_outer", 1), context.size_or("n_inner", 1));
            Self { n_outer, n_slice: n_in / n_inner.max(1) / n_outer.max(1), n_inner }
        };
        check_axis(context)?;
        if n_in == 0 || slices.n_outer * slices.n_slice * slices.n_inner != n_in {
            return Err(KernelError::unsupported(format!(
                "expected slices that make up all {n_in} elements, found {slices:?}"
            )));
        }
        Ok(slices)
    }
}

/// Streams of Vivado abort unless the axis is the last one by its negative number.
fn check_axis(context: &Context<'_>) -> Result<(), KernelError> {
    let axis = context.state().get("axis").and_then(Attribute::as_int);
    let is_checked = context.is_stream() && !matches!(context.vendor(), Vendor::Quartus | Vendor::Catapult);
    if !is_checked || axis == Some(-1) {
        return Ok(());
    }
    Err(KernelError::unsupported("hls4ml computes a softmax of streams along the axis −1 only"))
}

/// The name of the implementation.
fn implementation<'a>(context: &Context<'a>) -> &'a str {
    context.state().get("implementation").and_then(Attribute::as_str).unwrap_or("stable")
}

fn unknown_implementation(context: &Context<'_>) -> KernelError {
    let (name, vendor) = (implementation(context), context.vendor());
    KernelError::unsupported(format!("hls4ml has no softmax `{name}` for {vendor}"))
}

/// Bits that address a table, as C++ computes them: at least 1.
///
/// **Source:** `nnet::ceillog2` in `nnet_helpers.h`.
fn address_bits(table_size: usize) -> u32 {
    if table_size <= 2 { 1 } else { 1 + address_bits(table_size.div_ceil(2)) }
}

/// The sum of a balanced tree: the first half is the largest power of two that leaves something for the second one.
///
/// **Precision:** every sum is assigned to the type of the slot.
///
/// **Source:** `nnet::reduce` in `nnet_common.h`.
fn sum_of(values: &[Fixed], slot: Slot, log: &mut Log) -> Fixed {
    match values {
        [] => Fixed::zero(slot.format),
        [value] => *value,
        [first, second] => slot.assign(*first + *second, log),
        _ => {
            let (left, right) = values.split_at(1 << (values.len() - 1).ilog2());
            let sum = sum_of(left, slot, log) + sum_of(right, slot, log);
            slot.assign(sum, log)
        }
    }
}

/// An element of a table that C++ reads without a check.
fn element(table: &[Fixed], index: usize, log: &mut Log) -> Fixed {
    table.get(index).copied().unwrap_or_else(|| {
        log.is_undefined = true;
        table.first().copied().unwrap_or(Fixed::int(0))
    })
}

/// `argmax`: 1 for the first of the largest elements.
#[derive(Debug)]
struct ArgMax {
    result: Slot,
}

impl Normalizer for ArgMax {
    fn run(&self, x: &[Fixed], y: &mut [Fixed], log: &mut Log) {
        let mut best = 0;
        for (index, value) in x.iter().enumerate() {
            if *value > x[best] {
                best = index;
            }
        }
        for (index, y) in y.iter_mut().enumerate() {
            *y = self.result.assign(Fixed::int(i32::from(index == best)), log);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_as_many_bits_as_in_cpp() {
        let sizes = [1, 2, 3, 4, 5, 1023, 1024, 1025];
        assert_eq!(sizes.map(address_bits), [1, 1, 2, 2, 3, 10, 10, 11]);
    }
}
