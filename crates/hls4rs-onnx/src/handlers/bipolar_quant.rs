//! Quantization to one bit.

use hls4rs_frontend::{Entry, Problem};

use super::Context;

/// QONNX' `BipolarQuant` as the layer of the same name.
///
/// **Source:** `parse_bipolar_quant_layer` of `hls4ml.converters.onnx.core`, hls4ml 1.3.0.
pub(super) fn convert(context: &Context<'_>) -> Result<Entry, Problem> {
    Ok(context.entry_by_class("BipolarQuant"))
}
