//! Models that are layers.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::{Attribute, Attributes};

use crate::v2::parse::{Parsed, parse};
use crate::v2::{Context, Converted, Shape};
use crate::weights::Weights;

/// A model within the model as `LayerGroup`, which a pass expands.
///
/// **Source:** `parse_model_layer` of `hls4ml.converters.keras.model`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    layer.set("class_name", "LayerGroup");
    let architecture = Attributes::from([
        ("class_name", Attribute::from(context.class_name)),
        ("config", context.config.0.clone().into()),
    ]);
    let weights = context.weights.nested(context.name()?);
    let shape = group(context, &mut layer, &architecture, weights)?;
    Ok(Converted { layer, shape })
}

/// Sets the layers of a model within the model, and returns the shape of its output.
pub(super) fn group(
    context: &mut Context<'_, '_>,
    layer: &mut Entry,
    architecture: &Attributes,
    weights: Weights<'_>,
) -> Result<Shape, Problem> {
    let Parsed { layers, inputs, outputs, shapes } = parse(architecture, weights, context.findings)?;
    let last = outputs
        .as_ref()
        .and_then(|outputs| outputs.first().cloned())
        .or_else(|| layers.last().and_then(|layer| layer.get("name")?.as_str().map(str::to_owned)));
    let shape = last.and_then(|last| shapes.get(&last).cloned()).unwrap_or_default();
    layer.set("layer_list", Attribute::List(layers.into_iter().map(Attribute::Map).collect()));
    layer.set("input_layers", inputs.unwrap_or_default());
    layer.set("output_layers", outputs.unwrap_or_default());
    let dims = shape.iter().map(|dim| dim.map_or(Attribute::Null, Attribute::Int));
    layer.set("output_shape", Attribute::List(dims.collect()));
    Ok(shape)
}
