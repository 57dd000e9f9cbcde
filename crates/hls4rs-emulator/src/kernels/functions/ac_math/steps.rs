//! Functions from one level to another: sigmoid and hyperbolic tangent.

use hls4rs_fixed::{Fixed, Format};

use super::{Segments, magnitude, shifted};

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
