//! Functions with tables of Vivado and Vitis.

use hls4rs_fixed::{Fixed, Format};

use super::{Function, Signature};
use crate::fast::lookup::Lookup;
use crate::kernels::tables::{SELU_SCALE, single, table};
use crate::log::{Log, Slot};

/// The function, if it is one of those with tables.
pub(super) fn function(name: &str, signature: &Signature<'_>) -> Option<Box<dyn Function>> {
    Some(match name {
        "sigmoid" => Box::new(Centered::new(signature, 8, single::sigmoid)),
        "tanh" => Box::new(Centered::new(signature, 4, f32::tanh)),
        "softplus" => Box::new(Centered::new(signature, 8, single::softplus)),
        "softsign" => Box::new(Centered::new(signature, 8, single::softsign)),
        "elu" => Box::new(Elu::new(signature)),
        "selu" => Box::new(Selu::new(signature)),
        _ => return None,
    })
}

/// A function read from a table of its values from `−range` to `range`.
///
/// **Formula:** `y = table[⌊x · table_size / (2 · range)⌋ + table_size / 2]`, the index clamped; the quotient is truncated
/// towards zero.
///
/// **Precision:** `table_t`, then the result.
///
/// **Source:** `sigmoid`, `tanh`, `softplus`, `softsign` in `nnet_activation.h`.
#[derive(Debug)]
struct Centered {
    size: u32,
    range: u32,
    table: Vec<Fixed>,
    result: Slot,
}

impl Centered {
    fn new(signature: &Signature<'_>, range: u32, real: fn(f32) -> f32) -> Self {
        let size = signature.table_size;
        let value = |index| f64::from(real(single::centered(index, size, range.into())));
        Self {
            size: size_of(signature),
            range,
            table: table(size, signature.table, value),
            result: signature.result,
        }
    }
}

impl Function for Centered {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let steps = x * Fixed::uint(self.size) / Fixed::int((2 * self.range).cast_signed());
        let middle = (self.range.wrapping_mul(self.size) / (2 * self.range)).cast_signed();
        let index = steps.to_int().wrapping_add(middle).max(0).cast_unsigned().min(self.size - 1);
        self.result.assign(self.table[index as usize], log)
    }

    fn lookup(&self, input: Format) -> Option<Lookup> {
        let fractional = u32::try_from(input.fractional()).ok()?;
        // nothing wraps on the way, neither in a quotient of that many bits, nor in an index of 32
        if input.is_int || input.width > MAX_BITS || fractional > MAX_BITS || self.size > MAX_SIZE {
            return None;
        }
        let result = self.result.format;
        Some(Lookup {
            multiplier: self.size.into(),
            shift: fractional + (2 * self.range).ilog2(),
            truncates: true,
            middle: (self.size / 2).into(),
            values: self.table.iter().map(|value| value.cast(result).raw_i64()).collect(),
        })
    }
}

/// Most bits of arguments that are read from tables by raw integers.
const MAX_BITS: u32 = 31;
/// Largest size of a table that is read by raw integers.
const MAX_SIZE: u32 = 1 << 12;

/// A function of negative numbers, read from a table of its values from 0 to −8.
#[derive(Debug)]
struct Negative {
    size: u32,
    table: Vec<Fixed>,
}

impl Negative {
    fn new(signature: &Signature<'_>, real: fn(f32) -> f32) -> Self {
        let size = signature.table_size;
        let value = |index| f64::from(real(single::negative(index, size)));
        Self { size: size_of(signature), table: table(size, signature.table, value) }
    }

    fn index(&self, x: Fixed) -> i32 {
        (x * Fixed::uint(self.size) / Fixed::int(-8)).to_int()
    }

    /// The element; C++ compares the index as an unsigned number, so that negative ones count as too large.
    fn get(&self, index: i32) -> Fixed {
        self.table[index.cast_unsigned().min(self.size - 1) as usize]
    }
}

/// **Formula:** `y = x if x ≥ 0 else alpha · table[−x · table_size / 8]`.
///
/// **Precision:** the table in `table_t`, the product is not rounded before it is assigned. Without a parameter, `alpha`
/// is an `ap_uint<1>`.
///
/// **Source:** `elu` in `nnet_activation.h`.
#[derive(Debug)]
struct Elu {
    alpha: Fixed,
    negative: Negative,
    result: Slot,
}

impl Elu {
    fn new(signature: &Signature<'_>) -> Self {
        let one = Fixed::from_raw(1, Format::uint(1));
        Self {
            alpha: signature.param.unwrap_or(one),
            negative: Negative::new(signature, single::elu),
            result: signature.result,
        }
    }
}

impl Function for Elu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = if x.is_negative() { self.alpha * self.negative.get(self.negative.index(x)) } else { x };
        self.result.assign(y, log)
    }
}

/// **Formula:** `y = lambda · x if x ≥ 0 else table[−x · table_size / 8]`.
///
/// **Precision:** `lambda` is an `ap_ufixed<16,1>`, for streams it has the type of `x`.
///
/// **Source:** `selu` in `nnet_activation.h`, `nnet_activation_stream.h`.
#[derive(Debug)]
struct Selu {
    lambda: Fixed,
    clamps_below: bool,
    negative: Negative,
    result: Slot,
}

impl Selu {
    fn new(signature: &Signature<'_>) -> Self {
        let is_stream = signature.is_stream;
        let lambda = if is_stream { signature.input } else { Format::ufixed(16, 1) };
        Self {
            lambda: Fixed::from_f64(SELU_SCALE, lambda),
            clamps_below: !is_stream,
            negative: Negative::new(signature, single::selu),
            result: signature.result,
        }
    }
}

impl Function for Selu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        if !x.is_negative() {
            return self.result.assign(self.lambda * x, log);
        }
        let index = self.negative.index(x);
        let index = if self.clamps_below { index.max(0) } else { index };
        self.result.assign(self.negative.get(index), log)
    }
}

fn size_of(signature: &Signature<'_>) -> u32 {
    u32::try_from(signature.table_size).unwrap_or(u32::MAX)
}

/// The sigmoid or the hyperbolic tangent, whose range is 4.
#[cfg(test)]
pub(super) fn centered(range: u32, size: usize, format: Format, result: Slot) -> Box<dyn Function> {
    let real = if range == 4 { f32::tanh } else { single::sigmoid };
    let value = |index| f64::from(real(single::centered(index, size, range.into())));
    Box::new(Centered { size: size as u32, range, table: table(size, format, value), result })
}
