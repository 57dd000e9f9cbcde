//! Activations.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// The operators.
pub(crate) const OPERATORS: &[&str] = &[
    "Relu",
    "Tanh",
    "Sigmoid",
    "LeakyRelu",
    "ThresholdedRelu",
    "Elu",
    "Selu",
    "PRelu",
    "Softmax",
    "Softsign",
    "Softplus",
];

/// Activations as `Activation`, `Softmax` or one of the parametrized kinds.
///
/// **Source:** `parse_activation_layer` of `hls4ml.converters.onnx.core`, hls4ml 1.3.0: kinds that take no parameter go under
/// `Activation`, with the class in place of the function's name where they have a class of their own (`ReLU`, `PReLU`). The
/// parameter of `Elu` is 0.01 where none is given, though ONNX says 1.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let operator = context.node.op_type.as_str();
    let class_name = match operator {
        "Relu" => "ReLU",
        "LeakyRelu" => "LeakyReLU",
        "ThresholdedRelu" => "ThresholdedReLU",
        "Elu" => "ELU",
        "PRelu" => "PReLU",
        "Softmax" => "Softmax",
        _ => "Activation",
    };
    let mut layer = Entry::new()
        .with("name", context.node.name.as_str())
        .with("class_name", class_name)
        .with("activation", operator.to_lowercase())
        .with("inputs", context.inputs.to_vec())
        .with("outputs", context.node.outputs.clone());
    match class_name {
        "Activation" => {}
        "Softmax" => {
            let rank = i64::try_from(context.shape(0)?.len()).unwrap_or(i64::MAX);
            let axis = context.node.int("axis").unwrap_or(-1);
            layer.set("axis", if axis == rank - 1 { -1 } else { axis });
        }
        "ELU" | "LeakyReLU" | "ThresholdedReLU" => {
            layer.set("activation", class_name);
            layer.set("activ_param", context.node.float("alpha").unwrap_or(0.01));
        }
        _ => {
            layer.set("activation", class_name);
            layer.set("class_name", "Activation");
        }
    }
    Ok(layer)
}
