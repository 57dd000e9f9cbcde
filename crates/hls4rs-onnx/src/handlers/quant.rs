//! Quantization to integers and fixed-point numbers.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// QONNX' `Quant` and `IntQuant` as the layer `Quant`.
///
/// **Source:** `parse_quant_layer` of `hls4ml.converters.onnx.core`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    let node = context.node;
    let mut layer = context.entry_by_class("Quant");
    layer.set("narrow", node.int("narrow").unwrap_or_default() != 0);
    match node.text("rounding_mode") {
        Some(mode) => layer.set("rounding_mode", mode),
        None => layer.set("rounding_mode", hls4rs_types::Attribute::Null),
    }
    layer.set("signed", node.int("signed").unwrap_or_default() != 0);
    Ok(layer)
}
