//! Normalization with the statistics of each step.

use hls4rs_backend::Vendor;
use hls4rs_fixed::Fixed;

use super::product::{Product, Weight};
use super::tables::table;
use crate::context::Context;
use crate::error::KernelError;
use crate::kernel::{Io, Kernel};
use crate::log::{Log, Slot};

/// **Formula:** per step `y[i] = (x[i] − m) · r · scale[i] + bias[i]` with the mean `m`, the variance `v` and
/// `r = table[⌊v · table_size · 2^table_range_power2⌋]`, the index clamped; the table holds
/// `1 / sqrt(v + 10^−epsilon_power_of_10)`.
///
/// **Precision:** sums, squares, mean, variance and `1 / d` in `accum_t`, the table in `table_t`; the last expression is
/// not rounded before the result is assigned. Mean and variance use the product that is chosen for input and scale.
///
/// **Source:** `nnet_layernorm.h` of Vivado; the other backends and streams have none.
#[derive(Debug)]
struct LayerNormalization {
    scale: Vec<Fixed>,
    bias: Vec<Fixed>,
    product: Product,
    /// One by the number of elements of a step.
    inverse: Weight,
    table_size: Fixed,
    range: Fixed,
    table: Vec<Fixed>,
    accum: Slot,
    result: Slot,
}

/// Makes the kernel.
pub(crate) fn build(context: &mut Context<'_>) -> Result<Box<dyn Kernel>, KernelError> {
    let vendor = context.vendor();
    let is_vivado = matches!(vendor, Vendor::Vivado | Vendor::VivadoAccelerator | Vendor::Vitis);
    if !is_vivado || context.is_stream() {
        return Err(KernelError::unsupported(format!(
            "hls4ml has no layer normalization for {}",
            context.specialized.target
        )));
    }
    let input = context.input()?.clone();
    let seq_len = context.size("seq_len")?.max(1);
    let (scale, bias) = (context.weight("scale")?, context.weight("bias")?);
    let dim = input.len() / seq_len;
    if dim * seq_len != input.len() || scale.len() != dim || bias.len() != dim {
        return Err(KernelError::unsupported(format!(
            "expected {seq_len} steps of {} elements, found the shape {:?}",
            scale.len(),
            input.shape
        )));
    }
    let variable = context.weight_variable("scale")?;
    let product = Product::select(vendor, (&input.precision, input.format), &variable.ty.precision);
    if matches!(product, Product::WeightExponential(..)) {
        return Err(KernelError::unsupported("hls4ml cannot compile a scale of powers of two"));
    }
    let table = Table::of(context)?;
    let accum = context.type_slot("accum_t")?;
    Ok(Box::new(LayerNormalization {
        scale,
        bias,
        product,
        inverse: Fixed::from_f64(1.0 / dim as f64, accum.format).into(),
        table_size: Fixed::uint(u32::try_from(table.values.len()).unwrap_or(u32::MAX)),
        range: Fixed::int(1i32.wrapping_shl(table.range_power)),
        table: table.values,
        accum,
        result: context.result_slot()?,
    }))
}

/// The table of inverse square roots.
struct Table {
    values: Vec<Fixed>,
    range_power: u32,
}

impl Table {
    fn of(context: &Context<'_>) -> Result<Self, KernelError> {
        let size = context.size_or("table_size", DEFAULT_SIZE).max(1);
        let power = |name, default| i32::try_from(context.size_or(name, default)).unwrap_or(i32::MAX);
        let (epsilon, range) = (power("epsilon_power_of_10", 3), power("table_range_power2", 0));
        let least = 10f64.powf(-f64::from(epsilon)) as f32;
        let step = 2f64.powi(-range) as f32 / size as f32;
        let value = |index: usize| 1.0 / f64::from((least + step * index as f32).sqrt());
        Ok(Self {
            values: table(size, context.format("table_t")?, value),
            range_power: range.cast_unsigned(),
        })
    }
}

/// Size of the table where nothing is said.
const DEFAULT_SIZE: usize = 4096;

impl LayerNormalization {
    fn sum_of(&self, values: impl Iterator<Item = Fixed>, log: &mut Log) -> Fixed {
        let mut sum = Fixed::zero(self.accum.format);
        for value in values {
            let value = self.accum.assign(value, log);
            sum = self.accum.assign(sum + value, log);
        }
        sum
    }

    fn mean_of(&self, sum: Fixed, log: &mut Log) -> Fixed {
        self.accum.assign(self.product.of(sum, self.inverse), log)
    }

    fn inverse_deviation(&self, variance: Fixed) -> Fixed {
        let index = (variance * self.table_size * self.range).to_int().max(0);
        let last = self.table.len() - 1;
        self.table[usize::try_from(index).map_or(last, |index| index.min(last))]
    }
}

impl Kernel for LayerNormalization {
    fn run(&self, io: &mut Io<'_>, log: &mut Log) {
        let (input, dim) = (io.input(), self.scale.len());
        let mut differences = io.scratch.zeros(self.accum.format, dim);
        for start in (0..input.len()).step_by(dim.max(1)) {
            let sum = self.sum_of((0..dim).map(|i| input.get(start + i)), log);
            let mean = self.mean_of(sum, log);
            for (i, difference) in differences.iter_mut().enumerate() {
                let value = self.accum.assign(input.get(start + i), log);
                *difference = self.accum.assign(value - mean, log);
            }
            let sum = self.sum_of(differences.iter().map(|&difference| difference * difference), log);
            let factor = self.inverse_deviation(self.mean_of(sum, log));
            for (i, &difference) in differences.iter().enumerate() {
                let y = difference * factor * self.scale[i] + self.bias[i];
                io.outputs[0].set(start + i, self.result.assign(y, log));
            }
        }
        io.scratch.give_back(differences);
    }
}
