//! Exponentials.

use hls4rs_fixed::{Fixed, Format};

use super::{Segments, shifted};

/// `ac_exp_pwl`: `2^(x · log2(e))`, with 4 segments for the fraction.
#[derive(Debug)]
pub(in crate::kernels) struct Exp {
    segments: Segments<4>,
    log2e: Fixed,
    /// Type of `x · log2(e)`.
    inter: Format,
    scale: Fixed,
    /// Fractional bits of the scaled fraction.
    fraction: u32,
}

impl Exp {
    pub(in crate::kernels) fn new(input: Format) -> Self {
        let inter = exponent_format(input.width, input.integer, input.signed);
        let fraction = (inter.fractional() - 2).clamp(1, 10).cast_unsigned();
        Self {
            segments: Segments::new(
                Format::ufixed(10, 0),
                [0.189_453_125, 0.224_609_375, 0.266_601_562_5, 0.317_382_812_5],
                Format::ufixed(12, 2),
                [0.998_046_875, 1.187_5, 1.412_109_375, 1.678_710_937_5],
            ),
            log2e: Fixed::from_f64(std::f64::consts::LOG2_E, Format::fixed(17, 3)),
            inter,
            scale: Fixed::from_raw(4, Format::uint(3)),
            fraction,
        }
    }

    /// The value, assigned to an unsigned type.
    pub(in crate::kernels) fn of(&self, x: Fixed, to: Format) -> Fixed {
        let x = (x * self.log2e).cast(self.inter);
        // `inter` has at least 12 fractional bits
        let n_bits = self.inter.fractional().cast_unsigned();
        let fraction = x.reinterpret(Format::ufixed(n_bits, 0));
        let scaled = (fraction * self.scale).cast(Format::ufixed(self.fraction + 2, 2));
        let value = self.segments.of(scaled, self.fraction).cast(Format::ufixed(self.fraction + 11, 1));
        if !self.inter.signed && self.inter.integer <= 0 {
            return value.cast(to);
        }
        shifted(value, x.cast(Format::fixed(32, 32)).raw().as_i32(), to)
    }
}

/// Type of `x · log2(e)`, with at least 12 fractional bits.
///
/// **Source:** `comp_pii_exp`.
pub(in crate::kernels) fn exponent_format(width: u32, integer: i32, signed: bool) -> Format {
    let has_more = width.cast_signed() - integer > 12;
    let width = if has_more { width + 1 } else { (integer + 1 + 12).max(1).cast_unsigned() };
    Format::new(width, integer + 1, signed)
}

/// The type in which `ac_elu_pwl` and `ac_softplus_pwl` keep the exponential of an argument of this type.
pub(in crate::kernels) fn exponential_format(input: Format) -> Format {
    let inter = exponent_format(input.width, input.integer.abs(), input.signed);
    let fraction = (inter.fractional() - 2).clamp(1, 10);
    let integer = (inter.integer + 1) * inter.integer;
    Format::ufixed((integer + fraction + 10).cast_unsigned(), integer)
}
