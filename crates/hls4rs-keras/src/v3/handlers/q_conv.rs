//! Convolutions with quantizers.

use hls4rs_frontend::Problem;
use hls4rs_types::Attribute;

use super::conv::layer;
use crate::v3::call::{Call, Made, known, size};
use crate::v3::hgq::quantized;
use crate::v3::windows::is_channels_first;

/// `QConv`.
///
/// **Source:** `QConvHandler` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let order = ["kernel", "bias"];
    let kernel = call.quantized_variable(&order, "kernel", "kq")?;
    let uses_bias = call.config.bool("use_bias")?;
    let bias = uses_bias.then(|| call.quantized_variable(&order, "bias", "bq")).transpose()?;
    let filters = call.config.int("filters")?;
    let (mut layer, shape) = layer(call, kernel, bias, filters)?;
    let dims = known(&shape)?;
    let pixels = if is_channels_first(call) { &dims[1..] } else { &dims[..dims.len() - 1] };
    let factor = call.config.get("parallelization_factor").and_then(Attribute::as_int);
    let all = size(pixels);
    layer.set("parallelization_factor", factor.filter(|factor| *factor > 0).unwrap_or(all));
    let made = call.with_activation(layer, shape)?;
    quantized(call, made)
}
