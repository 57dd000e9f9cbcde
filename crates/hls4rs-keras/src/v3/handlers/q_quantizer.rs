//! Quantizers that are layers.

use hls4rs_frontend::Problem;

use super::activation::same;
use crate::v3::call::{Call, Made};
use crate::v3::hgq::{Quantizer, QuantizerConfig};

/// `Quantizer`.
///
/// **Source:** `QStandaloneQuantizerHandler` of `hls4ml.converters.keras_v3.hgq2._base`, hls4ml 1.3.0.
pub(super) fn convert(call: &mut Call<'_, '_>) -> Result<Made, Problem> {
    let config = QuantizerConfig::read(call.config.get("config"), "config")?;
    let quantizer = Quantizer::read(&call.vars, config, call.name.clone())?;
    let mut layer = call.entry();
    for (key, value) in quantizer.layer(call.input()?, true)?.into_attributes() {
        if key != "output_keras_tensor_names" {
            layer.set(&key, value);
        }
    }
    same(call, layer)
}
