//! The piecewise linear functions of Siemens's `ac_math` library, which Catapult uses in place of tables.
//!
//! **Precision:** every local variable of the library is a cast here. Its shifts by a variable number of bits (`ac_shift_left`,
//! `ac_shift_right`) keep one bit for all that is lost, so that they equal an exact shift followed by an assignment.
//!
//! **Source:** `ac_sigmoid_pwl.h`, `ac_tanh_pwl.h`, `ac_pow_pwl.h`, `ac_reciprocal_pwl.h`, `ac_log_pwl.h`,
//! `ac_normalize.h`, `ac_shift.h` of `ac_math` 3.5.0, as hls4ml 1.3.0 ships it.

mod exp;
mod reciprocal;
mod steps;

use hls4rs_fixed::{Fixed, Format};

pub(in crate::kernels) use exp::{Exp, exponential_format};
pub(in crate::kernels) use reciprocal::{Log, Reciprocal};
pub(in crate::kernels) use steps::{Sigmoid, Tanh};

/// `slope · x + intercept` per segment.
#[derive(Debug)]
pub(in crate::kernels) struct Segments<const N: usize> {
    slopes: [Fixed; N],
    intercepts: [Fixed; N],
}

impl<const N: usize> Segments<N> {
    fn new(slope: Format, slopes: [f64; N], intercept: Format, intercepts: [f64; N]) -> Self {
        Self {
            slopes: slopes.map(|value| Fixed::from_f64(value, slope)),
            intercepts: intercepts.map(|value| Fixed::from_f64(value, intercept)),
        }
    }

    /// The value at a scaled argument: its integer part is the segment, its last `fraction` bits are `x`.
    fn of(&self, scaled: Fixed, fraction: u32) -> Fixed {
        let index = scaled.bits(fraction, scaled.format().width - fraction).raw().as_usize() % N;
        let x = scaled.reinterpret(Format::ufixed(fraction, 0));
        self.slopes[index] * x + self.intercepts[index]
    }
}

/// `x · 2^shift`, assigned.
fn shifted(x: Fixed, shift: i32, to: Format) -> Fixed {
    let format = x.format();
    Fixed::from_raw(x.raw(), Format::new(format.width, format.integer + shift, format.signed)).cast(to)
}

/// The magnitude in the unsigned type of the same width.
fn magnitude(x: Fixed) -> Fixed {
    let format = x.format();
    (if x.is_negative() { -x } else { x }).cast(Format::ufixed(format.width, format.integer))
}

/// An unsigned number with its first bit right of the point, and the power of two that was taken out.
fn normalized(x: Fixed) -> (Fixed, i32) {
    let width = x.format().width;
    if x.is_zero() {
        return (Fixed::zero(Format::ufixed(width, 0)), 0);
    }
    let leading = x.raw().leading_zeros() - (256 - width);
    let fraction = Fixed::from_raw(x.raw() << leading, Format::ufixed(width, 0));
    (fraction, x.format().integer - leading.cast_signed())
}

/// `nbits<n>::val`: bits of a number; 1 for 0.
fn bits_of(n: u32) -> u32 {
    (32 - n.leading_zeros()).max(1)
}
