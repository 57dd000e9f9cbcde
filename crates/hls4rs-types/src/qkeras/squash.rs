//! Fixed-point numbers of functions that bring values into an interval.

use super::quantized_relu::{clip, hard_sigmoid};
use super::{Alpha, Grid, Quantized, Settings, eigen, quantized_bits};
use crate::QuantizeError;

/// `quantized_tanh`: a hyperbolic tangent, or a line from −1 to 1, in `bits` bits with sign.
pub(super) fn tanh(settings: Settings<'_>, x: &Grid) -> Result<Grid, QuantizeError> {
    let bits = settings.count("bits", 8, 31)?;
    if bits == 0 {
        return Err(settings.wrong("bits", "at least 1", 0));
    }
    let m = 2f32.powi(bits - 1);
    let is_real = settings.flag("use_real_tanh", false)?;
    let least = -1.0 + settings.number("symmetric", 0.0)? as f32 / m;
    Ok(x.map(|x| {
        let p = if is_real { eigen::tanh(x) } else { 2.0 * hard_sigmoid(x) - 1.0 };
        clip(eigen::round_through(p * m) / m, least, 1.0 - 1.0 / m)
    }))
}

/// `quantized_sigmoid`: a logistic function, or a line from 0 to 1, in `bits` bits without sign.
pub(super) fn sigmoid(settings: Settings<'_>, x: &Grid) -> Result<Grid, QuantizeError> {
    let m = 2f32.powi(settings.count("bits", 8, 30)?);
    let least = settings.number("symmetric", 0.0)? as f32 / m;
    let is_real = settings.flag("use_real_sigmoid", false)?;
    let squashed = if is_real { x.with(eigen::sigmoid) } else { x.map(hard_sigmoid) };
    Ok(squashed.map(|p| clip(eigen::round_through(p * m) / m, least, 1.0 - 1.0 / m)))
}

/// `quantized_ulaw`: a line from −1 to 1, its values spread by a logarithm.
pub(super) fn ulaw(settings: Settings<'_>, x: &Grid) -> Result<Grid, QuantizeError> {
    let (m, m_i) = (2f32.powi(settings.bits(8)? - 1), 2f32.powi(settings.count("integer", 0, 30)?));
    let u = settings.number("u", 255.0)?;
    let least = (-1.0 + settings.number("symmetric", 0.0)? / f64::from(m)) as f32;
    let most = (1.0 - 1.0 / f64::from(m)) as f32;
    let rounded = x.map(|x| 2.0 * (eigen::round_through(hard_sigmoid(x / m_i) * m) / m) - 1.0);
    let spread = rounded.map(|p| 1.0 + u as f32 * p.abs()).with(eigen::log);
    let whole = eigen::log(&[(1.0 + u) as f32]).first().copied().unwrap_or(1.0);
    Ok(rounded.zip(&spread, |p, log| m_i * clip(eigen::sign(p) * log / whole, least, most)))
}

/// `quantized_hswish`: `x · min(max(x + shift, 0), bound) / bound` as `quantized_bits`.
pub(super) fn hswish(settings: Settings<'_>, alpha: Alpha, x: &Grid) -> Result<Quantized, QuantizeError> {
    let (shift, bound) = (settings.number("relu_shift", 3.0)?, settings.number("relu_upper_bound", 6.0)?);
    for (name, value) in [("relu_shift", shift), ("relu_upper_bound", bound)] {
        if value <= 0.0 {
            return Err(settings.wrong(name, "a positive number", value));
        }
    }
    let (shift, bound) = (shift as f32, bound as f32);
    let bent = x.map(|x| {
        let shifted = x + shift;
        let gate = if shifted <= bound { shifted.max(0.0) } else { bound };
        x * gate / bound
    });
    quantized_bits::quantize(settings, alpha, &bent)
}
