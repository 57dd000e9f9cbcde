//! Fixed-point numbers.

use super::{Alpha, Grid, Quantized, Settings, eigen, mix};
use crate::QuantizeError;

/// `quantized_bits`: fixed-point numbers of `bits` bits, `integer` of them left of the point, the sign not counted.
///
/// **Formula:** `q = scale · clip(round(x · 2^b / 2^i), −2^b, 2^b − 1) · 2^i / 2^b` with `b` bits but the sign, `i` integer
/// bits; one bit alone is the sign. An automatic scale makes the largest value of a channel the largest step; one that is
/// a power of two is improved five times by least squares.
pub(super) fn quantize(settings: Settings<'_>, alpha: Alpha, x: &Grid) -> Result<Quantized, QuantizeError> {
    settings.refuse("scale_axis")?;
    let parameters = Parameters::of(settings, &alpha)?;
    if alpha.is_automatic() {
        return parameters.automatic(alpha == Alpha::AutoPo2, x);
    }
    let (scales, scale) = alpha.configured(settings, x)?;
    let steps = x.map(|x| parameters.step(x));
    let quantized = steps.scaled(&scales, |q, scale| scale * q);
    Ok(Quantized { values: mix(x, &quantized, parameters.noise), scale })
}

struct Parameters {
    bits: i32,
    /// Bits but the sign.
    unsigned: i32,
    symmetric: f32,
    keep_negative: bool,
    /// Two to the power of the bits but the sign, and of the integer bits.
    m: f32,
    m_i: f32,
    noise: f32,
}

impl Parameters {
    fn of(settings: Settings<'_>, alpha: &Alpha) -> Result<Self, QuantizeError> {
        let bits = settings.bits(8)?;
        let keep_negative = settings.flag("keep_negative", true)?;
        // an automatic scale makes the function symmetric, which it stays when the scale is set to 1
        let was_automatic = settings.alpha()?.is_automatic() || alpha.is_automatic();
        let symmetric = if was_automatic { 1.0 } else { settings.number("symmetric", 0.0)? as f32 };
        let unsigned = bits - i32::from(keep_negative);
        // with more integer bits TensorFlow's 32-bit power overflows
        let integer = settings.count("integer", 0, 30)?;
        let (m, m_i) = (2f32.powi(unsigned), 2f32.powi(integer));
        Ok(Self { bits, unsigned, symmetric, keep_negative, m, m_i, noise: settings.noise()? })
    }

    /// The quantized value without scale.
    fn step(&self, x: f32) -> f32 {
        if self.unsigned <= 0 {
            let sign = eigen::sign(x);
            let sign = sign + (1.0 - sign.abs());
            return if self.keep_negative { sign } else { (sign + 1.0) / 2.0 };
        }
        let least = if self.keep_negative { -self.m + self.symmetric } else { 0.0 };
        let rounded = eigen::round_through(x * self.m / self.m_i);
        self.m_i * rounded.min(self.m - 1.0).max(least) / self.m
    }

    fn automatic(&self, power_of_two: bool, x: &Grid) -> Result<Quantized, QuantizeError> {
        let x = x.map(|x| x / self.m_i);
        let levels = (2f32.powi(self.bits - 1) - 1.0) * 2.0;
        let whole = |scales: &_| {
            x.scaled(scales, |x, scale| {
                let v = (x.abs() / scale + 0.5).floor();
                eigen::sign(x) * if v < levels / 2.0 { v } else { levels / 2.0 }
            })
        };
        let mut scales = x.largest().map(|largest| largest * 2.0 / levels);
        let steps = if power_of_two {
            scales = scales.to_powers_of_two();
            let mut steps = whole(&scales);
            scales = x.best_scales(&steps, true)?;
            for _ in 1..5 {
                steps = whole(&scales);
                scales = x.best_scales(&steps, true)?;
            }
            steps
        } else {
            whole(&scales)
        };
        let scales = scales.map(|scale| scale * self.m);
        let x = x.map(|x| self.m_i * x);
        let quantized = steps.scaled(&scales, |z, scale| scale * (self.m_i * z / self.m));
        Ok(Quantized { values: mix(&x, &quantized, self.noise), scale: scales.into_scale()? })
    }
}
