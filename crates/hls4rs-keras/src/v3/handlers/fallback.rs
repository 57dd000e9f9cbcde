//! Classes that hls4ml converts with its code for Keras 2.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use crate::config::LayerConfig;
use crate::v2::{self, Context, Converted, inner};
use crate::v3::call::{Call, Made, names};
use crate::v3::vars::Vars;
use crate::weights::{LayerWeights, Weights};

/// A class that the handlers of Keras 2 convert.
///
/// **Source:** `KerasV3HandlerDispatcher.v2_call` of `hls4ml.converters.keras_v3_to_hls`, hls4ml 1.3.0. `TimeDistributed` always ends in
/// an error there; here it is what it is for Keras 2.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let Some(convert) = v2::handler(call.class_name) else {
        let message = format!("expected a class that can be converted, found `{}`", call.class_name);
        return Err(Problem::unsupported(message, "replace the layer by others"));
    };
    let (order, vars) = variables(call)?;
    let weights: Result<Vec<_>, Problem> =
        order.iter().map(|name| Ok((*name, vars.get(&order, name)?))).collect();
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

/// The variables that the handlers look for in their order, and where they are. Those of a wrapped layer are its own.
fn variables<'a>(call: &Call<'a, '_>) -> Result<(Vec<&'static str>, Vars<'a>), Problem> {
    if call.class_name != "TimeDistributed" {
        return Ok((of_class(call.class_name, call.config), call.vars.clone()));
    }
    let (class_name, config) = inner(call.config, "layer")?;
    let config = LayerConfig(config);
    if matches!(class_name, "Sequential" | "Functional") {
        let message = format!("`layer`: expected a single layer, found a model (`{class_name}`)");
        return Err(Problem::unsupported(message, "wrap each of its layers"));
    }
    Ok((of_class(class_name, config), call.vars.child("layer", Some(config.text("name")?))))
}

/// The variables of a class, by the names that they had in Keras 2.
fn of_class(class_name: &str, config: LayerConfig<'_>) -> Vec<&'static str> {
    let is_set = |key: &str| config.get(key).and_then(Attribute::as_bool) == Some(true);
    let mut variables: Vec<&'static str> = Vec::new();
    match class_name {
        "Embedding" => variables.push("embeddings"),
        "PReLU" => variables.push("alpha"),
        "Dense" | "Conv1D" | "Conv2D" => variables.push("kernel"),
        "DepthwiseConv1D" | "DepthwiseConv2D" => variables.push("depthwise_kernel"),
        "SeparableConv1D" | "SeparableConv2D" => variables.extend(["depthwise_kernel", "pointwise_kernel"]),
        "BatchNormalization" | "LayerNormalization" => {
            variables.extend(is_set("scale").then_some("gamma"));
            variables.extend(is_set("center").then_some("beta"));
            if class_name == "BatchNormalization" {
                variables.extend(["moving_mean", "moving_variance"]);
            }
        }
        _ => {}
    }
    variables.extend(is_set("use_bias").then_some("bias"));
    variables
}
