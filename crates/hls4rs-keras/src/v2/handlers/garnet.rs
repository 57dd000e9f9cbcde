//! Graph networks over vertices.

use hls4rs_frontend::{Entry, Problem};
use hls4rs_types::quantizers::TernaryQuantizer;
use hls4rs_types::{AnyQuantizer, Attribute};

use crate::v2::{Context, Converted};

/// Weights of one layer; stacks have the number of the layer in the first part of the name.
const WEIGHTS: &[(&str, &str)] = &[
    ("FLR", "_kernel"),
    ("FLR", "_bias"),
    ("S", "_kernel"),
    ("S", "_bias"),
    ("Fout", "_kernel"),
    ("Fout", "_bias"),
];

/// Layers that a stack may have.
const MOST_SUBLAYERS: i64 = 1000;

/// `GarNet` and `GarNetStack`, simplified and with signed inputs.
///
/// **Source:** `parse_garnet_layer` of `hls4ml.converters.keras.graph`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let config = context.config;
    if !config.bool("simplified")? {
        return Err(Problem::unsupported(
            "`simplified`: expected true, found false",
            "use the simplified form",
        ));
    }
    if config.get("output_activation").is_some_and(|value| value.as_str() != Some("linear")) {
        let message = "`output_activation`: expected none, found one";
        return Err(Problem::unsupported(message, "add the activation as a layer"));
    }
    let mut layer = context.entry()?;
    let format = config.text("input_format")?;
    layer.set("input_format", format);
    if format != "xn" {
        return Err(Problem::unsupported(
            format!("`input_format`: expected `xn`, found `{format}`"),
            "use signed inputs",
        ));
    }
    let shape = context.shape()?.clone();
    let (Some(Some(vertices)), Some(Some(features))) = (shape.get(1), shape.get(2)) else {
        return Err(Problem::unsupported(
            "expected vertices with features, found another input",
            "fix the shape of the input",
        ));
    };
    layer.set("n_vertices", *vertices);
    for key in ["collapse", "mean_by_nvert"] {
        layer.set(key, config.0.get(key).cloned().unwrap_or_default());
    }
    // stacks have null where nothing is quantized
    if config.get("quantize_transforms").is_some() && config.bool("quantize_transforms")? {
        layer.set("quantizer", AnyQuantizer::new(TernaryQuantizer {}));
    }
    for (key, source) in
        [("n_aggregators", "n_aggregators"), ("n_out_features", "n_filters"), ("n_propagate", "n_propagate")]
    {
        layer.set(key, config.0.get(source).cloned().unwrap_or_default());
    }
    let n_out = set_weights(context, &mut layer, *features)?;
    let collapse = layer.text("collapse");
    let made = if matches!(collapse, "mean" | "sum" | "max") {
        vec![shape[0], n_out]
    } else {
        vec![shape[0], shape[1], n_out]
    };
    Ok(Converted { layer, shape: made })
}

/// Sets weights and sizes of the inputs; returns the number of features at the end.
fn set_weights(context: &Context<'_, '_>, layer: &mut Entry, features: i64) -> Result<Option<i64>, Problem> {
    let n_out = layer.get("n_out_features").cloned().unwrap_or_default();
    if context.class_name == "GarNet" {
        layer.set("n_in_features", features);
        for (first, second) in WEIGHTS {
            let name = format!("{first}{second}");
            context.set_weight(layer, &format!("{name}_data"), &name)?;
        }
        return Ok(n_out.as_int());
    }
    let sublayers = context.config.int("n_sublayers")?;
    if !(1..=MOST_SUBLAYERS).contains(&sublayers) {
        let message = format!("`n_sublayers`: expected 1 to {MOST_SUBLAYERS}, found {sublayers}");
        return Err(Problem::malformed(message, "save the model again"));
    }
    layer.set("n_sublayers", sublayers);
    let outs: Vec<i64> = n_out.as_list().unwrap_or_default().iter().filter_map(Attribute::as_int).collect();
    let before = outs.iter().copied().take(usize::try_from(sublayers - 1).unwrap_or(0));
    layer.set("n_in_features", std::iter::once(features).chain(before).collect::<Vec<i64>>());
    for sublayer in 0..sublayers {
        for (first, second) in WEIGHTS {
            let name = format!("{first}{sublayer}{second}");
            context.set_weight(layer, &format!("{name}_data"), &name)?;
        }
    }
    Ok(outs.last().copied())
}
