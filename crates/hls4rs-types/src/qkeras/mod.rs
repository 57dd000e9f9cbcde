//! The quantizer functions of QKeras, bit for bit.
//!
//! What QKeras computes depends on the order of sums and on the polynomials of TensorFlow, see [`eigen`].

mod binary;
mod eigen;
mod grid;
mod po2;
mod quantized_bits;
mod quantized_relu;
mod settings;
mod squash;
mod ternary;

use crate::{Attributes, QuantizeError, Tensor, TensorData};

use grid::{Grid, Scales};
use settings::Settings;

/// What a quantizer function makes of values.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaledValues {
    /// The quantized values: whole steps times the scale.
    pub values: Tensor,
    /// The scale.
    pub scale: Scale,
}

/// The scale of quantized values, `alpha` in QKeras.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// One number, as it was configured, or 1.
    Number(f64),
    /// Numbers that were computed from the values: one per channel, or one per element of a vector, in as many dimensions as
    /// the values have.
    Computed(Tensor),
    /// Numbers that were configured.
    Configured(Tensor),
}

/// How a scale is configured.
#[derive(Debug, Clone, PartialEq)]
enum Alpha {
    None,
    Number(f64),
    /// The shape and elements of an array.
    Array(Vec<usize>, Vec<f32>),
    List(Vec<f32>),
    Auto,
    AutoPo2,
}

/// What a function with a scale returns.
struct Quantized {
    values: Grid,
    scale: Scale,
}

/// How a function is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Apply {
    /// As configured.
    Configured,
    /// With a scale of 1, whatever is configured; all else stays, also what follows from the configured scale.
    WithoutScale,
}

/// Applies the quantizer function of a QKeras configuration, as at inference.
///
/// **Source:** `qkeras.quantizers`, QKeras 0.9.0. Stochastic functions and rounding are not stochastic at inference.
///
/// # Errors
/// If there is no such function, its result is random, or QKeras itself refuses the configuration or the values.
pub(crate) fn quantize(config: &Attributes, values: &Tensor, apply: Apply) -> Result<Tensor, QuantizeError> {
    Ok(run(config, values, apply)?.0)
}

/// The same, and the scale.
///
/// # Errors
/// Also if the function has no scale.
pub(crate) fn quantize_scaled(config: &Attributes, values: &Tensor) -> Result<ScaledValues, QuantizeError> {
    match run(config, values, Apply::Configured)? {
        (values, Some(scale)) => Ok(ScaledValues { values, scale }),
        (_, None) => {
            let quantizer = format!("`{}`", Settings::new(config).class());
            Err(QuantizeError::NoScale { quantizer })
        }
    }
}

fn run(config: &Attributes, values: &Tensor, apply: Apply) -> Result<(Tensor, Option<Scale>), QuantizeError> {
    let settings = Settings::new(config);
    if !matches!(values.data()?, TensorData::F32(_)) {
        return Err(QuantizeError::ElementType {
            quantizer: format!("`{}`", settings.class()),
            found: values.dtype().name(),
        });
    }
    let x = Grid::of(values)?;
    let alpha = || if apply == Apply::WithoutScale { Ok(Alpha::Number(1.0)) } else { settings.alpha() };
    let Quantized { values, scale } = match settings.class() {
        "quantized_bits" => quantized_bits::quantize(settings, alpha()?, &x)?,
        "quantized_hswish" => squash::hswish(settings, alpha()?, &x)?,
        "binary" | "stochastic_binary" => binary::quantize(settings, &alpha()?, &x)?,
        "ternary" | "stochastic_ternary" => ternary::quantize(settings, &alpha()?, &x)?,
        "quantized_po2" => return without_scale(po2::quantize(settings, &x)?),
        "quantized_relu_po2" => return without_scale(po2::relu(settings, &x)?),
        "quantized_relu" => return without_scale(quantized_relu::quantize(settings, &x)?),
        "quantized_tanh" => return without_scale(squash::tanh(settings, &x)?),
        "quantized_sigmoid" => return without_scale(squash::sigmoid(settings, &x)?),
        "quantized_ulaw" => return without_scale(squash::ulaw(settings, &x)?),
        class => return Err(QuantizeError::NotComputable { quantizer: format!("`{class}`") }),
    };
    Ok((values.into_tensor()?, Some(scale)))
}

fn without_scale(values: Grid) -> Result<(Tensor, Option<Scale>), QuantizeError> {
    Ok((values.into_tensor()?, None))
}

/// Mixes values and quantized values: `x + noise · (−x + q)`.
fn mix(x: &Grid, quantized: &Grid, noise: f32) -> Grid {
    x.zip(quantized, |x, q| x + noise * (-x + q))
}

impl Scales {
    fn into_scale(self) -> Result<Scale, QuantizeError> {
        Ok(Scale::Computed(Tensor::new(&self.shape, self.values)?))
    }
}

impl Alpha {
    /// The scales for an array, where they are configured.
    fn configured(&self, settings: Settings<'_>, grid: &Grid) -> Result<(Scales, Scale), QuantizeError> {
        let (shape, values) = match self {
            Self::Number(number) => return Ok((Scales::one(*number as f32), Scale::Number(*number))),
            Self::None | Self::Auto | Self::AutoPo2 => return Ok((Scales::one(1.0), Scale::Number(1.0))),
            Self::Array(shape, values) => (shape.clone(), values.clone()),
            Self::List(values) => (vec![values.len()], values.clone()),
        };
        let n = values.len();
        let leading = shape.iter().rev().skip(1).all(|n| *n == 1) && shape.len() <= grid.shape.len();
        if !leading || (n != 1 && Some(&n) != grid.shape.last()) {
            let expected = format!("one number, or one per channel of an array of shape {:?}", grid.shape);
            return Err(settings.wrong("alpha", &expected, format!("an array of shape {shape:?}")));
        }
        let scale = Scale::Configured(Tensor::new(&shape, values.clone())?);
        Ok((Scales { shape, values }, scale))
    }

    fn is_automatic(&self) -> bool {
        matches!(self, Self::Auto | Self::AutoPo2)
    }
}
