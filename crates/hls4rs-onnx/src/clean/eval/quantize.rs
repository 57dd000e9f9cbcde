//! Quantization of constants.

use hls4rs_types::{DType, Tensor};

use super::cast::of_values;
use super::moves::reshaped;
use super::pick::stretched;
use crate::clean::shapes::axis;
use crate::node::OnnxNode;

/// **Formula:** `(round(clip(x / scale + zero_point)) − zero_point) · scale`, each step in single precision.
///
/// **Source:** `int_quant` of `qonnx.custom_op.general.intquant`, qonnx 1.0.0.
pub(super) fn quant(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let &[tensor, scale, zero, bits] = inputs else { return None };
    let stretch = |tensor: &Tensor, to: &Tensor| stretched(tensor, to.shape());
    let (scale, zero) = (stretch(scale, tensor)?, stretch(zero, tensor)?);
    let bits = bits.iter_f64().ok()?.next().filter(|bits| (1.0..=64.0).contains(bits))?;
    let (low, high) = limits(node, bits);
    let round = rounding(node.text("rounding_mode").unwrap_or("ROUND"))?;
    let is_bipolar = bits == 1.0 && low < 0.0;
    let single = |value: f64| f64::from(value as f32);
    let values = tensor.iter_f64().ok()?.zip(scale.iter_f64().ok()?).zip(zero.iter_f64().ok()?);
    let quantized = values.map(|((value, scale), zero)| {
        let scaled = single(single(value / scale) + zero);
        let whole = match is_bipolar {
            true => f64::from(if scaled >= 0.0 { 1 } else { -1 }),
            false => round(scaled.min(high).max(low)),
        };
        single(single(whole - zero) * scale)
    });
    of_values(DType::F32, tensor.shape(), quantized)
}

/// The smallest and the largest integer of so many bits.
fn limits(node: &OnnxNode, bits: f64) -> (f64, f64) {
    let is_signed = node.int("signed").unwrap_or(1) != 0;
    let narrow = if node.int("narrow").unwrap_or_default() != 0 { 1.0 } else { 0.0 };
    match is_signed {
        true => (-(bits - 1.0).exp2() + narrow, (bits - 1.0).exp2() - 1.0),
        false => (0.0, bits.exp2() - 1.0 - narrow),
    }
}

fn rounding(mode: &str) -> Option<fn(f64) -> f64> {
    Some(match mode.to_uppercase().as_str() {
        "ROUND" | "HALF_EVEN" => f64::round_ties_even,
        "CEIL" => f64::ceil,
        "FLOOR" => f64::floor,
        "UP" => |value| value.signum() * value.abs().ceil(),
        "DOWN" => f64::trunc,
        "HALF_UP" => f64::round,
        "HALF_DOWN" => |value| value.signum() * (value.abs() - 0.5).ceil(),
        _ => return None,
    })
}

/// **Formula:** `(x − zero_point) · scale`.
pub(super) fn dequantize(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let tensor = inputs.first()?;
    let (scale, zero) = parameters(node, inputs)?;
    let values = tensor.iter_f64().ok()?.zip(scale.iter_f64().ok()?).zip(zero.iter_f64().ok()?);
    of_values(DType::F32, tensor.shape(), values.map(|((value, scale), zero)| (value - zero) * scale))
}

/// **Formula:** `clip(round(x / scale) + zero_point)`.
pub(super) fn quantize(node: &OnnxNode, inputs: &[&Tensor]) -> Option<Tensor> {
    let tensor = inputs.first()?;
    let (scale, zero) = parameters(node, inputs)?;
    let dtype = inputs.get(2).map_or(DType::U8, |zero| zero.dtype());
    let values = tensor.iter_f64().ok()?.zip(scale.iter_f64().ok()?).zip(zero.iter_f64().ok()?);
    let single = |value: f64| f64::from(value as f32);
    // conversion to integers saturates
    let quantized = values.map(|((value, scale), zero)| single(value / scale).round_ties_even() + zero);
    of_values(dtype, tensor.shape(), quantized)
}

/// Scale and zero point for each element: one for all, or one along an axis.
fn parameters(node: &OnnxNode, inputs: &[&Tensor]) -> Option<(Tensor, Tensor)> {
    let (tensor, scale) = (inputs.first()?, inputs.get(1)?);
    let zero = match inputs.get(2) {
        Some(zero) => (*zero).clone(),
        None => of_values(DType::F32, scale.shape(), std::iter::repeat_n(0.0, scale.len()))?,
    };
    let along = |value: &Tensor| -> Option<Tensor> {
        if value.len() == 1 {
            return stretched(&reshaped(value, &[])?, tensor.shape());
        }
        let axis = axis(node.int("axis").unwrap_or(1), tensor.rank())?;
        let mut shape = vec![1; tensor.rank()];
        *shape.get_mut(axis)? = value.len();
        (tensor.shape().get(axis) == Some(&value.len()))
            .then(|| stretched(&reshaped(value, &shape)?, tensor.shape()))?
    };
    Some((along(scale)?, along(&zero)?))
}
