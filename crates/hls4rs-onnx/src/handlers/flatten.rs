//! Flattening.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `Flatten` as `Reshape` to one dimension.
///
/// **Source:** `parse_flatten_layer` of `hls4ml.converters.onnx.reshape`, hls4ml 1.3.0, which does not look at the axis.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let axis = context.node.int("axis").unwrap_or(1);
    if axis != 1 {
        let message = format!("attribute `axis`: expected 1, found {axis}");
        return Err(Problem::unsupported(message, "flatten everything behind the batch"));
    }
    Ok(context.entry("Reshape").with("target_shape", vec![-1i64]))
}
