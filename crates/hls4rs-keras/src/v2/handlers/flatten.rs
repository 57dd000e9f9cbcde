//! Flattening.

use hls4rs_frontend::Problem;

use crate::v2::{Context, Converted};

/// `Flatten` as `Reshape` to one dimension.
///
/// **Source:** `parse_flatten_layer` of `hls4ml.converters.keras.reshape`, hls4ml 1.3.0. Behind a `Reshape` to one dimension that is
/// left open, this one is open, too.
pub(super) fn convert(context: &mut Context<'_, '_>) -> Result<Converted, Problem> {
    let mut layer = context.entry()?;
    let size: i64 = match context.shape()?.as_slice() {
        [_, Some(-1)] => -1,
        _ => context.dims(context.shape()?)?.iter().product(),
    };
    layer.set("class_name", "Reshape");
    layer.set("target_shape", vec![size]);
    let shape = vec![context.batch()?, Some(size)];
    Ok(Converted { layer, shape })
}
