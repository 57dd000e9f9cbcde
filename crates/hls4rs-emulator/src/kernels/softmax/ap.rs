//! Softmax of Vivado and Vitis.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{Attribute, Precision};

use super::{
    ArgMax, Normalizer, Slices, address_bits, element, implementation, sum_of, unknown_implementation,
};
use crate::context::Context;
use crate::error::KernelError;
use crate::fast::{Assign, softmax};
use crate::kernel::FastKernel;
use crate::kernels::tables::{DEFAULT_SIZE, single, table};
use crate::log::{Log, Slot};

pub(super) fn normalizer(context: &mut Context<'_>) -> Result<Box<dyn Normalizer>, KernelError> {
    check_name(context)?;
    Ok(match implementation(context) {
        "latency" => Box::new(Tables::new(context, false)?),
        "stable" => Box::new(Tables::new(context, true)?),
        "legacy" => Box::new(Legacy::new(context)?),
        "argmax" => Box::new(ArgMax { result: context.result_slot()? }),
        _ => return Err(unknown_implementation(context)),
    })
}

/// hls4ml writes a configuration with the name as it is, and calls the function with the one in lower case.
fn check_name(context: &Context<'_>) -> Result<(), KernelError> {
    let name = context.state().get("activation").and_then(Attribute::as_str).unwrap_or_default();
    if name == "softmax" {
        return Ok(());
    }
    let vendor = context.vendor();
    Err(KernelError::unsupported(format!(
        "`activation`: hls4ml cannot compile `{name}` for {vendor}, only `softmax`"
    )))
}

/// `latency` and `stable`: exponentials and the reciprocal of their sum from tables, addressed by the first bits.
///
/// **Formula:** `latency` takes the exponential of `x[i]`; `stable` that of `−d[i]` with `d[i] = max(x) − x[i]`.
///
/// **Precision:** `d` in `inp_norm_t`, which is the input's type without its sign where nothing else is given; the table in
/// `exp_table_t`, its elements and their sums in `accum_t`, the whole sum in `inv_inp_t`, its reciprocal in `inv_table_t`.
/// Tables are computed in `float` from the numbers that have zeros behind the address.
///
/// **Source:** `softmax_latency`, `softmax_stable` in `nnet_activation.h` of Vivado; `SoftmaxConfigTemplate` of
/// `hls4ml.backends.vivado.passes.core_templates`, which also computes a sum type `accum_t_str` that nobody uses.
#[derive(Debug)]
struct Tables {
    difference: Option<Slot>,
    exp: Addressed,
    accum: Slot,
    sum: Slot,
    inverse: Addressed,
    result: Slot,
}

/// A table addressed by the first bits of a number.
#[derive(Debug)]
struct Addressed {
    bits: u32,
    values: Vec<Fixed>,
}

impl Addressed {
    fn new(
        address: Format,
        size: usize,
        values: Format,
        real: impl Fn(f32) -> f32,
    ) -> Result<Self, KernelError> {
        let bits = address_bits(size);
        if bits > address.width {
            return Err(KernelError::unsupported(format!(
                "a table of {size} numbers cannot be addressed by numbers of the type `{address}`"
            )));
        }
        let value = |index: usize| {
            let number = Fixed::from_raw(index as u64, Format::uint(address.width));
            real(number.shift_left((address.width - bits).cast_signed()).reinterpret(address).to_f32())
        };
        Ok(Self { bits, values: table(size, values, |index| f64::from(value(index))) })
    }

    fn get(&self, x: Fixed, log: &mut Log) -> Fixed {
        let address = x.bits(x.format().width - self.bits, self.bits).raw().as_usize();
        element(&self.values, address, log)
    }
}

impl Tables {
    fn new(context: &mut Context<'_>, is_stable: bool) -> Result<Self, KernelError> {
        let input = context.input()?.clone();
        let table_size = context.size_or("table_size", DEFAULT_SIZE);
        let mut exp_size = context.size_or("exp_table_size", table_size);
        let inv_size = context.size_or("inv_table_size", table_size);
        let exp_type = context.format("exp_table_t")?;
        let sum = if context.state().named_type("inv_inp_t")?.name == DEFAULT_TYPE {
            exp_type
        } else {
            context.format("inv_inp_t")?
        };
        let mut difference = None;
        if is_stable {
            let format = if context.state().get("inp_norm_t").and_then(Attribute::as_type).is_some() {
                context.format("inp_norm_t")?
            } else {
                let (format, is_limited) = unsigned_part(&input.precision)?;
                if is_limited {
                    exp_size = inv_size.min(1usize.checked_shl(format.width).unwrap_or(usize::MAX));
                }
                format
            };
            difference = Some(context.slot("inp_norm", format));
        }
        let scale = context.state().get("exp_scale").and_then(Attribute::as_float).unwrap_or(1.0) as f32;
        let exp = |x: f32| if is_stable { (-(x * scale)).exp() } else { (x * scale).exp() };
        Ok(Self {
            exp: Addressed::new(
                difference.map_or(input.format, |slot| slot.format),
                exp_size,
                exp_type,
                exp,
            )?,
            difference,
            accum: context.type_slot("accum_t")?,
            sum: context.slot("inv_inp", sum),
            inverse: Addressed::new(sum, inv_size, context.format("inv_table_t")?, |x| 1.0 / x)?,
            result: context.result_slot()?,
        })
    }
}

/// Name of the types that are not configured.
const DEFAULT_TYPE: &str = "model_default_t";

/// The type of differences to the largest input: the input's without its sign; and whether it had one.
fn unsigned_part(input: &Precision) -> Result<(Format, bool), KernelError> {
    let format = Format::of(input);
    let format = format.filter(|format| format.width > u32::from(format.signed)).ok_or_else(|| {
        KernelError::unsupported(format!("expected an input of more bits than a sign, found `{input}`"))
    })?;
    let sign = u32::from(format.signed);
    Ok((Format::ufixed(format.width - sign, format.integer - sign.cast_signed()), format.signed))
}

impl Addressed {
    /// The table in the form of fast kernels, with its values assigned to a type.
    fn fast(&self, address: Format, values: Option<Format>) -> Option<softmax::Table> {
        let value = |value: &Fixed| values.map_or(*value, |format| value.cast(format)).raw_i64();
        let is_whole = self.values.len() == 1 << self.bits && address.width <= 62;
        is_whole.then(|| softmax::Table {
            shift: address.width - self.bits,
            values: self.values.iter().map(value).collect(),
        })
    }
}

impl Normalizer for Tables {
    fn fast(&self, slices: Slices, input: Format) -> Option<Box<dyn FastKernel>> {
        let accum = self.accum.format;
        let difference = match self.difference {
            Some(slot) => Some(Assign::new(input.difference(input), slot.format)?),
            None => None,
        };
        let address = self.difference.map_or(input, |slot| slot.format);
        let inverse = self.inverse.values.first()?.format();
        Some(Box::new(softmax::Softmax {
            slices: [slices.n_outer, slices.n_slice, slices.n_inner],
            difference,
            exp: self.exp.fast(address, Some(accum))?,
            accum: Assign::new(accum.sum(accum), accum)?,
            sum: Assign::new(accum, self.sum.format)?,
            inverse: self.inverse.fast(self.sum.format, None)?,
            result: Assign::new(accum.product(inverse), self.result.format)?,
        }))
    }

    fn run(&self, x: &[Fixed], y: &mut [Fixed], log: &mut Log) {
        let largest = x.iter().copied().reduce(Fixed::larger);
        for (x, y) in x.iter().zip(y.iter_mut()) {
            let address = match (self.difference, largest) {
                (Some(difference), Some(largest)) => difference.assign(largest - *x, log),
                _ => *x,
            };
            let exp = self.exp.get(address, log);
            *y = self.accum.assign(exp, log);
        }
        let sum = sum_of(y, self.accum, log);
        let sum = self.sum.assign(sum, log);
        let inverse = self.inverse.get(sum, log);
        for y in y {
            *y = self.result.assign(*y * inverse, log);
        }
    }
}

/// `legacy`: one table of `exp(x[j] − x[i])`, and one of the reciprocals of their sums from 0 to 64.
///
/// **Formula:** `y[i] = inverse[⌊s · size / 64⌋]` with `s = 1 + Σ_{j≠i} exp[⌊(x[j] − x[i]) · size / 16⌋ + size / 2]`, indices
/// clamped; quotients are truncated towards zero.
///
/// **Precision:** tables and sums are `ap_fixed<18,8>`, whatever the layer's types are. Arrays have tables of
/// `exp_table_size` and `inv_table_size`, streams of 1024.
///
/// **Source:** `softmax_legacy` in `nnet_activation.h`, `nnet_activation_stream.h` of Vivado.
#[derive(Debug)]
struct Legacy {
    exp: Vec<Fixed>,
    inverse: Vec<Fixed>,
    accum: Slot,
    result: Slot,
}

impl Legacy {
    fn new(context: &mut Context<'_>) -> Result<Self, KernelError> {
        let format = Format::fixed(18, 8);
        let table_size = context.size_or("table_size", DEFAULT_SIZE);
        let size = |name| {
            let size = if context.is_stream() { DEFAULT_SIZE } else { context.size_or(name, table_size) };
            size.max(1)
        };
        let (exp_size, inv_size) = (size("exp_table_size"), size("inv_table_size"));
        let exp = |index| f64::from(single::centered(index, exp_size, 8.0).exp());
        let inverse = |index| {
            let x = (64.0 * index as f64 / f64::from(inv_size as f32)) as f32;
            if x > 0.0 { 1.0 / f64::from(x) } else { 0.0 }
        };
        Ok(Self {
            exp: table(exp_size, format, exp),
            inverse: table(inv_size, format, inverse),
            accum: context.slot("accum", format),
            result: context.result_slot()?,
        })
    }
}

/// The element at an index, clamped.
fn clamped(table: &[Fixed], index: i32) -> Fixed {
    table[usize::try_from(index).unwrap_or(0).min(table.len() - 1)]
}

/// A number of elements as C++ multiplies with it.
fn count(table: &[Fixed]) -> Fixed {
    Fixed::uint(u32::try_from(table.len()).unwrap_or(u32::MAX))
}

impl Normalizer for Legacy {
    fn run(&self, x: &[Fixed], y: &mut [Fixed], log: &mut Log) {
        let (exp_size, inv_size) = (count(&self.exp), count(&self.inverse));
        let middle = (exp_size.to_int().cast_unsigned().wrapping_mul(8) / 16).cast_signed();
        for (i, y) in y.iter_mut().enumerate() {
            let mut sum = Fixed::zero(self.accum.format);
            for (j, &other) in x.iter().enumerate() {
                let exp = if i == j {
                    Fixed::int(1).cast(self.accum.format)
                } else {
                    let steps = (other - x[i]) * exp_size / Fixed::int(16);
                    clamped(&self.exp, steps.to_int().wrapping_add(middle))
                };
                sum = self.accum.assign(sum + exp, log);
            }
            let index = (sum * inv_size / Fixed::int(64)).to_int();
            *y = self.result.assign(clamped(&self.inverse, index), log);
        }
    }
}
