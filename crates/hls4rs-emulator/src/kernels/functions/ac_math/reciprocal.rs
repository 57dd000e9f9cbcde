//! Functions of normalized numbers: reciprocals and logarithms.

use hls4rs_fixed::{Fixed, Format};

use super::{Segments, bits_of, normalized, shifted};

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
