//! Activations.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::Attribute;

use crate::v2::{Context, Converted};

/// The classes.
pub(super) const CLASSES: &[&str] =
    &["Activation", "LeakyReLU", "ThresholdedReLU", "ELU", "PReLU", "Softmax", "ReLU"];

/// Activations as `Activation`, `Softmax`, `HardActivation` or one of the parametrized kinds.
///
/// **Source:** `parse_activation_layer` of `hls4ml.converters.keras.core`, hls4ml 1.3.0. `ReLU` goes under its class as the
/// function's name, and limits and slopes of `ReLU` are not looked at.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    if context.class_name != "Activation" {
        layer.set("activation", context.class_name);
    }
    if layer.text("activation") == "elu" {
        layer.set("class_name", "ELU");
    }
    let class_name = layer.text("class_name").to_owned();
    match class_name.as_str() {
        "LeakyReLU" => layer.set("activ_param", parameter(context, &["negative_slope", "alpha"], 0.3)),
        "ThresholdedReLU" => layer.set("activ_param", parameter(context, &["theta"], 1.0)),
        "ELU" => layer.set("activ_param", parameter(context, &["alpha"], 1.0)),
        "ReLU" => layer.set("class_name", "Activation"),
        "PReLU" => {
            if context.config.get("shared_axes").is_some() {
                let message = "`shared_axes`: expected none, found some";
                return Err(Problem::unsupported(message, "give each element its own slope"));
            }
            context.set_weight(&mut layer, "param_data", "alpha")?;
        }
        _ => {}
    }
    specialize(context, &mut layer);
    Ok(Converted { layer, shape: context.shape()?.clone() })
}

/// Functions that have a class of their own.
fn specialize(context: &Context<'_, '_>, layer: &mut Entry) {
    let is_plain = |layer: &Entry, name: &str| {
        layer.text("class_name") == "Activation" && layer.text("activation") == name
    };
    if is_plain(layer, "softmax") {
        layer.set("class_name", "Softmax");
    }
    if is_plain(layer, "hard_sigmoid") {
        layer.set("class_name", "HardActivation");
    }
    if layer.text("class_name") == "Softmax" {
        layer.set("axis", context.config.0.get("axis").cloned().unwrap_or(Attribute::Int(-1)));
    }
    if is_plain(layer, "leaky_relu") {
        layer.set("class_name", "LeakyReLU");
        layer.set("activ_param", parameter(context, &["negative_slope", "alpha"], 0.2));
    }
}

/// The first of these that the configuration has.
fn parameter(context: &Context<'_, '_>, keys: &[&str], default: f64) -> Attribute {
    let found = keys.iter().find_map(|key| context.config.0.get(key));
    found.cloned().unwrap_or(Attribute::Float(default))
}
