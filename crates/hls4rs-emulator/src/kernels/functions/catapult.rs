//! Functions of Catapult that differ from those of the other backends.

use hls4rs_fixed::{Fixed, Format};

use super::plain::is_ac_fixed;
use super::{Function, Signature, ac_math};
use crate::error::KernelError;
use crate::kernels::tables::{SELU_ALPHA, SELU_SCALE};
use crate::log::{Log, Slot};

/// The function, if it is one of those that differ.
pub(super) fn function(
    name: &str,
    signature: &Signature<'_>,
) -> Result<Option<Box<dyn Function>>, KernelError> {
    if NEEDS_FIXED.contains(&name) && !is_ac_fixed(signature) {
        return Err(KernelError::unsupported(format!(
            "hls4ml cannot compile `{name}` for Catapult where input or output is an integer type"
        )));
    }
    let result = signature.result;
    Ok(Some(match name {
        "sigmoid" => Box::new(Sigmoid::new(signature)),
        "tanh" => Box::new(Tanh { tanh: ac_math::Tanh::new(), result }),
        "softplus" => Box::new(Softplus::new(signature)?),
        "softsign" => Box::new(Softsign::new(signature)),
        "elu" => Box::new(elu(signature)?),
        "selu" => Box::new(Selu::new(signature)),
        "hard_sigmoid" => Box::new(HardSigmoid::new(signature)),
        "hard_tanh" if !signature.is_stream => {
            let Some((slope, shift)) = signature.line else { return Ok(None) };
            Box::new(Line { slope, shift, result })
        }
        _ => return Ok(None),
    }))
}

/// Functions of `ac_math`, which take `ac_fixed` numbers only.
const NEEDS_FIXED: [&str; 7] = ["relu", "sigmoid", "tanh", "softplus", "softsign", "elu", "selu"];

/// The unsigned type with the modes of the result, in which `ac_math` gives values that are not negative.
fn unsigned(format: Format) -> Format {
    Format { signed: false, ..format }
}

/// **Formula:** `y = 1 / (1 + exp(−x))`, piecewise linear.
///
/// **Precision:** the argument is taken as a signed number of the same width, so that large unsigned ones become negative.
/// The value is assigned to the unsigned form of the result's type first.
///
/// **Source:** `ac_sigmoid_pwl_wrapper` in `nnet_activation.h` of Catapult.
#[derive(Debug)]
struct Sigmoid {
    sigmoid: ac_math::Sigmoid,
    input: Format,
    unsigned: Format,
    result: Slot,
}

impl Sigmoid {
    fn new(signature: &Signature<'_>) -> Self {
        Self {
            sigmoid: ac_math::Sigmoid::new(),
            input: Format { signed: true, ..signature.input },
            unsigned: unsigned(signature.result.format),
            result: signature.result,
        }
    }
}

impl Function for Sigmoid {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = self.sigmoid.of(x.cast(self.input)).cast(self.unsigned);
        self.result.assign(y, log)
    }
}

/// **Formula:** `y = tanh(x)`, piecewise linear.
#[derive(Debug)]
struct Tanh {
    tanh: ac_math::Tanh,
    result: Slot,
}

impl Function for Tanh {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        self.result.assign(self.tanh.of(x), log)
    }
}

/// **Formula:** `y = log(exp(x) + 1)`, both piecewise linear.
///
/// **Precision:** the exponential has the type that `ac_softplus_pwl` computes, the logarithm the unsigned form of the
/// result's.
#[derive(Debug)]
struct Softplus {
    exp: ac_math::Exp,
    exponential: Format,
    sum: Format,
    log: ac_math::Log,
    result: Slot,
}

impl Softplus {
    fn new(signature: &Signature<'_>) -> Result<Self, KernelError> {
        let exponential = ac_math::exponential_format(signature.input);
        let sum = Format::ufixed(exponential.width + 1, exponential.integer + 1);
        if sum.product(Format::fixed(17, 3)).is_too_wide() {
            let input = signature.input;
            return Err(KernelError::unsupported(format!(
                "`softplus` of numbers of the type `{input}` needs too many bits"
            )));
        }
        Ok(Self {
            exp: ac_math::Exp::new(signature.input),
            exponential,
            sum,
            log: ac_math::Log::new(sum, unsigned(signature.result.format)),
            result: signature.result,
        })
    }
}

impl Function for Softplus {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let sum = (self.exp.of(x, self.exponential) + Fixed::int(1)).cast(self.sum);
        self.result.assign(self.log.of(sum), log)
    }
}

/// **Formula:** `y = x / (|x| + 1)`, the reciprocal piecewise linear.
#[derive(Debug)]
struct Softsign {
    magnitude: Format,
    sum: Format,
    reciprocal: ac_math::Reciprocal,
    result: Slot,
}

impl Softsign {
    fn new(signature: &Signature<'_>) -> Self {
        let Format { width, integer, .. } = signature.input;
        let own = integer.abs();
        let total = if width.cast_signed() < own { width + own.cast_unsigned() } else { width };
        let sum = Format::ufixed(total + 1, own + 1);
        let fraction = width.saturating_sub(4).clamp(1, 10);
        let reciprocal = Format::new(fraction + 11, 1, signature.result.format.signed);
        Self {
            magnitude: Format::ufixed(width, integer),
            sum,
            reciprocal: ac_math::Reciprocal::new(sum, reciprocal),
            result: signature.result,
        }
    }
}

impl Function for Softsign {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let magnitude = if x.is_negative() { -x } else { x }.cast(self.magnitude);
        let sum = (magnitude + Fixed::int(1)).cast(self.sum);
        self.result.assign(x * self.reciprocal.of(sum), log)
    }
}

/// **Formula:** `y = x if x ≥ 0 else alpha · (exp(x) − 1)`, the exponential piecewise linear.
///
/// **Precision:** the exponential of a negative number is less than 1, so that the many integer bits that `ac_elu_pwl` gives
/// it do not matter.
///
/// **Source:** `ac_elu_pwl.h`.
#[derive(Debug)]
struct Elu {
    alpha: Fixed,
    exp: ac_math::Exp,
    exponential: Format,
    result: Slot,
}

impl Elu {
    fn new(signature: &Signature<'_>, alpha: Fixed) -> Self {
        let full = ac_math::exponential_format(signature.input);
        let integer = full.integer.min(2);
        let width = (full.fractional() + integer).cast_unsigned();
        Self {
            alpha,
            exp: ac_math::Exp::new(signature.input),
            exponential: Format::ufixed(width, integer),
            result: signature.result,
        }
    }

    fn value(&self, x: Fixed) -> Fixed {
        if !x.is_negative() {
            return x;
        }
        self.alpha * (self.exp.of(x, self.exponential) - Fixed::from_raw(1, Format::ufixed(1, 1)))
    }
}

impl Function for Elu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        self.result.assign(self.value(x), log)
    }
}

fn elu(signature: &Signature<'_>) -> Result<Elu, KernelError> {
    match signature.param {
        Some(alpha) if !alpha.format().is_int => Ok(Elu::new(signature, alpha)),
        Some(_) => Err(KernelError::unsupported(
            "hls4ml cannot compile `elu` for Catapult where the parameter is an integer type",
        )),
        None => Err(signature.unsupported("elu")),
    }
}

/// **Formula:** `y = lambda · x if x ≥ 0 else lambda · elu(x)`.
///
/// **Precision:** `lambda` and `alpha` have 20 fractional bits; the value of `elu` is assigned to the type of the result
/// first.
///
/// **Source:** `ac_selu_pwl.h`.
#[derive(Debug)]
struct Selu {
    lambda: Fixed,
    elu: Elu,
}

impl Selu {
    fn new(signature: &Signature<'_>) -> Self {
        let constant = |value| Fixed::from_f64(value, Format::ufixed(22, 2));
        Self { lambda: constant(SELU_SCALE), elu: Elu::new(signature, constant(SELU_ALPHA)) }
    }
}

impl Function for Selu {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let result = self.elu.result;
        let y = if x.is_negative() { result.assign(self.elu.value(x), log) } else { x };
        result.assign(self.lambda * y, log)
    }
}

/// **Formula:** `y = min(max(0.2 · x + 0.5, 0), 1)`, whatever slope and shift the layer has.
///
/// **Precision:** constants and value have the type of `x`.
///
/// **Source:** `hard_sigmoid` in `nnet_activation.h` of Catapult.
#[derive(Debug)]
struct HardSigmoid {
    slope: Fixed,
    shift: Fixed,
    input: Format,
    result: Slot,
}

impl HardSigmoid {
    fn new(signature: &Signature<'_>) -> Self {
        let input = signature.input;
        Self {
            slope: Fixed::from_f64(0.2, input),
            shift: Fixed::from_f64(0.5, input),
            input,
            result: signature.result,
        }
    }
}

impl Function for HardSigmoid {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = (self.slope * x + self.shift).cast(self.input);
        let y = if y > Fixed::int(1) {
            Fixed::int(1).cast(self.input)
        } else if y.is_negative() {
            Fixed::zero(self.input)
        } else {
            y
        };
        self.result.assign(y, log)
    }
}

/// **Formula:** `y = 2 · (slope · x + shift) − 1`: arrays are not limited, as hls4ml limits a variable that it does not use.
///
/// **Source:** `hard_tanh` in `nnet_activation.h` of Catapult.
#[derive(Debug)]
struct Line {
    slope: Fixed,
    shift: Fixed,
    result: Slot,
}

impl Function for Line {
    fn of(&self, x: Fixed, log: &mut Log) -> Fixed {
        let y = Fixed::int(2) * (self.slope * x + self.shift) - Fixed::int(1);
        self.result.assign(y, log)
    }
}
