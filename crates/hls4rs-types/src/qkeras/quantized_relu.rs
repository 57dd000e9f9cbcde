//! Rectified fixed-point numbers.

use super::{Grid, Settings, eigen, mix};
use crate::QuantizeError;

/// `quantized_relu`: fixed-point numbers that are not negative, or have another slope below zero.
///
/// **Formula:** `q = clip(round(x · 2^b / 2^i) / 2^b, 0, 1 − 2^−b) · 2^i`; with `use_sigmoid` of `2 · sigmoid(x / 2^i) − 1`,
/// where the sigmoid is a line from 0 to 1.
pub(super) fn quantize(settings: Settings<'_>, x: &Grid) -> Result<Grid, QuantizeError> {
    let slope = slope(settings)?;
    let bits = settings.bits(8)? - i32::from(slope != 0.0);
    let integer = settings.count("integer", 0, 30)?;
    let (m, m_i) = (2f32.powi(bits.max(0)), 2f32.powi(integer));
    let bound = settings.optional("relu_upper_bound")?.map(|bound| bound as f32);
    let clips = settings.flag("is_quantized_clip", true)?;
    let most = if clips { Some(m_i - eigen::exp2((integer - bits) as f32)) } else { bound };
    let uses_sigmoid = settings.flag("use_sigmoid", false)?;
    let rectified = x.map(|x| match most {
        Some(most) if x > most || x.is_nan() => most,
        _ => leaky(x, slope),
    });
    let quantized = x.map(|x| {
        let q = if uses_sigmoid {
            squashed(hard_sigmoid(x / m_i) * m, m, m_i, slope)
        } else {
            straight(x * m / m_i, m, m_i, slope)
        };
        match bound {
            Some(bound) if !clips && bound != 0.0 && q > bound => bound,
            _ => q,
        }
    });
    Ok(mix(&rectified, &quantized, settings.noise()?))
}

fn straight(p: f32, m: f32, m_i: f32, slope: f32) -> f32 {
    let q = m_i * clip(eigen::round_through(p) / m, 0.0, 1.0 - 1.0 / m);
    if slope == 0.0 {
        return q;
    }
    let factor = negative_factor(slope, m);
    q + (m_i * slope) * clip(eigen::round_through(p * slope) * factor, -1.0, 0.0)
}

fn squashed(p: f32, m: f32, m_i: f32, slope: f32) -> f32 {
    let q = m_i * clip(2.0 * (eigen::round_through(p) / m) - 1.0, 0.0, 1.0 - 1.0 / m);
    if slope == 0.0 {
        return q;
    }
    let factor = negative_factor(slope, m);
    q + (m_i * slope) * clip(2.0 * (eigen::round_through(p * slope) * factor) - 1.0, -1.0, 0.0)
}

fn negative_factor(slope: f32, m: f32) -> f32 {
    1.0 / (slope * m)
}

/// The slope below zero: a power of two, or 0.
pub(super) fn slope(settings: Settings<'_>) -> Result<f32, QuantizeError> {
    let slope = settings.number("negative_slope", 0.0)?;
    if slope == 0.0 || (slope > 0.0 && slope.log2().fract() == 0.0) {
        return Ok(slope as f32);
    }
    Err(settings.wrong("negative_slope", "0 or a power of two", slope))
}

pub(super) fn leaky(x: f32, slope: f32) -> f32 {
    if x > 0.0 {
        x
    } else if slope == 0.0 {
        0.0
    } else {
        x * slope
    }
}

pub(super) fn clip(x: f32, least: f32, most: f32) -> f32 {
    x.min(most).max(least)
}

/// A line from 0 at −1 to 1 at 1.
pub(super) fn hard_sigmoid(x: f32) -> f32 {
    clip(0.5 * x + 0.5, 0.0, 1.0)
}
