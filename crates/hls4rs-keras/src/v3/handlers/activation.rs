//! Activations that are layers.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v3::call::{Call, Made, size, specialize};

/// `Activation`.
///
/// **Source:** `ActivationHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let activation = call.function("activation")?.unwrap_or("linear");
    let n_in = size(&call.dims()?);
    let mut layer = call.entry();
    let class_name = specialize(activation, &mut layer);
    layer.set("activation", activation);
    layer.set("class_name", class_name);
    layer.set("n_in", n_in);
    same(call, layer)
}

/// `ReLU`, `LeakyReLU` and `PReLU`.
///
/// **Source:** `ReLUHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0. Without slope and threshold the layer is a
/// `ThresholdedReLU` at zero.
pub(super) fn relu(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let mut layer = call.entry();
    if call.class_name == "PReLU" {
        if call.config.get("shared_axes").is_some() {
            let message = "`shared_axes`: expected none, found some";
            return Err(Problem::unsupported(message, "give each element its own slope"));
        }
        layer.set("param_data", call.variable(&["alpha"], "alpha")?);
        layer.set("activation", "prelu");
        return same(call, layer);
    }
    let number = |key: &str| call.config.get(key).map_or(Ok(0.0), |_| call.config.float(key));
    if call.config.get("max_value").is_some() && number("max_value")?.is_finite() {
        let message = "`max_value`: expected none, found one";
        return Err(Problem::unsupported(message, "use a `ReLU` without an upper bound"));
    }
    let (slope, threshold) = (number("negative_slope")?, number("threshold")?);
    if slope != 0.0 && threshold != 0.0 {
        let message = "expected a threshold or a slope, found both";
        return Err(Problem::unsupported(message, "use one of them"));
    }
    if slope == 0.0 && call.class_name == "LeakyReLU" {
        let message = "`negative_slope`: expected another number than 0, found 0";
        return Err(Problem::unsupported(message, "use `ReLU`"));
    }
    let (class_name, parameter, activation) = if slope == 0.0 {
        ("ThresholdedReLU", threshold, "thresholdedrelu")
    } else {
        ("LeakyReLU", slope, "leakyrelu")
    };
    layer.set("class_name", class_name);
    if slope == 0.0 && threshold == 0.0 {
        // hls4ml takes it for a plain one first
        layer.set("activation", "relu");
    }
    layer.set("activ_param", parameter);
    layer.set("activation", activation);
    same(call, layer)
}

/// `ELU`.
///
/// **Source:** `EluHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0.
pub(super) fn elu(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let n_in = size(&call.dims()?);
    let alpha = call.config.float("alpha")?;
    let layer = call.entry().with("activ_param", alpha).with("activation", "elu").with("n_in", n_in);
    same(call, layer)
}

/// `Softmax`.
///
/// **Source:** `SoftmaxHandler` of `hls4ml.converters.keras_v3.core`, hls4ml 1.3.0.
pub(super) fn softmax(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let axis = call.config.int("axis")?;
    let shape = call.input()?.shape.clone();
    let place = if axis < 0 { axis + shape.len() as i64 } else { axis };
    let Some(place) = usize::try_from(place).ok().filter(|place| (1..shape.len()).contains(place)) else {
        let message = format!("`axis`: expected a dimension of the input, found {axis}");
        return Err(Problem::malformed(message, "save the model again"));
    };
    let dims = call.dims()?;
    let layer = call
        .entry()
        .with("axis", Attribute::Int(axis))
        .with("activation", "softmax")
        .with("n_outer", size(&dims[..place - 1]))
        .with("n_inner", size(&dims[place..]));
    same(call, layer)
}

/// A layer with an output of the shape of its input.
pub(super) fn same(call: &Call<'_, '_>, layer: hls4rs_frontend::Entry) -> Result<Made, Problem> {
    Ok(Made { layers: vec![layer], shape: call.input()?.shape.clone() })
}
