//! Layers that are applied to each step of a sequence.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use super::{handler, model};
use crate::config::LayerConfig;
use crate::v2::context::inner;
use crate::v2::{Context, Converted};

/// `TimeDistributed` around a layer or a model.
///
/// **Source:** `parse_time_distributed_layer` of `hls4ml.converters.keras.recurrent`, hls4ml 1.3.0. The wrapped layer is given the
/// shape of the whole sequence, not of one step.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let (class_name, config) = inner(context.config, "layer")?;
    let config = LayerConfig(config);
    let name = context.name()?;
    let (wrapped, made) = if matches!(class_name, "Sequential" | "Model" | "Functional") {
        let mut wrapped = layer.clone();
        wrapped.set("name", config.text("name")?);
        wrapped.set("class_name", "LayerGroup");
        let weights = context.weights.nested(name);
        let architecture = context.config.map("layer")?;
        let shape = model::group(context, &mut wrapped, architecture, weights)?;
        (wrapped, shape)
    } else {
        let Some(convert) = handler(class_name) else {
            let message = format!("`layer`: expected a known class, found `{class_name}`");
            return Err(Problem {
                id: "unsupported-operation",
                ..Problem::unsupported(message, "wrap a known layer")
            });
        };
        let mut within = Context {
            class_name,
            config,
            inputs: Some(vec![name.to_owned()]),
            shapes: context.shapes.clone(),
            weights: context.weights.wrapped(name),
            findings: context.findings,
        };
        let Converted { mut layer, shape } = convert(&mut within)?;
        let dims = shape.iter().map(|dim| dim.map_or(Attribute::Null, Attribute::Int));
        layer.set("output_shape", Attribute::List(dims.collect()));
        (layer, shape)
    };
    layer.set("wrapped_layer", wrapped.into_attributes());
    let made = if made.first() == Some(&None) { made[1..].to_vec() } else { made };
    let mut shape = context.shape()?.clone();
    shape.truncate(made.len().saturating_sub(1));
    shape.extend(made);
    let dims = shape.iter().skip(1).map(|dim| dim.map_or(Attribute::Null, Attribute::Int));
    layer.set("output_shape", Attribute::List(dims.collect()));
    layer.set("n_time_steps", shape.get(1).copied().flatten().map_or(Attribute::Null, Attribute::Int));
    Ok(Converted { layer, shape })
}
