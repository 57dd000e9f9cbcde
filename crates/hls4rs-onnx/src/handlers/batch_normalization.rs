//! Batch normalization.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `BatchNormalization` as `BatchNormOnnx`, whose parameters are inputs until a pass takes them in.
///
/// **Source:** `parse_batchnorm_layer` of `hls4ml.converters.onnx.core`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let shape = context.shape(0)?;
    let size = shape.iter().skip(1).fold(1i64, |product, size| product.saturating_mul(*size));
    let mut layer = context.entry_by_class("BatchNormOnnx");
    layer.set("epsilon", context.node.float("epsilon").unwrap_or(1e-5));
    layer.set("n_in", size);
    layer.set("n_out", size);
    match shape {
        [_, _] => layer.set("n_filt", -1),
        [_, _, .., channels] => {
            context.channels_last()?;
            layer.set("data_format", "channels_last");
            layer.set("n_filt", *channels);
        }
        _ => {
            let message = format!("expected an input of two or more dimensions, found {shape:?}");
            return Err(Problem::unsupported(message, "normalize batches of vectors or images"));
        }
    }
    Ok(layer)
}
