//! Activations of QKeras.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::{Attribute, Attributes, Precision};

use crate::v2::quantizer;
use crate::v2::{Context, Converted};

/// `QActivation`: the function as an activation, the quantizer beside it.
///
/// **Source:** `parse_qactivation_layer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let layer = layer(context, "activation")?;
    Ok(Converted { layer, shape: context.shape()?.clone() })
}

/// The layer that the quantizer under a key of the configuration makes.
///
/// **Source:** `get_activation_quantizer` of `hls4ml.converters.keras.qkeras`, hls4ml 1.3.0.
pub(super) fn layer(context: &Context<'_, '_>, key: &str) -> Result<Entry, Problem> {
    let mut layer = context.entry()?;
    let value = context.config.get(key).cloned().unwrap_or_default();
    let quantizer::Activation { mut class_name, config, is_function } = quantizer::activation(&value)?;
    if class_name == "quantized_bits" {
        "linear".clone_into(&mut class_name);
    }
    let is_set = |name: &str| config.get(name).and_then(Attribute::as_bool) == Some(true);
    let slope = config.get("negative_slope").and_then(Attribute::as_float).unwrap_or(0.0);
    let is_hard = (class_name == "quantized_sigmoid" && !is_set("use_real_sigmoid"))
        || (class_name == "quantized_tanh" && !is_set("use_real_tanh"));
    if class_name == "ternary_tanh" {
        layer.set("class_name", "TernaryTanh");
        let threshold = config.get("threshold").filter(|threshold| !threshold.is_null());
        layer.set("threshold", threshold.cloned().unwrap_or(Attribute::Float(0.33)));
        layer.set(key, "ternary_tanh");
    } else if is_hard {
        layer.set("class_name", "HardActivation");
        layer.set("slope", 0.5);
        layer.set("shift", 0.5);
        layer.set("slope_prec", Precision::ufixed(2, 0));
        layer.set("shift_prec", Precision::ufixed(2, 0));
        layer.set(key, class_name.replace("quantized_", "hard_"));
    } else if class_name == "quantized_relu" && slope != 0.0 {
        layer.set("class_name", "LeakyReLU");
        layer.set(key, "leaky_relu");
        layer.set("activ_param", config.get("negative_slope").cloned().unwrap_or_default());
    } else {
        layer.set("class_name", "Activation");
        layer.set(key, class_name.replace("quantized_", ""));
    }
    let entries = [("class_name", Attribute::from(class_name)), ("config", config.into())];
    let quantizer: Attributes =
        if is_function { entries.into_iter().rev().collect() } else { entries.into_iter().collect() };
    layer.set(&format!("{key}_quantizer"), quantizer);
    layer.set("trusted", true);
    Ok(layer)
}
