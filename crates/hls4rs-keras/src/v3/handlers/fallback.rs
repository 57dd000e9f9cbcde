//! Classes that hls4ml converts with its code for Keras 2.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::v2::{self, Context, Converted};
use crate::v3::call::{Call, Made, names};
use crate::weights::{LayerWeights, Weights};

/// A class that the handlers of Keras 2 convert.
///
/// **Source:** `KerasV3HandlerDispatcher.v2_call` of `hls4ml.converters.keras_v3_to_hls`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let Some(convert) = v2::handler(call.class_name) else {
        let message = format!("expected a class that can be converted, found `{}`", call.class_name);
        return Err(Problem::unsupported(message, "replace the layer by others"));
    };
    let order = variables(call);
    let weights: Result<Vec<_>, Problem> =
        order.iter().map(|name| Ok((*name, call.variable(&order, name)?))).collect();
    let weights = LayerWeights { layer: call.name.clone(), weights: weights? };
    let made = convert(&mut Context {
        class_name: call.class_name,
        config: call.config,
        inputs: Some(names(&call.inputs)),
        shapes: call.inputs.iter().map(|input| input.shape.clone()).collect(),
        weights: Weights::of_layer(&weights),
        findings: call.findings,
    });
    let Converted { mut layer, shape } = made?;
    layer.set("output_keras_tensor_names", vec![call.output.clone()]);
    layer.set("input_keras_tensor_names", names(&call.inputs));
    Ok(Made { layers: vec![layer], shape })
}

/// The variables of a class in their order.
fn variables(call: &Call<'_, '_>) -> Vec<&'static str> {
    let is_set = |key: &str| call.config.get(key).and_then(Attribute::as_bool) == Some(true);
    let mut variables = Vec::new();
    match call.class_name {
        "Embedding" => variables.push("embeddings"),
        "BatchNormalization" | "LayerNormalization" => {
            variables.extend(is_set("scale").then_some("gamma"));
            variables.extend(is_set("center").then_some("beta"));
            if call.class_name == "BatchNormalization" {
                variables.extend(["moving_mean", "moving_variance"]);
            }
        }
        _ => {}
    }
    variables
}
