//! Functions with tables of Quartus.
//!
//! The tables are headers that hls4ml's writer fills with `double` numbers, one per function and model. Indices are not
//! checked: with an argument of exactly the table's range, arrays are read one element behind the table of the layer.
//! Where that is outside of the header's table, the result depends on what the program has there;
//! [`Log::is_undefined`] is set then.

use hls4rs_fixed::{Fixed, Format};

use super::{Function, Signature};
use crate::error::KernelError;
use crate::kernels::tables::{SELU_ALPHA, SELU_SCALE, table, written_size};
use crate::log::{Log, Slot};

/// The function, if it is one of those with tables.
pub(super) fn function(
    name: &str,
    signature: &Signature<'_>,
) -> Result<Option<Box<dyn Function>>, KernelError> {
    Ok(Some(match name {
        "sigmoid" => Box::new(Symmetric::new(signature, Shape::Sigmoid)),
        "dense_tanh" => Box::new(Symmetric::new(signature, Shape::Tanh)),
        "softsign" => Box::new(Symmetric::new(signature, Shape::Softsign)),
        "softplus" => Box::new(Softplus::new(signature)),
        "elu" => Box::new(Elu::new(signature)),
        "selu" => Box::new(Selu::new(signature)),
        _ => return Ok(None),
    }))
}

/// A number's integer part as a C++ `int`, truncated towards −∞.
///
/// **Source:** `ac_fixed::to_int`.
fn to_int(x: Fixed) -> i32 {
    x.cast(Format::fixed(32, 32)).raw().as_i32()
}

/// An `ac_int<16>`.
fn int16(index: i32) -> i32 {
    i32::from(index as i16)
}

/// A table of the writer, read with the size that the layer gives.
#[derive(Debug)]
struct Written {
    size: i32,
    values: Vec<Fixed>,
}

impl Written {
    fn new(signature: &Signature<'_>, name: &str, value: impl Fn(f64, f64) -> f64) -> Self {
        let written = written_size(signature.specialized, name);
        let value = |index| value(index as f64, written as f64);
        Self {
            size: i32::try_from(signature.table_size).unwrap_or(i32::MAX),
            values: table(written, signature.table, value),
        }
    }

    fn get(&self, index: i32, log: &mut Log) -> Fixed {
        let found = usize::try_from(index).ok().and_then(|index| self.values.get(index));
        found.copied().unwrap_or_else(|| {
            log.is_undefined = true;
            self.values.first().copied().unwrap_or(Fixed::int(0))
        })
    }
}

/// Functions whose table covers positive arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Sigmoid,
    Tanh,
    Softsign,
}

impl Shape {
    fn range(self) -> i32 {
        if self == Self::Tanh { 4 } else { 8 }
    }

    fn table_name(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Softsign => "softsign",
        }
    }

    fn real(self, x: f64) -> f64 {
        match self {
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Tanh => x.tanh(),
            Self::Softsign => x / (x.abs() + 1.0),
        }
    }
}

/// A function read from a table of its values at the centers of `table_size` steps from 0 to `range`.
///
/// **Formula:** with `t = table[⌊|x| · table_size / range⌋]`, the last element beyond `range`: `y = t` for positive numbers,
/// `1 − t` (sigmoid) or `−t` for negative ones. Streams count 0 as negative for sigmoid and tanh.
///
/// **Precision:** `|x|` in the type of `x`, where the least value of a wrapping type has no counterpart. For arrays and
/// softsign, `t` is assigned to the type of the result first.
///
/// **Source:** `sigmoid`, `dense_tanh`, `softsign` in `nnet_activation.h`, `nnet_activation_stream.h` of Quartus.
#[derive(Debug)]
struct Symmetric {
    shape: Shape,
    is_stream: bool,
    table: Written,
    result: Slot,
}

impl Symmetric {
    fn new(signature: &Signature<'_>, shape: Shape) -> Self {
        let range = f64::from(shape.range());
        let value = |index, size: f64| shape.real(index * range / size + range / (size * 2.0) + 0.0);
        Self {
            shape,
            is_stream: signature.is_stream && shape != Shape::Softsign,
            table: Written::new(signature, shape.table_name(), value),
            result: signature.result,
        }
    }

    fn index(&self, magnitude: Fixed) -> i32 {
        let (size, range) = (self.table.size, self.shape.range());
        if magnitude > Fixed::int(range) {
            let last = size - 1;
            return if self.has_long_index() { last } else { int16(last) };
        }
        if self.shape == Shape::Softsign {
            return int16(to_int(magnitude * Fixed::uint(size.cast_unsigned()) / Fixed::int(range)));
        }
        let index = to_int(magnitude * Fixed::uint((size / range).cast_unsigned()));
        if self.has_long_index() { index } else { int16(index) }
    }

    /// Whether the index is an `int`, not an `ac_int<16>`.
    fn has_long_index(&self) -> bool {
        self.is_stream || self.shape == Shape::Sigmoid
    }
}

impl Function for Symmetric {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let magnitude = if x.is_negative() { (-x).cast(x.format()) } else { x };
        let value = self.table.get(self.index(magnitude), log);
        let value = if self.is_stream { value } else { self.result.assign(value, log) };
        let is_positive = if self.is_stream { x > Fixed::int(0) } else { !x.is_negative() };
        let value = match self.shape {
            _ if is_positive => value,
            Shape::Sigmoid => Fixed::int(1) - value,
            Shape::Tanh | Shape::Softsign => -value,
        };
        self.result.assign(value, log)
    }
}

/// **Formula:** `y = table[⌊x · table_size / 16⌋ + table_size / 2]`, the index clamped.
///
/// **Precision:** for arrays, index and quotient have 16 bits.
///
/// **Source:** `softplus` in `nnet_activation.h`, `nnet_activation_stream.h` of Quartus.
#[derive(Debug)]
struct Softplus {
    is_stream: bool,
    table: Written,
    result: Slot,
}

impl Softplus {
    fn new(signature: &Signature<'_>) -> Self {
        let value = |index: f64, size: f64| ((2.0 * 8.0 * (index - size / 2.0) / size).exp() + 1.0).ln();
        Self {
            is_stream: signature.is_stream,
            table: Written::new(signature, "softplus", value),
            result: signature.result,
        }
    }
}

impl Function for Softplus {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let size = self.table.size;
        let steps = to_int(x * Fixed::uint(size.cast_unsigned()) / Fixed::int(16));
        let middle = size.wrapping_mul(8) / 16;
        let index = if self.is_stream {
            steps.wrapping_add(middle)
        } else {
            int16(int16(steps).wrapping_add(middle))
        };
        let index = index.max(0).min(size - 1);
        self.result.assign(self.table.get(index, log), log)
    }
}

/// A function of negative numbers, read from a table of its values from 0 to −8.
#[derive(Debug)]
struct Negative {
    is_stream: bool,
    table: Written,
}

impl Negative {
    fn new(signature: &Signature<'_>, name: &str, real: impl Fn(f64) -> f64) -> Self {
        let value = |index, size| real(-8.0 * index / size);
        Self { is_stream: signature.is_stream, table: Written::new(signature, name, value) }
    }

    /// The element. For arrays the index has 16 bits, and is not limited below.
    fn get(&self, x: Fixed, log: &mut Log) -> Fixed {
        let size = self.table.size;
        let index = to_int(x * Fixed::uint(size.cast_unsigned()) / Fixed::int(-8));
        let index = if self.is_stream {
            if index < 0 { size - 1 } else { index.min(size - 1) }
        } else {
            int16(int16(index).min(size - 1))
        };
        self.table.get(index, log)
    }
}

/// **Formula:** `y = x if x ≥ 0 else alpha · table[−x · table_size / 8]`.
///
/// **Precision:** the product is not rounded before it is assigned. Without a parameter, `alpha` is an unsigned bit.
///
/// **Source:** `elu` in `nnet_activation.h`, `nnet_activation_stream.h` of Quartus.
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
            negative: Negative::new(signature, "elu", |x| x.exp() - 1.0),
            result: signature.result,
        }
    }
}

impl Function for Elu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = if x.is_negative() { self.alpha * self.negative.get(x, log) } else { x };
        self.result.assign(y, log)
    }
}

/// **Formula:** `y = lambda · x if x ≥ 0 else table[−x · table_size / 8]`.
///
/// **Precision:** `lambda` has the type of the result, for streams that of `x`.
///
/// **Source:** `selu` in `nnet_activation.h`, `nnet_activation_stream.h` of Quartus.
#[derive(Debug)]
struct Selu {
    lambda: Fixed,
    negative: Negative,
    result: Slot,
}

impl Selu {
    fn new(signature: &Signature<'_>) -> Self {
        let format = if signature.is_stream { signature.input } else { signature.result.format };
        let real = |x: f64| SELU_SCALE * (SELU_ALPHA * (x.exp() - 1.0));
        Self {
            lambda: Fixed::from_f64(SELU_SCALE, format),
            negative: Negative::new(signature, "selu", real),
            result: signature.result,
        }
    }
}

impl Function for Selu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = if x.is_negative() { self.negative.get(x, log) } else { self.lambda * x };
        self.result.assign(y, log)
    }
}
