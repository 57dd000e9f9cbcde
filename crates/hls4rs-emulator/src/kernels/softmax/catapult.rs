//! Softmax of Catapult.

use hls4rs_fixed::{Fixed, Format};

use super::{Normalizer, Slices, implementation, unknown_implementation};
use crate::context::Context;
use crate::error::KernelError;
use crate::kernels::functions::ac_math::{Exp, Reciprocal};
use crate::log::{Log, Slot};

/// `ac_softmax_pwl`: exponentials and the reciprocal of their sum by segments, whatever implementation is asked for.
///
/// **Precision:** exponentials have as many integer bits as the largest one needs; sum and reciprocal as many more as the
/// library computes. The product is assigned to the unsigned form of the result's type first.
///
/// **Source:** `ac_softmax_pwl.h`; `ac_softmax_pwl_wrapper` in `nnet_activation.h` of Catapult.
///
/// **Limits:** as the library, inputs of at most 6 integer bits, sign included.
#[derive(Debug)]
struct Piecewise {
    exp: Exp,
    exponential: Format,
    sum: Format,
    reciprocal: Reciprocal,
    unsigned: Format,
    result: Slot,
}

pub(super) fn normalizer(
    context: &mut Context<'_>,
    slices: Slices,
) -> Result<Box<dyn Normalizer>, KernelError> {
    if !["latency", "legacy", "stable"].contains(&implementation(context)) {
        return Err(unknown_implementation(context));
    }
    let (input, output) = (context.input()?.format, context.output()?.format);
    if input.is_int || output.is_int {
        return Err(KernelError::unsupported(
            "hls4ml cannot compile a softmax for Catapult where input or output is an integer type",
        ));
    }
    let magnitude_bits = input.integer - i32::from(input.signed);
    if !(0..=MAX_MAGNITUDE_BITS).contains(&magnitude_bits) {
        return Err(KernelError::unsupported(format!(
            "hls4ml cannot compile a softmax for Catapult with an input of the type `{input}`: expected 0 to \
             {MAX_MAGNITUDE_BITS} integer bits beside the sign"
        )));
    }
    let fraction = (input.fractional() - 2).clamp(1, 10) + 10;
    let integer = (1.443 * f64::from(1u32 << magnitude_bits)) as i32 + 1;
    let exponential = Format::ufixed((fraction + integer).cast_unsigned(), integer);
    let carry = slices.n_slice.next_power_of_two().trailing_zeros();
    let sum = Format::ufixed(exponential.width + carry, integer + carry.cast_signed());
    let reciprocal = Format::ufixed(sum.width + 20, sum.fractional() + 1);
    Ok(Box::new(Piecewise {
        exp: Exp::new(input),
        exponential,
        sum,
        reciprocal: Reciprocal::new(sum, reciprocal),
        unsigned: Format { signed: false, ..output },
        result: context.result_slot()?,
    }))
}

/// With more, the library's exponentials have more than 64 integer bits, which it refuses.
const MAX_MAGNITUDE_BITS: i32 = 5;

impl Normalizer for Piecewise {
    fn run(&self, x: &[Fixed], y: &mut [Fixed], log: &mut Log) {
        let mut sum = Fixed::zero(self.sum);
        for (x, y) in x.iter().zip(y.iter_mut()) {
            *y = self.exp.of(*x, self.exponential);
            sum = (sum + *y).cast(self.sum);
        }
        let inverse = self.reciprocal.of(sum);
        for y in y {
            let value = (inverse * *y).cast(self.unsigned);
            *y = self.result.assign(value, log);
        }
    }
}
