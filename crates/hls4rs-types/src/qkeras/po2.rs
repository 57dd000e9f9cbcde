//! Powers of two.

use super::{Grid, Settings, eigen, mix};
use crate::QuantizeError;

const EPSILON: f32 = 1e-7;

/// `quantized_po2`: the sign and the nearest power of two.
///
/// **Formula:** `q = (x ≥ 0 ? 1 : −1) · 2^clip(round(log₂ |x|))`, between the exponents that fit into the bits.
pub(super) fn quantize(settings: Settings<'_>, x: &Grid) -> Result<Grid, QuantizeError> {
    let exponents = Exponents::of(settings, settings.bits(8)? - 1)?;
    let powers = exponents.of_magnitudes(&x.map(f32::abs)).map(eigen::exp2);
    let quantized = x.zip(&powers, |x, power| {
        let sign = eigen::sign(x);
        (sign + (1.0 - sign.abs())) * power
    });
    Ok(mix(x, &quantized, settings.noise()?))
}

/// `quantized_relu_po2`: the nearest power of two of what is positive, and the smallest one for the rest.
///
/// **Formula:** `q = 2^clip(round(log₂ max(x, 0)))`; with a slope, negative values become the negative power of two
/// nearest to `slope · |x|`.
pub(super) fn relu(settings: Settings<'_>, x: &Grid) -> Result<Grid, QuantizeError> {
    let exponents = Exponents::of(settings, settings.bits(8)?)?;
    let slope = super::quantized_relu::slope(settings)?;
    let positive = exponents.of_magnitudes(&x.map(|x| x.max(0.0))).map(eigen::exp2);
    let negative = exponents.of_magnitudes(&x.map(|x| (-x).max(0.0) * slope)).map(eigen::exp2);
    let pairs = x.values.iter().zip(positive.values.iter().zip(&negative.values));
    let chosen =
        pairs.map(|(x, (positive, negative))| if *x >= 0.0 || slope == 0.0 { *positive } else { -negative });
    let quantized = Grid { shape: x.shape.clone(), values: chosen.collect() };
    let most = exponents.max_value;
    let x = x.map(|x| match most {
        Some(most) if x > most => most,
        _ => super::quantized_relu::leaky(x, slope),
    });
    Ok(mix(&x, &quantized, settings.noise()?))
}

struct Exponents {
    least: f32,
    most: f32,
    max_value: Option<f32>,
    is_quadratic: bool,
    floors: bool,
}

impl Exponents {
    /// The exponents of so many bits, of which one is a sign if there are powers above 1.
    fn of(settings: Settings<'_>, bits: i32) -> Result<Self, QuantizeError> {
        let max_value = settings.optional("max_value")?;
        if let Some(negative) = max_value.filter(|value| *value < 0.0) {
            return Err(settings.wrong("max_value", "a number that is not negative", negative));
        }
        let has_sign = max_value.is_none_or(|value| value > 1.0);
        let is_quadratic = settings.flag("quadratic_approximation", false)?;
        let reach = 2f64.powi(bits - i32::from(has_sign));
        let most = if is_quadratic { 2.0 * ((reach - 1.0) / 2.0).floor() } else { reach - 1.0 };
        let floors = match settings.get("log2_rounding").map(|mode| (mode.as_str(), mode)) {
            None | Some((Some("rnd"), _)) => false,
            Some((Some("floor"), _)) => true,
            Some((_, other)) => {
                return Err(settings.wrong("log2_rounding", "`rnd` or `floor`", other.describe()));
            }
        };
        let (least, most) = (-reach as f32, most as f32);
        Ok(Self { least, most, max_value: max_value.map(|value| value as f32), is_quadratic, floors })
    }

    fn of_magnitudes(&self, magnitudes: &Grid) -> Grid {
        let inputs = magnitudes.map(|x| {
            let x = if x < EPSILON { EPSILON } else { x };
            let x = self.max_value.filter(|most| x >= *most).unwrap_or(x);
            if self.is_quadratic { x.sqrt() } else { x }
        });
        let factor = if self.is_quadratic { 2.0 } else { 1.0 };
        let exponents = inputs.with(eigen::log).map(|log| {
            let exponent = log / std::f32::consts::LN_2;
            let whole = if self.floors {
                eigen::through(exponent, exponent.floor())
            } else {
                eigen::round_through(exponent)
            };
            factor * whole.min(self.most).max(self.least)
        });
        magnitudes.zip(&exponents, |x, exponent| if x < EPSILON { self.least } else { exponent })
    }
}
