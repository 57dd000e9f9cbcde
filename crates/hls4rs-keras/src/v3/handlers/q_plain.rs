//! Layers without weights of their own, with quantizers.

use hls4rs_frontend::Problem;

use super::{activation, merge, pooling};
use crate::v3::call::{Call, Made};
use crate::v3::hgq::quantized;

/// `QActivation`.
///
/// **Source:** `QActivationHandler` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0.
pub(super) fn activation(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let made = activation::convert(call)?;
    quantized(call, made)
}

/// Pooling.
///
/// **Source:** `QPoolingHandler` of `hls4ml.converters.keras_v3.hgq2.pooling`, hls4ml 1.3.0.
pub(super) fn pooling(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let made = pooling::convert(call)?;
    quantized(call, made)
}

/// Sums, products and the like. `QAveragePow2` divides by a power of two.
///
/// **Source:** `QMergeHandler` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0.
pub(super) fn merge(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let operation = call.class_name.strip_prefix('Q').unwrap_or(call.class_name);
    let (mut layer, shape) = merge::merged(call, operation)?;
    if operation == "AveragePow2" {
        layer.set("op", "average");
        let count = call.inputs.len() as f64;
        layer.set("scale", 2f64.powi((1.0 / count).log2().round_ties_even() as i32));
    }
    quantized(call, Made { layers: vec![layer], shape })
}
