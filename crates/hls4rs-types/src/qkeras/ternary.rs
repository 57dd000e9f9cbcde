//! Signs, and zero.

use super::{Alpha, Grid, Quantized, Settings, eigen};
use crate::QuantizeError;

/// `ternary`, and `stochastic_ternary` at inference: the sign of what is beyond a threshold, and 0.
///
/// **Formula:** `q = scale · (|x| ≥ threshold ? sign(x) : 0)`. An automatic scale begins with two thirds of the largest value
/// of a channel; threshold, half of it, and scale, by least squares, then follow from each other as often as
/// `number_of_unrolls` says.
///
/// **Source:** without a scale the level is added to the hyperbolic tangent and that taken away again, which may change
/// the last bit.
pub(super) fn quantize(settings: Settings<'_>, alpha: &Alpha, x: &Grid) -> Result<Quantized, QuantizeError> {
    let threshold = settings.optional("threshold")?;
    if alpha.is_automatic() {
        if let Some(threshold) = threshold {
            return Err(settings.wrong("threshold", "none beside an automatic `alpha`", threshold));
        }
        return automatic(settings, *alpha == Alpha::AutoPo2, x);
    }
    if settings.class() == "ternary" && settings.flag("use_stochastic_rounding", false)? {
        return Err(settings.wrong("use_stochastic_rounding", "false without an automatic `alpha`", true));
    }
    if let Alpha::List(_) = alpha {
        return Err(settings.wrong("alpha", "a number, an array, `auto` or `auto_po2`", "a list"));
    }
    let threshold = threshold.unwrap_or(0.33) as f32;
    let levels = x.map(|x| level(x, x.abs() >= threshold));
    let x = if *alpha == Alpha::None { x.map(eigen::tanh) } else { x.clone() };
    let (scales, scale) = alpha.configured(settings, &x)?;
    let quantized = levels.scaled(&scales, |q, scale| scale * q);
    Ok(Quantized { values: x.zip(&quantized, eigen::through), scale })
}

fn automatic(settings: Settings<'_>, power_of_two: bool, x: &Grid) -> Result<Quantized, QuantizeError> {
    let unrolls = settings.count("number_of_unrolls", 5, 1000)?;
    if unrolls == 0 {
        return Err(settings.wrong("number_of_unrolls", "at least 1", 0));
    }
    let mut scales = x.largest().map(|largest| 2.0 * largest / 3.0);
    if power_of_two {
        scales = scales.to_powers_of_two();
    }
    let mut levels = x.clone();
    for _ in 0..unrolls {
        levels = x.scaled(&scales, |x, scale| {
            let rounded = scale * eigen::round_through(x / scale);
            level(x, rounded.abs() >= scale / 2.0)
        });
        scales = x.best_scales(&levels, power_of_two)?;
    }
    let quantized = levels.scaled(&scales, |q, scale| scale * q);
    Ok(Quantized { values: x.zip(&quantized, eigen::through), scale: scales.into_scale()? })
}

fn level(x: f32, is_beyond: bool) -> f32 {
    f32::from(u8::from(is_beyond)) * eigen::sign(x)
}
