//! Matrix products.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// `MatMul` as the layer of the same name, which a pass makes `Dense` where one factor is constant.
///
/// **Source:** `parse_matmul_layer` of `hls4ml.converters.onnx.core`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    Ok(context.entry_by_class("MatMul"))
}
