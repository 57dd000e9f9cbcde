//! Layers whose products da4ml makes of sums.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;
use hls4rs_types::Attribute;

use super::contraction::Sizes;
use super::stream;
use super::support;
use super::windows::Windows;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};
use crate::logic::{self, Code, Logic, Matrix};

/// A layer that is one function of all its inputs.
///
/// **Precision:** the function loses nothing, but for quantizers of its inputs that hls4ml put into it; what it gives is
/// assigned to the result.
///
/// **Source:** `nnet_da_wrappers.h`; `DALatencyDenseTemplate` and `DACombinationalTemplate` of
/// `hls4ml.backends.vivado.passes.distributed_arithmetic`.
///
/// **Limits:** Vivado and Vitis.
#[derive(Debug)]
struct Whole {
    logic: Logic,
    result: Slot,
}

/// A convolution whose filters are one function of a window.
///
/// **Precision:** as for [`Whole`]. Pixels outside of the input are zeros.
///
/// **Source:** `conv1d_cl` and `conv2d_cl` of `nnet_da_wrappers.h`, `nnet_conv_stream.h`; `DALatencyConvTemplate` and
/// `add_kernel_wrapper` of `hls4ml.backends.vivado.passes.distributed_arithmetic`.
#[derive(Debug)]
struct Filters {
    windows: Windows,
    n_chan: usize,
    logic: Logic,
    result: Slot,
}

/// The numbers of a matrix, and of the biases.
type Weights = (Vec<f64>, Vec<f64>);

/// Whether the products of a layer are made by distributed arithmetic.
pub(crate) fn is_used(context: &Context<'_>) -> bool {
    context.text("strategy", "latency") == "distributed_arithmetic"
}

/// Makes the kernel of a matrix product.
pub(crate) fn dense(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let (n_in, n_out) = (context.size("n_in")?, context.size("n_out")?);
    support::check_sizes(context, n_in, n_out)?;
    if context.is_stream() && !n_in.is_multiple_of(stream::packet(context, 0)?) {
        return Err(KernelError::unsupported(
            "hls4ml's C++ does not read all of a stream whose packets do not fill the inputs",
        ));
    }
    let logic = of_layer(context, "dense_da", [n_in, n_out])?;
    Ok(Box::new(Whole { logic, result: context.result_slot()? }))
}

/// Makes the kernel of a layer of any kind that da4ml traced.
///
/// **Limits:** `io_parallel` only.
pub(crate) fn combinational(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    if context.is_stream() {
        return Err(KernelError::unsupported("hls4ml has such layers for io_parallel only"));
    }
    let sizes = [context.input()?.len(), context.output()?.len()];
    let logic = of_layer(context, "da_comblogic", sizes)?;
    Ok(Box::new(Whole { logic, result: context.result_slot()? }))
}

/// Makes the kernel of a convolution.
pub(crate) fn convolution(
    context: &mut Context<'_>,
    windows: Windows,
    (n_chan, n_filt): (usize, usize),
) -> Result<Box<dyn Kernel>, KernelError> {
    let logic = of_layer(context, "dense_da", [windows.size() * n_chan, n_filt])?;
    Ok(Box::new(Filters { windows, n_chan, logic, result: context.result_slot()? }))
}

/// The logic of a contraction for each step along the axes that both operands keep.
pub(crate) fn contraction(context: &Context<'_>, sizes: Sizes) -> Result<Vec<Logic>, KernelError> {
    let Sizes { n_free1, n_contract, n_inplace, .. } = sizes;
    let index = context.size("index")?;
    let bias = vec![0.0; n_free1];
    let weight = values(context, "weight")?;
    let code = code(context)?;
    let part = |step: usize| {
        let len = n_contract * n_free1;
        let part = weight.as_ref().and_then(|weight| weight.get(step * len..(step + 1) * len));
        part.map(|part| (part.to_vec(), bias.clone()))
    };
    let of_step = |step: usize| {
        let function = format!("einsum_{index}_da_{step}_of_{n_inplace}");
        of_function(context, code.as_ref(), &function, ([n_contract, n_free1], part(step)))
    };
    (0..n_inplace).map(of_step).collect()
}

/// The logic of a layer, which is called like the layer's number.
fn of_layer(context: &Context<'_>, name: &str, sizes: [usize; 2]) -> Result<Logic, KernelError> {
    let index = context.size("index")?;
    let weights = values(context, "weight")?.zip(values(context, "bias")?);
    of_function(context, code(context)?.as_ref(), &format!("{name}_{index}"), (sizes, weights))
}

/// The code that hls4ml has for a layer, if it has generated it.
fn code<'a>(context: &Context<'a>) -> Result<Option<Code<'a>>, KernelError> {
    if !matches!(context.vendor(), Vendor::Vivado | Vendor::Vitis) {
        let vendor = context.vendor();
        return Err(KernelError::unsupported(format!("hls4ml has no distributed arithmetic for {vendor}")));
    }
    let code = context.state().get("da_codegen").and_then(Attribute::as_source);
    Ok(code.map(|code| Code::read(&code.code)).transpose()?)
}

/// A function of the code; without code, the products with weights and biases, which were in the archive.
///
/// hls4ml generates the code before it specializes the types, and deletes the weights later where they are not needed any
/// more, so that an archive has one of both.
fn of_function(
    context: &Context<'_>,
    code: Option<&Code<'_>>,
    function: &str,
    (sizes, weights): ([usize; 2], Option<Weights>),
) -> Result<Logic, KernelError> {
    let logic = match (code, weights) {
        (Some(code), _) => Logic::Program(code.function(function)?),
        (None, Some((weight, bias))) => {
            if !are_kept(&weight) {
                return Err(KernelError::unsupported(
                    "expected generated code in `da_codegen`, since da4ml rounds weights of more than 24 bits, found none",
                ));
            }
            let matrix = Matrix::new(&weight, &bias, context.input()?.format);
            Logic::Matrix(matrix.ok_or_else(|| {
                KernelError::unsupported(
                    "expected weights whose exact sums have at most 255 bits, found others",
                )
            })?)
        }
        (None, None) => {
            return Err(KernelError::unsupported(
                "expected generated code in `da_codegen`, or the weights that it is generated from, found neither",
            ));
        }
    };
    if logic.sizes() == sizes {
        return Ok(logic);
    }
    Err(KernelError::unsupported(format!(
        "expected logic with {} inputs and {} outputs, found {:?}",
        sizes[0],
        sizes[1],
        logic.sizes()
    )))
}

/// Whether da4ml's sums are those of the weights: all are multiples of one power of two, of which the largest has up to 2²³.
///
/// **Source:** `da4ml.cmvm.solve`, da4ml 0.6, takes differences of columns in single precision.
fn are_kept(weight: &[f64]) -> bool {
    let most = weight.iter().fold(0f64, |most, weight| most.max(weight.abs()));
    let unit = (most.log2().ceil() - 23.0).exp2();
    most == 0.0 || weight.iter().all(|weight| (weight / unit).fract() == 0.0)
}

/// The numbers of a weight, as they are in the graph, if it is there.
fn values(context: &Context<'_>, name: &str) -> Result<Option<Vec<f64>>, KernelError> {
    let weight = context.state().get(name).and_then(Attribute::as_weight);
    Ok(weight.map(|weight| weight.data.iter_f64().map(Iterator::collect)).transpose()?)
}

impl Kernel for Whole {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        let [n_in, n_out] = self.logic.sizes();
        let mut data = io.scratch.zeros(input.format(), n_in);
        data.iter_mut().zip(input.iter()).for_each(|(place, value)| *place = value);
        let mut values = io.scratch.zeros(logic::ANY, 0);
        let mut outputs = io.scratch.zeros(logic::ANY, n_out);
        self.logic.run(&data, &mut values, &mut outputs, log);
        for (index, &output) in outputs.iter().enumerate() {
            io.outputs[0].set(index, self.result.assign(output, log));
        }
        for numbers in [data, values, outputs] {
            io.scratch.give_back(numbers);
        }
    }
}

impl Kernel for Filters {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        let zero = Fixed::zero(input.format());
        let [n_in, n_filt] = self.logic.sizes();
        let mut data = io.scratch.zeros(input.format(), n_in);
        let mut values = io.scratch.zeros(logic::ANY, 0);
        let mut outputs = io.scratch.zeros(logic::ANY, n_filt);
        for window in 0..self.windows.len() {
            for (offset, pixel) in self.windows.of(window).enumerate() {
                for channel in 0..self.n_chan {
                    let value = pixel.map_or(zero, |pixel| input.get(pixel * self.n_chan + channel));
                    data[offset * self.n_chan + channel] = value;
                }
            }
            self.logic.run(&data, &mut values, &mut outputs, log);
            for (filter, &output) in outputs.iter().enumerate() {
                io.outputs[0].set(window * n_filt + filter, self.result.assign(output, log));
            }
        }
        for numbers in [data, values, outputs] {
            io.scratch.give_back(numbers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_few_bits_are_kept() {
        assert!(are_kept(&[0.0, 0.0]) && are_kept(&[]));
        assert!(are_kept(&[8_388_608.0, -1.0, 0.0]) && are_kept(&[-4.0, 2f64.powi(-21)]));
        assert!(!are_kept(&[8_388_609.0, 0.5]) && !are_kept(&[4.0, 2f64.powi(-22)]));
        assert!(!are_kept(&[f64::from(2.333_955f32), f64::from(0.003_900_35f32)]));
    }
}
