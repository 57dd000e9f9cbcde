//! Signs.

use super::{Alpha, Grid, Quantized, Settings, eigen};
use crate::QuantizeError;

/// `binary`, and `stochastic_binary` at inference: the sign, 0 counting as positive.
///
/// **Formula:** `q = scale · (x ≥ 0 ? 1 : −1)`, or `1 : 0` with `use_01`; the scale by least squares if it is automatic.
///
/// **Source:** without a scale the sign is added to the hyperbolic tangent and that taken away again, which may change
/// the last bit.
pub(super) fn quantize(settings: Settings<'_>, alpha: &Alpha, x: &Grid) -> Result<Quantized, QuantizeError> {
    let is_stochastic = settings.class() == "stochastic_binary";
    let use_01 = !is_stochastic && settings.flag("use_01", false)?;
    if !is_stochastic && settings.flag("use_stochastic_rounding", false)? {
        check_rank(settings, x)?;
    }
    if let Alpha::List(_) = alpha {
        return Err(settings.wrong("alpha", "a number, an array, `auto` or `auto_po2`", "a list"));
    }
    let signs = x.map(|x| {
        let sign = eigen::sign(x);
        let sign = sign + (1.0 - sign.abs());
        if use_01 { (sign + 1.0) / 2.0 } else { sign }
    });
    let x = if *alpha == Alpha::None { x.map(eigen::tanh) } else { x.clone() };
    let (scales, scale) = if alpha.is_automatic() {
        let scales = x.best_scales(&signs, *alpha == Alpha::AutoPo2)?;
        (scales.clone(), scales.into_scale()?)
    } else {
        alpha.configured(settings, &x)?
    };
    let quantized = signs.scaled(&scales, |q, scale| scale * q);
    Ok(Quantized { values: x.zip(&quantized, eigen::through), scale })
}

/// With stochastic rounding QKeras adds an array of as many ones as there are dimensions.
fn check_rank(settings: Settings<'_>, x: &Grid) -> Result<(), QuantizeError> {
    let rank = x.shape.len();
    if rank == 1 || x.shape.last() == Some(&rank) {
        return Ok(());
    }
    let expected = format!("false for an array of shape {:?}, which QKeras cannot round", x.shape);
    Err(settings.wrong("use_stochastic_rounding", &expected, true))
}
