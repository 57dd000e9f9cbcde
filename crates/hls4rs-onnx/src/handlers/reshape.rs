//! Reshaping.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Reshape`, whose shape is an input until a pass takes it in.
///
/// **Source:** `parse_reshape_layer` of `hls4ml.converters.onnx.reshape`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    Ok(context.entry("Reshape"))
}
