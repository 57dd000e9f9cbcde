//! Fully connected layers.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;
use hls4rs_types::SaturationMode;

use super::accumulate::{Arithmetic, check_length};
use super::distributed_arithmetic;
use super::product::{FinalCast, Product, Weight};
use super::stream;
use crate::context::Context;
use crate::error::KernelError;
use crate::form::{Form, Linear, Windows};
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// A matrix product.
///
/// **Formula:** `y[j] = bias[j] + Σ_i x[i] · weight[i, j]`.
///
/// **Precision:** every product is assigned to `accum_t`, and every sum. In which order the products are added matters
/// where `accum_t` saturates: the resource strategy takes every `reuse_factor`-th one, beginning with the first, then with
/// the second, and so on.
///
/// With the strategy `resource_unrolled`, hls4ml generates no product for weights whose stored value is zero, also where a
/// stored zero stands for −1. Vitis does not use that code with `io_stream`.
///
/// **Source:** `nnet_dense_latency.h`, `nnet_dense_resource.h`, `nnet_dense_stream.h` of Vitis, `nnet_dense.h` of Quartus;
/// `GenerateUnrolledDenseResource` of `hls4ml.backends.vivado.passes.unrolled_codegen`.
#[derive(Debug)]
pub(crate) struct Dense {
    pub(crate) n_in: usize,
    pub(crate) n_out: usize,
    /// `[n_in, n_out]`.
    pub(crate) weight: Vec<Weight>,
    /// Which weights have a product.
    pub(crate) has_product: Vec<bool>,
    pub(crate) bias: Vec<Fixed>,
    pub(crate) product: Product,
    pub(crate) final_cast: FinalCast,
    /// The inputs in the order in which their products are added.
    pub(crate) order: Vec<usize>,
    pub(crate) accum: Slot,
    pub(crate) result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    if distributed_arithmetic::is_used(context) {
        return distributed_arithmetic::dense(context);
    }
    let (n_in, n_out) = (context.size("n_in")?, context.size("n_out")?);
    let input = context.input()?.clone();
    check_inputs(context, n_in, n_out)?;
    let layout = Layout::of(context, n_in, n_out)?;
    let variable = context.weight_variable("weight")?;
    let product = Product::select(context.vendor(), (&input.precision, input.format), &variable.ty.precision);
    let stored = context.weights("weight")?;
    let bias = context.weight("bias")?;
    check_length("weight", layout.len(), stored.len())?;
    check_length("bias", n_out, bias.len())?;
    let values: Vec<f64> = variable.data.iter_f64()?.collect();
    let weight_format = stored.first().map_or(input.format, |weight| weight.value.format());
    let places = (0..n_in * n_out).map(|index| layout.place(index / n_out, index % n_out));
    let is_used = |place: usize| !layout.skips_zeros || values.get(place) != Some(&0.0);
    let (weight, has_product) = places.map(|place| (stored[place], is_used(place))).unzip();
    let accum = context.type_slot("accum_t")?;
    if layout.is_compressed && accum.format.saturation != SaturationMode::Wrap {
        return Err(KernelError::unsupported("compressed weights need an accumulator that wraps"));
    }
    let final_cast = FinalCast::new(context.vendor(), input.format, weight_format, n_in);
    let result = context.result_slot()?;
    let arithmetic = Arithmetic { product, final_cast, rounds_products: true, accum, result };
    arithmetic.check(context, &stored, &bias)?;
    let order = layout.order();
    Ok(Box::new(Dense { n_in, n_out, weight, has_product, bias, product, final_cast, order, accum, result }))
}

/// An error if the layer cannot take its inputs from what it reads.
///
/// A layer reads the first `n_in` elements. There are more where hls4ml computed a larger shape than the source, as it
/// does behind convolutions with dilation; of a stream it reads whole packets.
fn check_inputs(context: &Context<'_>, n_in: usize, n_out: usize) -> Result<(), KernelError> {
    let (input, output) = (context.input()?, context.output()?);
    let reads_whole_packets =
        !context.is_stream() || input.len() == n_in || n_in.is_multiple_of(stream::packet(context, 0)?);
    if input.len() >= n_in && reads_whole_packets && output.len() == n_out {
        return Ok(());
    }
    Err(KernelError::unsupported(format!(
        "expected {n_in} inputs and {n_out} outputs, found the shapes {:?} and {:?}",
        input.shape, output.shape
    )))
}

/// Where weights are stored, and in which order they are used.
struct Layout {
    n_in: usize,
    n_out: usize,
    is_transposed: bool,
    is_compressed: bool,
    skips_zeros: bool,
    reuse_factor: usize,
    /// Quartus pads large matrices so that `reuse_factor` rows become a power of two.
    padded_reuse_factor: usize,
}

impl Layout {
    fn of(context: &Context<'_>, n_in: usize, n_out: usize) -> Result<Self, KernelError> {
        let strategy = context.text("strategy", "latency");
        let vendor = context.vendor();
        let reuse_factor = context.size_or("reuse_factor", 1).max(1);
        let is_compressed = strategy == "compressed";
        let natural = Self {
            n_in,
            n_out,
            is_transposed: false,
            is_compressed,
            skips_zeros: false,
            reuse_factor: n_in.max(1),
            padded_reuse_factor: n_in.max(1),
        };
        if is_compressed && vendor != Vendor::Quartus {
            return Err(KernelError::unsupported(format!(
                "hls4ml cannot compile compressed weights for {vendor}"
            )));
        }
        if vendor != Vendor::Quartus && strategy == "latency" || is_compressed {
            return Ok(natural);
        }
        if vendor != Vendor::Quartus && !["resource", "resource_unrolled"].contains(&strategy.as_str()) {
            return Err(KernelError::unsupported(format!(
                "no kernel is known for the strategy `{strategy}`"
            )));
        }
        let fits = n_in.is_multiple_of(reuse_factor) || reuse_factor.is_multiple_of(n_in);
        if !fits || !(n_in * n_out).is_multiple_of(reuse_factor) {
            return Err(KernelError::unsupported(format!(
                "`reuse_factor`: {reuse_factor} does not divide a matrix of {n_in} by {n_out} into equal parts"
            )));
        }
        let is_unrolled = strategy == "resource_unrolled";
        Ok(Self {
            is_transposed: true,
            skips_zeros: is_unrolled && !(vendor == Vendor::Vitis && context.is_stream()),
            reuse_factor,
            padded_reuse_factor: reuse_factor + context.size_or("rfpad", 0),
            ..natural
        })
    }

    /// Number of stored weights.
    fn len(&self) -> usize {
        if self.n_in == 0 || self.n_out == 0 { 0 } else { self.place(self.n_in - 1, self.n_out - 1) + 1 }
    }

    /// Where the weight of an input and an output is stored.
    fn place(&self, i: usize, j: usize) -> usize {
        if !self.is_transposed {
            return i * self.n_out + j;
        }
        let place = j * self.n_in + i;
        place / self.reuse_factor * self.padded_reuse_factor + place % self.reuse_factor
    }

    /// The inputs in the order in which their products are added.
    fn order(&self) -> Vec<usize> {
        let step = self.reuse_factor.min(self.n_in).max(1);
        (0..step).flat_map(|first| (first..self.n_in).step_by(step)).collect()
    }
}

impl Kernel for Dense {
    fn form(&self) -> Form<'_> {
        if self.product != Product::Mult || !self.final_cast.is_none() {
            return Form::Other;
        }
        Form::Linear(Linear {
            windows: Windows::whole(self.n_in),
            weight: self.weight.iter().map(|weight| weight.value).collect(),
            bias: &self.bias,
            accum: self.accum.format,
            result: self.result.format,
        })
    }

    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let input = io.input();
        for j in 0..self.n_out {
            let mut sum = self.accum.assign(self.bias[j], log);
            for &i in &self.order {
                if !self.has_product[i * self.n_out + j] {
                    continue;
                }
                let weight = self.weight[i * self.n_out + j];
                let product = self.accum.assign(self.product.of(input.get(i), weight), log);
                sum = self.accum.assign(sum + product, log);
            }
            io.outputs[0].set(j, self.result.assign(self.final_cast.of(sum), log));
        }
    }
}
