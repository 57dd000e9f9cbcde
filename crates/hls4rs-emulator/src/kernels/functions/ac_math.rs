//! The piecewise linear functions of Siemens's `ac_math` library, which Catapult uses in place of tables.
//!
//! **Precision:** every local variable of the library is a cast here. Its shifts by a variable number of bits (`ac_shift_left`,
//! `ac_shift_right`) keep one bit for all that is lost, so that they equal an exact shift followed by an assignment.
//!
//! **Source:** `ac_sigmoid_pwl.h`, `ac_tanh_pwl.h`, `ac_pow_pwl.h`, `ac_reciprocal_pwl.h`, `ac_log_pwl.h`,
//! `ac_normalize.h`, `ac_shift.h` of `ac_math` 3.5.0, as hls4ml 1.3.0 ships it.

use hls4rs_fixed::{Fixed, Format};

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

/// `ac_sigmoid_pwl`: `1 / (1 + exp(−x))` in 8 segments from 0 to 5.
#[derive(Debug)]
pub(in crate::kernels) struct Sigmoid {
    segments: Segments<8>,
    scale: Fixed,
    end: Fixed,
}

impl Sigmoid {
    pub(in crate::kernels) fn new() -> Self {
        Self {
            segments: Segments::new(
                Format::ufixed(9, -1),
                [
                    0.151_367_187_5,
                    0.126_953_125,
                    0.089_843_75,
                    0.056_640_625,
                    0.033_203_125,
                    0.018_554_687_5,
                    0.009_765_625,
                    0.005_859_375,
                ],
                Format::ufixed(10, 0),
                [
                    0.500_976_562_5,
                    0.652_343_75,
                    0.779_296_875,
                    0.869_140_625,
                    0.925_781_25,
                    0.958_984_375,
                    0.977_539_062_5,
                    0.988_281_25,
                ],
            ),
            scale: Fixed::from_f64(1.599_609_375, Format::ufixed(10, 1)),
            end: Fixed::int(5),
        }
    }

    /// The value as an unsigned number of 20 bits right of the point.
    pub(in crate::kernels) fn of(&self, x: Fixed) -> Fixed {
        let output = Format::ufixed(20, 0);
        let magnitude = magnitude(x);
        let narrow = Format::ufixed(14, 4);
        let scaled = (magnitude.cast(narrow) * self.scale).cast(narrow);
        // the segment is a number of 3 bits
        let value = self.segments.of(scaled.cast(Format::ufixed(13, 3)), 10).cast(output);
        let value = if magnitude >= self.end { Fixed::max(output) } else { value };
        if x.is_negative() { (Fixed::int(1) - value).cast(output) } else { value }
    }
}

/// `ac_tanh_pwl`: 12 segments from 0 to 3.
#[derive(Debug)]
pub(in crate::kernels) struct Tanh {
    segments: Segments<12>,
    end: Fixed,
}

impl Tanh {
    pub(in crate::kernels) fn new() -> Self {
        Self {
            segments: Segments::new(
                Format::ufixed(9, -1),
                [
                    0.245_117_187_5,
                    0.218_75,
                    0.172_851_562_5,
                    0.125_976_562_5,
                    0.085_937_5,
                    0.055_664_062_5,
                    0.036_132_812_5,
                    0.022_460_937_5,
                    0.013_671_875,
                    0.008_789_062_5,
                    0.004_882_812_5,
                    0.002_929_687_5,
                ],
                Format::ufixed(10, 0),
                [
                    0.000_976_562_5,
                    0.246_093_75,
                    0.464_843_75,
                    0.637_695_312_5,
                    0.764_648_437_5,
                    0.850_585_937_5,
                    0.906_25,
                    0.942_382_812_5,
                    0.964_843_75,
                    0.978_515_625,
                    0.987_304_687_5,
                    0.992_187_5,
                ],
            ),
            end: Fixed::int(3),
        }
    }

    pub(in crate::kernels) fn of(&self, x: Fixed) -> Fixed {
        let output = Format::fixed(21, 1);
        let magnitude = magnitude(x);
        let scaled = shifted(magnitude, 2, Format::ufixed(14, 4));
        // from 3 on the segment does not exist, and is not used
        let value = self.segments.of(scaled, 10).cast(output);
        let value = if magnitude >= self.end { Fixed::max(output) } else { value };
        if x.is_negative() { (-value).cast(output) } else { value }
    }
}

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
    #[allow(clippy::approx_constant, reason = "the library has these digits")]
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

/// `ac_reciprocal_pwl` of unsigned numbers: 8 segments from 0.5 to 1.
#[derive(Debug)]
pub(in crate::kernels) struct Reciprocal {
    segments: Segments<8>,
    start: Fixed,
    scale: Fixed,
    fraction: u32,
    value: Format,
    output: Format,
}

impl Reciprocal {
    pub(in crate::kernels) fn new(input: Format, output: Format) -> Self {
        let fraction = input.width.saturating_sub(4).clamp(1, 10);
        let sign = u32::from(output.signed);
        Self {
            segments: Segments::new(
                Format::fixed(10, 0),
                [
                    -0.222_656_25,
                    -0.176_757_812_5,
                    -0.144_531_25,
                    -0.121_093_75,
                    -0.102_539_062_5,
                    -0.087_890_625,
                    -0.075_195_312_5,
                    -0.066_406_25,
                ],
                Format::ufixed(12, 2),
                [
                    1.997_070_312_5,
                    1.774_414_062_5,
                    1.597_656_25,
                    1.453_125,
                    1.332_031_25,
                    1.229_492_187_5,
                    1.141_601_562_5,
                    1.066_406_25,
                ],
            ),
            start: Fixed::from_f64(0.5, Format::ufixed(10, 0)),
            scale: Fixed::from_raw(16, Format::uint(5)),
            fraction,
            value: Format::new(fraction + 11 + sign, 1 + sign.cast_signed(), output.signed),
            output,
        }
    }

    pub(in crate::kernels) fn of(&self, x: Fixed) -> Fixed {
        if x.is_zero() {
            return Fixed::max(self.output);
        }
        let (fraction, exponent) = normalized(x);
        let scaled = ((fraction - self.start) * self.scale).cast(Format::ufixed(3 + self.fraction, 3));
        let value = self.segments.of(scaled, self.fraction).cast(self.value);
        shifted(value, -exponent, self.output)
    }
}

/// `ac_log_pwl` of unsigned numbers: `log2(x) · ln(2)`, with 8 segments from 0.5 to 1.
#[derive(Debug)]
pub(in crate::kernels) struct Log {
    segments: Segments<8>,
    start: Fixed,
    scale: Fixed,
    ln2: Fixed,
    log2: Format,
    output: Format,
}

impl Log {
    pub(in crate::kernels) fn new(input: Format, output: Format) -> Self {
        let bits = |n: i32| bits_of(n.max(0).cast_unsigned());
        let integer = bits(input.fractional()).max(bits(input.integer)) + 1;
        Self {
            segments: Segments::new(
                Format::ufixed(10, -1),
                [
                    0.169_921_875,
                    0.151_367_187_5,
                    0.137_207_031_25,
                    0.125,
                    0.115_234_375,
                    0.106_445_312_5,
                    0.099_609_375,
                    0.093_261_718_75,
                ],
                Format::fixed(13, 2),
                [
                    -0.998_535_156_25,
                    -0.828_613_281_25,
                    -0.677_246_093_75,
                    -0.539_550_781_25,
                    -0.414_550_781_25,
                    -0.298_828_125,
                    -0.192_382_812_5,
                    -0.092_773_437_5,
                ],
            ),
            start: Fixed::from_f64(0.5, Format::ufixed(11, 0)),
            scale: Fixed::from_raw(16, Format::uint(5)),
            ln2: Fixed::from_f64(0.693_145_751_953_125, Format::ufixed(12, 0)),
            log2: Format::fixed(22 + integer, integer.cast_signed()),
            output,
        }
    }

    pub(in crate::kernels) fn of(&self, x: Fixed) -> Fixed {
        if x.is_zero() {
            return Fixed::min(self.output);
        }
        let (fraction, exponent) = normalized(x);
        let scaled = ((fraction - self.start) * self.scale).cast(Format::ufixed(14, 3));
        let value = self.segments.of(scaled, 11).cast(Format::fixed(23, 1));
        let log2 = (value + Fixed::int(exponent)).cast(self.log2);
        (log2 * self.ln2).cast(self.output)
    }
}
