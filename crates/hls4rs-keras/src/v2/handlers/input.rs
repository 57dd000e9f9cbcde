//! Inputs of a model.

use hls4rs_frontend::Problem;
use hls4rs_types::{Attribute, Precision};

use crate::v2::{Context, Converted};

/// `InputLayer`, with the type of its numbers where they are integers.
///
/// **Source:** `parse_input_layer` of `hls4ml.converters.keras.core`, hls4ml 1.3.0.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let shape = context.shape()?.clone();
    let dims = shape.iter().skip(1).map(|dim| dim.map_or(Attribute::Null, Attribute::Int));
    layer.set("input_shape", Attribute::List(dims.collect()));
    let dtype = context.config.text("dtype")?;
    if let Some(width) = dtype.trim_start_matches('u').strip_prefix("int") {
        let Ok(width) = width.parse::<u32>() else {
            return Err(Problem::malformed(
                format!("`dtype`: expected a type of numbers, found `{dtype}`"),
                "save the model again",
            ));
        };
        layer.set("type_name", "integer_input_t");
        layer.set(
            "precision",
            if dtype.starts_with('u') { Precision::uint(width) } else { Precision::int(width) },
        );
    }
    Ok(Converted { layer, shape })
}
