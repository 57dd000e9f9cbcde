//! Softmax of Quartus.

use hls4rs_fixed::{Fixed, Format};
use hls4rs_types::{Precision, RoundingMode, SaturationMode};

use super::{
    ArgMax, Normalizer, Slices, address_bits, element, implementation, sum_of, unknown_implementation,
};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernels::tables::{DEFAULT_SIZE, table, written_size};
use crate::log::{Log, Slot};

pub(super) fn normalizer(
    context: &mut Context<'_>,
    slices: Slices,
) -> Result<Box<dyn Normalizer>, KernelError> {
    if !context.is_stream() && context.input()?.shape.len() != 1 {
        return Err(KernelError::unsupported(
            "hls4ml has no softmax of arrays of several dimensions for Quartus",
        ));
    }
    let addresses = Addresses::of(context)?;
    Ok(match implementation(context) {
        "latency" => {
            let n_in = context.input()?.len();
            if context.is_stream() && slices.n_slice != n_in {
                return Err(KernelError::unsupported(format!(
                    "the softmax `latency` of Quartus sums {n_in} numbers (`n_in`) of streams that pass {} at once",
                    slices.n_slice
                )));
            }
            Box::new(Tables::new(context, &addresses, false)?)
        }
        "stable" => Box::new(Tables::new(context, &addresses, true)?),
        "legacy" => Box::new(Legacy::new(context)?),
        "argmax" => Box::new(ArgMax { result: context.result_slot()? }),
        _ => return Err(unknown_implementation(context)),
    })
}

/// Type of the elements of all tables: hls4ml does not say the configured one, so that the default of C++ holds.
///
/// **Source:** `activ_config` in `nnet_activation.h` of Quartus; `softmax_config_template`.
const TABLE: Format = Format::fixed(16, 8);

/// The numbers that address the tables. One table serves the whole model; its types are those of the layer that is called
/// `softmax`, or fixed ones if none is.
///
/// **Source:** `__write_exp_table`, `__write_invert_table` and their variants of `hls4ml.writer.quartus_writer`.
struct Addresses {
    size: usize,
    exp: Format,
    inverse: Format,
}

impl Addresses {
    fn of(context: &Context<'_>) -> Result<Self, KernelError> {
        let mut addresses = Self {
            size: written_size(context.specialized, "softmax"),
            exp: Format::fixed(16, 6),
            inverse: Format::fixed(18, 8),
        };
        for (name, layer) in context.specialized.graph.layers() {
            if name != "softmax" {
                continue;
            }
            let state = layer.state();
            let input = state.inputs.first().and_then(|input| {
                let found =
                    context.specialized.graph.layers().find_map(|(_, layer)| layer.state().variable(input));
                found.map(|variable| variable.ty.precision)
            });
            let sum = state.named_type("exp_table_t").ok().map(|named| named.precision);
            addresses.exp = signed(input, addresses.exp)?;
            addresses.inverse = signed(sum, addresses.inverse)?;
        }
        Ok(addresses)
    }
}

/// The format of a precision, which must have a sign.
fn signed(precision: Option<Precision>, default: Format) -> Result<Format, KernelError> {
    let Some(format) = precision.as_ref().and_then(Format::of) else { return Ok(default) };
    if format.signed && format.integer >= 1 {
        return Ok(format);
    }
    Err(KernelError::unsupported(format!(
        "hls4ml writes tables for a softmax of signed numbers with integer bits, found `{format}`"
    )))
}

/// `latency` and `stable`: exponentials and the reciprocal of their sum from tables.
///
/// **Formula:** `latency` addresses the table of exponentials by the first bits of `x[i]`; `stable` by the bits behind the
/// sign of `d[i] = x[i] − max(x)`, where 0 means 1 unless the number is zero.
///
/// **Precision:** `d` is rounded and saturated to the type of `x`. Elements have the type `ac_fixed<16,8>`, and are assigned
/// to `exp_table_t`, as their sums are; the reciprocal to `inv_table_t`.
///
/// **Source:** `softmax_latency`, `softmax_stable` in `nnet_activation.h` of Quartus.
#[derive(Debug)]
struct Tables {
    difference: Option<Slot>,
    input: Format,
    bits: u32,
    exp: Vec<Fixed>,
    inverse: Vec<Fixed>,
    accum: Slot,
    reciprocal: Slot,
    result: Slot,
}

impl Tables {
    fn new(context: &mut Context<'_>, addresses: &Addresses, is_stable: bool) -> Result<Self, KernelError> {
        let input = context.input()?.format;
        let bits = address_bits(context.size_or("table_size", DEFAULT_SIZE));
        let sum = context.format("exp_table_t")?;
        let needed = bits + u32::from(is_stable);
        if needed > input.width || needed > sum.width {
            return Err(KernelError::unsupported(format!(
                "tables of 2^{bits} numbers cannot be addressed by numbers of the types `{input}` and `{sum}`"
            )));
        }
        let difference = is_stable.then(|| {
            let format = Format::fixed(input.width, input.integer);
            context.slot("inp_norm", format.with_modes(RoundingMode::Rnd, SaturationMode::Sat))
        });
        let exp = |index| {
            rounded(real(index, addresses.size, addresses.exp, is_stable.then_some(index != 0)).exp())
        };
        let inverse = |index| {
            let x = real(index, addresses.size, addresses.inverse, is_stable.then_some(false));
            rounded(if x == 0.0 { f64::MAX } else { 1.0 / x })
        };
        Ok(Self {
            difference,
            input,
            bits,
            exp: table(addresses.size, TABLE, exp),
            inverse: table(addresses.size, TABLE, inverse),
            accum: context.slot("exp_table", sum),
            reciprocal: context.type_slot("inv_table_t")?,
            result: context.result_slot()?,
        })
    }

    fn address(&self, x: Fixed) -> usize {
        let low = x.format().width - self.bits;
        if self.difference.is_none() {
            return x.bits(low, self.bits).raw().as_usize();
        }
        let address = x.bits(low - 1, self.bits).raw().as_usize();
        if address == 0 && !x.is_zero() { 1 } else { address }
    }
}

/// The number whose first bits are an index, behind a sign if there is one.
///
/// **Source:** `uint_to_binary`, `FixedPointEmulator` of `hls4ml.utils.fixed_point_utils`.
fn real(index: usize, size: usize, format: Format, sign: Option<bool>) -> f64 {
    let bits = size.max(1).ilog2();
    // an index of more bits than the table needs keeps them all
    let bits = bits.max(usize::BITS - index.leading_zeros());
    let (bits, index) = match sign {
        None => (bits, index),
        Some(sign) => (bits + 1, index | usize::from(sign) << bits),
    };
    let shift = format.width.cast_signed() - bits.cast_signed();
    let raw = if shift >= 0 { (index as u64) << shift.min(63) } else { (index as u64) >> (-shift).min(63) };
    Fixed::from_raw(raw, format).to_f64()
}

/// The number as Python's `round` gives it, with 12 digits.
fn rounded(value: f64) -> f64 {
    if value.is_infinite() {
        return f64::MAX;
    }
    format!("{value:.12}").parse().unwrap_or(value)
}

impl Normalizer for Tables {
    fn run(&self, x: &[Fixed], y: &mut [Fixed], log: &mut Log) {
        let largest = x.iter().copied().reduce(Fixed::larger);
        for (x, y) in x.iter().zip(y.iter_mut()) {
            let address = match (self.difference, largest) {
                (Some(slot), Some(largest)) => slot.assign(*x - largest, log).cast(self.input),
                _ => *x,
            };
            let exp = element(&self.exp, self.address(address), log);
            *y = self.accum.assign(exp, log);
        }
        let sum = sum_of(y, self.accum, log);
        let inverse = element(&self.inverse, self.address(sum), log);
        let inverse = self.reciprocal.assign(inverse, log);
        for y in y {
            *y = self.result.assign(*y * inverse, log);
        }
    }
}

/// `legacy`: one table of `exp(x[j] − x[i])`, and one of the reciprocals of their sums from 0 to 64.
///
/// **Precision:** elements have the type `ac_fixed<16,8>`. Arrays round `x` to steps of the table first, and sum in
/// `exp_table_t`; streams round differences, and sum in the type of the elements.
///
/// **Source:** `softmax_legacy` in `nnet_activation.h`, `nnet_activation_stream.h` of Quartus.
#[derive(Debug)]
struct Legacy {
    is_stream: bool,
    size: u32,
    exp: Vec<Fixed>,
    inverse: Vec<Fixed>,
    accum: Slot,
    result: Slot,
}

impl Legacy {
    fn new(context: &mut Context<'_>) -> Result<Self, KernelError> {
        let written = written_size(context.specialized, "softmax");
        let size = written as f64;
        let exp = |index: usize| (2.0 * 8.0 * (index as f64 - size / 2.0) / size).exp();
        let inverse = |index: usize| if index == 0 { 0.0 } else { 1.0 / (64.0 * index as f64 / size) };
        let is_stream = context.is_stream();
        let accum = if is_stream { TABLE } else { context.format("exp_table_t")? };
        Ok(Self {
            is_stream,
            size: u32::try_from(context.size_or("table_size", DEFAULT_SIZE).max(1)).unwrap_or(u32::MAX),
            exp: table(written, TABLE, exp),
            inverse: table(written, TABLE, inverse),
            accum: context.slot("exp_table", accum),
            result: context.result_slot()?,
        })
    }

    fn steps(&self, x: Fixed) -> i32 {
        floor(x * Fixed::uint(self.size) / Fixed::int(16))
    }

    fn clamped(&self, table: &[Fixed], index: i32, log: &mut Log) -> Fixed {
        element(table, index.max(0).cast_unsigned().min(self.size - 1) as usize, log)
    }
}

/// A number's integer part as a C++ `int`, truncated towards −∞.
fn floor(x: Fixed) -> i32 {
    x.cast(Format::fixed(32, 32)).raw().as_i32()
}

impl Normalizer for Legacy {
    fn run(&self, x: &[Fixed], y: &mut [Fixed], log: &mut Log) {
        let middle = (self.size.wrapping_mul(8) / 16).cast_signed();
        for (i, y) in y.iter_mut().enumerate() {
            let mut sum = Fixed::zero(self.accum.format);
            for (j, &other) in x.iter().enumerate() {
                let exp = if i == j {
                    Fixed::int(1)
                } else {
                    let steps = if self.is_stream {
                        self.steps(other - x[i])
                    } else {
                        self.steps(other).wrapping_sub(self.steps(x[i]))
                    };
                    let exp = self.clamped(&self.exp, steps.wrapping_add(middle), log);
                    self.accum.assign(exp, log)
                };
                sum = self.accum.assign(sum + exp, log);
            }
            let index = floor(sum * Fixed::uint(self.size) / Fixed::int(64));
            *y = self.result.assign(self.clamped(&self.inverse, index, log), log);
        }
    }
}
